"""The reference backend as its tests use it: its wire and its control, over HTTP."""

import contextlib
import itertools
import json
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import httpx

API = "/api/sip"
PATIENCE = 10  # seconds
NO_ANSWER = (httpx.ReadError, httpx.RemoteProtocolError)
KEYS = map(str, itertools.count())

# What the stand-in for a bundle has of a runtime: a file, and its compressed copies.
RUNTIME = "/dist/pyodide-1.2.3-0123456789ab"
COPIES = {None: b"as it is", "br": b"with br", "gzip": b"with gz"}

Json = dict[str, Any]


class Sse(NamedTuple):
    """One event of a stream as it arrived."""

    id: str
    name: str
    data: str

    @property
    def json(self) -> Any:
        return json.loads(self.data)


def control(backend: httpx.Client, act: str, **body: Any) -> Json:
    answer = backend.post(f"/control/{act}", json=body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def see(backend: httpx.Client) -> Json:
    return dict(backend.get("/control/state").json())


def wait_for(backend: httpx.Client, condition: Callable[[Json], bool]) -> Json:
    """Return the first state in which `condition` is true."""
    with backend.stream("GET", "/control/events") as response:
        return next(event.json for event in read(response) if condition(event.json))


def command(backend: httpx.Client, path: str, *, headers: Json | None = None, **body: Any) -> httpx.Response:
    return backend.post(f"{API}/{path}", json=body, headers={**json_headers(), **(headers or {})})


def json_headers() -> dict[str, str]:
    return {
        "X-Requested-With": "sip-worker",
        "Idempotency-Key": next(KEYS),
        "Content-Type": "application/json",
    }


@contextlib.contextmanager
def listening(backend: httpx.Client) -> Iterator[Iterator[Sse]]:
    with backend.stream("GET", f"{API}/events") as response:
        assert response.status_code == 200
        yield read(response)


@contextlib.contextmanager
def listening_on(backend: httpx.Client) -> Iterator[Iterator[Sse]]:
    """Listen, and skip what every stream begins with."""
    with listening(backend) as events:
        assert [next(events).name, next(events).name] == ["snapshot", "ping"]
        yield events


def read(response: httpx.Response) -> Iterator[Sse]:
    """Read a stream of events as the HTML standard says, as far as this server uses it."""
    fields: dict[str, str] = {}
    for line in read_lines(response):
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif fields:
            yield Sse(fields.get("id", ""), fields.get("event", "message"), fields.get("data", ""))
            fields = {}


def read_lines(response: httpx.Response) -> Iterator[str]:
    """Split at line feeds only: `iter_lines` also takes U+2028 and its like for the end of a line."""
    rest = ""
    for text in response.iter_text():
        *lines, rest = (rest + text).split("\n")
        yield from lines


def problem(answer: httpx.Response) -> str:
    """Return the detail of a problem body, after a look at the rest."""
    assert answer.headers["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == answer.status_code
    assert body["title"]
    assert body["detail"].endswith(".")
    return str(body["detail"])


def call_in(backend: httpx.Client, state: str) -> str:
    """Return the id of a new call that is in `state`."""
    if state == "dialing":
        return str(command(backend, "dial", phone="100").json()["call"]["id"])
    call = control(backend, "ring", phone="100")["call"]
    for act in {"ringing": [], "talking": ["answer"], "held": ["answer", "hold"]}[state]:
        call = command(backend, act, callId=call["id"]).json()["call"]
    assert call["state"] == state
    return str(call["id"])
