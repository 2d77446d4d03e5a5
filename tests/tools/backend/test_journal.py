"""What the backend counts, and tells those who look on."""

import httpx
import pytest

from .client import API, Json, command, control, listening_on, read, see, wait_for


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


def test_posts_are_kept_with_key_body_and_status(backend: httpx.Client) -> None:
    command(backend, "dial", phone="1", headers={"Idempotency-Key": "a"})
    command(backend, "dial", phone="503", headers={"Idempotency-Key": "b"})
    posts = [{name: value for name, value in post.items() if name != "at"} for post in see(backend)["posts"]]
    dial = {"path": "dial", "url": f"{API}/dial"}
    assert posts == [
        dial | {"body": {"phone": "1"}, "key": "a", "status": 200},
        dial | {"body": {"phone": "503"}, "key": "b", "status": 503},
    ]


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Host": "evil.example"},
        {"X-Requested-With": ""},
        {"Content-Type": "text/plain"},
        {"Idempotency-Key": ""},
    ],
)
def test_posts_that_are_not_the_phones_are_not_kept(backend: httpx.Client, headers: Json) -> None:
    assert command(backend, "dial", phone="1", headers=headers).is_error
    assert see(backend)["posts"] == []


@pytest.mark.parametrize("body", [{"phone": "x"}, {}, {"phone": "1", "more": "x" * 20_000}])
def test_posts_that_are_no_valid_command_are_not_kept(backend: httpx.Client, body: Json) -> None:
    assert command(backend, "dial", **body).is_error
    assert see(backend)["posts"] == []


def test_streams_that_other_sites_ask_for_are_refused_and_not_kept(backend: httpx.Client) -> None:
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "same-site"}, {"Host": "evil.example"}):
        assert backend.get(f"{API}/events", headers=headers).is_error
    assert (see(backend)["attempts"], see(backend)["streamsOpened"]) == ([], 0)


def test_of_a_large_body_and_a_long_address_the_journal_keeps_little(backend: httpx.Client) -> None:
    command(backend, "dial", phone="1", more="x" * 2000)
    control(backend, "faults", events={"do": "status", "status": 503})
    backend.get(f"{API}/events?lastEventId={'7' * 10_000}")
    state = see(backend)
    assert [post["body"] for post in state["posts"]] == [None]
    assert [len(attempt["url"]) for attempt in state["attempts"]] == [4096]


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
