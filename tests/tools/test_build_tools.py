"""The tools of Python: what is installed is what was pinned, wheel by wheel."""

import hashlib
import os
import sys
from pathlib import Path

import pytest

from tests.checks import lock
from tests.tools.stand_ins import wheel
from web.bundling import python_tools, settings
from web.bundling.errors import BuildError

RULES = wheel("rules", "1", {"rules.py": "ANSWER = 42\n"})
INSTALL = "pip could not install the tools (is the network there?)"


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one wheel, the only place where pip looks, and a lock with the wheel's digest."""
    folder = tmp_path / "shelf"
    folder.mkdir()
    (folder / "rules-1-py3-none-any.whl").write_bytes(RULES)
    digests = [hashlib.sha256(content).hexdigest() for content in (b"for another system", RULES)]
    (tmp_path / "tools.txt").write_text(lock.text({"rules==1": digests}))
    monkeypatch.setattr(settings, "LOCK", tmp_path / "tools.txt")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def install(pin: str, target: Path) -> None:
    python_tools.install([pin], sys.executable, f"--target={target}")


@pytest.mark.usefixtures("shelf")
def test_a_wheel_with_one_of_the_pinned_digests_is_installed(tmp_path: Path) -> None:
    install("rules==1", tmp_path / "installed")
    assert (tmp_path / "installed" / "rules.py").read_text() == "ANSWER = 42\n"


def test_a_tampered_wheel_is_refused_in_one_sentence(shelf: Path, tmp_path: Path) -> None:
    (shelf / "rules-1-py3-none-any.whl").write_bytes(wheel("rules", "1", {"rules.py": "ANSWER = 43\n"}))
    with pytest.raises(BuildError) as refused:
        install("rules==1", tmp_path / "installed")
    assert str(refused.value) == f"{INSTALL}: what was fetched as rules==1 has none of the digests in tools.txt"
    assert not (tmp_path / "installed").exists()


@pytest.mark.usefixtures("shelf")
def test_a_pin_without_a_digest_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(BuildError) as refused:
        install("rules==2", tmp_path / "installed")
    assert str(refused.value) == (
        "rules==2 has no digest in tools.txt: python3 -m tests.checks.lock makes that file anew."
    )


def test_a_source_package_is_never_built(shelf: Path, tmp_path: Path) -> None:
    (shelf / "rules-1-py3-none-any.whl").rename(shelf / "rules-1.tar.gz")
    with pytest.raises(BuildError, match="Could not find a version that satisfies the requirement rules==1"):
        install("rules==1", tmp_path / "installed")


def test_the_lock_has_just_the_pins_of_pyproject_each_with_a_digest() -> None:
    locked = python_tools.locked(settings.LOCK.read_text(encoding="utf-8"))
    assert list(locked) == lock.all_pins()
    assert [pin for pin, digests in locked.items() if not digests] == []


def test_the_lock_has_every_wheel_of_a_version_and_nothing_else() -> None:
    names = ["pytest_cov-7.1-py3-none-any.whl", "pytest_cov-7.1-cp314-cp314-win32.whl", "pytest_cov-7.1.tar.gz"]
    names += ["pytest_cov-7.1.1-py3-none-any.whl", "pytest_cov_more-7.1-py3-none-any.whl"]
    files = [{"filename": name, "hashes": {"sha256": str(at)}} for at, name in enumerate(names)]
    found = lock.wheels_of("pytest-cov==7.1; python_version > '3'", files)
    assert found == ["0", "1"]
    assert python_tools.locked(lock.text({"pytest-cov==7.1": found, "a==1; b == 'c'": ["2"]})) == {
        "pytest-cov==7.1": ["0", "1"],
        "a==1; b == 'c'": ["2"],
    }
    with pytest.raises(BuildError, match=r"^the index has no wheel of pytest-cov==8\.$"):
        lock.wheels_of("pytest-cov==8", files)
