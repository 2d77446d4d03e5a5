"""The table as text that a README can hold, and everything as JSON."""

import json
import math
import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from .figures import JS, OURS, STOCK, Figure, Limit, Line, Measured, ratio

PEERS = {OURS: "Python hub", JS: "pure JS", STOCK: "stock Pyodide"}
HEAD = ("measure", "unit", *PEERS.values(), "ratio", "must", "aim", "holds")


@dataclass(frozen=True, slots=True)
class Machine:
    """What the figures were measured on."""

    processor: str
    cores: int
    system: str
    browser: str

    def __str__(self) -> str:
        return f"{self.browser} on {self.system}, {self.cores} cores of {self.processor}"


def this_machine(browser: str) -> Machine:
    """Return what this machine says of itself."""
    return Machine(processor(), os.cpu_count() or 1, f"{platform.system()} {platform.release()}", browser)


def processor() -> str:
    """Return the model of the processor, as Linux knows it, else as Python does."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    models = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(models, platform.processor() or platform.machine())


def table(lines: Iterable[Line]) -> str:
    """Return the lines as a Markdown table whose columns are as wide as they need."""
    rows = [HEAD, *map(cells, lines)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    rule = tuple("-" * width for width in widths)
    return "\n".join(table_line(row, widths) for row in (HEAD, rule, *rows[1:]))


def table_line(row: Sequence[str], widths: Sequence[int]) -> str:
    """Return one line of the table."""
    return f"| {' | '.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))} |"


def cells(line: Line) -> tuple[str, ...]:
    """Return the cells of a line: figures with the quartiles of the runs, ratios, limits, verdict."""
    figures = [spread(line.figures[peer]) if peer in line.figures else "-" for peer in PEERS]
    row = line.row
    return (row.title, row.unit, *figures, ratios(line), limits(row.must), limits(row.aim), verdict(line))


def spread(figure: Figure) -> str:
    """Return a figure, and its quartiles where they differ."""
    value, low, high = map(short, (figure.value, figure.low, figure.high))
    return value if low == high else f"{value} ({low}..{high})"


def short(value: float) -> str:
    """Return a number with three digits that count, or all those before the point."""
    decimals = max(0, 2 - math.floor(math.log10(abs(value)))) if value else 0
    return f"{value:.{decimals}f}"


def ratios(line: Line) -> str:
    """Return our figure as a multiple of each peer's that a limit speaks of, or where there is no limit, of each."""
    promised = line.row.must + line.row.aim
    others = [peer for peer in line.figures if peer != OURS]
    peers = dict.fromkeys(limit.of for limit in promised if limit.of) if promised else others
    return ", ".join(f"{ratio(line.figures, peer):.2f}x {peer}" for peer in peers) or "-"


def limits(found: Iterable[Limit]) -> str:
    """Return what must hold, or is aimed at."""
    texts = (f"{'<' if limit.below else '≤'} {limit.factor:g}{f'x {limit.of}' if limit.of else ''}" for limit in found)
    return ", ".join(texts) or "-"


def verdict(line: Line) -> str:
    """Return in a word how far a line holds."""
    if not line.row.must + line.row.aim:
        return "-"
    if not line.must_holds:
        return "NO"
    return "aim" if line.aim_holds else "must"


def failures(failed: Mapping[str, str]) -> str:
    """Return what was not measured, and why."""
    return "\n".join(["Not measured:", *(f"- {name}: {why}" for name, why in failed.items())])


def as_json(machine: Machine, lines: Iterable[Line], found: Measured) -> str:
    """Return figures, verdicts, every sample, and what failed."""
    rows = [asdict(line) | {"must_holds": line.must_holds, "aim_holds": line.aim_holds} for line in lines]
    return json.dumps({"machine": asdict(machine), "rows": rows, **asdict(found)}, indent=1) + "\n"
