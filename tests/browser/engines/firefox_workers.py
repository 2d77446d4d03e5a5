"""What the shared workers of a Firefox say: it writes every console to its standard output."""

import re
from ast import literal_eval
from pathlib import Path
from typing import Any

from .engine import Report, Workers
from .processes import Processes

# console.warn: "what was said", 7 ({a:1}). What the browser itself says begins without quotes.
LINE = re.compile(r'^console\.\w+: (".*)$', re.MULTILINE)
TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')


class FirefoxWorkers(Workers):
    """Those whose threads live. Its lines are those of pages too. An exception of a worker comes to its pages, as an
    error of theirs; a promise's that nobody waits for is told nowhere."""

    def __init__(self, output: Path, processes: Processes) -> None:
        self._output = output
        self._processes = processes
        self._begins = output.stat().st_size

    def targets(self) -> list[str]:
        return self._processes.workers()

    def report(self) -> Report:
        written = self._output.read_bytes()[self._begins :].decode(errors="replace")
        return Report(lines=[TEXT.sub(lambda text: str(literal_eval(text[0])), line) for line in LINE.findall(written)])

    def evaluate(self, origin: str, expression: str) -> Any:
        raise NotImplementedError

    def run(self, expression: str, target: str | None = None) -> None:
        raise NotImplementedError

    def close(self, target: str) -> None:
        raise NotImplementedError
