"""What hands do by mistake: double clicks, keys that are held, clicks on what has just taken another's place."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Keyboard

from .backend import BackendProcess
from .desk import Desk
from .drivers import Part
from .office import Office
from .tabs import WidgetTab
from .waiting import until

# ms between the two clicks of a double click; with a slow backend more happens between them. Beside other work a driver
# makes of it more than the half second in which a second click is none, so such tests are `timed`.
PAUSE = 150
HELD = 12  # times that a key repeats while it is held


def middle(part: Part) -> tuple[float, float]:
    """Return the point that a person aims at, once a click counts there."""
    until("it takes clicks", lambda: part.evaluate("(control) => control.style.pointerEvents === ''"))
    box = part.locator.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def click_twice(tab: WidgetTab, part: Part, pause: int = PAUSE) -> None:
    """Two clicks at one point, whatever stands there by then."""
    point = middle(part)
    mouse = tab.page.playwright.mouse
    mouse.click(*point)
    tab.page.wait_for_timeout(pause)
    mouse.click(*point)


def keyboard_at(tab: WidgetTab) -> Keyboard:
    """Return the keyboard of a tab in front: in another one Firefox presses no button."""
    tab.page.playwright.bring_to_front()
    return tab.page.playwright.keyboard


def hold_key(tab: WidgetTab, key: str) -> None:
    """Press a key, and let it repeat as fast as a keyboard does."""
    keyboard = keyboard_at(tab)
    for _ in range(HELD):
        keyboard.down(key)
        tab.page.wait_for_timeout(15)
    keyboard.up(key)


def commands(office: Office) -> list[str]:
    """Return the paths of all commands, after one more that the backend gets after all others."""
    office.asking.phone.evaluate("(phone) => phone.setStatus('away')")
    return [post["path"] for post in office.backend.state()["posts"]][:-1]


def talk(office: Office) -> str:
    call = office.backend.ring("100", "Anna")
    office.asking.button("Answer").click()
    office.asking.shows("Talking")
    return call


def on_ringing(office: Office) -> Part:
    office.backend.ring("100")
    return office.asking.button("Answer")


def on_the_first_of_two(office: Office) -> Part:
    office.backend.ring("100", "Anna")
    office.backend.ring("200", "Bert")
    office.asking.cards.has_count(2)
    return office.asking.card("Anna").button("Decline")


def on_talking(name: str) -> Callable[[Office], Part]:
    def begin(office: Office) -> Part:
        talk(office)
        office.backend.ring("200", "Bert")
        office.asking.cards.has_count(2)
        return office.asking.card("Anna").button(name)

    return begin


def on_a_number(office: Office) -> Part:
    office.asking.number.fill("123")
    return office.asking.button("Dial")


DOUBLE_CLICKS: dict[str, tuple[Callable[[Office], Part], list[str]]] = {
    "Answer": (on_ringing, ["answer"]),
    "Decline of the first of two": (on_the_first_of_two, ["hangup"]),
    "Hang up beside one that rings": (on_talking("Hang up"), ["answer", "hangup"]),
    "Hold": (on_talking("Hold"), ["answer", "hold"]),
    "Mute": (on_talking("Mute"), ["answer", "mute"]),
    "Dial": (on_a_number, ["dial"]),
}


@pytest.mark.timed
@pytest.mark.every_engine(rows=1)
@pytest.mark.parametrize(("begin", "expected"), DOUBLE_CLICKS.values(), ids=DOUBLE_CLICKS)
def test_a_double_click_gives_one_command(office: Office, begin: Callable[[Office], Part], expected: list[str]) -> None:
    click_twice(office.asking, begin(office))
    assert commands(office) == expected


# The phone ends the page, which is scrolled to its end: when a card goes, the page is shorter and scrolls by itself.
AT_THE_END = """(phone) => {
  for (const other of document.body.children) other.hidden = other !== phone && !other.contains(phone);
  document.body.style = "display: block; margin: 0; padding: 2000px 0 0";
  scrollTo(0, 1e6);
}"""


@pytest.mark.timed
def test_a_double_click_ends_one_call_where_the_page_scrolls_by_itself(desk: Desk, backend: BackendProcess) -> None:
    tab = desk.widget().is_connected()
    backend.far(backend.ring("100"), "hangup")
    tab.last_call.is_visible()  # what it takes of the page does not change any more
    for name in ("Anna", "Bert", "Carl"):
        backend.ring("100", name)
        tab.card(name).button("Answer").click()
        tab.card(name).find("[part=state]").has_text("Talking")
    tab.phone.evaluate(AT_THE_END)
    click_twice(tab, tab.card("Carl").button("Hang up"))
    tab.cards.has_count(2)
    tab.phone.evaluate("(phone) => phone.setStatus('away')")  # a command that comes after all others
    assert len(backend.posts("hangup")) == 1


@pytest.mark.timed
def test_a_click_on_hang_up_declines_nobody_who_has_just_come_to_stand_there(office: Office) -> None:
    call = talk(office)
    office.backend.ring("200", "Bert")
    hang_up = office.asking.card("Anna").button("Hang up")
    point = middle(hang_up)
    office.backend.far(call, "hangup")
    office.asking.cards.has_count(1)
    office.asking.page.playwright.mouse.click(*point)
    assert commands(office) == ["answer"]
    office.asking.button("Decline").click()
    office.asking.shows_no_call()


@pytest.mark.timed
def test_a_double_click_opens_a_keypad_whose_keys_take_every_click(office: Office) -> None:
    tab = office.asking
    talk(office)
    click_twice(tab, tab.button("Keypad"))
    tab.button("Keypad").has_attribute("aria-expanded", "true")
    click_twice(tab, tab.phone.with_role("group", "Keypad").button("5"))
    office.backend.until(lambda state: list(state["dtmf"].values()) == ["55"])


HELD_KEYS: dict[str, tuple[Callable[[Office], Part], str, list[str]]] = {
    "Enter on Answer": (on_ringing, "Enter", ["answer"]),
    "Space on Answer": (on_ringing, " ", ["answer"]),
    "Enter on Mute": (on_talking("Mute"), "Enter", ["answer", "mute"]),
    "Space on Hold": (on_talking("Hold"), " ", ["answer", "hold"]),
    "Enter on Dial": (on_a_number, "Enter", ["dial"]),
}


@pytest.mark.every_engine(rows=1)
@pytest.mark.parametrize(("begin", "key", "expected"), HELD_KEYS.values(), ids=HELD_KEYS)
def test_a_key_that_is_held_gives_one_command(
    office: Office, begin: Callable[[Office], Part], key: str, expected: list[str]
) -> None:
    begin(office).locator.focus()
    hold_key(office.asking, key)
    assert commands(office) == expected


@pytest.mark.parametrize("number", ["123", "503"])
def test_a_number_that_is_entered_by_a_held_key_is_dialled_once_and_none_comes_back(
    office: Office, number: str
) -> None:
    tab = office.asking
    tab.number.fill(number)
    tab.number.locator.focus()
    hold_key(tab, "Enter")
    assert commands(office) == ["dial"]
    tab.number.has_value(number if number == "503" else "")


def test_hanging_up_by_a_held_key_does_not_dial_the_last_number(office: Office) -> None:
    tab = office.asking
    tab.dial("123")
    office.backend.far(office.backend.only_call(), "answer")
    tab.shows("Talking")
    tab.button("Hang up").locator.focus()
    hold_key(tab, "Enter")
    assert commands(office) == ["dial", "hangup"]
    tab.number.has_value("")


@pytest.mark.timed
def test_a_key_that_is_pressed_twice_is_for_what_it_was_pressed_on(office: Office) -> None:
    tab = office.asking
    on_ringing(office).locator.focus()
    keyboard = keyboard_at(tab)
    keyboard.press("Enter")
    tab.button("Mute").is_focused()
    keyboard.press("Enter")
    assert commands(office) == ["answer"]
    keyboard.press("Tab")
    keyboard.press("Enter")
    tab.shows("On hold")


@pytest.mark.timed
def test_a_shortcut_that_is_pressed_twice_answers_one_call(office: Office) -> None:
    tab = office.asking
    on_the_first_of_two(office)
    keyboard = keyboard_at(tab)
    keyboard.press("Alt+Shift+A")
    tab.button("Hang up").is_visible()
    keyboard.press("Alt+Shift+A")
    assert commands(office) == ["answer"]


# --- what the page hears ----------------------------------------------------------------------------------------------

HEAR = """() => {
  window.keys = [];
  for (const name of ["keydown", "keypress", "keyup"]) document.addEventListener(name, ({ key }) => keys.push(key));
}"""


def test_the_page_hears_no_plain_keys_that_are_pressed_in_the_phone(office: Office) -> None:
    tab = office.asking
    tab.page.evaluate(HEAR)
    tab.button("Dial pad").click()
    tab.phone.with_role("group", "Dial pad").button("1").locator.focus()
    tab.page.playwright.keyboard.press("7")
    tab.page.playwright.keyboard.press("Escape")
    tab.number.locator.focus()
    tab.page.playwright.keyboard.type("1a/")
    tab.number.has_value("71a/")
    tab.page.playwright.keyboard.press("F2")
    assert tab.page.evaluate("keys") == ["F2", "F2"]


# --- what goes again --------------------------------------------------------------------------------------------------


def test_an_error_goes_when_another_number_is_typed(office: Office) -> None:
    tab = office.asking
    tab.dial("12a")
    tab.error.contains_text("is not a number")
    tab.number.fill("12")
    tab.error.is_hidden()


def test_not_connected_goes_when_the_phone_is_connected(office: Office) -> None:
    tab = office.asking
    office.backend.control("gone", gone=True)
    tab.connection.has_text("Reconnecting…")
    tab.dial("100")
    tab.error.contains_text("The phone is not connected")
    office.backend.control("gone", gone=False)
    tab.connection.has_text("Connected")
    tab.error.is_hidden()


def test_an_error_about_a_call_goes_with_the_call(office: Office) -> None:
    tab = office.asking
    call = office.backend.ring("100")
    office.backend.control("faults", commands={"do": "status", "status": 409})
    tab.button("Answer").click()
    tab.error.contains_text("(409)")
    office.backend.control("faults", commands=None)
    office.backend.far(call, "hangup")
    tab.shows_no_call()
    tab.error.is_hidden()


def test_digits_that_were_refused_are_not_shown_any_more(office: Office) -> None:
    tab = office.asking
    talk(office)
    tab.button("Keypad").click()
    keypad = tab.phone.with_role("group", "Keypad")
    keypad.button("1").click()
    tab.phone.find("[part=digits]").has_text("1")
    office.backend.until(lambda state: list(state["dtmf"].values()) == ["1"])
    office.backend.control("faults", commands={"do": "status", "status": 405})
    keypad.button("2").click()
    tab.error.contains_text("(405)")
    tab.phone.find("[part=digits]").has_text("1")
