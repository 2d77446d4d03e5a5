"""Browsers without SharedWorker: one tab hosts the hub in a dedicated worker."""

from collections.abc import Sequence

from playwright.sync_api import Browser, Page, Worker

from .conftest import Desk
from .engines import Report
from .engines.chromium_processes import ChromiumProcesses
from .tabs import WidgetTab

TAKE_AWAY = "delete globalThis.SharedWorker"  # runs before the scripts of every page


class HostedWorkers:
    """The dedicated workers of all tabs, read as the shared ones are. What they say, their pages' consoles have too."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def targets(self) -> list[Worker]:
        return [worker for page in self._desk.context.pages for worker in page.workers]

    def ends(self, worker: Worker) -> bool:
        """Wait until a worker has ended; the browser takes some seconds to end a loop."""
        while worker in self.targets():
            listen(self._desk.context.pages[0])
        return True

    def come_to(self, count: int) -> bool:
        """Wait until so many workers live."""
        while len(self.targets()) != count:
            listen(self._desk.context.pages[0])
        return True

    def report(self) -> Report:
        return Report()


class HostedDesk(Desk):
    """A desk at which no page has a SharedWorker."""

    workers: HostedWorkers  # type: ignore[assignment]

    def __init__(self, browser: Browser, url: str) -> None:
        super().__init__(browser, url)
        self.workers = HostedWorkers(self)
        self.context.add_init_script(TAKE_AWAY)

    @property
    def processes(self) -> ChromiumProcesses:
        return ChromiumProcesses(self.browser, "DedicatedWorker")


def host_among(tabs: Sequence[WidgetTab]) -> WidgetTab:
    """Return the one of these tabs that hosts the hub, as soon as there is just one."""
    while len(hosts := [tab for tab in tabs if tab.page.workers]) != 1:
        listen(tabs[0].page)
    return hosts[0]


def has_ended(worker: Worker, page: Page) -> None:
    """Wait until that worker of the page is gone. The browser takes some seconds to end a loop."""
    while worker in page.workers:
        listen(page)


def listen(page: Page) -> None:
    """Let what the driver tells of workers come in."""
    page.evaluate("0")
