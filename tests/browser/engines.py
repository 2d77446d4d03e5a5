"""Finds the Chromium that drives the browser tests, and installs one where the machine has none."""

import os
import shutil
import sys

from build import BuildError, run, say, works

NAMES = ("chromium", "chromium-browser", "google-chrome", "microsoft-edge")

ASK_PLAYWRIGHT = """
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)
"""


def find_chromium() -> str:
    """Return the path of a Chromium that runs; where there is none, fetch Playwright's own or Debian's.

    SIP_CHROMIUM in the environment goes before all. A BuildError says what to do if none can be had.
    """
    if named := os.environ.get("SIP_CHROMIUM"):
        if works(named, "--version"):
            return named
        raise BuildError(f"SIP_CHROMIUM is {named}, which does not run: set it to the path of a Chromium.")
    browser = system_chromium() or playwrights_chromium() or debians_chromium()
    if browser is None:
        raise BuildError("There is no Chromium and none could be fetched: install one, or set SIP_CHROMIUM.")
    return browser


def system_chromium() -> str | None:
    """Return the path of a Chromium on PATH that runs."""
    paths = (shutil.which(name) for name in NAMES)
    return next((path for path in paths if path and works(path, "--version")), None)


def playwrights_chromium() -> str | None:
    """Return the path of Playwright's own Chromium, if it can be fetched and runs here."""
    say("fetching Playwright's own Chromium (about 170 MB) ...")
    try:
        run([sys.executable, "-m", "playwright", "install", "chromium"], "Playwright has no Chromium")
        path = run([sys.executable, "-c", ASK_PLAYWRIGHT], "Playwright does not start").strip()
    except BuildError as error:
        say(str(error))
        return None
    return path if works(path, "--version") else None


def debians_chromium() -> str | None:
    """Return the path of the Chromium of Debian's package, if this is root on a Debian."""
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        return None
    say("installing Debian's Chromium (about 100 MB) ...")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "--yes", "--no-install-recommends", "chromium"]
    try:
        run(["apt-get", "update"], "apt-get cannot update its lists", env=quiet)
        run(install, "apt-get cannot install chromium", env=quiet)
    except BuildError as error:
        say(str(error))
        return None
    return system_chromium()
