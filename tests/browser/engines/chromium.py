"""Chromium, which Playwright drives by the DevTools protocol. Its driver can do all that a test asks for."""

import os

from playwright.sync_api import Browser, Playwright

from tests.browser.drivers import Context, PlaywrightContext

from .chromium_processes import ChromiumProcesses
from .chromium_workers import ChromiumWorkers
from .engine import INSECURE, Engine
from .programs import Absent, install_debians, named, on_path, playwrights_chromium

NAMES = ("chromium", "chromium-browser", "google-chrome", "microsoft-edge")
QUIET = ["--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
HOSTS = [f"--host-resolver-rules=MAP {INSECURE} 127.0.0.1"]
ROOT_NEEDS = ["--no-sandbox", "--disable-gpu"]
WITH_CACHE = ["--disable-back-forward-cache"]  # what Playwright says else


class Chromium(Engine):
    """The system's own, else Playwright's, else that of Debian's package."""

    name = "chromium"
    title = "Chromium"
    variable = "SIP_CHROMIUM"
    extended_lifetime = True

    def find(self) -> str:
        found = named(self.variable, self.title) or on_path(NAMES) or playwrights_chromium()
        if found is None and install_debians("chromium"):
            found = on_path(NAMES)
        if found is None:
            raise Absent(f"There is no Chromium and none could be fetched: install one, or set {self.variable}.")
        return found

    def launch(self, playwright: Playwright, *, back_forward_cache: bool = False) -> Browser:
        return playwright.chromium.launch(
            executable_path=os.environ.get(self.variable),
            args=arguments(*HOSTS),
            ignore_default_args=WITH_CACHE if back_forward_cache else None,
        )

    def open(self, browser: Browser, url: str) -> Context:
        return PlaywrightContext(browser.new_context(base_url=url))

    def workers(self, browser: Browser) -> ChromiumWorkers:
        return ChromiumWorkers(browser)

    def processes(self, browser: Browser) -> ChromiumProcesses:
        return ChromiumProcesses(browser)


def arguments(*more: str) -> list[str]:
    """Return the arguments of a Chromium that is driven."""
    return [*QUIET, *more] + (ROOT_NEEDS if hasattr(os, "geteuid") and os.geteuid() == 0 else [])
