"""What the outcome of a POST means for the state: what its answer says, else what the command itself means."""

from collections.abc import Mapping
from typing import Any

from .call import Call, CallState, EndReason
from .commands import OPERATOR, Request
from .events import CallEnded, CallNamed, CallSeen, CallTaken, DigitsSent, Event, OperatorStatusChanged, Word
from .protocol import CALL_COMMANDS, CMD_DIAL, Failure
from .sip_api import Answer

# Why the operator's own hanging up ends a call: from the state it was in.
HANGUP_REASON = {
    CallState.DIALING: EndReason.CANCELED,
    CallState.RINGING: EndReason.REJECTED,
    CallState.TALKING: EndReason.COMPLETED,
    CallState.HELD: EndReason.COMPLETED,
}


def of_success(request: Request, answer: Answer, call: Call | None, now: int) -> list[Event]:
    """Return what happened, given that the backend did what was asked. `call` is the request's, None if it is over."""
    events = _status_events(request, answer, now)
    if request.command.type == CMD_DIAL:
        return events + _dial_events(request, answer, call, now)
    if request.command.type in CALL_COMMANDS and call is not None:
        return events + _call_events(request, answer, call, now)
    return events


def of_failure(request: Request, failure: Failure, call: Call | None, now: int) -> list[Event]:
    """Return what happened, given that the backend refused or was silent: a call is over that could not be dialled, or
    that the backend does not know."""
    if call is None:
        return []
    if request.command.type != CMD_DIAL:
        is_over = knows_no_call(request, failure) and "state" not in request.overruled
        return [CallEnded(call.id, EndReason.CONNECTION_LOST, now)] if is_over else []
    if not call.provisional:
        return []
    reason = EndReason.INVALID_NUMBER if failure.code == "api_422" else EndReason.FAILED
    return [CallEnded(call.id, reason, now)]


def knows_no_call(request: Request, failure: Failure) -> bool:
    """Tell whether the backend does not know the call that it was to do something with."""
    return request.command.type in CALL_COMMANDS and failure.code in ("api_404", "api_410")


def is_unsure(request: Request, call: Call | None) -> bool:
    """True if we cannot know whether a dialled call still exists: a snapshot came while the POST was under way and did
    not list it. It was made before the call began, or after it ended in a gap of the stream. An answer that names the
    call may be older than the snapshot."""
    dialed = request.command.type == CMD_DIAL and call is not None and call.provisional
    return dialed and request.overtaken


def claims(request: Request) -> set[str]:
    """Return the fields that a success of this command speaks of."""
    row = CALL_COMMANDS.get(request.command.type)
    return set(row.becomes) if row else {OPERATOR}


def _status_events(request: Request, answer: Answer, now: int) -> list[Event]:
    if OPERATOR in request.overruled:
        return []
    status = request.command.status
    meant = OperatorStatusChanged(status, now) if status else None
    changed = answer.operator_status or meant
    return [changed] if changed else []


def _dial_events(request: Request, answer: Answer, call: Call | None, now: int) -> list[Event]:
    if answer.call is None:
        return []
    named = answer.call.call_id
    ours = call is not None and call.id == named
    changes = _standing(request, answer.call.changes) if ours else answer.call.changes
    return [CallNamed(request.subject, named, changes, now)]


def _call_events(request: Request, answer: Answer, call: Call, now: int) -> list[Event]:
    if answer.call is not None and answer.call.call_id != call.id:
        return [answer.call]
    said, word = (answer.call.changes, Word.ANSWERED) if answer.call else (_meaning(request, call), Word.ASSUMED)
    changes = _standing(request, said)
    events: list[Event] = [CallSeen(call.id, changes, now, word)]
    if changes.get("state") is CallState.TALKING and CALL_COMMANDS[request.command.type].becomes.get("state"):
        events.append(CallTaken(call.id))
    if request.command.digits:
        events.append(DigitsSent(call.id, request.command.digits))
    return events


def _meaning(request: Request, call: Call) -> Mapping[str, Any]:
    """What the command does to the call; hanging up ends it for a reason that depends on where it was."""
    becomes = CALL_COMMANDS[request.command.type].becomes
    return {"end_reason": HANGUP_REASON[call.state], **becomes} if becomes.get("state") is CallState.ENDED else becomes


def _standing(request: Request, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return those of `changes` that the stream has not overruled since the request went out."""
    return {name: value for name, value in changes.items() if name not in request.overruled}
