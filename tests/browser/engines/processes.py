"""The processes of a browser, which die when a test wants it, without a word to anybody."""

import os
import signal
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page


class Processes(ABC):
    """The renderers of a browser; those of other browsers are let alone.

    worker_thread: the name of the thread of a shared worker begins so.
    """

    worker_thread: str

    def __init__(self) -> None:
        if not Path("/proc").is_dir():
            pytest.skip("which process runs the worker is read from /proc")

    @abstractmethod
    def renderers(self) -> list[int]:
        """The processes in which pages and workers run."""

    @abstractmethod
    def kill_tab(self, page: Page) -> None:
        """Kill the process of a tab."""

    def kill_worker(self) -> None:
        """Kill the process in which the shared worker runs, and with it the tabs that live there too."""
        [process] = self.with_worker()
        os.kill(process, signal.SIGKILL)

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Stop, for a while, the processes of all tabs but those that live with the worker."""
        stopped = [process for process in self.renderers() if not self.threads(process)]
        try:
            for process in stopped:
                os.kill(process, signal.SIGSTOP)
            yield
        finally:
            for process in stopped:
                os.kill(process, signal.SIGCONT)

    def with_worker(self) -> list[int]:
        """The processes in which a shared worker runs."""
        return [process for process in self.renderers() if self.threads(process)]

    def workers(self) -> list[str]:
        """The shared workers that live, by their processes and threads."""
        return [f"{process}/{thread}" for process in self.with_worker() for thread in self.threads(process)]

    def threads(self, process: int) -> list[str]:
        """The threads of shared workers in a process."""
        try:
            threads = list(Path(f"/proc/{process}/task").iterdir())
            return [it.name for it in threads if (it / "comm").read_text().startswith(self.worker_thread)]
        except (FileNotFoundError, ProcessLookupError):
            return []  # it, or one of its threads, has just ended


def children(process: int) -> list[int]:
    """The processes that a process has started, its threads one and all."""
    try:
        lists = [thread / "children" for thread in Path(f"/proc/{process}/task").iterdir()]
        return [int(child) for each in lists for child in each.read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []
