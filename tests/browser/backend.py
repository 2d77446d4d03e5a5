"""The reference backend as a process of its own, and its control API as methods."""

import json
import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from tests.backend.process import ROOT, read_address, start

from .engines import INSECURE

DIST = Path(os.environ.get("SIP_DIST", ROOT / "dist"))
PATIENCE = 30.0  # s until a condition that is awaited is given up

State = dict[str, Any]


def version_of_bundle() -> str:
    """Return what the pages and the hub of the bundle call their version."""
    return str(json.loads((DIST / "manifest.json").read_bytes())["version"])


class BackendProcess:
    """One backend on a port of its own, until `stop`."""

    def __init__(self, dist: Path = DIST, port: int = 0, api: str = "/api/sip") -> None:
        self._dist = dist
        self._api = api
        self._process = self._start(port)

    def _start(self, port: int) -> subprocess.Popen[str]:
        process = start(self._dist, "--port", str(port), "--api", self._api, "--allow-host", INSECURE)
        self.url = read_address(process)
        self._client = httpx.Client(base_url=self.url, headers={"Origin": self.url}, timeout=PATIENCE)
        return process

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def sockets(self) -> int:
        """Return how many sockets its process has open."""
        folder = Path(f"/proc/{self._process.pid}/fd")
        return sum(str(file.readlink()).startswith("socket:") for file in folder.iterdir())

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def die(self) -> None:
        """End without a word to anybody."""
        self._end(signal.SIGKILL)

    def come_back(self) -> None:
        """Start anew, on the same port, knowing nothing of what was."""
        self._process = self._start(self.port)

    def _end(self, how: int) -> None:
        self._client.close()
        self._process.send_signal(how)
        self._process.wait(PATIENCE)
        assert self._process.stdout is not None
        self._process.stdout.close()

    # --- control ------------------------------------------------------------------------------------------------------

    def state(self) -> State:
        return dict(self._client.get("/control/state").raise_for_status().json())

    def until(self, holds: Callable[[State], bool]) -> State:
        """Return the first state for which `holds`; the backend tells of every change."""
        last: State = {}
        try:
            with self._client.stream("GET", "/control/events") as response:
                for line in response.iter_lines():
                    if line.startswith("data: ") and holds(last := json.loads(line.removeprefix("data: "))):
                        return last
        except httpx.ReadTimeout:
            pass
        raise AssertionError(f"the backend did not come to that; it is at {last}")

    def control(self, act: str, **body: Any) -> Any:
        answer = self._client.post(f"/control/{act}", json=body)
        assert answer.is_success, answer.text
        return answer.json()

    def touch_streams(self) -> None:
        """Write into every stream, twice: so long Firefox keeps the connection of a process that was killed."""
        for _ in range(2):
            self.control("settings")

    def raw(self, content: bytes) -> None:
        """Send bytes into the stream as they are."""
        self._client.post("/control/raw", content=content).raise_for_status()

    def ring(self, phone: str, name: str | None = None) -> str:
        """Let somebody call the operator; return the id of the call."""
        return str(self.control("ring", phone=phone, displayName=name)["call"]["id"])

    def far(self, call_id: str, act: str) -> None:
        self.control("far", callId=call_id, do=act)

    def only_call(self) -> str:
        """Return the id of the one call there is, once there is one."""
        [call] = self.until(lambda state: len(state["calls"]) == 1)["calls"]
        return str(call["id"])

    def posts(self, path: str) -> list[Any]:
        """Return the bodies of the commands to that path. Chromium repeats a POST by itself, with the same key, when a
        connection that it used before breaks: one key is one command."""
        posts = {post["key"]: post["body"] for post in self.state()["posts"] if post["path"] == path}
        return list(posts.values())
