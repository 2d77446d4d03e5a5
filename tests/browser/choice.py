"""Which tests run in which engine.

Chromium runs all of them. Another engine runs those marked `every_engine`, and those that are for it alone; with
`--engine` it runs all that its driver can do.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import pytest

from .engines import ENGINES

USUAL = "chromium"


def engine_of_test(item: pytest.Item) -> str | None:
    """Return the engine that a test runs in; None if it needs no browser."""
    parameters = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
    engine = parameters.get("engine")
    return engine if isinstance(engine, str) else None  # tests of the engines themselves have such a parameter too


def unless_chosen(items: Iterable[pytest.Item]) -> Iterator[pytest.Item]:
    """Yield the tests that do not run if the person names no engine."""
    rows: Counter[tuple[object, ...]] = Counter()
    for item in items:
        engine = engine_of_test(item)
        if engine in (None, USUAL):
            continue
        if alone := item.get_closest_marker("only"):
            if alone.args[0] != engine:
                yield item
            continue
        mark = item.get_closest_marker("every_engine")
        table = (item.path, getattr(item, "originalname", item.name), engine)
        rows[table] += 1
        if mark is None or rows[table] > mark.kwargs.get("rows", rows[table]):
            yield item


def reasons_to_skip(item: pytest.Item, engine: str) -> Iterator[str]:
    """Yield the reasons why this test is not for that engine."""
    if ENGINES[engine].files and item.path.stem not in ENGINES[engine].files:
        yield ENGINES[engine].elsewhere
    for mark in item.iter_markers("needs"):
        for ability in mark.args:
            if why := ENGINES[engine].lacks.get(ability):
                yield why
    for mark in item.iter_markers("only"):
        if mark.args[0] != engine:
            yield mark.args[1]
    for mark in item.iter_markers("without"):
        if mark.args[0] == engine:
            yield mark.args[1]


def needing(items: Sequence[pytest.Item], engine: str) -> list[pytest.Item]:
    """Return the tests that need the browser of that engine."""
    return [item for item in items if engine_of_test(item) == engine and not item.get_closest_marker("skip")]
