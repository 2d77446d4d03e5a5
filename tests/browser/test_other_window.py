"""A phone that the page has moved into a window of its own, as one in front of all other programs."""

import pytest

from . import marks
from .backend import BackendProcess
from .desk import Desk
from .tabs import WidgetTab
from .test_hands import click_twice
from .waiting import until

pytestmark = marks.SHARED_HUB

MOVE = "() => document.body.append(opener.document.querySelector('sip-phone-widget'))"
COUNT_SOUNDS = """() => {
  window.started = 0;
  const start = AudioBufferSourceNode.prototype.start;
  AudioBufferSourceNode.prototype.start = function () { started += 1; return start.call(this); };
}"""
LOOKS = """(phone) => {
  const {display, padding} = getComputedStyle(phone.shadowRoot.querySelector("[part=panel]"));
  return [display, padding, phone.shadowRoot.adoptedStyleSheets.length];
}"""
LOOKED_TWICE = 600  # ms in which a phone that rings looks twice whether something covers it
COVER = """() => {
  const dialog = document.createElement("dialog");
  dialog.style.cssText = "inline-size: 90vi; block-size: 90vb";
  document.body.append(dialog);
  dialog.showModal();
}"""
ANSWER = "Alt+Shift+KeyA"


def move(tab: WidgetTab) -> WidgetTab:
    """Move the phone of a tab into a window that its page opens; return it there."""
    page = tab.page.open()
    page.goto("/plain.html")
    page.evaluate(MOVE)
    return WidgetTab(page)


def test_phone_in_another_window_looks_and_rings_as_before(desk: Desk, backend: BackendProcess) -> None:
    [tab] = desk.widgets(1)
    tab.page.evaluate(COUNT_SOUNDS)
    tab.button("Dial pad").click()
    moved = move(tab)
    backend.ring("100", "Ann")
    moved.shows("Ringing")
    until("it has all styles", lambda: moved.phone.evaluate(LOOKS), lambda looks: looks == ["grid", "12px", 4])
    until("it rings", lambda: tab.page.evaluate("started"))


def test_phone_below_the_edge_of_another_window_keeps_its_place(desk: Desk, backend: BackendProcess) -> None:
    """In the first window something stands at that height, but it covers nothing of the phone."""
    [tab] = desk.widgets(1)
    moved = move(tab)
    moved.page.playwright.set_viewport_size({"width": 400, "height": 200})
    moved.phone.evaluate("(phone) => { phone.style.marginBlockStart = '250px'; }")
    backend.ring("100", "Ann")
    moved.shows("Ringing")
    moved.page.wait_for_timeout(LOOKED_TWICE)
    assert moved.phone.find(".phone").evaluate("(box) => box.popover") is None


@pytest.mark.parametrize("rings_first", [False, True])
def test_phone_in_another_window_is_clicked_there(desk: Desk, backend: BackendProcess, *, rings_first: bool) -> None:
    """The clock of events begins with the window."""
    [tab] = desk.widgets(1)
    if rings_first:
        backend.ring("100", "Ann")
        tab.shows("Ringing")
    moved = move(tab)
    if not rings_first:
        backend.ring("100", "Ann")
    moved.button("Answer").click()
    moved.shows("Talking")
    moved.button("Hold").click()
    moved.shows("On hold")


@pytest.mark.timed
def test_double_click_in_another_window_answers_one_call(desk: Desk, backend: BackendProcess) -> None:
    [tab] = desk.widgets(1)
    moved = move(tab)
    for name in ("Ann", "Bert"):
        backend.ring("100", name)
    moved.cards.has_count(2)
    click_twice(moved, moved.card("Ann").button("Decline"))
    moved.cards.has_count(1)
    moved.phone.evaluate("(phone) => phone.setStatus('away')")  # a command that comes after all others
    assert len(backend.posts("hangup")) == 1


@pytest.mark.parametrize("pressed_in", ["the page", "the other window"])
def test_shortcuts_work_in_both_windows(desk: Desk, backend: BackendProcess, pressed_in: str) -> None:
    [tab] = desk.widgets(1)
    moved = move(tab)
    backend.ring("100", "Ann")
    moved.shows("Ringing")
    page = tab.page if pressed_in == "the page" else moved.page
    page.playwright.bring_to_front()
    page.playwright.keyboard.press(ANSWER)
    moved.shows("Talking")


def test_dialog_of_another_window_does_not_keep_a_call_from_being_answered(desk: Desk, backend: BackendProcess) -> None:
    [tab] = desk.widgets(1)
    moved = move(tab)
    moved.page.evaluate(COVER)
    backend.ring("100", "Ann")
    moved.shows("Ringing")
    answer = moved.button("Answer")
    until("it stands in front", lambda: moved.phone.find(".phone").evaluate("(box) => box.popover"))
    box = answer.locator.bounding_box()
    assert box
    moved.page.playwright.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    moved.shows("Talking")
