"""What opens on a click comes in a file of its own: when it is fetched, and what a person reads who cannot have it."""

import pytest
from playwright.sync_api import Route, expect

from .backend import BackendProcess
from .conftest import Desk
from .tabs import WidgetTab

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
    expect(tab.cards).to_have_count(2)
    tab.button("Dial pad").click()
    expect(tab.phone.get_by_role("group", name="Dial pad")).to_be_visible()
    assert fetched(tab) == 1


def test_without_a_call_they_are_fetched_by_a_click_on_the_dial_pad(desk: Desk) -> None:
    [tab] = desk.widgets(1)
    tab.button("Dial pad").click()
    tab.phone.get_by_role("group", name="Dial pad").get_by_role("button", name="5", exact=True).click()
    expect(tab.number).to_have_value("5")
    assert fetched(tab) == 1


def test_a_dial_pad_that_cannot_be_had_is_told_of_and_the_next_click_brings_it(desk: Desk) -> None:
    [tab] = desk.widgets(1)
    tab.page.evaluate("addEventListener('phone-error', ({detail}) => { window.told = detail; })")
    tab.page.route(f"**/{FILE}*", lambda route: route.abort())
    toggle = tab.button("Dial pad")
    toggle.click()
    expect(tab.error).to_have_text(NOT_LOADED)
    expect(toggle).to_have_attribute("aria-expanded", "false")
    assert tab.page.evaluate("told") == {"code": "part_not_loaded", "message": ""}
    tab.page.unroute_all()
    toggle.click()
    expect(tab.phone.get_by_role("group", name="Dial pad")).to_be_visible()
    expect(tab.error).to_be_hidden()


@pytest.mark.parametrize(
    ("name", "first"), [("Keypad", "[part=key]:first-child"), ("Transfer", "[part=transfer-form] input")]
)
def test_a_call_whose_tools_could_not_be_had_is_drawn_and_a_click_asks_for_them_again(
    desk: Desk, backend: BackendProcess, name: str, first: str
) -> None:
    [tab] = desk.widgets(1)
    tab.page.route(f"**/{FILE}*", lambda route: route.abort())
    with tab.page.expect_console_message(lambda line: "A part of the phone could not be loaded" in line.text):
        backend.ring("100")
    tab.button("Answer").click()
    tab.shows("Talking")
    expect(tab.error).to_be_hidden()
    tab.button(name).click()
    expect(tab.error).to_have_text(NOT_LOADED)
    tab.page.unroute_all()
    tab.button(name).click()
    expect(tab.cards.locator(first)).to_be_focused()
    expect(tab.error).to_be_hidden()


def test_a_tool_that_comes_when_its_call_has_changed_does_not_open(desk: Desk, backend: BackendProcess) -> None:
    [tab] = desk.widgets(1)
    waiting: list[Route] = []
    tab.page.route(f"**/{FILE}*", lambda route: waiting.append(route))  # noqa: PLW0108 - Playwright looks at its code
    call = backend.ring("100")
    tab.button("Answer").click()
    tab.shows("Talking")
    keypad = tab.button("Keypad")
    keypad.click()
    expect(keypad).to_have_attribute("aria-busy", "true")
    backend.control("send", event="call_updated", data={"id": call, "actions": ["hangup"]})
    expect(tab.button("Transfer")).to_be_hidden()
    waiting[0].continue_()
    tab.page.evaluate(IS_FETCHED)
    expect(tab.phone.locator("[part~=dtmf]")).not_to_have_attribute("aria-busy", "true")
    expect(tab.phone.get_by_role("group", name="Keypad")).to_have_count(0)


def test_of_two_tools_that_are_asked_for_while_they_come_the_last_one_opens(
    desk: Desk, backend: BackendProcess
) -> None:
    [tab] = desk.widgets(1)
    waiting: list[Route] = []
    tab.page.route(f"**/{FILE}*", lambda route: waiting.append(route))  # noqa: PLW0108 - Playwright looks at its code
    backend.ring("100")
    tab.button("Answer").click()
    tab.shows("Talking")
    for name in ("Keypad", "Transfer"):
        tab.button(name).click()
    waiting[0].continue_()
    expect(tab.cards.get_by_role("textbox")).to_be_focused()
    expect(tab.cards.locator("[part=keypad]")).to_have_count(0)
    expect(tab.button("Keypad")).to_have_attribute("aria-expanded", "false")
