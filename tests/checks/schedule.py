"""A plugin of pytest for runs in several processes: the tests of a file in one engine run in one process, since they
share a browser, and the files that took longest the last time start first, so that none of them is left at the end."""

import re
from collections import defaultdict

import pytest
from xdist.scheduler import LoadScopeScheduling

from tests.browser.engines import ENGINES

from .durations import known

UNKNOWN = 3.0  # s; about what a test in a browser takes
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
    items.sort(key=lambda item: totals[scope_of(name_of(item.nodeid))], reverse=True)


def scope_of(name: str) -> str:
    """Return the file of a test and the engine that it runs in."""
    engine = ENGINE.search(name)
    return f"{name.partition('::')[0]} {engine[1] if engine else ''}"


def name_of(nodeid: str) -> str:
    """Return the name that reports have for a test: `tests.unit.test_call::test_a_call`."""
    return nodeid.replace(".py::", "::").replace("/", ".")
