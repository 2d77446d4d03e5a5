"""The processes of a Firefox, read from /proc; which of them a tab lives in, its debugger tells."""

import os
import signal
from pathlib import Path
from uuid import uuid4

from tests.browser.drivers import Page

from .firefox_debugger import Debugger
from .processes import Processes, children, said

OF_A_SITE = "Isolated Web Co"  # the name of a process that has pages and workers of one site alone


class FirefoxProcesses(Processes):
    """Those that come from the process `browser`. A site has four at the most, so tabs of it may share one."""

    worker_thread = "DOM Worker"

    def __init__(self, browser: int, debugger: Path) -> None:
        super().__init__()
        self._browser = browser
        self._debugger = debugger

    def renderers(self) -> list[int]:
        direct = children(self._browser)
        forked = [process for server in direct for process in children(server)]  # by the one that starts the others
        return [process for process in direct + forked if is_of_a_site(process)]

    def kill_tab(self, page: Page) -> None:
        mark = uuid4().hex
        page.evaluate("mark => { window.mark = mark; }", mark)
        with Debugger(self._debugger) as debugger:
            process = debugger.process_of_tab(f"window.mark === '{mark}'")
        os.kill(process, signal.SIGKILL)


def is_of_a_site(process: int) -> bool:
    return said(Path(f"/proc/{process}/comm")).startswith(OF_A_SITE)
