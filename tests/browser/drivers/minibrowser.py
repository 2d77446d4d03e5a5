"""A display that nobody sees, and a MiniBrowser on it that WebKitWebDriver drives."""

import os
import signal
import subprocess
import warnings
from contextlib import suppress
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.webkitgtk.options import Options
from selenium.webdriver.webkitgtk.service import Service

SCREEN = "1280x1024x24"
# Mesa's software GL crashes now and then under WebKit's compositor, and a session ends with its page.
PLAIN_DRAWING = {"WEBKIT_DISABLE_COMPOSITING_MODE": "1"}
PATIENCE = 120  # s; a test is ended before


class Display:
    """An X server without a screen, until `stop`."""

    def __init__(self) -> None:
        read, write = os.pipe()
        command = ["Xvfb", "-displayfd", str(write), "-screen", "0", SCREEN, "-nolisten", "tcp"]
        self._process = subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL)
        os.close(write)
        with os.fdopen(read) as told:
            self.name = f":{told.readline().strip()}"

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait()


def start(program: Path, display: Display) -> webdriver.WebKitGTK:
    """Start the MiniBrowser of this WebKitWebDriver; it knows nobody, and keeps nothing."""
    service = Service(
        str(program),
        env={**os.environ, **PLAIN_DRAWING, "DISPLAY": display.name},
        log_output=subprocess.DEVNULL,
        popen_kw={"start_new_session": True},
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Selenium's own class does what Selenium deprecates
        driver = webdriver.WebKitGTK(options=Options(), service=service)
    driver.set_script_timeout(PATIENCE)
    driver.set_page_load_timeout(PATIENCE)
    return driver


def stop(driver: webdriver.WebKitGTK) -> None:
    """End it, and what a session that broke off has left."""
    group = driver.service.process.pid
    driver.quit()
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)
