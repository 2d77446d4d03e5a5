"""Firefox, the stock one, which Playwright drives by WebDriver BiDi; what that cannot do is done from outside."""

import os
import shlex
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Playwright

from tests.browser.drivers import Context, PlaywrightContext

from .engine import INSECURE, Ability, Engine
from .firefox_processes import FirefoxProcesses
from .firefox_workers import FirefoxWorkers
from .programs import Absent, install_debians, named, on_path

NAMES = ("firefox-esr", "firefox")
PREFERENCES: dict[str, str | float | bool] = {
    # What pages and workers say to their consoles goes to the standard output.
    "devtools.console.stdout.content": True,
    "browser.dom.window.dump.enabled": True,
    "network.dns.localDomains": INSECURE,
    "devtools.debugger.remote-enabled": True,
    "devtools.chrome.enabled": True,
    "devtools.debugger.prompt-connection": False,
}
# Playwright lets the whole browser end when a process of a tab does, and keeps what the browser says for itself.
START = """#!/bin/sh
unset MOZ_CRASHREPORTER_SHUTDOWN
cd {folder}
echo $$ > process
exec {program} --start-debugger-server "$PWD/debugger" "$@" >> output
"""
LACKS = {Ability.DEVTOOLS: "Firefox does not speak Chromium's DevTools protocol"}


class Firefox(Engine):
    """That on PATH, else that of Debian's package."""

    name = "firefox"
    title = "Firefox"
    variable = "SIP_FIREFOX"
    keeps_connections_of_the_dead = True
    parties = 4
    lacks = LACKS

    def __init__(self) -> None:
        self._folders: dict[Browser, Path] = {}

    def find(self) -> str:
        found = named(self.variable, self.title) or on_path(NAMES)
        if found is None and install_debians("firefox-esr"):
            found = on_path(NAMES)
        if found is None:
            raise Absent(f"There is no Firefox: install one, or set {self.variable}.")
        return found

    def launch(self, playwright: Playwright, *, back_forward_cache: bool = False) -> Browser:  # noqa: ARG002 - it has one
        return self._start(playwright, PREFERENCES)

    def launch_private(self, playwright: Playwright) -> Browser:
        """Start it so that all its windows are private."""
        return self._start(playwright, PREFERENCES | {"browser.privatebrowsing.autostart": True})

    def _start(self, playwright: Playwright, preferences: dict[str, str | float | bool]) -> Browser:
        folder = TemporaryDirectory(prefix="sip-firefox-")
        program = Path(folder.name, "start")
        program.write_text(start_script(folder.name, os.environ[self.variable]))
        program.chmod(0o755)
        # Another channel is Playwright's own Firefox, which is patched.
        browser = playwright.firefox.launch(
            executable_path=program, channel="moz-firefox", firefox_user_prefs=preferences
        )
        self._folders[browser] = Path(folder.name)
        browser.on("disconnected", lambda _: folder.cleanup())
        return browser

    def open(self, browser: Browser, url: str) -> Context:
        return PlaywrightContext(browser.new_context(base_url=url))

    def workers(self, browser: Browser) -> FirefoxWorkers:
        folder = self._folders[browser]
        return FirefoxWorkers(folder / "output", folder / "debugger", self.processes(browser))

    def processes(self, browser: Browser) -> FirefoxProcesses:
        folder = self._folders[browser]
        return FirefoxProcesses(int((folder / "process").read_text()), folder / "debugger")


def start_script(folder: str, program: str) -> str:
    """Return what starts the browser, and keeps what it says, and its process, in the folder."""
    return START.format(folder=shlex.quote(folder), program=shlex.quote(program))
