"""The browser of this process: files of tests that come one after the other share it, since its start costs more than
most tests."""

from dataclasses import dataclass

from playwright.sync_api import Playwright

from .drivers import AnyBrowser
from .engines import ENGINES

FILES = 6  # that share a browser: Firefox grows slower and larger with all that it has seen


@dataclass(frozen=True)
class Kind:
    """What is launched: an engine, and whether it must be the whole browser."""

    engine: str
    whole: bool


class Launched:
    """At most one browser, which is closed when another kind is wanted, or when it has served enough."""

    def __init__(self, playwright: Playwright) -> None:
        self._playwright = playwright
        self._kind: Kind | None = None
        self._browser: AnyBrowser | None = None
        self._served = 0

    def serve(self, kind: Kind) -> AnyBrowser:
        """Return a browser of that kind, for one file of tests."""
        if self._browser is None or kind != self._kind or self._served >= FILES or not self._browser.is_connected():
            self.close()
            self._kind, self._served = kind, 0
            self._browser = ENGINES[kind.engine].launch(self._playwright, whole=kind.whole)
        self._served += 1
        return self._browser

    def close(self) -> None:
        if self._browser is not None:
            self._browser.close()
            self._browser = None
