"""Runs every check of the project, one after the other, and sums them up; `python3 build.py test` starts it.

All steps run, whatever fails, so that one run shows everything; the end of what it prints names each test that failed,
since of a long log often only the end is kept. A few tests that failed in a browser run once more, and are named in any
case. With arguments it is just pytest with those.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from textwrap import shorten
from typing import NamedTuple
from xml.etree import ElementTree as ET

import build
from tests.browser.engines import ENGINES
from tests.browser.engines.programs import Absent

PYTHONS = ("3.11", "3.12", "3.13", "3.14")
WHY = 400  # characters of why a test failed
# A machine that stands still for a moment breaks a promise in time of a test or two; more that fail are no accident.
FEW = 5


class Findings(NamedTuple):
    """What a check has shown, a line each: what was wrong, and the tests that passed only when they were run again."""

    faults: Sequence[str] = ()
    unsteady: Sequence[str] = ()


class Step(NamedTuple):
    """One check: its name, and what runs it."""

    name: str
    run: Callable[[], Findings]


class Outcome(NamedTuple):
    """What became of a step, and how many seconds it took."""

    name: str
    findings: Findings
    seconds: float


class Browsers:
    """The browsers on this machine: which engines have one, and why the others have none."""

    def __init__(self, wanted: Collection[str] = ()) -> None:
        self._wanted = wanted
        self.found: list[str] = []
        self.left_out: dict[str, str] = {}

    def find(self) -> Findings:
        """Find those that are wanted, else all that can be had, and name their programs in the environment; it is wrong
        if one that is wanted is not there, or none at all."""
        for name in self._wanted or ENGINES:
            engine = ENGINES[name]
            try:
                os.environ[engine.variable] = engine.find()
            except Absent as absent:
                self.left_out[engine.title] = str(absent)
            else:
                self.found.append(name)
                print(f"{engine.title}: {os.environ[engine.variable]}")
        missing = [f"{title} is left out. {why}" for title, why in self.left_out.items()]
        for sentence in missing:
            print(sentence)
        return Findings(missing if self._wanted or not self.found else ())


def main(arguments: Sequence[str]) -> int:
    """Run all checks, or just pytest if there are arguments for it; return the exit code. `--engine` alone is for all
    checks too."""
    options = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    options.add_argument("--engine", action="append", choices=sorted(ENGINES), default=[])
    engines, others = options.parse_known_args(arguments)
    browsers = Browsers(engines.engine)
    if others:
        run_step(Step("browsers", browsers.find))
        return subprocess.call([sys.executable, "-m", "pytest", *arguments])
    pythons = {version: interpreter(version) for version in PYTHONS if version != this_version()}
    outcomes = [run_step(step) for step in steps({name: path for name, path in pythons.items() if path}, browsers)]
    missing = [name for name, path in pythons.items() if not path]
    left_out = {f"Python {', '.join(missing)}": "No such Python with venv is on PATH."} if missing else {}
    show(outcomes, left_out | browsers.left_out)
    return 1 if any(outcome.findings.faults for outcome in outcomes) else 0


def steps(pythons: Mapping[str, str], browsers: Browsers) -> Iterator[Step]:
    """Yield all checks, and the unit tests on these other Pythons too; those in browsers come last."""
    yield Step("ruff check", module("ruff", "check"))
    yield Step("ruff format", module("ruff", "format", "--check"))
    yield Step("mypy", module("mypy"))
    yield Step("unit tests with coverage", pytest("tests/unit", "--cov"))
    for version, path in pythons.items():
        yield Step(f"unit tests on Python {version}", partial(unit_tests_on, path))
    yield Step("unit tests in Pyodide", unit_tests_in_pyodide)
    yield Step("tests of tools and backend", pytest("--ignore=tests/unit", "--ignore=tests/browser"))
    yield Step("browsers", browsers.find)
    for name in browsers.found:
        yield Step(f"tests in {ENGINES[name].title}", pytest("tests/browser", "--engine", name, again=FEW))


def run_step(step: Step) -> Outcome:
    """Run one step between a headline and a line with its outcome."""
    print(f"\n=== {step.name}", flush=True)
    start = time.monotonic()
    try:
        findings = step.run()
    except build.BuildError as error:
        print(error)
        findings = Findings([str(error)])
    outcome = Outcome(step.name, findings, time.monotonic() - start)
    print(line(outcome), flush=True)
    return outcome


def show(outcomes: Sequence[Outcome], left_out: Mapping[str, str]) -> None:
    """Print one line for each step, what it has shown, and what is not on this machine, with the reason."""
    print("\n=== summary")
    for outcome in outcomes:
        unsteady = [f"failed, and passed when run again: {test}" for test in outcome.findings.unsteady]
        print(line(outcome), *outcome.findings.faults, *unsteady, sep="\n        ")
    for what, why in left_out.items():
        print(f"left out: {what}. {why}")


def line(outcome: Outcome) -> str:
    """Return the outcome of a step as a line."""
    return f"{'FAILED' if outcome.findings.faults else 'ok':8}{outcome.name:32}{outcome.seconds:6.1f} s"


def module(*arguments: str, python: str = sys.executable) -> Callable[[], Findings]:
    """Return what runs a Python module and says how it ended, if not well."""
    return lambda: ended(subprocess.call([python, "-m", *arguments]))


def pytest(*arguments: str, python: str = sys.executable, again: int = 0) -> Callable[[], Findings]:
    """Return what runs pytest and names the tests that failed, each with the beginning of why. If those are `again` at
    the most, they are run once more."""

    def run() -> Findings:
        with tempfile.TemporaryDirectory() as folder:
            report = Path(folder, "report.xml")
            here = (f"--junitxml={report}", "-o", f"cache_dir={folder}/cache")
            end = module("pytest", *arguments, *here, python=python)()
            failed = failed_tests(report)
            if not failed or len(failed) > again:
                return Findings(lines(failed) or end.faults)
            end = module("pytest", *arguments, *here, "--last-failed", python=python)()
            still = failed_tests(report) or (failed if end.faults else {})  # what did not run has not passed
            unsteady = {test: why for test, why in failed.items() if test not in still}
            return Findings(lines(still), lines(unsteady))

    return run


def failed_tests(report: Path) -> Mapping[str, str]:
    """Return the tests that failed in a report in JUnit's XML, if there is one, each with the beginning of why."""
    if not report.exists():
        return {}
    return {
        f"{case.get('classname')}::{case.get('name')}": shorten(fault.get("message", ""), WHY)
        for case in ET.parse(report).iter("testcase")  # noqa: S314 - we wrote it
        for fault in case
        if fault.tag in {"failure", "error"}
    }


def lines(failed: Mapping[str, str]) -> Sequence[str]:
    """Return tests that failed as lines."""
    return [f"{test}: {why}" for test, why in failed.items()]


def ended(code: int) -> Findings:
    """Return the exit code of a program as what was wrong, if it was."""
    return Findings([f"It ended with exit code {code}."] if code else ())


def this_version() -> str:
    """Return this Python's version, such as 3.11."""
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def interpreter(version: str) -> str | None:
    """Return the path of a Python of that version with venv; None if there is none that really runs."""
    ask = "import ensurepip, sys, venv; print(sys.executable)"
    # pyenv's shims run only the version that pyenv is set to.
    environment = {**os.environ, "PYENV_VERSION": version}
    try:
        return build.run([f"python{version}", "-c", ask], "it does not run", env=environment).strip()
    except (build.BuildError, OSError):
        return None


def unit_tests_on(python: str) -> Findings:
    """Run the unit tests on another Python, with nothing but what they need."""
    return pytest("tests/unit", "-q", python=build.venv("unit", python))()


def unit_tests_in_pyodide() -> Findings:
    """Run the unit tests in Pyodide as it was published, in Node."""
    pyodide = build.pyodide_folder()
    runner = build.ROOT / "tests" / "tools" / "pyodide_pytest.mjs"
    # Pyodide has no timer that could end a test.
    arguments = ["tests/unit", "-q", "--timeout=0", "-p", "no:cacheprovider"]
    folders = map(str, (runner, pyodide, packages_for(pyodide), build.ROOT))
    return ended(subprocess.call([*build.node_program("node"), *folders, *arguments]))


def packages_for(pyodide: Path) -> Path:
    """Return a folder with the packages that the unit tests need, as they are made for Pyodide."""
    lock = json.loads((pyodide / "pyodide-lock.json").read_bytes())["info"]
    version = lock["python"].rpartition(".")[0]
    target = ["--only-binary=:all:", "--implementation=cp", f"--python-version={version}"]
    target += [f"--abi=cp{version.replace('.', '')}", f"--platform=pyemscripten_{lock['abi_version']}_wasm32"]
    pins = build.requirements("unit")

    def make(folder: Path) -> None:
        build.say(f"fetching {len(pins)} packages for Pyodide ...")
        build.install(pins, sys.executable, *target, f"--target={folder}")

    return build.cached_folder("pyodide-packages", [*target, *pins], make)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
