"""A backend that misbehaves on request. A fault stands until it is taken away, or for so many `times`.

    {"do": "delay", "seconds": 2}                           answer as usual, but later
    {"do": "hold"}                                          answer as usual when the faults of this side are changed
    {"do": "refuse"}                                        break the connection, no answer
    {"do": "hang"}                                          take the request and never answer
    {"do": "status", "status": 503}                         a problem body; also "headers", for a 302
    {"do": "body", "body": "<h1>Hi", "type": "text/html"}   200 (or "status") with that body

All may have "seconds" to wait first and "times" after which the fault is over. A fault of commands may have
"when": "after", then the command is carried out and only its answer suffers; otherwise it is not carried out.

A browser repeats a request by itself, POSTs too, when a connection it has used before breaks without an answer.
So one command that is refused may arrive several times, always with the same Idempotency-Key: count the keys.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from http import HTTPStatus
from typing import Any, Literal, get_args

from starlette.requests import Request
from starlette.responses import Response

from .problems import CLIENT_IS_GONE, problem
from .settings import is_seconds
from .streams import reset
from .telephony import Json, Refused

Deed = Literal["delay", "hold", "refuse", "hang", "status", "body"]
When = Literal["before", "after"]
Side = Literal["events", "commands"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One way to misbehave. `times` None: until further notice."""

    do: Deed
    seconds: float = 0
    times: int | None = None
    when: When = "before"
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    type: str = "text/plain"

    async def answer(self, request: Request) -> Response | None:
        """Misbehave towards `request`; return the answer it gets, or None if it gets the usual one."""
        gone = await is_gone_within(self.seconds, request)
        if self.do == "refuse":
            reset(request.state.transport)
        if self.do in ("refuse", "hang"):
            gone = gone or await is_gone_within(None, request)
        if gone:
            return Response(status_code=CLIENT_IS_GONE)
        match self.do:
            case "status":
                return self._status()
            case "body":
                return Response(self.body, self.status or 200, self.headers, self.type)
            case _:
                return None

    def _status(self) -> Response:
        status = HTTPStatus(self.status or 503)
        if status in (204, 205, 304):
            return Response(status_code=status, headers=self.headers)
        return problem(status, status.phrase, "The backend was told to answer so.", self.headers)


class Faults:
    """The faults that stand now, one at most for each side."""

    def __init__(self) -> None:
        self._standing: dict[Side, Fault | None] = {}
        self._held: dict[Side, set[asyncio.Timeout]] = {side: set() for side in get_args(Side)}
        self.clear()

    def clear(self) -> None:
        self._change({"events": None, "commands": None})

    def change(self, changes: Json) -> None:
        """Take over {"events": fault or null, "commands": ...}. Raises `Refused` for a wrong one."""
        for side in changes:
            if side not in get_args(Side):
                raise _wrong(f'There are faults for "events" and for "commands", not for {side!r}.')
        self._change({side: read_fault(wire) for side, wire in changes.items()})  # type: ignore[misc]

    def _change(self, faults: dict[Side, Fault | None]) -> None:
        self._standing |= faults
        for limit in [limit for side in faults for limit in self._held[side]]:
            limit.reschedule(asyncio.get_running_loop().time())

    async def strike(self, side: Side, when: When, request: Request) -> Response | None:
        """Let a request suffer what stands; return its answer, or None if it goes on as usual."""
        fault = self._standing[side]
        if fault is None or fault.when != when:
            return None
        self._standing[side] = once_less(fault)
        if fault.do == "hold" and await self._is_gone_before_change(side, request):
            return Response(status_code=CLIENT_IS_GONE)
        return await fault.answer(request)

    async def _is_gone_before_change(self, side: Side, request: Request) -> bool:
        """Hold a request until the faults of its side are changed, or its client has gone; tell which."""
        limit = asyncio.timeout(None)
        self._held[side].add(limit)
        try:
            return await is_gone_before(limit, request)
        finally:
            self._held[side].discard(limit)

    def wire(self) -> Json:
        return {side: write_fault(fault) for side, fault in self._standing.items()}


def once_less(fault: Fault) -> Fault | None:
    if fault.times is None:
        return fault
    return replace(fault, times=fault.times - 1) if fault.times > 1 else None


async def is_gone_within(seconds: float | None, request: Request) -> bool:
    """Wait so long, or for ever, but no longer than the client does; tell whether it has gone."""
    return seconds != 0 and await is_gone_before(asyncio.timeout(seconds), request)


async def is_gone_before(limit: asyncio.Timeout, request: Request) -> bool:
    try:
        async with limit:
            while (await request.receive())["type"] != "http.disconnect":
                pass  # what is left of the request
    except TimeoutError:
        return False
    return True


STATUSES = {int(status) for status in HTTPStatus if status >= 200}
CHECKS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "do": (lambda v: v in get_args(Deed), f"one of {', '.join(get_args(Deed))}"),
    "seconds": (is_seconds, "a number of seconds"),
    "times": (lambda v: type(v) is int and v > 0, "a whole number above 0"),
    "when": (lambda v: v in get_args(When), '"before" or "after"'),
    "status": (lambda v: type(v) is int and v in STATUSES, "an HTTP status from 200 on"),
    "headers": (lambda v: isinstance(v, dict) and all(isinstance(text, str) for text in v.values()), "texts"),
    "body": (lambda v: isinstance(v, str), "a text"),
    "type": (lambda v: isinstance(v, str), "a media type"),
}


def read_fault(wire: Any) -> Fault | None:
    """Return the fault that the wire describes. Raises `Refused` 422 with what is wrong."""
    if wire is None:
        return None
    if not isinstance(wire, dict) or "do" not in wire:
        raise _wrong(f'A fault is null or an object with "do", {CHECKS["do"][1]}.')
    for key, value in wire.items():
        if key not in CHECKS:
            raise _wrong(f"A fault has no {key!r}. It may have: {', '.join(CHECKS)}.")
        fits, meaning = CHECKS[key]
        if not fits(value):
            raise _wrong(f"{key} must be {meaning}.")
    return Fault(**wire)


def write_fault(fault: Fault | None) -> Json | None:
    """Return a fault as the wire describes it, without what is as usual."""
    if fault is None:
        return None
    usual = asdict(Fault(fault.do))
    return {key: value for key, value in asdict(fault).items() if key == "do" or value != usual[key]}


def _wrong(detail: str) -> Refused:
    return Refused(422, "No such fault", detail)
