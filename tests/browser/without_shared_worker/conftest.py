"""The same desks as everywhere, of browsers without SharedWorker."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright

from tests.browser.backend import BackendProcess
from tests.browser.conftest import Desk
from tests.browser.engines import ENGINES, INSECURE
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
def bfcache_desk(playwright: Playwright, engine: str, backend: BackendProcess) -> Iterator[Desk]:
    browser = ENGINES[engine].launch(playwright, back_forward_cache=True)
    opened = HostedDesk(browser, backend.url)
    yield opened
    assert opened.close() == []
    browser.close()
