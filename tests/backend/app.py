"""All parts of the reference backend put together."""

from collections.abc import Iterable
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount, Route

from .answers import Answers
from .api import Api
from .changes import Changes
from .control import Control, control_is_off
from .exchange import Exchange
from .faults import Faults
from .guards import LOOPBACK, OwnPages, guarded
from .journal import Journal
from .pages import DEMO, Pages
from .problems import HANDLERS
from .settings import Settings
from .slow_line import SlowLine
from .streams import Streams

CONTROL_IS_OFF = [Route("/{anything:path}", control_is_off, methods=["GET", "POST"])]


class Backend:
    """The application `app`, serving the bundle in `dist` and the API under the path `api`.

    It answers to the names in `hosts` alone. With `control`, whoever reaches it has hands on it.
    """

    def __init__(
        self, dist: Path, api: str = "/api/sip", *, hosts: Iterable[str] = LOOPBACK, control: bool = True
    ) -> None:
        self.settings = settings = Settings()
        answers, faults = Answers(), Faults()
        self._changes = Changes()
        self._streams = Streams(settings, self._changes.happen)
        self._exchange = Exchange(settings)
        self._exchange.subscribe(self._streams.publish)
        self._exchange.subscribe(lambda _: self._changes.happen())
        journal = Journal(self._changes.happen)
        phone = Api(self._exchange, self._streams, answers, settings, faults, journal)
        hands = Control(self._exchange, self._streams, answers, settings, faults, journal, self._changes)
        own_pages = [Middleware(OwnPages)]
        parts = Starlette(
            routes=[
                Mount(api, routes=phone.routes(), middleware=own_pages),
                Mount("/control", routes=hands.routes() if control else CONTROL_IS_OFF, middleware=own_pages),
                Mount("/dist", SlowLine(Pages(dist, settings), settings)),
                Mount("/", Pages(DEMO, settings)),
            ],
            exception_handlers=HANDLERS,
        )
        self.app = guarded(parts, hosts)

    def close(self) -> None:
        """End all calls and streams, so that the server may stop."""
        self._exchange.reset()
        self._streams.end()
        self._changes.end()
