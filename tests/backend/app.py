"""All parts of the reference backend put together."""

from pathlib import Path

from starlette.applications import Starlette
from starlette.routing import Mount

from .answers import Answers
from .api import Api
from .changes import Changes
from .control import Control
from .exchange import Exchange
from .faults import Faults
from .journal import Journal
from .pages import DEMO, Pages
from .problems import HANDLERS
from .settings import Settings
from .slow_line import SlowLine
from .streams import Streams


class Backend:
    """The application `app`, serving the bundle in `dist` and the API under the path `api`."""

    def __init__(self, dist: Path, api: str = "/api/sip") -> None:
        self.settings = settings = Settings()
        answers, faults = Answers(), Faults()
        self._changes = Changes()
        self._streams = Streams(settings, self._changes.happen)
        self._exchange = Exchange(settings)
        self._exchange.subscribe(self._streams.publish)
        self._exchange.subscribe(lambda _: self._changes.happen())
        journal = Journal(self._changes.happen)
        phone = Api(self._exchange, self._streams, answers, settings, faults, journal)
        control = Control(self._exchange, self._streams, answers, settings, faults, journal, self._changes)
        self.app = Starlette(
            routes=[
                Mount(api, routes=phone.routes()),
                Mount("/control", routes=control.routes()),
                Mount("/dist", SlowLine(Pages(dist, settings), settings)),
                Mount("/", Pages(DEMO, settings)),
            ],
            exception_handlers=HANDLERS,
        )

    def close(self) -> None:
        """End all calls and streams, so that the server may stop."""
        self._exchange.reset()
        self._streams.end()
        self._changes.end()
