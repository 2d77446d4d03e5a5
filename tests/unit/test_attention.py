"""Which tab rings: exactly one, whatever tabs do while the call waits."""

from typing import Any

import pytest

from worker_py.effects import DropPort, Effect, Send

from .conftest import Bench
from .wire import TAB_A, TAB_B, TAB_C, a_call, shown

HIDDEN, SEEN, FOCUSED = (False, False), (True, False), (True, True)


def ringing(tab: str, rev: int, *to: int) -> Send:
    """Return the SYNC_STATE of a call that rings in that tab."""
    sent = shown(rev, a_call(), to=to or (TAB_A, TAB_B, TAB_C))
    return Send(sent.ports, {**sent.message, "attention": tab})


def looks(phone: Bench, tab: int, page: tuple[bool, bool], **more: Any) -> list[Effect]:
    visible, focused = page
    payload = {"visible": visible, "focused": focused, **more}
    return phone.hub.receive_message(tab, {"type": "FOCUS", "payload": payload}, 0)


@pytest.fixture
def named(phone: Bench) -> Bench:
    """Three tabs with names, all hidden, of which B and then C had the focus."""
    for tab, name in ((TAB_A, "a"), (TAB_B, "b"), (TAB_C, "c")):
        phone.hub.receive_message(tab, {"type": "INIT_PORT", "payload": {"tab": name, "visible": False}}, 0)
    for tab in (TAB_B, TAB_C):
        looks(phone, tab, FOCUSED)
        looks(phone, tab, HIDDEN)
    return phone


@pytest.fixture
def rung(named: Bench) -> Bench:
    """A call rings in C."""
    assert named.event("call_incoming", id="1", phone="100") == [ringing("c", 2)]
    return named


@pytest.mark.parametrize(
    ("pages", "name"),
    [
        ([HIDDEN, HIDDEN, HIDDEN], "c"),
        ([SEEN, HIDDEN, HIDDEN], "a"),
        ([SEEN, SEEN, HIDDEN], "b"),
        ([SEEN, SEEN, FOCUSED], "c"),
        ([FOCUSED, SEEN, SEEN], "a"),
    ],
)
def test_the_focused_tab_rings_else_a_visible_one_else_the_one_that_was_focused_last(
    named: Bench, pages: list[tuple[bool, bool]], name: str
) -> None:
    for tab, page in zip((TAB_A, TAB_B, TAB_C), pages, strict=True):
        assert looks(named, tab, page) == []
    assert named.event("call_incoming", id="1", phone="100") == [ringing(name, 2)]


def test_of_tabs_that_nobody_ever_looked_at_the_oldest_rings(phone: Bench) -> None:
    for tab, name in ((TAB_B, "b"), (TAB_A, "a")):
        phone.hub.receive_message(tab, {"type": "INIT_PORT", "payload": {"tab": name}}, 0)
    assert phone.event("call_incoming", id="1", phone="100") == [ringing("a", 2, TAB_A, TAB_B)]


def test_tabs_without_a_name_are_told_of_nobody(phone: Bench) -> None:
    assert phone.event("call_incoming", id="1", phone="100") == [shown(2, a_call())]


def test_who_looks_at_another_tab_takes_the_ringing_there(rung: Bench) -> None:
    assert looks(rung, TAB_A, FOCUSED) == [ringing("a", 3)]
    assert looks(rung, TAB_A, FOCUSED) == []


def test_a_tab_that_may_play_nothing_hands_over(rung: Bench) -> None:
    assert looks(rung, TAB_C, HIDDEN, audible=False) == [ringing("b", 3)]
    assert looks(rung, TAB_C, FOCUSED, audible=True) == [ringing("c", 4)]


def test_a_tab_that_goes_hands_over(rung: Bench) -> None:
    assert rung.hub.receive_message(TAB_C, {"type": "BYE"}, 0) == [DropPort(TAB_C), ringing("b", 3, TAB_A, TAB_B)]


def test_a_new_tab_that_is_seen_takes_over(rung: Bench) -> None:
    hello = {"type": "INIT_PORT", "payload": {"tab": "d"}}
    assert rung.hub.receive_message(9, hello, 0) == [
        ringing("c", 2, 9),
        ringing("d", 3, TAB_A, TAB_B, TAB_C, 9),
    ]


def test_a_tab_that_introduces_itself_again_keeps_its_turn(rung: Bench) -> None:
    hello = {"type": "INIT_PORT", "payload": {"tab": "c", "visible": False}}
    assert rung.hub.receive_message(TAB_C, hello, 0) == [ringing("c", 2, TAB_C)]


def test_an_answered_call_rings_nowhere(rung: Bench) -> None:
    [told] = rung.event("call_updated", id="1", state="talking")
    assert isinstance(told, Send)
    assert "attention" not in told.message
