"""A line that is as slow as the settings say, for all answers together: what a first visit from far away is like."""

import asyncio
import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .settings import Settings


class SlowLine:
    """Lets the answers of an application come at `settings.pace` bytes a second in all, or as fast as they can."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings
        self._free_at = 0.0  # when the line has carried what was given to it, by the monotonic clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_slowly(message: Message) -> None:
            if self._settings.pace:
                await asyncio.sleep(self._take_turn(len(message.get("body", b"")) / self._settings.pace))
            await send(message)

        await self._app(scope, receive, send_slowly)

    def _take_turn(self, seconds: float) -> float:
        """Take the line for so long; return how many seconds it is until that is over."""
        now = time.monotonic()
        self._free_at = max(now, self._free_at) + seconds
        return self._free_at - now
