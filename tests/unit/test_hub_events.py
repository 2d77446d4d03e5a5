"""What the events of the stream make of the state."""

import json
from typing import Any

import pytest

from worker_py.effects import Log, Send, StartTimer, StopTimer, Timer
from worker_py.events import ConnectionStatus
from worker_py.state import REMEMBERED

from .conftest import Bench
from .wire import (
    BOTH,
    CLOSED,
    HELD,
    RINGS,
    TAB_A,
    a_call,
    complaint,
    dialing,
    ended,
    handed_over,
    opening,
    shown,
    talking,
)

# --- events -----------------------------------------------------------------------------------------------------------


def test_an_incoming_call_rings_in_all_tabs(phone: Bench) -> None:
    assert phone.event("call_incoming", 7, id="1", phone="100") == [shown(2, a_call(startedAt=7)), RINGS]


def test_an_incoming_call_may_say_more(phone: Bench) -> None:
    said = {"id": "1", "phone": "100", "displayName": "<img src=x>", "startedAt": 5, "actions": ["answer", "fly"]}
    call = a_call(displayName="<img src=x>", startedAt=5, actions=["answer"])
    assert phone.event("call_incoming", 7, **said) == [shown(2, call), RINGS]


def test_an_optional_field_of_a_wrong_kind_does_not_cost_the_call(phone: Bench) -> None:
    said = {"direction": {}, "state": [], "muted": 1, "actions": "answer", "startedAt": 2.5, "sipCode": "486"}
    said |= {"displayName": 7, "answeredAt": -1, "endedAt": True, "remoteHold": "yes"}
    line = "The phone server sent a call_incoming event with a time that cannot be in milliseconds since 1970."
    assert phone.event("call_incoming", 7, id="1", phone="100", **said) == [
        shown(2, a_call(startedAt=7)),
        RINGS,
        Log(line),
        complaint("bad_event", line, *BOTH),
    ]


def test_whole_floats_are_times_too(phone: Bench) -> None:
    assert phone.event("call_incoming", 7, id="1", phone="100", startedAt=5.0) == [shown(2, a_call(startedAt=5)), RINGS]


def test_a_second_call_rings_beside_the_first(phone: Bench) -> None:
    phone.event("call_incoming", id="1", phone="100")
    assert phone.event("call_incoming", id="2", phone="200") == [shown(3, a_call(), a_call("2", phone="200"))]


def test_an_event_twice_changes_nothing(phone: Bench) -> None:
    phone.event("call_incoming", id="1", phone="100")
    assert phone.event("call_incoming", 9, id="1", phone="100") == []


def test_a_call_answered_at_another_device_talks_from_then_on(phone: Bench) -> None:
    phone.event("call_incoming", id="1", phone="100")
    assert phone.event("call_updated", 9, id="1", state="talking", remoteHold=True) == [
        shown(3, talking(answeredAt=9, remoteHold=True), begun=["1"])
    ]


def test_actions_of_the_backend_last_until_the_state_changes(phone: Bench) -> None:
    phone.event("call_incoming", id="1", phone="100", actions=["hangup"])
    assert phone.event("call_updated", id="1", displayName="Ann") == [
        shown(3, a_call(displayName="Ann", actions=["hangup"]))
    ]
    assert phone.event("call_updated", id="1", state="talking") == [shown(4, talking(displayName="Ann"), begun=["1"])]


@pytest.mark.parametrize("state", ["ringing", "dialing"])
def test_no_call_moves_backwards(phone: Bench, state: str) -> None:
    phone.event("call_incoming", id="1", phone="100", state="talking")
    assert phone.event("call_updated", id="1", state=state, displayName="Ann") == []


def test_a_call_ends_for_the_reason_the_backend_gives(phone: Bench) -> None:
    phone.event("call_incoming", id="1", phone="100")
    last = ended(a_call(), "rejected", 5, sipCode=603)
    assert phone.event("call_ended", 9, id="1", endReason="rejected", endedAt=5, sipCode=603) == [
        shown(3, lastCall=last)
    ]


def test_an_update_may_end_a_call(phone: Bench) -> None:
    phone.event("call_incoming", id="1", phone="100")
    last = ended(a_call(), "no_answer", 9)
    assert phone.event("call_updated", 9, id="1", state="ended", endReason="no_answer") == [shown(3, lastCall=last)]


UNSAID = [("dialing", "failed"), ("ringing", "canceled"), ("talking", "completed"), ("held", "completed")]


@pytest.mark.parametrize(("state", "reason"), UNSAID)
def test_an_end_without_a_reason_gets_the_likely_one(phone: Bench, state: str, reason: str) -> None:
    call = a_call(state=state, answeredAt=0)
    phone.event("call_incoming", id="1", phone="100", state=state, answeredAt=0)
    assert phone.event("call_ended", 9, id="1") == [shown(3, lastCall=ended(call, reason, 9))]


def test_a_call_that_has_just_ended_does_not_come_back(phone: Bench) -> None:
    phone.event("call_incoming", id="1", phone="100")
    phone.event("call_ended", id="1")
    assert phone.event("call_incoming", id="1", phone="100") == []
    assert phone.event("call_updated", id="1", phone="100") == []
    assert phone.event("call_ended", id="1") == []


def test_only_the_latest_ended_ids_are_remembered(phone: Bench) -> None:
    for number in range(REMEMBERED + 10):
        phone.event("call_incoming", id=str(number), phone="100")
        phone.event("call_ended", id=str(number))
    assert len(phone.hub.state.endings) == REMEMBERED


def test_an_update_of_an_unknown_call_makes_one_if_it_says_whom_it_is_with(phone: Bench) -> None:
    assert phone.event("call_updated", id="1", muted=False) == []
    assert phone.event("call_updated", id="2", phone="100", state="ended") == []
    assert phone.event("call_updated", id="1", phone="100", state="talking") == [shown(2, talking(), begun=["1"])]


def test_an_outbound_call_from_another_device_is_shown(phone: Bench) -> None:
    assert phone.event("call_updated", id="1", phone="100", direction="outbound") == [shown(2, dialing("1", "100"))]


def test_the_foreground_is_who_talks_then_who_is_dialed_then_who_rings_then_who_was_held_last(phone: Bench) -> None:
    calls = [("h1", "held"), ("r1", "ringing"), ("r2", "ringing"), ("h2", "held"), ("d", "dialing"), ("t", "talking")]
    for call_id, state in calls:
        phone.event("call_incoming", id=call_id, phone="100", state=state)
    order = []
    while active := phone.hub.state.active_call:
        order.append(active.id)
        phone.event("call_ended", id=active.id)
    assert order == ["t", "d", "r1", "r2", "h2", "h1"]


def test_the_operators_status_comes_of_the_stream(phone: Bench) -> None:
    assert phone.event("operator_status", status="break") == [shown(2, operatorStatus="break")]
    assert phone.event("operator_status", status="break") == []


def test_a_status_holds_since_it_was_first_heard_of(phone: Bench) -> None:
    first = shown(2, operatorStatus="offline", statusSince=5)
    assert phone.event("snapshot", 5, operatorStatus="offline", calls=[]) == [first]
    assert phone.event("snapshot", 6, operatorStatus="offline", calls=[]) == []
    assert phone.event("operator_status", 7, status="break") == [shown(3, operatorStatus="break", statusSince=7)]
    assert phone.event("snapshot", 8, operatorStatus="break", calls=[]) == []


@pytest.mark.parametrize("since", [None, "3", -1, True])
def test_a_status_holds_since_the_backend_says_if_that_is_a_time(phone: Bench, since: Any) -> None:
    said = phone.event("snapshot", 5, operatorStatus="break", statusSince=3, calls=[])
    assert said == [shown(2, operatorStatus="break", statusSince=3)]
    said = phone.event("operator_status", 9, status="away", statusSince=8)
    assert said == [shown(3, operatorStatus="away", statusSince=8)]
    said = phone.event("operator_status", 9, status="ready", statusSince=since)
    assert said[0] == shown(4, operatorStatus="ready", statusSince=9)


def test_states_that_a_gap_hid_are_caught_up_with(phone: Bench) -> None:
    phone.event("call_incoming", id="1", phone="100")
    call = talking(state="held", actions=HELD, answeredAt=7)
    assert phone.event("call_updated", 7, id="1", state="held") == [shown(3, call, begun=["1"])]
    assert phone.event("call_updated", 9, id="1", state="talking") == [shown(4, talking(answeredAt=7))]


# --- snapshots --------------------------------------------------------------------------------------------------------


def test_a_snapshot_is_the_state(phone: Bench) -> None:
    phone.event("call_incoming", id="gone", phone="100")
    calls = [{"id": "1", "phone": "100", "state": "talking", "answeredAt": 0}, {"id": "2", "phone": "200"}]
    known = [talking(startedAt=None), a_call("2", phone="200", startedAt=None)]
    last = ended(a_call("gone"), "connection_lost", None)
    assert phone.event("snapshot", operatorStatus="ready", calls=calls) == [
        shown(3, *known, operatorStatus="ready", lastCall=last)
    ]


def test_a_snapshot_keeps_what_is_known_of_a_call(phone: Bench) -> None:
    phone.event("call_incoming", 5, id="1", phone="100", displayName="Ann")
    assert phone.event("snapshot", calls=[{"id": "1", "phone": "100", "state": "ringing"}]) == []


def test_a_snapshot_does_not_know_a_dial_under_way(phone: Bench) -> None:
    phone.command("CMD_DIAL", phone="5")
    assert phone.event("snapshot", calls=[]) == []


def test_a_dial_that_nobody_names_after_a_snapshot_is_asked_about(phone: Bench) -> None:
    """Its call may have ended in a gap before the snapshot, or have begun since."""
    phone.command("CMD_DIAL", TAB_A, "c1", phone="5")
    phone.event("snapshot", calls=[])
    provisional = dialing("provisional-epoch-1", "5")
    assert phone.answer(1) == [
        Log("A call was dialled in a gap of the event stream; asking how things stand."),
        *CLOSED,
        StartTimer(Timer.RETRY, 250),
        shown(3, provisional, connectionStatus="reconnecting"),
        Send((TAB_A,), {"type": "CMD_RESULT", "id": "c1", "ok": True}),
    ]
    assert phone.hub.receive_message(TAB_A, {"type": "NUDGE"}, 10) == [], "the backend has yet to see that it is closed"
    assert phone.hub.timer_fired(Timer.RETRY, 250) == opening(2)
    lost = ended(provisional, "connection_lost", None)
    assert phone.hub.stream_event(2, "snapshot", '{"calls": []}', "", 300)[-1] == shown(4, lastCall=lost)


def test_dial_named_only_by_its_answer_after_a_snapshot_is_asked_about(phone: Bench) -> None:
    """The answer may be older than the snapshot: if the call has ended in between, nobody says so any more."""
    phone.command("CMD_DIAL", TAB_A, "c1", phone="5")
    phone.event("snapshot", calls=[])
    assert phone.answer(1, {"call": {"id": "X", "phone": "5", "state": "dialing"}}) == [
        Log("A call was dialled in a gap of the event stream; asking how things stand."),
        *CLOSED,
        StartTimer(Timer.RETRY, 250),
        shown(3, dialing("X", "5"), connectionStatus="reconnecting"),
        Send((TAB_A,), {"type": "CMD_RESULT", "id": "c1", "ok": True}),
    ]
    phone.hub.timer_fired(Timer.RETRY, 250)
    lost = ended(dialing("X", "5"), "connection_lost", None)
    assert phone.hub.stream_event(2, "snapshot", '{"calls": []}', "", 300)[-1] == shown(4, lastCall=lost)


@pytest.mark.parametrize("body", [None, {"call": {"id": "X", "phone": "5"}}], ids=["empty", "with the call"])
def test_dial_named_by_an_event_after_a_snapshot_is_not_asked_about(phone: Bench, body: dict[str, Any] | None) -> None:
    phone.command("CMD_DIAL", phone="5")
    phone.event("snapshot", calls=[])
    phone.event("call_updated", id="X", phone="5", direction="outbound", state="dialing")
    phone.answer(1, body)
    assert phone.hub.state.connection is ConnectionStatus.CONNECTED


def test_a_dial_that_nobody_names_waits_for_the_stream_if_that_is_down(phone: Bench) -> None:
    phone.command("CMD_DIAL", phone="5")
    phone.event("snapshot", calls=[])
    phone.hub.stream_failed(1, permanent=False, now=0)
    assert phone.answer(1) == []


def test_a_snapshot_may_name_a_dial_under_way(phone: Bench) -> None:
    phone.command("CMD_DIAL", phone="5")
    call = {"id": "X", "phone": "5", "direction": "outbound", "state": "dialing"}
    assert phone.event("snapshot", calls=[call]) == [shown(3, dialing("X", "5"))]


def test_a_snapshot_names_the_dial_under_way_and_not_one_whose_call_may_be_over(phone: Bench) -> None:
    """The first call, of which the backend tells no name, ends while the stream is down."""
    phone.hub.stream_failed(1, permanent=False, now=0)
    phone.command("CMD_DIAL", phone="5")
    phone.answer(1)
    phone.command("CMD_DIAL", phone="6")
    phone.hub.timer_fired(Timer.RETRY, 5_000)
    call = {"id": "X", "phone": "+6", "direction": "outbound", "state": "dialing"}
    lost = ended(dialing("provisional-epoch-1", "5"), "connection_lost", None)
    snapshot = json.dumps({"calls": [call]})
    assert phone.hub.stream_event(2, "snapshot", snapshot, "", 5_001)[-1] == shown(5, dialing("X", "+6"), lastCall=lost)
    assert phone.answer(2) == []


def test_another_operator_sees_nothing_of_the_first_ones(phone: Bench) -> None:
    phone.event("snapshot", calls=[], operator={"id": "ann", "name": "Ann"})
    phone.event("call_incoming", id="1", phone="100")
    phone.event("call_ended", id="1")
    phone.event("call_incoming", id="2", phone="200")
    assert phone.event("snapshot", calls=[], operator={"id": "bob"}) == [shown(5), handed_over(*BOTH)]
    assert phone.event("snapshot", calls=[], operator={"name": "nobody"}) == []


# --- what cannot be read ----------------------------------------------------------------------------------------------


BAD_EVENTS = [
    ("call_incoming", "{", "it is not JSON"),
    ("call_incoming", "[" * 100_000, "it is nested deeper than 64 levels"),
    ("call_incoming", "null", "it is no JSON object"),
    ("call_incoming", "[]", "it is no JSON object"),
    ("call_incoming", '{"phone": "1"}', "id is missing or of a wrong kind"),
    ("call_incoming", '{"id": "1", "phone": ["1"]}', "phone is missing or of a wrong kind"),
    ("call_incoming", '{"id": 1.5, "phone": "1"}', "id is missing or of a wrong kind"),
    ("call_incoming", '{"id": true, "phone": "1"}', "id is missing or of a wrong kind"),
    ("call_incoming", '{"id": "' + "x" * 257 + '", "phone": "1"}', "id is missing or of a wrong kind"),
    ("call_incoming", '{"id": "1", "phone": "' + "1" * 2_000 + '"}', "phone is missing or of a wrong kind"),
    ("call_incoming", '"' + "x" * 1_100_000 + '"', "it is longer than 1048576 characters"),
    ("call_updated", '{"__proto__": {"id": "1"}}', "id is missing or of a wrong kind"),
    ("call_ended", "{}", "id is missing or of a wrong kind"),
    ("operator_status", '{"status": "' + "x" * 33 + '"}', "status is missing or of a wrong kind"),
    ("operator_status", '{"status": " "}', "status is missing or of a wrong kind"),
    ("snapshot", "{}", "calls is a list"),
    ("ping", '{"interval": 0}', "interval is a number of seconds"),
    ("ping", '{"interval": 0.0001}', "interval is a number of seconds"),
    ("ping", '{"interval": true}', "interval is a number of seconds"),
]


@pytest.mark.parametrize(("name", "text", "why"), BAD_EVENTS, ids=range(len(BAD_EVENTS)))
def test_an_event_that_cannot_be_read_is_rejected_whole_and_told_once(
    phone: Bench, name: str, text: str, why: str
) -> None:
    message = f"The phone server sent a {name} event that cannot be read: {why}."
    before = phone.hub.state
    assert phone.hub.stream_event(1, name, text, "", 0) == [Log(message), complaint("bad_event", message, *BOTH)]
    assert phone.hub.stream_event(1, name, text, "", 0) == []
    assert phone.hub.state is before


def test_an_event_of_a_newer_backend_is_ignored(phone: Bench) -> None:
    assert phone.event("call_recorded", id="1") == []


def test_without_tabs_a_complaint_goes_to_the_console(new: Bench) -> None:
    new.hub.start()
    new.hub.stream_opened(1, 0)
    message = "The phone server sent a call_ended event that cannot be read: it is not JSON."
    assert new.hub.stream_event(1, "call_ended", "", "", 0) == [StopTimer(Timer.QUIET), Log(message)]
