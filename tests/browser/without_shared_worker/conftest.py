"""The same desks as everywhere, of browsers without SharedWorker."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright

from tests.browser.backend import BackendProcess
from tests.browser.conftest import INSECURE, Desk, launch_chromium
from tests.browser.hosted import HostedDesk


@pytest.fixture
def desk(browser: Browser, backend: BackendProcess) -> Iterator[Desk]:
    opened = HostedDesk(browser, backend.url)
    yield opened
    assert opened.close() == []


@pytest.fixture
def insecure_desk(browser: Browser, backend: BackendProcess) -> Iterator[Desk]:
    opened = HostedDesk(browser, f"http://{INSECURE}:{backend.port}")
    yield opened
    assert opened.close() == []


@pytest.fixture
def desk_on_copy(browser: Browser, copy: Path, backend_of_copy: BackendProcess) -> Iterator[tuple[Desk, Path]]:
    opened = HostedDesk(browser, backend_of_copy.url)
    yield opened, copy
    opened.context.close()


@pytest.fixture
def bfcache_desk(playwright: Playwright, backend: BackendProcess) -> Iterator[Desk]:
    browser = launch_chromium(playwright, ignore_default_args=["--disable-back-forward-cache"])
    opened = HostedDesk(browser, backend.url)
    yield opened
    assert opened.close() == []
    browser.close()
