"""What can happen to the phone. Events are plain values, whether they come of the stream, an answer or a command."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from .call import EndReason


class ConnectionStatus(StrEnum):
    """How the hub stands with the backend's event stream."""

    CONNECTING = "connecting"
    CONNECTED = "connected"
    RECONNECTING = "reconnecting"
    UNAUTHORIZED = "unauthorized"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Operator:
    """Whose phone this is, as the backend says."""

    id: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class ConnectionChanged:
    """The stream opened, broke, or was refused."""

    status: ConnectionStatus


@dataclass(frozen=True, slots=True)
class OperatorStatusChanged:
    """The operator is ready, away, ... since `at`. `said`: the backend says since when."""

    status: str
    at: int
    said: bool = False


class Word(StrEnum):
    """Who speaks of a call, and how: it decides what the word may undo."""

    LISTED = "listed"  # a snapshot lists it
    INCOMING = "incoming"  # call_incoming
    UPDATED = "updated"  # call_updated
    ANSWERED = "answered"  # the answer to a POST
    ASSUMED = "assumed"  # nobody: what a command means when the backend says no more than that it was carried out


@dataclass(frozen=True, slots=True)
class CallSeen:
    """The backend told of a call: `changes` are the fields it gave. `at`: when, for times that it left out."""

    call_id: str
    changes: Mapping[str, Any]
    at: int | None = None
    word: Word = Word.UPDATED


@dataclass(frozen=True, slots=True)
class CallEnded:
    """A call is over. `told`: the backend says so, else the hub assumes it; `heard_at`: when, by the hub's clock."""

    call_id: str
    reason: EndReason | None = None
    at: int | None = None
    sip_code: int | None = None
    told: bool = False
    heard_at: int = 0


@dataclass(frozen=True, slots=True)
class CallDialed:
    """The operator dials: a call under a provisional id. `after`: digits to send once the call talks."""

    call_id: str
    phone: str
    at: int
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DigitsSent:
    """The other side of the call has heard these digits."""

    call_id: str
    digits: str


@dataclass(frozen=True, slots=True)
class CallNamed:
    """The answer to a dial: the call under `placeholder` is the backend's `call_id`."""

    placeholder: str
    call_id: str
    changes: Mapping[str, Any]
    at: int | None = None


@dataclass(frozen=True, slots=True)
class CallTaken:
    """The operator took up this call by a command: another that talks goes on hold."""

    call_id: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that is, at the start of a stream. Calls that it leaves out are over, but for `dialing`: provisional ids
    whose request is still under way, of which the backend could not know yet; and for `unread`: ids of calls that it
    lists in a way that cannot be read. `trouble`: what is wrong with the list. `sent_at`: by the backend's clock."""

    calls: tuple[CallSeen, ...]
    operator_status: OperatorStatusChanged | None = None
    operator: Operator | None = None
    dialing: frozenset[str] = frozenset()
    unread: frozenset[str] = frozenset()
    trouble: str | None = None
    sent_at: int | None = None


OfCall = CallSeen | CallEnded | CallDialed | CallNamed | CallTaken | DigitsSent
Event = ConnectionChanged | OperatorStatusChanged | OfCall | Snapshot
