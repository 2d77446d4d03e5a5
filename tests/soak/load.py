"""What a hub goes through in a soak: the events of many calls, as text of an event stream."""

import json
from collections.abc import Iterator
from typing import Any

EVENTS_OF_A_CALL = 5


def call_events(number: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the events of a call's life."""
    call = {"id": f"soak-{number}"}
    yield "call_incoming", {**call, "phone": f"+4930{number:07}", "displayName": f"Caller {number}"}
    yield "call_updated", {**call, "state": "talking"}
    yield "call_updated", {**call, "muted": True}
    yield "call_updated", {**call, "state": "held"}
    yield "call_ended", {**call, "endReason": "completed"}


def batches(count: int, size: int) -> Iterator[tuple[bytes, str]]:
    """Yield `count` events, so many at a time: their bytes, and the operator's status that the last of them sets. No
    call is left over, so that nothing has to grow."""
    calls = 0
    while count > 0:
        told = min(size, count)
        events: list[tuple[str, dict[str, Any]]] = []
        while len(events) + EVENTS_OF_A_CALL < told:
            calls += 1
            events += call_events(calls)
        statuses = [f"after-{calls}-{rest}" for rest in range(count, count - told + len(events), -1)]
        events += [("operator_status", {"status": status}) for status in statuses]
        yield b"".join(_line(name, data) for name, data in events), statuses[-1]
        count -= told


def _line(name: str, data: dict[str, Any]) -> bytes:
    return f"event: {name}\ndata: {json.dumps(data)}\n\n".encode()
