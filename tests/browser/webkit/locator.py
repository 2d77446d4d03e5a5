"""Locator: elements of a page, found anew by each use."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from playwright._impl._locator import get_by_role_selector, get_by_text_selector
from playwright.sync_api import TimeoutError as PatienceEnds
from selenium.common.exceptions import ElementNotInteractableException, StaleElementReferenceException
from selenium.webdriver.common.action_chains import ActionChains

if TYPE_CHECKING:
    from collections.abc import Callable

    from selenium.webdriver.remote.webelement import WebElement

    from .page import WebKitPage

PATIENCE = 30.0  # s; Playwright's own
PAUSE = 0.02  # s between two looks

FIND = "const found = playwright.querySelectorAll(playwright.parseSelector(arguments[0]), document);"
READY = f"""{FIND}
if (found.length > 1) return {{ error: playwright.strictModeViolationError(arguments[0], found).message }};
const states = arguments[1];
const is = (state) => playwright.elementState(found[0], state, true).matches;
return {{ element: found.length > 0 && states.every(is) ? found[0] : null }};
"""
EVALUATE = f"""(selector, argument) => {{
  {FIND.replace("arguments[0]", "selector")}
  return (EXPRESSION)(FOUND, argument);
}}"""
SELECT = "(element, value) => playwright.selectOptions(element, [{ valueOrLabel: value }])"


class WebKitLocator:
    """What tests use of Playwright's Locator."""

    def __init__(self, page: WebKitPage, selector: str) -> None:
        self.page = page
        self.selector = selector

    # --- others -------------------------------------------------------------------------------------------------------

    def locator(self, selector: str) -> WebKitLocator:
        return WebKitLocator(self.page, f"{self.selector} >> {selector}")

    def get_by_role(self, role: Any, **options: Any) -> WebKitLocator:
        return self.locator(get_by_role_selector(role, **options))

    def get_by_text(self, text: str) -> WebKitLocator:
        return self.locator(get_by_text_selector(text))

    def or_(self, other: WebKitLocator) -> WebKitLocator:
        return self.locator(f"internal:or={json.dumps(other.selector)}")

    @property
    def last(self) -> WebKitLocator:
        return self.locator("nth=-1")

    # --- what a person does -------------------------------------------------------------------------------------------

    def click(self) -> None:
        self._do(lambda element: element.click(), "visible", "enabled")

    def dblclick(self) -> None:
        self._do(lambda element: self._actions().double_click(element).perform(), "visible", "enabled")

    def fill(self, text: str) -> None:
        def type_over(element: WebElement) -> None:
            element.clear()
            element.send_keys(text)

        self._do(type_over, "visible", "enabled", "editable")

    def focus(self) -> None:
        self.evaluate("element => element.focus()")

    def select_option(self, value: str) -> None:
        self._do(lambda _: self.evaluate(SELECT, value), "visible", "enabled")

    def _actions(self) -> ActionChains:
        return ActionChains(self.page.driver)

    def _do(self, act: Callable[[WebElement], object], *states: str) -> None:
        """Do that to the element once it is in these states."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                if element := self._element(*states):
                    act(element)
                    return
            except (StaleElementReferenceException, ElementNotInteractableException):
                pass  # it was drawn anew in this moment
            time.sleep(PAUSE)
            if time.monotonic() > end:
                raise PatienceEnds(f"{self.selector} was not {' and '.join(states) or 'there'} in {PATIENCE} s")

    def _element(self, *states: str) -> WebElement | None:
        """Return the one element if it is there and in these states."""
        answer = self.page.find_with_playwright(READY, self.selector, states)
        assert "error" not in answer, answer["error"]
        return answer["element"]  # type: ignore[no-any-return]

    # --- what scripts do ----------------------------------------------------------------------------------------------

    def evaluate(self, expression: str, argument: Any = None) -> Any:
        value = None

        def run(_: WebElement) -> None:
            nonlocal value
            value = self._evaluate(expression, "found[0]", argument)

        self._do(run)
        return value

    def evaluate_all(self, expression: str, argument: Any = None) -> Any:
        return self._evaluate(expression, "found", argument)

    def _evaluate(self, expression: str, found: str, argument: Any) -> Any:
        script = EVALUATE.replace("EXPRESSION", expression).replace("FOUND", found)
        return self.page.run_with_playwright(script, self.selector, argument)

    def text_content(self) -> str | None:
        return self.evaluate("element => element.textContent")  # type: ignore[no-any-return]
