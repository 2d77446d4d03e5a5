"""A random walk of a fixed seed; `python3 build.py walk` takes longer ones."""

import pytest

from tests.walk.walk import Walker, drawn
from tests.walk.world import abilities_for_walks

from . import marks
from .backend import BackendProcess
from .drivers import AnyBrowser
from .engines import ENGINES

SEED, STEPS, STEPS_WITHOUT = 2026, 250, 150


@pytest.mark.timeout(300)
def test_on_a_random_walk_all_holds_that_must(browser: AnyBrowser, engine: str, own_backend: BackendProcess) -> None:
    abilities = abilities_for_walks(ENGINES[engine])
    failure = Walker(browser, own_backend, abilities).walk(drawn(SEED, STEPS, abilities))
    assert failure is None, f"{failure.why}\nseed {SEED}, steps {[step.line() for step in failure.steps]}"


@marks.HOSTED
@pytest.mark.timeout(300)
def test_on_a_random_walk_without_shared_worker_all_holds_too(
    browser: AnyBrowser, engine: str, own_backend: BackendProcess
) -> None:
    abilities = abilities_for_walks(ENGINES[engine])
    walker = Walker(browser, own_backend, abilities, shared=False)
    failure = walker.walk(drawn(SEED, STEPS_WITHOUT, abilities))
    assert failure is None, f"{failure.why}\nseed {SEED}, steps {[step.line() for step in failure.steps]}"
