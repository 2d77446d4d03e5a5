"""An operator's seat: a browser of its own, its tabs on one peer's site, and the hub."""

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress

from playwright.sync_api import Error, Playwright

from tests.browser.drivers import Context, Page, PlaywrightContext
from tests.browser.engines import Engine
from tests.browser.engines.chromium import arguments
from tests.browser.waiting import until

from .server import BenchServer
from .sites import PAGES
from .worker import Inspector

PATIENCE = 15.0  # s until a worker must be gone


class Tab:
    """One tab with the widget; times are in milliseconds."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def when(self, name: str) -> float:
        """Wait for a moment that probe.js notes; return it, counted from the start of the navigation."""
        return float(self.page.evaluate("name => bench.when(name)", name))

    def between(self, start: str, end: str) -> float:
        """Return the time from one moment to another."""
        return float(self.page.evaluate("([start, end]) => bench.between(start, end)", [start, end]))

    def clock(self, names: Sequence[str]) -> list[float]:
        """Return the moments by the machine's clock, since the epoch."""
        return list(self.page.evaluate("names => bench.clock(names)", names))

    def answer(self) -> None:
        """Answer the call that rings."""
        self.page.evaluate("document.querySelector('sip-phone-widget').client.answer()")

    def open_another(self) -> "Tab":
        """Open the same page in a new tab, which shares the process of this one, and wait until its scripts can be
        asked."""
        return Tab(self.page.beside())

    def follow_link(self) -> None:
        """Go to the other page of the site, as a link does."""
        self.page.evaluate("page => void setTimeout(() => location.assign(page))", PAGES[1])
        self.page.arrive(PAGES[1])


class Seat:
    """The browser of one peer. It stays open between runs, and keeps what it fetched and compiled."""

    def __init__(self, context: Context, peer: str, server: BenchServer) -> None:
        self.version = context.version
        self.peer = peer
        self.server = server
        self._context = context
        self._pages: list[Page] = []

    def open_tab(self, name: str = PAGES[0]) -> Tab:
        """Open a page of the site."""
        page = self._context.new_page()
        self._pages.append(page)
        page.goto(f"/peers/{self.peer}/{name}", wait_until="domcontentloaded")
        return Tab(page)

    def inspect(self) -> Inspector:
        """Look into the hub, which must live. Only the driver of Chromium can."""
        raise NotImplementedError

    def leave(self) -> None:
        """Close all tabs, and let the hub end: the next run starts a new one."""
        while self._pages:
            self._pages.pop().close()
        self.server.calm()


class ChromiumSeat(Seat):
    """With a profile of its own on the disk: contexts that Playwright makes are private, and keep no wasm in their
    cache."""

    def __init__(self, playwright: Playwright, peer: str, server: BenchServer, profile: str) -> None:
        context = playwright.chromium.launch_persistent_context(
            profile, executable_path=os.environ.get("SIP_CHROMIUM"), args=arguments(), base_url=server.url
        )
        super().__init__(PlaywrightContext(context), peer, server)
        assert context.browser is not None
        self._cdp = context.browser.new_browser_cdp_session()
        self._idle = context.pages[0]  # keeps the browser open when the last tab goes

    def inspect(self) -> Inspector:
        [target] = self._workers()
        return Inspector(self._cdp, target)

    def leave(self) -> None:
        """Here a hub may outlive its last tab."""
        self._pages.clear()
        for page in self._context.playwright.pages:
            if page is not self._idle:
                page.close()
        until("no shared worker lives", self._close_workers, lambda workers: not workers, patience=PATIENCE)
        self.server.calm()

    def close(self) -> None:
        """Close the browser."""
        self._context.close()

    def _close_workers(self) -> list[str]:
        """Close the shared workers; return those that there were."""
        workers = self._workers()
        for target in workers:
            with suppress(Error):  # it may just have ended by itself
                self._cdp.send("Target.closeTarget", {"targetId": target})
        return workers

    def _workers(self) -> list[str]:
        infos = self._cdp.send("Target.getTargets")["targetInfos"]
        return [info["targetId"] for info in infos if info["type"] == "shared_worker"]


@contextmanager
def taken(playwright: Playwright, engine: Engine, peer: str, server: BenchServer) -> Iterator[Seat]:
    """A seat in a browser that was never used, which is closed afterwards."""
    if engine.name == "chromium":
        with tempfile.TemporaryDirectory(prefix="sip-bench-", ignore_cleanup_errors=True) as profile:
            seat = ChromiumSeat(playwright, peer, server, profile)
            with closing(seat):
                yield seat
    else:
        with closing(engine.launch(playwright)) as browser:
            yield Seat(engine.open(browser, server.url), peer, server)
