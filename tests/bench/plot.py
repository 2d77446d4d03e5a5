"""The table as a picture: for each row a bar a peer, and the mark, if there is one, that our bar must not pass."""

from collections.abc import Sequence
from pathlib import Path

from .figures import JS, OURS, STOCK, Figure, Limit, Line
from .report import PEERS, Machine, short
from .svg import FAINT, Drawing

COLOURS = {OURS: "#2f6fdd", JS: "#e0a82e", STOCK: "#a9b0bf"}
LEFT, LENGTH, WIDTH = 310, 420, 890
BAR, GAP, TOP = 13, 14, 62


def plot(machine: Machine, lines: Sequence[Line], path: Path) -> None:
    """Draw the lines. Each row has a scale of its own, as long as its longest bar."""
    height = TOP + sum(len(line.figures) * BAR + GAP for line in lines) + 16
    drawing = Drawing(WIDTH, height, "The Python hub beside its peers: shorter is better")
    drawing.text(16, 44, f"{machine}. Whiskers: quartiles of the runs. Red: our limit.", fill=FAINT)
    y = float(TOP)
    for line in lines:
        y = plot_line(drawing, line, y)
    drawing.save(path)


def plot_line(drawing: Drawing, line: Line, top: float) -> float:
    """Draw one row; return where the next begins."""
    most = bound(line)
    scale = LENGTH / max(*(figure.high for figure in line.figures.values()), most or 0, 1e-9)
    drawing.text(LEFT - 10, top + 11, line.row.title, anchor="end")
    y = top
    for peer, figure in line.figures.items():
        plot_bar(drawing, y, scale, figure, COLOURS[peer], f"{short(figure.value)} {line.row.unit}  {PEERS[peer]}")
        y += BAR
    if most is not None:
        mark = LEFT + most * scale
        drawing.line(mark, top - 2, mark, top + BAR - 1, stroke="#c22f2f")
    return y + GAP


def plot_bar(drawing: Drawing, y: float, scale: float, figure: Figure, colour: str, words: str) -> None:
    """Draw a bar with its whisker, and its words behind the scale."""
    drawing.box(LEFT, y, figure.value * scale, BAR - 2, colour)
    middle = y + BAR / 2 - 1
    drawing.line(LEFT + figure.low * scale, middle, LEFT + figure.high * scale, middle)
    drawing.text(LEFT + LENGTH + 10, y + BAR - 3, words, fill=FAINT)


def bound(line: Line) -> float | None:
    """Return the most that our figure may be, in the row's unit, or None where nothing is promised."""
    return min((allowed(limit, line) for limit in line.row.must), default=None)


def allowed(limit: Limit, line: Line) -> float:
    """Return a limit in the row's unit."""
    return limit.factor * (line.figures[limit.of].value if limit.of else 1)
