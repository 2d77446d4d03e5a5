"""The world of a walk: a browser, a backend, some tabs, and what must hold of them together."""

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from playwright.sync_api import Error, Worker

from tests.browser.backend import BackendProcess
from tests.browser.desk import Desk
from tests.browser.drivers import AnyBrowser
from tests.browser.engines import Ability, Engine
from tests.browser.hosted import HostedDesk
from tests.browser.waiting import until

from .rules import Book, broken, check_posts, difference, play, registered
from .tab import Kind, Tab

MOST_TABS = 6
QUIET = 2.0  # s after which all tabs must show the same
BUSY = 20.0  # s that a busy machine may add
HEALED = 16.0 + BUSY  # s after which all must be well: a command ends within 10 s, and a stream is retried after 5 s
LOOK = 0.1  # s
KILLING = frozenset({Ability.CRASH, Ability.KILL})


def abilities_for_walks(engine: Engine) -> frozenset[Ability]:
    """Return what a walk may ask of the driver. Where a process that is killed leaves its connection behind, nobody can
    tell that from a second stream; and a worker's process may be that of a tab too, which not every driver survives."""
    kills = engine.abilities >= KILLING and not engine.keeps_connections_of_the_dead
    return engine.abilities if kills else engine.abilities - KILLING


class World:
    """One operator's browser, with SharedWorker or without. A walk does things to it by verbs.py, and asks whether what
    must hold does."""

    def __init__(
        self, browser: AnyBrowser, backend: BackendProcess, abilities: frozenset[Ability], *, shared: bool
    ) -> None:
        self.backend = backend
        self.desk = (Desk if shared else HostedDesk)(browser, backend.url)
        self.desk.context.add_init_script((Path(__file__).parent / "note.js").read_text("utf-8"))
        self.abilities = abilities
        self.processes = self.desk.processes if abilities & KILLING else None
        self._shared = shared
        self._book = Book(reruns=self.desk.engine.reruns)
        self._tabs: list[Tab] = []
        self._count = 0

    # --- tabs ---------------------------------------------------------------------------------------------------------

    @property
    def tabs(self) -> list[Tab]:
        """Those that live."""
        self._tabs = [tab for tab in self._tabs if not tab.crashed]
        return self._tabs

    @property
    def awake(self) -> list[Tab]:
        return [tab for tab in self.tabs if not tab.frozen and not tab.prerendering]

    def open(self, kind: Kind, *, prerendering: bool = False) -> None:
        """A page with nothing of ours has no phone where there is no SharedWorker: then all have the widget."""
        kind = kind if self._shared else "widget"
        if len(self.tabs) < MOST_TABS:
            path = "/plain.html?prerendering" if prerendering else "/plain.html"
            self._tabs.append(Tab(self.desk.page(path), kind, self._book, prerendering=prerendering))

    def close(self, tab: Tab) -> None:
        if not tab.frozen:
            tab.listen()
        self._tabs.remove(tab)
        tab.page.close()
        self._excuse_without(tab)

    def reload(self, tab: Tab) -> None:
        tab.reload()
        self._excuse_without(tab)

    def _excuse_without(self, tab: Tab | None) -> None:
        """A hub may end with its last page; one rendered in advance, or frozen since before, has none."""
        if all(other is tab or other.prerendering or other.left_out for other in self.tabs):
            self._book.excuse()

    def workers(self) -> set[Worker | str | int]:
        """Return what tells the workers there are from others: their names, and the processes that they run in. One
        that has just begun has no name yet."""
        processes = self.processes.with_worker() if self.processes else []
        return {*self.desk.workers.targets(), *processes}

    def lose(self, workers: set[Worker | str | int]) -> None:
        """A process was killed: find out which tabs died with it, and if one of the `workers` that there were did, let
        those that cannot know do what their person would."""
        for tab in self.tabs:
            with suppress(Error):  # this one has crashed
                tab.page.evaluate("0")
        self._excuse_without(None)
        if workers <= self.workers():
            return
        self._book.excuse()
        names = {worker for worker in workers if not isinstance(worker, int)}
        if names:  # a browser that has yet to notice lets pages join a worker that is dead
            until("the browser notices which worker died", self.workers, lambda living: not names <= living)
        for tab in self.tabs:
            tab.lose_worker()

    def next_id(self) -> str:
        """Return an id for a command."""
        self._count += 1
        return f"walk-{self._count}"

    def forget_sent(self) -> None:
        """Whoever signs in may be somebody else: a command that is said again would be a new one."""
        for tab in self.tabs:
            tab.sent.clear()

    # --- what must hold -----------------------------------------------------------------------------------------------

    def look(self) -> None:
        """Look at what must hold at all times. Raise Broken if it does not."""
        for tab in self.awake:
            tab.listen()
        if self.desk.wrong:
            broken(f"a page says: {self.desk.wrong}")
        self._one_stream()

    def be_quiet(self) -> None:
        """After some quiet all tabs show the same, whatever the backend does. Raise Broken if not."""
        time.sleep(QUIET)
        comes_to_nothing(self._discord, BUSY)
        self._check_all()

    def heal(self, *, nudge: bool) -> None:
        """The backend is well again; then all tabs show the truth, and every command has its result. Raise Broken."""
        self.mend()
        if nudge and self.awake:
            self.awake[0].nudge()
        comes_to_nothing(self._ill, HEALED)
        self._check_all()

    def mend(self) -> None:
        self.backend.control("faults", events=None, commands=None)

    def close_all(self) -> None:
        """Close the browser's tabs. Raise Broken if something went wrong unheard."""
        if wrong := self.desk.close():
            broken(f"said in the end: {wrong}")

    def _discord(self) -> str:
        """Return in what the tabs are not of one mind, or nothing."""
        states = [tab.shows()[0] for tab in self.awake]
        for tab, state in zip(self.awake, states, strict=True):
            if state is None or state != states[0]:
                return f"{_name(tab)} shows {state}, and {_name(self.awake[0])} {states[0]}"
        return ""

    def _ill(self) -> str:
        """Return what is not well, or nothing."""
        truth = self.backend.state()
        for tab in self.awake:
            state, lacks = tab.shows()
            if why := lacks or difference(state, truth):
                return f"of {_name(tab)}: {why}"
        return self._discord()

    def _check_all(self) -> None:
        self.look()
        posts = self.backend.state()["posts"]
        check_posts(posts)
        self._book.check_asked(posts)
        if self._shared and self.desk.engine.extended_lifetime:  # elsewhere a hub goes with the tab that it came from
            self._book.check_hubs()
        if Ability.INSPECT in self.abilities:
            self._hear_worker()
        if self.awake:
            comes_to_nothing(lambda: self._strangers(self.awake[-1].registry()), BUSY)
            if why := self._strangers(registered(play(self.awake[-1].journal()))):
                broken(f"by its journal {why}")

    def _strangers(self, registry: tuple[int, int]) -> str:
        """Return in what a registry of so many tabs with a lock, and so many without, does not hold just the tabs that
        live, or nothing."""
        locked, others = registry
        awake, living = ([tab for tab in tabs if tab.has_lock] for tabs in (self.awake, self.tabs))
        seeds = [tab for tab in self.awake if not tab.has_lock]
        # A frozen tab learns of a hub's death when it thaws, and one that gives no lock is kept until it says BYE.
        if len(awake) <= locked <= len(living) and others >= len(seeds):
            return ""
        known = f"{locked} tabs with a lock and {others} without"
        return f"the registry holds {known}; there are {[_name(tab) for tab in self.tabs]}"

    def _hear_worker(self) -> None:
        report = self.desk.workers.report()
        if wrong := report.exceptions + [line for line in report.lines if "Traceback" in line]:
            broken(f"the worker says: {wrong}")

    def _one_stream(self) -> None:
        state = self.backend.state()
        if state["maxStreams"] > 1:
            broken(f"there were {state['maxStreams']} streams at once, after {state['attempts'][-6:]}")


def comes_to_nothing(unmet: Callable[[], str], seconds: float) -> None:
    """Wait until nothing is unmet that must hold."""
    until("all holds that must", unmet, lambda why: not why, patience=seconds, pause=LOOK)


def _name(tab: Tab) -> str:
    return f"a {tab.kind} tab{' (frozen)' if tab.frozen else ''}"
