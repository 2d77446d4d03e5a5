"""What "heals" means: a phone whose stream breaks, what its tabs showed and heard all the while, and the promise.

Most phones heal in haste: their hub's clock runs fast, while the tabs and the test look at it in real time."""

import contextlib
import time
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

from .backend import BackendProcess, State
from .desk import Desk
from .drivers import Page
from .haste import hurry, offer_haste
from .tabs import PlainTab, WidgetTab

BUSY = 700  # ms that a busy machine may add to a promise
YELLOW_AFTER = 300  # ms from the break until every tab shows it
RETRY, JITTER = 5_000, 500  # ms from one attempt to the next
PATIENCE = 60_000  # ms that a test waits for a promise before it looks at how it was broken
HUB_HASTE = 5  # more hubs than cores hurry here, and each has to hear of a probe in time

# Both keep what a person would see, [when, connection, number of calls], whenever that changes.
WATCH = """(look) => {
  window.shown = [];
  return () => {
    const now = look();
    if (String(now) === String(shown.at(-1)?.slice(1))) return;
    shown.push([Date.now(), ...now]);
    dispatchEvent(new Event("shown"));
  };
}"""
WATCH_WIDGET = f"""(phone) => {{
  const root = phone.shadowRoot;
  const look = ({WATCH})(() => [
    root.querySelector("[part=connection]").dataset.status,
    root.querySelectorAll("[part~=call]").length,
  ]);
  new MutationObserver(look).observe(root, {{ subtree: true, childList: true, attributes: true }});
  look();
}}"""
WATCH_PLAIN = f"""() => {{
  const look = ({WATCH})(() => {{
    const {{ payload }} = heard.findLast(({{ type }}) => type === "SYNC_STATE");
    return [payload.connectionStatus, payload.calls.length];
  }});
  addEventListener("heard", look);
}}"""
# Waits until the tab has shown something at that time or later, and with `now` until it shows it.
AWAIT = """([wanted, since, now, patience]) => new Promise((resolve) => {
  const is = (look) => look && look[0] >= since && String(look.slice(1)) === String(wanted);
  const look = () => (now ? is(shown.at(-1)) : shown.some(is)) && resolve();
  addEventListener("shown", look);
  setTimeout(resolve, patience);
  look();
})"""


class Fault(NamedTuple):
    """What a backend does to its stream: it sends `raw` bytes, cuts it, and treats every attempt `then` like this (a
    fault of tests/backend/faults.py), until it returns or the fault's "times" are over."""

    then: dict[str, Any] | None = None
    cut: str = "end"
    raw: bytes = b""
    takes: int = 0  # ms until an attempt has failed
    found_after: int = 0  # ms until the break can be known of

    @property
    def stands(self) -> bool:
        """True if only the backend's return ends it."""
        return self.then is not None and "times" not in self.then


class Look(NamedTuple):
    """What a tab showed from then on. `at` is in milliseconds since the epoch."""

    at: int
    connection: str
    calls: int


class Try(NamedTuple):
    """An attempt to open the stream: when its request came, and when for the last time. Browsers repeat one by
    themselves when a connection that they used before breaks without an answer."""

    at: int
    repeated_at: int


@dataclass(frozen=True)
class Healed:
    """What a phone that was broken has shown and done: its two tabs since the break, first the one with the widget."""

    fault: Fault
    haste: int
    broken_at: int
    returned_at: int
    looks: tuple[list[Look], list[Look]]
    states: tuple[dict[str, Any], dict[str, Any]]  # of the tabs, in the end
    heard: list[dict[str, Any]]  # all that the other tab has heard
    opened: int  # how often the hub has opened a stream, by its own account
    backend: State

    def connections(self) -> list[list[str]]:
        """The connection as each tab has shown it since the break."""
        return [[look.connection for look in looks] for looks in self.looks]

    def attempts(self) -> list[int]:
        """When it has tried to open the stream again."""
        return [each.at for each in self._tries()]

    def errors(self) -> list[str]:
        """What the tab that hears all was told of failures."""
        return [message["payload"]["message"] for message in self.heard if message["type"] == "ERROR"]

    def keeps_the_promise(self) -> None:
        """Check all but how quickly it healed: every tab knew, it tried no sooner than it may, and shows the truth."""
        assert all(any(look.connection == "reconnecting" for look in looks) for looks in self.looks)
        self._tried_at_most_every_five_seconds()
        self._shows_the_truth()
        assert self.backend["streams"] == 1, self.backend["attempts"]
        # A request that the browser repeated is there for a moment beside the one whose connection had broken.
        assert self.backend["maxStreams"] == 1 or len(self._all()) > self.opened, self.backend["attempts"]
        assert rises(self.heard)

    def is_in_time(self) -> None:
        """Check how quickly it healed. It must have been alone, and not in haste."""
        yellow = [next(look.at for look in looks if look.connection == "reconnecting") for looks in self.looks]
        assert max(yellow) - self.broken_at <= self.fault.found_after + YELLOW_AFTER + BUSY
        tries = self._tries()
        waits = [tries[0].at - min(yellow)]
        waits += [new.at - old.repeated_at - self.fault.takes for old, new in pairwise(tries)]
        assert max(waits) <= RETRY + JITTER + BUSY, waits
        for looks in self.looks:
            assert looks[-1].at - self._back_at() <= RETRY + JITTER + BUSY

    def _all(self) -> list[State]:
        return [attempt for attempt in self.backend["attempts"] if not attempt["probe"]]

    def _tries(self) -> list[Try]:
        """When it has tried to open the stream again. Requests of which the hub knows nothing are repeats: those that
        came soonest after one without an answer."""
        requests = self._all()
        soon = sorted(
            (new["at"] - old["at"], number)
            for number, (old, new) in enumerate(pairwise(requests), start=1)
            if old["status"] is None
        )
        repeats = {number for _, number in soon[: max(0, len(requests) - self.opened)]}
        firsts = [number for number in range(len(requests)) if number not in repeats]
        assert len(firsts) == self.opened, requests
        ends = [*firsts[1:], len(requests)]
        tries = [Try(requests[first]["at"], requests[end - 1]["at"]) for first, end in zip(firsts, ends, strict=True)]
        return [each for each in tries if each.at > self.broken_at]

    def _tried_at_most_every_five_seconds(self) -> None:
        """Since the break, which no request is too late for; from one to the next a busy machine may take time away.
        The first may come at once: the stream may have lived for long, and a page that opens nudges the hub."""
        waited = JITTER - RETRY
        for each in self._tries():
            waited += RETRY - JITTER
            assert (each.at - self.broken_at) * self.haste >= waited, self.backend["attempts"]
            waited += self.fault.takes

    def _shows_the_truth(self) -> None:
        """Every tab shows the one call, and just that."""
        truth = [(call["id"], call["state"]) for call in self.backend["calls"]]
        for looks, state in zip(self.looks, self.states, strict=True):
            assert (looks[-1].connection, looks[-1].calls) == ("connected", 1)
            assert [(call["id"], call["state"]) for call in state["calls"]] == truth

    def _back_at(self) -> int:
        """When the backend was there again: one whose fault ends by itself, after the last attempt that failed."""
        failed = [
            self.broken_at + self.fault.found_after,
            *(each.repeated_at + self.fault.takes for each in self._tries()[:-1]),
        ]
        return self.returned_at or failed[-1]


@dataclass
class Phone:
    """A backend with two tabs before it: one with the widget, and one that hears every message. The backend fails while
    nobody calls, and somebody calls before it returns: that call is the truth that all tabs must come to show."""

    backend: BackendProcess
    widget: WidgetTab
    plain: PlainTab
    fault: Fault
    haste: int = 1
    broken_at: int = 0
    returned_at: int = 0

    @classmethod
    def open(cls, desk: Desk, backend: BackendProcess, fault: Fault, haste: int = 1) -> "Phone":
        if haste > 1:
            offer_haste(backend, haste)
        page = desk.page(f"{backend.url}/plain.html")
        page.evaluate(WATCH_PLAIN)
        plain = PlainTab(page)  # first, since it asks for no extended lifetime, and all must ask for the same
        widget = WidgetTab(desk.page(f"{backend.url}/dist/index.html"))
        widget.phone.evaluate(WATCH_WIDGET)
        return cls(backend, widget, plain, fault, haste)

    # --- what happens to it -------------------------------------------------------------------------------------------

    def hurries(self) -> None:
        """Let its hub be in haste from now on. What broke before that did so in real time."""
        if self.haste > 1:
            hurry(self.widget.page, "hub")

    def breaks(self) -> None:
        self.backend.control("faults", events=self.fault.then)
        if self.fault.raw:
            self.backend.raw(self.fault.raw)
        self.broken_at = now()
        self.backend.control("cut", how=self.fault.cut)

    def falls_silent(self) -> None:
        self.broken_at = now()
        self.backend.control("settings", ping=None)

    def fails_again(self, times: int = 2) -> None:
        """Wait for an attempt that comes so late that it has tried in vain so many times."""
        last = self.broken_at + self.fault.found_after + times * (RETRY - JITTER) / self.haste
        with contextlib.suppress(AssertionError):
            self.backend.until(lambda state: state["attempts"][-1]["at"] >= last)

    def returns(self) -> None:
        self.backend.control("faults", events=None)
        self.returned_at = now()

    def shows(self, connection: str, calls: int) -> None:
        """Wait until both tabs show that. If they do not, the promise tells so."""
        self._await([[connection, calls], 0, True, PATIENCE])

    def has_shown(self, connection: str, calls: int) -> None:
        """Wait until both tabs have shown that since the break, though it may be over by now."""
        self._await([[connection, calls], self.broken_at, False, PATIENCE])

    def _await(self, wanted: list[Any]) -> None:
        for page in (self.widget.page, self.plain.page):
            page.evaluate(AWAIT, wanted)

    # --- what came of it ----------------------------------------------------------------------------------------------

    def first_attempt(self) -> int:
        return int(self.backend.state()["attempts"][0]["at"])

    def healed(self) -> Healed:
        return Healed(
            self.fault,
            self.haste,
            self.broken_at,
            self.returned_at,
            (self._looks(self.widget.page), self._looks(self.plain.page)),
            (self.widget.state(), self.plain.state()),
            self.plain.heard(),
            self._opened(),
            self.backend.state(),
        )

    def _opened(self) -> int:
        self.plain.say("CHECK", id="opened")
        return int(self.plain.hears('message.id === "opened"')["payload"]["stream"]["attempts"])

    def _looks(self, page: Page) -> list[Look]:
        """What that tab has shown since the break."""
        return [look for look in (Look(*each) for each in page.evaluate("shown")) if look.at >= self.broken_at]


def rises(heard: list[dict[str, Any]]) -> bool:
    """Tell whether `rev` rises strictly, in the one epoch there is, from each state that a tab heard to the next. The
    first it hears twice: from the bootstrap at once, and from the hub."""
    states = [message for message in heard if message["type"] == "SYNC_STATE"]
    news = states[:1] + [new for old, new in pairwise(states) if new != old]
    return len({it["epoch"] for it in news}) == 1 and all(old["rev"] < new["rev"] for old, new in pairwise(news))


def now() -> int:
    """Return milliseconds since the epoch, by the clock that browser and backend have too."""
    return time.time_ns() // 1_000_000
