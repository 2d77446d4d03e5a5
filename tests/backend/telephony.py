"""What a telephony must do to stand behind the API. Implement `Telephony`, and the rest works with it."""

import re
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any, Literal, Protocol

Direction = Literal["inbound", "outbound"]
CallState = Literal["dialing", "ringing", "talking", "held", "ended"]
EndReason = Literal[
    "completed", "busy", "no_answer", "canceled", "rejected", "invalid_number",
    "answered_elsewhere", "transferred", "failed", "connection_lost",
]  # fmt: skip
Action = Literal["answer", "hangup", "hold", "resume", "mute", "unmute", "dtmf", "transfer"]
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    """One call at one moment. All times are milliseconds since the epoch, by the telephony's clock."""

    id: str
    direction: Direction
    phone: str | None  # None: the caller withholds it
    state: CallState
    started_at: int
    display_name: str | None = None
    muted: bool = False
    remote_hold: bool = False
    answered_at: int | None = None
    ended_at: int | None = None
    end_reason: EndReason | None = None
    sip_code: int | None = None
    actions: tuple[Action, ...] | None = None
    """What the operator may do now; None leaves it to the phone, which derives it from the state."""

    def wire(self) -> Json:
        """Return the call as the wire names its fields: `started_at` is `startedAt`."""
        named = {camel(field.name): getattr(self, field.name) for field in fields(self)}
        actions = named.pop("actions")
        return named if actions is None else {**named, "actions": list(actions)}


@dataclass(frozen=True, slots=True)
class Event:
    """What happened: `call_incoming`, `call_updated`, `call_ended` or `operator_status`, with its data."""

    name: str
    data: Json


class Refused(Exception):
    """The request is not carried out. `status` is of HTTP, `title` and `detail` are for a person to read."""

    def __init__(self, status: int, title: str, detail: str) -> None:
        super().__init__(detail)
        self.status, self.title, self.detail = status, title, detail


class Telephony(Protocol):
    """A telephony for one operator.

    A command returns the call as it is now, or None if that is not known yet; news follow as events.
    It raises `Refused`: 404 for an unknown call, 409 for a call in another state, 422 for a number that
    nobody can have, and 502, 503 or 504 when the telephone side fails, is away or does not answer.
    """

    async def dial(self, phone: str) -> Call | None: ...
    async def answer(self, call_id: str) -> Call | None: ...
    async def hangup(self, call_id: str) -> Call | None: ...
    async def hold(self, call_id: str) -> Call | None: ...
    async def resume(self, call_id: str) -> Call | None: ...
    async def mute(self, call_id: str) -> Call | None: ...
    async def unmute(self, call_id: str) -> Call | None: ...
    async def dtmf(self, call_id: str, digits: str) -> Call | None: ...
    async def transfer(self, call_id: str, phone: str) -> Call | None: ...

    async def set_status(self, status: str) -> str:
        """Set the operator's status and return the one that holds now."""
        ...

    def snapshot(self) -> Json:
        """Return what a `snapshot` tells: `operatorStatus`, `statusSince`, `operator`, live `calls`, oldest first."""
        ...

    def subscribe(self, listener: Callable[[Event], None]) -> None:
        """Call `listener` with every event from now on, in the event loop, in order."""
        ...


def camel(name: str) -> str:
    """Return a Python name as JSON spells it: `display_name` is `displayName`."""
    return re.sub(r"_(\w)", lambda match: match[1].upper(), name)
