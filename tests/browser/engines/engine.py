"""What an engine is to the tests: a browser that can be had and started, and what its driver can do to it."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from playwright.sync_api import Playwright

from tests.browser.drivers import Context
from tests.browser.waiting import until

from .processes import Processes

INSECURE = "phone.test"  # plain http under a name of its own has no locks; 127.0.0.1 counts as secure


class Ability(StrEnum):
    """What a driver can do to a browser besides what every driver can."""

    CRASH = "crash"  # end a tab's process
    KILL = "kill"  # end the worker's process
    FREEZE = "freeze"  # stop a tab's tasks
    INSPECT = "inspect"  # read what workers write to their consoles
    EVALUATE = "evaluate"  # run JavaScript in a worker
    NAME = "name"  # let a name be this machine's
    POINTER = "pointer"  # press wherever and as long as a person can
    POPUP = "popup"  # let a script open a window
    DEVTOOLS = "devtools"  # speak Chromium's DevTools protocol with a page


@dataclass
class Report:
    """The console lines and the uncaught exceptions of the shared workers of a browser."""

    lines: list[str] = field(default_factory=list)
    exceptions: list[str] = field(default_factory=list)


class Workers(ABC):
    """The shared workers of a browser: what they say and suffer. Pages hear nothing of it."""

    @abstractmethod
    def targets(self) -> list[str]:
        """The ids of the shared workers that live."""

    @abstractmethod
    def report(self) -> Report:
        """Return all that the living workers have said and suffered so far."""

    @abstractmethod
    def evaluate(self, origin: str, expression: str) -> Any:
        """Return the value of a JavaScript expression in the one shared worker of that origin."""

    @abstractmethod
    def run(self, expression: str, target: str | None = None) -> None:
        """Run JavaScript in a shared worker, the only one if none is named, and wait for nothing: it may never end."""

    @abstractmethod
    def close(self, target: str) -> None:
        """End a worker, also one that hangs."""

    def ends(self, target: str) -> None:
        """Wait until a worker has ended."""
        until(f"worker {target} ends", self.targets, lambda living: target not in living)

    def come_to(self, count: int) -> None:
        """Wait until so many workers live."""
        until(f"{count} workers live", self.targets, lambda living: len(living) == count)

    def say(self, words: str) -> None:
        """Wait until a worker has said that."""
        until(f"a worker says {words!r}", lambda: self.report().lines, lambda lines: any(words in it for it in lines))


class Engine(ABC):
    """One engine. A browser is whatever its `launch` returns.

    name: what `--engine` calls it, and Playwright; title: what people do; variable: in the environment, the path of its
    program; lacks: what its driver cannot do, each with the reason; files: those of tests/browser that run in it, all
    if there are none; elsewhere: why the others do not; extended_lifetime: whether a worker may outlive its last page
    for a while; reruns: whether a worker may begin anew on the same ports; keeps_connections_of_the_dead: whether those
    of a process that was killed stay for a while; parties: in how many the phones of a test that opens very many come.
    """

    name: str
    title: str
    variable: str
    extended_lifetime = False
    keeps_connections_of_the_dead = False
    reruns = False
    parties = 1
    lacks: Mapping[Ability, str] = MappingProxyType({})
    files: Collection[str] = ()
    elsewhere: str = ""

    @property
    def abilities(self) -> frozenset[Ability]:
        """What its driver can do."""
        return frozenset(Ability) - self.lacks.keys()

    @abstractmethod
    def find(self) -> str:
        """Return the path of its program, which is installed if need be.

        Absent says why there is none; a BuildError, that the one in `variable` does not run.
        """

    @abstractmethod
    def launch(self, playwright: Playwright, *, whole: bool = False, back_forward_cache: bool = False) -> Any:
        """Start the program that `variable` names, or a smaller one of the same engine if it need not be `whole`."""

    @abstractmethod
    def open(self, browser: Any, url: str) -> Context:
        """Open that browser for one more person; the paths of its pages begin at `url`."""

    @abstractmethod
    def workers(self, browser: Any) -> Workers:
        """The shared workers of a browser that it has started."""

    @abstractmethod
    def processes(self, browser: Any) -> Processes:
        """The processes of a browser that it has started."""
