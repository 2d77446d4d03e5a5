"""Where a page with the phone may be: under a path of its own, in a frame of another site, in a private window."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from playwright.sync_api import Browser, Page, Playwright

from .backend import DIST, BackendProcess
from .desk import Desk
from .drivers import PlaywrightPage
from .engines import ENGINES
from .engines.firefox import Firefox
from .tabs import WidgetTab

pytestmark = pytest.mark.whole_browser

PREFIX = "/dist/crm/phone"
API = "/crm/api/sip"
ADD_FRAME = "(src) => document.body.append(Object.assign(document.createElement('iframe'), {src}))"

IS_BARRED = "() => { try { return !localStorage; } catch { return true; } }"


# --- a path of its own ------------------------------------------------------------------------------------------------


@pytest.fixture
def prefixed(tmp_path: Path) -> Iterator[BackendProcess]:
    """A backend where the bundle and the API are both under a path."""
    bundle = shutil.copytree(DIST, tmp_path / "crm/phone")
    page = bundle / "index.html"
    page.write_text(page.read_text("utf-8").replace("<sip-phone-widget", f'<sip-phone-widget api="{API}"'), "utf-8")
    process = BackendProcess(tmp_path, api=API)
    yield process
    process.stop()


def test_under_a_path_all_is_found_beside_the_script_and_the_api_where_the_attribute_says(
    desk_type: type[Desk], browser: Browser, prefixed: BackendProcess
) -> None:
    desk = desk_type(browser, prefixed.url)
    asked: list[str] = []
    desk.context.playwright.on("request", lambda request: asked.append(request.url.removeprefix(prefixed.url)))
    tabs = [desk.widget(f"{PREFIX}/index.html").is_connected() for _ in range(2)]
    tabs[0].dial("+4930100")
    tabs[1].button("Cancel").click()
    for tab in tabs:
        tab.shows_no_call()
    assert prefixed.state()["streamsOpened"] == 1
    assert [len(prefixed.posts(path)) for path in ("dial", "hangup")] == [1, 1]
    assert [path for path in asked if not path.startswith((f"{PREFIX}/", API))] == []
    assert desk.close() == []


# --- a frame of another site ------------------------------------------------------------------------------------------


@pytest.fixture
def frames(desk: Desk, backend: BackendProcess, own_backend: BackendProcess) -> list[WidgetTab]:
    """Two frames with the phone, in a page of another site; and both sites allow that."""
    for site in (backend, own_backend):
        site.control("settings", framed=True)
    page = desk.page(f"http://localhost:{own_backend.port}/plain.html").playwright
    for _ in range(2):
        page.evaluate(ADD_FRAME, f"{backend.url}/dist/index.html")
    for frame in page.frames[1:]:
        frame.wait_for_url("**/index.html")
    return [WidgetTab(PlaywrightPage(cast("Page", frame))) for frame in page.frames[1:]]


def test_frames_in_another_site_share_a_phone_of_their_own_or_say_why_they_have_none(
    desk: Desk, backend: BackendProcess, frames: list[WidgetTab]
) -> None:
    """Browsers part what a site has in another one from what it has for itself, or give it nothing there."""
    if frames[0].page.evaluate(IS_BARRED):
        for frame in frames:
            frame.error.contains_text("Open the page in a tab, or allow its cookies here.")
        return
    for frame in frames:
        frame.is_connected()
    assert backend.state()["streams"] == 1
    tab = desk.widget().is_connected()
    assert backend.state()["streams"] == 2
    backend.ring("100")
    frames[0].phone.evaluate("phone => phone.client.answer()")  # Firefox's driver clicks beside what is in a frame
    for each in (*frames, tab):
        each.shows("Talking")
    assert len(backend.posts("answer")) == 1


# --- a private window -------------------------------------------------------------------------------------------------


@pytest.fixture
def private_desk(playwright: Playwright, engine: str, backend: BackendProcess) -> Iterator[Desk]:
    """A desk all of whose windows are private ones."""
    firefox = ENGINES[engine]
    assert isinstance(firefox, Firefox)
    browser = firefox.launch_private(playwright)
    opened = Desk(browser, backend.url)
    yield opened
    assert opened.close() == []
    browser.close()


@pytest.mark.only("firefox", "elsewhere all windows of the tests are private ones")
def test_in_private_windows_the_phone_is_one_too(private_desk: Desk, backend: BackendProcess) -> None:
    tabs = private_desk.widgets(2)
    tabs[0].dial("+4930100")
    tabs[1].button("Cancel").click()
    for tab in tabs:
        tab.shows_no_call()
    assert backend.state()["streamsOpened"] == 1
