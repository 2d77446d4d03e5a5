"""The panel's and the tests' hands on the backend: see everything, move the far ends, break things.

    GET  /control/state     everything there is to see
    GET  /control/events    the same as a stream of `state` events: one now, one after each change
    POST /control/ring      {"phone", "displayName"?}: somebody calls, null withholds the number; answers {"call"}
    POST /control/far       {"callId", "do": see FarAct in exchange.py}: a far end acts; answers {"call"}
    POST /control/settings  {"answerAfter": 2, ...}, see settings.py
    POST /control/faults    {"events": {...}, "commands": {...}}, see faults.py; null takes one away
    POST /control/gone      {"gone": true}: a backend that died, all is refused; false: back
    POST /control/cut       {"how": "end" or "reset"}: end all streams, or break their connections
    POST /control/send      {"event", "data", "id"?}: an event into all streams; data that is text, as it is
    POST /control/revive    {"callId"}: say that a call has ended, and then in a snapshot that it goes on
    POST /control/raw       any bytes, into all streams as they are
    POST /control/reset     {}: a fresh backend without calls, faults, counts; streams stay open

A POST that says nothing else answers with the state after it.
"""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any, get_args

from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from .answers import Answers
from .changes import Changes
from .commands import read_field
from .exchange import Exchange, FarAct
from .faults import Faults
from .journal import Journal
from .requests import check_json, parse_object, read_body
from .settings import Settings
from .streams import Streams
from .telephony import Json, Refused

LIMIT = 64 * 1024 * 1024  # bytes of a body; tests send big ones on purpose
DEAD: Json = {"events": {"do": "refuse"}, "commands": {"do": "refuse"}}
ALIVE: Json = {"events": None, "commands": None}


@dataclass(frozen=True)
class Control:
    """The control API."""

    exchange: Exchange
    streams: Streams
    answers: Answers
    settings: Settings
    faults: Faults
    journal: Journal
    changes: Changes

    def routes(self) -> list[Route]:
        acts: dict[str, Callable[[Json], Json | None]] = {
            "ring": self.ring,
            "far": self.far,
            "settings": self.change_settings,
            "faults": self.faults.change,
            "gone": self.be_gone,
            "cut": self.cut,
            "send": self.send,
            "revive": self.revive,
            "reset": self.reset,
        }
        return [
            Route("/state", self.see, methods=["GET"]),
            Route("/events", self.watch, methods=["GET"]),
            Route("/raw", self.send_raw, methods=["POST"]),
            *[Route(f"/{name}", self._endpoint(act), methods=["POST"]) for name, act in acts.items()],
        ]

    def state(self) -> Json:
        return {
            "streams": len(self.streams),
            "streamsOpened": self.streams.opened,
            "maxStreams": self.streams.most,
            **self.exchange.snapshot(),
            **self.journal.wire(),
            "dtmf": self.exchange.heard,
            "faults": self.faults.wire(),
            "settings": self.settings.wire(),
        }

    async def see(self, _: Request) -> Response:
        return as_json(self.state())

    async def watch(self, _: Request) -> Response:
        return EventSourceResponse(self._states(), ping=0)

    async def _states(self) -> AsyncIterator[ServerSentEvent]:
        async for _ in self.changes.each():
            yield ServerSentEvent(json.dumps(self.state()), event="state", sep="\n")

    # Each of these takes the body of a POST, and may return the answer's.

    def ring(self, body: Json) -> Json:
        name = body.get("displayName")
        if not (name is None or is_text(name)):
            raise Refused(422, "Not a name", "displayName must be text, or null.")
        phone = None if body.get("phone", "") is None else read_field(body, "phone")
        return {"call": self.exchange.ring(phone, name).wire()}

    def far(self, body: Json) -> Json:
        act = read_choice(body, "do", get_args(FarAct))
        return {"call": self.exchange.far(read_field(body, "callId"), act).wire()}

    def change_settings(self, body: Json) -> None:
        self.settings.change(body)
        self.streams.ping()

    def be_gone(self, body: Json) -> None:
        if read_choice(body, "gone", (True, False)):
            self.faults.change(DEAD)
            self.streams.reset()
        else:
            self.faults.change(ALIVE)

    def cut(self, body: Json) -> None:
        if read_choice(body, "how", ("end", "reset")) == "end":
            self.streams.end()
        else:
            self.streams.reset()

    def send(self, body: Json) -> None:
        name, data, number = body.get("event"), body.get("data"), body.get("id")
        if not is_text(name) or "data" not in body or not (number is None or is_text(number)):
            raise Refused(422, "Not an event", 'Send {"event": text, "data": any JSON or text, "id"?: text}.')
        text = data if is_text(data) else json.dumps(data)
        self.streams.send(ServerSentEvent(text, event=name, id=number, sep="\n").encode())

    def revive(self, body: Json) -> None:
        snapshot = self.exchange.snapshot()
        if all(call["id"] != body.get("callId") for call in snapshot["calls"]):
            raise Refused(404, "No such call", "Only a call that goes on can be revived.")
        self.send({"event": "call_ended", "data": {"id": body["callId"], "endReason": "connection_lost"}})
        self.send({"event": "snapshot", "data": snapshot})

    def reset(self, _: Json) -> None:
        self.settings.reset()
        self.faults.clear()
        self.exchange.reset()
        self.answers.clear()
        self.journal.clear()
        self.streams.forget_counts()

    async def send_raw(self, request: Request) -> Response:
        self.streams.send(await read_body(request, LIMIT))
        return as_json(self.state())

    def _endpoint(self, act: Callable[[Json], Json | None]) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            check_json(request)
            answer = act(parse_object(await read_body(request, LIMIT)))
            self.changes.happen()
            return as_json(self.state() if answer is None else answer)

        return endpoint


def control_is_off(_: Request) -> Response:
    raise Refused(
        403, "Control is off", "Others can reach this server. Start it with --control if they may do all this."
    )


def read_choice(body: Json, name: str, choices: tuple[Any, ...]) -> Any:
    value = body.get(name)
    if not any(type(value) is type(choice) and value == choice for choice in choices):
        raise Refused(422, "Not a choice", f'"{name}" must be one of {", ".join(map(json.dumps, choices))}.')
    return value


def is_text(value: Any) -> bool:
    """Tell whether `value` is text that UTF-8 can carry: JSON may also spell half a character."""
    return isinstance(value, str) and not any("\ud800" <= character <= "\udfff" for character in value)


def as_json(value: Json) -> Response:
    """Answer in ASCII: the journal may hold what UTF-8 cannot carry."""
    return Response(json.dumps(value), media_type="application/json")
