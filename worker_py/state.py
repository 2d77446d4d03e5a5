"""The one true state, and what every event makes of it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from .call import ANSWERED, Call, CallState, Direction, EndReason
from .events import (
    CallDialed,
    CallEnded,
    CallNamed,
    CallSeen,
    CallTaken,
    ConnectionChanged,
    ConnectionStatus,
    DigitsSent,
    Event,
    Operator,
    OperatorStatusChanged,
    Snapshot,
    Word,
)

# The foreground, in this order; among calls of one state the order within it is `_precedence`.
FOREGROUND = (CallState.TALKING, CallState.DIALING, CallState.RINGING, CallState.HELD)

MAX_CALLS = 256  # alive at once: each event looks at all of them, and each change is sent with all of them
REMEMBERED = 256  # ended ids, and ids that updates were early for; older ones are long gone at the backend too


class Known(StrEnum):
    """How the hub knows that a call is over."""

    ASSUMED = "assumed"  # a success that says no more, or a snapshot that left the call out
    TOLD = "told"  # the backend says so
    EARLIER = "earlier"  # it did, and the stream is another now


# The words that undo an end. One that was told is undone by `call_incoming` too when that comes later than LATE; and
# one of an earlier stream by an update that would make a call of its own.
UNDOES = {
    Known.ASSUMED: {Word.LISTED, Word.INCOMING, Word.UPDATED, Word.ANSWERED},
    Known.TOLD: {Word.LISTED},
    Known.EARLIER: {Word.LISTED, Word.INCOMING},
}
LATE = 1_000  # ms; events that come in the wrong order are closer


@dataclass(frozen=True, slots=True)
class Ending:
    """A call that is over: `event` says how, and `call` how it was before, None if it was never seen."""

    event: CallEnded
    call: Call | None
    known: Known

    def is_undone(self, seen: CallSeen) -> bool:
        """True if the call is not over after all, now that the backend speaks of it."""
        if seen.word is Word.INCOMING and self.known is Known.TOLD:
            return not 0 <= (seen.at or 0) - self.event.heard_at <= LATE
        is_new = seen.word is Word.UPDATED and self.known is Known.EARLIER and "phone" in seen.changes
        return is_new or seen.word in UNDOES[self.known]


@dataclass(frozen=True, slots=True)
class State:
    """The state all tabs show.

    status_since: when the operator took up this status, None until it is known; calls: those alive, oldest first;
    endings: the latest ends, for ids that come again; early: updates of calls that have not come yet; listed: a
    snapshot has come.
    """

    connection: ConnectionStatus = ConnectionStatus.CONNECTING
    operator_status: str = "offline"
    status_since: int | None = None
    calls: tuple[Call, ...] = ()
    last_call: Call | None = None
    operator: Operator | None = None
    endings: tuple[Ending, ...] = ()
    early: tuple[CallSeen, ...] = ()
    listed: bool = False

    @property
    def visible(self) -> tuple[Any, ...]:
        """What tabs show of it; the rest is memory."""
        return self.connection, self.operator_status, self.status_since, self.calls, self.last_call

    @property
    def active_call(self) -> Call | None:
        """The call in the foreground: talking, else dialing, else the oldest that rings, else the one held last."""
        return min(self.calls, key=_precedence, default=None)

    @property
    def ringing(self) -> list[str]:
        """The ids of the calls in which somebody waits for the operator to answer, oldest first."""
        return [call.id for call in self.calls if call.state is CallState.RINGING]

    def begun(self, before: "State") -> list[Call]:
        """The calls in which people began to talk since `before`: those that waited for an answer, and those that came
        with it, but for what a first snapshot lists."""
        is_first = is_another(before.operator, self.operator) or (self.listed and not before.listed)
        known = [(before.known(call), call) for call in self.calls if not call.waits]
        return [call for old, call in known if (old.waits if old else call.state is CallState.TALKING and not is_first)]

    def revived(self, before: "State") -> bool:
        """True if a call is there again that was over in `before`."""
        is_news = self.endings is not before.endings and not is_another(before.operator, self.operator)
        return is_news and any(before.ending(call.id) for call in self.calls)

    def known(self, call: Call) -> Call | None:
        """What this state knows of a call: how it is, or how it was before it was over."""
        ending = self.ending(call.id)
        return self.call(call.placeholder or call.id) or (ending.call if ending else None)

    def call(self, call_id: str) -> Call | None:
        """The live call of that id, or of that provisional id, or None."""
        return next((call for call in self.calls if call_id in (call.id, call.placeholder)), None)

    def ending(self, call_id: str) -> Ending | None:
        """How the call of that id ended, if it did."""
        return next((ending for ending in self.endings if ending.event.call_id == call_id), None)

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
        return replace(self, calls=calls, last_call=over).remembering(ending, replace(call, id=ending.call_id))

    def remembering(self, ending: CallEnded, call: Call | None) -> "State":
        """Return the state that knows how this call ended."""
        known = Known.TOLD if ending.told else Known.ASSUMED
        others = [other for other in self.endings if other.event.call_id != ending.call_id]
        return replace(self, endings=(*others, Ending(ending, call, known))[-REMEMBERED:])

    def reviving(self, call_id: str) -> "State":
        """Return the state in which no call of that id has ended."""
        endings = tuple(ending for ending in self.endings if ending.event.call_id != call_id)
        last = None if self.last_call and self.last_call.id == call_id else self.last_call
        return replace(self, endings=endings, last_call=last)

    def expecting(self, seen: CallSeen) -> "State":
        """Return the state that keeps an update for a call that is still to come."""
        before = self.told_early(seen.call_id)
        merged = replace(seen, changes={**before.changes, **seen.changes}) if before else seen
        return replace(self, early=(*(each for each in self.early if each is not before), merged)[-REMEMBERED:])

    def told_early(self, call_id: str) -> CallSeen | None:
        """What updates have said of a call that has not come yet."""
        return next((seen for seen in self.early if seen.call_id == call_id), None)


def _precedence(call: Call) -> tuple[int, int]:
    """Order of the foreground: by state; the latest first among those that talk or are held, else the oldest."""
    latest_first = call.state in (CallState.TALKING, CallState.HELD)
    return FOREGROUND.index(call.state), -call.turn if latest_first else 0


def reduce(state: State, event: Event) -> State:
    """Return the state after `event`; the same object if the event changes nothing."""
    match event:
        case ConnectionChanged(status) if status is not state.connection:
            return _with_connection(state, status)
        case OperatorStatusChanged(status, at) if _is_news(event, state):
            return replace(state, operator_status=status, status_since=at)
        case CallSeen():
            return _seen(state, event)
        case CallEnded():
            return _ended(state, event)
        case CallDialed(call_id, phone, at, after):
            call = Call(call_id, phone, Direction.OUTBOUND, CallState.DIALING, started_at=at)
            return state.with_call(None, replace(call, placeholder=call_id, dialed=phone, after=after))
        case DigitsSent():
            return _without_digits(state, event)
        case CallNamed():
            return _named(state, event)
        case CallTaken(call_id):
            return _others_held(state, call_id)
        case Snapshot():
            return _replaced(state, event)
    return state


def _with_connection(state: State, status: ConnectionStatus) -> State:
    if status is ConnectionStatus.UNAUTHORIZED:
        return State(connection=status)  # whoever signs in next may be somebody else
    endings = tuple(map(_of_earlier, state.endings)) if status is ConnectionStatus.CONNECTED else state.endings
    return replace(state, connection=status, endings=endings)


def _without_digits(state: State, event: DigitsSent) -> State:
    call = state.call(event.call_id)
    return state.with_call(call, call.without_digits(event.digits)) if call else state


def _is_news(event: OperatorStatusChanged, state: State) -> bool:
    """True if the status is another; or the same, and the backend says since when."""
    another = event.status != state.operator_status or state.status_since is None
    return another or (event.said and event.at != state.status_since)


def _seen(state: State, event: CallSeen, dialing: frozenset[str] = frozenset()) -> State:
    if call := state.call(event.call_id):
        return _changed(state, call, event)
    if event.changes.get("state") is CallState.ENDED:
        return _ended(state, _ending(event))
    if ending := state.ending(event.call_id):
        return _revived(state, ending, event) if ending.is_undone(event) else state
    call = _awaited(state, event, dialing)
    return _with_early(_changed(state, call, event), event.call_id) if call else _appeared(state, event)


def _revived(state: State, ending: Ending, event: CallSeen) -> State:
    """A call that counted as over is not. It goes on as it was, but for one that comes in anew, or with another."""
    call, state = ending.call, state.reviving(event.call_id)
    goes_on = ending.known is Known.ASSUMED and event.word is not Word.INCOMING
    if call is None or not goes_on or event.changes.get("phone", call.phone) != call.phone:
        return _appeared(state, event)
    return state.with_call(None, call.renewed(event.changes, event.at))


def _with_early(state: State, call_id: str) -> State:
    """The call has come for which an update was early."""
    if (seen := state.told_early(call_id)) is None:
        return state
    return _seen(replace(state, early=tuple(each for each in state.early if each is not seen)), seen)


def _of_earlier(ending: Ending) -> Ending:
    return replace(ending, known=Known.EARLIER) if ending.known is Known.TOLD else ending


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
    changes = {**event.changes, "id": event.call_id}
    # A snapshot is the whole truth, also where it leads back.
    after = call.renewed(changes, event.at) if event.word is Word.LISTED else call.updated(changes, event.at)
    if after is call:
        return state
    answered = call.state is CallState.DIALING and after.state is CallState.TALKING and call.placeholder is not None
    changed = state.with_call(call, after)
    return _others_held(changed, after.id) if answered else changed


def _appeared(state: State, event: CallSeen) -> State:
    """An unknown call is new if it comes in or is listed, or if an update says whom it is with. Another update came
    before its call."""
    if event.word not in (Word.INCOMING, Word.LISTED) and "phone" not in event.changes:
        return state.expecting(event)
    changes = {"phone": "", **event.changes}
    outbound = changes.get("direction") is Direction.OUTBOUND
    changes.setdefault("state", CallState.DIALING if outbound else CallState.RINGING)
    if event.word is not Word.LISTED:  # it may have begun long ago
        changes.setdefault("started_at", event.at)
    if changes["state"] in ANSWERED:
        changes.setdefault("answered_at", event.at)
    return _with_early(state.with_call(None, Call(event.call_id, **changes)), event.call_id)


def _ending(event: CallSeen) -> CallEnded:
    said, told = event.changes, event.word is not Word.ASSUMED
    at = said.get("ended_at", event.at)
    return CallEnded(event.call_id, said.get("end_reason"), at, said.get("sip_code"), told=told, heard_at=event.at or 0)


def _ended(state: State, event: CallEnded) -> State:
    """End a call; the end of an unknown one is kept, since the answer that names it may come later. An end that was
    only assumed is told now."""
    if call := state.call(event.call_id):
        return state.without(call, replace(event, call_id=call.id))
    ending, last = state.ending(event.call_id), state.last_call
    if ending and ending.known is not Known.ASSUMED:
        return state
    if last and last.id == event.call_id:
        state = replace(state, last_call=last.ended(event.reason or last.end_reason, event.at, event.sip_code))
    return state.remembering(event, ending.call if ending else None)


def _named(state: State, event: CallNamed) -> State:
    """The answer names a dialed call. An event may have done so before, or have told of its end."""
    call = state.call(event.placeholder)
    seen = CallSeen(event.call_id, {"direction": Direction.OUTBOUND, **event.changes}, event.at)
    if call is None or not call.provisional:
        return _seen(state, seen)
    if ending := state.ending(event.call_id):
        return state.without(call, ending.event)
    if state.call(event.call_id):  # an event gave it the place of another dial; that one's answer brings it back
        return _seen(replace(state, calls=tuple(other for other in state.calls if other is not call)), seen)
    return _with_early(_changed(state, call, seen), event.call_id)


def _others_held(state: State, call_id: str) -> State:
    for call in state.calls:
        if call.state is CallState.TALKING and call_id not in (call.id, call.placeholder):
            state = state.with_call(call, call.updated({"state": CallState.HELD}, None))
    return state


def _replaced(state: State, snapshot: Snapshot) -> State:
    """What the snapshot lists is; what it leaves out ended while nobody was listening."""
    if is_another(state.operator, snapshot.operator):
        state = State(connection=state.connection)
    state = replace(state, early=(), listed=True)
    for seen in snapshot.calls:
        state = _seen(state, seen, snapshot.dialing)
    listed = {seen.call_id for seen in snapshot.calls} | snapshot.dialing | snapshot.unread
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
