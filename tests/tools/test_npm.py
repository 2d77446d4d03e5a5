"""The packages of npm that tests use: what is fetched is what is pinned, and once."""

import hashlib
from pathlib import Path

import pytest

from tests.browser.npm import npm_package
from tests.tools.stand_ins import packed
from web.bundling import settings
from web.bundling.errors import BuildError

pytestmark = pytest.mark.usefixtures("project", "pinned")


@pytest.fixture
def pinned(stand_in: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package that the stand-in has, and its pin."""
    package = packed({"ax.js": b"cut()"})
    (stand_in / "ax.tgz").write_bytes(package)
    pins = {"ax": {"version": "1.0.0", "sha512": hashlib.sha512(package).hexdigest()}}
    monkeypatch.setitem(settings.PINS, "test-packages", pins)


def test_a_package_is_fetched_once(stand_in: Path) -> None:
    folders = [npm_package("ax"), npm_package("ax")]
    assert folders[0] == folders[1]
    assert (folders[0] / "ax.js").read_bytes() == b"cut()"
    assert (stand_in / "log").read_text() == "ax\n"


def test_a_package_that_is_not_the_pinned_one_is_refused_each_time(stand_in: Path) -> None:
    (stand_in / "ax.tgz").write_bytes(packed({"ax.js": b"tampered()"}))
    for _ in range(2):
        with pytest.raises(BuildError, match=r"^what was fetched is not ax 1\.0\.0: its SHA-512"):
            npm_package("ax")
