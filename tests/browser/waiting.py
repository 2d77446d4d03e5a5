"""Waiting for what no event tells: a look, a pause, a look. Without the pause the test would take a core from the
browser that it waits for."""

import time
from collections.abc import Callable
from typing import TypeVar

PATIENCE = 10.0  # s
PAUSE = 0.02  # s between two looks

Found = TypeVar("Found")


def until(
    awaited: str,
    look: Callable[[], Found],
    holds: Callable[[Found], object] = bool,
    *,
    patience: float = PATIENCE,
    pause: float = PAUSE,
) -> Found:
    """Return the first thing that `look` finds and for which `holds` is true.

    Raises AssertionError after `patience` seconds; it says what was awaited, and what was found last. `look` must ask
    the driver: no event of Playwright arrives while Python sleeps.
    """
    end = time.monotonic() + patience
    while not holds(found := look()):
        assert time.monotonic() < end, f"{awaited}: not within {patience:g} s; found last: {found!r}"
        time.sleep(pause)
    return found
