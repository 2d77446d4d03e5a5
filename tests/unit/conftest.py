"""A hub as most tests want it: two tabs, and a stream that is open."""

import json
from typing import Any

import pytest
from hypothesis import settings

from worker_py.effects import Effect
from worker_py.hub import Hub

from .wire import EPOCH, TAB_A, TAB_B

# A busy machine may stop for a second, so there are no deadlines. The run of all checks takes the profile "thorough".
settings.register_profile("quick", max_examples=25, deadline=None)
settings.register_profile("thorough", max_examples=100, deadline=None)
settings.load_profile("quick")


class Bench:
    """A hub at time 0, and short words for what happens to it."""

    def __init__(self) -> None:
        self.hub = Hub(EPOCH)

    def command(self, kind: str, port: int = TAB_A, id: str | None = None, **payload: Any) -> list[Effect]:  # noqa: A002
        identity = {} if id is None else {"id": id}
        return self.hub.receive_message(port, {"type": kind, "payload": payload, **identity}, 0)

    def event(self, name: str, now: int = 0, **data: Any) -> list[Effect]:
        return self.hub.stream_event(1, name, json.dumps(data), "", now)

    def answer(self, number: int, body: dict[str, Any] | None = None, status: int = 200) -> list[Effect]:
        return self.hub.post_answered(number, status, "application/json", json.dumps(body) if body else "", 0)


@pytest.fixture
def new() -> Bench:
    """A hub of which no tab knows yet."""
    return Bench()


@pytest.fixture
def phone(new: Bench) -> Bench:
    """A hub with two tabs and an open stream, which has brought something; its state has rev 1."""
    new.hub.start()
    for tab in (TAB_A, TAB_B):
        new.hub.receive_message(tab, {"type": "INIT_PORT"}, 0)
    new.hub.stream_event(1, "x-hello", "", "", 0)
    return new
