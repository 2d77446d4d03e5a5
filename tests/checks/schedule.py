"""A plugin of pytest for runs in several processes: the tests of a file in one engine run in one process, since they
share a browser. The files of an engine come one after the other, since they share it too; of those, the files that took
longest the last time start first, so that none of them is left at the end."""

import re
from collections import defaultdict

import pytest
from xdist.scheduler import LoadScopeScheduling

from tests.browser.engines import ENGINES

from .durations import known

UNKNOWN = 3.0  # s; about what a test in a browser takes
ORDER = (*reversed(tuple(ENGINES)), "")  # Chromium comes late: it has most of the short files
ENGINE = re.compile(rf"\[({'|'.join(ENGINES)})\b")


class FileInEngine(LoadScopeScheduling):  # type: ignore[misc] # xdist has no types
    """Sends the tests of a file in one engine to one process, in the order in which they were collected."""

    def _split_scope(self, nodeid: str) -> str:
        return scope_of(name_of(nodeid))


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> FileInEngine:
    return FileInEngine(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    durations = known()
    totals: defaultdict[str, float] = defaultdict(float)
    for item in items:
        name = name_of(item.nodeid)
        totals[scope_of(name)] += durations.get(name, UNKNOWN)

    def place(item: pytest.Item) -> tuple[int, float]:
        scope = scope_of(name_of(item.nodeid))
        return ORDER.index(scope.rpartition(" ")[2]), -totals[scope]

    items.sort(key=place)


def scope_of(name: str) -> str:
    """Return the file of a test and the engine that it runs in."""
    engine = ENGINE.search(name)
    return f"{name.partition('::')[0]} {engine[1] if engine else ''}"


def name_of(nodeid: str) -> str:
    """Return the name that reports have for a test: `tests.unit.test_call::test_a_call`."""
    return nodeid.replace(".py::", "::").replace("/", ".")
