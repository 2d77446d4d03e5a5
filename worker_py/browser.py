"""The one module that touches the browser: it carries out the hub's effects and feeds it what comes of them."""

import asyncio
import json
import random
import time
import traceback
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

import js
from pyodide.ffi import JsException, JsProxy, create_proxy, to_js

from .credentials import withhold
from .effects import (
    AskVersion,
    CloseStream,
    DropPort,
    Effect,
    Log,
    OpenStream,
    Post,
    Probe,
    Retire,
    Send,
    StartTimer,
    StopTimer,
    TellCheck,
    TellJournal,
    Timer,
    UseHeaders,
    WatchTab,
)
from .hub import Hub
from .journal import Journal
from .protocol import MAX_MESSAGE, check, journal
from .sip_api import EVENT_NAMES, POST_TIMEOUT, decode_retry_after
from .versions import read_version

# https://html.spec.whatwg.org/multipage/server-sent-events.html#the-eventsource-interface
OPEN, CLOSED = 1, 2

# An EventSource can set no header, so by the second one a server can tell the two apart.
PROBE_HEADERS = {"Accept": "text/event-stream", "X-Requested-With": "sip-worker"}
# Seconds. A tab asks for its lock and tells us its name at once, but a page's first lock takes the browser a while, and
# who asks before the tab has it would take the tab for dead.
LOCK_DELAY = 0.25


def start(host: Any, epoch: str, api: str, version: str | None = None) -> Callable[[int, str], None]:
    """Start the hub and return the function that takes a tab's message: (port, JSON text).

    host: the bootstrap's object with `send(ports, message)`, both JSON, `drop(port)`, `retire()`,
    `open(url)`, which returns an EventSource, and `fetch(url, options)` and `text(response)`, which resolve to
    undefined when they fail.
    """
    random.seed()  # a hub that was thawed begins with the chance of the one that was frozen
    edge = Edge(host, Hub(epoch, api, version))
    edge.feed(edge.hub.start)
    return edge.receive


class Source:
    """One EventSource with its listeners; nothing of it is left after `close`."""

    def __init__(self, source: Any, listeners: dict[str, Callable[[Any], None]]) -> None:
        self._source = source
        self._listeners = {name: create_proxy(listener) for name, listener in listeners.items()}
        for name, listener in self._listeners.items():
            self._source.addEventListener(name, listener)

    @property
    def ready_state(self) -> int:
        """CONNECTING (0), OPEN or CLOSED."""
        return int(self._source.readyState)

    def close(self) -> None:
        """Close the connection and let go of the listeners."""
        self._source.close()
        for name, listener in self._listeners.items():
            self._source.removeEventListener(name, listener)
            listener.destroy()


class Locks:
    """The tabs' locks that the hub asks for: one is granted when its tab is gone."""

    def __init__(self) -> None:
        self._asking: dict[int, Any] = {}
        self._granted = create_proxy(lambda _lock: None)  # let go at once

    def start(self, port: int) -> Any:
        """Return the signal that ends the asking for the lock of that port; it ended the one before."""
        self.stop(port)
        self._asking[port] = js.AbortController.new()
        return self._asking[port].signal

    async def ask(self, lock: str, signal: Any) -> None:
        """Wait until nobody holds that lock; raise JsException if `signal` ends it before."""
        await asyncio.sleep(LOCK_DELAY)
        await js.navigator.locks.request(lock, _to_js_object({"mode": "shared", "signal": signal}), self._granted)

    def stop(self, port: int) -> None:
        """Ask no more for the lock of that port."""
        if abort := self._asking.pop(port, None):
            abort.abort()


class Edge:
    """The hub's hands and ears."""

    def __init__(self, host: Any, hub: Hub) -> None:
        self.hub = hub
        self._host = host
        self._journal = Journal(hub)
        self._loop = asyncio.get_event_loop()
        self._source: Source | None = None
        self._end_probe: Callable[[], None] | None = None
        self._timers: dict[Timer, int] = {}  # the browser's numbers for those that run
        self._on_timer = create_proxy(self._timer_fired)
        self._locks = Locks()
        self._headers: dict[str, str] = {}  # go with every POST and probe
        self._offered: dict[str, str] = {}  # came with the message that the hub is told now
        self._tasks: set[asyncio.Task[None]] = set()

    def receive(self, port: int, text: str) -> None:
        """Take a tab's message. The hub learns only whether its headers may be sent."""
        told, self._offered = withhold(text, MAX_MESSAGE)
        self.feed(self.hub.receive_text, port, told, _now())
        self._offered = {}

    def feed(self, tell: Callable[..., list[Effect]], *args: object, **kwargs: object) -> None:
        """Tell the hub something and carry out what it wants."""
        with _reported():
            for effect in self._journal.tell(tell, *args, **kwargs):
                with _reported():
                    self._run(effect)

    def _run(self, effect: Effect) -> None:  # noqa: C901, PLR0912 - one case for each effect
        match effect:
            case Send(ports, message):
                self._host.send(json.dumps(ports), json.dumps(message))
            case DropPort(port):
                self._locks.stop(port)
                self._host.drop(port)
            case WatchTab(port, lock) if hasattr(js.navigator, "locks"):  # plain http has none
                self._spawn(self._watch(port, lock, self._locks.start(port)))
            case OpenStream(generation, url):
                self._source = Source(self._host.open(url), self._listeners(generation))
            case CloseStream():
                self._close_stream()
            case StartTimer(timer, delay, spread):
                self._start_timer(timer, delay + random.randint(-spread, spread))  # noqa: S311 - no secret
            case StopTimer(timer):
                self._stop_timer(timer)
            case Post():
                self._spawn(self._post(effect))
            case Probe():
                self._spawn(self._probe(effect))
            case UseHeaders():
                self._headers = self._offered
            case Retire():
                self._host.retire()
            case AskVersion():
                self._spawn(self._ask_version())
            case Log(text):
                js.console.warn(text)
            case TellJournal(port) | TellCheck(port):
                self._host.send(json.dumps([port]), json.dumps(self._answer(effect)))

    def _answer(self, effect: TellJournal | TellCheck) -> dict[str, Any]:
        """What the hub is asked and cannot know alone."""
        if isinstance(effect, TellCheck):
            return check(effect.id, {**effect.facts, "boot": _boot()})
        return journal(effect.id, "\n".join(self._journal.lines()))

    async def _watch(self, port: int, lock: str, signal: Any) -> None:
        try:
            await self._locks.ask(lock, signal)
        except JsException:
            return  # nobody asks any more
        self.feed(self.hub.tab_gone, port, lock)

    # --- stream -------------------------------------------------------------------------------------------------------

    def _listeners(self, generation: int) -> dict[str, Callable[[Any], None]]:
        def opened(_event: Any) -> None:
            self.feed(self.hub.stream_opened, generation, _now())

        def heard(event: Any) -> None:
            self.feed(self.hub.stream_event, generation, event.type, event.data, event.lastEventId, _now())

        def failed(_event: Any) -> None:
            # A server's own `event: error` comes here too, while the source is open.
            if self._source and self._source.ready_state != OPEN:
                permanent = self._source.ready_state == CLOSED
                self.feed(self.hub.stream_failed, generation, permanent=permanent, now=_now())

        return {"open": opened, "error": failed} | dict.fromkeys(EVENT_NAMES, heard)

    def _close_stream(self) -> None:
        if self._source:
            self._source.close()
            self._source = None
        if self._end_probe:
            self._end_probe()
            self._end_probe = None

    # --- timers -------------------------------------------------------------------------------------------------------

    # Not those of asyncio: in Pyodide a timer that was cancelled there runs on, to no effect.

    def _start_timer(self, timer: Timer, delay: int) -> None:
        self._stop_timer(timer)
        self._timers[timer] = js.setTimeout(self._on_timer, delay, timer.value)

    def _stop_timer(self, timer: Timer) -> None:
        if number := self._timers.pop(timer, None):
            js.clearTimeout(number)

    def _timer_fired(self, name: str) -> None:
        del self._timers[Timer(name)]
        self.feed(self.hub.timer_fired, Timer(name), _now())

    # --- requests -----------------------------------------------------------------------------------------------------

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._loop.create_task(_reporting(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _post(self, post: Post) -> None:
        try:
            await self._ask(post)
        except Exception:
            self.feed(self.hub.post_broken, post.number, _now())
            raise

    async def _ask(self, post: Post) -> None:
        signal = js.AbortSignal.timeout(post.timeout)
        request = {"method": "POST", "headers": {**self._headers, **post.headers}, "body": post.body}
        # To follow a redirect could carry the command out twice.
        response = await self._fetch(post.url, signal, redirect="manual", **request)
        text = None if response is None else await self._host.text(response)
        if text is None:
            self.feed(self.hub.post_failed, post.number, timed_out=signal.aborted, now=_now())
        else:
            said = (response.status, _header(response, "content-type"), text)
            self.feed(self.hub.post_answered, post.number, *said, _now())

    async def _probe(self, probe: Probe) -> None:
        """Learn the status, and end the request before its body: it may be a stream. A redirect is not followed: where
        it leads, often to another site, nothing could be read."""
        abort = js.AbortController.new()
        self._end_probe = abort.abort
        signal = js.AbortSignal.any(to_js([abort.signal, js.AbortSignal.timeout(probe.timeout)]))
        response = await self._fetch(probe.url, signal, headers={**self._headers, **PROBE_HEADERS}, redirect="manual")
        if response is None:
            return  # the next attempt tells more
        abort.abort()
        now = _now()
        rest = decode_retry_after(_header(response, "retry-after"), now)
        self.feed(self.hub.probed, probe.generation, response.status, _header(response, "content-type"), now, rest)

    async def _ask_version(self) -> None:
        """What comes takes the place of what the browser's cache has, so the next worker is made of it."""
        signal = js.AbortSignal.timeout(POST_TIMEOUT)
        response = await self._fetch(js.self.location.href, signal, cache="no-cache")
        script = await self._host.text(response) if response is not None else None
        self.feed(self.hub.version_told, read_version(script or ""), _now())

    async def _fetch(self, url: str, signal: JsProxy, **options: object) -> Any:
        """Return the response, or None if there is none."""
        everything = {"credentials": "same-origin", "cache": "no-store", "signal": signal, **options}
        return await self._host.fetch(url, _to_js_object(everything))


@contextmanager
def _reported() -> Iterator[None]:
    """A mistake of ours must not end the phone: it is reported, and the hub goes on."""
    try:
        yield
    except Exception:  # noqa: BLE001 - whatever it is, the next input must find a living hub
        js.console.error(traceback.format_exc())


async def _reporting(work: Coroutine[Any, Any, None]) -> None:
    with _reported():
        await work


def _now() -> int:
    return time.time_ns() // 1_000_000


def _boot() -> dict[str, Any]:
    """How the worker started, as the bootstrap has marked it: when it began, when Python was there, and whether Python
    came from the snapshot. Times are milliseconds since the epoch."""
    began = js.performance.timeOrigin
    marks = {mark.name: mark.startTime for mark in js.performance.getEntriesByType("mark")}
    loaded = marks.get("boot:loaded")
    return {
        "beganAt": round(began),
        "loadedAt": None if loaded is None else round(began + loaded),
        "snapshot": "boot:ordinary" not in marks,
    }


def _header(response: Any, name: str) -> str:
    said = response.headers.get(name)
    return said if isinstance(said, str) else ""  # null, where there is none, is no None


def _to_js_object(options: dict[str, Any]) -> Any:
    return to_js(options, dict_converter=js.Object.fromEntries)
