"""What stands before the whole backend: the attacks that must not get through."""

import socket
import subprocess
from pathlib import Path

import httpx
import pytest

from tests.backend.process import read_address, running, start, stop

from .client import API, PATIENCE, command, json_headers, problem, read, see

HEADERS = ("X-Content-Type-Options", "Cross-Origin-Resource-Policy", "Cache-Control")


# --- names ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", [
    "evil.example", "evil.example:8000", "localhost.evil.example", "evil.localhost", "127.0.0.1.evil.example",
    "localhost@evil.example", "192.168.1.1", "[::2]", "localhost, evil.example", "",
])  # fmt: skip
@pytest.mark.parametrize("path", ["/", "/dist/sip-worker.js", f"{API}/events", "/control/state", "/control/events"])
def test_page_that_rebinds_its_name_reads_nothing(backend: httpx.Client, path: str, host: str) -> None:
    answer = backend.get(path, headers={"Host": host})
    assert answer.status_code == 421
    assert "--allow-host" in problem(answer)


@pytest.mark.parametrize("path", [f"{API}/dial", "/control/ring", "/control/raw"])
def test_page_that_rebinds_its_name_does_nothing(backend: httpx.Client, path: str) -> None:
    rebound = {"Host": "evil.example", "Origin": "http://evil.example", "Sec-Fetch-Site": "same-origin"}
    answer = backend.post(path, json={"phone": "1"}, headers={**json_headers(), **rebound})
    assert (answer.status_code, see(backend)["calls"]) == (421, [])


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8000", "127.0.0.1", "[::1]", "[::1]:8000"])
def test_loopback_names_are_answered(backend: httpx.Client, host: str) -> None:
    assert backend.get("/control/state", headers={"Host": host}).status_code == 200


def test_request_without_a_host_is_refused(backend: httpx.Client) -> None:
    address = (backend.base_url.host, backend.base_url.port or 80)
    with socket.create_connection(address, PATIENCE) as connection:
        connection.sendall(b"GET /control/state HTTP/1.0\r\n\r\n")
        assert b" 421 " in connection.recv(100)


def test_names_that_were_given_are_answered(dist: Path) -> None:
    with running(dist, "--allow-host", "phone.test", "--allow-host", "Other.test") as address:
        hosts = ("phone.test:1", "other.test", "third.test")
        assert [httpx.get(address, headers={"Host": host}).status_code for host in hosts] == [200, 200, 421]


# --- others on the network --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("asked_for", "status"), [([], 403), (["--control"], 200)])
def test_control_is_open_to_others_only_if_asked_for(dist: Path, asked_for: list[str], status: int) -> None:
    with start(dist, "--host", "0.0.0.0", "--port", "0", *asked_for, stderr=subprocess.PIPE) as process:  # noqa: S104
        address = read_address(process).replace("0.0.0.0", "127.0.0.1")  # noqa: S104
        answers = [
            httpx.get(f"{address}/control/state"),
            httpx.post(f"{address}/control/ring", json={"phone": "1"}, headers={"Origin": address}),
        ]
        with httpx.stream("GET", f"{address}{API}/events") as response:
            assert next(read(response)).name == "snapshot"
        stop(process)
        assert process.stderr is not None
        warning = process.stderr.read()
    assert [answer.status_code for answer in answers] == [status, status]
    assert status == 200 or "--control" in problem(answers[0])
    assert warning.startswith("Warning: whoever can connect to 0.0.0.0 may hear and make calls here.")
    assert ("/control is off" in warning) == (not asked_for)
    assert "--allow-host NAME" in warning


# --- headers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/control/state", 200),
        ("GET", f"{API}/nothing", 404),
        ("GET", f"{API}/dial", 405),
        ("POST", f"{API}/dial", 403),
        ("POST", "/control/reset", 415),
    ],
)
def test_answers_are_sniffed_embedded_and_kept_by_nobody(
    backend: httpx.Client, method: str, path: str, status: int
) -> None:
    answer = backend.request(method, path)
    assert answer.status_code == status
    assert [answer.headers[name] for name in HEADERS] == ["nosniff", "same-origin", "no-store"]


def test_streams_and_commands_have_these_headers_too(backend: httpx.Client) -> None:
    answers = [command(backend, "dial", phone="1"), command(backend, "dial", phone="503")]
    for path in (f"{API}/events", "/control/events"):
        with backend.stream("GET", path) as answer:
            answers.append(answer)
    for answer in answers:
        assert [answer.headers[name] for name in HEADERS] == ["nosniff", "same-origin", "no-store"]
