"""The reference backend with the peers' sites under /peers, which counts what it sends; a process of its own.

GET /bench/sent answers {path: bytes} of all bodies since the last time it was asked, and forgets them.
"""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import httpx
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tests.backend.app import Backend
from tests.backend.pages import Pages
from tests.backend.process import ROOT, read_address
from tests.backend.server import Server, open_listener
from tests.backend.slow_line import SlowLine
from tests.browser.backend import DIST, PATIENCE, BackendProcess

from .sites import PROBE


class Meter:
    """Counts the bytes of every response's body, as they go over the wire, by path."""

    def __init__(self, app: ASGIApp, sent: Counter[str]) -> None:
        self._app = app
        self._sent = sent

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]

        async def count(message: Message) -> None:
            self._sent[path] += len(message.get("body", b""))
            await send(message)

        await self._app(scope, receive, count)


class BenchBackend(Backend):
    """The reference backend, and the folder `sites` under /peers."""

    def __init__(self, dist: Path, sites: Path) -> None:
        super().__init__(dist)
        sent: Counter[str] = Counter()

        async def tell(_: Request) -> Response:
            answer = JSONResponse(dict(sent))
            sent.clear()
            return answer

        routes = [
            Route("/bench/sent", tell),
            Mount("/peers", SlowLine(Pages(sites, self.settings), self.settings)),
            Mount("/", self.app),
        ]
        self.app = Starlette(routes=routes, middleware=[Middleware(Meter, sent=sent)])


class BenchServer(BackendProcess):
    """That backend as a process, until `stop`."""

    def __init__(self, sites: Path, dist: Path = DIST) -> None:
        self._sites = sites
        super().__init__(dist)

    def _start(self, port: int) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "tests.bench.server", str(self._dist), str(self._sites), str(port)]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        self.url = read_address(process)
        self._client = httpx.Client(base_url=self.url, headers={"Origin": self.url}, timeout=PATIENCE)
        return process

    def sent(self) -> dict[str, int]:
        """Return the bytes of files sent by path since the last time, and forget them."""
        sent = self._client.get("/bench/sent").raise_for_status().json()
        own = f"/peers/{PROBE}"  # the benchmark's
        return {path: size for path, size in sent.items() if path.startswith(("/dist/", "/peers/")) and path != own}

    def calm(self) -> None:
        """Wait until nobody listens any more, and be as fresh as at the start."""
        self.until(lambda state: state["streams"] == 0)
        self.control("reset")


def main() -> None:
    """Serve until SIGTERM."""
    dist, sites, port = sys.argv[1:]
    Server(BenchBackend(Path(dist), Path(sites)), open_listener("127.0.0.1", int(port))).listen()


if __name__ == "__main__":
    main()
