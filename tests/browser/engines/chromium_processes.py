"""The processes of a Chromium, which it tells by the DevTools protocol."""

from contextlib import suppress

from playwright.sync_api import Browser, Error

from tests.browser.drivers import Page

from .processes import Processes


class ChromiumProcesses(Processes):
    """The DevTools protocol can freeze pages too, but none that is seen, as every page of a headless browser is."""

    def __init__(self, browser: Browser, worker_thread: str = "SharedWorker") -> None:
        super().__init__()
        self.worker_thread = worker_thread
        self._cdp = browser.new_browser_cdp_session()

    def renderers(self) -> list[int]:
        infos = self._cdp.send("SystemInfo.getProcessInfo")["processInfo"]
        return [int(info["id"]) for info in infos if info["type"] == "renderer"]

    def kill_tab(self, page: Page) -> None:
        with suppress(Error):  # it does not arrive there
            page.playwright.goto("chrome://kill")
