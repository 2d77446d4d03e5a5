"""What the backend counts, and tells those who look on."""

import httpx

from .client import API, command, control, listening_on, read, see, wait_for


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


def test_probe_for_the_status_is_told_from_an_attempt_to_open_the_stream(backend: httpx.Client) -> None:
    control(backend, "faults", events={"do": "status", "status": 503})
    backend.get(f"{API}/events")
    backend.get(f"{API}/events", headers={"X-Requested-With": "sip-worker"})
    assert [attempt["probe"] for attempt in see(backend)["attempts"]] == [False, True]
