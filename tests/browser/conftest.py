"""Browsers, backends and tabs; and the rule that nothing may go wrong unheard, in a page or in the worker."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright
from playwright.sync_api import Page as PlaywrightPage

from .backend import DIST, BackendProcess
from .choice import engine_of_test, needing, reasons_to_skip, unless_chosen
from .desk import Desk
from .drivers import AnyBrowser
from .engines import ALL, ENGINES, INSECURE
from .engines.programs import Absent
from .launched import Kind, Launched
from .office import Office
from .shared_hub import SharedHub
from .stage import Stage
from .tabs import BOOT

PICTURES = Path(__file__).parent / "pictures"
MARKS = (
    "every_engine(rows): runs in every engine, and not in Chromium alone; of a table, so many rows, or all",
    "hub(whose): of the test's own, or shared by the tests of a file that say so",
    "timed: judges a promise in time, so it runs alone, with nothing beside it",
    "whole_browser: a file that needs what Chromium's headless shell lacks",
    "needs(ability): what the engine's driver must be able to; the engine says why it is not",
    "only(engine, why): for one engine alone",
    "without(engine, why): for all engines but this one",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--pictures", action="store_true", help="make the pictures of the README anew")
    parser.addoption(
        "--engine",
        action="append",
        choices=[ALL, *sorted(ENGINES)],
        help="browser to run every test in, or all of them; may be repeated",
    )


def pytest_configure(config: pytest.Config) -> None:
    for mark in MARKS:
        config.addinivalue_line("markers", mark)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "engine" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("engine") or [ALL]
        metafunc.parametrize("engine", list(ENGINES) if ALL in chosen else chosen, scope="session")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is for other engines, and skip what an engine cannot do, each time with the reason."""
    if not config.getoption("engine"):
        others = list(unless_chosen(items))
        items[:] = [item for item in items if item not in set(others)]
        config.hook.pytest_deselected(items=others)
    for item in items:
        if engine := engine_of_test(item):
            for reason in reasons_to_skip(item, engine):
                item.add_marker(pytest.mark.skip(reason))


def pytest_collection_finish(session: pytest.Session) -> None:
    """Find the browsers that the chosen tests need, and install those that the machine has not."""
    if session.config.option.collectonly:
        return
    for name, engine in ENGINES.items():
        items = needing(session.items, name)
        try:
            if items:
                os.environ[engine.variable] = engine.find()
        except Absent as absent:
            if name in (session.config.getoption("engine") or ()):
                raise pytest.UsageError(str(absent)) from None
            for item in items:
                item.add_marker(pytest.mark.skip(str(absent)))


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        expect.set_options(timeout=BOOT)
        yield started


@pytest.fixture(scope="session")
def launched(playwright: Playwright) -> Iterator[Launched]:
    browsers = Launched(playwright)
    yield browsers
    browsers.close()


@pytest.fixture(scope="module")
def browser(launched: Launched, engine: str, request: pytest.FixtureRequest) -> AnyBrowser:
    return launched.serve(Kind(engine, whole=request.node.get_closest_marker("whole_browser") is not None))


class Served:
    """The folder of the shared backend's bundle: a link, so that another bundle takes its place without a restart."""

    def __init__(self, folder: Path) -> None:
        self.link = folder / "dist"
        self.show(DIST)

    def show(self, dist: Path) -> None:
        self.link.unlink(missing_ok=True)
        self.link.symlink_to(dist)


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Served:
    return Served(tmp_path_factory.mktemp("served"))


@pytest.fixture(scope="session")
def shared_backend(served: Served) -> Iterator[BackendProcess]:
    process = BackendProcess(served.link)
    yield process
    process.stop()


def shares_hub(request: pytest.FixtureRequest) -> bool:
    """Tell whether the test shares a hub with others of its file; see marks.py."""
    mark = request.node.get_closest_marker("hub")
    return mark is not None and mark.args[0] == "shared"


@pytest.fixture(scope="module")
def shared_hub(desk_type: type[Desk], browser: AnyBrowser) -> Iterator[SharedHub]:
    backend = BackendProcess()
    opened = desk_type(browser, backend.url)
    yield SharedHub(backend, opened)
    wrong = opened.close()
    backend.stop()
    assert wrong == []


@pytest.fixture
def backend(shared_backend: BackendProcess, request: pytest.FixtureRequest) -> BackendProcess:
    """A backend that is fresh: no calls, no faults, nothing counted, and nobody connected but a hub that is shared."""
    if shares_hub(request):
        hub: SharedHub = request.getfixturevalue("shared_hub")
        hub.begin_anew()
        return hub.backend
    shared_backend.control("reset")
    shared_backend.touch_streams()
    shared_backend.until(lambda state: state["streams"] == 0)
    shared_backend.control("reset")
    return shared_backend


@pytest.fixture
def pictures(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Where to put pictures: away, unless those of the README are to be made."""
    return PICTURES if request.config.getoption("--pictures") else tmp_path


@pytest.fixture(scope="session")
def desk_type() -> type[Desk]:
    """What the desks are, which differ from folder to folder."""
    return Desk


@pytest.fixture
def desk(
    desk_type: type[Desk], browser: AnyBrowser, backend: BackendProcess, request: pytest.FixtureRequest
) -> Iterator[Desk]:
    """A desk at which nothing has happened yet."""
    if shares_hub(request):
        hub: SharedHub = request.getfixturevalue("shared_hub")
        yield hub.desk
        assert hub.end() == []
        return
    opened = desk_type(browser, backend.url)
    yield opened
    assert opened.close() == []


@pytest.fixture(scope="module")
def opened_office(desk_type: type[Desk], browser: AnyBrowser) -> Iterator[Office]:
    backend = BackendProcess()
    opened = desk_type(browser, backend.url)
    asking, watching = opened.widgets(2)
    yield Office(backend, asking, watching)
    wrong = opened.close()
    backend.stop()
    assert wrong == []


@pytest.fixture
def office(opened_office: Office) -> Office:
    """Two tabs that know of nothing yet. Their hub serves the whole file."""
    opened_office.begin_anew()
    return opened_office


@pytest.fixture
def insecure_desk(desk_type: type[Desk], browser: AnyBrowser, backend: BackendProcess) -> Iterator[Desk]:
    """A desk to which the backend is plain http: nobody has locks."""
    opened = desk_type(browser, f"http://{INSECURE}:{backend.port}")
    yield opened
    assert opened.close() == []


@pytest.fixture
def bfcache_desk(desk_type: type[Desk], playwright: Playwright, engine: str, backend: BackendProcess) -> Iterator[Desk]:
    """A desk in a browser with a back/forward cache, which Playwright usually turns off."""
    browser = ENGINES[engine].launch(playwright, back_forward_cache=True)
    opened = desk_type(browser, backend.url)
    yield opened
    assert opened.close() == []
    browser.close()


@pytest.fixture(scope="module")
def empty_page(browser: Browser, shared_backend: BackendProcess) -> Iterator[tuple[PlaywrightPage, list[str]]]:
    """A page for the scenes of a file, and what has gone wrong in it. Its policy is off: what looks at it there is no
    part of ours."""
    wrong: list[str] = []
    context = browser.new_context(base_url=shared_backend.url, bypass_csp=True)
    page = context.new_page()
    page.on("pageerror", lambda error: wrong.append(str(error)))
    yield page, wrong
    context.close()


@pytest.fixture
def stage(empty_page: tuple[PlaywrightPage, list[str]]) -> Iterator[Stage]:
    """The page, loaded anew, in the look that it had at first."""
    page, wrong = empty_page
    wrong.clear()
    page.emulate_media(color_scheme="null", forced_colors="null", reduced_motion="null")
    yield Stage(page)
    assert wrong == []


@pytest.fixture
def own_backend() -> Iterator[BackendProcess]:
    """A backend for one test alone, which may kill it."""
    process = BackendProcess()
    yield process
    process.stop()


@pytest.fixture
def own_desk(desk_type: type[Desk], browser: AnyBrowser, own_backend: BackendProcess) -> Iterator[Desk]:
    opened = desk_type(browser, own_backend.url)
    yield opened
    assert opened.close() == []


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the bundle, which may be harmed."""
    # A compressed copy would be served in the place of a file that a test has changed.
    return shutil.copytree(DIST, tmp_path / "dist", ignore=shutil.ignore_patterns("*.br", "*.gz"))


@pytest.fixture
def backend_of_copy(backend: BackendProcess, served: Served, copy: Path) -> Iterator[BackendProcess]:
    """The shared backend, which serves the copy for now."""
    served.show(copy)
    yield backend
    served.show(DIST)


@pytest.fixture
def desk_on_copy(
    desk_type: type[Desk], browser: AnyBrowser, copy: Path, backend_of_copy: BackendProcess
) -> Iterator[tuple[Desk, Path]]:
    """A desk on a copy of the bundle. No debugger looks on, which would keep workers alive."""
    opened = desk_type(browser, backend_of_copy.url)
    yield opened, copy
    opened.context.close()
