"""The wire: `GET events` is the stream of all that happens, `POST <command>` makes something happen."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from typing import Any

from sse_starlette import EventSourceResponse
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from .answers import Answers
from .commands import COMMANDS, carry_out, read_fields
from .faults import Faults
from .journal import Journal
from .problems import CLIENT_IS_GONE, of_refused
from .requests import check_json, parse_object, read_body
from .settings import Settings
from .streams import Streams
from .telephony import Event, Refused, Telephony

SMALL = 1024  # bytes of a body that the journal keeps; a command of the phone has hardly a hundred


@dataclass(frozen=True)
class Api:
    """The phone's API in front of a telephony, whose events must already go to `streams`."""

    telephony: Telephony
    streams: Streams
    answers: Answers
    settings: Settings
    faults: Faults
    journal: Journal

    def routes(self) -> list[Route]:
        return [
            Route("/events", self.events, methods=["GET"]),
            *[Route(f"/{command}", self.command, methods=["POST"]) for command in COMMANDS],
        ]

    async def events(self, request: Request) -> Response:
        probe = is_asked_by_script(request)
        attempt = self.journal.attempt(path_and_query(request), probe=probe)
        with self.streams.joined(request.state.transport, probe=probe):
            response = await self.faults.strike("events", "before", request)
        if response is None:
            response = EventSourceResponse(
                self.streams.listen(request.state.transport, self._snapshot, probe=probe),
                ping=0,  # its pings are comments, which no EventSource shows; ours are events
            )
        self.journal.answered(attempt, sent_status(response))
        return response

    def _snapshot(self) -> Event:
        return Event("snapshot", self.telephony.snapshot())

    async def command(self, request: Request) -> Response:
        """Check what every command must have, note it, and carry it out, once for each key."""
        command = request.url.path.rpartition("/")[2]
        content = await read_body(request)
        check_asked_by_script(request)
        self._check_csrf(request)
        check_json(request)
        key, body = idempotency_key(request), parse_object(content)
        arguments = read_fields(command, body)
        post = self.journal.post(path_and_query(request), command, body if len(content) <= SMALL else None, key)
        response = await self.faults.strike("commands", "before", request)
        if response is None:
            asked = sha256(f"{command} ".encode() + content).digest()
            response = await self._answer_once(key, asked, partial(self._carry_out, command, arguments))
            response = await self.faults.strike("commands", "after", request) or response
        self.journal.answered(post, sent_status(response))
        return response

    def _check_csrf(self, request: Request) -> None:
        """Refuse what does not repeat the token that only pages of the site can read."""
        if self.settings.csrf not in (None, request.headers.get("X-CSRFToken")):
            raise Refused(403, "CSRF check failed", "Send the token of the site in the header X-CSRFToken.")

    async def _answer_once(self, key: str, asked: bytes, work: Callable[[], Coroutine[Any, Any, Response]]) -> Response:
        try:
            return await self.answers.once(self.settings.operator["id"], key, asked, work)
        except Refused as refused:
            return of_refused(refused)

    async def _carry_out(self, command: str, arguments: list[str]) -> Response:
        try:
            answer = await carry_out(command, arguments, self.telephony)
        except Refused as refused:
            return of_refused(refused)  # also an answer, and the same for the same key
        if answer is None or self.settings.answers == "empty":
            return Response(status_code=204)
        return JSONResponse(answer)


def check_asked_by_script(request: Request) -> None:
    """Refuse what lacks the header that no other site can set without asking first (a CORS preflight)."""
    if not is_asked_by_script(request):
        raise Refused(403, "Not from the phone", "Send the header X-Requested-With: sip-worker.")


def is_asked_by_script(request: Request) -> bool:
    return request.headers.get("X-Requested-With") == "sip-worker"


def idempotency_key(request: Request) -> str:
    key = request.headers.get("Idempotency-Key", "")
    if not 1 <= len(key) <= 255:
        raise Refused(400, "No key", "Send an Idempotency-Key of 1 to 255 characters, new for each command.")
    return key


def path_and_query(request: Request) -> str:
    query = request.url.query
    return f"{request.url.path}?{query}" if query else request.url.path


def sent_status(response: Response) -> int | None:
    return None if response.status_code == CLIENT_IS_GONE else response.status_code
