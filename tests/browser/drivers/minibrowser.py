"""A display that nobody sees, and a MiniBrowser on it that WebKitWebDriver drives."""

import os
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

from selenium.common.exceptions import WebDriverException
from selenium.webdriver import Remote
from selenium.webdriver.remote.client_config import ClientConfig
from selenium.webdriver.remote.remote_connection import RemoteConnection
from selenium.webdriver.webkitgtk.options import Options
from selenium.webdriver.webkitgtk.service import Service
from urllib3.exceptions import ReadTimeoutError

SCREEN = "1280x1024x24"
# Mesa's software GL crashes now and then under WebKit's compositor, and a session ends with its page.
PLAIN_DRAWING = {"WEBKIT_DISABLE_COMPOSITING_MODE": "1"}
START = 20  # s; it takes one
STARTS = 3
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


class MiniBrowser:
    """A WebKitWebDriver and the browser that it has started, which knows nobody and keeps nothing.

    Raise TimeoutError if the browser does not come.
    """

    def __init__(self, program: Path, display: Display) -> None:
        self._service = Service(
            str(program),
            env={**os.environ, **PLAIN_DRAWING, "DISPLAY": display.name},
            log_output=subprocess.DEVNULL,
            popen_kw={"start_new_session": True},
        )
        self._service.start()
        config = ClientConfig(self._service.service_url, timeout=START)
        try:
            self.driver = Remote(RemoteConnection(client_config=config), options=Options())
        except ReadTimeoutError:
            self._end()
            raise TimeoutError(f"{program.name} did not get its browser to answer in {START} s.") from None
        config.reset_timeout()
        self.driver.set_script_timeout(PATIENCE)
        self.driver.set_page_load_timeout(PATIENCE)

    @property
    def process(self) -> int:
        """The process of the driver, from which all others come."""
        return int(self._service.process.pid)

    def stop(self) -> None:
        with suppress(WebDriverException):  # a session may have broken off
            self.driver.quit()
        self._end()

    def _end(self) -> None:
        """End the driver, and what a session that broke off has left."""
        self._service.stop()
        with suppress(ProcessLookupError):
            os.killpg(self.process, signal.SIGKILL)


def start(program: Path, display: Display) -> MiniBrowser:
    """Start a browser. Its driver looks for a free port and gives it to the browser: if another program takes that port
    first, the driver waits for ever, and both are started again."""
    for _ in range(STARTS - 1):
        with suppress(TimeoutError):
            return MiniBrowser(program, display)
    return MiniBrowser(program, display)
