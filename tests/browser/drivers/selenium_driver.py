"""WebKitGTK, by Selenium: Playwright cannot drive it. Each person is a session of WebDriver, and each page a window."""

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urljoin

from selenium.common.exceptions import WebDriverException
from selenium.webdriver import Remote
from selenium.webdriver.support.wait import WebDriverWait

from .minibrowser import Display, MiniBrowser, start
from .page import Context, Hear, Page
from .part import PAUSE, Part
from .selenium_part import WebKitPart

PATIENCE = 10.0  # s until a page has loaded

# JSON, since a text is all that crosses unchanged; what it cannot say is null, as with Playwright.
RUN = """
const [args, answer] = arguments;
(async () => {
  const value = (EXPRESSION);
  return typeof value === "function" ? value(...JSON.parse(args)) : value;
})().then(
  (value) => answer({ value: JSON.stringify(value) ?? "null" }),
  (reason) => answer({ error: `${reason?.name ?? ""}: ${reason?.message ?? reason}` }),
);
"""
# Keeps what goes wrong in the page, and what it says, for `tell`.
NOTE = """
const noted = [];
Object.defineProperty(window, "noted", { value: noted });
addEventListener("error", ({ message }) => noted.push(["exception", message]));
addEventListener("unhandledrejection", ({ reason }) => noted.push(["exception", String(reason)]));
for (const kind of ["log", "info", "warn", "error"]) {
  const say = console[kind];
  console[kind] = (...words) => {
    noted.push([kind, words.join(" ")]);
    say.apply(console, words);
  };
}
"""
TELL = "return (window.noted ?? []).splice(0)"
IS_AT = "return location.href.endsWith(arguments[0]) && document.readyState !== 'loading'"
IS_COMPLETE = "return document.readyState === 'complete'"


class WebKitPage(Page):
    """A window. What goes wrong in a page is noted once it has loaded, and told when it goes: WebDriver runs nothing in
    a page before the page itself does, and tells nothing by itself."""

    def __init__(self, context: "WebKitContext", handle: str, hear: Hear | None) -> None:
        self._context = context
        self._handle = handle
        self._hear = hear

    @property
    def driver(self) -> Remote:
        """The driver, with its hand on this window."""
        driver = self._context.driver
        driver.switch_to.window(self._handle)
        return driver

    def goto(self, path: str, wait_until: Literal["domcontentloaded", "load"] = "load") -> None:  # noqa: ARG002 - it always waits for all
        self._load(lambda driver: driver.get(urljoin(self._context.base_url, path)))

    def arrive(self, name: str) -> None:
        waiting = WebDriverWait(self.driver, PATIENCE, ignored_exceptions=[WebDriverException])  # between two pages
        waiting.until(lambda driver: driver.execute_script(IS_AT, f"/{name}"))

    def reload(self) -> None:
        self._load(lambda driver: driver.refresh())

    def go_back(self) -> None:
        self.tell()
        self.driver.back()

    def close(self) -> None:
        self.tell()
        self._context.let_go(self)
        self.driver.close()

    def on_crash(self, handler: Callable[[], None]) -> None:
        """WebKitWebDriver gives up the whole browser then."""

    def evaluate(self, expression: str, argument: Any = None) -> Any:
        return self.run(expression, argument)

    def run(self, expression: str, *arguments: Any) -> Any:
        """Return the value of an expression, or what its function makes of these, as soon as it is settled."""
        answer = self.driver.execute_async_script(RUN.replace("EXPRESSION", expression), json.dumps(arguments))
        assert "error" not in answer, answer["error"]
        return json.loads(answer["value"])

    def find(self, css: str) -> Part:
        return WebKitPart(self, {"css": css})

    def tell(self) -> None:
        """Tell what has been noted since the last time."""
        if self._hear is None:
            return
        with suppress(WebDriverException):  # what has crashed, or been closed by itself, tells nothing
            for kind, text in self.driver.execute_script(TELL):
                self._hear(kind, text)

    def _load(self, act: Callable[[Remote], None]) -> None:
        """Do what loads a page, and wait until it has: the driver may go on before the page's modules have run."""
        self.tell()
        act(self.driver)
        WebDriverWait(self.driver, PATIENCE, PAUSE).until(lambda driver: driver.execute_script(IS_COMPLETE))
        for script in (NOTE, *self._context.scripts):
            self.driver.execute_script(script)


class WebKitContext(Context):
    """A session. Its pages are windows: a new tab counts as hidden."""

    def __init__(self, browser: "WebKitBrowser", program: MiniBrowser, base_url: str) -> None:
        self.driver = program.driver
        self.base_url = base_url
        self.scripts: list[str] = []
        self._browser = browser
        self._program = program
        self._first: str | None = self.driver.current_window_handle
        self._pages: list[WebKitPage] = []

    @property
    def version(self) -> str:
        return str(self.driver.capabilities["browserVersion"])

    @property
    def process(self) -> int:
        """The process of WebKitWebDriver, from which all others of this session come."""
        return self._program.process

    def new_page(self, hear: Hear | None = None) -> Page:
        if self._first:
            handle, self._first = self._first, None
        else:
            self.driver.switch_to.window(self.driver.window_handles[0])  # the last that was used may be closed
            handle = self._new_window()
        page = WebKitPage(self, handle, hear)
        self._pages.append(page)
        return page

    def let_go(self, page: WebKitPage) -> None:
        """That page closes. With its last window a session would end: the next page gets a new one."""
        self._pages.remove(page)
        if not self._pages:
            self._first = self._new_window()

    def add_init_script(self, script: str) -> None:
        self.scripts.append(script)

    def clear(self, kept: Page, farewell: str) -> None:
        for page in list(self._pages):
            if page is not kept:
                page.evaluate(farewell)
                page.close()
        self.scripts.clear()
        kept.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
        self.driver.delete_all_cookies()

    def close(self) -> None:
        if self not in self._browser.contexts:
            return
        for page in self._pages:
            page.tell()
        self._program.stop()
        self._browser.contexts.remove(self)

    def _new_window(self) -> str:
        self.driver.switch_to.new_window("window")
        return self.driver.current_window_handle


class WebKitBrowser:
    """One display, with as many MiniBrowsers on it as there are contexts."""

    def __init__(self, program: Path) -> None:
        self._program = program
        self._display = Display()
        self.contexts: list[WebKitContext] = []

    def open(self, base_url: str) -> WebKitContext:
        """Start a browser for one more person."""
        context = WebKitContext(self, start(self._program, self._display), base_url)
        self.contexts.append(context)
        return context

    def is_connected(self) -> bool:
        return True  # a browser that ends takes just its own person along

    def close(self) -> None:
        for context in list(self.contexts):
            context.close()
        self._display.stop()
