"""What may grow in a soak, and by how much."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

Figures = Mapping[str, float]


class Row(NamedTuple):
    """One row of the table. limit: by how much it may grow; None: it is part of another row."""

    title: str
    unit: str
    limit: float | None


WASM, HUB, TAB = "hub: WebAssembly", "hub: all memory", "a tab that stays: memory"
PROXIES, SOCKETS = "hub: Python's proxies", "backend: open sockets"

ROWS = (
    Row(WASM, "MiB", None),
    Row(HUB, "MiB", 5),
    Row(TAB, "MiB", 5),
    Row(PROXIES, "", 0),
    Row(SOCKETS, "", 6),  # as many as a browser keeps open to a site
)


def growth(row: Row, before: Figures, after: Figures) -> float:
    """Return by how much it has grown."""
    return after[row.title] - before[row.title]


def holds(row: Row, before: Figures, after: Figures) -> bool:
    """Return whether it has not grown by more than it may."""
    return row.limit is None or growth(row, before, after) <= row.limit


def table(before: Figures, after: Figures) -> str:
    """Return the table as Markdown."""
    head = ["| | unit | before | after | growth | at most | holds |", "|---|---|---|---|---|---|---|"]
    return "\n".join([*head, *("| " + " | ".join(_cells(row, before, after)) + " |" for row in ROWS)])


def _cells(row: Row, before: Figures, after: Figures) -> Sequence[str]:
    figures = [_short(row, value) for value in (before[row.title], after[row.title], growth(row, before, after))]
    if row.limit is None:
        return [row.title, row.unit, *figures, "", ""]
    return [row.title, row.unit, *figures, f"{row.limit:g}", "yes" if holds(row, before, after) else "NO"]


def _short(row: Row, value: float) -> str:
    return f"{value:.2f}" if row.unit else f"{value:.0f}"
