"""Every command as an operator gives it: its POST, what all tabs show then, and what a refusal says."""

from typing import Any

import pytest

from .backend import BackendProcess
from .desk import Desk
from .drivers import Part
from .haste import hurry, offer_haste
from .office import Office
from .tabs import BOOT, WidgetTab

CALLER = "Grace Hopper"


def control(tab: WidgetTab, action: str) -> Part:
    """What an operator begins with to give a command for a call."""
    match action:
        case "dtmf":
            return tab.button("Keypad")
        case "hangup":
            return tab.cards.find("[part~=hangup]")
        case _:
            return tab.button(action.capitalize())


def press(tab: WidgetTab, action: str) -> None:
    """Do what an operator does for this command."""
    match action:
        case "dtmf":
            control(tab, action).click()
            tab.phone.with_role("group", "Keypad").button("5").click()
        case "transfer":
            control(tab, action).click()
            tab.phone.with_role("textbox", "Transfer to number").fill("+49 30 123")
            tab.button("Transfer now").click()
        case "dial":
            tab.dial("+49 30 123")
        case "status":
            tab.status.select("dnd")
        case _:
            control(tab, action).click()


def bring_to(backend: BackendProcess, tab: WidgetTab, state: str) -> str:
    """Bring the phone to a call in that state; return the call's id."""
    call = backend.ring("+493012345678", CALLER)
    if state != "ringing":
        press(tab, "answer")
        tab.shows("Talking")
    if state == "held":
        press(tab, "hold")
        tab.shows("On hold")
    if state == "muted":
        press(tab, "mute")
        tab.button("Unmute").is_visible()
    return call


CALL_COMMANDS: list[tuple[str, str, dict[str, str], str | None]] = [
    # from, command, the rest of its body, the state it leads to (None: the call is over)
    ("ringing", "answer", {}, "Talking"),
    ("ringing", "hangup", {}, None),
    ("talking", "hangup", {}, None),
    ("talking", "hold", {}, "On hold"),
    ("held", "resume", {}, "Talking"),
    ("talking", "mute", {}, "Talking"),
    ("muted", "unmute", {}, "Talking"),
    ("talking", "dtmf", {"digits": "5"}, "Talking"),
    ("talking", "transfer", {"phone": "+4930123"}, None),
]


@pytest.mark.every_engine(rows=1)
@pytest.mark.parametrize("answers", ["body", "empty"])
@pytest.mark.parametrize(("state", "action", "body", "leads_to"), CALL_COMMANDS)
def test_a_command_for_a_call(
    office: Office,
    state: str,
    action: str,
    body: dict[str, str],
    leads_to: str | None,
    answers: str,
) -> None:
    backend, asking, watching = office.backend, office.asking, office.watching
    backend.control("settings", answers=answers)
    call = bring_to(backend, asking, state)
    press(asking, action)
    for tab in (asking, watching):
        tab.shows(leads_to) if leads_to else tab.shows_no_call()
    if "mute" in action:
        watching.button("Mute" if action == "unmute" else "Unmute").is_visible()
    backend.until(lambda state: any(post["path"] == action for post in state["posts"]))
    assert backend.posts(action) == [{"callId": call} | body]


@pytest.mark.parametrize(("state", "action"), [(row[0], row[1]) for row in CALL_COMMANDS])
def test_a_command_that_the_backend_refuses(office: Office, state: str, action: str) -> None:
    backend, asking, watching = office.backend, office.asking, office.watching
    bring_to(backend, asking, state)
    for tab in (asking, watching):
        control(tab, action).is_visible()
    before = watching.state()
    backend.control("faults", commands={"do": "status", "status": 409})
    press(asking, action)
    asking.error.contains_text("(409)")
    watching.error.is_hidden()
    assert watching.state() == before == asking.state()
    assert len(backend.posts(action)) == 1


@pytest.mark.every_engine
def test_dialing(office: Office) -> None:
    backend, asking, watching = office.backend, office.asking, office.watching
    press(asking, "dial")
    for tab in (asking, watching):
        tab.shows("Dialing")
    asking.number.has_value("")
    backend.far(backend.only_call(), "answer")
    for tab in (asking, watching):
        tab.shows("Talking")
    assert backend.posts("dial") == [{"phone": "+4930123"}]


def test_a_dial_is_shown_everywhere_before_the_backend_answers(desk: Desk, backend: BackendProcess) -> None:
    offer_haste(backend)
    asking, watching = desk.widgets(2)
    backend.control("faults", commands={"do": "hang"})
    press(asking, "dial")
    watching.shows("Dialing")
    hurry(watching.page, "hub")
    asking.error.contains_text("did not answer in 10 s", timeout=BOOT)
    for tab in (asking, watching):
        tab.shows_no_call()
        tab.last_call.contains_text("Failed")
    assert len(backend.posts("dial")) == 1


@pytest.mark.parametrize(
    ("number", "words", "reason"),
    [("404", "(422)", "Number not in use"), ("503", "(503)", "Failed")],
)
def test_a_dial_that_is_refused(office: Office, number: str, words: str, reason: str) -> None:
    asking, watching = office.asking, office.watching
    asking.dial(number)
    if number == "404":
        watching.last_call.contains_text(reason)
        return
    asking.error.contains_text(words)
    watching.last_call.contains_text(reason)
    asking.number.has_value(number)
    watching.error.is_hidden()


@pytest.mark.parametrize(("number", "reason"), [("486", "Busy"), ("603", "Declined"), ("480", "No answer")])
def test_a_far_end_that_does_not_take_the_call(office: Office, number: str, reason: str) -> None:
    backend, asking, watching = office.backend, office.asking, office.watching
    backend.control("settings", respondAfter=0.2)
    asking.dial(number)
    watching.last_call.contains_text(reason)


def test_a_number_that_cannot_be_dialled_is_not_sent(office: Office) -> None:
    backend, tab = office.backend, office.asking
    tab.dial("12a")
    tab.error.has_text('"12a" is not a number that can be dialled. Use digits, +, * and #, at most 32.')
    assert backend.posts("dial") == []
    tab.button("Dismiss").click()
    tab.error.is_hidden()


def test_the_status_of_the_operator(office: Office) -> None:
    backend, asking, watching = office.backend, office.asking, office.watching
    press(asking, "status")
    for tab in (asking, watching):
        tab.status.has_value("dnd")
    assert backend.posts("status") == [{"status": "dnd"}]


def test_a_status_that_is_refused_goes_back(office: Office) -> None:
    backend, tab = office.backend, office.asking
    backend.control("faults", commands={"do": "status", "status": 500})
    press(tab, "status")
    tab.error.contains_text("(500)")
    tab.status.has_value("ready")


def test_a_second_call_is_answered_and_the_first_waits(office: Office) -> None:
    backend, first, second = office.backend, office.asking, office.watching
    bring_to(backend, first, "talking")
    backend.ring("200", "Alan Turing")
    for tab in (first, second):
        tab.cards.find("[part=state]").has_texts(["Talking", "Ringing"])
    second.card("Alan Turing").with_role("button", "Answer").click()
    for tab in (first, second):
        tab.cards.find("[part=state]").has_texts(["On hold", "Talking"])
        tab.phone.find("[part~=active]").contains_text("Alan Turing")


def test_hanging_up_while_the_dial_is_under_way_ends_the_call_once_it_has_a_name(
    desk: Desk, backend: BackendProcess
) -> None:
    [tab] = desk.widgets(1)
    backend.control("faults", commands={"do": "hold", "when": "after"}, events={"do": "hang"})
    backend.control("cut", how="end")
    tab.connection.has_text("Reconnecting…")
    tab.dial("100")
    tab.button("Cancel").click()
    backend.control("faults", commands=None)
    tab.last_call.contains_text("Canceled")
    [dialed] = backend.posts("dial")
    assert dialed == {"phone": "100"}
    [hung_up] = backend.posts("hangup")
    assert not hung_up["callId"].startswith("provisional")


def test_the_posts_carry_what_a_backend_needs(desk: Desk, backend: BackendProcess) -> None:
    tab = desk.plain().is_connected()
    tab.say("CMD_STATUS", id="my-own-id", payload={"status": "dnd"})
    tab.say("CMD_STATUS", id="my-own-id", payload={"status": "dnd"})
    tab.hears("message.type === 'CMD_RESULT'")
    posts: list[Any] = backend.state()["posts"]
    assert [(post["key"], post["status"]) for post in posts] == [("my-own-id", 200)]
