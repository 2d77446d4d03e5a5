"""What can be expected of a page or a locator, as Playwright's own script judges it."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

from .locator import FIND, PAUSE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .page import WebKitPage

PATIENCE = 10_000  # ms

# What holds of an element that is not there.
JUDGE = f"""{FIND.replace("arguments[0]", "selector")}
const {{ expression, strict }} = options;
if (strict && found.length > 1) throw playwright.strictModeViolationError(selector, found);
if (strict && found.length === 0) return {{ matches: expression === "to.be.hidden", received: "no such element" }};
return playwright.expect(found[0], options, found, true);
"""
JUDGE = f"async (selector, options) => {{ {JUDGE} }}"


class WebKitAssertions:
    """What tests use of LocatorAssertions and PageAssertions: each waits until it holds."""

    def __init__(self, page: WebKitPage, selector: str) -> None:
        self._page = page
        self._selector = selector

    def to_have_text(self, expected: str | re.Pattern[str] | Sequence[str], timeout: float = PATIENCE) -> None:
        if isinstance(expected, str | re.Pattern):
            self._wait("to.have.text", timeout, expectedText=[text(expected, normalizeWhiteSpace=True)])
        else:
            texts = [text(each, normalizeWhiteSpace=True) for each in expected]
            self._wait("to.have.text.array", timeout, strict=False, expectedText=texts)

    def to_contain_text(self, expected: str | re.Pattern[str], timeout: float = PATIENCE) -> None:
        part = text(expected, matchSubstring=True, normalizeWhiteSpace=True)
        self._wait("to.have.text", timeout, expectedText=[part])

    def to_have_count(self, count: int, timeout: float = PATIENCE) -> None:
        self._wait("to.have.count", timeout, strict=False, expectedNumber=count)

    def to_have_value(self, value: str, timeout: float = PATIENCE) -> None:
        self._wait("to.have.value", timeout, expectedText=[text(value)])

    def to_have_attribute(self, name: str, value: str, timeout: float = PATIENCE) -> None:
        self._wait("to.have.attribute.value", timeout, expressionArg=name, expectedText=[text(value)])

    def to_have_title(self, title: str | re.Pattern[str], timeout: float = PATIENCE) -> None:
        self._wait("to.have.title", timeout, expectedText=[text(title, normalizeWhiteSpace=True)])

    def to_be_visible(self, timeout: float = PATIENCE) -> None:
        self._wait("to.be.visible", timeout)

    def to_be_hidden(self, timeout: float = PATIENCE) -> None:
        self._wait("to.be.hidden", timeout)

    def to_be_enabled(self, timeout: float = PATIENCE) -> None:
        self._wait("to.be.enabled", timeout)

    def to_be_focused(self, timeout: float = PATIENCE) -> None:
        self._wait("to.be.focused", timeout)

    def _wait(self, expression: str, timeout: float, *, strict: bool = True, **options: Any) -> None:
        end = time.monotonic() + timeout / 1000
        asked = {"expression": expression, "strict": strict, "isNot": False, **options}
        while True:
            answer = self._page.run_with_playwright(JUDGE, self._selector, asked)
            if answer["matches"]:
                return
            assert time.monotonic() < end, f"{self._selector}: {expression} {options} in {timeout} ms, but {answer}"
            time.sleep(PAUSE)


def text(expected: str | re.Pattern[str], **how: bool) -> dict[str, Any]:
    """Return an expected text as Playwright's script wants it."""
    if isinstance(expected, str):
        return {"string": expected, **how}
    return {"regexSource": expected.pattern, "regexFlags": "i" if expected.flags & re.IGNORECASE else "", **how}
