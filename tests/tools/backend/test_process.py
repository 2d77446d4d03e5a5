"""The backend as a process: how it stops, and what it says when it cannot start."""

import contextlib
import re
import signal
import socket
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.backend.process import read_address, running, start

from .client import (
    NO_ANSWER,
    PATIENCE,
    command,
    control,
    listening_on,
    read,
    wait_for,
)


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


def test_of_a_backend_that_cannot_start_nothing_is_left_open(tmp_path: Path) -> None:
    process = start(tmp_path / "no", stderr=subprocess.DEVNULL)
    with pytest.raises(RuntimeError, match="ended with 1"):
        read_address(process)
    assert process.stdout is not None
    assert process.stdout.closed
