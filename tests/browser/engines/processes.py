"""The processes of a browser, which die when a test wants it, without a word to anybody."""

import os
import signal
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.browser.drivers import Page


class Processes(ABC):
    """The renderers of a browser; those of other browsers are let alone.

    worker_thread: the name of the thread of the worker begins so.
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
        with stopped([process for process in self.renderers() if not self.threads(process)]):
            yield

    @contextmanager
    def stopped_with_worker(self) -> Iterator[None]:
        """Stop, for a while, the process in which the worker runs."""
        with stopped(self.with_worker()):
            yield

    def with_worker(self) -> list[int]:
        """The processes in which a shared worker runs."""
        return [process for process in self.renderers() if self.threads(process)]

    def workers(self) -> list[str]:
        """The shared workers that live, by their processes and threads."""
        return [f"{process}/{thread}" for process in self.with_worker() for thread in self.threads(process)]

    def threads(self, process: int) -> list[str]:
        """The threads of shared workers in a process."""
        return [thread.name for thread in threads(process) if said(thread / "comm").startswith(self.worker_thread)]


@contextmanager
def stopped(processes: Sequence[int]) -> Iterator[None]:
    """Stop these processes for a while."""
    try:
        for process in processes:
            os.kill(process, signal.SIGSTOP)
        yield
    finally:
        for process in processes:
            os.kill(process, signal.SIGCONT)


def threads(process: int) -> list[Path]:
    """The folders of the threads of a process."""
    try:
        return list(Path(f"/proc/{process}/task").iterdir())
    except (FileNotFoundError, ProcessLookupError):
        return []  # it has just ended


def children(process: int) -> list[int]:
    """The processes that a process has started, by whichever of its threads."""
    return [int(child) for thread in threads(process) for child in said(thread / "children").split()]


def said(file: Path) -> str:
    """What /proc says in a file, or nothing if that process or thread has just ended."""
    try:
        return file.read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""
