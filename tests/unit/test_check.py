"""The self-check: what a hub tells of itself, which changes nothing in it."""

from typing import Any

from worker_py import protocol
from worker_py.effects import Send, TellCheck
from worker_py.hub import Hub

from .conftest import Bench
from .wire import EPOCH, TAB_A, TAB_B, TAB_C, complaint

Facts = dict[str, Any]


def a_tab(name: str | None = None, **facts: Any) -> Facts:
    """Return what is told of a tab that is in view and does not ask."""
    usual = {"version": None, "visible": True, "focused": False, "audible": True, "rings": False, "asks": False}
    return {"tab": name} | usual | facts


def facts(*tabs: Facts, attention: str | None = None, rev: int = 1, **stream: Any) -> Facts:
    """Return what is told of a hub that was connected at 0, at the first attempt, and has heard nothing since."""
    usual = {"status": "connected", "attempts": 1, "silence": 0, "connectedAt": 0, "trouble": None}
    about = {"version": None, "epoch": EPOCH, "rev": rev, "attention": attention}
    return about | {"tabs": list(tabs), "stream": usual | stream}


TWO_TABS = (a_tab(asks=True), a_tab())


def checked(phone: Bench, tab: int = TAB_A, now: int = 0) -> list[Any]:
    return list(phone.hub.receive_message(tab, {"type": "CHECK", "id": "a"}, now))


def test_a_tab_learns_how_hub_tabs_and_stream_are(phone: Bench) -> None:
    assert checked(phone) == [TellCheck(TAB_A, "a", facts(*TWO_TABS))]


def test_the_answer_goes_to_the_tab_that_asked_with_the_id_of_its_request() -> None:
    told = {"epoch": EPOCH}
    assert protocol.check("a", told) == {"type": "CHECK", "id": "a", "ok": True, "payload": told}


def test_a_request_may_have_no_id(phone: Bench) -> None:
    assert phone.hub.receive_message(TAB_A, {"type": "CHECK"}, 0) == [TellCheck(TAB_A, None, facts(*TWO_TABS))]


def test_an_id_that_is_none_is_refused(phone: Bench) -> None:
    why = "The id of a command is a string of 1 to 128 ASCII characters without spaces."
    assert phone.hub.receive_message(TAB_A, {"type": "CHECK", "id": 7}, 0) == [complaint("invalid_command", why)]


def test_each_tab_is_told_with_what_it_said_of_itself_and_which_of_them_rings() -> None:
    hub = Hub(EPOCH, version="0.2.0")
    for tab, name in ((TAB_A, "a"), (TAB_B, "b"), (TAB_C, "c")):
        hub.receive_message(tab, {"type": "INIT_PORT", "payload": {"tab": name, "version": "0.1.0"}}, 0)
    hub.receive_message(TAB_B, {"type": "FOCUS", "payload": {"visible": True, "focused": True}}, 0)
    silent = {"visible": False, "focused": False, "audible": False}
    hub.receive_message(TAB_C, {"type": "FOCUS", "payload": silent}, 0)
    tabs = [
        a_tab("a", version="0.1.0"),
        a_tab("b", version="0.1.0", focused=True, rings=True),
        a_tab("c", version="0.1.0", visible=False, audible=False, asks=True),
    ]
    not_yet = {"status": "connecting", "attempts": 0, "silence": None, "connectedAt": None}
    told = facts(*tabs, attention="b", rev=0, **not_yet) | {"version": "0.2.0"}
    assert hub.receive_message(TAB_C, {"type": "CHECK", "id": "a"}, 0) == [TellCheck(TAB_C, "a", told)]


def test_the_silence_begins_anew_with_every_event_pings_too(phone: Bench) -> None:
    assert checked(phone, now=7_000) == [TellCheck(TAB_A, "a", facts(*TWO_TABS, silence=7_000))]
    phone.event("ping", now=8_000, interval=30)
    assert checked(phone, now=8_500) == [TellCheck(TAB_A, "a", facts(*TWO_TABS, silence=500))]
    assert checked(phone, now=0) == [TellCheck(TAB_A, "a", facts(*TWO_TABS))]  # the clock was set back


def test_a_stream_that_comes_back_keeps_the_time_of_the_first_connection(phone: Bench) -> None:
    phone.hub.stream_failed(1, permanent=False, now=0)
    broken = facts(*TWO_TABS, rev=2, status="reconnecting", silence=900)
    assert checked(phone, now=900) == [TellCheck(TAB_A, "a", broken)]
    phone.hub.start()
    phone.hub.stream_opened(2, 5_000)
    assert checked(phone, now=5_100) == [TellCheck(TAB_A, "a", facts(*TWO_TABS, rev=3, attempts=2, silence=100))]


def test_a_call_is_not_told_of(phone: Bench) -> None:
    phone.event("call_incoming", id="call-17", phone="+493012345678", displayName="Grace Hopper")
    assert checked(phone) == [TellCheck(TAB_A, "a", facts(*TWO_TABS, rev=2))]


def test_a_stranger_is_asked_for_its_name_and_told_all_the_same(phone: Bench) -> None:
    assert checked(phone, TAB_C) == [
        Send((TAB_C,), {"type": "REINIT", "epoch": EPOCH}),
        TellCheck(TAB_C, "a", facts(a_tab(), a_tab())),
    ]


def test_a_tab_that_was_cut_off_is_told_nothing(phone: Bench) -> None:
    for tab, session in ((TAB_A, "one"), (TAB_B, "two")):
        phone.hub.receive_message(tab, {"type": "INIT_PORT", "payload": {"session": session}}, 0)
    why = "Another sign-in has taken over the phone. Reload this page."
    assert checked(phone) == [complaint("unauthorized", why)]


def test_a_tab_without_a_lock_is_not_kept_alive_by_its_self_check(phone: Bench) -> None:
    """What a check does not note, a journal need not tell."""
    phone.hub.receive_message(TAB_A, {"type": "PING"}, 0)
    assert checked(phone, now=50_000) == [TellCheck(TAB_A, "a", facts(*TWO_TABS, silence=50_000))]
    assert phone.hub.ports.rests(50_000) == {TAB_A: 10_000}
