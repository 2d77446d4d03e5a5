"""One Idempotency-Key is carried out once: whoever asks again gets the first answer again.

A client that lost the answer cannot know whether the call was made. With the key it may simply ask again.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from starlette.responses import Response

from .telephony import Refused

KEPT = 10_000  # answers; the oldest is forgotten first


class Answers:
    """The answers given so far, by key."""

    def __init__(self) -> None:
        self._given: dict[str, tuple[str, asyncio.Task[Response]]] = {}

    async def once(self, key: str, asked: str, work: Callable[[], Coroutine[Any, Any, Response]]) -> Response:
        """Return what `work` answers, or answered to the same key before.

        `asked` is the whole of the request. Raises `Refused` 422 if the key was used for another one.
        """
        if key not in self._given:
            self._given[key] = asked, asyncio.create_task(work())
            self._forget_oldest()
        before, answer = self._given[key]
        if asked != before:
            raise Refused(422, "Key used twice", "This key was another command's. Make a new one for each.")
        return await asyncio.shield(answer)

    def clear(self) -> None:
        self._given.clear()

    def _forget_oldest(self) -> None:
        if len(self._given) > KEPT:
            del self._given[next(iter(self._given))]
