"""Tells onlookers that something in the backend is different. Many changes at once are one."""

import asyncio
from collections.abc import AsyncIterator


class Changes:
    """Whoever changes something calls `happen()`; whoever looks on iterates over `each()`."""

    def __init__(self) -> None:
        self._onlookers: set[asyncio.Event] = set()
        self._over = False

    def happen(self) -> None:
        for onlooker in self._onlookers:
            onlooker.set()

    def end(self) -> None:
        """Let all onlookers go."""
        self._over = True
        self.happen()

    async def each(self) -> AsyncIterator[None]:
        """Yield once now, and then after every change."""
        changed = asyncio.Event()
        self._onlookers.add(changed)
        try:
            while not self._over:
                yield
                await changed.wait()
                changed.clear()
        finally:
            self._onlookers.discard(changed)
