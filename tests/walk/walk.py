"""Takes the steps of a walk, and makes one that fails shorter."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from playwright.sync_api import Error

from tests.browser.backend import BackendProcess
from tests.browser.drivers import AnyBrowser
from tests.browser.engines import Ability

from .rules import Broken
from .steps import Step, draw
from .verbs import VERBS
from .world import World

LOOK_EVERY = 10  # steps
# The beginning of a walk that is drawn, and the end of every one.
OPENED = [Step("open", words={"kind": kind}) for kind in ("widget", "plain", "seed")]
HEALED = Step("heal", words={"nudge": True})


@dataclass(frozen=True)
class Failure:
    """What did not hold, and the steps that led there."""

    why: str
    steps: Sequence[Step]
    said: Sequence[str] = ()  # by the pages, to their consoles


Told = Callable[[int], None]


def drawn(seed: int, count: int, abilities: frozenset[Ability]) -> list[Step]:
    """Return the steps of a walk for a driver of these abilities."""
    able = {name: verb for name, verb in VERBS.items() if verb.needs is None or verb.needs in abilities}
    weights = {name: verb.weight for name, verb in able.items()}
    words = {name: verb.words for name, verb in able.items()}
    return [*OPENED, *draw(seed, count - len(OPENED), weights, words)]


class Walker:
    """Walks in one browser, each time with a fresh profile and a fresh backend. `shared`: whether pages have a
    SharedWorker."""

    def __init__(
        self, browser: AnyBrowser, backend: BackendProcess, abilities: frozenset[Ability], *, shared: bool = True
    ) -> None:
        self._browser = browser
        self._backend = backend
        self._abilities = abilities
        self._shared = shared

    def walk(self, steps: Sequence[Step], told: Told = lambda _: None) -> Failure | None:
        """Take the steps; return what fails, if something does. `told`: is told the number of each step."""
        self._backend.control("reset")
        self._backend.until(lambda state: state["streams"] == 0)
        self._backend.control("reset")
        world = World(self._browser, self._backend, self._abilities, shared=self._shared)
        number = 0
        try:
            for number, step in enumerate([*steps, HEALED], 1):
                VERBS[step.verb].act(world, step)
                if number % LOOK_EVERY == 0:
                    world.look()
                time.sleep(step.pause / 1000)
                told(number)
        except (AssertionError, Error) as why:  # a page, or the backend, that does not do what it is told fails too
            world.desk.close()
            return Failure(str(why), steps[:number], world.desk.said)
        try:
            world.close_all()
        except Broken as why:
            return Failure(str(why), steps, world.desk.said)
        return None


def shrunk(failure: Failure, walk: Callable[[Sequence[Step]], Failure | None], budget: int) -> Failure:
    """Return a failure of fewer steps, after `budget` walks at the most: what chance may hide is not insisted on."""
    shorter = _shorter(failure)
    for _ in range(budget):
        if (steps := next(shorter, None)) is None:
            break
        if found := walk(steps):
            failure, shorter = found, _shorter(found)
    return failure


def _shorter(failure: Failure) -> Iterator[Sequence[Step]]:
    """Yield the steps without some of them: first without the older half, in the end without each one."""
    steps, size = failure.steps, len(failure.steps) // 2
    while size:
        for start in range(0, len(steps), size):
            yield [*steps[:start], *steps[start + size :]]
        size //= 2
