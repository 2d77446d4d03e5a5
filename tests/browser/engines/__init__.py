"""The engines that the browser tests can use. One is chosen by `--engine`; read engine.py first.

engine.py      what an engine is, what a driver may be able to, and what tests ask of workers
programs.py    finds the browsers' programs, and installs them
processes.py   what tests do to the processes of a browser
chromium*.py, firefox*.py, webkit*.py    the engines
"""

from collections.abc import Mapping

from tests.browser.drivers import AnyBrowser, WebKitBrowser

from .chromium import Chromium
from .engine import INSECURE, Ability, Engine, Report, Workers
from .firefox import Firefox
from .processes import Processes
from .webkit import WebKit

__all__ = ["ALL", "ENGINES", "INSECURE", "Ability", "Engine", "Processes", "Report", "Workers", "engine_of"]

ALL = "all"  # what `--engine` calls every test in every engine
ENGINES: Mapping[str, Engine] = {engine.name: engine for engine in (Chromium(), Firefox(), WebKit())}


def engine_of(browser: AnyBrowser) -> Engine:
    """Return the engine that started a browser."""
    return ENGINES["webkit" if isinstance(browser, WebKitBrowser) else browser.browser_type.name]
