"""Chromium and Firefox, by Playwright."""

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, Literal, Self

from playwright.sync_api import BrowserContext, Error, Locator
from playwright.sync_api import Page as OfPlaywright

from .page import Context, Hear, Page
from .part import LOOK, Look, Part


class PlaywrightPart(Part):
    """Elements, by a locator."""

    def __init__(self, name: str, locator: Locator) -> None:
        super().__init__(name)
        self._locator = locator

    @property
    def locator(self) -> Locator:
        return self._locator

    def find(self, css: str) -> Self:
        return type(self)(f"{self.name} {css}", self.locator.locator(css))

    def with_role(self, role: Any, name: str | None = None, *, exact: bool = False) -> Self:
        found = self.locator.get_by_role(role, name=name, exact=exact)
        return type(self)(f"{self.name} {role} {name or ''}", found)

    def looks(self) -> list[Look] | None:
        try:
            return [Look(**look) for look in self.locator.evaluate_all(LOOK)]
        except Error:
            return None

    def click(self) -> None:
        self.locator.click()

    def double_click(self) -> None:
        self.locator.dblclick()

    def fill(self, text: str) -> None:
        self.locator.fill(text)

    def select(self, value: str) -> None:
        self.locator.select_option(value)

    def evaluate(self, function: str, argument: Any = None) -> Any:
        return self.locator.evaluate(function, argument)


class PlaywrightPage(Page):
    """A page of Playwright's."""

    def __init__(self, page: OfPlaywright, hear: Hear | None = None) -> None:
        self._page = page
        if hear:
            page.on("pageerror", lambda error: hear("exception", str(error)))
            page.on("console", lambda line: hear(line.type, line.text))

    @property
    def playwright(self) -> OfPlaywright:
        return self._page

    def goto(self, path: str, wait_until: Literal["domcontentloaded", "load"] = "load") -> None:
        self._page.goto(path, wait_until=wait_until)

    def arrive(self, name: str) -> None:
        self._page.wait_for_url(f"**/{name}", wait_until="domcontentloaded")

    def reload(self) -> None:
        self._page.reload()

    def go_back(self) -> None:
        self._page.go_back(wait_until="commit")

    def close(self) -> None:
        self._page.close()

    def beside(self) -> Page:
        with self._page.expect_popup() as opened:
            self._page.evaluate("() => { open(location.href); }")
        opened.value.wait_for_url(self._page.url, wait_until="domcontentloaded")  # it begins as an empty one
        return PlaywrightPage(opened.value)

    def open(self, hear: Hear | None = None) -> Page:
        with self._page.expect_popup() as opened:
            self._page.evaluate("() => { open(''); }")
        return PlaywrightPage(opened.value, hear)

    def on_crash(self, handler: Callable[[], None]) -> None:
        self._page.on("crash", lambda _: handler())

    def evaluate(self, expression: str, argument: Any = None) -> Any:
        return self._page.evaluate(expression, argument)

    def find(self, css: str) -> Part:
        return PlaywrightPart(css, self._page.locator(css))


class PlaywrightContext(Context):
    """A context of Playwright's."""

    def __init__(self, context: BrowserContext) -> None:
        self._context = context
        self._take_back = ExitStack()

    @property
    def playwright(self) -> BrowserContext:
        return self._context

    @property
    def version(self) -> str:
        assert self._context.browser is not None
        return self._context.browser.version

    def new_page(self, hear: Hear | None = None) -> Page:
        return PlaywrightPage(self._context.new_page(), hear)

    def add_init_script(self, script: str) -> None:
        self._take_back.enter_context(self._context.add_init_script(script))

    def clear(self, kept: Page, farewell: str) -> None:
        for page in self._context.pages:
            if page is not kept.playwright:
                page.evaluate(farewell)
                page.close()
        self._take_back.close()
        self._context.unroute_all()
        self._context.clear_cookies()
        kept.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")

    def close(self) -> None:
        self._context.close()
