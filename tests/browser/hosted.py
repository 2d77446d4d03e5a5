"""Browsers without SharedWorker: one tab hosts the hub in a dedicated worker."""

from collections.abc import Sequence

from playwright.sync_api import Worker

from .desk import Desk
from .drivers import AnyBrowser, Page
from .engines import Report
from .engines.chromium_processes import ChromiumProcesses
from .tabs import BOOT, WidgetTab
from .waiting import until

TAKE_AWAY = "delete globalThis.SharedWorker"  # runs before the scripts of every page
PATIENCE = BOOT / 1000  # s; the browser takes some seconds to end a loop, and the next worker waits for that


class HostedWorkers:
    """The dedicated workers of all tabs, read as the shared ones are. What they say, their pages' consoles have too."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def targets(self) -> list[Worker]:
        return [worker for page in self._desk.context.playwright.pages for worker in page.workers]

    def ends(self, worker: Worker) -> None:
        """Wait until a worker has ended."""
        until(f"{worker} ends", self._living, lambda living: worker not in living, patience=PATIENCE)

    def come_to(self, count: int) -> None:
        """Wait until so many workers live."""
        until(f"{count} workers live", self._living, lambda living: len(living) == count, patience=PATIENCE)

    def _living(self) -> list[Worker]:
        self._desk.context.playwright.pages[0].evaluate("0")  # lets what the driver tells of workers come in
        return self.targets()

    def report(self) -> Report:
        return Report()


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

    def hosts() -> list[WidgetTab]:
        listen(tabs[0].page)
        return [tab for tab in tabs if tab.page.playwright.workers]

    [host] = until("just one tab hosts the hub", hosts, lambda found: len(found) == 1, patience=PATIENCE)
    return host


def has_ended(worker: Worker, page: Page) -> None:
    """Wait until that worker of the page is gone."""
    until(f"{worker} ends", lambda: workers_of(page), lambda living: worker not in living, patience=PATIENCE)


def workers_of(page: Page) -> list[Worker]:
    """Return the dedicated workers of a page as they are now."""
    listen(page)
    return page.playwright.workers


def listen(page: Page) -> None:
    """Let what the driver tells of workers come in."""
    page.evaluate("0")
