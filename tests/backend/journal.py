"""What was asked of the backend, and what it answered: for tests that count, and for the panel.

What was not from the phone, or no valid command, is not in here: whoever sends rubbish pushes nothing out.
"""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass

from .telephony import Json

KEPT = 1000  # of each kind
LONGEST = 4096  # characters of an address


@dataclass
class Attempt:
    """One request for events, or a `probe` that asks only for the status. `at` is in ms since the epoch, `url`
    is path and query, `status` is None if none was sent."""

    at: int
    url: str
    probe: bool = False
    status: int | None = None


@dataclass
class Post:
    """One valid command as it arrived, also one that the telephony refused. `body` is None if it was large."""

    at: int
    url: str
    path: str
    body: Json | None
    key: str | None
    status: int | None = None


class Journal:
    """The last requests, oldest first. `on_change` is called with every news."""

    def __init__(self, on_change: Callable[[], None]) -> None:
        self._on_change = on_change
        self._attempts: deque[Attempt] = deque(maxlen=KEPT)
        self._posts: deque[Post] = deque(maxlen=KEPT)

    def attempt(self, url: str, *, probe: bool) -> Attempt:
        attempt = Attempt(_now(), url[:LONGEST], probe)
        self._attempts.append(attempt)
        self._on_change()
        return attempt

    def post(self, url: str, path: str, body: Json | None, key: str | None) -> Post:
        post = Post(_now(), url[:LONGEST], path, body, key)
        self._posts.append(post)
        self._on_change()
        return post

    def answered(self, entry: Attempt | Post, status: int | None) -> None:
        entry.status = status
        self._on_change()

    def clear(self) -> None:
        self._attempts.clear()
        self._posts.clear()

    def wire(self) -> Json:
        return {
            "attempts": [asdict(attempt) for attempt in self._attempts],
            "posts": [asdict(post) for post in self._posts],
        }


def _now() -> int:
    return int(time.time() * 1000)
