"""Browsers, backends and tabs; and the rule that nothing may go wrong unheard, in a page or in the worker."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, expect, sync_playwright

from .backend import DIST, BackendProcess
from .engines import ENGINES, INSECURE, Ability, Processes, Report, engine_of, named_engines
from .stage import Stage
from .tabs import BOOT, PlainTab, WidgetTab

PICTURES = Path(__file__).parent / "pictures"
MARKS = (
    "needs(ability): what the engine's driver must be able to; the engine says why it is not",
    "only(engine, why): for one engine alone",
    "without(engine, why): for all engines but this one",
    "timed: judges a promise in time, so it runs alone, with nothing beside it",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--pictures", action="store_true", help="make the pictures of the README anew")
    parser.addoption("--engine", action="append", choices=sorted(ENGINES), help="browser to use; may be repeated")


def pytest_configure(config: pytest.Config) -> None:
    for mark in MARKS:
        config.addinivalue_line("markers", mark)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "engine" in metafunc.fixturenames:
        metafunc.parametrize("engine", metafunc.config.getoption("engine") or named_engines(), scope="session")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out what an engine cannot do, each time with the reason."""
    for item in items:
        if isinstance(item, pytest.Function) and hasattr(item, "callspec") and "engine" in item.callspec.params:
            for reason in left_out(item, str(item.callspec.params["engine"])):
                item.add_marker(pytest.mark.skip(reason))


def left_out(item: pytest.Item, engine: str) -> Iterator[str]:
    """Yield the reasons why this test is not for that engine."""
    if ENGINES[engine].files and item.path.stem not in ENGINES[engine].files:
        yield ENGINES[engine].elsewhere
    for mark in item.iter_markers("needs"):
        for ability in mark.args:
            if why := ENGINES[engine].lacks.get(ability):
                yield why
    for mark in item.iter_markers("only"):
        if mark.args[0] != engine:
            yield mark.args[1]
    for mark in item.iter_markers("without"):
        if mark.args[0] == engine:
            yield mark.args[1]


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        expect.set_options(timeout=BOOT)
        yield started


@pytest.fixture(scope="module")
def browser(playwright: Playwright, engine: str) -> Iterator[Browser]:
    """A new one for each file of tests: Firefox grows slower and larger with all that it has seen."""
    started = ENGINES[engine].launch(playwright)
    yield started
    started.close()


@pytest.fixture(scope="session")
def shared_backend() -> Iterator[BackendProcess]:
    process = BackendProcess()
    yield process
    process.stop()


@pytest.fixture
def backend(shared_backend: BackendProcess) -> BackendProcess:
    """A backend that is fresh: no calls, no faults, nothing counted, nobody connected."""
    shared_backend.control("reset")
    shared_backend.touch_streams()
    shared_backend.until(lambda state: state["streams"] == 0)
    shared_backend.control("reset")
    return shared_backend


@pytest.fixture
def pictures(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Where to put pictures: away, unless those of the README are to be made."""
    return PICTURES if request.config.getoption("--pictures") else tmp_path


class Desk:
    """One operator's browser: it opens tabs, and keeps account of all that goes wrong in them."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.browser = browser
        self.engine = engine_of(browser)
        self.workers = self.engine.workers(browser)
        self.context: BrowserContext = browser.new_context(base_url=url)
        self.wrong: list[str] = []
        self.said: list[str] = []
        self.report: Report | None = None

    @property
    def processes(self) -> Processes:
        return self.engine.processes(self.browser)

    def page(self, path: str) -> Page:
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.wrong.append(f"{path}: {error}"))
        page.on("console", lambda line: self._check(path, line))
        page.goto(path)
        return page

    def _check(self, path: str, line: ConsoleMessage) -> None:
        """A failed request is a browser's remark about a server, which tests make fail on purpose."""
        self.said.append(line.text)
        if line.type == "error" and "Failed to load resource" not in line.text:
            self.wrong.append(f"{path}: {line.text}")

    def widget(self, path: str = "/dist/index.html") -> WidgetTab:
        return WidgetTab(self.page(path))

    def widgets(self, count: int) -> list[WidgetTab]:
        """That many tabs, all connected."""
        return [tab.is_connected() for tab in [self.widget() for _ in range(count)]]

    def beside(self, tab: WidgetTab) -> WidgetTab:
        """A tab of the same page, which shares the process of `tab` where pages may open others."""
        if Ability.POPUP not in self.engine.abilities:
            return self.widget()
        with tab.page.expect_popup() as opened:
            tab.page.evaluate("() => { open(location.href); }")
        return WidgetTab(opened.value)

    def plain(self, **options: Any) -> PlainTab:
        return PlainTab(self.page("/plain.html"), **options)

    def close(self) -> list[str]:
        """Close all tabs; return all that went wrong."""
        self.report = self.workers.report()
        self.context.close()
        return self.wrong + self.report.exceptions + [line for line in self.report.lines if "Traceback" in line]


@pytest.fixture
def desk_type() -> type[Desk]:
    """What the desks are, which differ from folder to folder."""
    return Desk


@pytest.fixture
def desk(desk_type: type[Desk], browser: Browser, backend: BackendProcess) -> Iterator[Desk]:
    opened = desk_type(browser, backend.url)
    yield opened
    assert opened.close() == []


@pytest.fixture
def insecure_desk(desk_type: type[Desk], browser: Browser, backend: BackendProcess) -> Iterator[Desk]:
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


@pytest.fixture
def stage(browser: Browser, shared_backend: BackendProcess) -> Iterator[Stage]:
    """A page for scenes. Its policy is off: what looks at it there is no part of ours."""
    context, wrong = browser.new_context(base_url=shared_backend.url, bypass_csp=True), []
    page = context.new_page()
    page.on("pageerror", lambda error: wrong.append(str(error)))
    yield Stage(page)
    context.close()
    assert wrong == []


@pytest.fixture
def own_backend() -> Iterator[BackendProcess]:
    """A backend for one test alone, which may kill it."""
    process = BackendProcess()
    yield process
    process.stop()


@pytest.fixture
def own_desk(desk_type: type[Desk], browser: Browser, own_backend: BackendProcess) -> Iterator[Desk]:
    opened = desk_type(browser, own_backend.url)
    yield opened
    assert opened.close() == []


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the bundle, which may be harmed."""
    # A compressed copy would be served in the place of a file that a test has changed.
    return shutil.copytree(DIST, tmp_path / "dist", ignore=shutil.ignore_patterns("*.br", "*.gz"))


@pytest.fixture
def backend_of_copy(copy: Path) -> Iterator[BackendProcess]:
    process = BackendProcess(copy)
    yield process
    process.stop()


@pytest.fixture
def desk_on_copy(
    desk_type: type[Desk], browser: Browser, copy: Path, backend_of_copy: BackendProcess
) -> Iterator[tuple[Desk, Path]]:
    """A desk on a copy of the bundle. No debugger looks on, which would keep workers alive."""
    opened = desk_type(browser, backend_of_copy.url)
    yield opened, copy
    opened.context.close()
