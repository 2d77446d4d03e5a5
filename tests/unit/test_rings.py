"""Which calls are heard: those that still ring after a moment, and of which the backend can still be asked."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker_py.effects import Effect, Log, Send, StartTimer, StopTimer, Timer
from worker_py.rings import Rings

from .conftest import Bench
from .wire import BOTH, CLOSED, RINGS, TAB_A, a_call, opening, shown

BOUND = StartTimer(Timer.RING, 120_000)
LOST = StartTimer(Timer.LOST, 6_000)
RETRY = StartTimer(Timer.RETRY, 5_000, 500)


def heard(effects: list[Effect]) -> list[Any]:
    """Return the calls that are heard, for each SYNC_STATE."""
    messages = [effect.message for effect in effects if isinstance(effect, Send)]
    return [message.get("ringing") for message in messages if message["type"] == "SYNC_STATE"]


@pytest.fixture
def rung(phone: Bench) -> Bench:
    """A call that is heard in tab A since 200."""
    phone.hub.receive_message(TAB_A, {"type": "INIT_PORT", "payload": {"tab": "a"}}, 0)
    phone.event("call_incoming", id="1", phone="100")
    assert heard(phone.hub.timer_fired(Timer.RING, 200)) == [["1"]]
    return phone


def attention(phone: Bench) -> Any:
    [sent] = phone.hub.receive_message(TAB_A, {"type": "INIT_PORT", "payload": {"tab": "a"}}, 0)
    return sent.message.get("attention")  # type: ignore[union-attr]


# --- only what still rings --------------------------------------------------------------------------------------------


def test_a_call_is_shown_at_once_and_heard_after_200_ms(phone: Bench) -> None:
    assert phone.event("call_incoming", id="1", phone="100") == [shown(2, a_call()), RINGS]
    assert phone.hub.timer_fired(Timer.RING, 200) == [BOUND, shown(3, a_call(), heard=["1"])]


@pytest.mark.parametrize("count", [1, 50])
def test_calls_that_are_over_within_200_ms_are_never_heard(phone: Bench, count: int) -> None:
    effects = []
    for number in range(count):
        effects += phone.event("call_incoming", 0, id=str(number), phone="100")
        effects += phone.event("call_ended", 1, id=str(number))
    effects += phone.hub.timer_fired(Timer.RING, 200)
    assert not [ids for ids in heard(effects) if ids]


def test_a_call_that_is_answered_within_200_ms_is_never_heard(phone: Bench) -> None:
    phone.event("call_incoming", id="1", phone="100")
    phone.event("call_updated", 100, id="1", state="talking")
    assert phone.hub.timer_fired(Timer.RING, 200) == []


def test_each_of_two_calls_has_its_own_200_ms(phone: Bench) -> None:
    phone.event("call_incoming", 0, id="1", phone="100")
    assert RINGS not in phone.event("call_incoming", 150, id="2", phone="200")
    effects = phone.hub.timer_fired(Timer.RING, 200)
    assert effects[0] == StartTimer(Timer.RING, 150)
    assert heard(effects) == [["1"]]
    assert heard(phone.hub.timer_fired(Timer.RING, 350)) == [["1", "2"]]


def test_a_clock_that_is_set_back_does_not_keep_a_call_silent(phone: Bench) -> None:
    phone.event("call_incoming", 9_000, id="1", phone="100")
    assert heard(phone.hub.timer_fired(Timer.RING, 0)) == [["1"]]


def test_a_second_call_starts_the_timer_anew_when_the_first_one_is_heard(rung: Bench) -> None:
    assert RINGS in rung.event("call_incoming", 300, id="2", phone="200")
    effects = rung.hub.timer_fired(Timer.RING, 500)
    assert effects[0] == StartTimer(Timer.RING, 119_700), "for the first"
    assert heard(effects) == [["1", "2"]]


# --- a stream that is lost --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("permanent", [False, True])
def test_a_call_falls_silent_when_the_stream_is_lost_for_some_seconds(rung: Bench, permanent: bool) -> None:  # noqa: FBT001
    effects = rung.hub.stream_failed(1, permanent=permanent, now=0)
    assert LOST in effects
    assert heard(effects) == [["1"]], "not at once"
    [silent] = rung.hub.timer_fired(Timer.LOST, 6_200)
    assert silent == shown(5, a_call(), connectionStatus="reconnecting")
    assert attention(rung) is None


def test_a_call_rings_again_if_the_next_snapshot_lists_it(rung: Bench) -> None:
    rung.hub.stream_failed(1, permanent=False, now=0)
    rung.hub.timer_fired(Timer.LOST, 6_200)
    assert rung.hub.timer_fired(Timer.RETRY, 10_000) == opening(2)
    assert heard(rung.hub.stream_opened(2, 10_000)) == [[]]
    effects = rung.hub.stream_event(2, "snapshot", '{"calls": [{"id": "1", "phone": "100"}]}', "", 10_000)
    assert effects == [StopTimer(Timer.QUIET), RINGS]
    assert heard(rung.hub.timer_fired(Timer.RING, 10_200)) == [["1"]]
    assert attention(rung) == "a"


def test_a_call_that_the_next_snapshot_leaves_out_is_over(rung: Bench) -> None:
    rung.hub.stream_failed(1, permanent=False, now=0)
    rung.hub.timer_fired(Timer.LOST, 6_200)
    rung.hub.timer_fired(Timer.RETRY, 10_000)
    assert heard(rung.hub.stream_event(2, "snapshot", '{"calls": []}', "", 10_000)) == [None]


def test_a_stream_that_is_back_soon_leaves_no_silence(rung: Bench) -> None:
    assert rung.hub.stream_failed(1, permanent=False, now=0)[:4] == [*CLOSED, RETRY]
    rung.hub.timer_fired(Timer.RETRY, 5_000)
    effects = rung.hub.stream_opened(2, 5_100)
    assert StopTimer(Timer.LOST) in effects
    assert heard(effects) == [["1"]]


def test_without_a_call_that_rings_a_lost_stream_starts_no_timer(phone: Bench) -> None:
    assert LOST not in phone.hub.stream_failed(1, permanent=False, now=0)


# --- a backend that says nothing more ---------------------------------------------------------------------------------


def test_a_call_falls_silent_after_two_minutes_without_a_word_about_it(rung: Bench) -> None:
    [silent] = rung.hub.timer_fired(Timer.RING, 120_200)
    assert silent == Send(BOTH, shown(4, a_call()).message)


def test_a_word_about_the_call_prolongs_its_ringing(rung: Bench) -> None:
    rung.event("call_updated", 60_000, id="1", displayName="Anna")
    assert rung.hub.timer_fired(Timer.RING, 120_200) == [StartTimer(Timer.RING, 59_800)]


def test_a_silent_call_of_which_the_backend_speaks_rings_again(rung: Bench) -> None:
    rung.hub.timer_fired(Timer.RING, 120_200)
    assert rung.event("call_incoming", 130_000, id="1", phone="100") == [RINGS]
    assert heard(rung.hub.timer_fired(Timer.RING, 130_200)) == [["1"]]


def test_a_call_that_counted_as_over_rings_again(rung: Bench) -> None:
    rung.event("snapshot", 1_000, calls=[])
    effects = rung.event("call_incoming", 2_000, id="1", phone="100")
    assert Log("A call that counted as over is there again: the phone server speaks of it.") in effects
    assert heard(rung.hub.timer_fired(Timer.RING, 2_200)) == [["1"]]


IDS = st.sets(st.sampled_from("abc"))


@given(st.lists(st.tuples(IDS, IDS, st.integers(0, 400), st.booleans()), max_size=20))
def test_only_calls_that_ring_are_heard_and_each_after_a_timer(
    steps: list[tuple[set[str], set[str], int, bool]],
) -> None:
    rings, now = Rings(), 0
    for ringing, spoken, pause, fires in steps:
        now += pause
        before = rings.heard
        for call_id in spoken:
            rings.speak_of(call_id, now)
        timers = rings.follow(ringing)
        assert rings.heard == before & ringing, "nothing is heard at once"
        timers += rings.pass_time(now) if fires else []
        assert all(0 < timer.delay <= 120_000 for timer in timers)
        assert rings.heard <= ringing
