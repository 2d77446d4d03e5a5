"""A line that is as slow as the settings say: what a first visit from far away is like."""

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .settings import Settings


class SlowLine:
    """Lets each answer of an application come at `settings.pace` bytes a second, or as fast as it can."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_slowly(message: Message) -> None:
            await send(message)
            if self._settings.pace:
                await asyncio.sleep(len(message.get("body", b"")) / self._settings.pace)

        await self._app(scope, receive, send_slowly)
