"""A short soak; `python3 build.py soak` takes the whole one."""

import pytest
from playwright.sync_api import Browser

from tests.soak.desk import SoakDesk, serving
from tests.soak.rows import ROWS, holds, table

from .engines import Ability

EVENTS, TABS = 2_000, 15


@pytest.mark.needs(Ability.DEVTOOLS)
def test_events_and_tabs_that_are_over_leave_nothing(browser: Browser) -> None:
    with serving() as server:
        desk = SoakDesk(browser, server)
        before = desk.figures()
        desk.events(EVENTS)
        desk.tabs(TABS)
        after = desk.figures()
        desk.close()
    assert all(holds(row, before, after) for row in ROWS), table(before, after)
