"""Soaks the phone and prints what has grown; `python3 build.py soak` starts it. The exit code is 1 if too much has."""

import argparse
import os
import sys
from collections.abc import Sequence

from playwright.sync_api import sync_playwright

from tests.browser.engines import ENGINES
from web.bundling.programs import say

from .desk import SoakDesk, serving
from .rows import ROWS, holds, table


def main(arguments: Sequence[str]) -> int:
    """Soak as asked; return the exit code."""
    options = parse(arguments)
    chromium = ENGINES["chromium"]
    os.environ[chromium.variable] = chromium.find()
    with sync_playwright() as playwright, serving() as server:
        browser = chromium.launch(playwright, whole=True)
        desk = SoakDesk(browser, server)
        before = desk.figures()
        say(f"{options.events} events ...")
        desk.events(options.events)
        say(f"{options.tabs} tabs ...")
        desk.tabs(options.tabs)
        after = desk.figures()
        browser.close()
    print(table(before, after))
    return 0 if all(holds(row, before, after) for row in ROWS) else 1


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the options."""
    parser = argparse.ArgumentParser(prog="build.py soak", description="Many events, many tabs, and what has grown.")
    parser.add_argument("--events", type=int, default=100_000, help="default: %(default)s")
    parser.add_argument("--tabs", type=int, default=1_000, help="opened and closed; default: %(default)s")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
