"""A display that nobody sees, and a MiniBrowser on it that WebKitWebDriver drives."""

import os
import subprocess
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.webkitgtk.options import Options
from selenium.webdriver.webkitgtk.service import Service

SCREEN = "1280x1024x24"
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


def start(program: Path, display: Display, output: Path) -> webdriver.WebKitGTK:
    """Start a MiniBrowser that knows nobody and keeps nothing. What it says goes to the file `output`."""
    options = Options()
    options.binary_location = str(program)
    options.add_argument("--automation")
    service = Service("WebKitWebDriver", log_output=str(output), env={**os.environ, "DISPLAY": display.name})
    driver = webdriver.WebKitGTK(options=options, service=service)
    driver.set_script_timeout(PATIENCE)
    driver.set_page_load_timeout(PATIENCE)
    return driver
