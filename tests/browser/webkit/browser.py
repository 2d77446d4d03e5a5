"""Browser and BrowserContext. A session of WebDriver is one person's browser, so every context starts one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .page import WebKitPage
from .session import Display, start, stop

if TYPE_CHECKING:
    from pathlib import Path

    from selenium.webdriver import WebKitGTK


@dataclass(frozen=True)
class BrowserType:
    """Which engine it is."""

    name: str = "webkit"


class WebKitBrowser:
    """One display, with as many MiniBrowsers on it as there are contexts."""

    browser_type = BrowserType()

    def __init__(self, program: Path) -> None:
        self._program = program
        self._display = Display()
        self.contexts: list[WebKitContext] = []

    def new_context(self, base_url: str) -> WebKitContext:
        opened = WebKitContext(self, self._program, self._display, base_url)
        self.contexts.append(opened)
        return opened

    def close(self) -> None:
        for context in list(self.contexts):
            context.close()
        self._display.stop()

    @property
    def version(self) -> str:
        """That of the MiniBrowsers; there must be one."""
        return str(self.contexts[0].driver.capabilities["browserVersion"])


class WebKitContext:
    """One person's browser. Its pages are windows: a new tab counts as hidden."""

    def __init__(self, browser: WebKitBrowser, program: Path, display: Display, base_url: str) -> None:
        self.browser = browser
        self.base_url = base_url
        self.driver: WebKitGTK = start(program, display)
        self._first: str | None = self.driver.current_window_handle
        self.pages: list[WebKitPage] = []
        self.scripts: list[str] = []

    def add_init_script(self, path: Path) -> None:
        """Run that in every page once it has loaded, which is later than elsewhere: see WebKitPage."""
        self.scripts.append(path.read_text("utf-8"))

    @property
    def process(self) -> int:
        """The process of WebKitWebDriver, from which all others of this context come."""
        return int(self.driver.service.process.pid)

    def new_page(self) -> WebKitPage:
        if self._first:
            handle, self._first = self._first, None
        else:
            self.driver.switch_to.window(self.driver.window_handles[0])  # the last that was used may be closed
            self.driver.switch_to.new_window("window")
            handle = self.driver.current_window_handle
        return self._page(handle)

    def keep_open(self) -> None:
        """With its last window a session would end: the next page gets this one."""
        self.driver.switch_to.new_window("window")
        self._first = self.driver.current_window_handle

    def _page(self, handle: str) -> WebKitPage:
        page = WebKitPage(self, handle)
        self.pages.append(page)
        return page

    def close(self) -> None:
        if self not in self.browser.contexts:
            return
        for page in self.pages:
            page.tell()
        stop(self.driver)
        self.browser.contexts.remove(self)
