"""The stream: what events make of the state, and what the hub does when it breaks."""

import json
from typing import Any

import pytest

from worker_py.effects import CloseStream, Log, OpenStream, Probe, Send, StartTimer, StopTimer, Timer
from worker_py.events import ConnectionStatus
from worker_py.state import REMEMBERED_ENDINGS

from .conftest import Bench
from .wire import HELD, TAB_A, TAB_B, a_call, complaint, dialing, ended, shown, talking

CLOSED = [CloseStream(), StopTimer(Timer.ANSWER), StopTimer(Timer.SILENCE)]
RETRY = StartTimer(Timer.RETRY, 5_000)
BOTH = (TAB_A, TAB_B)
RECONNECTING: dict[str, Any] = {"connectionStatus": "reconnecting"}


def opening(generation: int, last_event_id: str = "") -> list[object]:
    query = f"?lastEventId={last_event_id}" if last_event_id else ""
    return [OpenStream(generation, f"/api/sip/events{query}"), StartTimer(Timer.ANSWER, 20_000)]


# --- events -----------------------------------------------------------------------------------------------------------


def test_an_incoming_call_rings_in_all_tabs(phone: Bench) -> None:
    assert phone.event("call_incoming", 7, id="1", phone="100") == [shown(2, a_call(startedAt=7))]


def test_an_incoming_call_may_say_more(phone: Bench) -> None:
    said = {"id": "1", "phone": "100", "displayName": "<img src=x>", "startedAt": 5, "actions": ["answer", "fly"]}
    call = a_call(displayName="<img src=x>", startedAt=5, actions=["answer"])
    assert phone.event("call_incoming", 7, **said) == [shown(2, call)]


def test_an_optional_field_of_a_wrong_kind_does_not_cost_the_call(phone: Bench) -> None:
    said = {"direction": {}, "state": [], "muted": 1, "actions": "answer", "startedAt": 2.5, "sipCode": "486"}
    said |= {"displayName": 7, "answeredAt": -1, "endedAt": True, "remoteHold": "yes"}
    assert phone.event("call_incoming", 7, id="1", phone="100", **said) == [shown(2, a_call(startedAt=7))]


def test_whole_floats_are_times_too(phone: Bench) -> None:
    assert phone.event("call_incoming", 7, id="1", phone="100", startedAt=5.0) == [shown(2, a_call(startedAt=5))]


def test_a_second_call_rings_beside_the_first(phone: Bench) -> None:
    phone.event("call_incoming", id="1", phone="100")
    assert phone.event("call_incoming", id="2", phone="200") == [shown(3, a_call(), a_call("2", phone="200"))]


def test_an_event_twice_changes_nothing(phone: Bench) -> None:
    phone.event("call_incoming", id="1", phone="100")
    assert phone.event("call_incoming", 9, id="1", phone="100") == []


def test_a_call_answered_at_another_device_talks_from_then_on(phone: Bench) -> None:
    phone.event("call_incoming", id="1", phone="100")
    assert phone.event("call_updated", 9, id="1", state="talking", remoteHold=True) == [
        shown(3, talking(answeredAt=9, remoteHold=True))
    ]


def test_actions_of_the_backend_last_until_the_state_changes(phone: Bench) -> None:
    phone.event("call_incoming", id="1", phone="100", actions=["hangup"])
    assert phone.event("call_updated", id="1", displayName="Ann") == [
        shown(3, a_call(displayName="Ann", actions=["hangup"]))
    ]
    assert phone.event("call_updated", id="1", state="talking") == [shown(4, talking(displayName="Ann"))]


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


def test_an_ended_call_never_comes_back(phone: Bench) -> None:
    phone.event("call_incoming", id="1", phone="100")
    phone.event("call_ended", id="1")
    assert phone.event("call_incoming", id="1", phone="100") == []
    assert phone.event("snapshot", calls=[{"id": "1", "phone": "100"}]) == []
    assert phone.event("call_ended", id="1") == []


def test_only_the_latest_ended_ids_are_remembered(phone: Bench) -> None:
    for number in range(REMEMBERED_ENDINGS + 10):
        phone.event("call_incoming", id=str(number), phone="100")
        phone.event("call_ended", id=str(number))
    assert len(phone.hub.state.endings) == REMEMBERED_ENDINGS


def test_an_update_of_an_unknown_call_makes_one_if_it_says_whom_it_is_with(phone: Bench) -> None:
    assert phone.event("call_updated", id="1", state="talking") == []
    assert phone.event("call_updated", id="1", phone="100", state="ended") == []
    assert phone.event("call_updated", id="1", phone="100", state="talking") == [shown(2, talking())]


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
    assert said == [shown(4, operatorStatus="ready", statusSince=9)]


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
        shown(3, provisional, **RECONNECTING),
        Send((TAB_A,), {"type": "CMD_RESULT", "id": "c1", "ok": True}),
    ]
    assert phone.hub.receive_message(TAB_A, {"type": "NUDGE"}, 10) == [], "the backend has yet to see that it is closed"
    assert phone.hub.timer_fired(Timer.RETRY, 250) == opening(2)
    lost = ended(provisional, "connection_lost", None)
    assert phone.hub.stream_event(2, "snapshot", '{"calls": []}', "", 300)[-1] == shown(4, lastCall=lost)


@pytest.mark.parametrize(
    "body", [None, {"call": {"id": "X", "phone": "5"}}], ids=["named by an event", "by the answer"]
)
def test_a_dial_that_somebody_names_after_a_snapshot_is_not_asked_about(
    phone: Bench, body: dict[str, Any] | None
) -> None:
    phone.command("CMD_DIAL", phone="5")
    phone.event("snapshot", calls=[])
    if body is None:
        phone.event("call_updated", id="X", phone="5", direction="outbound", state="dialing")
    phone.answer(1, body)
    assert phone.hub.state.connection is ConnectionStatus.CONNECTED


def test_a_dial_that_nobody_names_waits_for_the_stream_if_that_is_down(phone: Bench) -> None:
    phone.command("CMD_DIAL", phone="5")
    phone.event("snapshot", calls=[])
    phone.hub.stream_failed(1, permanent=False)
    assert phone.answer(1) == []


def test_a_snapshot_may_name_a_dial_under_way(phone: Bench) -> None:
    phone.command("CMD_DIAL", phone="5")
    call = {"id": "X", "phone": "5", "direction": "outbound", "state": "dialing"}
    assert phone.event("snapshot", calls=[call]) == [shown(3, dialing("X", "5"))]


def test_a_snapshot_names_the_dial_under_way_and_not_one_whose_call_may_be_over(phone: Bench) -> None:
    """The first call, of which the backend tells no name, ends while the stream is down."""
    phone.hub.stream_failed(1, permanent=False)
    phone.command("CMD_DIAL", phone="5")
    phone.answer(1)
    phone.command("CMD_DIAL", phone="5")
    phone.hub.timer_fired(Timer.RETRY, 5_000)
    call = {"id": "X", "phone": "5", "direction": "outbound", "state": "dialing"}
    lost = ended(dialing("provisional-epoch-1", "5"), "connection_lost", None)
    snapshot = json.dumps({"calls": [call]})
    assert phone.hub.stream_event(2, "snapshot", snapshot, "", 5_001)[-1] == shown(5, dialing("X", "5"), lastCall=lost)
    assert phone.answer(2) == []


def test_another_operator_sees_nothing_of_the_first_ones(phone: Bench) -> None:
    phone.event("snapshot", calls=[], operator={"id": "ann", "name": "Ann"})
    phone.event("call_incoming", id="1", phone="100")
    phone.event("call_ended", id="1")
    phone.event("call_incoming", id="2", phone="200")
    assert phone.event("snapshot", calls=[], operator={"id": "bob"}) == [shown(6)]
    assert phone.event("snapshot", calls=[], operator={"name": "nobody"}) == []


# --- what cannot be read ----------------------------------------------------------------------------------------------


BAD_EVENTS = [
    ("call_incoming", "{", "it is not JSON"),
    ("call_incoming", "[" * 100_000, "it is nested deeper than 64 levels"),
    ("call_incoming", "null", "it is no JSON object"),
    ("call_incoming", "[]", "it is no JSON object"),
    ("call_incoming", '{"phone": "1"}', "id is missing or of a wrong kind"),
    ("call_incoming", '{"id": "1"}', "phone is missing or of a wrong kind"),
    ("call_incoming", '{"id": 1, "phone": "1"}', "id is missing or of a wrong kind"),
    ("call_incoming", '{"id": "1", "phone": "' + "1" * 2_000 + '"}', "phone is missing or of a wrong kind"),
    ("call_incoming", '"' + "x" * 1_100_000 + '"', "it is longer than 1048576 characters"),
    ("call_updated", '{"__proto__": {"id": "1"}}', "id is missing or of a wrong kind"),
    ("call_ended", "{}", "id is missing or of a wrong kind"),
    ("operator_status", '{"status": "Do not"}', "status is missing or of a wrong kind"),
    ("snapshot", "{}", "calls is a list"),
    ("snapshot", '{"calls": [null]}', "a call is a JSON object"),
    ("snapshot", '{"calls": [{"id": "1", "phone": "1"}, {"id": "2"}]}', "phone is missing or of a wrong kind"),
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
    assert new.hub.stream_event(1, "call_ended", "", "", 0) == [Log(message)]


# --- a stream that breaks ---------------------------------------------------------------------------------------------


def test_a_broken_stream_is_tried_again_in_five_seconds(phone: Bench) -> None:
    assert phone.hub.stream_failed(1, permanent=False) == [*CLOSED, RETRY, shown(2, **RECONNECTING)]
    assert phone.hub.timer_fired(Timer.RETRY, 5_000) == opening(2)
    assert phone.hub.stream_failed(2, permanent=False) == [*CLOSED, RETRY]
    assert phone.hub.timer_fired(Timer.RETRY, 10_000) == opening(3)
    assert phone.hub.stream_opened(3, 10_000) == [StopTimer(Timer.ANSWER), shown(3)]


def test_an_event_says_that_the_stream_is_open_where_the_browser_is_late_to(phone: Bench) -> None:
    phone.hub.stream_failed(1, permanent=False)
    phone.hub.timer_fired(Timer.RETRY, 5_000)
    text = json.dumps({"status": "ready"})
    assert phone.hub.stream_event(2, "operator_status", text, "", 5_000) == [
        StopTimer(Timer.ANSWER),
        shown(3, operatorStatus="ready", statusSince=5_000),
    ]
    assert phone.hub.stream_opened(2, 5_000) == []


def test_a_new_source_says_which_event_was_the_last(phone: Bench) -> None:
    phone.hub.stream_event(1, "operator_status", '{"status": "ready"}', "a/7 \ud800", 0)
    phone.hub.stream_failed(1, permanent=False)
    assert phone.hub.timer_fired(Timer.RETRY, 5_000) == opening(2, "a%2F7%20%3F")


def test_what_an_old_source_says_comes_too_late(phone: Bench) -> None:
    phone.hub.stream_failed(1, permanent=False)
    assert phone.hub.stream_opened(1, 0) == []
    assert phone.event("call_incoming", id="1", phone="100") == []
    assert phone.hub.stream_failed(1, permanent=True) == []
    phone.hub.timer_fired(Timer.RETRY, 5_000)
    assert phone.event("call_incoming", id="1", phone="100") == []


def test_a_server_that_never_answers_is_given_up(new: Bench) -> None:
    new.hub.start()
    assert new.hub.timer_fired(Timer.ANSWER, 20_000) == [
        Log("The event stream did not answer; trying again."),
        *CLOSED,
        RETRY,
        shown(1, to=(), **RECONNECTING),
    ]


PROBE = Probe(1, "/api/sip/events", 4_000)


def test_a_permanent_failure_is_probed(phone: Bench) -> None:
    assert phone.hub.stream_failed(1, permanent=True) == [*CLOSED, PROBE, RETRY, shown(2, **RECONNECTING)]
    message = "The phone server answered 503; trying again every 5 s."
    assert phone.hub.probed(1, 503, "", redirected=False) == [Log(message), complaint("api_503", message, *BOTH)]
    assert phone.hub.probed(1, 503, "", redirected=False) == []
    assert phone.hub.probed(1, 200, "text/event-stream; charset=utf-8", redirected=False) == []


@pytest.mark.parametrize("content_type", ["text/html; charset=utf-8", "application/json", ""])
def test_a_success_that_is_no_stream_has_a_reason_too(phone: Bench, content_type: str) -> None:
    phone.hub.stream_failed(1, permanent=True)
    message = "The phone server answered with something that is no event stream; trying again every 5 s."
    told = [Log(message), complaint("api_200", message, *BOTH)]
    assert phone.hub.probed(1, 200, content_type, redirected=False) == told


@pytest.mark.parametrize(("status", "redirected"), [(401, False), (403, False), (0, True)])
def test_a_backend_that_wants_a_login_is_told_apart_and_tried_again(
    phone: Bench,
    status: int,
    redirected: bool,  # noqa: FBT001
) -> None:
    phone.hub.stream_failed(1, permanent=True)
    message = "The phone server asks you to sign in again."
    assert phone.hub.probed(1, status, "", redirected=redirected) == [
        shown(3, connectionStatus="unauthorized"),
        Log(message),
        complaint("unauthorized", message, *BOTH),
    ]
    assert phone.hub.timer_fired(Timer.RETRY, 5_000) == opening(2)
    assert phone.hub.stream_failed(2, permanent=True) == [*CLOSED, Probe(2, "/api/sip/events", 4_000), RETRY]
    assert phone.hub.probed(2, status, "", redirected=redirected) == []
    phone.hub.timer_fired(Timer.RETRY, 10_000)
    assert phone.hub.stream_failed(3, permanent=False) == [*CLOSED, RETRY, shown(4, **RECONNECTING)]


def test_a_probe_that_is_answered_after_the_next_attempt_counts_no_more(phone: Bench) -> None:
    phone.hub.stream_failed(1, permanent=True)
    phone.hub.timer_fired(Timer.RETRY, 5_000)
    assert phone.hub.probed(1, 401, "", redirected=False) == []
    assert phone.hub.probed(2, 401, "", redirected=False) == []


# --- silence ----------------------------------------------------------------------------------------------------------


def test_after_a_ping_three_intervals_of_silence_are_the_end(phone: Bench) -> None:
    assert phone.event("ping", 0, interval=2) == [StartTimer(Timer.SILENCE, 5_000)]
    assert phone.event("ping", 2_000, interval=2) == []
    status: dict[str, Any] = {"operatorStatus": "dnd", "statusSince": 4_000}
    assert phone.event("operator_status", 4_000, status="dnd") == [shown(2, **status)]
    assert phone.hub.timer_fired(Timer.SILENCE, 6_000) == [StartTimer(Timer.SILENCE, 4_000)]
    assert phone.hub.timer_fired(Timer.SILENCE, 10_000) == [
        Log("The event stream fell silent; trying again."),
        *CLOSED,
        RETRY,
        shown(3, **status, **RECONNECTING),
    ]


def test_a_clock_that_is_set_back_does_not_prolong_the_silence(phone: Bench) -> None:
    phone.event("ping", 1_000_000, interval=1)
    assert phone.hub.timer_fired(Timer.SILENCE, 0) == [StartTimer(Timer.SILENCE, 3_000)]


def test_sleep_and_wake_is_checked_within_five_seconds_however_much_silence_is_borne(phone: Bench) -> None:
    """No timer runs while the machine sleeps, so none may be longer."""
    assert phone.event("ping", 0, interval=60) == [StartTimer(Timer.SILENCE, 5_000)]
    assert phone.hub.timer_fired(Timer.SILENCE, 5_000) == [StartTimer(Timer.SILENCE, 5_000)]
    asleep = 8 * 3_600_000
    assert phone.hub.timer_fired(Timer.SILENCE, asleep + 10_000) == [
        Log("The event stream fell silent; trying again."),
        *CLOSED,
        RETRY,
        shown(2, **RECONNECTING),
    ]


def nudge(phone: Bench, now: int) -> list[object]:
    return list(phone.hub.receive_message(TAB_A, {"type": "NUDGE", "payload": {"reason": "online"}}, now))


def test_a_nudge_tries_at_once_but_not_more_than_once_a_second(phone: Bench) -> None:
    phone.hub.stream_failed(1, permanent=False)
    assert nudge(phone, 1_000) == [StopTimer(Timer.RETRY), *opening(2)]
    phone.hub.stream_failed(2, permanent=False)
    assert nudge(phone, 1_999) == []
    assert nudge(phone, 2_000) == [StopTimer(Timer.RETRY), *opening(3)]


def test_a_nudge_waits_until_the_backend_has_seen_the_end_of_a_probe(phone: Bench) -> None:
    """A backend that is well again answers the probe with a stream, and must not see two."""
    phone.hub.stream_failed(1, permanent=True)
    phone.hub.probed(1, 200, "text/event-stream", redirected=False)
    assert nudge(phone, 1_000) == [CloseStream(), StartTimer(Timer.RETRY, 250)]
    assert phone.hub.timer_fired(Timer.RETRY, 1_250) == opening(2)
    phone.hub.stream_failed(2, permanent=False)
    assert nudge(phone, 2_000) == [StopTimer(Timer.RETRY), *opening(3)]


def test_a_clock_that_is_set_back_does_not_make_nudges_wait_for_it(phone: Bench) -> None:
    phone.hub.stream_failed(1, permanent=False)
    nudge(phone, 1_000_000)
    phone.hub.stream_failed(2, permanent=False)
    assert nudge(phone, 0) == [StopTimer(Timer.RETRY), *opening(3)]


def test_a_nudge_leaves_a_stream_alone_that_may_well_be_alive(phone: Bench) -> None:
    assert nudge(phone, 1_000_000) == []
    phone.event("ping", 1_000_000, interval=10)
    assert nudge(phone, 1_029_999) == []


def test_a_nudge_after_a_sleep_finds_the_dead_stream(phone: Bench) -> None:
    phone.event("ping", 0, interval=10)
    assert nudge(phone, 500_000) == [
        Log("The event stream fell silent; trying again."),
        *CLOSED,
        RETRY,
        shown(2, **RECONNECTING),
    ]


def test_states_that_a_gap_hid_are_caught_up_with(phone: Bench) -> None:
    phone.event("call_incoming", id="1", phone="100")
    call = talking(state="held", actions=HELD, answeredAt=None)
    assert phone.event("call_updated", id="1", state="held") == [shown(3, call)]
    assert phone.event("call_updated", 9, id="1", state="talking") == [shown(4, talking(answeredAt=9))]
