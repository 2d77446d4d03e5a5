"""The part of Playwright's API over Selenium, as far as it can be shown without a browser."""

import json
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.browser.webkit import WebKitPage
from tests.browser.webkit.injected import install
from tests.browser.webkit.page import IS_COMPLETE, NOTE


class Driver:
    """Shows a page that has reloaded by itself so many times, each time without Playwright's script."""

    def __init__(self, reloads: int) -> None:
        self.switch_to = SimpleNamespace(window=lambda _handle: None)
        self.installed = 0
        self._reloads = reloads

    @property
    def _has_script(self) -> bool:
        return self.installed > self._reloads

    def execute_async_script(self, _script: str, _arguments: str) -> dict[str, str]:
        return {"value": json.dumps(["found"] if self._has_script else None)}

    def execute_script(self, script: str, *_arguments: Any) -> dict[str, str] | None:
        if script == install():
            self.installed += 1
            return None
        return {"element": "found"} if self._has_script else None


@pytest.mark.parametrize("reloads", [0, 2])
def test_a_page_that_reloads_between_two_words_is_asked_again(reloads: int) -> None:
    for ask, answer in (
        (WebKitPage.run_with_playwright, "found"),
        (WebKitPage.find_with_playwright, {"element": "found"}),
    ):
        driver = Driver(reloads)
        page = WebKitPage(cast("Any", SimpleNamespace(driver=driver)), "window")
        assert ask(page, "() => 1") == answer
        assert driver.installed == reloads + 1


class LoadingDriver:
    """Returns from a load when the page is not yet complete, as WebKitWebDriver may."""

    def __init__(self) -> None:
        self.switch_to = SimpleNamespace(window=lambda _handle: None)
        self.ran: list[str] = []
        self._states = [False, False, True]

    def get(self, _url: str) -> None:
        self.ran.clear()

    def execute_script(self, script: str) -> bool | list[object]:
        self.ran.append(script)
        return self._states.pop(0) if script == IS_COMPLETE else []


def test_a_page_has_loaded_when_it_is_complete_whatever_the_driver_says() -> None:
    driver = LoadingDriver()
    context = SimpleNamespace(driver=driver, scripts=[], base_url="http://localhost")
    WebKitPage(cast("Any", context), "window").goto("/")
    assert driver.ran == [IS_COMPLETE, IS_COMPLETE, IS_COMPLETE, NOTE]
