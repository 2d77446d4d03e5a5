"""Elements of a page in WebKitGTK, by Selenium.

A script finds them. WebDriver's own accessible name costs a request for each element, and is "Phone number Phone
number" for a field with a label and a placeholder.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from selenium.common.exceptions import (
    ElementNotInteractableException,
    StaleElementReferenceException,
    WebDriverException,
)
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.remote.webelement import WebElement

from .part import LOOK, PAUSE, Look, Part

if TYPE_CHECKING:
    from .selenium_driver import WebKitPage

ACTS_WITHIN = 30.0  # s until something can be done, as with Playwright

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
