"""Which of the calls that ring are to be heard, and when. The rest of what a call is stands in call.py."""

from collections.abc import Iterable

from .effects import StartTimer, Timer

SETTLING = 200  # ms; a call that is over by then was never to be heard: thousands may come and go in one write
LOST = 6_000  # ms without a stream after which nobody knows whether a call still rings; the first retry is over by then
LONGEST = 120_000  # ms after which a call falls silent of which the backend says nothing more


class Rings:
    """The calls that ring, by id.

    Each settles first, is heard then, and falls silent when the stream is lost or nothing more is said of it. A silent
    one begins anew when the backend speaks of it.
    """

    def __init__(self) -> None:
        self._began: dict[str, int] = {}  # those that settle, and when they began
        self._heard: dict[str, int] = {}  # those that are heard, and when the backend spoke of them last
        self._silent: dict[str, None] = {}  # in the order in which they fell silent, which a replay repeats
        self._spoken: dict[str, int] = {}  # of which the backend has just spoken, and when
        self._due: int | None = None  # when the timer runs out, if it runs

    @property
    def heard(self) -> frozenset[str]:
        """The ids of the calls that are to be heard."""
        return frozenset(self._heard)

    def speak_of(self, call_id: str, now: int) -> None:
        """The backend has spoken of this call, which rings or not."""
        self._spoken[call_id] = now

    def follow(self, ringing: Iterable[str]) -> list[StartTimer]:
        """These are the calls that ring now."""
        spoken, self._spoken = self._spoken, {}
        alive = set(ringing)
        self._began = {call_id: at for call_id, at in self._began.items() if call_id in alive}
        self._heard = {call_id: spoken.get(call_id, at) for call_id, at in self._heard.items() if call_id in alive}
        new = {
            call_id: at for call_id, at in spoken.items() if call_id in alive - self._began.keys() - self._heard.keys()
        }
        self._silent = {call_id: None for call_id in self._silent if call_id in alive and call_id not in new}
        self._began |= new
        return self._wait(max(new.values())) if new else []

    def pass_time(self, now: int) -> list[StartTimer]:
        """The timer ran out: what has settled is heard, and what was heard for too long is not."""
        self._due = None
        settled = [call_id for call_id, at in self._began.items() if _is_over(at, SETTLING, now)]
        self._silent |= {call_id: None for call_id, at in self._heard.items() if _is_over(at, LONGEST, now)}
        self._heard = {call_id: at for call_id, at in self._heard.items() if call_id not in self._silent}
        self._heard |= dict.fromkeys(settled, now)
        self._began = {call_id: at for call_id, at in self._began.items() if call_id not in settled}
        return self._wait(now)

    def lose(self) -> None:
        """The stream is lost for long: nobody knows whether these calls still ring."""
        self._silent |= dict.fromkeys([*self._began, *self._heard])
        self._began, self._heard = {}, {}

    def _wait(self, now: int) -> list[StartTimer]:
        """Start the timer, if it does not run out by then anyway."""
        ends = [at + SETTLING for at in self._began.values()] + [at + LONGEST for at in self._heard.values()]
        if not ends or (self._due is not None and self._due <= min(ends)):
            return []
        self._due = min(ends)
        return [StartTimer(Timer.RING, max(1, self._due - now))]


def _is_over(since: int, length: int, now: int) -> bool:
    """True if so much time has passed; a clock that was set back ends it too."""
    return not 0 <= now - since < length
