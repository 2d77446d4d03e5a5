"""Browsers without SharedWorker: one tab hosts the hub in a dedicated worker."""

from collections.abc import Sequence

from playwright.sync_api import Worker

from .conftest import Desk
from .drivers import AnyBrowser, Page
from .engines import Report
from .engines.chromium_processes import ChromiumProcesses
from .tabs import WidgetTab

TAKE_AWAY = "delete globalThis.SharedWorker"  # runs before the scripts of every page


class HostedWorkers:
    """The dedicated workers of all tabs, read as the shared ones are. What they say, their pages' consoles have too."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def targets(self) -> list[Worker]:
        return [worker for page in self._desk.context.playwright.pages for worker in page.workers]

    def ends(self, worker: Worker) -> bool:
        """Wait until a worker has ended; the browser takes some seconds to end a loop."""
        while worker in self.targets():
            self._listen()
        return True

    def come_to(self, count: int) -> bool:
        """Wait until so many workers live."""
        while len(self.targets()) != count:
            self._listen()
        return True

    def report(self) -> Report:
        return Report()

    def _listen(self) -> None:
        self._desk.context.playwright.pages[0].evaluate("0")


class HostedDesk(Desk):
    """A desk at which no page has a SharedWorker."""

    workers: HostedWorkers  # type: ignore[assignment]

    def __init__(self, browser: AnyBrowser, url: str) -> None:
        super().__init__(browser, url)
        self.workers = HostedWorkers(self)
        self.context.add_init_script(TAKE_AWAY)

    @property
    def processes(self) -> ChromiumProcesses:
        browser = self.context.playwright.browser
        assert browser is not None
        return ChromiumProcesses(browser, "DedicatedWorker")


def host_among(tabs: Sequence[WidgetTab]) -> WidgetTab:
    """Return the one of these tabs that hosts the hub, as soon as there is just one."""
    while len(hosts := [tab for tab in tabs if tab.page.playwright.workers]) != 1:
        listen(tabs[0].page)
    return hosts[0]


def has_ended(worker: Worker, page: Page) -> None:
    """Wait until that worker of the page is gone. The browser takes some seconds to end a loop."""
    while worker in page.playwright.workers:
        listen(page)


def listen(page: Page) -> None:
    """Let what the driver tells of workers come in."""
    page.evaluate("0")
