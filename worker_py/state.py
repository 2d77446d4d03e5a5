"""The one true state, and what every event makes of it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from .call import Call, CallState, Direction, EndReason
from .events import (
    CallDialed,
    CallEnded,
    CallNamed,
    CallSeen,
    CallTaken,
    ConnectionChanged,
    ConnectionStatus,
    Event,
    Operator,
    OperatorStatusChanged,
    Snapshot,
)

# The foreground, in this order; among calls of one state the order within it is `_precedence`.
FOREGROUND = (CallState.TALKING, CallState.DIALING, CallState.RINGING, CallState.HELD)

REMEMBERED_ENDINGS = 256  # ended ids that are kept from coming back; older ones are long gone at the backend too


@dataclass(frozen=True, slots=True)
class State:
    """The state all tabs show.

    status_since: when the operator took up this status, None until it is known; calls: those alive, oldest first;
    endings: the latest ends, for ids that come again.
    """

    connection: ConnectionStatus = ConnectionStatus.CONNECTING
    operator_status: str = "offline"
    status_since: int | None = None
    calls: tuple[Call, ...] = ()
    last_call: Call | None = None
    operator: Operator | None = None
    endings: tuple[CallEnded, ...] = ()

    @property
    def visible(self) -> tuple[Any, ...]:
        """What tabs show of it; the rest is memory."""
        return self.connection, self.operator_status, self.status_since, self.calls, self.last_call

    @property
    def active_call(self) -> Call | None:
        """The call in the foreground: talking, else dialing, else the oldest that rings, else the one held last."""
        return min(self.calls, key=_precedence, default=None)

    def rings(self, besides: frozenset[str]) -> bool:
        """True while somebody waits for the operator to answer; calls with an id of `besides` do not count."""
        return any(call.state is CallState.RINGING and call.id not in besides for call in self.calls)

    def begun(self, before: "State") -> list[Call]:
        """The calls that waited for an answer in `before`, and have it now."""
        known = [(before.call(call.placeholder or call.id), call) for call in self.calls]
        return [call for old, call in known if old and old.waits and not call.waits]

    def call(self, call_id: str) -> Call | None:
        """The live call of that id, or of that provisional id, or None."""
        return next((call for call in self.calls if call_id in (call.id, call.placeholder)), None)

    def ending(self, call_id: str) -> CallEnded | None:
        """How the call of that id ended, if it did."""
        return next((ending for ending in self.endings if ending.call_id == call_id), None)

    def with_call(self, before: Call | None, after: Call) -> "State":
        """Return the state with `after` in the place of `before`, or at the end."""
        if before is None or before.state is not after.state:
            after = replace(after, turn=1 + max((call.turn for call in self.calls), default=0))
        if after == before:
            return self
        if before is None:
            return replace(self, calls=(*self.calls, after))
        return replace(self, calls=tuple(after if call is before else call for call in self.calls))

    def without(self, call: Call, ending: CallEnded) -> "State":
        """Return the state in which `call` is over, under the id that the ending gives."""
        calls = tuple(other for other in self.calls if other is not call)
        over = replace(call.ended(ending.reason, ending.at, ending.sip_code), id=ending.call_id)
        return replace(self, calls=calls, last_call=over).remembering(ending)

    def remembering(self, ending: CallEnded) -> "State":
        """Return the state that keeps this id from coming back."""
        return replace(self, endings=(*self.endings, ending)[-REMEMBERED_ENDINGS:])


def _precedence(call: Call) -> tuple[int, int]:
    """Order of the foreground: by state; the latest first among those that talk or are held, else the oldest."""
    latest_first = call.state in (CallState.TALKING, CallState.HELD)
    return FOREGROUND.index(call.state), -call.turn if latest_first else 0


def reduce(state: State, event: Event) -> State:
    """Return the state after `event`; the same object if the event changes nothing."""
    match event:
        case ConnectionChanged(ConnectionStatus.UNAUTHORIZED as status) if status is not state.connection:
            return State(connection=status)  # whoever signs in next may be somebody else
        case ConnectionChanged(status) if status is not state.connection:
            return replace(state, connection=status)
        case OperatorStatusChanged(status, at) if status != state.operator_status or state.status_since is None:
            return replace(state, operator_status=status, status_since=at)
        case CallSeen():
            return _seen(state, event)
        case CallEnded():
            return _ended(state, event)
        case CallDialed(call_id, phone, at):
            dialed = Call(call_id, phone, Direction.OUTBOUND, CallState.DIALING, started_at=at, placeholder=call_id)
            return state.with_call(None, dialed)
        case CallNamed():
            return _named(state, event)
        case CallTaken(call_id):
            return _others_held(state, call_id)
        case Snapshot():
            return _replaced(state, event)
    return state


def _seen(state: State, event: CallSeen, dialing: frozenset[str] = frozenset()) -> State:
    if state.ending(event.call_id):
        return state
    call = state.call(event.call_id) or _awaited(state, event, dialing)
    return _changed(state, call, event) if call else _appeared(state, event)


def _awaited(state: State, event: CallSeen, dialing: frozenset[str]) -> Call | None:
    """The provisional call that a new outbound call is: the one with its number, else the oldest. Those of `dialing`
    come first: a snapshot leaves out others that are over, and if it did mean one of those, an event names the rest."""
    if event.changes.get("direction") is not Direction.OUTBOUND:
        return None
    provisional = sorted((call for call in state.calls if call.provisional), key=lambda call: call.id not in dialing)
    same_number = (call for call in provisional if call.phone == event.changes.get("phone"))
    return next(same_number, provisional[0] if provisional else None)


def _changed(state: State, call: Call, event: CallSeen) -> State:
    """A known call moves on; one that the operator dialed puts another on hold when it starts to talk."""
    if event.changes.get("state") is CallState.ENDED:
        return state.without(call, _ending(event))
    after = call.updated({**event.changes, "id": event.call_id}, event.at)
    if after is call:
        return state
    answered = call.state is CallState.DIALING and after.state is CallState.TALKING and call.placeholder is not None
    changed = state.with_call(call, after)
    return _others_held(changed, after.id) if answered else changed


def _appeared(state: State, event: CallSeen) -> State:
    """An unknown call is new if it says whom it is with."""
    changes = dict(event.changes)
    if "phone" not in changes or changes.get("state") is CallState.ENDED:
        return state
    outbound = changes.get("direction") is Direction.OUTBOUND
    changes.setdefault("state", CallState.DIALING if outbound else CallState.RINGING)
    changes.setdefault("started_at", event.at)
    if changes["state"] is CallState.TALKING:
        changes.setdefault("answered_at", event.at)
    return state.with_call(None, Call(event.call_id, **changes))


def _ending(event: CallSeen) -> CallEnded:
    said = event.changes
    return CallEnded(event.call_id, said.get("end_reason"), said.get("ended_at", event.at), said.get("sip_code"))


def _ended(state: State, event: CallEnded) -> State:
    """End a call; the end of an unknown one is kept, since the answer that names it may come later."""
    if call := state.call(event.call_id):
        return state.without(call, replace(event, call_id=call.id))
    return state if state.ending(event.call_id) else state.remembering(event)


def _named(state: State, event: CallNamed) -> State:
    """The answer names a dialed call. An event may have done so before, or have told of its end."""
    call = state.call(event.placeholder)
    seen = CallSeen(event.call_id, {"direction": Direction.OUTBOUND, **event.changes}, event.at)
    if call is None or not call.provisional:
        return _seen(state, seen)
    if ending := state.ending(event.call_id):
        return state.without(call, ending)
    if state.call(event.call_id):  # an event gave it the place of another dial; that one's answer brings it back
        return _seen(replace(state, calls=tuple(other for other in state.calls if other is not call)), seen)
    return _changed(state, call, seen)


def _others_held(state: State, call_id: str) -> State:
    for call in state.calls:
        if call.state is CallState.TALKING and call_id not in (call.id, call.placeholder):
            state = state.with_call(call, call.updated({"state": CallState.HELD}, None))
    return state


def _replaced(state: State, snapshot: Snapshot) -> State:
    """What the snapshot lists is; what it leaves out ended while nobody was listening."""
    if is_another(state.operator, snapshot.operator):
        state = State(connection=state.connection)
    for seen in snapshot.calls:
        state = _seen(state, seen, snapshot.dialing)
    listed = {seen.call_id for seen in snapshot.calls} | snapshot.dialing
    for call in _left_out(state.calls, listed):
        state = state.without(call, CallEnded(call.id, EndReason.CONNECTION_LOST))
    if snapshot.operator and snapshot.operator != state.operator:
        state = replace(state, operator=snapshot.operator)
    return reduce(state, snapshot.operator_status) if snapshot.operator_status else state


def is_another(before: Operator | None, after: Operator | None) -> bool:
    """True if the phone was one person's, and is another's now."""
    return before is not None and after is not None and before.id != after.id


def _left_out(calls: Iterable[Call], listed: set[str]) -> list[Call]:
    return [call for call in calls if call.id not in listed]
