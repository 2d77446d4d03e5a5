"""The shared workers of a WebKitGTK, of which no more can be seen than that they live."""

from typing import Any

from .engine import Report, Workers
from .processes import Processes


class WebKitWorkers(Workers):
    """Those whose threads live."""

    def __init__(self, processes: Processes) -> None:
        self._processes = processes

    def targets(self) -> list[str]:
        return self._processes.workers()

    def report(self) -> Report:
        return Report()

    def evaluate(self, origin: str, expression: str) -> Any:
        raise NotImplementedError

    def run(self, expression: str, target: str | None = None) -> None:
        raise NotImplementedError

    def close(self, target: str) -> None:
        raise NotImplementedError
