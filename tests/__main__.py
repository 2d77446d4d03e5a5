"""Runs every check of the project and sums them up; `python3 build.py test` starts it.

Static checks and unit tests run beside the other tests, which share the machine, a few processes at a time. Tests that
judge a promise in time come last and alone. All of it runs, whatever fails; nothing runs twice; the summary names what
failed and why. With arguments it is pytest with those.
"""

import argparse
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from tests.browser.engines import ALL, ENGINES
from tests.checks import durations
from tests.checks.browsers import Browsers
from tests.checks.programs import SIDE_BY_SIDE, module, pytest
from tests.checks.pythons import PYTHONS, interpreter, this_version, unit_tests_in_pyodide, unit_tests_on
from tests.checks.step import Outcome, Step, line, run_step, run_step_quietly

SLOWEST = 10  # tests that the summary names
OTHER_TESTS = ("tests/tools", "tests/browser")  # than the unit tests


def main(arguments: Sequence[str]) -> int:
    """Run all checks, or just pytest if there are arguments for it; return the exit code. `--engine` alone is for all
    checks too."""
    options = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    options.add_argument("--engine", action="append", choices=[ALL, *sorted(ENGINES)], default=[])
    engines, others = options.parse_known_args(arguments)
    if others:
        return subprocess.call([sys.executable, "-m", "pytest", *arguments])
    browsers = Browsers(engines.engine)
    pythons = {version: interpreter(version) for version in PYTHONS if version != this_version()}
    with ThreadPoolExecutor(1) as beside:
        others_found = {version: path for version, path in pythons.items() if path}
        static = beside.submit(lambda: [run_step_quietly(step) for step in static_checks(others_found)])
        outcomes = [run_step(step) for step in tests_side_by_side(browsers)]
    outcomes = [*static.result(), *outcomes, *(run_step(step) for step in tests_alone(browsers))]
    missing = [version for version, path in pythons.items() if not path]
    left_out = {f"Python {', '.join(missing)}": "No such Python with venv is on PATH."} if missing else {}
    show(outcomes, left_out | browsers.left_out)
    return 1 if any(outcome.findings.faults for outcome in outcomes) else 0


def static_checks(pythons: Mapping[str, str]) -> Iterator[Step]:
    """Yield the checks of the source, and the unit tests, on these other Pythons too."""
    yield Step("ruff check", module("ruff", "check"))
    yield Step("ruff format", module("ruff", "format", "--check"))
    yield Step("mypy", module("mypy"))
    yield Step("unit tests with coverage", pytest("tests/unit", "--cov", "--hypothesis-profile=thorough", "-q"))
    for version, path in pythons.items():
        yield Step(f"unit tests on Python {version}", unit_tests_on(path))
    yield Step("unit tests in Pyodide", unit_tests_in_pyodide)


def tests_side_by_side(browsers: Browsers) -> Iterator[Step]:
    """Yield what sets up the browsers, and the tests that may share the machine."""
    yield Step("browsers", browsers.find)
    yield Step("tests side by side", pytest(*OTHER_TESTS, *SIDE_BY_SIDE, "-m", "not timed", *browsers.options))


def tests_alone(browsers: Browsers) -> Iterator[Step]:
    """Yield the tests that judge a promise in time."""
    yield Step("tests one by one", pytest(*OTHER_TESTS, "-m", "timed", *browsers.options))


def show(outcomes: Sequence[Outcome], left_out: Mapping[str, str]) -> None:
    """Print one line for each step, what it found, the slowest tests, and what is not on this machine and why."""
    print("\n=== summary")
    for outcome in outcomes:
        print(line(outcome), *outcome.findings.faults, sep="\n        ")
    took = {test: seconds for outcome in outcomes for test, seconds in outcome.findings.durations.items()}
    durations.keep(took)
    for test in sorted(took, key=took.__getitem__, reverse=True)[:SLOWEST]:
        print(f"{took[test]:6.1f} s  {test}")
    for what, why in left_out.items():
        print(f"left out: {what}. {why}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
