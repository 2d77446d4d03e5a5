"""The processes of a Firefox, read from /proc: nothing that it says tells them."""

import os
import signal
from pathlib import Path

from playwright.sync_api import Page

from .processes import Processes, children

OF_A_SITE = "Isolated Web Co"  # the name of a process that has pages and workers of one site alone
# Its thread tells the process.
START_WORKER = """() => {
  window.told = new Worker("/dist/sip-client.js", {type: "module"});
}"""


class FirefoxProcesses(Processes):
    """Those that come from the process `browser`. A site has four at the most, so tabs of it may share one."""

    worker_thread = "DOM Worker"

    def __init__(self, browser: int) -> None:
        super().__init__()
        self._browser = browser

    def renderers(self) -> list[int]:
        return [process for fork in children(self._browser) for process in children(fork) if is_of_a_site(process)]

    def kill_tab(self, page: Page) -> None:
        os.kill(self.of_tab(page), signal.SIGKILL)

    def of_tab(self, page: Page) -> int:
        """The process of a tab."""
        before = {process: self.threads(process) for process in self.renderers()}
        page.evaluate(START_WORKER)
        while True:
            for process in self.renderers():
                if len(self.threads(process)) > len(before.get(process, [])):
                    return process


def is_of_a_site(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/comm").read_text().startswith(OF_A_SITE)
    except (FileNotFoundError, ProcessLookupError):
        return False
