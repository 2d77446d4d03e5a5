"""WebKitGTK, by Selenium: Playwright cannot drive it. Each person is a session of WebDriver, and each page a window."""

import json
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import urljoin

from selenium.common.exceptions import (
    ElementNotInteractableException,
    StaleElementReferenceException,
    WebDriverException,
)
from selenium.webdriver import WebKitGTK
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

from .minibrowser import Display, start, stop
from .page import Context, Hear, Page, ignore
from .part import LOOK, PAUSE, Look, Part

PATIENCE = 10.0  # s until a page has loaded
ACTS_WITHIN = 30.0  # s until something can be done, as with Playwright

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

# WebDriver's own accessible name costs a request for each element, and says "Phone number Phone number" of a field that
# has a label and a placeholder.
FIND = (Path(__file__).parent / "find.js").read_text("utf-8")
LOOK_AT = f"{FIND} return ({LOOK})(find(arguments[0]));"
ONE = f"""{FIND}
const found = find(arguments[0]);
const [look] = ({LOOK})(found);
return found.length === 1 && look.visible && look.enabled ? found[0] : null;
"""
EVALUATE = f"(steps, argument) => {{ {FIND} return (FUNCTION)(find(steps)[0], argument); }}"
SELECT = """(element, value) => {
  element.value = value;
  for (const type of ["input", "change"]) element.dispatchEvent(new Event(type, { bubbles: true }));
}"""


class WebKitPart(Part):
    """Elements, by the steps that lead to them: see find.js."""

    def __init__(self, page: "WebKitPage", *steps: dict[str, Any]) -> None:
        super().__init__(" ".join(str(step.get("css") or f"{step['role']} {step['name'] or ''}") for step in steps))
        self._page = page
        self._steps = steps

    def find(self, css: str) -> Self:
        return type(self)(self._page, *self._steps, {"css": css})

    def with_role(self, role: Any, name: str | None = None, *, exact: bool = False) -> Self:
        return type(self)(self._page, *self._steps, {"role": role, "name": name, "exact": exact})

    def looks(self) -> list[Look] | None:
        try:
            return [Look(**look) for look in self._page.driver.execute_script(LOOK_AT, self._steps)]
        except WebDriverException:
            return None

    def click(self) -> None:
        self._act(WebElement.click)

    def double_click(self) -> None:
        self._act(lambda element: ActionChains(self._page.driver).double_click(element).perform())

    def fill(self, text: str) -> None:
        def type_over(element: WebElement) -> None:
            element.clear()
            element.send_keys(text)

        self._act(type_over)

    def select(self, value: str) -> None:
        self.is_enabled()
        self.evaluate(SELECT, value)

    def evaluate(self, function: str, argument: Any = None) -> Any:
        self.has_count(1, ACTS_WITHIN * 1000)
        return self._page.run(EVALUATE.replace("FUNCTION", function), self._steps, argument)

    def _act(self, act: Callable[[WebElement], object]) -> None:
        """Do that to the one element once it can be seen and used."""
        end = time.monotonic() + ACTS_WITHIN
        while True:
            # It may be drawn anew in this moment.
            with suppress(StaleElementReferenceException, ElementNotInteractableException):
                if element := self._page.driver.execute_script(ONE, self._steps):
                    act(element)
                    return
            assert time.monotonic() < end, f"{self.name} cannot be used: there must be one, visible and enabled."
            time.sleep(PAUSE)


class WebKitPage(Page):
    """A window. What goes wrong in a page is noted once it has loaded, and told when it goes: WebDriver runs nothing in
    a page before the page itself does, and tells nothing by itself."""

    def __init__(self, context: "WebKitContext", handle: str, hear: Hear) -> None:
        self._context = context
        self._handle = handle
        self._hear = hear

    @property
    def driver(self) -> WebKitGTK:
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

    def beside(self) -> Page:
        raise NotImplementedError

    def on_crash(self, handler: Callable[[], None]) -> None:
        """WebKitWebDriver gives up the whole browser."""

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
        with suppress(WebDriverException):  # what has crashed, or been closed by itself, tells nothing
            for kind, text in self.driver.execute_script(TELL):
                self._hear(kind, text)

    def _load(self, act: Callable[[WebKitGTK], None]) -> None:
        """Do what loads a page, and wait until it has: the driver may go on before the page's modules have run."""
        self.tell()
        act(self.driver)
        WebDriverWait(self.driver, PATIENCE, PAUSE).until(lambda driver: driver.execute_script(IS_COMPLETE))
        for script in (NOTE, *self._context.scripts):
            self.driver.execute_script(script)


class WebKitContext(Context):
    """A session. Its pages are windows: a new tab counts as hidden."""

    def __init__(self, browser: "WebKitBrowser", driver: WebKitGTK, base_url: str) -> None:
        self.driver = driver
        self.base_url = base_url
        self.scripts: list[str] = []
        self._browser = browser
        self._first: str | None = driver.current_window_handle
        self._pages: list[WebKitPage] = []

    @property
    def version(self) -> str:
        return str(self.driver.capabilities["browserVersion"])

    @property
    def process(self) -> int:
        """The process of WebKitWebDriver, from which all others of this session come."""
        return int(self.driver.service.process.pid)

    def new_page(self, hear: Hear = ignore) -> Page:
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

    def close(self) -> None:
        if self not in self._browser.contexts:
            return
        for page in self._pages:
            page.tell()
        stop(self.driver)
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

    def close(self) -> None:
        for context in list(self.contexts):
            context.close()
        self._display.stop()
