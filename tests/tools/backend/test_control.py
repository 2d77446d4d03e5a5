"""The control: far ends that move, streams that break, and a backend that is as new again."""

import httpx
import pytest

from .client import (
    API,
    NO_ANSWER,
    Json,
    Sse,
    call_in,
    command,
    control,
    listening,
    listening_on,
    problem,
    see,
    wait_for,
)


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
        ("settings", {"haste": 0.5}),
        ("settings", {"clock": "slow"}),
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


def test_withheld_number_rings_and_takes_part_in_all(backend: httpx.Client) -> None:
    call = control(backend, "ring", phone=None)["call"]
    assert (call["phone"], call["state"]) == (None, "ringing")
    assert backend.post("/control/ring", json={}).status_code == 400


@pytest.mark.parametrize("ahead", [3600, -3600.5])
def test_backends_clock_is_as_far_ahead_as_set(backend: httpx.Client, ahead: float) -> None:
    right = control(backend, "ring", phone="100")["call"]["startedAt"]
    control(backend, "settings", clock=ahead)
    wrong = control(backend, "ring", phone="100")["call"]["startedAt"]
    assert 0 <= wrong - right - 1000 * ahead < 60_000


def test_revived_call_ends_and_stands_in_the_snapshot_after_that(backend: httpx.Client) -> None:
    call_id = call_in(backend, "talking")
    with listening_on(backend) as events:
        control(backend, "revive", callId=call_id)
        ended, snapshot = next(events), next(events)
    assert (ended.name, ended.json["id"]) == ("call_ended", call_id)
    assert (snapshot.name, [call["id"] for call in snapshot.json["calls"]]) == ("snapshot", [call_id])
    assert backend.post("/control/revive", json={"callId": "none"}).status_code == 404


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
    now = see(backend)
    assert now == fresh | {"statusSince": now["statusSince"]}
    assert now["statusSince"] >= fresh["statusSince"]
