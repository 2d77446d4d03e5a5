"""What opens on a click comes in a file of its own: when it is fetched, and what a person reads who cannot have it."""

import pytest
from playwright.sync_api import Route, expect

from . import marks
from .backend import BackendProcess
from .desk import Desk
from .tabs import WidgetTab

pytestmark = marks.SHARED_HUB

FILE = "sip-phone-drawers.js"
NOT_LOADED = "Something went wrong (part_not_loaded). Try again."
FETCHED = f"performance.getEntriesByType('resource').filter(({{name}}) => name.includes('/{FILE}')).length"
IS_FETCHED = f"""() => new Promise((resolve) => {{
  const look = () => {FETCHED} > 0 && resolve();
  new PerformanceObserver(look).observe({{type: "resource"}});
  look();
}})"""


def fetched(tab: WidgetTab) -> int:
    """Return how often the page has asked for the file."""
    return int(tab.page.evaluate(FETCHED))


def test_they_are_fetched_with_the_first_call_and_once(desk: Desk, backend: BackendProcess) -> None:
    [tab] = desk.widgets(1)
    assert fetched(tab) == 0
    backend.ring("100")
    tab.shows("Ringing")
    tab.page.evaluate(IS_FETCHED)
    backend.ring("200")
    tab.cards.has_count(2)
    tab.button("Dial pad").click()
    tab.phone.with_role("group", "Dial pad").is_visible()
    assert fetched(tab) == 1


def test_without_a_call_they_are_fetched_by_a_click_on_the_dial_pad(desk: Desk) -> None:
    [tab] = desk.widgets(1)
    tab.button("Dial pad").click()
    tab.phone.with_role("group", "Dial pad").button("5").click()
    tab.number.has_value("5")
    assert fetched(tab) == 1


def test_a_dial_pad_that_cannot_be_had_is_told_of_and_the_next_click_brings_it(desk: Desk) -> None:
    [tab] = desk.widgets(1)
    tab.page.evaluate("addEventListener('phone-error', ({detail}) => { window.told = detail; })")
    tab.page.playwright.route(f"**/{FILE}*", lambda route: route.abort())
    toggle = tab.button("Dial pad")
    toggle.click()
    tab.error.has_text(NOT_LOADED)
    toggle.has_attribute("aria-expanded", "false")
    assert tab.page.evaluate("told") == {"code": "part_not_loaded", "message": ""}
    tab.page.playwright.unroute_all()
    toggle.click()
    tab.phone.with_role("group", "Dial pad").is_visible()
    tab.error.is_hidden()


@pytest.mark.parametrize(
    ("name", "first"), [("Keypad", "[part=key]:first-child"), ("Transfer", "[part=transfer-form] input")]
)
def test_a_call_whose_tools_could_not_be_had_is_drawn_and_a_click_asks_for_them_again(
    desk: Desk, backend: BackendProcess, name: str, first: str
) -> None:
    [tab] = desk.widgets(1)
    tab.page.playwright.route(f"**/{FILE}*", lambda route: route.abort())
    with tab.page.playwright.expect_console_message(
        lambda line: "A part of the phone could not be loaded" in line.text
    ):
        backend.ring("100")
    tab.button("Answer").click()
    tab.shows("Talking")
    tab.error.is_hidden()
    tab.button(name).click()
    tab.error.has_text(NOT_LOADED)
    tab.page.playwright.unroute_all()
    tab.button(name).click()
    tab.cards.find(first).is_focused()
    tab.error.is_hidden()


def test_a_tool_that_comes_when_its_call_has_changed_does_not_open(desk: Desk, backend: BackendProcess) -> None:
    [tab] = desk.widgets(1)
    waiting: list[Route] = []
    tab.page.playwright.route(f"**/{FILE}*", lambda route: waiting.append(route))  # noqa: PLW0108 - Playwright looks at its code
    call = backend.ring("100")
    tab.button("Answer").click()
    tab.shows("Talking")
    keypad = tab.button("Keypad")
    keypad.click()
    keypad.has_attribute("aria-busy", "true")
    backend.control("send", event="call_updated", data={"id": call, "actions": ["hangup"]})
    tab.button("Transfer").is_hidden()
    waiting[0].continue_()
    tab.page.evaluate(IS_FETCHED)
    expect(tab.phone.find("[part~=dtmf]").locator).not_to_have_attribute("aria-busy", "true")
    tab.phone.with_role("group", "Keypad").has_count(0)


def test_of_two_tools_that_are_asked_for_while_they_come_the_last_one_opens(
    desk: Desk, backend: BackendProcess
) -> None:
    [tab] = desk.widgets(1)
    waiting: list[Route] = []
    tab.page.playwright.route(f"**/{FILE}*", lambda route: waiting.append(route))  # noqa: PLW0108 - Playwright looks at its code
    backend.ring("100")
    tab.button("Answer").click()
    tab.shows("Talking")
    for name in ("Keypad", "Transfer"):
        tab.button(name).click()
    waiting[0].continue_()
    tab.cards.with_role("textbox").is_focused()
    tab.cards.find("[part=keypad]").has_count(0)
    tab.button("Keypad").has_attribute("aria-expanded", "false")
