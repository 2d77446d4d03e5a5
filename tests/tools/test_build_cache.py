"""What earlier builds kept: it is used only while it is as it was made, and not at all when nobody trusts it."""

import json
from pathlib import Path

import pytest

import build
from tests.tools.stand_ins import built
from web.bundling.cache import LISTING, cache_folder, cached_folder, changed_file, listing
from web.bundling.files import write_folder


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "sip-phone-widget"


def make(folder: Path) -> None:
    write_folder(folder, {"a": b"1", "b/c": b"2"})


@pytest.mark.parametrize("sealed", [True, False])
@pytest.mark.parametrize(
    ("file", "content"),
    [("a", b"2"), ("b/c", None), ("more", b""), (LISTING, None), (LISTING, b"{")],
    ids=["changed", "removed", "added", "no listing", "no good listing"],
)
def test_a_folder_that_is_not_as_it_was_made_is_made_anew(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    file: str,
    content: bytes | None,
    sealed: bool,  # noqa: FBT001
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    folder = cached_folder("things", ["a==1"], make)
    before = listing(folder)
    (folder / file).unlink(missing_ok=True)
    if content is not None:
        (folder / file).write_bytes(content)
    assert cached_folder("things", ["a==1"], make, sealed=sealed) == folder
    told = f"{folder} is no longer as it was made ({file} was changed) and will be made anew\n"
    assert capsys.readouterr().err == (told if sealed else "")
    assert (changed_file(folder) is None) == sealed
    assert listing(folder) == before or not sealed
    assert list(cache_folder().iterdir()) == [folder], "nothing else is left"


@pytest.mark.parametrize(
    ("file", "made_again"),
    [
        ("stdlib-*/stdlib.zip", "compiling the standard library"),
        ("snapshot-*/hub.snapshot", "freezing a hub"),
        ("snapshot-*/exports.json", "freezing a hub"),
        ("scripts-*/out/sip-client.js", "(out/sip-client.js was changed)"),
    ],
)
@pytest.mark.usefixtures("project")
def test_what_goes_into_a_bundle_is_never_taken_from_a_changed_file(
    cache: Path, out: Path, capsys: pytest.CaptureFixture[str], file: str, made_again: str
) -> None:
    first = built(out)
    [kept] = cache.glob(file)
    kept.write_bytes(b"another")
    capsys.readouterr()
    assert built(out) == first
    assert made_again in capsys.readouterr().err


def test_a_program_of_npm_that_was_changed_is_never_run(
    project: Path, cache: Path, out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    built(out)
    ran = tmp_path / "ran"
    [esbuild] = cache.glob("esbuild-wasm-*/package/bin/esbuild")
    esbuild.write_text(f'require("node:fs").writeFileSync({str(ran)!r}, "");\n{esbuild.read_text()}')
    (project / "web/client/sip-client.js").write_text("export class Another {}\n")
    built(out)
    assert not ran.exists()
    assert "(package/bin/esbuild was changed) and will be made anew" in capsys.readouterr().err


@pytest.mark.usefixtures("project")
def test_no_cache_takes_nothing_that_an_earlier_build_kept(stand_in: Path, cache: Path, out: Path) -> None:
    first = built(out)
    [kept] = cache.glob("snapshot-*/hub.snapshot")
    kept.write_bytes(b"planted")
    (kept.parent / LISTING).write_text(json.dumps(listing(kept.parent)))
    (cache / "left").touch()
    assert built(out) != first, "who writes the listing too deceives a build"
    assert built(out, "--no-cache") == first
    assert (stand_in / "log").read_text() == "pyodide\nesbuild-wasm\n" * 2
    assert not (cache / "left").exists()


@pytest.mark.usefixtures("project")
def test_no_cache_needs_no_cache(out: Path) -> None:
    assert built(out, "--no-cache") == built(out)


@pytest.mark.parametrize("command", [[], ["build"], ["serve"], ["test"], ["bench"], ["walk"], ["soak"]])
def test_every_command_can_do_without_the_cache(command: list[str]) -> None:
    assert build.parse([*command, "--no-cache"])[0].no_cache
    assert not build.parse(command)[0].no_cache
