"""What must not grow or be held up, whatever is sent: memory, and connections."""

import asyncio
import contextlib
import socket
import threading
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from starlette.responses import Response

from tests.backend import server
from tests.backend.answers import KEPT, Answers
from tests.backend.app import Backend
from tests.backend.server import Server, open_listener

from .client import API, PATIENCE, Json, json_headers, read

# --- memory -----------------------------------------------------------------------------------------------------------

POSTS, SIZE = 100, 16_000
BIG = {
    "not valid": {"phone": "x" * SIZE},
    "valid": {"phone": "1", "more": "x" * SIZE},
    "valid, and large once it is read": {"callId": "1", "more": [[]] * (SIZE // 4)},
}


@pytest.mark.parametrize("body", BIG.values(), ids=BIG)
def test_large_posts_leave_nothing_in_memory(tmp_path: Path, body: Json) -> None:
    backend = Backend(tmp_path)
    path = f"{API}/hangup" if "callId" in body else f"{API}/dial"

    async def post(times: int) -> None:
        transport = httpx.ASGITransport(backend.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            for _ in range(times):
                await client.post(path, json=body, headers=json_headers())
            backend.close()  # the calls that were dialled

    asyncio.run(post(1))
    tracemalloc.start()
    asyncio.run(post(POSTS))
    grown, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert grown < POSTS * SIZE / 4


def test_of_many_keys_the_oldest_of_that_operator_alone_is_forgotten() -> None:
    async def carry_out() -> Response:
        return Response()

    async def ask() -> list[bool]:
        answers = Answers()
        keys = [("7", "first"), ("8", "first"), *(("7", str(number)) for number in range(KEPT))]
        given = {each: await answers.once(*each, b"asked", carry_out) for each in keys}
        return [await answers.once(*each, b"asked", carry_out) is given[each] for each in reversed(keys)]

    *still_known, of_8, of_7 = asyncio.run(ask())
    assert (all(still_known), of_8, of_7) == (True, True, False)


# --- requests that never end ------------------------------------------------------------------------------------------


@pytest.fixture
def hasty(dist: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, int]]:
    """The address of a backend that waits for a tenth of a second only."""
    monkeypatch.setattr(server, "PATIENCE", 0.1)
    monkeypatch.setattr(server, "KEEP_ALIVE", 0.1)
    listener = open_listener("127.0.0.1", 0)
    serving = Server(Backend(dist), listener)
    thread = threading.Thread(target=serving.listen)
    thread.start()
    yield listener.getsockname()
    serving.should_exit = True
    thread.join(PATIENCE)


@pytest.mark.parametrize("sent", [
    b"",
    b"GET /control/state HT",
    b"GET /control/state HTTP/1.1\r\nHost: localhost\r\nX-Slow: 1\r\n",
    b"POST /control/reset HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{",
])  # fmt: skip
def test_request_that_is_never_whole_is_given_up(hasty: tuple[str, int], sent: bytes) -> None:
    with socket.create_connection(hasty, PATIENCE) as connection:
        connection.sendall(sent)
        assert ends(connection)


def test_head_that_trickles_in_is_given_up_too(hasty: tuple[str, int]) -> None:
    with socket.create_connection(hasty, 0.02) as connection:
        connection.sendall(b"GET /control/state HTTP/1.1\r\n")
        while not ends(connection):
            with contextlib.suppress(ConnectionError):
                connection.sendall(b"X: 1\r\n")


def test_answer_that_takes_long_is_waited_for(hasty: tuple[str, int]) -> None:
    with httpx.stream("GET", "http://{}:{}/control/events".format(*hasty)) as response:
        events = read(response)
        assert next(events).name == "state"
        command_after = threading.Timer(0.3, lambda: httpx.post("http://{}:{}/control/reset".format(*hasty), json={}))
        command_after.start()
        assert next(events).name == "state"


def ends(connection: socket.socket) -> bool:
    """Read until the other side closes the connection; say whether it did before the timeout."""
    try:
        while connection.recv(1000):
            pass
    except TimeoutError:
        return False
    except ConnectionError:
        pass
    return True
