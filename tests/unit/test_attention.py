"""Which tab rings: exactly one, whatever tabs do while the call waits; and which one is told that the talk begins."""

from typing import Any

import pytest

from worker_py.effects import DropPort, Effect, Log, Send, StartTimer, Timer

from .conftest import Bench
from .wire import RINGS, TAB_A, TAB_B, TAB_C, a_call, done, posted, refused, shown, talking

BOUND = StartTimer(Timer.RING, 120_000)  # until a call falls silent
HIDDEN, SEEN, FOCUSED = (False, False), (True, False), (True, True)
ALL = (TAB_A, TAB_B, TAB_C)


def ringing(tab: str, rev: int, *to: int) -> Send:
    """Return the SYNC_STATE of a call that rings in that tab."""
    sent = shown(rev, a_call(), to=to or ALL, heard=["1"])
    return Send(sent.ports, {**sent.message, "attention": tab})


def popped(call: dict[str, Any], tab: int = TAB_C) -> Send:
    """Return the news that people begin to talk."""
    return Send((tab,), {"type": "SCREEN_POP", "payload": call})


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
    assert named.event("call_incoming", id="1", phone="100") == [shown(2, a_call(), to=ALL), RINGS]
    assert named.hub.timer_fired(Timer.RING, 200) == [BOUND, ringing("c", 3)]
    return named


def test_a_frozen_tab_gives_the_attention_away_and_takes_part_again_when_it_wakes(rung: Bench) -> None:
    assert looks(rung, TAB_C, FOCUSED, frozen=True) == [ringing("b", 4)]
    for tab in (TAB_A, TAB_B):
        looks(rung, tab, HIDDEN, audible=False)
    assert looks(rung, TAB_A, HIDDEN, audible=False) == [], "one that is mute notifies, a frozen one does not"
    assert looks(rung, TAB_C, FOCUSED) == [ringing("c", 5)]


def test_a_frozen_tab_opens_no_record(rung: Bench) -> None:
    looks(rung, TAB_C, FOCUSED, frozen=True)
    assert popped(talking(), TAB_B) in rung.event("call_updated", id="1", state="talking")


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
    named.event("call_incoming", id="1", phone="100")
    assert named.hub.timer_fired(Timer.RING, 200) == [BOUND, ringing(name, 3)]


def test_of_tabs_that_nobody_ever_looked_at_the_oldest_rings(phone: Bench) -> None:
    for tab, name in ((TAB_B, "b"), (TAB_A, "a")):
        phone.hub.receive_message(tab, {"type": "INIT_PORT", "payload": {"tab": name}}, 0)
    phone.event("call_incoming", id="1", phone="100")
    assert phone.hub.timer_fired(Timer.RING, 200) == [BOUND, ringing("a", 3, TAB_A, TAB_B)]


def test_tabs_without_a_name_are_told_of_nobody(phone: Bench) -> None:
    phone.event("call_incoming", id="1", phone="100")
    assert phone.hub.timer_fired(Timer.RING, 200) == [BOUND, shown(3, a_call(), heard=["1"])]


def test_who_looks_at_another_tab_takes_the_ringing_there(rung: Bench) -> None:
    assert looks(rung, TAB_A, FOCUSED) == [ringing("a", 4)]
    assert looks(rung, TAB_A, FOCUSED) == []


def test_a_tab_that_may_play_nothing_hands_over(rung: Bench) -> None:
    assert looks(rung, TAB_C, HIDDEN, audible=False) == [ringing("b", 4)]
    assert looks(rung, TAB_C, FOCUSED, audible=True) == [ringing("c", 5)]


def test_a_tab_that_goes_hands_over(rung: Bench) -> None:
    assert rung.hub.receive_message(TAB_C, {"type": "BYE"}, 0) == [DropPort(TAB_C), ringing("b", 4, TAB_A, TAB_B)]


def test_a_new_tab_that_is_seen_takes_over(rung: Bench) -> None:
    hello = {"type": "INIT_PORT", "payload": {"tab": "d"}}
    assert rung.hub.receive_message(9, hello, 0) == [
        ringing("c", 3, 9),
        ringing("d", 4, TAB_A, TAB_B, TAB_C, 9),
    ]


def test_a_tab_that_introduces_itself_again_keeps_its_turn(rung: Bench) -> None:
    hello = {"type": "INIT_PORT", "payload": {"tab": "c", "visible": False}}
    assert rung.hub.receive_message(TAB_C, hello, 0) == [ringing("c", 3, TAB_C)]


def test_a_tab_says_how_it_looks_when_it_introduces_itself(rung: Bench) -> None:
    looks(rung, TAB_A, SEEN)
    takes_over = ringing("d", 5, *ALL, 9)
    for said, taken in (({}, []), ({"focused": True, "audible": False}, []), ({"focused": True}, [takes_over])):
        hello = {"type": "INIT_PORT", "payload": {"tab": "d", **said}}
        assert rung.hub.receive_message(9, hello, 0) == [ringing("a", 4, 9), *taken]


def test_where_no_tab_may_play_the_one_in_front_has_it_for_it_can_still_notify(rung: Bench) -> None:
    assert looks(rung, TAB_C, FOCUSED, audible=False) == [ringing("b", 4)]
    assert looks(rung, TAB_B, HIDDEN, audible=False) == [ringing("a", 5)]
    assert looks(rung, TAB_A, SEEN, audible=False) == [ringing("c", 6)]


def test_an_answered_call_rings_nowhere(rung: Bench) -> None:
    call = talking()
    assert rung.event("call_updated", id="1", state="talking") == [
        shown(4, call, to=ALL, begun=["1"]),
        popped(call),
    ]


@pytest.mark.parametrize(("kind", "path"), [("CMD_ANSWER", "answer"), ("CMD_HANGUP", "hangup")])
def test_who_answers_or_declines_silences_all_tabs_before_the_backend_says_a_word(
    rung: Bench, kind: str, path: str
) -> None:
    assert rung.command(kind, id="x") == [shown(4, a_call(), to=ALL), posted(1, path, '{"callId": "1"}', "x")]


def test_a_call_that_could_not_be_answered_rings_again(rung: Bench) -> None:
    rung.command("CMD_ANSWER", id="x")
    assert rung.answer(1, status=503) == [
        Log("CMD_ANSWER failed: api_503"),
        refused("x", "api_503", "The telephone side is away. (503)", retryable=True),
        ringing("c", 5),
    ]


def test_a_second_call_rings_on_while_the_first_is_answered(rung: Bench) -> None:
    """And every tab learns which of the two it is."""
    second = a_call("2", phone="200", startedAt=300)
    rung.event("call_incoming", 300, id="2", phone="200")
    rung.hub.timer_fired(Timer.RING, 500)
    sent = shown(6, a_call(), second, to=ALL, heard=["2"])
    assert rung.command("CMD_ANSWER", id="x", callId="1") == [
        Send(ALL, {**sent.message, "attention": "c"}),
        posted(1, "answer", '{"callId": "1"}', "x"),
    ]


def test_the_tab_in_front_alone_is_told_that_people_begin_to_talk(rung: Bench) -> None:
    looks(rung, TAB_A, FOCUSED, audible=False)
    rung.command("CMD_ANSWER", TAB_B, "x")
    call = talking()
    assert rung.answer(1) == [shown(5, call, to=ALL, begun=["1"]), popped(call, TAB_A), done("x", TAB_B)]


def test_a_call_that_is_named_when_it_is_answered_is_told_of_too(named: Bench) -> None:
    named.command("CMD_DIAL", phone="100")
    call = talking("7", direction="outbound")
    assert named.event("call_incoming", id="7", phone="100", direction="outbound", state="talking") == [
        shown(3, call, to=ALL, begun=["7"]),
        popped(call),
    ]


def test_a_call_that_comes_held_is_not_told_of(named: Bench) -> None:
    [told] = named.event("call_incoming", id="1", phone="100", state="held")
    assert isinstance(told, Send)
    assert told.message["type"] == "SYNC_STATE"


def test_a_call_is_told_of_once(rung: Bench) -> None:
    rung.event("call_updated", id="1", state="talking")
    for rev, state in enumerate(("held", "talking"), 5):
        [told] = rung.event("call_updated", id="1", state=state)
        assert isinstance(told, Send)
        assert (told.message["type"], told.message["rev"]) == ("SYNC_STATE", rev)


def test_a_call_that_comes_talking_is_told_of_once(named: Bench) -> None:
    """A telephone that answers by itself."""
    call = talking()
    assert named.event("call_incoming", id="1", phone="100", state="talking") == [
        shown(2, call, to=ALL, begun=["1"]),
        popped(call),
    ]
    assert named.event("call_incoming", id="1", phone="100", state="talking") == []


def test_a_call_that_is_updated_to_talk_before_it_comes_is_told_of_once(named: Bench) -> None:
    named.event("call_updated", id="1", state="talking")
    call = talking()
    assert named.event("call_incoming", id="1", phone="100") == [shown(2, call, to=ALL, begun=["1"]), popped(call)]


def test_of_what_a_first_snapshot_lists_nothing_is_told(named: Bench) -> None:
    call = talking(startedAt=None)
    listed = {"id": "1", "phone": "100", "state": "talking"}
    assert named.event("snapshot", calls=[listed]) == [shown(2, call, to=ALL)]
    more = named.event("snapshot", calls=[listed, {"id": "2", "phone": "200", "state": "talking"}])
    assert [each.message["payload"]["id"] for each in more[1:] if isinstance(each, Send)] == ["2"], "it began in a gap"


def test_of_what_the_first_snapshot_of_another_operator_lists_nothing_is_told(named: Bench) -> None:
    named.event("snapshot", calls=[], operator={"id": "ann"})
    listed = {"id": "1", "phone": "100", "state": "talking"}
    effects = named.event("snapshot", calls=[listed], operator={"id": "bob"})
    assert [effect.message["type"] for effect in effects if isinstance(effect, Send)] == ["SYNC_STATE", "HANDOVER"]


def test_a_talk_that_goes_on_after_all_is_not_told_of_again(rung: Bench) -> None:
    rung.event("call_updated", id="1", state="talking")
    rung.event("snapshot", calls=[])
    effects = rung.event("call_updated", id="1", muted=True)
    assert [effect.message["type"] for effect in effects if isinstance(effect, Send)] == ["SYNC_STATE"]
