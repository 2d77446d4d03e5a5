"""The run of all checks: it goes on past a failure, and names it in the end."""

import re
import sys
from pathlib import Path

import pytest

from tests import __main__ as run
from tests.browser.engines import ENGINES, Engine, chromium
from tests.browser.engines.programs import Absent
from tests.checks import durations, programs, pythons, schedule
from tests.checks.browsers import Browsers
from tests.checks.step import Findings, Output, Step, run_step, run_step_quietly
from web.bundling.errors import BuildError


def fail(_output: Output) -> Findings:
    raise BuildError("No network.")


def well(_output: Output) -> Findings:
    return Findings(durations={"quick": 1.0, "slow": 9.5})


@pytest.fixture
def nothing_else_runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(run, "interpreter", lambda _version: None)
    monkeypatch.setattr(run, "checks_without_browsers", lambda _pythons: [Step("static", well)])
    monkeypatch.setattr(run, "tests_alone", lambda _browsers: [Step("alone", well)])


@pytest.mark.usefixtures("nothing_else_runs")
def test_all_steps_run_whatever_fails_and_the_summary_names_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = Findings(["a test: why", "another"])
    steps = [Step("bad", lambda _output: bad), Step("unlucky", fail), Step("last", well)]
    monkeypatch.setattr(run, "tests_side_by_side", lambda _browsers: steps)
    assert run.main([]) == 1
    printed = capsys.readouterr().out
    summary = printed.partition("=== summary\n")[2].splitlines()
    assert "No network." in printed
    assert [re.sub(r" +\d+\.\d s$", "", line) for line in summary[:8]] == [
        "ok      static",
        "FAILED  bad",
        "        a test: why",
        "        another",
        "FAILED  unlucky",
        "        No network.",
        "ok      last",
        "ok      alone",
    ]
    assert summary[8:10] == ["   9.5 s  slow", "   1.0 s  quick"]
    assert re.fullmatch(r"left out: Python 3\.1.*\. No such Python with venv is on PATH\.", summary[10])


@pytest.mark.usefixtures("nothing_else_runs")
def test_a_run_without_a_failure_ends_well_and_keeps_the_durations(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "tests_side_by_side", lambda _browsers: [])
    assert durations.known() == {}
    assert run.main([]) == 0
    assert durations.known() == {"quick": 1.0, "slow": 9.5}


def test_a_quiet_step_shows_what_it_wrote_at_its_end(capfd: pytest.CaptureFixture[str]) -> None:
    words = programs.program
    step = Step("talk", lambda output: words([sys.executable, "-c", "print('some words'); exit(3)"], output))
    assert run_step_quietly(step).findings == Findings(["It ended with exit code 3."])
    shown = capfd.readouterr().out
    assert re.fullmatch(r"\n\n=== talk\nsome words\nFAILED  talk +\d+\.\d s\n", shown)
    assert run_step(step).findings == Findings(["It ended with exit code 3."])


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
    findings = programs.pytest(str(tmp_path), folder)(None)
    assert findings.faults == [late, never]
    assert sorted(findings.durations) == ["test_some::test_late", "test_some::test_never", "test_some::test_well"]
    assert programs.pytest(str(tmp_path), folder, "-k", "well")(None).faults == ()
    assert programs.pytest(str(tmp_path / "nowhere"), folder)(None).faults == ["It ended with exit code 4."]


def test_files_of_an_engine_follow_each_other_the_longest_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Item:
        """Stands for a test."""

        def __init__(self, nodeid: str) -> None:
            self.nodeid = nodeid

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    durations.keep({"tests.browser.test_a::test_1[firefox]": 20.0, "tests.browser.test_a::test_1[chromium-x]": 1.0})
    items = [
        Item("tests/browser/test_a.py::test_1[chromium-x]"),
        Item("tests/browser/test_a.py::test_1[firefox]"),
        Item("tests/tools/test_b.py::test_2"),
        Item("tests/browser/test_a.py::test_3[firefox]"),
    ]
    schedule.pytest_collection_modifyitems(items)  # type: ignore[arg-type]
    assert [schedule.scope_of(schedule.name_of(item.nodeid)) for item in items] == [
        "tests.browser.test_a firefox",
        "tests.browser.test_a firefox",
        "tests.browser.test_a chromium",
        "tests.tools.test_b ",
    ]


def test_this_python_is_found_by_its_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    version = pythons.this_version()
    (tmp_path / f"python{version}").symlink_to(sys.executable)
    monkeypatch.setenv("PATH", str(tmp_path))
    found = pythons.interpreter(version)
    assert found is not None
    assert Path(found).resolve() == Path(sys.executable).resolve()


def test_a_shim_that_does_not_run_is_no_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shim = tmp_path / "python3.12"
    shim.write_text("#!/bin/sh\nexit 127\n")
    shim.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert pythons.interpreter("3.12") is None
    assert pythons.interpreter("3.13") is None


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
    browsers = Browsers()
    assert browsers.find(None) == Findings()
    assert sorted(browsers.left_out) == ["Firefox", "WebKitGTK"]
    assert "Firefox is left out. There is no Firefox" in capsys.readouterr().out
    with pytest.raises(Absent, match="SIP_FIREFOX is empty"):
        ENGINES["firefox"].find()


@pytest.mark.usefixtures("nothing_can_be_fetched")
def test_an_engine_that_was_chosen_must_be_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_on_path(tmp_path, monkeypatch, chromium=0)
    (missing,) = Browsers(["firefox"]).find(None).faults
    assert missing.startswith("Firefox is left out. There is no Firefox")
