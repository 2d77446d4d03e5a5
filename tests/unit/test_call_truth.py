"""The truth about calls: what the backend may leave out or say late, and what undoes an end."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker_py.effects import Log, StartTimer, Timer
from worker_py.hub import Hub

from .conftest import Bench
from .inputs import ANYTHING, CALLS
from .wire import (
    BOTH,
    CLOSED,
    HELD,
    TALKING,
    a_call,
    complaint,
    dialing,
    done,
    ended,
    posted,
    refused,
    shown,
    talking,
)

BACK = Log("A call that counted as over is there again: the phone server speaks of it.")
ASKING = [
    Log("The phone server does not know a call; asking how things stand."),
    *CLOSED,
    StartTimer(Timer.RETRY, 250),
]


def states(phone: Bench) -> dict[str, str]:
    """Return the state of each live call."""
    return {call.id: call.state.value for call in phone.hub.state.calls}


def reconnect(phone: Bench, now: int = 0) -> None:
    """The stream breaks, and the next one opens; events of it are told with generation 2."""
    phone.hub.stream_failed(1, permanent=False, now=0)
    phone.hub.timer_fired(Timer.RETRY, now)
    phone.hub.stream_opened(2, now)


def on_second(bench: Bench, name: str, now: int = 0, **data: Any) -> None:
    bench.hub.stream_event(2, name, json.dumps(data), "", now)


# --- numbers that are withheld, ids that are numbers ------------------------------------------------------------------


@pytest.mark.parametrize("said", [{"phone": None}, {"phone": ""}, {}], ids=["null", "empty", "absent"])
def test_a_withheld_number_rings_as_an_empty_text(phone: Bench, said: dict[str, Any]) -> None:
    assert phone.event("call_incoming", id="1", **said)[0] == shown(2, a_call(phone=""))


@pytest.mark.parametrize("said", [{"phone": None}, {"phone": ""}, {}], ids=["null", "empty", "absent"])
def test_a_withheld_number_in_a_snapshot_rings_too(phone: Bench, said: dict[str, Any]) -> None:
    phone.event("snapshot", calls=[{"id": "1", **said}])
    assert states(phone) == {"1": "ringing"}


def test_an_update_with_a_withheld_number_makes_a_call(phone: Bench) -> None:
    phone.event("call_updated", id="1", phone=None, direction="outbound")
    assert states(phone) == {"1": "dialing"}


@pytest.mark.parametrize(("number", "text"), [(101, "101"), (0, "0"), (5550199.0, "5550199"), (10**20, "1" + "0" * 20)])
def test_a_whole_number_is_the_text_of_its_digits(phone: Bench, number: float, text: str) -> None:
    assert phone.event("call_incoming", id=number, phone=number)[0] == shown(2, a_call(text, phone=text))
    phone.event("call_ended", id=text)
    assert states(phone) == {}


@pytest.mark.parametrize("number", [1.5, True, -1, 2.0**60, [1], {}])
def test_what_is_no_whole_number_is_no_id(phone: Bench, number: object) -> None:
    why = "The phone server sent a call_updated event that cannot be read: id is missing or of a wrong kind."
    assert phone.event("call_updated", id=number) == [Log(why), complaint("bad_event", why, *BOTH)]


def test_a_command_finds_a_call_whose_id_is_a_number(phone: Bench) -> None:
    phone.event("call_incoming", id=5, phone=101)
    assert phone.command("CMD_HANGUP", id="a", callId="5")[-1] == posted(1, "hangup", '{"callId": "5"}', "a")


@pytest.mark.parametrize("length", [129, 256])
def test_the_longest_id_of_a_call_is_the_same_on_both_wires(phone: Bench, length: int) -> None:
    phone.event("call_incoming", id="x" * length, phone="100")
    body = json.dumps({"callId": "x" * length})
    assert phone.command("CMD_ANSWER", id="a", callId="x" * length)[-1] == posted(1, "answer", body, "a")


def test_an_id_that_is_too_long_is_refused_on_both_wires(phone: Bench) -> None:
    why = "The phone server sent a call_incoming event that cannot be read: id is missing or of a wrong kind."
    assert phone.event("call_incoming", id="x" * 257, phone="100") == [Log(why), complaint("bad_event", why, *BOTH)]
    why = "A callId is the id of a call as SYNC_STATE gives it, or is left out."
    assert phone.command("CMD_ANSWER", id="a", callId="x" * 257) == [refused("a", "invalid_command", why)]


WORDS = ["AfterCallWork", "Pause", "Обед", "after call work", "x" * 32]


@pytest.mark.parametrize("status", WORDS)
def test_any_status_of_the_backend_is_shown_as_it_is(phone: Bench, status: str) -> None:
    assert phone.event("operator_status", status=status) == [shown(2, operatorStatus=status)]
    assert phone.event("snapshot", calls=[], operatorStatus="ready") == [shown(3, operatorStatus="ready")]


@pytest.mark.parametrize("status", WORDS)
def test_a_status_of_the_backends_own_can_be_chosen(phone: Bench, status: str) -> None:
    phone.command("CMD_STATUS", id="a", status=status)
    assert phone.answer(1) == [shown(2, operatorStatus=status), done("a")]
    phone.command("CMD_STATUS", id="b", status="ready")
    assert phone.answer(2, {"operatorStatus": status}) == [done("b")]


# --- snapshots with calls that cannot be read -------------------------------------------------------------------------

BAD_CALLS: list[tuple[Any, str]] = [
    (None, "a call is a JSON object"),
    ([], "a call is a JSON object"),
    ({"phone": "1"}, "id is missing or of a wrong kind"),
    ({"id": "9", "phone": {}}, "phone is missing or of a wrong kind"),
]


@pytest.mark.parametrize(("bad", "why"), BAD_CALLS)
def test_one_bad_call_of_a_snapshot_is_left_out_with_one_line(phone: Bench, bad: object, why: str) -> None:
    message = f"The phone server sent a snapshot event with a call that cannot be read: {why}."
    effects = phone.event("snapshot", calls=[{"id": "1"}, bad, {"id": "2", "phone": "7"}, bad])
    assert [effect for effect in effects if isinstance(effect, Log)] == [Log(message)]
    assert states(phone) == {"1": "ringing", "2": "ringing"}
    assert phone.event("snapshot", calls=[{"id": "1"}, bad, {"id": "2"}]) == [], "it is told once"


def test_a_live_call_is_not_over_because_it_is_listed_badly(phone: Bench) -> None:
    phone.event("call_incoming", id="1", phone="100", state="talking")
    phone.event("snapshot", calls=[{"id": "1", "phone": {}}])
    assert states(phone) == {"1": "talking"}


@given(st.lists(CALLS, max_size=3), st.lists(ANYTHING | st.fixed_dictionaries({"id": ANYTHING, "phone": ANYTHING})))
def test_a_snapshot_keeps_its_good_calls_whatever_the_others_are(good: list[dict[str, Any]], others: list[Any]) -> None:
    hub = Hub("e")
    hub.start()
    hub.stream_event(1, "snapshot", json.dumps({"calls": [*others, *good]}), "", 0)
    alive = {str(call["id"]): call.get("state", "ringing") for call in good}
    assert {call_id for call_id, state in alive.items() if state != "ended"} <= {call.id for call in hub.state.calls}


# --- null, and another number -----------------------------------------------------------------------------------------


def test_a_new_number_without_a_name_drops_the_old_name(phone: Bench) -> None:
    phone.event("call_incoming", id="1", phone="100", displayName="Anna")
    assert phone.event("call_updated", id="1", phone="200")[0] == shown(3, a_call(phone="200"))


@pytest.mark.parametrize("name", ["call_updated", "call_incoming"])
def test_null_clears_the_name(phone: Bench, name: str) -> None:
    phone.event("call_incoming", id="1", phone="100", displayName="Anna")
    assert phone.event(name, id="1", phone="200", displayName=None)[0] == shown(3, a_call(phone="200"))


def test_null_clears_every_field_that_can_be_empty(phone: Bench) -> None:
    said: dict[str, Any] = {
        "displayName": "Anna",
        "muted": True,
        "remoteHold": True,
        "sipCode": 180,
        "actions": ["hangup"],
    }
    phone.event("call_incoming", id="1", phone="100", **said)
    cleared: dict[str, Any] = dict.fromkeys(said)
    assert phone.event("call_updated", id="1", phone=None, **cleared)[0] == shown(3, a_call(phone=""))


def test_a_time_that_is_null_is_unsaid(phone: Bench) -> None:
    phone.event("call_incoming", 7, id="1", phone="100", startedAt=None)
    call = talking(startedAt=7, answeredAt=9)
    assert phone.event("call_updated", 9, id="1", state="talking", answeredAt=None)[0] == shown(3, call, begun=["1"])
    phone.event("call_updated", 11, id="1", muted=True, answeredAt=None, startedAt=None)
    assert [call.answered_at for call in phone.hub.state.calls] == [9]


def test_the_same_number_keeps_its_name(phone: Bench) -> None:
    phone.event("call_incoming", id="1", phone="100", displayName="Anna")
    assert phone.event("call_updated", id="1", phone="100") == []
    assert phone.event("snapshot", calls=[{"id": "1", "phone": "100"}]) == []


# --- missed or not ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["talking", "held"])
def test_a_call_of_a_snapshot_that_talked_is_not_missed(phone: Bench, state: str) -> None:
    """Who derives missed calls goes by `answeredAt`."""
    phone.event("snapshot", 5, calls=[{"id": "1", "phone": "100", "state": state}])
    phone.event("snapshot", 9, calls=[])
    last = phone.hub.state.last_call
    assert last is not None
    assert (last.answered_at, last.end_reason) == (5, "connection_lost")


@pytest.mark.parametrize("reason", ["normal_clearing", "Q.850;cause=16", "unknown"])
@pytest.mark.parametrize("state", ["ringing", "talking", "dialing"])
def test_an_end_for_a_reason_of_the_backends_own_is_unknown(phone: Bench, state: str, reason: str) -> None:
    phone.event("call_incoming", id="1", phone="100", state=state)
    [told, *_] = phone.event("call_ended", 9, id="1", endReason=reason)
    assert told.message["payload"]["lastCall"]["endReason"] == "unknown"  # type: ignore[union-attr]


# --- updates that come before their call ------------------------------------------------------------------------------


@pytest.mark.parametrize(("state", "actions"), [("talking", TALKING), ("held", HELD)])
def test_an_update_before_its_call_is_kept_for_it(phone: Bench, state: str, actions: list[str]) -> None:
    assert phone.event("call_updated", 3, id="1", state=state, muted=False) == []
    call = talking(state=state, startedAt=5, answeredAt=3, actions=actions)
    assert phone.event("call_incoming", 5, id="1", phone="100")[0] == shown(
        2, call, begun=["1"] if state == "talking" else []
    )


def test_updates_before_their_call_add_up(phone: Bench) -> None:
    phone.event("call_updated", id="1", displayName="Anna", muted=True)
    phone.event("call_updated", id="1", displayName="Bert")
    phone.event("call_updated", id="2", displayName="Carl")
    assert phone.event("call_incoming", id="1", phone="100")[0] == shown(2, a_call(displayName="Bert", muted=True))


def test_an_end_before_its_call_keeps_it_from_ringing(phone: Bench) -> None:
    phone.event("call_updated", id="1", state="ended")
    phone.event("call_ended", id="2")
    for call_id in ("1", "2"):
        assert phone.event("call_incoming", 100, id=call_id, phone="100") == []


def test_an_update_before_the_answer_that_names_the_call_is_kept(phone: Bench) -> None:
    phone.command("CMD_DIAL", id="a", phone="5")
    phone.event("call_updated", 3, id="X", state="talking")
    phone.answer(1, {"call": {"id": "X", "state": "dialing"}})
    assert states(phone) == {"X": "talking"}


def test_a_snapshot_is_newer_than_updates_before_it(phone: Bench) -> None:
    phone.event("call_updated", id="1", state="talking")
    phone.event("snapshot", calls=[{"id": "1", "phone": "100"}])
    assert states(phone) == {"1": "ringing"}


def test_early_updates_are_bounded(phone: Bench) -> None:
    for number in range(300):
        phone.event("call_updated", id=str(number), muted=True)
    assert len(phone.hub.state.early) == 256


# --- ends that were assumed -------------------------------------------------------------------------------------------


def left_out(phone: Bench) -> None:
    phone.event("call_incoming", id="1", phone="100", displayName="Anna")
    phone.event("snapshot", calls=[])


def declined(phone: Bench) -> None:
    phone.event("call_incoming", id="1", phone="100", displayName="Anna")
    phone.command("CMD_HANGUP", callId="1")
    phone.answer(1)


def hung_up(phone: Bench) -> None:
    phone.event("call_incoming", id="1", phone="100", displayName="Anna", state="talking")
    phone.command("CMD_HANGUP", callId="1")
    phone.answer(1)


def transferred(phone: Bench) -> None:
    phone.event("call_incoming", id="1", phone="100", displayName="Anna", state="talking")
    phone.command("CMD_TRANSFER", callId="1", phone="200")
    phone.answer(1)


def unknown(phone: Bench) -> None:
    phone.event("call_incoming", id="1", phone="100", displayName="Anna")
    phone.command("CMD_HANGUP", callId="1")
    phone.answer(1, status=404)
    phone.hub.timer_fired(Timer.RETRY, 250)
    phone.hub.stream_opened(2, 250)


ASSUMED = [left_out, declined, hung_up, transferred]
LATER = [
    ("call_updated", {"id": "1", "muted": True}),
    ("call_updated", {"id": "1", "phone": "100", "displayName": "Anna"}),
    ("call_incoming", {"id": "1", "phone": "100", "displayName": "Anna"}),
    ("snapshot", {"calls": [{"id": "1", "phone": "100", "displayName": "Anna"}]}),
]


@pytest.mark.parametrize("end", ASSUMED)
@pytest.mark.parametrize(("name", "data"), LATER, ids=["update", "whole update", "incoming", "snapshot"])
def test_an_end_that_was_assumed_is_undone_by_any_later_word(
    phone: Bench, end: Any, name: str, data: dict[str, Any]
) -> None:
    end(phone)
    assert states(phone) == {}
    effects = phone.event(name, 1, **data)
    assert BACK in effects
    before = "talking" if end in (hung_up, transferred) and name != "call_incoming" else "ringing"
    assert states(phone) == {"1": before}
    assert [call.display_name for call in phone.hub.state.calls] == ["Anna"]
    assert phone.hub.state.last_call is None


def test_an_end_that_was_assumed_is_confirmed_by_the_backend(phone: Bench) -> None:
    """With what it says of it, and for what it leaves out with what was assumed."""
    declined(phone)
    phone.event("call_ended", 9, id="1", sipCode=603)
    last = phone.hub.state.last_call
    assert last is not None
    assert (last.end_reason, last.sip_code, last.ended_at) == ("rejected", 603, 9)
    assert phone.event("call_updated", 10, id="1", muted=True) == [], "now it is told"


def test_a_transfer_in_vain_leads_back_to_the_talk(phone: Bench) -> None:
    transferred(phone)
    call = talking(displayName="Anna", muted=False)
    assert phone.event("call_updated", 9, id="1", state="talking") == [shown(4, call), BACK]


def test_a_call_that_a_queue_offers_again_rings_anew(phone: Bench) -> None:
    hung_up(phone)
    call = a_call(displayName="Anna", startedAt=9)
    assert phone.event("call_updated", 9, id="1", state="ringing")[0] == shown(4, call)


def test_a_call_with_the_id_of_another_has_nothing_of_it(phone: Bench) -> None:
    """Ids begin anew after a restart of the backend."""
    hung_up(phone)
    calls = [{"id": "1", "phone": "200", "state": "talking", "startedAt": 8, "answeredAt": 9}]
    phone.event("snapshot", 9, calls=calls)
    call = talking(phone="200", startedAt=8, answeredAt=9)
    assert phone.hub.receive_message(1, {"type": "INIT_PORT"}, 9)[0] == shown(4, call, to=(1,))


# --- ends that were told ----------------------------------------------------------------------------------------------


def told(phone: Bench) -> None:
    phone.event("call_incoming", id="1", phone="100", displayName="Anna")
    phone.event("call_ended", id="1")


def told_by_an_update(phone: Bench) -> None:
    phone.event("call_incoming", id="1", phone="100", displayName="Anna")
    phone.event("call_updated", id="1", state="ended")


def told_by_an_answer(phone: Bench) -> None:
    phone.event("call_incoming", id="1", phone="100", displayName="Anna")
    phone.command("CMD_HANGUP", callId="1")
    phone.answer(1, {"call": {"id": "1", "state": "ended"}})


TOLD = [told, told_by_an_update, told_by_an_answer]


@pytest.mark.parametrize("end", TOLD)
def test_a_late_update_does_not_undo_an_end_that_was_told(phone: Bench, end: Any) -> None:
    end(phone)
    for now in (1, 5_000):
        assert phone.event("call_updated", now, id="1", phone="100", state="talking") == []


@pytest.mark.parametrize("end", TOLD)
def test_an_end_that_was_told_is_undone_by_a_snapshot_that_lists_the_call(phone: Bench, end: Any) -> None:
    end(phone)
    phone.event("snapshot", 1, calls=[{"id": "1", "phone": "100", "state": "talking"}])
    assert states(phone) == {"1": "talking"}


@pytest.mark.parametrize(("now", "alive"), [(0, {}), (1_000, {}), (1_001, {"1": "ringing"}), (-1, {"1": "ringing"})])
def test_an_end_that_was_told_is_undone_by_a_call_that_comes_in_later(
    phone: Bench, now: int, alive: dict[str, str]
) -> None:
    """A clock that was set back does not keep a call out."""
    told(phone)
    phone.event("call_incoming", now, id="1", phone="100")
    assert states(phone) == alive


def test_after_a_new_connection_an_id_may_come_in_at_once(phone: Bench) -> None:
    told(phone)
    reconnect(phone)
    on_second(phone, "call_incoming", id="1", phone="200")
    [call] = phone.hub.state.calls
    assert (call.phone, call.display_name) == ("200", None)


def test_after_a_new_connection_an_update_may_make_a_call_of_its_own(phone: Bench) -> None:
    told(phone)
    reconnect(phone)
    on_second(phone, "call_updated", id="1", displayName="late")
    assert states(phone) == {}
    on_second(phone, "call_updated", id="1", phone="200", direction="outbound")
    assert states(phone) == {"1": "dialing"}


@pytest.mark.parametrize("end", TOLD)
def test_a_call_of_an_end_that_was_told_begins_anew(phone: Bench, end: Any) -> None:
    end(phone)
    phone.event("call_incoming", 9_000, id="1", phone="200")
    assert [(call.phone, call.display_name, call.started_at) for call in phone.hub.state.calls] == [
        ("200", None, 9_000)
    ]


# --- the snapshot is the whole truth ----------------------------------------------------------------------------------


def test_a_snapshot_leads_a_call_back_where_it_is(phone: Bench) -> None:
    """As after an answer that the backend accepted and did not carry out."""
    phone.event("call_incoming", id="1", phone="100", displayName="Anna")
    phone.command("CMD_ANSWER")
    phone.answer(1)
    assert states(phone) == {"1": "talking"}
    phone.event("snapshot", 7, calls=[{"id": "1", "phone": "100", "state": "ringing"}])
    assert states(phone) == {"1": "ringing"}
    assert [(call.display_name, call.answered_at) for call in phone.hub.state.calls] == [("Anna", None)]


# --- a call that the backend does not know ----------------------------------------------------------------------------


@pytest.mark.parametrize(("status", "why"), [(404, "There is no such call."), (410, "There is no such call any more.")])
@pytest.mark.parametrize("kind", ["CMD_ANSWER", "CMD_HANGUP"])
def test_a_call_that_the_backend_does_not_know_is_over(phone: Bench, kind: str, status: int, why: str) -> None:
    phone.event("call_incoming", id="1", phone="100")
    phone.command(kind, id="a")
    code = f"api_{status}"
    assert phone.answer(1, status=status) == [
        Log(f"{kind} failed: {code}"),
        *ASKING,
        shown(3, lastCall=ended(a_call(), "connection_lost"), connectionStatus="reconnecting"),
        refused("a", code, f"{why} ({status})"),
    ]


@pytest.mark.parametrize("kind", ["CMD_HOLD", "CMD_MUTE", "CMD_DTMF", "CMD_TRANSFER"])
def test_a_talk_that_the_backend_does_not_know_is_over(phone: Bench, kind: str) -> None:
    phone.event("call_incoming", id="1", phone="100", state="talking")
    phone.command(kind, id="a", digits="1", phone="5")
    phone.answer(1, status=404)
    assert states(phone) == {}


def test_a_new_stream_tells_whether_the_call_is_over(phone: Bench) -> None:
    unknown(phone)
    assert states(phone) == {}
    on_second(phone, "snapshot", calls=[{"id": "1", "phone": "100", "displayName": "Anna"}])
    assert states(phone) == {"1": "ringing"}


def test_an_event_since_the_command_says_more_than_that_there_is_no_call(phone: Bench) -> None:
    phone.event("call_incoming", id="1", phone="100")
    phone.command("CMD_ANSWER")
    phone.event("call_updated", id="1", state="talking")
    phone.answer(1, status=404)
    assert states(phone) == {"1": "talking"}


def test_a_dial_that_is_answered_404_asks_for_no_new_stream(phone: Bench) -> None:
    phone.command("CMD_DIAL", id="a", phone="5")
    last = ended(dialing("provisional-epoch-1", "5"), "failed")
    assert phone.answer(1, status=404)[:2] == [Log("CMD_DIAL failed: api_404"), shown(3, lastCall=last)]
