"""The processes of a Chromium, which die when a test wants it, without a word to anybody."""

import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Page

# The names of the threads of workers begin so.
WORKER_THREAD = "SharedWorker"
HOSTED_THREAD = "DedicatedWorker"


class Processes:
    """The renderers of a browser; those of other browsers are let alone."""

    def __init__(self, browser: Browser) -> None:
        if not Path("/proc").is_dir():
            pytest.skip("which process runs the worker is read from /proc")
        self._cdp = browser.new_browser_cdp_session()

    def kill_worker(self) -> None:
        """Kill the process in which the shared worker runs, and with it the tabs that live there too."""
        [process] = self.with_worker()
        os.kill(process, signal.SIGKILL)

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Stop, for a while, the processes of all tabs but those that live with the worker. The DevTools protocol can
        freeze pages too, but none that is seen, as every page of a headless browser is."""
        with stopped([process for process in self._renderers() if not runs_shared_worker(process)]):
            yield

    @contextmanager
    def stopped_host(self) -> Iterator[None]:
        """Stop, for a while, the process of the tab that hosts the hub in a dedicated worker."""
        [process] = [process for process in self._renderers() if runs(HOSTED_THREAD, process)]
        with stopped([process]):
            yield

    def with_worker(self) -> list[int]:
        """The processes in which a shared worker runs."""
        return [process for process in self._renderers() if runs_shared_worker(process)]

    def _renderers(self) -> list[int]:
        infos = self._cdp.send("SystemInfo.getProcessInfo")["processInfo"]
        return [int(info["id"]) for info in infos if info["type"] == "renderer"]


@contextmanager
def stopped(processes: Sequence[int]) -> Iterator[None]:
    try:
        for process in processes:
            os.kill(process, signal.SIGSTOP)
        yield
    finally:
        for process in processes:
            os.kill(process, signal.SIGCONT)


def runs_shared_worker(process: int) -> bool:
    return runs(WORKER_THREAD, process)


def runs(thread_name: str, process: int) -> bool:
    try:
        names = [thread / "comm" for thread in Path(f"/proc/{process}/task").iterdir()]
        return any(name.read_text().startswith(thread_name) for name in names)
    except (FileNotFoundError, ProcessLookupError):
        return False  # it, or one of its threads, has just ended


def kill_tab(page: Page) -> None:
    """Kill the process of a tab."""
    with suppress(Error):  # it does not arrive there
        page.goto("chrome://kill")
