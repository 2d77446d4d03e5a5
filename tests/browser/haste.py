"""Haste: the hub's clock or that of the tabs runs faster, while a test waits for a long time of theirs.

The backend offers such clocks, and all start in real time. One page then tells all clocks of its site who hurries.
What answers somebody who hurries has less time for it, so hurry the hub or the tabs, and only while nothing starts.
"""

from typing import Literal

import pytest

from .backend import BackendProcess
from .drivers import Page

FACTOR = 10
REAL_TIME = pytest.mark.only("firefox", "so long a time passes in real time once, and Firefox has the fewest tests")
FACTORS = [FACTOR, pytest.param(1, id="real time", marks=REAL_TIME)]

TELL = "(clocks) => new BroadcastChannel('haste').postMessage(clocks)"


def offer_haste(backend: BackendProcess, factor: float = FACTOR) -> None:
    """Give clocks to the scripts of all pages and workers that start from now on."""
    backend.control("settings", haste=factor)


def hurry(page: Page, *clocks: Literal["hub", "tab"]) -> None:
    """Let these clocks of the site of that page run fast, and the others in real time."""
    page.evaluate(TELL, list(clocks))
