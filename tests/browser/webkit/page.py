"""Page: one window of a MiniBrowser."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urljoin

from playwright._impl._locator import get_by_role_selector, get_by_text_selector
from playwright.sync_api import Error
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

from .injected import install
from .locator import WebKitLocator

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from selenium.webdriver import WebKitGTK

    from .browser import WebKitContext

# JSON, since a text is all that crosses unchanged; what it cannot say is null, as in Playwright.
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
addEventListener("error", ({ message }) => noted.push(["pageerror", "error", message]));
addEventListener("unhandledrejection", ({ reason }) => noted.push(["pageerror", "error", String(reason)]));
for (const kind of ["log", "info", "warn", "error"]) {
  const say = console[kind];
  console[kind] = (...words) => {
    noted.push(["console", kind, words.join(" ")]);
    say.apply(console, words);
  };
}
"""
# Whether it is there is asked in the same breath: a page may be another by the next.
WITH_PLAYWRIGHT = "async (...words) => ('playwright' in window ? [await (FUNCTION)(...words)] : null)"
UNLESS_PLAYWRIGHT = "if (!('playwright' in window)) return null;"
IS_AT = "return location.href.endsWith(arguments[0]) && document.readyState !== 'loading'"
IS_COMPLETE = "return document.readyState === 'complete'"
PATIENCE = 10.0  # s
TELL = "return (window.noted ?? []).splice(0)"


class Line(NamedTuple):
    """A line in the console of a page."""

    type: str
    text: str


class Keyboard:
    """What is typed goes to whatever has the focus."""

    def __init__(self, page: WebKitPage) -> None:
        self._page = page

    def type(self, text: str) -> None:
        ActionChains(self._page.driver).send_keys(text).perform()

    def press(self, key: str) -> None:
        self.type(getattr(Keys, key.upper(), key))


class WebKitPage:
    """What tests use of Playwright's Page. What goes wrong in a page is noted once it has loaded, and told when it
    goes: WebDriver runs nothing in a page before the page itself does, and tells nothing by itself."""

    def __init__(self, context: WebKitContext, handle: str) -> None:
        self.context = context
        self.keyboard = Keyboard(self)
        self._handle = handle
        self._handlers: dict[str, list[Callable[[Any], object]]] = {}

    @property
    def driver(self) -> WebKitGTK:
        """The driver, with its hand on this window."""
        driver = self.context.driver
        driver.switch_to.window(self._handle)
        return driver

    # --- the page itself ----------------------------------------------------------------------------------------------

    def goto(self, path: str, wait_until: str = "load") -> None:  # noqa: ARG002 - it always waits
        self._load(lambda driver: driver.get(urljoin(self.context.base_url, path)))

    def reload(self) -> None:
        self._load(lambda driver: driver.refresh())

    def go_back(self, wait_until: str = "load") -> None:
        assert wait_until == "commit", "WebDriver tells nothing of a page that comes out of the cache"
        self.tell()
        self.driver.back()

    def wait_for_url(self, url: str, wait_until: str = "load") -> None:
        """Wait until the page has gone by itself where this pattern, `**` and the end of an address, says."""
        assert wait_until == "domcontentloaded"
        waiting = WebDriverWait(self.driver, PATIENCE, ignored_exceptions=[WebDriverException])  # between two pages
        waiting.until(lambda driver: driver.execute_script(IS_AT, url.removeprefix("**")))

    def close(self) -> None:
        self.tell()
        self.context.pages.remove(self)
        if not self.context.pages:
            self.context.keep_open()
        self.driver.close()

    def wait_for_timeout(self, milliseconds: float) -> None:
        time.sleep(milliseconds / 1000)

    def bring_to_front(self) -> None:
        self.driver.switch_to.window(self._handle)

    def set_viewport_size(self, size: dict[str, int]) -> None:
        self.driver.set_window_size(size["width"], size["height"])

    def screenshot(self, path: Path) -> None:
        self.driver.save_screenshot(str(path))

    def _load(self, act: Callable[[WebKitGTK], None]) -> None:
        """Do what loads a page, and wait until it has: the driver may go on before the page's modules have run."""
        self.tell()
        act(self.driver)
        WebDriverWait(self.driver, PATIENCE).until(lambda driver: driver.execute_script(IS_COMPLETE))
        for script in (NOTE, *self.context.scripts):
            self.driver.execute_script(script)

    # --- what it says -------------------------------------------------------------------------------------------------

    def on(self, event: str, handler: Callable[[Any], object]) -> None:
        self._handlers.setdefault(event, []).append(handler)

    def tell(self) -> None:
        """Tell the handlers what has been noted since the last time."""
        with suppress(WebDriverException):  # what has crashed, or been closed by itself, tells nothing
            for event, kind, text in self.driver.execute_script(TELL):
                for handler in self._handlers.get(event, []):
                    handler(Line(kind, text) if event == "console" else text)

    # --- scripts and elements -----------------------------------------------------------------------------------------

    def evaluate(self, expression: str, argument: Any = None) -> Any:
        return self.run(expression, argument)

    def run(self, expression: str, *arguments: Any) -> Any:
        """Return the value of an expression, or what its function makes of these, as soon as it is settled."""
        script = RUN.replace("EXPRESSION", expression)
        answer = self.driver.execute_async_script(script, json.dumps(arguments))
        if "error" in answer:
            raise Error(answer["error"])
        return json.loads(answer["value"])

    def run_with_playwright(self, function: str, *arguments: Any) -> Any:
        """Return what a function makes of these that uses `playwright`."""
        script = WITH_PLAYWRIGHT.replace("FUNCTION", function)
        while (answer := self.run(script, *arguments)) is None:
            self.driver.execute_script(install())
        return answer[0]

    def find_with_playwright(self, script: str, *arguments: Any) -> dict[str, Any]:
        """Return what a script returns that uses `playwright`; there may be elements in it."""
        while (answer := self.driver.execute_script(f"{UNLESS_PLAYWRIGHT}\n{script}", *arguments)) is None:
            self.driver.execute_script(install())
        return dict(answer)

    def locator(self, selector: str) -> WebKitLocator:
        return WebKitLocator(self, selector)

    def get_by_role(self, role: Any, **options: Any) -> WebKitLocator:
        return self.locator(get_by_role_selector(role, **options))

    def get_by_text(self, text: str) -> WebKitLocator:
        return self.locator(get_by_text_selector(text))
