"""Faults that stand until they are taken away: the backend misbehaves as it is told."""

import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from .client import API, NO_ANSWER, Json, command, control, json_headers, listening_on, problem, see, wait_for


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


@pytest.mark.parametrize(("when", "calls"), [("before", 0), ("after", 1)])
def test_held_command_goes_on_when_faults_change(backend: httpx.Client, when: str, calls: int) -> None:
    control(backend, "faults", commands={"do": "hold", "when": when})
    with ThreadPoolExecutor(1) as thread:
        answer = thread.submit(command, backend, "dial", phone="1")
        wait_for(backend, lambda state: len(state["posts"]) == 1 and len(state["calls"]) == calls)
        control(backend, "faults", events=None)
        assert see(backend)["posts"][0]["status"] is None, "a change of the other side lets nothing go"
        control(backend, "faults", commands=None)
        assert answer.result().status_code == 200


def test_held_request_is_over_when_its_client_goes(backend: httpx.Client) -> None:
    control(backend, "faults", events={"do": "hold"})
    with pytest.raises(httpx.ReadTimeout):
        backend.get(f"{API}/events", timeout=0.3)
    wait_for(backend, lambda state: state["streams"] == 0)
    assert see(backend)["streamsOpened"] == 0


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
