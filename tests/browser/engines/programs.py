"""Finds the programs of the browsers, and installs those that the machine has not and can have."""

import os
import shutil
import sys
from collections.abc import Sequence
from functools import cache

from web.bundling.errors import BuildError
from web.bundling.programs import run, say, works

ASK_PLAYWRIGHT = """
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)
"""


class Absent(BuildError):
    """A browser is not on this machine, and cannot be had. The text says what to do about it."""


def named(variable: str, title: str, ask: str = "--version") -> str | None:
    """Return the path that the environment gives, if it does. A BuildError if that does not run and answer `ask`;
    Absent if it is empty, which says to do without."""
    path = os.environ.get(variable)
    if path == "":
        raise Absent(f"{variable} is empty: set it to the path of a {title}, or unset it.")
    if path is None or works(path, ask):
        return path
    raise BuildError(f"{variable} is {path}, which does not run: set it to the path of a {title}.")


def on_path(names: Sequence[str], ask: str = "--version") -> str | None:
    """Return the path of the first of these programs that is on PATH, runs and answers `ask`."""
    paths = (shutil.which(name) for name in names)
    return next((path for path in paths if path and works(path, ask)), None)


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


def install_debians(*packages: str) -> bool:
    """Install packages of Debian, if this is root on one; say whether they are there now."""
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        return False
    say(f"installing Debian's {' and '.join(packages)} (about 100 MB) ...")
    try:
        update_lists()
        run(["apt-get", "install", "--yes", "--no-install-recommends", *packages], "apt-get fails", env=quiet())
    except BuildError as error:
        say(str(error))
        return False
    return True


@cache
def update_lists() -> None:
    """Let apt-get look, once, which packages there are."""
    run(["apt-get", "update"], "apt-get cannot update its lists", env=quiet())


def quiet() -> dict[str, str]:
    """Return an environment in which apt-get asks nothing."""
    return {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
