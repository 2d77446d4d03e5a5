"""The engines that the browser tests can use. One is chosen by `--engine`; read engine.py first.

engine.py      what an engine is, what a driver may be able to, and what tests ask of workers
programs.py    finds the browsers' programs, and installs them
processes.py   what tests do to the processes of a browser
chromium*.py, firefox*.py, webkit*.py    the engines
"""

import os
from collections.abc import Mapping

from playwright.sync_api import Browser

from tests.browser.drivers import WebKitBrowser

from .chromium import Chromium
from .engine import INSECURE, Ability, Engine, Report, Workers
from .firefox import Firefox
from .processes import Processes
from .webkit import WebKit

__all__ = [
    "ENGINES",
    "INSECURE",
    "Ability",
    "AnyBrowser",
    "Engine",
    "Processes",
    "Report",
    "Workers",
    "engine_of",
    "named_engines",
]

AnyBrowser = Browser | WebKitBrowser
"""What the engines launch."""

ENGINES: Mapping[str, Engine] = {engine.name: engine for engine in (Chromium(), Firefox(), WebKit())}


def engine_of(browser: AnyBrowser) -> Engine:
    """Return the engine that started a browser."""
    return ENGINES["webkit" if isinstance(browser, WebKitBrowser) else browser.browser_type.name]


def named_engines() -> list[str]:
    """Return the engines whose programs the environment names; Playwright may have a Chromium of its own."""
    return [name for name, engine in ENGINES.items() if engine.variable in os.environ] or ["chromium"]
