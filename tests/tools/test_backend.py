"""The reference backend keeps the wire's promises, and misbehaves as it is told. All over real connections."""

import contextlib
import itertools
import json
import re
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest

import build
from tests.backend.process import read_address, running, start

API = "/api/sip"
PATIENCE = 10  # seconds
NO_ANSWER = (httpx.ReadError, httpx.RemoteProtocolError)
KEYS = map(str, itertools.count())
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


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that looks like a bundle to a server."""
    folder = tmp_path_factory.mktemp("dist")
    for name in ("index.html", "sip-worker.js", "sip-client.js", "runtime.mjs", "runtime.wasm", "lock.json"):
        (folder / name).write_text(f"this is {name}")
    (folder / RUNTIME.removeprefix("/dist/")).mkdir()
    for coding, end in {None: "", "br": ".br", "gzip": ".gz"}.items():
        (folder / RUNTIME.removeprefix("/dist/") / f"runtime.wasm{end}").write_bytes(COPIES[coding])
    return folder


@pytest.fixture(scope="module")
def address(dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run one backend for all tests; at the end it must have had nothing to complain about."""
    complaints = tmp_path_factory.mktemp("log") / "stderr"
    with pytest.MonkeyPatch.context() as patch, complaints.open("w") as stderr:
        patch.setenv("PYTHONWARNINGS", "error")
        with running(dist, stderr=stderr) as address:
            yield address
    assert complaints.read_text() == ""


@pytest.fixture(scope="module")
def client(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=PATIENCE) as client:
        yield client


@pytest.fixture
def backend(client: httpx.Client) -> httpx.Client:
    """Return a client of a backend that is as new."""
    control(client, "reset")
    wait_for(client, lambda state: state["streams"] == 0)
    control(client, "reset")
    return client


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


# The stream


def test_every_stream_begins_with_a_snapshot_of_what_is(backend: httpx.Client) -> None:
    call = control(backend, "ring", phone="123", displayName="Grace Hopper")["call"]
    with listening(backend) as first, listening(backend) as second:
        for events in (first, second):
            snapshot = next(events)
            assert snapshot.name == "snapshot"
            assert snapshot.json == {
                "operatorStatus": "ready",
                "operator": {"id": "7", "name": "Ada Lovelace"},
                "calls": [call],
            }


def test_stream_has_the_headers_that_keep_proxies_and_caches_away(backend: httpx.Client) -> None:
    with backend.stream("GET", f"{API}/events") as response:
        assert response.headers["Content-Type"].startswith("text/event-stream")
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["X-Accel-Buffering"] == "no"


def test_all_streams_get_the_same_events_with_the_same_rising_ids(backend: httpx.Client) -> None:
    with listening_on(backend) as first, listening_on(backend) as second:
        call = control(backend, "ring", phone="123")["call"]
        command(backend, "answer", callId=call["id"])
        command(backend, "hangup", callId=call["id"])
        seen = [next(first) for _ in range(3)]
        assert seen == [next(second) for _ in range(3)]
    assert [event.name for event in seen] == ["call_incoming", "call_updated", "call_ended"]
    assert seen[0].json == call
    assert [int(event.id) for event in seen] == sorted({int(event.id) for event in seen})


def test_silence_brings_pings_that_name_the_interval(backend: httpx.Client) -> None:
    control(backend, "settings", ping=0.05)
    with listening_on(backend) as events:
        pings = [next(events), next(events)]
    assert [(ping.name, ping.json) for ping in pings] == [("ping", {"interval": 0.05})] * 2
    assert int(pings[0].id) < int(pings[1].id)


def test_new_ping_interval_reaches_streams_that_are_open(backend: httpx.Client) -> None:
    with listening_on(backend) as events:
        control(backend, "settings", ping=0.05)
        assert [next(events).json for _ in range(2)] == [{"interval": 0.05}] * 2


def test_stream_without_pings_is_silent(backend: httpx.Client) -> None:
    control(backend, "settings", ping=None)
    with listening(backend) as events:
        assert next(events).name == "snapshot"
        control(backend, "ring", phone="123")
        assert next(events).name == "call_incoming"


def test_name_that_is_markup_or_has_line_breaks_arrives_as_it_is(backend: httpx.Client) -> None:
    name = "<img src=x onerror=alert(1)>\r\n\ndata: x \u2028 😀"
    with listening_on(backend) as events:
        control(backend, "ring", phone="123", displayName=name)
        assert next(events).json["displayName"] == name


# The commands


@pytest.mark.parametrize(
    ("state", "path", "body", "reached"),
    [
        ("ringing", "answer", {}, "talking"),
        ("ringing", "hangup", {}, "ended"),
        ("talking", "hold", {}, "held"),
        ("held", "resume", {}, "talking"),
        ("talking", "mute", {}, "talking"),
        ("talking", "unmute", {}, "talking"),
        ("talking", "dtmf", {"digits": "12#"}, "talking"),
        ("talking", "transfer", {"phone": "200"}, "ended"),
    ],
)
def test_command_answers_with_the_call_as_it_is_now(
    backend: httpx.Client, state: str, path: str, body: Json, reached: str
) -> None:
    call_id = call_in(backend, state)
    answer = command(backend, path, callId=call_id, **body)
    assert answer.status_code == 200
    assert (answer.json()["call"]["id"], answer.json()["call"]["state"]) == (call_id, reached)


def test_dial_is_told_to_all_streams_and_answered_with_the_same_call(backend: httpx.Client) -> None:
    with listening_on(backend) as events:
        call = command(backend, "dial", phone="+4930123").json()["call"]
        told = next(events)
    assert (told.name, told.json) == ("call_updated", call)
    assert (call["phone"], call["state"], call["direction"]) == ("+4930123", "dialing", "outbound")


def test_status_is_told_and_answered(backend: httpx.Client) -> None:
    with listening_on(backend) as events:
        answer = command(backend, "status", status="dnd")
        told = next(events)
    assert answer.json() == {"operatorStatus": "dnd"}
    assert (told.name, told.json) == ("operator_status", {"status": "dnd"})


def test_digits_reach_the_far_end(backend: httpx.Client) -> None:
    call_id = call_in(backend, "talking")
    command(backend, "dtmf", callId=call_id, digits="12#")
    assert see(backend)["dtmf"] == {call_id: "12#"}


@pytest.mark.parametrize(("path", "body"), [("dial", {"phone": "1"}), ("status", {"status": "dnd"})])
def test_answers_are_empty_if_the_settings_say_so(backend: httpx.Client, path: str, body: Json) -> None:
    control(backend, "settings", answers="empty")
    answer = command(backend, path, **body)
    assert (answer.status_code, answer.content) == (204, b"")


def test_fields_that_a_newer_phone_may_send_are_ignored(backend: httpx.Client) -> None:
    assert command(backend, "dial", phone="1", colour="green").status_code == 200


PHONE_HELP = "Use digits, +, * and #, at most 32."


@pytest.mark.parametrize(
    "phone",
    ["", "12a", "1" * 33, "1\r\n2", "1\n", "1\0", "1;ext=2", "１２", "\ud800", "1 2"],  # noqa: RUF001
)
def test_bad_number_is_refused_with_what_to_use(backend: httpx.Client, phone: str) -> None:
    body = json.dumps({"phone": phone})
    answer = backend.post(f"{API}/dial", content=body, headers=json_headers())
    assert answer.status_code == 422
    assert problem(answer).endswith(PHONE_HELP)
    assert see(backend)["calls"] == []


@pytest.mark.parametrize(
    ("path", "body", "complaint"),
    [
        ("dtmf", {"callId": "1", "digits": "x"}, "tones"),
        ("status", {"status": "Out To Lunch"}, "not a status"),
        ("answer", {"callId": ""}, "id of a call"),
    ],
)
def test_other_bad_fields_are_refused_too(backend: httpx.Client, path: str, body: Json, complaint: str) -> None:
    answer = command(backend, path, **body)
    assert answer.status_code == 422
    assert complaint in problem(answer)


@pytest.mark.parametrize("body", [{}, {"phone": None}, {"phone": 1}, {"phone": ["1"]}, {"Phone": "1"}])
def test_missing_or_wrong_typed_field_is_named(backend: httpx.Client, body: Json) -> None:
    answer = command(backend, "dial", **body)
    assert answer.status_code == 400
    assert '"phone"' in problem(answer)


def test_unknown_call_is_404_and_wrong_state_409(backend: httpx.Client) -> None:
    ringing = call_in(backend, "ringing")
    unknown, wrong = command(backend, "answer", callId="x"), command(backend, "hold", callId=ringing)
    assert (unknown.status_code, wrong.status_code) == (404, 409)
    assert "no call x" in problem(unknown)
    assert "ringing" in problem(wrong)


def test_trunk_that_fails_is_a_problem_with_its_status(backend: httpx.Client) -> None:
    answer = command(backend, "dial", phone="503")
    assert answer.status_code == 503
    assert problem(answer) == "The trunk is out of service."


# What every request must prove


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1"])
@pytest.mark.parametrize("path", [f"{API}/dial", "/control/ring", "/control/raw"])
def test_post_from_another_site_is_refused(backend: httpx.Client, origin: str, path: str) -> None:
    answer = backend.post(path, json={"phone": "1"}, headers={**json_headers(), "Origin": origin})
    assert answer.status_code == 403
    assert str(backend.base_url).rstrip("/") in problem(answer)
    assert see(backend)["calls"] == []


def test_post_from_the_own_site_is_taken(backend: httpx.Client, address: str) -> None:
    assert command(backend, "dial", phone="1", headers={"Origin": address}).status_code == 200


@pytest.mark.parametrize(
    ("missing", "status"),
    [
        ({"X-Requested-With": ""}, 403),
        ({"X-Requested-With": "XMLHttpRequest"}, 403),
        ({"Content-Type": "text/plain"}, 415),
        ({"Idempotency-Key": ""}, 400),
        ({"Idempotency-Key": "x" * 256}, 400),
    ],
)
def test_header_that_is_missing_or_wrong_is_named(backend: httpx.Client, missing: Json, status: int) -> None:
    answer = command(backend, "dial", phone="1", headers=missing)
    assert answer.status_code == status
    assert next(iter(missing)) in problem(answer)
    assert see(backend)["calls"] == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[]", 400),
        (b"null", 400),
        (b'{"phone": NaN}', 400),
        (b"\xff", 400),
        (b"[" * 10_000, 400),
        (b" " * 20_000, 413),
    ],
)
def test_body_that_is_no_json_object_is_refused(backend: httpx.Client, body: bytes, status: int) -> None:
    answer = backend.post(f"{API}/dial", content=body, headers=json_headers())
    assert answer.status_code == status
    problem(answer)


@pytest.mark.parametrize(("method", "path", "status"), [
    ("GET", f"{API}/dial", 405),
    ("POST", f"{API}/events", 405),
    ("POST", f"{API}/fly", 404),
    ("GET", "/nothing", 404),
    ("GET", "/dist/nothing.js", 404),
    ("GET", "/control/nothing", 404),
])  # fmt: skip
def test_what_does_not_exist_is_a_problem_too(backend: httpx.Client, method: str, path: str, status: int) -> None:
    answer = backend.request(method, path)
    assert answer.status_code == status
    problem(answer)


# One key, one command


def test_same_key_twice_is_carried_out_once_and_answered_alike(backend: httpx.Client) -> None:
    answers = [command(backend, "dial", phone="1", headers={"Idempotency-Key": "again"}) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert len(see(backend)["calls"]) == 1


def test_same_key_many_times_at_once_is_carried_out_once(backend: httpx.Client) -> None:
    def dial(_: int) -> bytes:
        return command(backend, "dial", phone="1", headers={"Idempotency-Key": "at once"}).content

    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(dial, range(8)))) == 1
    assert len(see(backend)["calls"]) == 1


def test_refusal_is_kept_for_its_key_as_well(backend: httpx.Client) -> None:
    headers = {"Idempotency-Key": "refused"}
    first = command(backend, "dial", phone="503", headers=headers)
    again = command(backend, "dial", phone="503", headers=headers)
    assert (again.status_code, again.content) == (503, first.content)


@pytest.mark.parametrize(("path", "body"), [("dial", {"phone": "2"}), ("transfer", {"phone": "1"})])
def test_key_of_another_command_is_refused(backend: httpx.Client, path: str, body: Json) -> None:
    command(backend, "dial", phone="1", headers={"Idempotency-Key": "mine"})
    answer = command(backend, path, **body, headers={"Idempotency-Key": "mine"})
    assert answer.status_code == 422
    assert "key" in problem(answer)
    assert len(see(backend)["calls"]) == 1


# What the backend counts


def test_streams_are_counted_now_ever_and_at_most(backend: httpx.Client) -> None:
    with listening_on(backend), listening_on(backend):
        pass
    wait_for(backend, lambda state: state["streams"] == 0)
    with listening_on(backend):
        state = see(backend)
    assert (state["streams"], state["streamsOpened"], state["maxStreams"]) == (1, 3, 2)
    assert [attempt["status"] for attempt in state["attempts"]] == [200] * 3


def test_requests_are_kept_with_all_that_their_address_says(backend: httpx.Client) -> None:
    control(backend, "faults", events={"do": "status", "status": 503})
    backend.get(f"{API}/events?lastEventId=7")
    assert [attempt["url"] for attempt in see(backend)["attempts"]] == [f"{API}/events?lastEventId=7"]


def test_posts_are_kept_with_key_body_and_status_also_those_refused(backend: httpx.Client) -> None:
    command(backend, "dial", phone="1", headers={"Idempotency-Key": "a"})
    command(backend, "dial", phone="x", headers={"Idempotency-Key": "b"})
    backend.post(f"{API}/status", content=b"\xff", headers={"Idempotency-Key": "c"})
    posts = [{name: value for name, value in post.items() if name != "at"} for post in see(backend)["posts"]]
    dial, status = {"path": "dial", "url": f"{API}/dial"}, {"path": "status", "url": f"{API}/status"}
    assert posts == [
        dial | {"body": {"phone": "1"}, "key": "a", "status": 200},
        dial | {"body": {"phone": "x"}, "key": "b", "status": 422},
        status | {"body": "\ufffd", "key": "c", "status": 403},
    ]


def test_onlooker_gets_the_state_after_each_change(backend: httpx.Client) -> None:
    with backend.stream("GET", "/control/events") as response:
        states = read(response)
        assert next(states).json["calls"] == []
        call = control(backend, "ring", phone="1")["call"]
        assert next(event.json["calls"] for event in states if event.json["calls"]) == [call]


# Faults


def test_refused_command_gets_no_answer_and_is_not_carried_out(backend: httpx.Client) -> None:
    control(backend, "faults", commands={"do": "refuse"})
    with pytest.raises(NO_ANSWER):
        command(backend, "dial", phone="1")
    state = see(backend)
    assert state["calls"] == []
    assert [post["status"] for post in state["posts"]] == [None]


@pytest.mark.parametrize("fault", [{"do": "refuse"}, {"do": "hang"}])
def test_command_may_be_carried_out_and_its_answer_lost(backend: httpx.Client, fault: Json) -> None:
    control(backend, "faults", commands={**fault, "when": "after"})
    with pytest.raises((*NO_ANSWER, httpx.ReadTimeout)):
        backend.post(f"{API}/dial", json={"phone": "1"}, headers=json_headers(), timeout=0.3)
    wait_for(backend, lambda state: len(state["calls"]) == 1)


def test_late_answer_comes_after_the_command_was_carried_out(backend: httpx.Client) -> None:
    control(backend, "faults", commands={"do": "delay", "seconds": 0.5, "when": "after"})
    with listening_on(backend) as events, ThreadPoolExecutor(1) as thread:
        answer = thread.submit(command, backend, "dial", phone="1")
        assert next(events).name == "call_updated"
        assert not answer.done()
        assert answer.result().status_code == 200


@pytest.mark.parametrize("side", ["events", "commands"])
def test_delay_keeps_a_request_waiting_then_all_is_as_usual(backend: httpx.Client, side: str) -> None:
    control(backend, "faults", **{side: {"do": "delay", "seconds": 0.3}})
    before = time.monotonic()
    if side == "events":
        with listening_on(backend):
            pass
    else:
        assert command(backend, "dial", phone="1").status_code == 200
    assert time.monotonic() - before >= 0.3


def test_status_comes_with_a_problem_body_and_headers(backend: httpx.Client) -> None:
    control(backend, "faults", events={"do": "status", "status": 302, "headers": {"Location": "/plain.html"}})
    control(backend, "faults", commands={"do": "status", "status": 401})
    redirected, unauthorized = backend.get(f"{API}/events"), command(backend, "dial", phone="1")
    assert (redirected.status_code, redirected.headers["Location"]) == (302, "/plain.html")
    assert unauthorized.status_code == 401
    problem(unauthorized)
    assert see(backend)["calls"] == []


def test_status_without_a_body_has_none(backend: httpx.Client) -> None:
    control(backend, "faults", events={"do": "status", "status": 204})
    assert backend.get(f"{API}/events").content == b""


def test_body_and_type_are_as_told(backend: httpx.Client) -> None:
    control(backend, "faults", events={"do": "body", "body": "<h1>Hi", "type": "text/html"})
    answer = backend.get(f"{API}/events")
    assert (answer.status_code, answer.text) == (200, "<h1>Hi")
    assert answer.headers["Content-Type"].startswith("text/html")


def test_hang_takes_the_request_and_counts_as_a_stream_until_the_client_goes(backend: httpx.Client) -> None:
    control(backend, "faults", events={"do": "hang"})
    with pytest.raises(httpx.ReadTimeout):
        backend.get(f"{API}/events", timeout=0.3)
    state = wait_for(backend, lambda state: state["streams"] == 0)
    assert (state["streamsOpened"], state["maxStreams"]) == (0, 1)
    assert [attempt["status"] for attempt in state["attempts"]] == [None]


def test_fault_is_over_after_so_many_times(backend: httpx.Client) -> None:
    control(backend, "faults", events={"do": "status", "status": 502, "times": 2})
    assert [backend.get(f"{API}/events").status_code for _ in range(2)] == [502, 502]
    assert see(backend)["faults"] == {"events": None, "commands": None}
    with listening_on(backend):
        pass


@pytest.mark.parametrize(
    ("faults", "complaint"),
    [
        ({"streams": {"do": "hang"}}, "not for 'streams'"),
        ({"events": {}}, '"do"'),
        ({"events": {"do": "explode"}}, "one of"),
        ({"events": {"do": "hang", "colour": "red"}}, "no 'colour'"),
        ({"events": {"do": "status", "status": 99}}, "HTTP status"),
        ({"events": {"do": "delay", "seconds": -1}}, "number of seconds"),
        ({"events": {"do": "delay", "times": True}}, "whole number"),
    ],
)
def test_wrong_fault_is_refused_and_changes_nothing(backend: httpx.Client, faults: Json, complaint: str) -> None:
    answer = backend.post("/control/faults", json={"commands": {"do": "hang"}, **faults})
    assert answer.status_code == 422
    assert complaint in problem(answer)
    assert see(backend)["faults"] == {"events": None, "commands": None}


def test_cut_ends_all_streams_in_good_order(backend: httpx.Client) -> None:
    with listening_on(backend) as first, listening_on(backend) as second:
        control(backend, "cut", how="end")
        assert list(first) == list(second) == []
    assert wait_for(backend, lambda state: state["streams"] == 0)["maxStreams"] == 2


def test_reset_breaks_the_connections_of_all_streams(backend: httpx.Client) -> None:
    with listening_on(backend) as first, listening_on(backend) as second:
        control(backend, "cut", how="reset")
        for events in (first, second):
            with pytest.raises(httpx.ReadError):
                next(events)


def test_backend_that_is_gone_refuses_all_and_comes_back(backend: httpx.Client) -> None:
    call_id = call_in(backend, "talking")
    with listening_on(backend) as events:
        control(backend, "gone", gone=True)
        with pytest.raises(httpx.ReadError):
            next(events)
    with pytest.raises(NO_ANSWER):
        backend.get(f"{API}/events")
    with pytest.raises(NO_ANSWER):
        command(backend, "hangup", callId=call_id)

    control(backend, "gone", gone=False)
    with listening(backend) as events:
        assert [call["id"] for call in next(events).json["calls"]] == [call_id]


def test_event_is_sent_as_it_is(backend: httpx.Client) -> None:
    with listening_on(backend) as events:
        control(backend, "send", event="odd", data="not json", id="x")
        control(backend, "send", event="even", data={"a": None})
        assert [next(events), next(events)] == [Sse("x", "odd", "not json"), Sse("", "even", '{"a": null}')]


def test_raw_bytes_are_sent_as_they_are_and_before_the_end(backend: httpx.Client) -> None:
    raw = b"retry: 0\r\n: \xff half an event\ndata: {"
    with backend.stream("GET", f"{API}/events") as response:
        chunks = response.iter_bytes()
        wait_for(backend, lambda state: state["streamsOpened"] == 1)
        assert backend.post("/control/raw", content=raw).status_code == 200
        control(backend, "cut", how="end")
        assert b"".join(chunks).endswith(raw)


def test_big_event_arrives_whole(backend: httpx.Client) -> None:
    big = "x" * 5_000_000
    with listening_on(backend) as events:
        control(backend, "send", event="big", data=big)
        assert next(events).data == big


@pytest.mark.parametrize(
    ("act", "body"),
    [
        ("settings", {"colour": "red"}),
        ("settings", {"ping": 0}),
        ("settings", {"answerAfter": -1}),
        ("settings", {"answers": None}),
        ("settings", {"operator": {"id": 7}}),
        ("ring", {"phone": "12a"}),
        ("ring", {"phone": "12", "displayName": 7}),
        ("far", {"callId": "x", "do": "fly"}),
        ("cut", {"how": "slowly"}),
        ("gone", {"gone": 1}),
        ("send", {"event": "x"}),
    ],
)
def test_wrong_control_is_refused_in_a_sentence(backend: httpx.Client, act: str, body: Json) -> None:
    before = see(backend)
    answer = backend.post(f"/control/{act}", json=body)
    assert answer.status_code == 422
    problem(answer)
    assert see(backend) == before


def test_far_end_can_be_moved(backend: httpx.Client) -> None:
    call_id = call_in(backend, "dialing")
    assert control(backend, "far", callId=call_id, do="answer")["call"]["state"] == "talking"


def test_another_operator_stands_in_the_next_snapshot(backend: httpx.Client) -> None:
    control(backend, "settings", operator={"id": "8", "name": "Alan Turing"})
    with listening(backend) as events:
        assert next(events).json["operator"] == {"id": "8", "name": "Alan Turing"}


def test_reset_makes_all_as_new(backend: httpx.Client) -> None:
    fresh = see(backend)
    call_in(backend, "talking")
    control(backend, "settings", ping=1, operator={"id": "8", "name": "B"})
    control(backend, "faults", events={"do": "hang"}, commands={"do": "hang", "times": 3})
    control(backend, "reset")
    assert see(backend) == fresh


# Pages


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/dist/sip-client.js", "text/javascript"),
        ("/dist/runtime.mjs", "text/javascript"),
        ("/dist/runtime.wasm", "application/wasm"),
        ("/dist/lock.json", "application/json"),
        ("/dist/", "text/html"),
        ("/", "text/html"),
        ("/plain.html", "text/html"),
        ("/panel.js", "text/javascript"),
        ("/demo.css", "text/css"),
    ],
)
def test_files_have_the_types_and_headers_that_browsers_insist_on(
    backend: httpx.Client, path: str, media_type: str
) -> None:
    answer = backend.get(path)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].partition(";")[0] == media_type
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; ")


def test_policies_are_those_that_the_readme_shows(backend: httpx.Client) -> None:
    sent = [backend.get(path).headers["Content-Security-Policy"] for path in ("/", "/dist/sip-worker.js")]
    readme = (build.ROOT / "README.md").read_text(encoding="utf-8")
    assert re.findall("^Content-Security-Policy: (.+)$", readme, flags=re.MULTILINE) == sent


def test_worker_alone_may_compile_wasm(backend: httpx.Client) -> None:
    policies = {path: backend.get(path).headers["Content-Security-Policy"] for path in ("/dist/sip-worker.js", "/")}
    assert [path for path, policy in policies.items() if "'wasm-unsafe-eval'" in policy] == ["/dist/sip-worker.js"]


def test_file_that_is_known_is_not_sent_again_until_it_changes(backend: httpx.Client, dist: Path) -> None:
    tag = {"If-None-Match": backend.get("/dist/sip-client.js").headers["ETag"]}
    assert backend.get("/dist/sip-client.js", headers=tag).status_code == 304

    (dist / "sip-client.js").write_text("a new build")
    answer = backend.get("/dist/sip-client.js", headers=tag)
    assert (answer.status_code, answer.text) == (200, "a new build")


@pytest.mark.parametrize(
    ("accepted", "sent"),
    [
        ("gzip, deflate, br, zstd", "br"),  # what browsers send to a secure address
        ("gzip, deflate", "gzip"),  # and to another one
        ("br", "br"),
        ("BR ; q=0.5 , gzip;q=0.5", "br"),
        ("br;q=0.5, gzip;q=0.8", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br;q=0.000, *", "gzip"),
        ("*", "br"),
        ("*;q=0", None),
        ("identity, br;q=0.5", None),
        ("identity;q=0.5, br", "br"),
        ("deflate, zstd", None),
        ("brand, xgzip", None),
        ("br;q=0, gzip;q=0", None),
        ("", None),
        (";q=,,;", None),
    ],
)
def test_the_copy_that_the_browser_likes_best_is_sent(backend: httpx.Client, accepted: str, sent: str | None) -> None:
    answer = fetch(backend, f"{RUNTIME}/runtime.wasm", accepted)
    assert (answer.status_code, answer.headers.get("Content-Encoding")) == (200, sent)
    assert answer.content == COPIES[sent]
    assert answer.headers["Content-Length"] == str(len(COPIES[sent]))
    assert answer.headers["Content-Type"] == "application/wasm"
    assert answer.headers["Vary"] == "Accept-Encoding"


def test_what_has_no_copy_is_sent_as_it_is(backend: httpx.Client) -> None:
    answer = fetch(backend, "/dist/lock.json", "br, gzip")
    assert answer.text == "this is lock.json"
    assert not {"Content-Encoding", "Vary"} & {name.title() for name in answer.headers}


def test_every_coding_has_a_tag_of_its_own_and_is_not_sent_again(backend: httpx.Client) -> None:
    path = f"{RUNTIME}/runtime.wasm"
    tags = {coding: fetch(backend, path, coding).headers["ETag"] for coding in ("br", "gzip", "identity")}
    assert len(set(tags.values())) == 3
    for coding, tag in tags.items():
        known = fetch(backend, path, coding, {"If-None-Match": tag})
        assert (known.status_code, known.content, known.headers["ETag"]) == (304, b"", tag)
        assert known.headers["Vary"] == "Accept-Encoding"
    assert fetch(backend, path, "br", {"If-None-Match": tags["gzip"]}).status_code == 200


def test_head_tells_what_get_would_send(backend: httpx.Client) -> None:
    got = fetch(backend, f"{RUNTIME}/runtime.wasm", "br")
    head = backend.head(f"{RUNTIME}/runtime.wasm", headers={"Accept-Encoding": "br"})
    assert (head.status_code, head.content) == (200, b"")
    assert without_date(head.headers) == without_date(got.headers)


def test_a_range_is_one_of_the_copy_that_is_sent(backend: httpx.Client) -> None:
    answer = fetch(backend, f"{RUNTIME}/runtime.wasm", "br", {"Range": "bytes=5-6"})
    assert (answer.status_code, answer.content, answer.headers["Content-Encoding"]) == (206, b"br", "br")
    assert answer.headers["Content-Range"] == f"bytes 5-6/{len(COPIES['br'])}"


def test_a_copy_that_is_asked_for_by_its_own_name_is_just_bytes(backend: httpx.Client) -> None:
    answer = fetch(backend, f"{RUNTIME}/runtime.wasm.gz", "gzip")
    assert (answer.content, answer.headers["Content-Type"]) == (COPIES["gzip"], "application/octet-stream")
    assert "Content-Encoding" not in answer.headers


def test_what_is_named_after_its_content_is_kept_for_ever(backend: httpx.Client) -> None:
    for_ever = "public, max-age=31536000, immutable"
    first = fetch(backend, f"{RUNTIME}/runtime.wasm", "br")
    again = fetch(backend, f"{RUNTIME}/runtime.wasm", "br", {"If-None-Match": first.headers["ETag"]})
    assert [first.headers["Cache-Control"], again.headers["Cache-Control"]] == [for_ever] * 2
    missing = fetch(backend, f"{RUNTIME}/nothing.wasm", "br")
    assert missing.status_code == 404
    assert missing.headers.get("Cache-Control") != for_ever


def fetch(backend: httpx.Client, path: str, accepted: str, headers: Json | None = None) -> httpx.Response:
    """Get a file with this Accept-Encoding; its content is what was sent, not decoded."""
    with backend.stream("GET", path, headers={"Accept-Encoding": accepted, **(headers or {})}) as response:
        response._content = b"".join(response.iter_raw())
    return response


def without_date(headers: httpx.Headers) -> Json:
    return {name: value for name, value in headers.items() if name != "date"}


def test_nothing_outside_the_folder_is_served(backend: httpx.Client, dist: Path) -> None:
    (dist.parent / "secret.txt").write_text("secret")
    assert backend.get("/dist/%2e%2e/secret.txt").status_code == 404


def test_demo_page_has_the_phone_and_nothing_inline(backend: httpx.Client) -> None:
    page = backend.get("/").text
    assert "<sip-phone-widget extended-lifetime></sip-phone-widget>" in page
    assert '<script type="module" src="/dist/sip-phone-widget.js"></script>' in page
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script[^>]*>[^<]", page)


def test_plain_page_has_nothing_of_ours(backend: httpx.Client) -> None:
    assert "<script" not in backend.get("/plain.html").text


# The process


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signal_stops_it_at_once_and_in_peace_with_streams_open(dist: Path, number: signal.Signals) -> None:
    with start(dist, "--port", "0", stderr=subprocess.PIPE) as process, ThreadPoolExecutor(1) as thread:
        with httpx.Client(base_url=read_address(process), timeout=PATIENCE) as client:
            control(client, "faults", commands={"do": "hang"})
            hanging = thread.submit(command, client, "dial", phone="1")
            wait_for(client, lambda state: len(state["posts"]) == 1)
            with listening_on(client) as events, client.stream("GET", "/control/events"):
                before = time.monotonic()
                process.send_signal(number)
                assert list(events) == []
                assert process.wait(PATIENCE) == 0
                assert time.monotonic() - before < 2  # about 0.4 on a quiet machine
            with pytest.raises(NO_ANSWER):
                hanging.result()
        assert process.stdout is not None
        assert process.stderr is not None
        assert (process.stdout.read(), process.stderr.read()) == ("", "")


def test_port_that_is_taken_is_said_in_a_sentence(dist: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with start(dist, "--port", str(port), stderr=subprocess.PIPE) as process:
            out, complaint = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out) == (1, "")
    assert re.fullmatch(rf"Cannot listen on 127\.0\.0\.1, port {port}: .+\. Try --port 0\.\n", complaint)


def test_missing_bundle_is_said_in_a_sentence(tmp_path: Path) -> None:
    nowhere = tmp_path / "no"
    with start(nowhere, stderr=subprocess.PIPE) as process:
        out, complaint = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out) == (1, "")
    assert complaint == f"There is no bundle in {nowhere}. Build it first, or name its folder with --dist.\n"


def test_api_may_stand_under_another_path(dist: Path) -> None:
    with running(dist, "--api", "/phone") as address, httpx.stream("GET", f"{address}/phone/events") as response:
        assert next(read(response)).name == "snapshot"


def test_backend_that_cannot_start_is_an_error_where_it_is_started(tmp_path: Path) -> None:
    backend = running(tmp_path / "no", stderr=subprocess.DEVNULL)
    with pytest.raises(RuntimeError, match="did not start"):
        contextlib.ExitStack().enter_context(backend)
