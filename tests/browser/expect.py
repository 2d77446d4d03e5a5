"""`expect`, as tests use it, for pages and locators of every driver."""

from typing import Any, overload

from playwright.sync_api import Locator, Page
from playwright.sync_api import expect as expect_of_playwright
from playwright.sync_api._generated import LocatorAssertions, PageAssertions

from .webkit import WebKitAssertions, WebKitLocator, WebKitPage


@overload
def expect(what: Locator) -> LocatorAssertions: ...


@overload
def expect(what: Page) -> PageAssertions: ...


def expect(what: Any) -> Any:
    """Return what can be expected of it."""
    match what:
        case WebKitLocator():
            return WebKitAssertions(what.page, what.selector)
        case WebKitPage():
            return WebKitAssertions(what, ":root")
        case _:
            return expect_of_playwright(what)
