"""From samples to figures: quantiles, ratios, and whether a promise holds. Nothing here measures anything."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import quantiles

OURS, JS, STOCK = "ours", "js", "stock"

Runs = Sequence[Sequence[float]]
"""The samples of each run of a measure, in the measure's unit."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What came of the measures: the runs of each by peer, and of one that failed the reason."""

    samples: dict[str, dict[str, Runs]] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Limit:
    """A bound on our figure: `factor` times that of a peer, or of the unit. `below`: equal is too much."""

    factor: float
    of: str | None = None
    below: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table: which percentile of a measure is compared, and what must hold, and what is aimed at."""

    title: str
    measure: str
    unit: str
    must: tuple[Limit, ...]
    aim: tuple[Limit, ...]
    percent: int = 50


@dataclass(frozen=True, slots=True)
class Figure:
    """A percentile of all samples of a peer, and the quartiles of what single runs gave."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Line:
    """A row with its figures by peer, and whether it holds."""

    row: Row
    figures: Mapping[str, Figure]

    @property
    def must_holds(self) -> bool:
        """True if our figure is within everything that must hold."""
        return all(holds(limit, self.figures) for limit in self.row.must)

    @property
    def aim_holds(self) -> bool:
        """True if our figure is within everything that is aimed at."""
        return all(holds(limit, self.figures) for limit in self.row.aim)


def judge(row: Row, samples: Mapping[str, Runs]) -> Line:
    """Return the row with the figures of each peer's samples."""
    return Line(row, {peer: figure(runs, row.percent) for peer, runs in samples.items()})


def figure(runs: Runs, percent: int) -> Figure:
    """Return the percentile of all samples together, with the quartiles of the same percentile of each run."""
    each = [percentile(run, percent) for run in runs]
    together = [sample for run in runs for sample in run]
    return Figure(percentile(together, percent), percentile(each, 25), percentile(each, 75))


def percentile(samples: Sequence[float], percent: int) -> float:
    """Return a percentile, 1 to 99, interpolated between the samples nearest to it."""
    if len(samples) == 1:
        return samples[0]
    return quantiles(samples, n=100, method="inclusive")[percent - 1]


def ratio(figures: Mapping[str, Figure], peer: str) -> float:
    """Return how many times our figure is that of a peer; infinite if the peer's is nothing."""
    theirs = figures[peer].value
    return figures[OURS].value / theirs if theirs else math.inf


def holds(limit: Limit, figures: Mapping[str, Figure]) -> bool:
    """Say whether our figure is within the limit."""
    ours = figures[OURS].value if limit.of is None else ratio(figures, limit.of)
    return ours < limit.factor if limit.below else ours <= limit.factor
