"""The backend's clock beside ours: how far they are apart, and what its times are by our clock.

The backend's clock cannot be read. But a time in an event is never later than the event, and that of something that has
just happened is hardly earlier. So the least lag among such times is how far the clocks are apart.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar

from .call import CallState
from .events import CallEnded, CallSeen, Event, OperatorStatusChanged, Snapshot, Word
from .state import State

TIMES = ("started_at", "answered_at", "ended_at")  # of a call
TOLERATED = 2_000  # ms; clocks that are closer are as good as the same, and a line may be slow
LONGEST = 10 * 365 * 86_400_000  # ms; what is further from now is in other units than milliseconds, or nonsense
STALE = 30_000  # ms; no backend takes longer to tell what has just happened
SAMPLES = 8  # the latest that count; a clock may be set

Told = TypeVar("Told", bound=Event)


class Clock:
    """Measures how far the backend's clock is behind ours, and corrects what it says."""

    def __init__(self) -> None:
        self._lags: list[int] = []

    def correct(self, event: Told, state: State, now: int) -> tuple[Told, bool]:
        """Return the event with all its times by our clock, and whether one of them was refused since it cannot be in
        milliseconds. An end of which nobody says when is now. `state`: before the event."""
        read, refused = _without_nonsense(event, now)
        fresh = _fresh(read, state)
        self._measure(read, fresh, now)
        offset = min(self._lags, default=0)
        if abs(offset) <= TOLERATED:
            offset = 0
        # A call that comes in may have waited elsewhere before; what else is fresh was never long ago.
        longest = LONGEST if isinstance(read, CallSeen) and read.word is Word.INCOMING else STALE

        def by_our_clock(time: int) -> int:
            ours = time + offset
            is_off = ours > now + TOLERATED or (time in fresh and ours < now - longest)
            return now if is_off else ours

        corrected = _mapped(read, by_our_clock)
        is_timeless = isinstance(corrected, CallEnded) and corrected.at is None
        return replace(corrected, at=now) if is_timeless else corrected, refused

    def _measure(self, event: Event, fresh: list[int], now: int) -> None:
        if isinstance(event, Snapshot) and event.sent_at is not None:
            self._lags = [now - event.sent_at]
            return
        said = _said(event)
        if fresh or (said and max(said) > now + TOLERATED):
            self._lags = [*self._lags, now - max(fresh or said)][-SAMPLES:]


def _fresh(event: Event, state: State) -> list[int]:
    """Return the times of what has just happened."""
    match event:
        case CallEnded(at=int(at)):
            return [at]
        case OperatorStatusChanged(said=True) if event.status != state.operator_status:
            return [event.at]
        case CallSeen(word=Word.INCOMING) if not state.call(event.call_id):
            return _said(event)
        case CallSeen(changes={"state": CallState.TALKING, "answered_at": int(at)}):
            call = state.call(event.call_id)
            return [at] if call and call.waits else []
    return []


def _said(event: Event) -> list[int]:
    """Return all times in an event."""
    times: list[int] = []

    def note(time: int) -> int:
        times.append(time)
        return time

    _mapped(event, note)
    return times


def _without_nonsense(event: Told, now: int) -> tuple[Told, bool]:
    refused = {time for time in _said(event) if time < 0 or abs(now - time) > LONGEST}
    return _mapped(event, lambda time: None if time in refused else time, now) if refused else event, bool(refused)


def _mapped(event: Any, new: Any, unsaid: int = 0) -> Any:
    """Return the event with `new(time)` for each of its times; one of None counts as unsaid, which is `unsaid` for a
    status, since that has a time always."""
    match event:
        case CallSeen():
            return replace(event, changes=_mapped_fields(event.changes, new))
        case CallEnded(at=int(at)):
            return replace(event, at=new(at))
        case OperatorStatusChanged(said=True):
            at = new(event.at)
            return replace(event, at=unsaid if at is None else at, said=at is not None)
        case Snapshot():
            calls, status = tuple(_mapped(call, new) for call in event.calls), event.operator_status
            sent_at = None if event.sent_at is None else new(event.sent_at)
            return replace(event, calls=calls, operator_status=_mapped(status, new, unsaid), sent_at=sent_at)
    return event


def _mapped_fields(changes: Mapping[str, Any], new: Any) -> dict[str, Any]:
    times = {name: new(changes[name]) for name in TIMES if name in changes}
    others = {name: value for name, value in changes.items() if name not in TIMES}
    return others | {name: time for name, time in times.items() if time is not None}
