"""Takes a random walk; `python3 build.py walk` starts it. The exit code is 1 if something does not hold that must."""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from random import SystemRandom

from playwright.sync_api import sync_playwright

from tests.browser.backend import BackendProcess
from tests.browser.engines import ENGINES
from web.bundling.programs import say

from .steps import read, write
from .walk import Failure, Walker, drawn, shrunk
from .world import abilities_for_walks

TELL_EVERY = 500  # steps


def main(arguments: Sequence[str]) -> int:
    """Walk as asked; return the exit code."""
    options = parse(arguments)
    engine = ENGINES[options.engine]
    os.environ[engine.variable] = engine.find()
    abilities = abilities_for_walks(engine)
    steps = read(options.replay) if options.replay else drawn(options.seed, options.steps, abilities)
    name = str(options.replay or f"seed {options.seed}")
    say(f"walking {len(steps)} steps, {name} ...")
    backend = BackendProcess()
    try:
        with sync_playwright() as playwright, closing(engine.launch(playwright, whole=True)) as browser:
            walker = Walker(browser, backend, abilities, shared=options.shared)
            failure = walker.walk(steps, telling())
            if failure and options.shrink:
                failure = shrunk(failure, walker.walk, options.shrink)
    finally:
        backend.stop()
    return report(failure, name, options.steps_file, "" if options.shared else " --without-shared-worker")


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the options."""
    parser = argparse.ArgumentParser(prog="build.py walk", description="A random walk in a real browser.")
    parser.add_argument("--seed", type=int, default=SystemRandom().randrange(10_000), help="default: one by chance")
    parser.add_argument("--steps", type=int, default=1_000, help="default: %(default)s")
    parser.add_argument("--replay", type=Path, metavar="FILE", help="take the steps in this file")
    parser.add_argument("--shrink", type=int, default=0, metavar="WALKS", help="look for fewer steps that fail too")
    parser.add_argument("--engine", choices=sorted(ENGINES), default="chromium", help="the browser")
    parser.add_argument(
        "--without-shared-worker", dest="shared", action="store_false", help="one tab hosts the hub for all"
    )
    default = Path(tempfile.gettempdir(), "sip-walk.jsonl")
    parser.add_argument(
        "--steps-file", type=Path, default=default, metavar="FILE", help="where the steps of a failure go"
    )
    return parser.parse_args(arguments)


def telling() -> Callable[[int], None]:
    """Return what tells the person how far a walk is."""
    start = time.monotonic()

    def tell(number: int) -> None:
        if number % TELL_EVERY == 0:
            say(f"{number} steps in {time.monotonic() - start:.0f} s")

    return tell


def report(failure: Failure | None, name: str, file: Path, options: str) -> int:
    """Say how it went, and how to see it again; return the exit code."""
    if failure is None:
        print(f"All held, {name}.")
        return 0
    write(file, failure.steps)
    print(f"Failed, {name}, after {len(failure.steps)} steps: {failure.why}", "The last of them:", sep="\n")
    print(*[step.line() for step in failure.steps[-20:]], sep="\n")
    print("The pages said last:", *failure.said[-10:], sep="\n")
    print(f"Take them again: python3 build.py walk --replay {file}{options}")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
