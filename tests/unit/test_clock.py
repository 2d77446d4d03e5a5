"""Times of the backend: by our clock, whatever its own says, and since when a status holds."""

from typing import Any

import pytest

from worker_py.effects import Log

from .conftest import Bench
from .wire import BOTH, complaint, done

NOW = 1_800_000_000_000
MINUTES = 302_000  # ms, as seen: a timer that starts at 05:02
SLOW = pytest.mark.parametrize("off", [-MINUTES, MINUTES, -8 * 3_600_000, 60_000], ids=str)
LINE = "a time that cannot be in milliseconds since 1970."


def times(phone: Bench) -> list[tuple[int | None, int | None]]:
    """Return how long ago each call began and was answered, by what is shown of it at NOW."""
    return [tuple(at and NOW - at for at in (call.started_at, call.answered_at)) for call in phone.hub.state.calls]  # type: ignore[misc]


# --- a clock that is off ----------------------------------------------------------------------------------------------


@SLOW
def test_a_call_that_begins_to_ring_rings_since_now(phone: Bench, off: int) -> None:
    phone.event("call_incoming", NOW, id="1", phone="100", startedAt=NOW + off)
    assert times(phone) == [(0, None)]


@SLOW
def test_a_talk_that_begins_lasts_since_now(phone: Bench, off: int) -> None:
    phone.event("call_incoming", NOW - 9_000, id="1", phone="100")
    phone.event("call_updated", NOW, id="1", state="talking", answeredAt=NOW + off)
    assert times(phone) == [(9_000, 0)]


@SLOW
def test_a_status_that_is_taken_up_holds_since_now(phone: Bench, off: int) -> None:
    phone.event("operator_status", NOW, status="dnd", statusSince=NOW + off)
    assert phone.hub.state.status_since == NOW


@SLOW
def test_once_measured_the_clock_is_known_for_what_began_before(phone: Bench, off: int) -> None:
    phone.event("call_ended", NOW, id="0", endedAt=NOW + off)
    calls = [{"id": "1", "phone": "100", "state": "talking", "answeredAt": NOW + off - 60_000}]
    phone.event("snapshot", NOW, calls=calls, operatorStatus="ready", statusSince=NOW + off - 90_000)
    assert times(phone) == [(None, 60_000)]
    assert phone.hub.state.status_since == NOW - 90_000


@SLOW
def test_a_snapshot_may_say_what_the_backends_clock_says(phone: Bench, off: int) -> None:
    calls = [{"id": "1", "phone": "100", "state": "talking", "answeredAt": NOW + off - 60_000}]
    phone.event("snapshot", NOW, calls=calls, sentAt=NOW + off)
    assert times(phone) == [(None, 60_000)]


@pytest.mark.parametrize("sent", [NOW // 1_000, 5_550_199, -1, 0.5, "now"])
def test_a_snapshot_that_was_sent_at_no_time_is_no_measure(phone: Bench, sent: object) -> None:
    """Seconds instead of milliseconds would put the backend's clock decades back."""
    calls = [{"id": "1", "phone": "100", "state": "talking", "answeredAt": NOW - 60_000}]
    effects = phone.event("snapshot", NOW, calls=calls, sentAt=sent)
    assert [effect.text for effect in effects if isinstance(effect, Log)] == [
        f"The phone server sent a snapshot event with {LINE}"
    ]
    assert times(phone) == [(None, 60_000)]


def test_no_time_of_a_snapshot_is_later_than_now(phone: Bench) -> None:
    """A clock that is ahead is known by that alone."""
    calls = [{"id": "1", "phone": "100", "state": "talking", "answeredAt": NOW + MINUTES, "startedAt": NOW}]
    phone.event("snapshot", NOW, calls=calls)
    assert times(phone) == [(MINUTES, 0)]


def test_a_snapshot_alone_does_not_make_a_long_talk_short(phone: Bench) -> None:
    calls = [{"id": "1", "phone": "100", "state": "talking", "answeredAt": NOW - MINUTES}]
    phone.event("snapshot", NOW, calls=calls)
    assert times(phone) == [(None, MINUTES)]


def test_an_update_that_repeats_an_old_time_is_no_measure(phone: Bench) -> None:
    phone.event("call_incoming", NOW - MINUTES, id="1", phone="100", state="talking")
    said: dict[str, Any] = {"state": "talking", "answeredAt": NOW - MINUTES, "muted": True}
    phone.event("call_updated", NOW, id="1", phone="100", **said)
    assert times(phone) == [(MINUTES, MINUTES)]


def test_the_least_lag_counts_so_a_call_out_of_a_queue_is_no_measure(phone: Bench) -> None:
    phone.event("call_ended", NOW - 5_000, id="0", endedAt=NOW - 5_000)
    phone.event("call_incoming", NOW, id="1", phone="100", startedAt=NOW - MINUTES)
    assert times(phone) == [(MINUTES, None)]


def test_what_has_just_happened_is_never_long_ago(phone: Bench) -> None:
    """Whatever was measured before."""
    phone.event("call_ended", NOW - 5_000, id="0", endedAt=NOW - 5_000)
    phone.event("call_incoming", NOW - 5_000, id="1", phone="100")
    phone.event("call_updated", NOW, id="1", state="talking", answeredAt=NOW - MINUTES)
    assert times(phone) == [(5_000, 0)]
    phone.event("operator_status", NOW, status="dnd", statusSince=NOW - MINUTES)
    assert phone.hub.state.status_since == NOW


def test_a_clock_that_is_set_is_measured_anew(phone: Bench) -> None:
    for number in range(9):
        off = 0 if number == 0 else -MINUTES
        phone.event("call_incoming", NOW, id=str(number), phone="100", startedAt=NOW + off)
        phone.event("call_ended", NOW, id=str(number), endedAt=NOW + off)
    phone.event("call_incoming", NOW, id="x", phone="100", startedAt=NOW - MINUTES)
    assert times(phone) == [(0, None)]


@pytest.mark.parametrize("off", [-2_000, 0, 2_000])
def test_clocks_that_are_close_are_left_alone(phone: Bench, off: int) -> None:
    phone.event("call_incoming", NOW, id="1", phone="100", startedAt=NOW + off)
    assert times(phone) == [(-off, None)]


def test_an_answer_speaks_of_times_by_the_same_clock(phone: Bench) -> None:
    phone.hub.stream_event(1, "call_incoming", '{"id": "1", "phone": "100"}', "", NOW)
    phone.command("CMD_ANSWER", id="a")
    text = f'{{"call": {{"id": "1", "state": "talking", "answeredAt": {NOW - MINUTES}}}}}'
    phone.hub.post_answered(1, 200, "application/json", text, NOW)
    assert times(phone) == [(0, 0)]


def test_a_status_in_an_answer_holds_since_the_backend_says(phone: Bench) -> None:
    phone.command("CMD_STATUS", status="dnd")
    text = f'{{"operatorStatus": "dnd", "statusSince": {NOW - 60_000}}}'
    phone.hub.post_answered(1, 200, "application/json", text, NOW - 60_000)
    assert phone.hub.state.status_since == NOW - 60_000


# --- what is no time in milliseconds ----------------------------------------------------------------------------------

SECONDS, MICROSECONDS = NOW // 1_000, NOW * 1_000
NO_TIMES = [SECONDS, MICROSECONDS, 0, -1, 1.5, "2027-01-15T08:00:00Z", True, {}]


@pytest.mark.parametrize("time", NO_TIMES, ids=str)
def test_a_time_that_is_not_in_milliseconds_is_refused_with_one_line(phone: Bench, time: object) -> None:
    line = f"The phone server sent a call_incoming event with {LINE}"
    effects = phone.event("call_incoming", NOW, id="1", phone="100", startedAt=time)
    assert effects[-2:] == [Log(line), complaint("bad_event", line, *BOTH)]
    assert times(phone) == [(0, None)]
    assert Log(line) not in phone.event("call_incoming", NOW, id="2", phone="100", startedAt=time)


@pytest.mark.parametrize("time", NO_TIMES, ids=str)
def test_a_status_with_such_a_time_holds_since_it_was_heard_of(phone: Bench, time: object) -> None:
    line = f"The phone server sent a snapshot event with {LINE}"
    assert Log(line) in phone.event("snapshot", NOW, calls=[], operatorStatus="dnd", statusSince=time)
    assert phone.hub.state.status_since == NOW


def test_an_end_and_an_answer_with_such_a_time_are_heard_all_the_same(phone: Bench) -> None:
    phone.event("call_incoming", NOW, id="1", phone="100")
    phone.command("CMD_ANSWER", id="a")
    body = f'{{"call": {{"id": "1", "state": "talking", "answeredAt": {SECONDS}}}}}'
    effects = phone.hub.post_answered(1, 200, "application/json", body, NOW)
    line = f"The phone server sent an answer with {LINE}"
    assert effects[1:] == [done("a"), Log(line), complaint("bad_event", line, *BOTH)]
    assert times(phone) == [(0, 0)]
    phone.event("call_ended", NOW, id="1", endedAt=SECONDS)
    assert phone.hub.state.last_call is not None
    assert phone.hub.state.last_call.ended_at == NOW


# --- since when a status holds ----------------------------------------------------------------------------------------


def test_a_time_that_the_backend_says_of_the_same_status_wins(phone: Bench) -> None:
    phone.event("operator_status", NOW, status="dnd")
    phone.event("operator_status", NOW + 500, status="dnd", statusSince=NOW - 60_000)
    assert phone.hub.state.status_since == NOW - 60_000
    phone.event("snapshot", NOW + 900, calls=[], operatorStatus="dnd", statusSince=NOW - 90_000)
    assert phone.hub.state.status_since == NOW - 90_000


def test_the_same_status_without_a_time_changes_nothing(phone: Bench) -> None:
    phone.event("operator_status", NOW, status="dnd", statusSince=NOW - 60_000)
    assert phone.event("operator_status", NOW, status="dnd") == []
