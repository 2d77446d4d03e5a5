"""The processes of a WebKitGTK, read from /proc."""

from pathlib import Path

from tests.browser.drivers import Page, WebKitBrowser

from .processes import Processes, children

OF_PAGES = "WebKitWebProces"  # the kernel keeps 15 letters of a name, and of a thread's the last of what WebKit gave


class WebKitProcesses(Processes):
    """Those that come from the drivers of a browser. One whose page has gone lives on until the next one goes."""

    worker_thread = "e: SharedWorker"

    def __init__(self, browser: WebKitBrowser) -> None:
        super().__init__()
        self._browser = browser

    def renderers(self) -> list[int]:
        drivers = [context.process for context in self._browser.contexts]
        return [process for driver in drivers for process in descendants(driver) if name_of(process) == OF_PAGES]

    def kill_tab(self, page: Page) -> None:
        raise NotImplementedError


def descendants(process: int) -> list[int]:
    own = children(process)
    return own + [each for child in own for each in descendants(child)]


def name_of(process: int) -> str:
    try:
        return Path(f"/proc/{process}/comm").read_text().strip()
    except (FileNotFoundError, ProcessLookupError):
        return ""
