"""One operator's browser, as tests use it."""

from typing import Any

from .drivers import AnyBrowser, Hear, Page
from .engines import Ability, Processes, Report, engine_of
from .tabs import PlainTab, WidgetTab


class Desk:
    """One operator's browser: it opens tabs, and keeps account of all that goes wrong in them."""

    def __init__(self, browser: AnyBrowser, url: str) -> None:
        self.browser = browser
        self.engine = engine_of(browser)
        self.workers = self.engine.workers(browser)
        self.context = self.engine.open(browser, url)
        self.wrong: list[str] = []
        self.said: list[str] = []
        self.report: Report | None = None
        self.opener: Page | None = None  # of the next tab, which costs half in the process of a page that is there

    @property
    def processes(self) -> Processes:
        return self.engine.processes(self.browser)

    def page(self, path: str) -> Page:
        page = self._empty_page(lambda kind, text: self._hear(path, kind, text))
        page.goto(path)
        return page

    def _empty_page(self, hear: Hear) -> Page:
        """Only one tab is opened by another page: those that share a process also share the focus."""
        opener, self.opener = self.opener, None
        if opener and Ability.POPUP in self.engine.abilities:
            return opener.open(hear)
        return self.context.new_page(hear)

    def _hear(self, path: str, kind: str, text: str) -> None:
        """A failed request is a browser's remark about a server, which tests make fail on purpose."""
        if kind != "exception":
            self.said.append(text)
        if kind == "exception" or (kind == "error" and "Failed to load resource" not in text):
            self.wrong.append(f"{path}: {text}")

    def widget(self, path: str = "/dist/index.html") -> WidgetTab:
        return WidgetTab(self.page(path))

    def widgets(self, count: int) -> list[WidgetTab]:
        """That many tabs, all connected."""
        return [tab.is_connected() for tab in [self.widget() for _ in range(count)]]

    def beside(self, tab: WidgetTab) -> WidgetTab:
        """A tab of the same page, which shares the process of `tab` where pages may open others."""
        if Ability.POPUP not in self.engine.abilities:
            return self.widget()
        return WidgetTab(tab.page.beside())

    def plain(self, **options: Any) -> PlainTab:
        return PlainTab(self.page("/plain.html"), **options)

    def close(self) -> list[str]:
        """Close all tabs; return all that went wrong."""
        self.report = self.workers.report()
        self.context.close()
        return self.wrong + self.report.exceptions + [line for line in self.report.lines if "Traceback" in line]
