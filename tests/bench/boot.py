"""The boot profile: which milliseconds of a warm boot go where, as a picture.

The hub's bootstrap notes its steps as `performance.mark("boot:...")`; what it fetches the browser notes itself.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .measures import WARM_UP, settled
from .report import Machine
from .seat import Seat
from .svg import FAINT, Drawing

PREFIX = "boot:"
LEFT, LENGTH, WIDTH, TOP, BAR = 220, 560, 860, 84, 18
STEP_COLOUR, FETCH_COLOUR, GRID = "#2f6fdd", "#e0a82e", "#e4e7ee"

READ = """JSON.stringify({
  origin: performance.timeOrigin,
  marks: performance.getEntriesByType("mark").map((mark) => [mark.name, mark.startTime]),
  fetches: performance.getEntriesByType("resource").map((each) => [each.name, each.startTime, each.responseEnd]),
})"""


@dataclass(frozen=True, slots=True)
class Span:
    """Something that took time; milliseconds since the page asked for the worker."""

    name: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Boot:
    """One boot: its steps in a row, what was fetched meanwhile, and when the page was connected."""

    steps: tuple[Span, ...]
    fetches: tuple[Span, ...]
    connected: float


def typical_boot(seat: Seat, runs: int) -> Boot:
    """Return the boot that took the middle of all times of a warm browser."""
    for _ in range(WARM_UP):
        settled(seat)
        seat.leave()
    boots = [one_boot(seat) for _ in range(runs)]
    return sorted(boots, key=lambda boot: boot.connected)[len(boots) // 2]


def one_boot(seat: Seat) -> Boot:
    """Start a hub and read what it noted once it is ready."""
    tab = seat.open_tab()
    asked, connected = tab.clock(["asked", "connected"])
    inspector = seat.inspect()
    noted = json.loads(inspector.evaluate(READ))
    inspector.detach()
    seat.leave()
    began = noted["origin"] - asked
    fetches = [Span(name.rpartition("/")[2], began + start, began + end) for name, start, end in noted["fetches"]]
    marks = [(name.removeprefix(PREFIX), began + at) for name, at in noted["marks"] if name.startswith(PREFIX)]
    return Boot(steps(began, marks, connected - asked), tuple(fetches), connected - asked)


def steps(began: float, marks: Sequence[tuple[str, float]], connected: float) -> tuple[Span, ...]:
    """Return the steps between the marks, each called by the mark that ends it; `began` is when the worker did."""
    points = [("the worker starts", began), *sorted(marks, key=lambda mark: mark[1]), ("connected", connected)]
    before = [0.0, *(at for _, at in points)]
    return tuple(Span(name, start, at) for (name, at), start in zip(points, before, strict=False))


def draw(boot: Boot, machine: Machine, path: Path) -> None:
    """Draw the steps, and under them the fetches, along one axis of time."""
    spans = [*boot.steps, *boot.fetches]
    scale = LENGTH / max(span.end for span in spans)
    height = TOP + (len(spans) + 1) * BAR + 16
    drawing = Drawing(WIDTH, height, f"A warm boot of the hub: {boot.connected:.0f} ms from asking to connected")
    drawing.text(16, 44, f"{machine}. Blue: from one step to the next; yellow: fetches.", fill=FAINT)
    draw_axis(drawing, scale, height)
    y = float(TOP)
    for colour, group in ((STEP_COLOUR, boot.steps), (FETCH_COLOUR, boot.fetches)):
        for span in group:
            draw_span(drawing, span, y, scale, colour)
            y += BAR
        y += BAR
    drawing.save(path)


def draw_axis(drawing: Drawing, scale: float, height: float) -> None:
    """Draw a line every 10, 20, 50 ... ms, so that there are at most a dozen."""
    most = LENGTH / scale
    step = next(step for step in (10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000) if most / step <= 12)
    for at in range(0, int(most) + 1, step):
        drawing.line(LEFT + at * scale, TOP - 6, LEFT + at * scale, height - 12, stroke=GRID)
        drawing.text(LEFT + at * scale, TOP - 12, f"{at}", anchor="middle", fill=FAINT)


def draw_span(drawing: Drawing, span: Span, y: float, scale: float, colour: str) -> None:
    """Draw one bar between its name and its milliseconds."""
    drawing.text(LEFT - 10, y + 12, span.name, anchor="end")
    drawing.box(LEFT + span.start * scale, y + 2, (span.end - span.start) * scale, BAR - 5, colour)
    drawing.text(LEFT + span.end * scale + 6, y + 12, f"{span.end - span.start:.1f}", fill=FAINT)
