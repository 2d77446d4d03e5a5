"""The run of all checks: it goes on past a failure, and tells it in the end."""

import sys
from pathlib import Path

import pytest

from build import BuildError
from tests import __main__ as checks
from tests.browser import engines


def fail() -> bool:
    raise BuildError("No network.")


@pytest.fixture
def no_other_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "interpreter", lambda _version: None)


@pytest.mark.usefixtures("no_other_python")
def test_all_steps_run_whatever_fails_and_the_summary_tells_which(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    outcomes = {"good": lambda: True, "bad": lambda: False, "unlucky": fail, "last": lambda: True}
    monkeypatch.setattr(checks, "steps", lambda _pythons: [checks.Step(*item) for item in outcomes.items()])
    assert checks.main([]) == 1
    printed = capsys.readouterr().out
    summary = printed.partition("=== summary\n")[2].split("\n")
    assert "No network." in printed
    assert [line.split()[:2] for line in summary[:4]] == [
        ["ok", "good"],
        ["FAILED", "bad"],
        ["FAILED", "unlucky"],
        ["ok", "last"],
    ]
    assert summary[4].startswith("left out, since no such Python with venv is on PATH: 3.1")


@pytest.mark.usefixtures("no_other_python")
def test_a_run_without_a_failure_ends_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "steps", lambda _pythons: [checks.Step("good", lambda: True)])
    assert checks.main([]) == 0


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


def test_a_chromium_on_the_path_is_taken_if_it_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, code in {"chromium": 1, "google-chrome": 0}.items():
        (tmp_path / name).write_text(f"#!/bin/sh\nexit {code}\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.delenv("SIP_CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert engines.find_chromium() == str(tmp_path / "google-chrome")


def test_a_named_chromium_that_does_not_run_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIP_CHROMIUM", "/nowhere/chromium")
    with pytest.raises(BuildError, match="SIP_CHROMIUM is /nowhere/chromium, which does not run"):
        engines.find_chromium()


def test_no_chromium_at_all_is_told_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SIP_CHROMIUM", raising=False)
    for source in ("system_chromium", "playwrights_chromium", "debians_chromium"):
        monkeypatch.setattr(engines, source, lambda: None)
    with pytest.raises(BuildError, match="There is no Chromium and none could be fetched"):
        engines.find_chromium()
