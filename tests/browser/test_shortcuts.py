"""Keys that work wherever the focus is: they press what is shown, once, and only if nobody else wants them."""

from typing import Any

import pytest
from playwright.sync_api import expect

from . import marks
from .stage import SCENES, Stage

pytestmark = marks.NO_POLICY

# Whether a key was left to the page, or claimed before.
NOTE = "window.claimed = []; addEventListener('keydown', (event) => claimed.push(event.defaultPrevented))"

DISPATCH = """([key, code]) => dispatchEvent(new KeyboardEvent("keydown",
  {key, code, altKey: true, shiftKey: true, cancelable: true}))"""

LABELS = """(phone) => [...phone.shadowRoot.querySelectorAll("[aria-keyshortcuts]")]
  .filter((control) => control.checkVisibility() && control.title === control.ariaKeyShortcuts)
  .map((control) => [control.getAttribute("part"), control.title])"""


@pytest.mark.parametrize(
    ("name", "letter", "command"),
    [
        ("ringing", "A", ["answer", "1"]),
        ("ringing", "H", ["hangup", "1"]),
        ("dialing", "H", ["hangup", "2"]),
        ("talking", "O", ["hold", "1"]),
        ("held", "O", ["resume", "1"]),
        ("talking", "M", ["mute", "1"]),
        ("muted", "M", ["unmute", "1"]),
        ("several calls", "A", ["answer", "4"]),
        ("several calls", "O", ["hold", "1"]),
        ("several calls", "H", ["hangup", "1"]),
    ],
)
def test_a_shortcut_gives_the_command_of_the_button_that_is_shown(
    stage: Stage, name: str, letter: str, command: list[Any]
) -> None:
    stage.show(SCENES[name])
    stage.page.keyboard.press(f"Alt+Shift+{letter}")
    assert stage.asked() == [command]


def test_d_leads_to_the_number_field_from_anywhere_and_types_nothing(stage: Stage) -> None:
    stage.show(SCENES["transfer"])
    stage.phone.evaluate("phone => phone.before(document.createElement('input'))")
    stage.page.locator("body > input").focus()
    stage.page.keyboard.press("Alt+Shift+D")
    expect(stage.phone.get_by_role("textbox", name="Phone number", exact=True)).to_be_focused()
    assert stage.page.locator("input").evaluate_all("inputs => inputs.map(({value}) => value)") == ["", "", ""]


def test_a_key_for_what_the_call_does_not_allow_is_left_to_the_page(stage: Stage) -> None:
    stage.show(SCENES["held"])
    stage.page.evaluate(NOTE)
    for letter in "AMXO":
        stage.page.keyboard.press(f"Alt+Shift+{letter}")
    assert stage.asked() == [["resume", "1"]]
    claimed = stage.page.evaluate("claimed")
    assert [claimed[2::3], any(claimed[0::3] + claimed[1::3])] == [[False, False, False, True], False]


def test_a_key_that_the_page_has_claimed_does_nothing(stage: Stage) -> None:
    stage.show(SCENES["ringing"])
    stage.page.evaluate("document.addEventListener('keydown', (event) => event.preventDefault())")
    stage.page.keyboard.press("Alt+Shift+A")
    assert stage.asked() == []


@pytest.mark.parametrize("keys", ["A", "Alt+A", "Shift+A", "Control+Alt+Shift+A", "Meta+Alt+Shift+A"])
def test_it_takes_alt_and_shift_and_nothing_else(stage: Stage, keys: str) -> None:
    stage.show(SCENES["ringing"])
    stage.page.keyboard.press(keys)
    assert stage.asked() == []


@pytest.mark.parametrize(
    ("key", "code", "commands"),
    [
        ("Ф", "KeyA", [["answer", "1"]]),
        ("A", "KeyQ", [["answer", "1"]]),
        ("Q", "KeyA", []),
        ("Å", "KeyA", [["answer", "1"]]),
    ],
    ids=["Russian", "French", "the French Q", "Mac"],
)
def test_it_is_the_letter_on_the_key_or_its_place_where_that_is_no_latin_one(
    stage: Stage, key: str, code: str, commands: list[Any]
) -> None:
    stage.show(SCENES["ringing"])
    stage.page.evaluate(DISPATCH, [key, code])
    assert stage.asked() == commands


FIELDS = {
    "textarea": "document.body.append(document.createElement('textarea')); document.body.lastChild.focus()",
    "contenteditable": """
        const text = document.createElement("p");
        text.contentEditable = "true";
        document.body.append(text);
        text.focus()""",
    "in a shadow tree": """
        const host = document.createElement("div");
        document.body.append(host);
        host.attachShadow({mode: "open"}).append(document.createElement("input"));
        host.shadowRoot.firstChild.focus()""",
    "in a closed shadow tree": """
        const host = document.createElement("x-field");
        document.body.append(host);
        const root = host.attachShadow({mode: "closed"});
        root.append(document.createElement("input"));
        root.firstChild.focus()""",
}
TYPE = """([key, code]) => {
  const focused = ({activeElement: active}) => active?.shadowRoot?.activeElement ? focused(active.shadowRoot) : active;
  focused(document).dispatchEvent(new KeyboardEvent("keydown",
    {key, code, altKey: true, shiftKey: true, cancelable: true, bubbles: true, composed: true}));
}"""


@pytest.mark.parametrize("field", FIELDS.values(), ids=FIELDS)
def test_a_key_that_types_is_left_to_a_text_of_the_page(stage: Stage, field: str) -> None:
    stage.show(SCENES["talking"])
    stage.page.evaluate(f"() => {{ {field}; }}")
    stage.page.evaluate(TYPE, ["Ó", "KeyO"])
    assert stage.asked() == []
    stage.page.evaluate(TYPE, ["O", "KeyO"])
    assert stage.asked() == [["hold", "1"]]


def test_a_key_that_types_another_script_works_in_the_phones_own_field(stage: Stage) -> None:
    stage.show(SCENES["talking"])
    stage.phone.get_by_role("textbox", name="Phone number", exact=True).focus()
    stage.page.evaluate(TYPE, ["Щ", "KeyO"])
    assert stage.asked() == [["hold", "1"]]


def test_a_key_that_is_held_down_counts_once(stage: Stage) -> None:
    stage.show(SCENES["talking"])
    for key in ("Alt", "Shift", "M", "M", "M"):
        stage.page.keyboard.down(key)
    assert stage.asked() == [["mute", "1"]]


def test_of_two_phones_on_a_page_one_acts(stage: Stage) -> None:
    stage.show(SCENES["ringing"])
    stage.page.evaluate("([state, look]) => add(state, look)", [SCENES["ringing"].state, {"lang": "en", "width": 360}])
    stage.page.keyboard.press("Alt+Shift+A")
    asked = stage.page.locator("sip-phone-widget").evaluate_all("phones => phones.map(({client}) => client.asked)")
    assert asked == [[["answer", "1"]], []]


def test_a_phone_that_is_hidden_or_gone_hears_no_keys(stage: Stage) -> None:
    stage.show(SCENES["ringing"])
    client = stage.phone.evaluate_handle("phone => phone.client")
    for act in ("phone.hidden = true", "phone.remove()"):
        stage.phone.evaluate(f"phone => {{ {act}; }}")
        stage.page.keyboard.press("Alt+Shift+A")
    assert client.evaluate("client => client.asked") == []


def test_controls_tell_their_keys(stage: Stage) -> None:
    stage.show(SCENES["talking"])
    assert stage.phone.evaluate(LABELS) == [
        ["number", "Alt+Shift+D"],
        ["action mute", "Alt+Shift+M"],
        ["action hold", "Alt+Shift+O"],
        ["action hangup", "Alt+Shift+H"],
    ]


def test_shortcuts_can_be_turned_off_and_on(stage: Stage) -> None:
    stage.show(SCENES["ringing"])
    stage.phone.evaluate("phone => phone.toggleAttribute('no-shortcuts')")
    stage.page.keyboard.press("Alt+Shift+A")
    assert (stage.asked(), stage.phone.evaluate(LABELS)) == ([], [])
    expect(stage.phone.locator("[title]")).to_have_count(0)
    stage.phone.evaluate("phone => { phone.noShortcuts = false; }")
    stage.page.keyboard.press("Alt+Shift+A")
    assert stage.asked() == [["answer", "1"]]
    assert len(stage.phone.evaluate(LABELS)) == 3
