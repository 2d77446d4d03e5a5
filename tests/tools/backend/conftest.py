"""One reference backend for all its tests, and a bundle for it to serve."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.backend.process import running

from .client import COPIES, PATIENCE, RUNTIME, control, wait_for


@pytest.fixture(scope="session")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that looks like a bundle to a server."""
    folder = tmp_path_factory.mktemp("dist")
    for name in ("index.html", "sip-worker.js", "sip-client.js", "runtime.mjs", "runtime.wasm", "lock.json"):
        (folder / name).write_text(f"this is {name}")
    (folder / RUNTIME.removeprefix("/dist/")).mkdir()
    for coding, end in {None: "", "br": ".br", "gzip": ".gz"}.items():
        (folder / RUNTIME.removeprefix("/dist/") / f"runtime.wasm{end}").write_bytes(COPIES[coding])
    return folder


@pytest.fixture(scope="session")
def address(dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run one backend for all tests; at the end it must have had nothing to complain about."""
    complaints = tmp_path_factory.mktemp("log") / "stderr"
    with complaints.open("w") as stderr, contextlib.ExitStack() as stack:
        with pytest.MonkeyPatch.context() as patch:  # for this process alone, not for those of later tests
            patch.setenv("PYTHONWARNINGS", "error")
            address = stack.enter_context(running(dist, stderr=stderr))
        yield address
    assert complaints.read_text() == ""


@pytest.fixture(scope="session")
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
