"""Tabs come, go, and say things."""

import pytest

from worker_py.effects import (
    DropPort,
    Effect,
    OpenStream,
    Send,
    StartTimer,
    StopTimer,
    TellJournal,
    Timer,
    WatchTab,
)
from worker_py.hub import Hub

from .conftest import Bench
from .wire import CLOSED, EPOCH, TAB_A, TAB_B, TAB_C, complaint, done, opening, refused, shown

REINIT = Send((TAB_C,), {"type": "REINIT", "epoch": EPOCH})


def pong(tab: int) -> Send:
    return Send((tab,), {"type": "PONG", "epoch": EPOCH, "rev": 1})


def evicted(tab: int) -> list[Effect]:
    return [Send((tab,), {"type": "REINIT", "epoch": EPOCH}), DropPort(tab)]


def introduce(phone: Bench, tab: int, now: int = 0, **hello: object) -> list[Effect]:
    return phone.hub.receive_message(tab, {"type": "INIT_PORT", "payload": hello}, now)


def ping(phone: Bench, tab: int, now: int) -> list[Effect]:
    return phone.hub.receive_message(tab, {"type": "PING"}, now)


def test_the_first_tab_is_answered_at_once_and_sees_the_connection_come(new: Bench) -> None:
    assert new.hub.start() == opening(1)
    assert new.hub.receive_message(TAB_A, {"type": "INIT_PORT"}, 0) == [
        StopTimer(Timer.IDLE),
        shown(0, connectionStatus="connecting", to=(TAB_A,)),
    ]
    assert new.hub.stream_opened(1, 0) == [StopTimer(Timer.ANSWER), shown(1, to=(TAB_A,))]


def test_a_second_tab_gets_the_state_alone(phone: Bench) -> None:
    assert phone.hub.receive_message(TAB_C, {"type": "INIT_PORT"}, 0) == [shown(1, to=(TAB_C,))]


def test_a_tab_that_says_init_port_twice_is_one_tab(phone: Bench) -> None:
    assert phone.hub.receive_message(TAB_A, {"type": "INIT_PORT"}, 0) == [shown(1, to=(TAB_A,))]
    assert phone.event("operator_status", status="ready") == [shown(2, operatorStatus="ready")]


def test_a_tab_that_says_bye_is_forgotten(phone: Bench) -> None:
    assert phone.hub.receive_message(TAB_A, {"type": "BYE"}, 0) == [DropPort(TAB_A)]
    assert phone.event("operator_status", status="dnd") == [shown(2, operatorStatus="dnd", to=(TAB_B,))]


def test_without_tabs_the_state_goes_on(phone: Bench) -> None:
    phone.hub.disconnect(TAB_A)
    phone.hub.disconnect(TAB_B)
    assert phone.event("operator_status", status="dnd") == [shown(2, operatorStatus="dnd", to=())]
    assert phone.hub.receive_message(TAB_C, {"type": "INIT_PORT"}, 0) == [
        StopTimer(Timer.IDLE),
        shown(2, operatorStatus="dnd", to=(TAB_C,)),
    ]


def test_when_the_last_tab_is_gone_for_long_the_stream_is_closed_until_one_comes(phone: Bench) -> None:
    assert phone.hub.disconnect(TAB_A) == [DropPort(TAB_A)]
    assert phone.hub.disconnect(TAB_A) == [DropPort(TAB_A)]
    assert phone.hub.disconnect(TAB_B) == [DropPort(TAB_B), StartTimer(Timer.IDLE, 30_000)]
    assert phone.hub.timer_fired(Timer.IDLE, 30_000) == [
        *CLOSED,
        StopTimer(Timer.RETRY),
        StopTimer(Timer.QUIET),
        shown(2, connectionStatus="connecting", to=()),
    ]
    assert phone.hub.receive_message(TAB_C, {"type": "INIT_PORT"}, 0) == [
        StopTimer(Timer.IDLE),
        shown(2, connectionStatus="connecting", to=(TAB_C,)),
        *opening(2),
    ]
    assert phone.hub.timer_fired(Timer.IDLE, 60_000) == []


def test_ping_is_answered_with_epoch_and_rev(phone: Bench) -> None:
    introduce(phone, TAB_A, lock="a")
    assert phone.hub.receive_message(TAB_A, {"type": "PING"}, 0) == [pong(TAB_A)]


def test_an_unknown_port_is_asked_to_introduce_itself_and_served_all_the_same(phone: Bench) -> None:
    effects = phone.command("CMD_HANGUP", port=TAB_C, id="a")
    message = "There is no such call; it may just have ended."
    assert effects == [REINIT, refused("a", "invalid_state", message, TAB_C)]


def test_focus_of_an_unknown_port_only_asks_it_to_introduce_itself(phone: Bench) -> None:
    message = {"type": "FOCUS", "payload": {"visible": True, "focused": True}}
    assert phone.hub.receive_message(TAB_C, message, 0) == [REINIT]


def test_the_registry_knows_what_tabs_say_of_themselves(phone: Bench) -> None:
    hello = {"tab": "t", "lock": "l", "version": "1", "session": "s", "visible": False}
    phone.hub.receive_message(TAB_A, {"type": "INIT_PORT", "payload": hello}, 0)
    tab = phone.hub.ports.tab(TAB_A)
    assert tab is not None
    assert (tab.hello.tab, tab.hello.lock, tab.hello.version, tab.hello.session) == ("t", "l", "1", "s")
    assert (tab.visible, tab.focused) == (False, False)
    focus = {"type": "FOCUS", "payload": {"visible": True, "focused": True}}
    assert phone.hub.receive_message(TAB_A, focus, 0) == []
    tab = phone.hub.ports.tab(TAB_A)
    assert tab is not None
    assert (tab.visible, tab.focused) == (True, True)


def test_what_a_tab_says_wrongly_of_itself_counts_as_unsaid(phone: Bench) -> None:
    for payload in ({"tab": 7, "lock": "x" * 200, "session": ""}, "nonsense", None):
        phone.hub.receive_message(TAB_A, {"type": "INIT_PORT", "payload": payload}, 0)
        tab = phone.hub.ports.tab(TAB_A)
        assert tab is not None
        assert (tab.hello.tab, tab.hello.lock, tab.hello.session, tab.visible) == (None, None, None, True)


def test_a_tab_may_ask_for_the_journal(phone: Bench) -> None:
    assert phone.hub.receive_message(TAB_A, {"type": "JOURNAL", "id": "a"}, 0) == [TellJournal(TAB_A, "a")]
    assert phone.hub.receive_message(TAB_A, {"type": "JOURNAL"}, 0) == [TellJournal(TAB_A, None)]
    message = "The id of a command is a string of 1 to 128 ASCII characters without spaces."
    assert phone.hub.receive_message(TAB_A, {"type": "JOURNAL", "id": 7}, 0) == [complaint("invalid_command", message)]


# --- tabs that die without a word -------------------------------------------------------------------------------------


def test_a_tab_that_gives_a_lock_is_watched_and_forgotten_when_nobody_holds_it(phone: Bench) -> None:
    assert introduce(phone, TAB_C, lock="c") == [shown(1, to=(TAB_C,)), WatchTab(TAB_C, "c")]
    assert phone.hub.tab_gone(TAB_C, "c") == evicted(TAB_C)
    assert phone.event("operator_status", status="dnd") == [shown(2, operatorStatus="dnd")]


def test_a_living_tab_that_lost_its_lock_answers_with_another_and_is_back(phone: Bench) -> None:
    introduce(phone, TAB_C, lock="c")
    phone.hub.tab_gone(TAB_C, "c")
    assert introduce(phone, TAB_C, lock="d") == [shown(1, to=(TAB_C,)), WatchTab(TAB_C, "d")]
    assert phone.hub.tab_gone(TAB_C, "c") == []
    assert phone.hub.ports.all == (TAB_A, TAB_B, TAB_C)


def test_the_lock_of_a_tab_that_said_bye_is_no_news(phone: Bench) -> None:
    introduce(phone, TAB_C, lock="c")
    phone.hub.receive_message(TAB_C, {"type": "BYE"}, 0)
    assert phone.hub.tab_gone(TAB_C, "c") == []


def test_the_last_tab_that_dies_leaves_the_stream_to_the_idle_timer(new: Bench) -> None:
    introduce(new, TAB_A, lock="a")
    assert new.hub.tab_gone(TAB_A, "a") == [*evicted(TAB_A), StartTimer(Timer.IDLE, 30_000)]


def test_a_living_tab_that_lost_its_lock_in_flight_gets_its_result(phone: Bench) -> None:
    introduce(phone, TAB_C, lock="c")
    phone.command("CMD_STATUS", port=TAB_C, id="a", status="dnd")
    assert phone.hub.tab_gone(TAB_C, "c") == evicted(TAB_C)[:1]
    introduce(phone, TAB_C, lock="d")
    assert phone.answer(1) == [shown(2, to=(TAB_A, TAB_B, TAB_C), operatorStatus="dnd"), done("a", TAB_C)]


def test_a_tab_that_lost_its_lock_in_flight_is_kept_until_it_has_its_results(phone: Bench) -> None:
    """It may live, and not have come back yet."""
    introduce(phone, TAB_C, lock="c")
    phone.command("CMD_STATUS", port=TAB_C, id="a", status="dnd")
    phone.command("CMD_STATUS", port=TAB_C, id="b", status="away")
    assert phone.hub.tab_gone(TAB_C, "c") == evicted(TAB_C)[:1]
    assert phone.answer(1) == [shown(2, operatorStatus="dnd"), done("a", TAB_C)]
    assert phone.answer(2) == [shown(3, operatorStatus="away"), done("b", TAB_C), DropPort(TAB_C)]


def test_a_name_that_no_lock_can_have_counts_as_unsaid(phone: Bench) -> None:
    assert introduce(phone, TAB_C, lock="-c") == [shown(1, to=(TAB_C,))]


def test_a_tab_without_a_lock_that_pings_and_falls_silent_is_forgotten_after_a_minute(phone: Bench) -> None:
    assert ping(phone, TAB_A, 0) == [StartTimer(Timer.TABS, 60_000), pong(TAB_A)]
    assert ping(phone, TAB_B, 20_000) == [pong(TAB_B)]
    assert phone.hub.timer_fired(Timer.TABS, 60_000) == [*evicted(TAB_A), StartTimer(Timer.TABS, 20_000)]
    assert phone.hub.timer_fired(Timer.TABS, 80_000) == [*evicted(TAB_B), StartTimer(Timer.IDLE, 30_000)]


def test_whatever_a_tab_says_is_a_sign_of_life(phone: Bench) -> None:
    ping(phone, TAB_A, 0)
    phone.hub.receive_message(TAB_A, {"type": "FOCUS"}, 10_000)
    introduce(phone, TAB_A, 30_000)
    assert phone.hub.timer_fired(Timer.TABS, 60_000) == [StartTimer(Timer.TABS, 30_000)]


def test_a_living_tab_that_was_silent_for_long_answers_and_is_back(phone: Bench) -> None:
    ping(phone, TAB_A, 0)
    phone.hub.timer_fired(Timer.TABS, 60_000)
    assert introduce(phone, TAB_A, 60_001) == [shown(1, to=(TAB_A,))]
    assert ping(phone, TAB_A, 60_002) == [StartTimer(Timer.TABS, 60_000), pong(TAB_A)]


def test_a_tab_that_never_pings_may_be_silent_for_ever(phone: Bench) -> None:
    ping(phone, TAB_A, 0)
    phone.hub.receive_message(TAB_B, {"type": "FOCUS"}, 0)
    assert phone.hub.timer_fired(Timer.TABS, 60_000) == evicted(TAB_A)
    assert phone.hub.timer_fired(Timer.TABS, 120_000) == []
    assert phone.hub.ports.all == (TAB_B,)


def test_a_tab_with_a_lock_may_be_silent_for_ever(phone: Bench) -> None:
    ping(phone, TAB_A, 0)
    introduce(phone, TAB_A, 1, lock="a")
    assert ping(phone, TAB_A, 2) == [pong(TAB_A)]
    assert phone.hub.timer_fired(Timer.TABS, 60_000) == []


def test_a_clock_that_was_set_back_begins_the_silence_anew(phone: Bench) -> None:
    ping(phone, TAB_A, 100_000)
    assert phone.hub.timer_fired(Timer.TABS, 0) == [StartTimer(Timer.TABS, 60_000)]


@pytest.mark.parametrize("payload", [None, [], {"visible": 1, "focused": True}])
def test_focus_that_says_nothing_changes_nothing(phone: Bench, payload: object) -> None:
    before = phone.hub.ports.tab(TAB_A)
    assert phone.hub.receive_message(TAB_A, {"type": "FOCUS", "payload": payload}, 0) == []
    assert phone.hub.ports.tab(TAB_A) == before


@pytest.mark.parametrize("message", [None, 7, "INIT_PORT", [], {}, {"type": 7}, {"type": None}])
def test_what_is_no_message_is_refused_with_a_reason(phone: Bench, message: object) -> None:
    assert phone.hub.receive_message(TAB_A, message, 0) == [
        complaint("invalid_command", "A message is an object with a type.")
    ]


def test_a_message_of_a_newer_client_is_refused_and_harms_nothing(phone: Bench) -> None:
    assert phone.hub.receive_message(TAB_A, {"type": "toString"}, 0) == [
        complaint("unsupported", "The phone does not know this message.")
    ]


def test_messages_come_as_json(phone: Bench) -> None:
    assert phone.hub.receive_text(TAB_A, '{"type": "INIT_PORT"}', 0) == [shown(1, to=(TAB_A,))]
    assert phone.hub.receive_text(TAB_A, "{", 0) == [
        complaint("invalid_command", "The message cannot be read: it is not JSON.")
    ]
    assert phone.hub.receive_text(TAB_A, '"' + "x" * 70_000 + '"', 0) == [
        complaint("invalid_command", "The message cannot be read: it is longer than 65536 characters.")
    ]


ELSEWHERE = ["https://elsewhere.example/api", "//elsewhere.example", "api", "", "/a?b", "/a#b", "/a\\b"]
# What browsers drop, or take for a slash, before they read an address.
DISGUISED = ["/\t/host", "/\n/host", "/\r/host", "\t//host", "\0//host", " //host", "/\\host", "\\\\host", "/\t\\host"]
UNUSUAL = [
    "/.//host",
    "/a//b",
    "/a b",
    "/a\x7f",
    "/a\u2028",
    "/\u202ea",
    "/é",
    "/api/sip//",
    "/api/./sip",
    "/api/../sip",
    "/api/%2e%2E/",
    "/..",
    "/api/sip\n",
    "/a<b",
    "/a`b",
]


@pytest.mark.parametrize("api", [*ELSEWHERE, *DISGUISED, *UNUSUAL])
def test_the_api_of_another_site_is_refused(api: str) -> None:
    with pytest.raises(ValueError, match="path on the page's own site"):
        Hub(EPOCH, api)


@pytest.mark.parametrize(
    ("api", "url"),
    [
        ("/crm/phone", "/crm/phone/events"),
        ("/crm/phone/", "/crm/phone/events"),
        ("/", "/events"),
        ("/.well-known/a..b/...", "/.well-known/a..b/.../events"),
        ("/%C3%A9/~a;b=c", "/%C3%A9/~a;b=c/events"),
    ],
)
def test_the_api_may_stand_under_any_path(api: str, url: str) -> None:
    assert Hub(EPOCH, api).start()[0] == OpenStream(1, url)


# --- tabs that are none of ours any more ------------------------------------------------------------------------------


def test_a_nudge_of_an_unknown_port_opens_no_stream(phone: Bench) -> None:
    phone.hub.stream_failed(1, permanent=False, now=0)
    assert phone.hub.receive_message(TAB_C, {"type": "NUDGE"}, 1_000) == [REINIT]


def test_a_nudge_of_an_unknown_port_wakes_no_stream_that_rests(phone: Bench) -> None:
    for tab in (TAB_A, TAB_B):
        phone.hub.disconnect(tab)
    phone.hub.timer_fired(Timer.IDLE, 30_000)
    assert phone.hub.receive_message(TAB_A, {"type": "NUDGE"}, 31_000) == [
        Send((TAB_A,), {"type": "REINIT", "epoch": EPOCH})
    ]
