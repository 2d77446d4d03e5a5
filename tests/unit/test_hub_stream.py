"""The stream: what the hub does when it breaks, falls silent, or somebody wakes."""

import json
from typing import Any

import pytest

from worker_py.effects import CloseStream, Log, Probe, StartTimer, StopTimer, Timer

from .conftest import Bench
from .wire import BOTH, CLOSED, TAB_A, TAB_C, complaint, handed_over, opening, shown

RETRY = StartTimer(Timer.RETRY, 5_000, 500)
SOON = StartTimer(Timer.RETRY, 125, 125)
SOON_AFTER_CLOSING = StartTimer(Timer.RETRY, 375, 125)  # when the backend has seen the end
RECONNECTING: dict[str, Any] = {"connectionStatus": "reconnecting"}

# --- a stream that breaks ---------------------------------------------------------------------------------------------


def test_a_broken_stream_is_tried_again_in_five_seconds(phone: Bench) -> None:
    assert phone.hub.stream_failed(1, permanent=False, now=0) == [*CLOSED, RETRY, shown(2, **RECONNECTING)]
    assert phone.hub.timer_fired(Timer.RETRY, 5_000) == opening(2)
    assert phone.hub.stream_failed(2, permanent=False, now=0) == [*CLOSED, RETRY]
    assert phone.hub.timer_fired(Timer.RETRY, 10_000) == opening(3, first=False)
    assert phone.hub.stream_opened(3, 10_000) == [StopTimer(Timer.ANSWER), shown(3)]


def test_an_event_says_that_the_stream_is_open_where_the_browser_is_late_to(phone: Bench) -> None:
    phone.hub.stream_failed(1, permanent=False, now=0)
    phone.hub.timer_fired(Timer.RETRY, 5_000)
    text = json.dumps({"status": "ready"})
    assert phone.hub.stream_event(2, "operator_status", text, "", 5_000) == [
        StopTimer(Timer.ANSWER),
        StopTimer(Timer.QUIET),
        shown(3, operatorStatus="ready", statusSince=5_000),
    ]
    assert phone.hub.stream_opened(2, 5_000) == []


def test_a_new_source_says_which_event_was_the_last(phone: Bench) -> None:
    phone.hub.stream_event(1, "operator_status", '{"status": "ready"}', "a/7 \ud800", 0)
    phone.hub.stream_failed(1, permanent=False, now=0)
    assert phone.hub.timer_fired(Timer.RETRY, 5_000) == opening(2, "a%2F7%20%3F")


def test_what_an_old_source_says_comes_too_late(phone: Bench) -> None:
    phone.hub.stream_failed(1, permanent=False, now=0)
    assert phone.hub.stream_opened(1, 0) == []
    assert phone.event("call_incoming", id="1", phone="100") == []
    assert phone.hub.stream_failed(1, permanent=True, now=0) == []
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
    assert phone.hub.stream_failed(1, permanent=True, now=0) == [*CLOSED, PROBE, RETRY, shown(2, **RECONNECTING)]
    message = "The phone server answered 503; trying again every 5 s."
    assert phone.hub.probed(1, 503, "", 0) == [Log(message), complaint("api_503", message, *BOTH)]
    assert phone.hub.probed(1, 503, "", 0) == []
    assert phone.hub.probed(1, 200, "text/event-stream; charset=utf-8", 0) == []
    assert phone.hub.timer_fired(Timer.RETRY, 5_000) == opening(2)


@pytest.mark.parametrize("content_type", ["text/html; charset=utf-8", "application/json", ""])
def test_a_success_that_is_no_stream_has_a_reason_too(phone: Bench, content_type: str) -> None:
    phone.hub.stream_failed(1, permanent=True, now=0)
    message = "The phone server answered with something that is no event stream; trying again every 5 s."
    told = [Log(message), complaint("api_200", message, *BOTH)]
    assert phone.hub.probed(1, 200, content_type, 0) == told


@pytest.mark.parametrize("status", [401, 403, 0])
def test_a_backend_that_wants_a_login_is_told_apart_and_tried_again(phone: Bench, status: int) -> None:
    phone.hub.stream_failed(1, permanent=True, now=0)
    message = "The phone server asks you to sign in again."
    assert phone.hub.probed(1, status, "", 0) == [
        shown(3, connectionStatus="unauthorized"),
        handed_over(*BOTH),
        Log(message),
        complaint("unauthorized", message, *BOTH),
    ]
    assert phone.hub.timer_fired(Timer.RETRY, 5_000) == opening(2)
    assert phone.hub.stream_failed(2, permanent=True, now=0) == [*CLOSED, Probe(2, "/api/sip/events", 4_000), RETRY]
    assert phone.hub.probed(2, status, "", 0) == []
    phone.hub.timer_fired(Timer.RETRY, 10_000)
    assert phone.hub.stream_failed(3, permanent=False, now=0) == [*CLOSED, RETRY, shown(4, **RECONNECTING)]


def test_a_probe_that_is_answered_with_a_stream_is_followed_by_an_attempt_when_the_backend_sees_none(
    phone: Bench,
) -> None:
    """A browser that was told to drop an answer may read on for 5 s."""
    phone.hub.stream_failed(1, permanent=True, now=0)
    rest = [StartTimer(Timer.RETRY, 5_000)]
    assert phone.hub.probed(1, 200, "text/event-stream; charset=utf-8", 0) == rest
    assert phone.hub.timer_fired(Timer.RETRY, 5_010) == [CloseStream(), StartTimer(Timer.RETRY, 250)]
    assert phone.hub.timer_fired(Timer.RETRY, 5_260) == opening(2)


def test_a_probe_that_is_still_under_way_is_ended_before_the_next_attempt(phone: Bench) -> None:
    """As when the machine slept: the timers of both ran out meanwhile."""
    phone.hub.stream_failed(1, permanent=True, now=0)
    assert phone.hub.timer_fired(Timer.RETRY, 5_000) == [CloseStream(), StartTimer(Timer.RETRY, 250)]
    assert phone.hub.probed(1, 200, "text/event-stream", 0) == []
    assert phone.hub.timer_fired(Timer.RETRY, 5_250) == opening(2)


def test_a_probe_that_is_answered_after_the_next_attempt_counts_no_more(phone: Bench) -> None:
    phone.hub.stream_failed(1, permanent=True, now=0)
    nudge(phone, 1_000)
    phone.hub.timer_fired(Timer.RETRY, 1_250)
    assert phone.hub.probed(1, 401, "", 0) == []
    assert phone.hub.probed(2, 401, "", 0) == []


def test_a_probe_that_is_answered_when_nobody_is_there_begins_nothing(phone: Bench) -> None:
    phone.hub.stream_failed(1, permanent=True, now=0)
    for tab in BOTH:
        phone.hub.receive_message(tab, {"type": "BYE"}, 1_000)
    phone.hub.timer_fired(Timer.IDLE, 31_000)
    assert phone.hub.probed(1, 200, "text/event-stream", 0) == []


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
        SOON_AFTER_CLOSING,
        shown(2, **RECONNECTING),
    ]


def nudge(phone: Bench, now: int) -> list[object]:
    return list(phone.hub.receive_message(TAB_A, {"type": "NUDGE", "payload": {"reason": "online"}}, now))


def test_a_nudge_tries_at_once_but_not_more_than_once_a_second(phone: Bench) -> None:
    phone.hub.stream_failed(1, permanent=False, now=0)
    assert nudge(phone, 1_000) == [StopTimer(Timer.RETRY), *opening(2)]
    phone.hub.stream_failed(2, permanent=False, now=0)
    assert nudge(phone, 1_999) == []
    assert nudge(phone, 2_000) == [StopTimer(Timer.RETRY), *opening(3, first=False)]


def test_a_nudge_waits_until_the_backend_has_seen_the_end_of_a_probe(phone: Bench) -> None:
    """A backend that is well again answers the probe with a stream, and must not see two."""
    phone.hub.stream_failed(1, permanent=True, now=0)
    phone.hub.probed(1, 200, "text/event-stream", 0)
    assert nudge(phone, 1_000) == [CloseStream(), StartTimer(Timer.RETRY, 250)]
    assert phone.hub.timer_fired(Timer.RETRY, 1_250) == opening(2)
    phone.hub.stream_failed(2, permanent=False, now=0)
    assert nudge(phone, 2_000) == [StopTimer(Timer.RETRY), *opening(3, first=False)]


def test_a_clock_that_is_set_back_does_not_make_nudges_wait_for_it(phone: Bench) -> None:
    phone.hub.stream_failed(1, permanent=False, now=0)
    nudge(phone, 1_000_000)
    phone.hub.stream_failed(2, permanent=False, now=0)
    assert nudge(phone, 0) == [StopTimer(Timer.RETRY), *opening(3, first=False)]


def test_a_nudge_leaves_a_stream_alone_that_may_well_be_alive(phone: Bench) -> None:
    assert nudge(phone, 1_000_000) == []
    phone.event("ping", 1_000_000, interval=10)
    assert nudge(phone, 1_029_999) == []


def test_a_nudge_after_a_sleep_finds_the_dead_stream(phone: Bench) -> None:
    phone.event("ping", 0, interval=10)
    assert nudge(phone, 500_000) == [
        Log("The event stream fell silent; trying again."),
        *CLOSED,
        SOON_AFTER_CLOSING,
        shown(2, **RECONNECTING),
    ]


# --- a stream that lived long -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("permanent", [False, True])
def test_a_stream_that_lived_long_is_opened_again_at_once(phone: Bench, permanent: bool) -> None:  # noqa: FBT001
    """Nothing was refused, so nothing is probed, whatever the browser makes of it."""
    lost = phone.hub.stream_failed(1, permanent=permanent, now=10_001)
    assert lost == [*CLOSED, SOON, shown(2, **RECONNECTING)]
    assert phone.hub.timer_fired(Timer.RETRY, 10_100) == opening(2)
    phone.hub.stream_opened(2, 10_100)
    assert phone.hub.stream_failed(2, permanent=False, now=20_100) == [*CLOSED, RETRY, shown(4, **RECONNECTING)]


def test_only_the_first_retry_comes_at_once(phone: Bench) -> None:
    phone.hub.stream_failed(1, permanent=False, now=60_000)
    phone.hub.timer_fired(Timer.RETRY, 60_100)
    assert phone.hub.stream_failed(2, permanent=False, now=120_000) == [*CLOSED, RETRY]


# --- a backend that refuses -------------------------------------------------------------------------------------------


def refuse(phone: Bench, status: int, retry_after: int = 0, now: int = 0) -> list[object]:
    phone.hub.stream_failed(1, permanent=True, now=now)
    return list(phone.hub.probed(1, status, "", now, retry_after=retry_after))


def test_an_id_that_a_backend_refuses_is_given_up(phone: Bench) -> None:
    phone.hub.stream_event(1, "operator_status", '{"status": "ready"}', "7", 0)
    phone.hub.stream_failed(1, permanent=False, now=0)
    assert phone.hub.timer_fired(Timer.RETRY, 5_000) == opening(2, "7")
    probe = Probe(2, "/api/sip/events?lastEventId=7", 4_000)  # or the reason would not be seen
    assert phone.hub.stream_failed(2, permanent=True, now=5_000) == [*CLOSED, probe, RETRY]
    message = "The phone server answered 410; trying again every 5 s."
    told = [Log(message), complaint("api_410", message, *BOTH)]
    assert phone.hub.probed(2, 410, "", 5_000) == told
    assert phone.hub.timer_fired(Timer.RETRY, 10_000) == opening(3, first=False)


@pytest.mark.parametrize(("event_id", "kept"), [("a" * 1024, True), ("a" * 1025, False), ("é" * 257, False)])
def test_an_id_of_more_than_a_kilobyte_is_not_kept(phone: Bench, event_id: str, kept: bool) -> None:  # noqa: FBT001
    phone.hub.stream_event(1, "x-place", "", "before", 0)
    phone.hub.stream_event(1, "x-place", "", event_id, 0)
    phone.hub.stream_failed(1, permanent=False, now=0)
    assert phone.hub.timer_fired(Timer.RETRY, 5_000) == opening(2, event_id if kept else "")


@pytest.mark.parametrize("rest", [60_000, 7_500])
def test_a_backend_is_left_alone_for_as_long_as_it_asks(phone: Bench, rest: int) -> None:
    message = f"The phone server answered 503; trying again in {rest // 1000} s."
    later = StartTimer(Timer.RETRY, rest + 500, 500)
    assert refuse(phone, 503, rest) == [later, Log(message), complaint("api_503", message, *BOTH)]
    assert nudge(phone, rest - 1) == [], "nobody asks before that"
    assert nudge(phone, rest) == [StopTimer(Timer.RETRY), *opening(2)]


@pytest.mark.parametrize("asked", [0, 1_000, 5_000])
def test_a_backend_that_asks_for_less_than_five_seconds_is_tried_as_ever(phone: Bench, asked: int) -> None:
    message = "The phone server answered 503; trying again every 5 s."
    assert refuse(phone, 503, asked) == [Log(message), complaint("api_503", message, *BOTH)]


def test_who_signs_in_again_need_not_wait(phone: Bench) -> None:
    refuse(phone, 401, 60_000)
    assert nudge(phone, 1_000) == [StopTimer(Timer.RETRY), *opening(2)]


def test_a_clock_that_is_set_back_does_not_prolong_the_rest(phone: Bench) -> None:
    refuse(phone, 503, 60_000, now=1_000_000)
    assert nudge(phone, 0) == [StopTimer(Timer.RETRY), *opening(2)]


def test_a_tab_that_comes_while_the_backend_refuses_learns_why(phone: Bench) -> None:
    refuse(phone, 503)
    message = "The phone server answered 503; trying again every 5 s."
    assert phone.hub.receive_message(TAB_C, {"type": "INIT_PORT"}, 0) == [
        shown(2, to=(TAB_C,), **RECONNECTING),
        complaint("api_503", message, TAB_C),
    ]


# --- a stream that brings nothing -------------------------------------------------------------------------------------

NO_EVENTS = (
    "The phone server has sent nothing for 15 s, so calls may not be shown. The self-check (Alt+Shift+I) says what is"
    " usually the cause."
)
STILL_QUIET = StartTimer(Timer.QUIET, 15_000)


def test_a_stream_that_brings_nothing_for_15_s_is_told_of_once_until_it_does(phone: Bench) -> None:
    """A proxy that buffers lets the head of an answer through, and no event; or it ends each stream after a while."""
    phone.hub.stream_failed(1, permanent=False, now=0)
    phone.hub.timer_fired(Timer.RETRY, 5_000)
    phone.hub.stream_opened(2, 5_000)
    told = [STILL_QUIET, Log(NO_EVENTS), complaint("no_events", NO_EVENTS, *BOTH)]
    assert phone.hub.timer_fired(Timer.QUIET, 20_000) == told
    assert phone.hub.timer_fired(Timer.QUIET, 35_000) == [STILL_QUIET]
    phone.hub.stream_failed(2, permanent=False, now=36_000)
    assert phone.hub.timer_fired(Timer.RETRY, 36_000) == opening(3, first=False)
    assert phone.hub.stream_opened(3, 36_000) == [StopTimer(Timer.ANSWER), shown(5)]
    assert phone.hub.timer_fired(Timer.QUIET, 50_000) == [STILL_QUIET]
    over = phone.hub.stream_event(3, "snapshot", '{"calls": []}', "", 51_000)
    assert over == [StopTimer(Timer.QUIET), shown(6)], "tabs show the reason until they hear more"


def test_a_reason_that_is_known_is_not_hidden_by_the_silence(phone: Bench) -> None:
    refuse(phone, 503)
    phone.hub.timer_fired(Timer.RETRY, 5_000)
    assert phone.hub.timer_fired(Timer.QUIET, 20_000) == [STILL_QUIET]
    phone.hub.stream_opened(2, 21_000)
    told = [STILL_QUIET, Log(NO_EVENTS), complaint("no_events", NO_EVENTS, *BOTH)]
    assert phone.hub.timer_fired(Timer.QUIET, 35_000) == told
