"""The stream: what it begins with, and what comes of it to all who listen."""

import asyncio

import httpx

from tests.backend.settings import Settings
from tests.backend.streams import Streams

from .client import API, command, control, listening, listening_on, see


def test_every_stream_begins_with_a_snapshot_of_what_is(backend: httpx.Client) -> None:
    call = control(backend, "ring", phone="123", displayName="Grace Hopper")["call"]
    with listening(backend) as first, listening(backend) as second:
        for events in (first, second):
            snapshot = next(events)
            assert snapshot.name == "snapshot"
            assert snapshot.json == {
                "operatorStatus": "ready",
                "statusSince": see(backend)["statusSince"],
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


def test_ping_interval_is_told_as_a_clock_in_haste_has_it(backend: httpx.Client) -> None:
    control(backend, "settings", ping=0.05, haste=10)
    with listening_on(backend) as events:
        assert next(events).json == {"interval": 0.5}


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


class Connection(asyncio.Transport):
    """One of which is known only whether it is closing."""

    def __init__(self, *, closing: bool = False) -> None:
        super().__init__()
        self._closing = closing

    def is_closing(self) -> bool:
        return self._closing


def test_a_stream_whose_connection_has_ended_is_not_there_at_once_with_the_next() -> None:
    streams = Streams(Settings(), lambda: None)
    with streams.joined(Connection(closing=True)), streams.joined(Connection()):
        assert streams.most == 1
        with streams.joined(Connection()):
            assert streams.most == 2
