"""Firefox's own debugger, by its remote protocol: packets of JSON, each behind its length. One session answers one
question, so that no debugger stays, which would keep workers alive.

An actor is asked: the root tells of processes and tabs, a process of its workers, and each of these has a console.
"""

import json
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

PATIENCE = 10.0  # s until an answer must be there
CONNECTED = "connected"  # the type of the only answer that has one
SHARED = 1  # the type of a shared worker

Packet = dict[str, Any]


class Debugger:
    """A session with the browser that listens at the socket of that path."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(PATIENCE)
        self._socket.connect(str(path))
        self._stream = self._socket.makefile("rb")
        self._hear()  # who it is

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self._stream.close()
        self._socket.close()

    def workers(self, processes: list[int]) -> Iterator[tuple[str, str]]:
        """Yield the origin and the actor of each shared worker in these processes."""
        for each in self._ask("root", "listProcesses")["processes"]:
            if each["id"] in processes:
                yield from self._workers_of(each["actor"])

    def _workers_of(self, process: str) -> Iterator[tuple[str, str]]:
        with suppress(KeyError):  # it has died
            target = self._ask(process, "getTarget")["process"]["actor"]
            for worker in self._ask(target, "listWorkers")["workers"]:
                if worker["type"] == SHARED:
                    origin, _, _context = worker["origin"].partition("^")
                    yield origin, worker["actor"]

    def console_of(self, worker: str) -> str:
        """Return the console of a worker. One that is about to end may never answer."""
        return str(self._ask(worker, "getTarget")["consoleActor"])

    def process_of_tab(self, mark: str) -> int:
        """Return the process of the page for which this expression is true."""
        for tab in self._ask("root", "listTabs")["tabs"]:
            with suppress(KeyError):  # its process has died
                target = self._ask(tab["actor"], "getTarget")["frame"]
                if self.evaluate(target["consoleActor"], mark) is True:
                    return int(target["processID"])
        raise AssertionError(f"there is no page where {mark}")

    def start(self, console: str, expression: str) -> str:
        """Run JavaScript, and return the number by which its result will come."""
        return str(self._ask(console, "evaluateJSAsync", text=expression)["resultID"])

    def evaluate(self, console: str, expression: str) -> Any:
        """Return the value of an expression if it is a number, a text or a boolean."""
        number = self.start(console, expression)
        while (answer := self._hear()).get("resultID") != number:
            pass
        assert not answer["hasException"], answer
        return None if isinstance(answer["result"], dict) else answer["result"]

    def _ask(self, actor: str, kind: str, **words: Any) -> Packet:
        packet = json.dumps({"to": actor, "type": kind, **words}).encode()
        self._socket.sendall(b"%d:%b" % (len(packet), packet))
        while (answer := self._hear())["from"] != actor or answer.get("type", CONNECTED) != CONNECTED:
            pass  # it tells something that nobody asked for
        return answer

    def _hear(self) -> Packet:
        length = b""
        while (byte := self._stream.read(1)) != b":":
            assert byte, "the debugger has ended"
            length += byte
        return dict(json.loads(self._stream.read(int(length))))
