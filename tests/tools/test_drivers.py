"""What the drivers of browsers do, as far as it can be shown without a browser."""

import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, Self, cast

import pytest

from tests.browser.drivers.part import Look, Part
from tests.browser.drivers.selenium_driver import IS_COMPLETE, NOTE, WebKitPage

SOON, NEVER = 1_000, 10  # ms
SHOWN = Look("Grace Hopper, 100", "ready", visible=True, enabled=True, focused=False, attributes={"lang": "en"})
HIDDEN = SHOWN._replace(visible=False)
BUSY = SHOWN._replace(text="Alan Turing", value="", enabled=False, focused=True, attributes={})


class Seen(Part):
    """A part that is seen so, one look after the other, and stays as it was last."""

    def __init__(self, *looks: list[Look] | None) -> None:
        super().__init__("the card")
        self._looks = list(looks)

    def looks(self) -> list[Look] | None:
        return self._looks.pop(0) if len(self._looks) > 1 else self._looks[0]

    def find(self, css: str) -> Self:
        raise NotImplementedError

    def with_role(self, role: Any, name: str | None = None, *, exact: bool = False) -> Self:
        raise NotImplementedError

    def click(self) -> None:
        raise NotImplementedError

    def double_click(self) -> None:
        raise NotImplementedError

    def fill(self, text: str) -> None:
        raise NotImplementedError

    def select(self, value: str) -> None:
        raise NotImplementedError

    def evaluate(self, function: str, argument: Any = None) -> Any:
        raise NotImplementedError


EXPECTATIONS: dict[str, tuple[Callable[[Part, float], None], list[Look], list[Look]]] = {
    # expectation, where it holds, where not
    "text": (lambda part, ms: part.has_text("Grace Hopper, 100", ms), [SHOWN], [BUSY]),
    "pattern": (lambda part, ms: part.has_text(re.compile(r"\d{3}$"), ms), [SHOWN], [BUSY]),
    "not a part of the text": (lambda part, ms: part.has_text("Grace", ms), [SHOWN._replace(text="Grace")], [SHOWN]),
    "part of the text": (lambda part, ms: part.contains_text("Grace", ms), [SHOWN], [BUSY]),
    "texts in order": (lambda part, ms: part.has_texts([SHOWN.text, BUSY.text], ms), [SHOWN, BUSY], [BUSY, SHOWN]),
    "count": (lambda part, ms: part.has_count(2, ms), [SHOWN, BUSY], [SHOWN]),
    "value": (lambda part, ms: part.has_value("ready", ms), [SHOWN], [BUSY]),
    "attribute": (lambda part, ms: part.has_attribute("lang", "en", ms), [SHOWN], [BUSY]),
    "visible": (lambda part, ms: part.is_visible(ms), [SHOWN], [HIDDEN]),
    "hidden": (lambda part, ms: part.is_hidden(ms), [HIDDEN, HIDDEN], [HIDDEN, SHOWN]),
    "hidden, since there is none": (lambda part, ms: part.is_hidden(ms), [], [SHOWN]),
    "enabled": (lambda part, ms: part.is_enabled(ms), [SHOWN], [BUSY]),
    "focused": (lambda part, ms: part.is_focused(ms), [BUSY], [SHOWN]),
    "of one alone": (lambda part, ms: part.is_enabled(ms), [SHOWN], [SHOWN, SHOWN]),
}


@pytest.mark.parametrize(("expect", "where", "elsewhere"), EXPECTATIONS.values(), ids=EXPECTATIONS)
def test_expectation_waits_until_it_holds(
    expect: Callable[[Part, float], None], where: list[Look], elsewhere: list[Look]
) -> None:
    expect(Seen(elsewhere, None, where), SOON)
    with pytest.raises(AssertionError, match="the card should"):
        expect(Seen(elsewhere), NEVER)


@pytest.mark.parametrize(
    ("looks", "told"),
    [
        (None, "the page was not there"),
        ([], "there is none"),
        ([BUSY], "it is Look(text='Alan Turing', value=''"),
        ([BUSY, BUSY], "there are 2: [Look(text='Alan Turing'"),
    ],
)
def test_failed_expectation_says_what_was_expected_and_what_was_there(looks: list[Look] | None, told: str) -> None:
    with pytest.raises(AssertionError) as failure:
        Seen(looks).has_text("Grace", NEVER)
    assert str(failure.value).startswith(f"the card should have the text 'Grace' within 0.01 s, but {told}")


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


def test_webkit_page_has_loaded_when_it_is_complete() -> None:
    driver = LoadingDriver()
    context = SimpleNamespace(driver=driver, scripts=["its own"], base_url="http://localhost")
    WebKitPage(cast("Any", context), "window", lambda _kind, _text: None).goto("/")
    assert driver.ran == [IS_COMPLETE, IS_COMPLETE, IS_COMPLETE, NOTE, "its own"]
