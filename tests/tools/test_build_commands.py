"""The other commands of build.py, and the tools they set up."""

import os
from pathlib import Path

import pytest

import build
from web.bundling import python_tools, settings
from web.bundling.cache import cache_folder, cached_folder, listing
from web.bundling.errors import BuildError


def test_what_follows_test_goes_to_pytest() -> None:
    options, rest = build.parse(["test", "--pyodide", "copy", "tests/unit", "-k", "dial", "--pdb"])
    assert (options.command, options.pyodide, rest) == (
        "test",
        Path("copy"),
        ["tests/unit", "-k", "dial", "--pdb"],
    )


def test_an_unknown_argument_of_a_build_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        build.parse(["--ouch"])
    assert "unknown arguments: --ouch" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("command", "started"),
    [
        (["serve", "--port", "8123", "--control"], ["-m", "tests.backend", "--port", "8123", "--control"]),
        (["test", "-x"], ["-m", "tests", "-x"]),
        (["bench", "--runs", "3"], ["-m", "tests.bench", "--runs", "3"]),
        (["walk", "--seed", "7"], ["-m", "tests.walk", "--seed", "7"]),
        (["soak", "--tabs", "20"], ["-m", "tests.soak", "--tabs", "20"]),
    ],
)
def test_serve_and_test_build_first_and_then_become_another_program(
    project: Path, monkeypatch: pytest.MonkeyPatch, command: list[str], started: list[str]
) -> None:
    class Became(Exception):
        """Stands for the end of this program."""

    def execv(program: str, arguments: tuple[str, ...]) -> None:
        raise Became([program, *arguments])

    monkeypatch.setattr(build, "DIST", project / "dist")
    monkeypatch.setattr(build, "venv", lambda group: f"the Python with {group}")
    monkeypatch.setattr(os, "execv", execv)
    monkeypatch.chdir(project)
    with pytest.raises(Became) as became:
        build.main(command)
    python = "the Python with tools"
    (arguments,) = became.value.args
    assert [word for word in arguments if word not in ("--dist", str(project / "dist"))] == [
        python,
        python,
        *started,
    ]
    assert (project / "dist" / "manifest.json").exists()


@pytest.mark.parametrize(
    ("arguments", "alone"),
    [
        (["tests/unit"], True),
        (["tests/unit/test_versions.py::test_x", "-k", "dial", "-x"], True),
        (["tests/unit", "--cov"], False),
        (["tests/unit", "tests/tools"], False),
        (["-k", "dial"], False),
        ([], False),
    ],
)
def test_unit_tests_alone_need_no_bundle(arguments: list[str], alone: bool) -> None:  # noqa: FBT001
    assert build.are_unit_tests(arguments) is alone


@pytest.mark.parametrize("group", sorted(settings.PYPROJECT["dependency-groups"]))
def test_every_tool_is_pinned_to_one_version(group: str) -> None:
    assert [pin for pin in python_tools.requirements(group) if "==" not in pin.partition(";")[0]] == []


def test_the_tools_include_those_of_the_unit_tests() -> None:
    assert set(python_tools.requirements("unit")) < set(python_tools.requirements("tools"))


def test_a_folder_whose_making_broke_off_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))

    def break_off(folder: Path) -> None:
        (folder / "half").touch()
        raise BuildError("no network")

    def make(folder: Path) -> None:
        (folder / "whole").touch()

    with pytest.raises(BuildError):
        cached_folder("tools", ["a==1"], break_off)
    folder = cached_folder("tools", ["a==1"], make)
    assert listing(folder).keys() == {"whole"}
    assert cached_folder("tools", ["a==1"], break_off) == folder
    assert cached_folder("tools", ["a==2"], make) != folder


def test_two_processes_that_make_a_folder_at_once_share_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))

    def make_second(folder: Path) -> None:
        (folder / "second").touch()

    def make_first(folder: Path) -> None:
        (folder / "first").touch()
        cached_folder("tools", ["a==1"], make_second)

    folder = cached_folder("tools", ["a==1"], make_first)
    assert listing(folder).keys() == {"second"}
    assert list(cache_folder().iterdir()) == [folder], "nothing else is left"


def test_the_notice_of_licences_names_the_pyodide_that_is_shipped() -> None:
    notice = (settings.ROOT / "web" / "licenses" / "THIRD-PARTY.txt").read_text(encoding="utf-8")
    assert f"Pyodide {settings.PINS['pyodide']}" in notice
