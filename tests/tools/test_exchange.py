"""The simulated exchange keeps what a telephony promises."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.backend.exchange import FAR_END_MAY, NUMBER_ENDS, OPERATOR_MAY, TRUNK_FAILS, Exchange, FarAct
from tests.backend.settings import Settings
from tests.backend.telephony import Action, Call, CallState, Event, Refused, Telephony

pytestmark = pytest.mark.anyio

NOW = 1_700_000_000_000  # milliseconds
LIVE: tuple[CallState, ...] = ("dialing", "ringing", "talking", "held")
ACTIONS: tuple[Action, ...] = ("answer", "hangup", "hold", "resume", "mute", "unmute", "dtmf", "transfer")
FAR_ACTS: tuple[FarAct, ...] = ("answer", "busy", "decline", "elsewhere", "hangup", "hold", "resume")
ARROWS = {
    ("dialing", "talking"),
    ("ringing", "talking"),
    ("talking", "held"),
    ("held", "talking"),
    *((state, "ended") for state in LIVE),
}


class Desk:
    """An exchange with everything it said."""

    def __init__(self) -> None:
        self.settings = Settings(respond_after=0, ring_timeout=None)
        self.exchange = Exchange(self.settings, now=lambda: NOW / 1000)
        self.said: list[Event] = []
        self._heard = asyncio.Event()
        self.exchange.subscribe(self._hear)

    def _hear(self, event: Event) -> None:
        self.said.append(event)
        self._heard.set()

    async def until_said(self, name: str) -> Event:
        """Wait for the first event of a name since the last `forget()`."""
        async with asyncio.timeout(5):
            while not (found := [event for event in self.said if event.name == name]):
                self._heard.clear()
                await self._heard.wait()
        return found[0]

    def forget(self) -> None:
        self.said.clear()

    async def call(self, state: CallState) -> Call:
        """Return a new call that is in `state`, and forget what was said on the way."""
        if state == "dialing":
            call = await self.exchange.dial("100")
        else:
            call = self.exchange.ring("100", "Grace Hopper")
        if state in ("talking", "held"):
            call = await self.exchange.answer(call.id)
        if state == "held":
            call = await self.exchange.hold(call.id)
        self.forget()
        return call

    def operate(self, action: Action, call_id: str) -> Awaitable[Call]:
        extra = {"dtmf": ["5"], "transfer": ["200"]}.get(action, [])
        command: Callable[..., Awaitable[Call]] = getattr(self.exchange, action)
        return command(call_id, *extra)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def desk() -> Desk:
    return Desk()


async def test_exchange_is_a_telephony(desk: Desk) -> None:
    telephony: Telephony = desk.exchange
    assert telephony.snapshot()["calls"] == []


async def test_dialled_call_rings_until_the_far_end_picks_up(desk: Desk) -> None:
    call = await desk.exchange.dial("+4930123")
    assert call == Call(call.id, "outbound", "+4930123", "dialing", started_at=NOW)

    desk.exchange.far(call.id, "answer")

    assert desk.said == [
        Event("call_updated", call.wire()),
        Event("call_updated", {"id": call.id, "state": "talking", "answeredAt": NOW}),
    ]


async def test_incoming_call_rings_with_number_and_name_and_is_answered(desk: Desk) -> None:
    call = desk.exchange.ring("123", "Grace Hopper")
    answered = await desk.exchange.answer(call.id)

    assert answered.state == "talking"
    assert desk.said == [
        Event("call_incoming", call.wire()),
        Event("call_updated", {"id": call.id, "state": "talking", "answeredAt": NOW}),
    ]
    assert (call.phone, call.display_name, call.direction) == ("123", "Grace Hopper", "inbound")


async def test_snapshot_lists_live_calls_oldest_first(desk: Desk) -> None:
    first, second = await desk.call("held"), await desk.call("ringing")
    ended = await desk.call("ringing")
    await desk.exchange.hangup(ended.id)

    assert desk.exchange.snapshot() == {
        "operatorStatus": "ready",
        "statusSince": NOW,
        "operator": {"id": "7", "name": "Ada Lovelace"},
        "calls": [first.wire(), second.wire()],
    }


@pytest.mark.parametrize(
    ("state", "reason", "sip_code"),
    [
        ("dialing", "canceled", 487),
        ("ringing", "rejected", 603),
        ("talking", "completed", None),
        ("held", "completed", None),
    ],
)
async def test_operator_who_hangs_up_ends_the_call(
    desk: Desk, state: CallState, reason: str, sip_code: int | None
) -> None:
    call = await desk.call(state)
    ended = await desk.exchange.hangup(call.id)

    told = {"id": call.id, "endReason": reason, "endedAt": NOW, "sipCode": sip_code}
    assert desk.said == [Event("call_ended", told)]
    assert told.items() <= {**ended.wire(), "state": "ended"}.items()
    assert desk.exchange.snapshot()["calls"] == []


@pytest.mark.parametrize(
    ("state", "act", "reason", "sip_code"),
    [
        ("dialing", "busy", "busy", 486),
        ("dialing", "decline", "rejected", 603),
        ("ringing", "hangup", "canceled", 487),
        ("ringing", "elsewhere", "answered_elsewhere", 200),
        ("talking", "hangup", "completed", None),
        ("held", "hangup", "completed", None),
    ],
)
async def test_far_end_ends_the_call(
    desk: Desk, state: CallState, act: FarAct, reason: str, sip_code: int | None
) -> None:
    call = await desk.call(state)
    desk.exchange.far(call.id, act)

    told = {"id": call.id, "endReason": reason, "endedAt": NOW, "sipCode": sip_code}
    assert desk.said == [Event("call_ended", told)]


@pytest.mark.parametrize("state", ["talking", "held"])
async def test_far_end_holds_and_resumes(desk: Desk, state: CallState) -> None:
    call = await desk.call(state)
    desk.exchange.far(call.id, "hold")
    desk.exchange.far(call.id, "resume")

    assert desk.said == [
        Event("call_updated", {"id": call.id, "remoteHold": True}),
        Event("call_updated", {"id": call.id, "remoteHold": False}),
    ]


@pytest.mark.parametrize("number", NUMBER_ENDS)
async def test_number_with_a_will_of_its_own_ends_the_call(desk: Desk, number: str) -> None:
    call = await desk.exchange.dial(number)
    ended = await desk.until_said("call_ended")

    reason, sip_code = NUMBER_ENDS[number]
    assert ended.data == {"id": call.id, "endReason": reason, "endedAt": NOW, "sipCode": sip_code}


async def test_number_200_picks_up_by_itself(desk: Desk) -> None:
    call = await desk.exchange.dial("200")
    desk.forget()
    assert (await desk.until_said("call_updated")).data == {
        "id": call.id,
        "state": "talking",
        "answeredAt": NOW,
    }


async def test_any_number_picks_up_by_itself_if_the_settings_say_so(desk: Desk) -> None:
    desk.settings.answer_after = 0
    await desk.exchange.dial("100")
    desk.forget()
    assert (await desk.until_said("call_updated")).data["state"] == "talking"


@pytest.mark.parametrize("number", TRUNK_FAILS)
async def test_trunk_that_fails_refuses_the_call(desk: Desk, number: str) -> None:
    with pytest.raises(Refused) as refused:
        await desk.exchange.dial(number)
    assert refused.value.status == int(number)
    assert desk.said == []


async def test_transfer_over_a_trunk_that_fails_keeps_the_call(desk: Desk) -> None:
    call = await desk.call("talking")
    with pytest.raises(Refused, match="out of service"):
        await desk.exchange.transfer(call.id, "503")
    assert desk.exchange.snapshot()["calls"] == [call.wire()]


@pytest.mark.parametrize("state", ["dialing", "ringing"])
async def test_call_that_nobody_takes_ends_after_the_ring_timeout(desk: Desk, state: CallState) -> None:
    desk.settings.ring_timeout = 0
    call = await desk.call(state)
    told = {"id": call.id, "endReason": "no_answer", "endedAt": NOW, "sipCode": 480}
    assert (await desk.until_said("call_ended")).data == told


async def test_call_that_was_taken_outlives_the_ring_timeout(desk: Desk) -> None:
    desk.settings.ring_timeout = 0.01
    taken = await desk.call("talking")
    not_taken = await desk.call("ringing")  # began later, so its time is over later

    assert (await desk.until_said("call_ended")).data["id"] == not_taken.id
    assert [call["id"] for call in desk.exchange.snapshot()["calls"]] == [taken.id]


async def test_answering_a_call_first_holds_the_one_that_talks(desk: Desk) -> None:
    first, second = await desk.call("talking"), await desk.call("ringing")
    await desk.exchange.answer(second.id)
    assert desk.said == [
        Event("call_updated", {"id": first.id, "state": "held"}),
        Event("call_updated", {"id": second.id, "state": "talking", "answeredAt": NOW}),
    ]


async def test_resuming_a_call_first_holds_the_one_that_talks(desk: Desk) -> None:
    first, second = await desk.call("held"), await desk.call("talking")
    await desk.exchange.resume(first.id)
    assert desk.said == [
        Event("call_updated", {"id": second.id, "state": "held"}),
        Event("call_updated", {"id": first.id, "state": "talking"}),
    ]


async def test_far_end_that_picks_up_holds_the_call_that_talks(desk: Desk) -> None:
    dialled, talking = await desk.call("dialing"), await desk.call("talking")
    desk.exchange.far(dialled.id, "answer")
    assert [(event.data["id"], event.data["state"]) for event in desk.said] == [
        (talking.id, "held"),
        (dialled.id, "talking"),
    ]


@pytest.mark.parametrize("state", ["talking", "held"])
async def test_mute_is_said_once_and_again_does_no_harm(desk: Desk, state: CallState) -> None:
    call = await desk.call(state)
    assert (await desk.exchange.mute(call.id)).muted
    assert (await desk.exchange.mute(call.id)).muted
    assert not (await desk.exchange.unmute(call.id)).muted
    assert [event.data for event in desk.said] == [
        {"id": call.id, "muted": True},
        {"id": call.id, "muted": False},
    ]


async def test_far_end_hears_the_digits_in_order(desk: Desk) -> None:
    call = await desk.call("talking")
    await desk.exchange.dtmf(call.id, "12")
    await desk.exchange.dtmf(call.id, "#")
    await desk.exchange.hangup(call.id)
    assert desk.exchange.heard == {call.id: "12#"}


async def test_transfer_ends_the_call_for_the_operator(desk: Desk) -> None:
    call = await desk.call("held")
    ended = await desk.exchange.transfer(call.id, "200")
    assert (ended.state, ended.end_reason) == ("ended", "transferred")


async def test_operator_status_is_said_when_it_changes(desk: Desk) -> None:
    assert await desk.exchange.set_status("dnd") == "dnd"
    assert await desk.exchange.set_status("dnd") == "dnd"
    assert desk.said == [Event("operator_status", {"status": "dnd", "statusSince": NOW})]
    assert desk.exchange.snapshot()["operatorStatus"] == "dnd"


@pytest.mark.parametrize("action", ACTIONS)
async def test_unknown_call_is_not_found(desk: Desk, action: Action) -> None:
    with pytest.raises(Refused) as refused:
        await desk.operate(action, "nobody")
    assert refused.value.status == 404


@pytest.mark.parametrize("state", LIVE)
@pytest.mark.parametrize("action", ACTIONS)
async def test_operator_may_do_just_what_the_state_allows(desk: Desk, state: CallState, action: Action) -> None:
    call = await desk.call(state)
    if action in OPERATOR_MAY[state]:
        assert (await desk.operate(action, call.id)).id == call.id
        return
    with pytest.raises(Refused) as refused:
        await desk.operate(action, call.id)
    assert refused.value.status == 409
    assert desk.said == []


@pytest.mark.parametrize("state", LIVE)
@pytest.mark.parametrize("act", FAR_ACTS)
async def test_far_end_may_do_just_what_the_state_allows(desk: Desk, state: CallState, act: FarAct) -> None:
    call = await desk.call(state)
    if act in FAR_END_MAY[state]:
        assert desk.exchange.far(call.id, act).id == call.id
        return
    with pytest.raises(Refused) as refused:
        desk.exchange.far(call.id, act)
    assert refused.value.status == 409
    assert desk.said == []


async def test_calls_carry_their_actions_if_the_settings_say_so(desk: Desk) -> None:
    desk.settings.actions = True
    call = await desk.call("ringing")
    assert call.wire()["actions"] == ["answer", "hangup"]

    await desk.exchange.answer(call.id)
    talking = ["hangup", "hold", "mute", "unmute", "dtmf", "transfer"]
    assert desk.said[-1].data == {"id": call.id, "state": "talking", "answeredAt": NOW, "actions": talking}


async def test_reset_forgets_calls_and_timers_without_a_word(desk: Desk) -> None:
    desk.settings.ring_timeout = 0.01
    await desk.call("ringing")
    await desk.exchange.set_status("dnd")
    desk.forget()
    desk.exchange.reset()
    assert desk.exchange.snapshot() == Desk().exchange.snapshot()

    after = await desk.call("ringing")  # its timer ends after that of the forgotten call would have
    assert (await desk.until_said("call_ended")).data["id"] == after.id
    assert len(desk.said) == 1


STEPS = [
    *(("world", act, 0) for act in ("ring", "dial")),
    *(("operator", action, number) for action in ACTIONS for number in range(3)),
    *(("far end", act, number) for act in FAR_ACTS for number in range(3)),
]


@given(steps=st.lists(st.sampled_from(STEPS), max_size=40))
def test_whatever_is_done_calls_move_along_the_arrows_and_one_talks_at_the_most(
    steps: list[tuple[str, str, int]],
) -> None:
    async def play() -> None:
        desk, states = Desk(), dict[str, str]()
        for step in steps:
            with contextlib.suppress(Refused):
                await take(desk, *step)
            follow(states, desk.said)
            desk.forget()
            assert sum(state == "talking" for state in states.values()) <= 1
            live = {call["id"]: call["state"] for call in desk.exchange.snapshot()["calls"]}
            assert live == {call_id: state for call_id, state in states.items() if state != "ended"}

    asyncio.run(play())


async def take(desk: Desk, who: str, what: Any, number: int) -> None:
    """Take one step, with the call of that number if it is about a call and there are so many."""
    calls = desk.exchange.snapshot()["calls"]
    if what == "ring":
        desk.exchange.ring("1")
    elif what == "dial":
        await desk.exchange.dial("1")
    elif number < len(calls) and who == "operator":
        await desk.operate(what, calls[number]["id"])
    elif number < len(calls):
        desk.exchange.far(calls[number]["id"], what)


def follow(states: dict[str, str], said: list[Event]) -> None:
    """Keep each call's state as a listener would, and check every move."""
    for event in said:
        call_id = event.data["id"]
        state = "ended" if event.name == "call_ended" else event.data.get("state")
        if state is None:
            continue
        if call_id in states:
            assert (states[call_id], state) in ARROWS
        states[call_id] = state
