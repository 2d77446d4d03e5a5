"""A telephone exchange that exists only in memory: one operator, any number of calls, and far ends that act.

The far end of a call does what `far()` is told (a panel, a test), or what its number says. Dial

    200             and it picks up by itself
    404             and there is no such number (`invalid_number`)
    480             and nobody answers (`no_answer`)
    486             and it is busy (`busy`)
    603             and it declines (`rejected`)
    502, 503, 504   and the dialling itself fails with that HTTP status
    anything else   and it rings until somebody picks up, or the time is over
"""

import asyncio
import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Literal

from .settings import Settings
from .telephony import Action, Call, CallState, EndReason, Event, Json, Refused

FarAct = Literal["answer", "busy", "decline", "elsewhere", "hangup", "hold", "resume"]

# What the operator may do with a call, by its state. The order is the one in which a phone may show them.
OPERATOR_MAY: dict[CallState, tuple[Action, ...]] = {
    "dialing": ("hangup",),
    "ringing": ("answer", "hangup"),
    "talking": ("hangup", "hold", "mute", "unmute", "dtmf", "transfer"),
    "held": ("hangup", "resume", "mute", "unmute", "transfer"),
    "ended": (),
}
FAR_END_MAY: dict[CallState, tuple[FarAct, ...]] = {
    "dialing": ("answer", "busy", "decline"),
    "ringing": ("hangup", "elsewhere"),
    "talking": ("hangup", "hold", "resume"),
    "held": ("hangup", "hold", "resume"),
    "ended": (),
}

# How a call ends, and with which SIP status, when ...
Ending = tuple[EndReason, int | None]
NOBODY_ANSWERS: Ending = ("no_answer", 480)
OPERATOR_HANGS_UP: dict[CallState, Ending] = {
    "dialing": ("canceled", 487),
    "ringing": ("rejected", 603),
    "talking": ("completed", None),
    "held": ("completed", None),
}
FAR_END_ENDS: dict[tuple[CallState, FarAct], Ending] = {
    ("dialing", "busy"): ("busy", 486),
    ("dialing", "decline"): ("rejected", 603),
    ("ringing", "hangup"): ("canceled", 487),
    ("ringing", "elsewhere"): ("answered_elsewhere", 200),
    ("talking", "hangup"): ("completed", None),
    ("held", "hangup"): ("completed", None),
}
NUMBER_ENDS: dict[str, Ending] = {
    "404": ("invalid_number", 404),
    "480": NOBODY_ANSWERS,
    "486": ("busy", 486),
    "603": ("rejected", 603),
}
PICKS_UP = "200"
TRUNK_FAILS = {
    "502": "The trunk answered with nonsense.",
    "503": "The trunk is out of service.",
    "504": "The trunk did not answer in time.",
}


class Exchange:
    """A `Telephony` for one operator. Lives in one event loop; `now` returns seconds since the epoch."""

    def __init__(self, settings: Settings, now: Callable[[], float] = time.time) -> None:
        self._settings = settings
        self._now = now
        self._calls: dict[str, Call] = {}
        self._timers: dict[str, list[asyncio.TimerHandle]] = {}
        self._listeners: list[Callable[[Event], None]] = []
        self._take_up("ready")
        self.heard: dict[str, str] = {}
        """The DTMF digits that each far end has heard, by call id; kept when the call has ended."""

    # What the operator does

    async def dial(self, phone: str) -> Call:
        self._check_trunk(phone)
        call = self._begin(Call(str(uuid.uuid4()), "outbound", phone, "dialing", self._milliseconds()))
        self._emit("call_updated", call.wire())
        self._let_far_end_act(call)
        return call

    async def answer(self, call_id: str) -> Call:
        return self._talk(self._call_that_allows("answer", call_id))

    async def hangup(self, call_id: str) -> Call:
        call = self._call_that_allows("hangup", call_id)
        return self._end(call.id, *OPERATOR_HANGS_UP[call.state])

    async def hold(self, call_id: str) -> Call:
        return self._change(self._call_that_allows("hold", call_id), state="held")

    async def resume(self, call_id: str) -> Call:
        return self._talk(self._call_that_allows("resume", call_id))

    async def mute(self, call_id: str) -> Call:
        return self._change(self._call_that_allows("mute", call_id), muted=True)

    async def unmute(self, call_id: str) -> Call:
        return self._change(self._call_that_allows("unmute", call_id), muted=False)

    async def dtmf(self, call_id: str, digits: str) -> Call:
        call = self._call_that_allows("dtmf", call_id)
        self.heard[call.id] = self.heard.get(call.id, "") + digits
        return call

    async def transfer(self, call_id: str, phone: str) -> Call:
        call = self._call_that_allows("transfer", call_id)
        self._check_trunk(phone)
        return self._end(call.id, "transferred", None)

    async def set_status(self, status: str) -> str:
        if status != self.operator_status:
            self._take_up(status)
            self._emit("operator_status", {"status": status, "statusSince": self.status_since})
        return status

    # What the API asks

    def snapshot(self) -> Json:
        return {
            "operatorStatus": self.operator_status,
            "statusSince": self.status_since,
            "operator": dict(self._settings.operator),
            "calls": [call.wire() for call in self._calls.values()],
        }

    def subscribe(self, listener: Callable[[Event], None]) -> None:
        self._listeners.append(listener)

    # What the world outside does

    def ring(self, phone: str | None, display_name: str | None = None) -> Call:
        """Let `phone` call the operator; None withholds the number."""
        call = Call(str(uuid.uuid4()), "inbound", phone, "ringing", self._milliseconds(), display_name)
        call = self._begin(call)
        self._emit("call_incoming", call.wire())
        return call

    def far(self, call_id: str, act: FarAct) -> Call:
        """Let the far end of a call act. Raises `Refused` 404 or 409, as the operator's commands do."""
        call = self._call(call_id)
        if act not in FAR_END_MAY[call.state]:
            raise Refused(409, "Not now", f"The far end of a call that is {call.state} cannot do {act!r}.")
        if ending := FAR_END_ENDS.get((call.state, act)):
            return self._end(call.id, *ending)
        if act == "answer":
            return self._talk(call)
        return self._change(call, remote_hold=act == "hold")

    def reset(self) -> None:
        """Forget all calls without a word, and start anew."""
        for call_id in list(self._calls):
            self._stop_timers(call_id)
        self._calls.clear()
        self.heard.clear()
        self._take_up("ready")

    # How it works

    def _take_up(self, status: str) -> None:
        self.operator_status = status
        self.status_since = self._milliseconds()

    def _call(self, call_id: str) -> Call:
        try:
            return self._calls[call_id]
        except KeyError:
            raise Refused(404, "No such call", f"There is no call {call_id}. It may have ended.") from None

    def _call_that_allows(self, action: Action, call_id: str) -> Call:
        call = self._call(call_id)
        if action not in OPERATOR_MAY[call.state]:
            raise Refused(409, "Not now", f"A call that is {call.state} does not allow {action!r}.")
        return call

    @staticmethod
    def _check_trunk(phone: str) -> None:
        if failure := TRUNK_FAILS.get(phone):
            raise Refused(int(phone), "The telephone side failed", failure)

    def _let_far_end_act(self, call: Call) -> None:
        if call.phone in NUMBER_ENDS:
            self._later(call, self._settings.respond_after, self._end, call.id, *NUMBER_ENDS[call.phone])
        elif call.phone == PICKS_UP:
            self._later(call, self._settings.respond_after, self._talk, call)
        else:
            self._later(call, self._settings.answer_after, self._talk, call)

    def _begin(self, call: Call) -> Call:
        call = self._with_actions(call)
        self._calls[call.id] = call
        self._later(call, self._settings.ring_timeout, self._end, call.id, *NOBODY_ANSWERS)
        return call

    def _talk(self, call: Call) -> Call:
        """Connect the operator with `call`. One mouth, one call: another that talks is held first."""
        for other in list(self._calls.values()):
            if other.state == "talking":
                self._change(other, state="held")
        return self._change(call, state="talking", answered_at=call.answered_at or self._milliseconds())

    def _change(self, call: Call, **changes: Any) -> Call:
        """Change a live call, and say what is different now; say nothing if nothing is."""
        changed = self._with_actions(replace(call, **changes))
        self._calls[call.id] = changed
        if changed.state != call.state:
            self._stop_timers(call.id)
        before = call.wire()
        news = {key: value for key, value in changed.wire().items() if before.get(key) != value}
        if news:
            self._emit("call_updated", {"id": call.id, **news})
        return changed

    def _end(self, call_id: str, reason: EndReason, sip_code: int | None) -> Call:
        self._stop_timers(call_id)
        call = replace(
            self._calls.pop(call_id),
            state="ended",
            ended_at=self._milliseconds(),
            end_reason=reason,
            sip_code=sip_code,
        )
        told = {"id": call.id, "endReason": reason, "endedAt": call.ended_at, "sipCode": sip_code}
        self._emit("call_ended", told)
        return self._with_actions(call)

    def _with_actions(self, call: Call) -> Call:
        return replace(call, actions=OPERATOR_MAY[call.state] if self._settings.actions else None)

    def _later(self, call: Call, seconds: float | None, act: Callable[..., Any], *arguments: Any) -> None:
        """Plan something that is off as soon as the call is in another state."""
        if seconds is not None:
            timer = asyncio.get_running_loop().call_later(seconds, act, *arguments)
            self._timers.setdefault(call.id, []).append(timer)

    def _stop_timers(self, call_id: str) -> None:
        for timer in self._timers.pop(call_id, []):
            timer.cancel()

    def _emit(self, name: str, data: Json) -> None:
        for listener in self._listeners:
            listener(Event(name, data))

    def _milliseconds(self) -> int:
        return int((self._now() + self._settings.clock) * 1000)
