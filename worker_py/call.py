"""What a call can be and what may become of it. Everything that decides the state of a call stands in this file."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any

# Limits that both wires share.
MAX_ID = 256  # characters of the id of a call
MAX_STATUS = 32  # characters of the operator's status


class Direction(StrEnum):
    """Who called: the far end (inbound) or the operator (outbound)."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


class CallState(StrEnum):
    """Where a call is in its life."""

    DIALING = "dialing"
    RINGING = "ringing"
    TALKING = "talking"
    HELD = "held"
    ENDED = "ended"


class EndReason(StrEnum):
    """Why a call ended."""

    COMPLETED = "completed"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    CANCELED = "canceled"
    REJECTED = "rejected"
    INVALID_NUMBER = "invalid_number"
    ANSWERED_ELSEWHERE = "answered_elsewhere"  # RFC 3326
    TRANSFERRED = "transferred"
    FAILED = "failed"
    CONNECTION_LOST = "connection_lost"
    UNKNOWN = "unknown"  # a word of the backend that we have none for


class Action(StrEnum):
    """What an operator may do with a call."""

    ANSWER = "answer"
    HANGUP = "hangup"
    HOLD = "hold"
    RESUME = "resume"
    MUTE = "mute"
    UNMUTE = "unmute"
    DTMF = "dtmf"
    TRANSFER = "transfer"


# A call only moves along these arrows. HELD follows DIALING and RINGING too: a gap may hide the talk between.
NEXT = {
    # from              to
    CallState.DIALING: {CallState.TALKING, CallState.HELD, CallState.ENDED},
    CallState.RINGING: {CallState.TALKING, CallState.HELD, CallState.ENDED},
    CallState.TALKING: {CallState.HELD, CallState.ENDED},
    CallState.HELD: {CallState.TALKING, CallState.ENDED},
    CallState.ENDED: set[CallState](),  # see UNDOES in state.py for calls that are not over after all
}

# What an operator may do where the backend does not say; `mute` stands for whichever of mute and unmute applies.
ACTIONS = {
    CallState.DIALING: (Action.HANGUP,),
    CallState.RINGING: (Action.ANSWER, Action.HANGUP),
    CallState.TALKING: (Action.HANGUP, Action.HOLD, Action.MUTE, Action.DTMF, Action.TRANSFER),
    CallState.HELD: (Action.HANGUP, Action.RESUME, Action.TRANSFER),
    CallState.ENDED: (),
}

# Why a call ended when nobody says: from the state it was in.
UNSAID_REASON = {
    CallState.DIALING: EndReason.FAILED,
    CallState.RINGING: EndReason.CANCELED,
    CallState.TALKING: EndReason.COMPLETED,
    CallState.HELD: EndReason.COMPLETED,
}


ANSWERED = (CallState.TALKING, CallState.HELD)


@dataclass(frozen=True, slots=True)
class Call:
    """One call. Times are milliseconds since the epoch by our clock, of the backend where it gives them, or None.

    phone: empty where it is withheld.
    offered: the actions the backend allows; None: they follow from the state.
    placeholder: the provisional id under which this hub dialed the call; None: it came from outside.
    dialed: the number that this hub dialed; the backend may write it in another way.
    after: digits that the operator typed after the number and has not sent yet.
    turn: orders the changes of state of all calls.
    """

    id: str
    phone: str
    direction: Direction = Direction.INBOUND
    state: CallState = CallState.RINGING
    display_name: str | None = None
    muted: bool = False
    remote_hold: bool = False
    started_at: int | None = None
    answered_at: int | None = None
    ended_at: int | None = None
    end_reason: EndReason | None = None
    sip_code: int | None = None
    offered: tuple[Action, ...] | None = None
    placeholder: str | None = None
    dialed: str | None = None
    after: tuple[str, ...] = ()
    turn: int = 0

    @property
    def provisional(self) -> bool:
        """True until the backend names a call that was dialed here."""
        return self.id == self.placeholder

    @property
    def waits(self) -> bool:
        """True until somebody answers."""
        return self.state in (CallState.DIALING, CallState.RINGING)

    @property
    def actions(self) -> tuple[Action, ...]:
        """What the operator may do with this call now."""
        if self.offered is not None:
            return self.offered if self.state is not CallState.ENDED else ()
        usual = ACTIONS[self.state]
        return tuple(Action.UNMUTE if action is Action.MUTE and self.muted else action for action in usual)

    def may_become(self, state: CallState) -> bool:
        """True if the arrows lead there, or the call is there already."""
        return state is self.state or state in NEXT[self.state]

    def updated(self, changes: Mapping[str, Any], at: int | None) -> "Call":
        """Return the call with `changes` (field name -> value); the same object if they would move it backwards."""
        target = changes.get("state", self.state)
        if not self.may_become(target):
            return self
        moved: dict[str, Any] = {} if target is self.state else {"offered": None}
        if target in ANSWERED and self.answered_at is None:
            moved["answered_at"] = at
        if changes.get("phone", self.phone) != self.phone:
            moved["display_name"] = None  # it was the other number's
        return replace(self, **moved | dict(changes))

    def renewed(self, changes: Mapping[str, Any], at: int | None) -> "Call":
        """Return the call with `changes`, wherever they lead: if no arrow does, it is a new call with the same one."""
        if self.may_become(changes.get("state", self.state)):
            return self.updated(changes, at)
        new = Call(self.id, self.phone, self.direction, changes["state"], self.display_name, started_at=at)
        return new.updated(changes, at)

    def differences(self, other: "Call") -> set[str]:
        """The names of the fields in which `other` is not the same."""
        return {field.name for field in fields(self) if getattr(self, field.name) != getattr(other, field.name)}

    def without_digits(self, sent: str) -> "Call":
        """Return the call after these digits were sent; the same object if they are not those that come next."""
        return replace(self, after=self.after[1:]) if self.after[:1] == (sent,) else self

    def ended(self, reason: EndReason | None, at: int | None, sip_code: int | None) -> "Call":
        """Return the call as it looks when it is over."""
        return replace(
            self,
            state=CallState.ENDED,
            end_reason=reason or UNSAID_REASON[self.state],
            ended_at=at,
            sip_code=sip_code if sip_code is not None else self.sip_code,
            remote_hold=False,
            after=(),
        )
