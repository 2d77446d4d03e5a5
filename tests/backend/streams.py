"""The open event streams. Each begins with a snapshot and then gets every event; all events are numbered."""

import asyncio
import contextlib
import itertools
import socket
import struct
from asyncio import Transport
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field

from sse_starlette import JSONServerSentEvent

from .settings import Settings
from .telephony import Event

# Events that may wait for one slow reader. One that lags more is cut; it comes back, and gets a snapshot.
LAG = 10_000


@dataclass(eq=False, slots=True)
class Stream:
    """One connection and what waits to be sent into it; None is the end. Nobody listens to what answers a probe."""

    transport: Transport
    probe: bool = False
    waiting: asyncio.Queue[bytes | None] = field(default_factory=lambda: asyncio.Queue(LAG))

    def put(self, chunk: bytes | None) -> None:
        try:
            self.waiting.put_nowait(chunk)
        except asyncio.QueueFull:
            reset(self.transport)


class Streams:
    """All streams there are. `on_change` is called when one comes or goes."""

    def __init__(self, settings: Settings, on_change: Callable[[], None]) -> None:
        self._settings = settings
        self._on_change = on_change
        self._open: set[Stream] = set()
        self._numbers = itertools.count(1)
        self.opened = 0
        self.most = 0

    def __len__(self) -> int:
        return len(self._open)

    async def listen(
        self, transport: Transport, snapshot: Callable[[], Event], *, probe: bool = False
    ) -> AsyncIterator[bytes]:
        """Yield a new stream's bytes until it is ended. `snapshot` is asked as the stream joins: no gap."""
        with self.joined(transport, probe=probe) as stream:
            self.opened += 1
            stream.put(self._encode(snapshot()))
            self._ping(stream)  # so that the reader knows from the start how long silence may last
            while True:
                try:
                    async with asyncio.timeout(self._settings.ping):
                        chunk = await stream.waiting.get()
                except TimeoutError:
                    self._ping(stream)
                    continue
                if chunk is None:
                    return
                yield chunk

    @contextlib.contextmanager
    def joined(self, transport: Transport, *, probe: bool = False) -> Iterator[Stream]:
        """Count a connection as a stream, also one that is still kept waiting."""
        stream = Stream(transport, probe)
        self._open.add(stream)
        self.most = max(self.most, self._connected())
        self._on_change()
        try:
            yield stream
        finally:
            self._open.discard(stream)
            self._on_change()

    def publish(self, event: Event) -> None:
        self.send(self._encode(event))

    def send(self, chunk: bytes) -> None:
        """Send bytes as they are into every stream."""
        for stream in self._open:
            stream.put(chunk)

    def ping(self) -> None:
        """Ping now; also lets a new interval begin."""
        for stream in self._open:
            self._ping(stream)

    def end(self) -> None:
        """End every stream in good order, after what it still has to send."""
        for stream in self._open:
            stream.put(None)

    def reset(self) -> None:
        """Break every connection, as a server that dies would."""
        for stream in self._open:
            reset(stream.transport)

    def forget_counts(self) -> None:
        self.opened, self.most = 0, self._connected()

    def _connected(self) -> int:
        """Return how many have a connection and a listener. A stream ends a little later than its connection; on a busy
        machine the next one may have come by then, and yet the two never were there at once. And Chromium reads on, for
        seconds, from the answer to a probe that the phone has dropped."""
        return sum(not (stream.probe or stream.transport.is_closing()) for stream in self._open)

    def _ping(self, stream: Stream) -> None:
        if self._settings.ping is not None:
            interval = self._settings.ping * (self._settings.haste or 1)  # as the fastest clock of the readers has it
            stream.put(self._encode(Event("ping", {"interval": interval})))

    def _encode(self, event: Event) -> bytes:
        number = str(next(self._numbers))
        return JSONServerSentEvent(event.data, event=event.name, id=number, sep="\n").encode()


def reset(transport: Transport) -> None:
    """Break a connection with a TCP reset and without a further byte, unless it is broken already."""
    if transport.is_closing():
        return
    linger_for_no_time = struct.pack("ii", 1, 0)
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger_for_no_time)
    transport.abort()
