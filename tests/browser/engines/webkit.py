"""WebKitGTK, which is Safari's engine. Selenium drives it."""

import os
import shutil
from pathlib import Path

from playwright.sync_api import Playwright

from tests.browser.drivers import Context, WebKitBrowser

from .engine import Ability, Engine
from .programs import Absent, install_debians, named, on_path
from .webkit_processes import WebKitProcesses
from .webkit_workers import WebKitWorkers

DRIVER, DISPLAY = "WebKitWebDriver", "Xvfb"
PACKAGES = ("webkit2gtk-driver", "xvfb")
LACKS = {
    Ability.CRASH: "WebKitWebDriver gives up the whole browser when a tab of it crashes",
    Ability.INSPECT: "WebKitGTK tells nobody what a shared worker writes to its console",
    Ability.EVALUATE: "nothing can be run in a shared worker of WebKit by WebDriver",
    Ability.NAME: "WebKitGTK takes the names of machines from the system alone",
    Ability.POINTER: "WebKitGTK's driver presses elements, and no places",
    Ability.POPUP: "WebKitGTK's driver lets no script open a window",
    Ability.DEVTOOLS: "WebKit does not speak Chromium's DevTools protocol",
}

# The stories, the faults, the life cycle, and the attacks that depend on the browser. How the phone looks and is used,
# the other engines show.
FILES = (
    "test_addresses",
    "test_bad_input",
    "test_boot",
    "test_bundle_faults",
    "test_client",
    "test_command_faults",
    "test_commands",
    "test_dead_tabs",
    "test_dead_workers",
    "test_event_faults",
    "test_journal",
    "test_kept_pages",
    "test_life_cycle",
    "test_operators",
    "test_rerun",
    "test_seed",
    "test_stream_faults",
    "test_versions",
    "test_walk",
)


class WebKit(Engine):
    """The driver on PATH and the MiniBrowser that belongs to it, else those of Debian's packages."""

    name = "webkit"
    title = "WebKitGTK"
    variable = "SIP_WEBKIT"
    reruns = True
    parties = 4
    lacks = LACKS
    files = FILES
    elsewhere = "no story, fault, life cycle or attack on the browser: the other engines show it"

    def find(self) -> str:
        found = named(self.variable, self.title, "--help") or self._installed()
        if found is None and install_debians(*PACKAGES):
            found = self._installed()
        if found is None:
            raise Absent(f"There is no {self.title} with {DRIVER} and {DISPLAY}: install one, or set {self.variable}.")
        return found

    def launch(
        self,
        playwright: Playwright,  # noqa: ARG002 - Selenium drives it
        *,
        whole: bool = False,  # noqa: ARG002 - it always is
        back_forward_cache: bool = False,  # noqa: ARG002 - it has one
    ) -> WebKitBrowser:
        return WebKitBrowser(Path(os.environ[self.variable]))

    def open(self, browser: WebKitBrowser, url: str) -> Context:
        return browser.open(url)

    def workers(self, browser: WebKitBrowser) -> WebKitWorkers:
        return WebKitWorkers(self.processes(browser))

    def processes(self, browser: WebKitBrowser) -> WebKitProcesses:
        return WebKitProcesses(browser)

    @staticmethod
    def _installed() -> str | None:
        return on_path([DRIVER], "--help") if shutil.which(DISPLAY) else None
