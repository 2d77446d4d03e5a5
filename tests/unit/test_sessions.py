"""Another person signs in, or nobody is signed in any more: what was the first one's is nowhere to be seen."""

import json
from typing import Any

import pytest

from worker_py.effects import DropPort, Effect, Log, Send, StartTimer, StopTimer, Timer, UseHeaders
from worker_py.sessions import REMEMBERED_SESSIONS

from .conftest import Bench
from .wire import (
    BOTH,
    CLOSED,
    EPOCH,
    TAB_A,
    TAB_B,
    TAB_C,
    a_call,
    complaint,
    dialing,
    done,
    ended,
    handed_over,
    opening,
    posted,
    refused,
    shown,
)

ANN, BOB = "ann's", "bob's"
RESTARTED = [*CLOSED, StartTimer(Timer.RETRY, 250)]
TAKEN_OVER = "Another sign-in has taken over the phone. Reload this page."
SIGNED_OUT = "You were signed out meanwhile. Sign in again, and see whether it was done before you repeat it."
SIGN_IN = "The phone server asks you to sign in again."


def cut_off(rev: int, *tabs: int) -> list[Send]:
    error = {"type": "ERROR", "payload": {"code": "unauthorized", "message": TAKEN_OVER}, "cutOff": True}
    return [shown(rev, connectionStatus="unauthorized", to=tabs), Send(tabs, error)]


def returned(rev: int, tab: int) -> list[Send]:
    """A page of a session that is over came, and is told."""
    return [handed_over(tab), *cut_off(rev, tab)]


def says(phone: Bench, port: int, session: str | None) -> list[Effect]:
    payload = {} if session is None else {"session": session}
    return phone.hub.receive_message(port, {"type": "INIT_PORT", "payload": payload}, 0)


@pytest.fixture
def anns(phone: Bench) -> Bench:
    """A phone on which a call rings and one has ended; tab A names Ann's session, tab B none. Its state has rev 4."""
    assert says(phone, TAB_A, ANN) == [shown(1, to=(TAB_A,))]
    phone.hub.stream_event(1, "call_incoming", '{"id": "0", "phone": "99"}', "last", 0)
    phone.event("call_ended", id="0")
    phone.event("call_incoming", id="1", phone="100")
    return phone


def test_a_second_tab_of_the_same_session_sees_the_same(anns: Bench) -> None:
    last = ended(a_call("0", phone="99"), "canceled")
    assert says(anns, TAB_C, ANN) == [shown(4, a_call(), lastCall=last, to=(TAB_C,))]


def test_another_session_cuts_the_first_one_off_and_begins_with_nothing(anns: Bench) -> None:
    assert says(anns, TAB_C, BOB) == [
        UseHeaders(),
        handed_over(TAB_A, TAB_B, TAB_C),
        *cut_off(5, TAB_A),
        shown(5, connectionStatus="connecting", to=(TAB_B, TAB_C)),
        *RESTARTED,
    ]
    assert anns.event("call_updated", id="1", state="talking") == [], "the old stream has nothing to say any more"
    nudge = {"type": "NUDGE", "payload": {"reason": "visible"}}
    assert anns.hub.receive_message(TAB_C, nudge, 200) == [], "the backend is to see the old one go first"
    assert anns.hub.timer_fired(Timer.RETRY, 250) == opening(2), "and nothing of the last event"
    anns.hub.stream_opened(2, 0)
    snapshot = '{"operatorStatus": "ready", "calls": [{"id": "0", "phone": "5", "startedAt": 0}]}'
    assert anns.hub.stream_event(2, "snapshot", snapshot, "", 0) == [
        StopTimer(Timer.QUIET),
        shown(7, a_call("0", phone="5"), operatorStatus="ready", to=(TAB_B, TAB_C)),
    ]


def test_another_session_finds_a_stream_that_rests(anns: Bench) -> None:
    anns.hub.disconnect(TAB_A)
    anns.hub.disconnect(TAB_B)
    anns.hub.timer_fired(Timer.IDLE, 30_000)
    assert says(anns, TAB_C, BOB) == [
        UseHeaders(),
        StopTimer(Timer.IDLE),
        handed_over(TAB_C),
        shown(6, connectionStatus="connecting", to=(TAB_C,)),
        *RESTARTED,
    ]


def test_what_a_tab_that_was_cut_off_commands_is_refused(anns: Bench) -> None:
    says(anns, TAB_C, BOB)
    assert anns.command("CMD_HANGUP", TAB_A, "a", callId="1") == [refused("a", "unauthorized", TAKEN_OVER)]
    assert anns.command("CMD_HANGUP", TAB_A, "a") == [refused("a", "unauthorized", TAKEN_OVER)]
    assert anns.command("CMD_DIAL", TAB_A, phone="5") == [complaint("unauthorized", TAKEN_OVER, command="CMD_DIAL")]


def test_a_tab_that_was_cut_off_hears_that_the_hub_lives_and_not_how_busy_it_is(anns: Bench) -> None:
    says(anns, TAB_C, BOB)
    alive = [Send((TAB_A,), {"type": "PONG", "epoch": EPOCH, "rev": 0})]
    assert anns.hub.receive_message(TAB_A, {"type": "PING"}, 0) == alive
    loads(anns, 9, "another again", since=100)
    assert anns.hub.receive_message(TAB_A, {"type": "PING"}, 0) == alive


def test_a_forgotten_tab_does_nothing_with_the_phone_of_the_next_person(anns: Bench) -> None:
    """It slept, and was not there to be cut off when somebody else signed in."""
    anns.hub.receive_message(TAB_A, {"type": "PING"}, 0)
    anns.hub.timer_fired(Timer.TABS, 60_000)
    says(anns, TAB_C, BOB)
    asked = Send((TAB_A,), {"type": "REINIT", "epoch": EPOCH})
    why = "The phone does not know this page, and somebody else has signed in. Reload the page."
    assert anns.command("CMD_DIAL", TAB_A, "a", phone="5") == [asked, refused("a", "unauthorized", why, retryable=True)]
    message = {"type": "JOURNAL", "id": "j"}
    assert anns.hub.receive_message(TAB_A, message, 0) == [asked, complaint("unauthorized", why, TAB_A)]
    assert says(anns, TAB_A, ANN) == returned(5, TAB_A)


def test_a_tab_that_was_cut_off_gets_no_journal(anns: Bench) -> None:
    says(anns, TAB_C, BOB)
    assert anns.hub.receive_message(TAB_A, {"type": "JOURNAL", "id": "j"}, 0) == [
        complaint("unauthorized", TAKEN_OVER, TAB_A)
    ]


def test_a_tab_that_was_cut_off_and_then_died_is_let_go(anns: Bench) -> None:
    says(anns, TAB_C, BOB)
    assert anns.hub.tab_gone(TAB_A, "lock") == [DropPort(TAB_A)]


def test_a_session_that_was_replaced_does_not_come_back(anns: Bench) -> None:
    """A page out of the back/forward cache still names it."""
    says(anns, TAB_C, BOB)
    assert says(anns, TAB_A, ANN) == returned(5, TAB_A)
    assert says(anns, 9, ANN) == returned(5, 9)
    assert says(anns, TAB_B, BOB) == [shown(5, connectionStatus="connecting", to=(TAB_B,))]


def test_a_tab_that_was_cut_off_is_taken_in_again_with_the_new_session(anns: Bench) -> None:
    says(anns, TAB_C, BOB)
    assert says(anns, TAB_A, BOB) == [shown(5, connectionStatus="connecting", to=(TAB_A,))]
    assert anns.command("CMD_DIAL", TAB_A, "a", phone="5")[1:] == [posted(1, "dial", '{"phone": "5"}', "a")]


def test_when_only_tabs_that_are_cut_off_are_left_the_stream_is_closed_as_with_none(anns: Bench) -> None:
    says(anns, TAB_C, BOB)
    anns.hub.disconnect(TAB_B)
    assert says(anns, TAB_C, ANN) == [*returned(5, TAB_C), StartTimer(Timer.IDLE, 30_000)]


def test_only_so_many_sessions_are_remembered(phone: Bench) -> None:
    for number in range(REMEMBERED_SESSIONS + 2):
        says(phone, TAB_A, str(number))
    rev = REMEMBERED_SESSIONS + 2
    assert says(phone, TAB_C, "1") == returned(rev, TAB_C)
    blank: Any = {"connectionStatus": "connecting"}
    assert says(phone, TAB_C, "0")[:5] == [
        UseHeaders(),
        handed_over(TAB_A, TAB_B, TAB_C),
        *cut_off(rev + 1, TAB_A),
        shown(rev + 1, to=(TAB_B, TAB_C), **blank),
    ]


def test_what_the_first_one_commanded_has_a_result_and_tells_the_second_nothing(anns: Bench) -> None:
    anns.command("CMD_STATUS", TAB_B, "settled", status="dnd")
    anns.answer(1)
    anns.command("CMD_DIAL", TAB_A, "a", phone="5")
    anns.command("CMD_HANGUP", TAB_B)
    assert says(anns, TAB_C, BOB)[:4] == [
        UseHeaders(),
        handed_over(TAB_A, TAB_B, TAB_C),
        refused("a", "unauthorized", SIGNED_OUT),
        complaint("unauthorized", SIGNED_OUT, TAB_B, command="CMD_HANGUP"),
    ]
    assert anns.answer(2, {"call": {"id": "X", "phone": "5"}}) == []
    assert anns.hub.post_failed(3, timed_out=True, now=0) == []
    assert anns.command("CMD_STATUS", TAB_C, "settled", status="away") == [
        posted(4, "status", '{"status": "away"}', "settled")
    ]


def test_a_snapshot_of_another_operator_ends_what_the_first_one_commanded(phone: Bench) -> None:
    phone.event("snapshot", operatorStatus="dnd", calls=[], operator={"id": "ann"})
    phone.event("call_incoming", id="1", phone="100")
    phone.event("call_ended", id="1")
    phone.command("CMD_DIAL", id="a", phone="5")
    assert phone.event("snapshot", calls=[{"id": "1", "phone": "7", "startedAt": 0}], operator={"id": "bob"}) == [
        shown(6, a_call(phone="7")),
        handed_over(*BOTH),
        refused("a", "unauthorized", SIGNED_OUT),
    ]
    assert phone.answer(1, {"call": {"id": "X", "phone": "5"}}) == []


def test_a_snapshot_of_the_same_operator_ends_nothing(phone: Bench) -> None:
    phone.event("snapshot", calls=[], operator={"id": "ann"})
    phone.command("CMD_STATUS", id="a", status="dnd")
    assert phone.event("snapshot", calls=[], operator={"id": "ann"}) == []
    assert phone.answer(1) == [shown(2, operatorStatus="dnd"), done("a")]


def test_what_was_complained_of_is_told_the_next_person_too(anns: Bench) -> None:
    text = "The phone server sent a call_ended event that cannot be read: id is missing or of a wrong kind."
    both = [Log(text), complaint("bad_event", text, TAB_A, TAB_B)]
    anns.event("snapshot", calls=[], operator={"id": "ann"})
    assert anns.event("call_ended") == both
    assert anns.event("call_ended") == []
    anns.event("snapshot", calls=[], operator={"id": "bob"})
    assert anns.event("call_ended") == both


# --- signed out -------------------------------------------------------------------------------------------------------


def test_who_is_signed_out_sees_no_calls_until_a_snapshot_brings_them_back(anns: Bench) -> None:
    anns.event("operator_status", status="dnd")
    anns.command("CMD_ANSWER", id="a")
    anns.hub.stream_failed(1, permanent=True, now=0)
    assert anns.hub.probed(1, 401, "", 0) == [
        shown(7, connectionStatus="unauthorized"),
        handed_over(*BOTH),
        refused("a", "unauthorized", SIGNED_OUT),
        Log(SIGN_IN),
        complaint("unauthorized", SIGN_IN, TAB_A, TAB_B),
    ]
    assert anns.answer(1, {"call": {"id": "1", "phone": "100"}}) == []
    assert anns.hub.timer_fired(Timer.RETRY, 0) == opening(2), "and nothing of the last event"
    anns.hub.stream_opened(2, 0)
    snapshot = '{"operatorStatus": "dnd", "calls": [{"id": "1", "phone": "100", "startedAt": 0}]}'
    assert anns.hub.stream_event(2, "snapshot", snapshot, "", 0) == [
        StopTimer(Timer.QUIET),
        shown(9, a_call(), operatorStatus="dnd"),
    ]


def test_a_command_while_signed_out_asks_to_sign_in_and_may_come_again(phone: Bench) -> None:
    phone.hub.stream_failed(1, permanent=True, now=0)
    phone.hub.probed(1, 403, "", 0)
    assert phone.command("CMD_DIAL", id="a", phone="5") == [refused("a", "unauthorized", SIGN_IN, retryable=True)]
    phone.hub.timer_fired(Timer.RETRY, 0)
    phone.hub.stream_opened(2, 0)
    assert phone.command("CMD_DIAL", id="a", phone="5") == [
        shown(5, dialing("provisional-epoch-1", "5")),
        posted(1, "dial", '{"phone": "5"}', "a"),
    ]


def test_a_page_that_loads_while_signed_out_has_the_stream_tried_at_once(phone: Bench) -> None:
    phone.hub.stream_failed(1, permanent=True, now=0)
    phone.hub.probed(1, 401, "", 0)
    assert says(phone, TAB_C, None) == [
        shown(3, connectionStatus="unauthorized", to=(TAB_C,)),
        StopTimer(Timer.RETRY),
        *opening(2),
    ]


# --- tabs that were cut off -------------------------------------------------------------------------------------------


def test_a_nudge_of_a_tab_that_was_cut_off_opens_no_stream(anns: Bench) -> None:
    says(anns, TAB_C, BOB)
    anns.hub.timer_fired(Timer.RETRY, 250)
    anns.hub.stream_failed(2, permanent=False, now=0)
    assert anns.hub.receive_message(TAB_A, {"type": "NUDGE"}, 9_000) == []


def test_the_journal_is_not_told_to_a_tab_that_was_cut_off(anns: Bench) -> None:
    says(anns, TAB_C, BOB)
    asked = {"type": "JOURNAL", "id": "j"}
    assert anns.hub.receive_message(TAB_A, asked, 0) == [complaint("unauthorized", TAKEN_OVER, TAB_A)]


def rings(phone: Bench, generation: int = 1) -> None:
    phone.hub.stream_event(generation, "call_incoming", '{"id": "7", "phone": "100"}', "", 0)
    phone.hub.timer_fired(Timer.RING, 200)


def named(phone: Bench, port: int, tab: str, session: str) -> list[Effect]:
    payload = {"tab": tab, "session": session, "visible": port == TAB_A}
    return phone.hub.receive_message(port, {"type": "INIT_PORT", "payload": payload}, 0)


def messages(effects: list[Effect]) -> list[Any]:
    return [each.message for each in effects if isinstance(each, Send) and each.message["type"] == "SYNC_STATE"]


def test_a_session_that_changes_while_it_rings_leaves_no_attention_behind(phone: Bench) -> None:
    named(phone, TAB_A, "a", ANN)
    rings(phone)
    told = messages(named(phone, TAB_C, "c", BOB))
    assert [(each["payload"]["calls"], each.get("attention")) for each in told] == [([], None), ([], None)]


def test_a_tab_that_is_cut_off_hands_the_attention_over(phone: Bench) -> None:
    """It names a session that is over; the others of the session that is there go on."""
    named(phone, TAB_A, "a", ANN)
    named(phone, TAB_B, "b", BOB)
    named(phone, TAB_A, "a", BOB)
    phone.hub.timer_fired(Timer.RETRY, 250)
    phone.hub.stream_opened(2, 0)
    rings(phone, 2)
    assert [each.get("attention") for each in messages(named(phone, TAB_A, "a", ANN))] == [None, "b"]


# --- somebody who is back ---------------------------------------------------------------------------------------------


def loads(phone: Bench, port: int, session: str, since: float, now: int = 1_000) -> list[Effect]:
    """A page says whose session it has, and since when."""
    return phone.hub.receive_message(port, {"type": "INIT_PORT", "payload": {"session": session, "since": since}}, now)


def says_who(phone: Bench, operator: str | None, generation: int) -> list[Effect]:
    """The backend says on a new stream who is signed in."""
    if generation > 1:
        phone.hub.timer_fired(Timer.RETRY, 250)
        phone.hub.stream_opened(generation, 0)
    whose = {"operator": {"id": operator, "name": "x"}} if operator else {}
    return phone.hub.stream_event(generation, "snapshot", json.dumps({"calls": [], **whose}), "", 0)


def is_welcome(effects: list[Effect], port: int) -> bool:
    """True if the tab is shown what there is, and is not cut off."""
    told = [it.message for it in effects if isinstance(it, Send) and port in it.ports]
    shown_last = [message["payload"] for message in told if message["type"] == "SYNC_STATE"][-1]
    return shown_last["connectionStatus"] != "unauthorized" and not any("cutOff" in message for message in told)


def test_operator_who_is_back_is_right_when_a_page_loads(phone: Bench) -> None:
    assert is_welcome(loads(phone, TAB_A, ANN, since=100), TAB_A)
    assert is_welcome(loads(phone, TAB_B, BOB, since=200), TAB_B)
    assert not is_welcome(loads(phone, TAB_A, ANN, since=100), TAB_A), "out of the back/forward cache"
    assert is_welcome(loads(phone, TAB_C, ANN, since=300), TAB_C)
    assert not is_welcome(loads(phone, TAB_B, BOB, since=200), TAB_B)


def test_page_that_loaded_earlier_takes_nothing_over_from_a_hub_that_began_anew(phone: Bench) -> None:
    assert is_welcome(loads(phone, TAB_B, BOB, since=200), TAB_B)
    assert loads(phone, TAB_A, ANN, since=100) == returned(1, TAB_A)
    assert is_welcome(loads(phone, TAB_C, ANN, since=200), TAB_C), "it is not known which was first"


def test_page_of_the_same_session_that_loads_again_is_the_latest(phone: Bench) -> None:
    loads(phone, TAB_A, ANN, since=100)
    loads(phone, TAB_A, ANN, since=300)
    assert not is_welcome(loads(phone, TAB_B, BOB, since=200), TAB_B)


def test_clock_that_was_set_back_locks_nobody_out(phone: Bench) -> None:
    loads(phone, TAB_A, ANN, since=900_000, now=900_000)
    assert is_welcome(loads(phone, TAB_B, BOB, since=5_000, now=5_000), TAB_B)


@pytest.mark.parametrize("since", [None, "1", True, -1, 1.5, 2**60], ids=repr)
def test_time_that_is_none_counts_as_unsaid(phone: Bench, since: object) -> None:
    loads(phone, TAB_A, ANN, since=100)
    loads(phone, TAB_B, BOB, since=200)
    hello = {"type": "INIT_PORT", "payload": {"session": ANN, "since": since}}
    assert phone.hub.receive_message(TAB_C, hello, 0) == returned(2, TAB_C)


def test_other_tabs_of_an_operator_who_signs_in_again_come_back(phone: Bench) -> None:
    says_who(phone, "7", 1)
    loads(phone, TAB_A, ANN, since=100)
    effects = loads(phone, TAB_C, "ann's second", since=200.0)
    told = [it.message for it in effects if isinstance(it, Send) and it.ports == (TAB_A,)]
    assert [message["type"] for message in told] == ["SYNC_STATE"], "until it is known whose it is"
    assert told[0]["payload"]["connectionStatus"] == "unauthorized"
    assert phone.command("CMD_DIAL", TAB_A, "a", phone="1") == [refused("a", "unauthorized", TAKEN_OVER)]
    assert is_welcome(says_who(phone, "7", 2), TAB_A)
    assert TAB_A in phone.hub.ports
    assert is_welcome(loads(phone, TAB_A, ANN, since=100), TAB_A), "also when it asks again"
    assert is_welcome(loads(phone, 9, BOB, since=300), 9)
    assert not is_welcome(loads(phone, TAB_A, ANN, since=100), TAB_A)


@pytest.mark.parametrize("operator", ["8", None])
def test_tabs_of_another_operator_are_cut_off_when_it_is_known(phone: Bench, operator: str | None) -> None:
    says_who(phone, "7", 1)
    loads(phone, TAB_A, ANN, since=100)
    loads(phone, TAB_C, BOB, since=200)
    error = {"type": "ERROR", "payload": {"code": "unauthorized", "message": TAKEN_OVER}, "cutOff": True}
    assert Send((TAB_A,), error) in says_who(phone, operator, 2)
    assert TAB_A not in phone.hub.ports
    assert says_who(phone, "7", 3) is not None
    assert TAB_A not in phone.hub.ports


def test_tab_that_goes_before_it_is_known_who_signed_in_is_forgotten(phone: Bench) -> None:
    says_who(phone, "7", 1)
    loads(phone, TAB_A, ANN, since=100)
    loads(phone, TAB_C, "ann's second", since=200)
    phone.hub.disconnect(TAB_A)
    assert not any(TAB_A in it.ports for it in says_who(phone, "7", 2) if isinstance(it, Send))
