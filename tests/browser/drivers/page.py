"""A person's browser and the pages in it. Methods that Playwright has too do the same here, by every driver."""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, Literal

from playwright import sync_api as playwright

from .part import Part

Hear = Callable[[str, str], None]
"""Is told what goes wrong in a page, as ("exception", message), and what it writes to its console, as (kind, text)."""


class Page(ABC):
    """A document in a tab, or in a window where a second tab would count as hidden."""

    @property
    def playwright(self) -> playwright.Page:
        """Playwright's own page, for what no other driver can do: tests of Chromium and Firefox alone."""
        raise NotImplementedError

    @abstractmethod
    def goto(self, path: str, wait_until: Literal["domcontentloaded", "load"] = "load") -> None:
        """Load a page of the site, and wait until it has loaded, or at least so far."""

    @abstractmethod
    def arrive(self, name: str) -> None:
        """Wait until the page has gone by itself to an address that ends so."""

    @abstractmethod
    def reload(self) -> None: ...

    @abstractmethod
    def go_back(self) -> None:
        """Begin to go back, and wait for nothing: a page that comes out of the cache loads nothing."""

    @abstractmethod
    def close(self) -> None: ...

    def beside(self) -> "Page":
        """Let the page open its own address in another tab, which shares its process; where scripts may do that."""
        raise NotImplementedError

    def open(self, hear: Hear | None = None) -> "Page":
        """Let the page open an empty tab, which shares its process; where scripts may do that."""
        raise NotImplementedError

    @abstractmethod
    def on_crash(self, handler: Callable[[], None]) -> None:
        """Call that when the page's process has ended; where a driver does not survive it, never."""

    @abstractmethod
    def evaluate(self, expression: str, argument: Any = None) -> Any:
        """Return the value of a JavaScript expression, or what its function makes of `argument`, once it is settled."""

    @abstractmethod
    def find(self, css: str) -> Part:
        """The elements with that CSS selector."""

    def wait_for_timeout(self, milliseconds: float) -> None:
        """Let time pass, where the time itself is what is tested."""
        time.sleep(milliseconds / 1000)


class Context(ABC):
    """One person's browser: its pages share workers, storage and cache."""

    @property
    def playwright(self) -> playwright.BrowserContext:
        """Playwright's own context, for what no other driver can do: tests of Chromium and Firefox alone."""
        raise NotImplementedError

    @property
    @abstractmethod
    def version(self) -> str:
        """That of the browser."""

    @abstractmethod
    def new_page(self, hear: Hear | None = None) -> Page: ...

    @abstractmethod
    def add_init_script(self, script: str) -> None:
        """Run that in every page from now on, before its own scripts where the driver can, else once it has loaded."""

    @abstractmethod
    def clear(self, kept: Page, farewell: str) -> None:
        """Run `farewell` in all pages but that one, and close them.

        Take back what was run in every page, answered in the place of a server, or kept for them."""

    @abstractmethod
    def close(self) -> None: ...
