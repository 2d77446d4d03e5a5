"""The phone by keyboard alone: every control is reached, whatever has the focus shows it, and it is never lost."""

from typing import Any

import pytest

from . import marks
from .backend import BackendProcess
from .desk import Desk
from .stage import SCENES, Stage, scene
from .tabs import WidgetTab

pytestmark = marks.NO_POLICY

WORDS = "[...control.childNodes].filter(({ariaHidden}) => !ariaHidden).map(({textContent}) => textContent).join('')"
NAME = f"(control) => control.ariaLabel ?? control.labels[0]?.textContent ?? {WORDS}"

# What has the focus, and whether a person sees that.
FOCUS = f"""(phone) => {{
  const control = phone.shadowRoot.activeElement;
  if (!control) return null;
  const {{outlineStyle, outlineWidth, outlineColor}} = getComputedStyle(control);
  const {{x, y, width, height}} = control.getBoundingClientRect();
  const onTop = phone.shadowRoot.elementFromPoint(x + width / 2, y + height / 2);
  const hasRing = outlineStyle === "solid" && parseFloat(outlineWidth) >= 2 && outlineColor !== "rgba(0, 0, 0, 0)";
  return [({NAME})(control), hasRing && control.contains(onTop)];
}}"""

CONTROLS = f"""(phone) => [...phone.shadowRoot.querySelectorAll("button, input, select")]
  .filter((control) => control.checkVisibility({{visibilityProperty: true}}))
  .map({NAME})"""

SURROUND = """(phone) => {
  const [before, after] = ["before", "after"].map((id) => Object.assign(document.createElement("button"), {id}));
  phone.before(before);
  phone.after(after);
  before.focus();
}"""

NOBODYS_STATUS = {**SCENES["unauthorized"].state, "operatorStatus": None}


def focused(tab: WidgetTab) -> Any:
    """Return the name of the control that has the focus and shows it."""
    stop = tab.phone.evaluate(FOCUS)
    assert stop, "the focus is lost"
    name, shows = stop
    assert shows, f"{name} does not show that it has the focus"
    return name


def tab_to(tab: WidgetTab, name: str, key: str = "Tab") -> None:
    """Go to the control of that name."""
    passed: list[str] = []
    while name not in passed:
        assert len(passed) < 30, f"{name} is not reached, but {passed}"
        tab.page.playwright.keyboard.press(key)
        passed.append(focused(tab))


def stops(stage: Stage, key: str) -> list[Any]:
    """Return where the key leads, from one end of the phone to the other."""
    passed: list[Any] = []
    while len(passed) < 100:
        stage.page.keyboard.press(key)
        if not (stop := stage.phone.evaluate(FOCUS)):
            return passed
        passed.append(stop)
    raise AssertionError(f"{key} leads out nowhere: {passed}")


@pytest.mark.parametrize("colours", ["none", "active"], ids=["plain", "forced colours"])
def test_tab_leads_to_every_control_and_out_again_and_each_shows_its_focus(stage: Stage, colours: Any) -> None:
    stage.page.emulate_media(forced_colors=colours)
    for shown in SCENES.values():
        stage.show(shown)
        stage.phone.evaluate(SURROUND)
        expected = [[name, True] for name in stage.phone.evaluate(CONTROLS)]
        assert stops(stage, "Tab") == expected
        assert stops(stage, "Shift+Tab") == expected[::-1]


@pytest.mark.parametrize(
    ("before", "control", "after"),
    [
        ("empty", "[part=status]", NOBODYS_STATUS),
        ("ringing", "[part~=answer]", scene().state),
        ("keypad", "[part~=call] [part=key]", scene().state),
        ("transfer", "[part=transfer-form] input", SCENES["ringing"].state),
        ("failed", "[part=retry]", scene().state),
    ],
)
def test_when_the_control_goes_that_has_the_focus_another_gets_it(
    stage: Stage, before: str, control: str, after: dict[str, Any]
) -> None:
    stage.show(SCENES[before])
    stage.phone.locator(control).first.focus()
    stage.tell("statechange", after)
    name, shows = stage.phone.evaluate(FOCUS)
    assert name in {"Phone number", "Decline", "Reload"}
    assert shows


def test_a_working_day(desk: Desk, backend: BackendProcess) -> None:
    [tab] = desk.widgets(1)
    keyboard = tab.page.playwright.keyboard
    tab_to(tab, "Your status")
    keyboard.press("ArrowDown")
    backend.until(lambda state: state["operatorStatus"] == "dnd")
    dial(tab, backend, "123")
    hold_and_mute(tab)
    send_digits(tab, backend)
    tab_to(tab, "Transfer")
    keyboard.press("Enter")
    assert focused(tab) == "Transfer to number"
    keyboard.type("456")
    keyboard.press("Enter")
    tab.shows_no_call()
    assert focused(tab) == "Phone number"
    answer_and_hang_up(tab, backend)
    keyboard.type("12a")
    keyboard.press("Enter")
    tab.error.contains_text("is not a number")
    tab_to(tab, "Dismiss")
    keyboard.press("Enter")
    tab.error.is_hidden()
    assert focused(tab) == "Phone number"


def dial(tab: WidgetTab, backend: BackendProcess, number: str) -> None:
    """By the keys of the dial pad; the far end answers."""
    tab_to(tab, "Dial pad")
    tab.page.playwright.keyboard.press("Space")
    tab.button("Dial pad").has_attribute("aria-expanded", "true")
    for digit in number:
        tab_to(tab, digit)
        tab.page.playwright.keyboard.press("Space")
    tab.page.playwright.keyboard.press("Escape")
    assert focused(tab) == "Dial pad"
    tab_to(tab, "Dial")
    tab.page.playwright.keyboard.press("Enter")
    tab.shows("Dialing")
    backend.far(backend.only_call(), "answer")
    tab.shows("Talking")
    assert backend.posts("dial") == [{"phone": number}]


def hold_and_mute(tab: WidgetTab) -> None:
    """And back."""
    tab_to(tab, "Hold")
    for key, state, name in (("Space", "On hold", "Resume"), ("Enter", "Talking", "Hold")):
        tab.page.playwright.keyboard.press(key)
        tab.shows(state)
        assert focused(tab) == name
    tab_to(tab, "Mute", "Shift+Tab")
    for name in ("Unmute", "Mute"):
        tab.page.playwright.keyboard.press("Space")
        tab.button(name).is_focused()
        assert focused(tab) == name


def send_digits(tab: WidgetTab, backend: BackendProcess) -> None:
    """Typed, and by the keypad's own keys."""
    tab_to(tab, "Keypad")
    tab.page.playwright.keyboard.press("Enter")
    assert focused(tab) == "1"
    tab.page.playwright.keyboard.type("12#")
    tab_to(tab, "4")
    tab.page.playwright.keyboard.press("Enter")
    backend.until(lambda state: "".join(sent["body"].get("digits", "") for sent in state["posts"]) == "12#4")
    tab.page.playwright.keyboard.press("Escape")
    assert focused(tab) == "Keypad"


def answer_and_hang_up(tab: WidgetTab, backend: BackendProcess) -> None:
    """A call comes in while the focus is where numbers are typed."""
    backend.ring("100")
    tab.shows("Ringing")
    tab_to(tab, "Answer")
    tab.page.playwright.keyboard.press("Space")
    tab.shows("Talking")
    assert focused(tab) == "Mute"
    tab_to(tab, "Hang up")
    tab.page.playwright.keyboard.press("Enter")
    tab.shows_no_call()
    assert focused(tab) == "Phone number"
