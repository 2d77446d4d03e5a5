"""The processes of a Chromium, which die when a test wants it, without a word to anybody."""

import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Page

# So the names begin of the threads of a shared worker, and of one that a tab hosts.
SHARED_THREAD, HOSTED_THREAD = "SharedWorker", "DedicatedWorker"


class Processes:
    """The renderers of a browser; those of other browsers are let alone. `worker`: how the thread is called in which
    the hub runs."""

    def __init__(self, browser: Browser, worker: str = SHARED_THREAD) -> None:
        if not Path("/proc").is_dir():
            pytest.skip("which process runs the worker is read from /proc")
        self._worker = worker
        self._cdp = browser.new_browser_cdp_session()

    def kill_worker(self) -> None:
        """Kill the process in which the worker runs, and with it the tabs that live there too."""
        [process] = self.with_worker()
        os.kill(process, signal.SIGKILL)

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Stop, for a while, the processes of all tabs but those that live with the worker. The DevTools protocol can
        freeze pages too, but none that is seen, as every page of a headless browser is."""
        with stopped([process for process in self._renderers() if not self._runs_worker(process)]):
            yield

    @contextmanager
    def stopped_with_worker(self) -> Iterator[None]:
        """Stop, for a while, the process in which the worker runs."""
        with stopped(self.with_worker()):
            yield

    def with_worker(self) -> list[int]:
        """The processes in which the worker runs."""
        return [process for process in self._renderers() if self._runs_worker(process)]

    def _renderers(self) -> list[int]:
        infos = self._cdp.send("SystemInfo.getProcessInfo")["processInfo"]
        return [int(info["id"]) for info in infos if info["type"] == "renderer"]

    def _runs_worker(self, process: int) -> bool:
        try:
            names = [thread / "comm" for thread in Path(f"/proc/{process}/task").iterdir()]
            return any(name.read_text().startswith(self._worker) for name in names)
        except (FileNotFoundError, ProcessLookupError):
            return False  # it, or one of its threads, has just ended


@contextmanager
def stopped(processes: Sequence[int]) -> Iterator[None]:
    try:
        for process in processes:
            os.kill(process, signal.SIGSTOP)
        yield
    finally:
        for process in processes:
            os.kill(process, signal.SIGCONT)


def kill_tab(page: Page) -> None:
    """Kill the process of a tab."""
    with suppress(Error):  # it does not arrive there
        page.goto("chrome://kill")
