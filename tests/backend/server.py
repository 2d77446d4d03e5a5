"""The server that the backend runs in: uvicorn, with a few words more.

It also lets a request break its own connection, says where it listens, and stops at once with streams open.
"""

import asyncio
import socket

import h11
import uvicorn
from sse_starlette.sse import AppStatus
from uvicorn.protocols.http.h11_impl import H11Protocol

from .app import Backend

GRACE = 0.2  # seconds that answers under way have when the server stops
KEEP_ALIVE = 75  # seconds of silence; the browser is to close first, or a POST may meet a closed door
PATIENCE = 10  # seconds from a request's first byte to its last, whatever comes in between


class Connection(H11Protocol):
    """A connection that every request on it can reach, as `request.state.transport`.

    It does not wait for ever for the rest of a request, nor for a first one: whoever holds many of them open would else
    keep out all others.
    """

    _too_late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        # asyncio does this only for listeners of its own making. Without it an event may wait 40 ms for the next.
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.app_state = {**self.app_state, "transport": transport}
        self.timeout_keep_alive_task = self.loop.call_later(KEEP_ALIVE, self.timeout_keep_alive_handler)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.conn.their_state not in (h11.IDLE, h11.SEND_BODY):
            self._stop_waiting()
        elif self._too_late is None:
            self._too_late = self.loop.call_later(PATIENCE, self.transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        self._unset_keepalive_if_required()
        super().connection_lost(exc)

    def _stop_waiting(self) -> None:
        if self._too_late is not None:
            self._too_late.cancel()
            self._too_late = None


class Server(uvicorn.Server):
    """Serves `backend` on a listening socket until SIGINT or SIGTERM, or until `should_exit` is set."""

    def __init__(self, backend: Backend, listener: socket.socket) -> None:
        config = uvicorn.Config(
            backend.app,
            http=Connection,
            ws="none",
            lifespan="off",
            log_level="warning",
            access_log=False,
            timeout_keep_alive=KEEP_ALIVE,
        )
        super().__init__(config)
        AppStatus.enable_automatic_graceful_drain = False  # it would cancel the streams that we end in order
        self._backend = backend
        self._listener = listener

    @property
    def url(self) -> str:
        host, port = self._listener.getsockname()[:2]
        return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"

    def listen(self) -> None:
        self.run(sockets=[self._listener])

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        print(f"demo: {self.url}", flush=True)  # noqa: T201 - whoever started us reads it

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._backend.close()
        asyncio.get_running_loop().call_later(GRACE, self._break_connections)
        await super().shutdown(sockets)

    def _break_connections(self) -> None:
        """Let go of whoever still waits, for example for a fault that never answers."""
        for connection in list(self.server_state.connections):
            connection.transport.abort()


def open_listener(host: str, port: int) -> socket.socket:
    """Return a socket that listens. Raises OSError, for example if the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family)
