"""An element of a page, or several, found anew by each use. What is expected of it is judged here, the same way in
every browser; a driver finds it, and does to it what a person does."""

import re
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Self

from playwright.sync_api import Locator

PATIENCE = 30_000  # ms
PAUSE = 0.02  # s between two looks

Text = str | re.Pattern[str]
"""What a text is, or contains; spaces in a row count as one."""

# What can be judged of elements, as a function in the page.
LOOK = r"""(elements) => elements.map((element) => {
  const { width, height } = element.getBoundingClientRect();
  return {
    text: element.textContent.replace(/\s+/g, " ").trim(),
    value: element.value ?? null,
    visible: width > 0 && height > 0 && element.checkVisibility({ visibilityProperty: true }),
    enabled: !element.matches(":disabled") && getComputedStyle(element).pointerEvents !== "none",
    focused: element.getRootNode().activeElement === element,
    attributes: Object.fromEntries([...element.attributes].map(({ name, value }) => [name, value])),
  };
})"""


class Look(NamedTuple):
    """An element as it was in a moment."""

    text: str
    value: str | float | None
    visible: bool
    enabled: bool
    focused: bool
    attributes: dict[str, str]


class Part(ABC):
    """Elements of a page. What is done needs the one element, and waits until it can be done. What is expected waits
    until it holds, for `timeout` milliseconds."""

    def __init__(self, name: str) -> None:
        self.name = name

    # --- which it is --------------------------------------------------------------------------------------------------

    @property
    def locator(self) -> Locator:
        """Playwright's own, for what no other driver can do: tests of Chromium and Firefox alone."""
        raise NotImplementedError

    @abstractmethod
    def find(self, css: str) -> Self:
        """The elements in it, or in its shadow tree, with that CSS selector."""

    @abstractmethod
    def with_role(self, role: Any, name: str | None = None, *, exact: bool = False) -> Self:
        """The elements in it that assistive technology knows by that role, and by that name or one that contains it."""

    def button(self, name: str) -> Self:
        return self.with_role("button", name, exact=True)

    # --- what a driver can do -----------------------------------------------------------------------------------------

    @abstractmethod
    def looks(self) -> list[Look] | None:
        """Return how they are now; None between two pages."""

    @abstractmethod
    def click(self) -> None: ...

    @abstractmethod
    def double_click(self) -> None: ...

    @abstractmethod
    def fill(self, text: str) -> None:
        """Type that in the place of what is there."""

    @abstractmethod
    def select(self, value: str) -> None:
        """Choose the option with that value."""

    @abstractmethod
    def evaluate(self, function: str, argument: Any = None) -> Any:
        """Return what a JavaScript function makes of the element and `argument`."""

    # --- what is expected ---------------------------------------------------------------------------------------------

    def has_text(self, text: Text, timeout: float = PATIENCE) -> None:
        self._one(f"have the text {text!r}", lambda look: is_text(text, look.text), timeout)

    def contains_text(self, text: Text, timeout: float = PATIENCE) -> None:
        self._one(f"contain the text {text!r}", lambda look: contains(text, look.text), timeout)

    def has_texts(self, texts: Sequence[str], timeout: float = PATIENCE) -> None:
        """There are so many, with these texts."""
        self._all(f"have the texts {texts!r}", lambda looks: [look.text for look in looks] == texts, timeout)

    def has_count(self, count: int, timeout: float = PATIENCE) -> None:
        self._all(f"be there {count} times", lambda looks: len(looks) == count, timeout)

    def has_value(self, value: str, timeout: float = PATIENCE) -> None:
        self._one(f"have the value {value!r}", lambda look: look.value == value, timeout)

    def has_attribute(self, name: str, value: str, timeout: float = PATIENCE) -> None:
        self._one(f"have {name}={value!r}", lambda look: look.attributes.get(name) == value, timeout)

    def is_visible(self, timeout: float = PATIENCE) -> None:
        self._one("be visible", lambda look: look.visible, timeout)

    def is_hidden(self, timeout: float = PATIENCE) -> None:
        """There is none, or it cannot be seen."""
        self._all("be hidden", lambda looks: not any(look.visible for look in looks), timeout)

    def is_enabled(self, timeout: float = PATIENCE) -> None:
        self._one("be enabled", lambda look: look.enabled, timeout)

    def is_focused(self, timeout: float = PATIENCE) -> None:
        self._one("have the focus", lambda look: look.focused, timeout)

    def text(self) -> str:
        """Return the text of the element, once it is there."""
        [look] = self._all("be there once", lambda looks: len(looks) == 1, PATIENCE)
        return look.text

    def _one(self, expected: str, holds: Callable[[Look], bool], timeout: float) -> None:
        self._all(expected, lambda looks: len(looks) == 1 and holds(looks[0]), timeout)

    def _all(self, expected: str, holds: Callable[[list[Look]], bool], timeout: float) -> list[Look]:
        """Return what is seen, once that holds of it."""
        end = time.monotonic() + timeout / 1000
        while (looks := self.looks()) is None or not holds(looks):
            assert time.monotonic() < end, (
                f"{self.name} should {expected} within {timeout / 1000:g} s, but {told(looks)}."
            )
            time.sleep(PAUSE)
        return looks


def is_text(expected: Text, text: str) -> bool:
    return expected == text if isinstance(expected, str) else bool(expected.search(text))


def contains(expected: Text, text: str) -> bool:
    return expected in text if isinstance(expected, str) else bool(expected.search(text))


def told(looks: list[Look] | None) -> str:
    """Say what is there."""
    match looks:
        case None:
            return "the page was not there"
        case []:
            return "there is none"
        case [look]:
            return f"it is {look}"
        case _:
            return f"there are {len(looks)}: {looks}"
