"""The shared workers of a Firefox. It writes every console to its standard output; its debugger reaches into them."""

import re
from ast import literal_eval
from pathlib import Path
from typing import Any

from .engine import Report, Workers
from .firefox_debugger import Debugger
from .processes import Processes

# console.warn: "what was said", 7 ({a:1}). What the browser itself says begins without quotes.
LINE = re.compile(r'^console\.\w+: (".*)$', re.MULTILINE)
TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')


class FirefoxWorkers(Workers):
    """Those whose threads live. Its lines are those of pages too. An exception of a worker comes to its pages, as an
    error of theirs; a promise's that nobody waits for is told nowhere."""

    def __init__(self, output: Path, debugger: Path, processes: Processes) -> None:
        self._output = output
        self._debugger = debugger
        self._processes = processes
        self._begins = output.stat().st_size
        self._others = set(processes.workers())  # of pages that have just been closed

    def targets(self) -> list[str]:
        return [worker for worker in self._processes.workers() if worker not in self._others]

    def report(self) -> Report:
        written = self._output.read_bytes()[self._begins :].decode(errors="replace")
        return Report(lines=[TEXT.sub(lambda text: str(literal_eval(text[0])), line) for line in LINE.findall(written)])

    def evaluate(self, origin: str, expression: str) -> Any:
        with Debugger(self._debugger) as debugger:
            workers = debugger.workers([process_of(target) for target in self.targets()])
            [worker] = [worker for its, worker in workers if its == origin]
            return debugger.evaluate(debugger.console_of(worker), expression)

    def run(self, expression: str, target: str | None = None) -> None:
        [target] = [target] if target else self.targets()
        with Debugger(self._debugger) as debugger:
            [(_, worker)] = debugger.workers([process_of(target)])
            debugger.start(debugger.console_of(worker), expression)

    def close(self, target: str) -> None:  # noqa: ARG002 - what is written does not say which worker said it
        """It ends with its pages, also if it hangs; here it is only forgotten what it has said."""
        self._begins = self._output.stat().st_size


def process_of(target: str) -> int:
    return int(target.partition("/")[0])
