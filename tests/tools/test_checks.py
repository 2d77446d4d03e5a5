"""The run of all checks: it goes on past a failure, and tells it in the end."""

import re
import sys
from functools import partial
from pathlib import Path

import pytest

from build import BuildError
from tests import __main__ as checks
from tests.__main__ import Findings
from tests.browser.engines import ENGINES, Engine, chromium
from tests.browser.engines.programs import Absent


def fail() -> Findings:
    raise BuildError("No network.")


@pytest.fixture
def no_other_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "interpreter", lambda _version: None)


@pytest.mark.usefixtures("no_other_python")
def test_all_steps_run_whatever_fails_and_the_summary_tells_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = Findings(["a test: why", "another"], ["a third: why"])
    outcomes = {"good": Findings, "bad": lambda: bad, "unlucky": fail, "last": Findings}
    monkeypatch.setattr(checks, "steps", lambda _pythons, _browsers: [checks.Step(*item) for item in outcomes.items()])
    assert checks.main([]) == 1
    printed = capsys.readouterr().out
    summary = printed.partition("=== summary\n")[2].split("\n")
    assert "No network." in printed
    assert [re.sub(r" +\d+\.\d s$", "", line) for line in summary[:8]] == [
        "ok      good",
        "FAILED  bad",
        "        a test: why",
        "        another",
        "        failed, and passed when run again: a third: why",
        "FAILED  unlucky",
        "        No network.",
        "ok      last",
    ]
    assert re.fullmatch(r"left out: Python 3\.1.*\. No such Python with venv is on PATH\.", summary[8])


@pytest.mark.usefixtures("no_other_python")
def test_a_run_without_a_failure_ends_well(monkeypatch: pytest.MonkeyPatch) -> None:
    well = checks.Step("good", lambda: Findings(unsteady=["a test: why"]))
    monkeypatch.setattr(checks, "steps", lambda _pythons, _browsers: [well])
    assert checks.main([]) == 0


def test_pytest_names_the_tests_that_failed_and_why(tmp_path: Path) -> None:
    tests = """
import pytest

def test_well():
    pass

@pytest.fixture
def broken():
    raise OSError("No disk.")

def test_late():
    assert 1 == 2, "too late\\nby far"

def test_never(broken):
    pass
"""
    (tmp_path / "test_some.py").write_text(tests)
    (tmp_path / "pytest.ini").touch()
    folder = f"--rootdir={tmp_path}"
    late = "test_some::test_late: AssertionError: too late by far assert 1 == 2"
    never = 'test_some::test_never: failed on setup with "OSError: No disk."'
    assert checks.pytest(str(tmp_path), folder)() == Findings([late, never])
    assert checks.pytest(str(tmp_path), folder, "-k", "well")() == Findings()
    assert checks.pytest(str(tmp_path / "nowhere"), folder, again=1)() == Findings(["It ended with exit code 4."])


def test_a_few_tests_that_failed_run_once_more(tmp_path: Path) -> None:
    tests = """
from pathlib import Path

MARK = Path(__file__).parent / "mark"

def test_well():
    with MARK.open("a") as mark:
        mark.write("well ")

def test_once():
    if "once" not in MARK.read_text():
        MARK.write_text("well once ")
        raise OSError("slow")

def test_late():
    raise OSError("late")
"""
    (tmp_path / "test_some.py").write_text(tests)
    (tmp_path / "pytest.ini").touch()
    mark = tmp_path / "mark"
    run = partial(checks.pytest, str(tmp_path), f"--rootdir={tmp_path}")
    once, late = "test_some::test_once: OSError: slow", "test_some::test_late: OSError: late"
    assert run(again=2)() == Findings([late], [once])
    assert mark.read_text() == "well once ", "what passed does not run again"
    mark.unlink()
    assert run(again=1)() == Findings([once, late])
    mark.unlink()
    assert run("-k", "not late", again=1)() == Findings([], [once])


def test_a_test_that_could_not_run_again_has_failed(tmp_path: Path) -> None:
    tests = """
from pathlib import Path

def test_gone():
    Path(__file__).unlink()
    raise OSError("gone")
"""
    (tmp_path / "test_some.py").write_text(tests)
    (tmp_path / "pytest.ini").touch()
    run = checks.pytest(str(tmp_path), f"--rootdir={tmp_path}", again=1)
    assert run() == Findings(["test_some::test_gone: OSError: gone"], [])


def test_this_python_is_found_by_its_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    version = checks.this_version()
    (tmp_path / f"python{version}").symlink_to(sys.executable)
    monkeypatch.setenv("PATH", str(tmp_path))
    found = checks.interpreter(version)
    assert found is not None
    assert Path(found).resolve() == Path(sys.executable).resolve()


def test_a_shim_that_does_not_run_is_no_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shim = tmp_path / "python3.12"
    shim.write_text("#!/bin/sh\nexit 127\n")
    shim.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert checks.interpreter("3.12") is None
    assert checks.interpreter("3.13") is None


# --- browsers ---------------------------------------------------------------------------------------------------------


def put_on_path(folder: Path, monkeypatch: pytest.MonkeyPatch, **codes: int) -> None:
    """PATH has only programs of these names, with the exit codes that they end with."""
    for name, code in codes.items():
        (folder / name.replace("_", "-")).write_text(f"#!/bin/sh\nexit {code}\n")
        (folder / name.replace("_", "-")).chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
    for engine in ENGINES.values():
        monkeypatch.delenv(engine.variable, raising=False)


@pytest.fixture
def nothing_can_be_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chromium, "playwrights_chromium", lambda: None)


@pytest.mark.usefixtures("nothing_can_be_fetched")
def test_a_browser_on_the_path_is_taken_if_it_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_on_path(tmp_path, monkeypatch, chromium=1, google_chrome=0, firefox_esr=1, firefox=0)
    assert ENGINES["chromium"].find() == str(tmp_path / "google-chrome")
    assert ENGINES["firefox"].find() == str(tmp_path / "firefox")


@pytest.mark.parametrize("engine", ENGINES.values(), ids=ENGINES)
def test_a_named_browser_that_does_not_run_is_refused(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(engine.variable, "/nowhere/browser")
    with pytest.raises(BuildError, match=f"{engine.variable} is /nowhere/browser, which does not run") as why:
        engine.find()
    assert not isinstance(why.value, Absent)


@pytest.mark.usefixtures("nothing_can_be_fetched")
@pytest.mark.parametrize("engine", ENGINES.values(), ids=ENGINES)
def test_no_browser_at_all_is_told_in_one_sentence(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_on_path(tmp_path, monkeypatch)
    with pytest.raises(Absent, match=f"There is no {engine.title}.*: install one, or set {engine.variable}."):
        engine.find()


@pytest.mark.usefixtures("nothing_can_be_fetched")
def test_an_engine_that_cannot_be_had_is_left_out_and_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    put_on_path(tmp_path, monkeypatch, chromium=0)
    browsers = checks.Browsers()
    assert browsers.find() == Findings()
    assert browsers.found == ["chromium"]
    assert "Firefox is left out. There is no Firefox" in capsys.readouterr().out
    (missing,) = checks.Browsers(["firefox"]).find().faults
    assert missing.startswith("Firefox is left out. There is no Firefox"), "it was asked for"
    assert [step.name for step in checks.steps({}, browsers)][-1] == "tests in Chromium"
