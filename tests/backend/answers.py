"""One Idempotency-Key is carried out once: whoever asks again gets the first answer again.

A client that lost the answer cannot know whether the call was made. With the key it may simply ask again.
Only commands that are valid come here, and of each a digest and its small answer are kept: memory is bounded.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Coroutine
from typing import Any

from starlette.responses import Response

from .telephony import Refused

KEPT = 1000  # answers of one operator; the oldest is forgotten first

Given = dict[str, tuple[bytes, asyncio.Task[Response]]]


class Answers:
    """The answers given so far, by operator and key: nobody meets a key of another one, or makes it be forgotten."""

    def __init__(self) -> None:
        self._given: defaultdict[str, Given] = defaultdict(dict)

    async def once(
        self, operator: str, key: str, asked: bytes, work: Callable[[], Coroutine[Any, Any, Response]]
    ) -> Response:
        """Return what `work` answers, or answered to the same key before.

        `asked` is a digest of the request. Raises `Refused` 422 if the key was used for another one.
        """
        given = self._given[operator]
        if key not in given:
            given[key] = asked, asyncio.create_task(work())
            forget_oldest(given)
        before, answer = given[key]
        if asked != before:
            raise Refused(422, "Key used twice", "This key was another command's. Make a new one for each.")
        return await asyncio.shield(answer)

    def clear(self) -> None:
        self._given.clear()


def forget_oldest(given: Given) -> None:
    if len(given) > KEPT:
        del given[next(iter(given))]
