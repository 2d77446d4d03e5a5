"""What is measured. A measure is a function of a seat that returns the samples of one run, in the unit of its row."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from .figures import JS, OURS, STOCK
from .seat import Seat, Tab
from .sites import COUNTED

CALLER = "5550100"
LINE = 20e6 / 8  # bytes a second
LATE = 1.0  # s; what a hub still fetches then belongs to the visit
# Two hundred processes on a few cores would measure the scheduler. Ten, of twenty tabs each, leave the hub its share.
SHARING = 20
WARM_UP = 3  # runs until the browser keeps what it compiled and fetched
SETTLED = 3.0  # s; what a hub and a browser do once nobody waits any more is done then


@dataclass(frozen=True, slots=True)
class Measure:
    """How a measure is taken: after how many runs that do not count, how often, for whom.

    runs: None, as often as the command line says; new_profile: every run in a browser that was never here; engine: the
    one whose driver alone can do it, or that alone bears it.
    """

    take: Callable[[Seat], list[float]]
    warm_up: int = WARM_UP
    runs: int | None = None
    peers: tuple[str, ...] = (OURS, JS, STOCK)
    new_profile: bool = False
    engine: str | None = None


def settled(seat: Seat) -> list[float]:
    """What a run that does not count does: a phone that is used for a moment."""
    seat.open_tab().when("connected")
    time.sleep(SETTLED)
    return []


def hub_ready(seat: Seat) -> list[float]:
    """From the page's asking for a worker to the first SYNC_STATE that says connected."""
    return [seat.open_tab().between("asked", "connected")]


def hub_ready_on_a_slow_line(seat: Seat) -> list[float]:
    """The same over a line of 20 Mbit/s, without a delay."""
    seat.server.control("settings", pace=LINE)
    return hub_ready(seat)


def first_drawn(seat: Seat) -> list[float]:
    """From the page's asking for a worker to the first SYNC_STATE drawn."""
    return [seat.open_tab().between("asked", "drawn")]


def next_page(seat: Seat) -> list[float]:
    """From the start of a navigation of the only tab to the running call, drawn on the new page."""
    tab = seat.open_tab()
    tab.when("connected")
    seat.server.ring(CALLER)
    tab.when(f"ringing {CALLER}")
    tab.answer()
    tab.when(f"talking {CALLER}")
    tab.follow_link()
    return [tab.when(f"talking {CALLER}")]


def second_tab(seat: Seat) -> list[float]:
    """The same as `hub_ready`, in a second tab, of a hub that runs."""
    settled(seat)
    return hub_ready(seat)


def events_drawn(seat: Seat, tabs: int, events: int, pause: float, sharing: int = 1) -> list[float]:
    """From a call's coming in at the backend (by its clock, in whole ms) to its card in the last of all tabs.

    So many tabs each are `sharing` a process.
    """
    opened: list[Tab] = []
    for number in range(tabs):
        opened.append(opened[-1].open_another() if number % sharing else seat.open_tab())
        opened[-1].when("connected")
    return [ring_through(seat, opened, str(1000 + number), pause) for number in range(events)]


def ring_through(seat: Seat, tabs: list[Tab], caller: str, pause: float) -> float:
    """Let a call ring in all tabs and end it; return how long it took to be drawn in the last of them."""
    call = seat.server.control("ring", phone=caller)["call"]
    # To ask a tab is work for it: first let all of them draw, and time's up says nothing, for all are asked then.
    time.sleep(pause)
    drawn = max(tab.clock([f"ringing {caller}"])[0] for tab in tabs)
    seat.server.far(call["id"], "hangup")
    time.sleep(pause)
    for tab in tabs:
        tab.when(f"gone {caller}")
    return drawn - float(call["startedAt"])


def first_visit(seat: Seat) -> list[float]:
    """The megabytes of all files that a first visit loads."""
    seat.server.sent()
    visit(seat)
    return [sum(seat.server.sent().values()) / 1e6]


def tab_files(seat: Seat) -> list[float]:
    """The kilobytes of the scripts and styles that the page itself loads, without the worker's."""
    seat.server.sent()
    tab = visit(seat)
    loaded = tab.page.evaluate("performance.getEntriesByType('resource').map(({name}) => new URL(name).pathname)")
    return [sum(size for path, size in seat.server.sent().items() if path in loaded and "sip-worker" not in path) / 1e3]


def visit(seat: Seat) -> Tab:
    """Open a tab and let it load all it wants."""
    tab = seat.open_tab()
    tab.when("connected")
    time.sleep(LATE)
    return tab


def memory(seat: Seat) -> list[float]:
    """The mebibytes of WebAssembly memory that a hub holds once it is ready."""
    seat.open_tab(COUNTED).when("connected")
    inspector = seat.inspect()
    size = inspector.evaluate("wasmBytes()")
    inspector.detach()
    return [size / 2**20]


MEASURES = {
    "warm": Measure(hub_ready),
    "cold": Measure(hub_ready, warm_up=1, new_profile=True),
    "line": Measure(hub_ready_on_a_slow_line, warm_up=0, runs=3, new_profile=True),
    "drawn": Measure(first_drawn),
    "page": Measure(next_page),
    "second": Measure(second_tab),
    "tabs10": Measure(partial(events_drawn, tabs=10, events=30, pause=0.2), warm_up=1, runs=3),
    "tabs200": Measure(
        partial(events_drawn, tabs=200, sharing=SHARING, events=30, pause=1.0),
        warm_up=0,
        runs=1,
        peers=(OURS, JS),
        engine="chromium",
    ),
    "visit": Measure(first_visit, warm_up=0, runs=1, new_profile=True),
    "tab": Measure(tab_files, warm_up=0, runs=1, new_profile=True),
    "memory": Measure(memory, warm_up=0, runs=1, engine="chromium"),
}


def measures_in(engine: str) -> dict[str, Measure]:
    """Return those that can be taken in this engine."""
    return {name: measure for name, measure in MEASURES.items() if measure.engine in (None, engine)}
