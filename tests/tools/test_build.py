"""What is in a bundle, and what becomes of the old one when a build fails."""

import errno
import hashlib
import json
import os
import stat
from pathlib import Path

import pytest

import build
from tests.tools.stand_ins import RUNTIME, WORKER, built, compiled_hub, complaint
from worker_py.protocol import state_payload
from worker_py.state import State


@pytest.mark.usefixtures("project")
def test_a_bundle_holds_the_pages_the_runtime_and_the_licences(out: Path) -> None:
    assert list(built(out)) == [
        "licenses/MPL-2.0.txt",
        "licenses/sip-phone-widget.txt",
        "manifest.json",
        "pyodide/pyodide.asm.wasm",
        "pyodide/pyodide.mjs",
        "sip-client.js",
        "sip-worker.js",
    ]


def test_everything_but_the_worker_is_copied_as_it_is(project: Path, out: Path) -> None:
    files = built(out)
    assert files["sip-client.js"][0] == (project / "web" / "sip-client.js").read_bytes()
    assert files["licenses/sip-phone-widget.txt"][0] == (project / "LICENSE").read_bytes()
    assert {name: files[f"pyodide/{name}"][0] for name in RUNTIME} == RUNTIME


def test_hidden_files_stay_out(project: Path, out: Path) -> None:
    (project / "web" / ".editor").mkdir()
    (project / "web" / ".editor" / "draft.js").write_text("")
    (project / "web" / ".hidden").write_text("")
    assert not [name for name in built(out) if "/." in f"/{name}"]


@pytest.mark.usefixtures("project")
def test_the_manifest_is_true_of_every_file_but_itself(out: Path) -> None:
    files = built(out)
    manifest = json.loads(files.pop("manifest.json")[0])
    assert manifest == {
        "name": "sip-phone-widget",
        "version": build.PROJECT["version"],
        "pyodide": "1.2.3",
        "files": {
            name: {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for name, (content, _) in files.items()
        },
    }
    assert list(manifest["files"]) == sorted(manifest["files"])


@pytest.mark.usefixtures("project")
def test_the_worker_carries_version_first_state_and_every_module(out: Path) -> None:
    built(out)
    assert compiled_hub(out) == {
        "version": build.PROJECT["version"],
        "state": state_payload(State()),
        "python": {"worker_py/__init__.py": '"""The hub."""\n', "worker_py/hub.py": "ANSWER = 42\n"},
    }


def test_no_text_of_the_hub_can_end_the_script_that_carries_it(project: Path, out: Path) -> None:
    source = "TEXT = '</script><!-- \u2028 \u2029 \u00e9 \\\\ \"'\n"
    (project / "worker_py" / "hub.py").write_text(source, encoding="utf-8")
    worker = built(out)["sip-worker.js"][0]
    assert b"<" not in worker
    assert worker.isascii()
    assert compiled_hub(out)["python"]["worker_py/hub.py"] == source


@pytest.mark.usefixtures("project")
def test_two_builds_are_byte_equal_under_any_umask(tmp_path: Path) -> None:
    first = built(tmp_path / "first")
    before = os.umask(0o077)
    try:
        second = built(tmp_path / "second")
    finally:
        os.umask(before)
    assert first == second
    assert {mode for _, mode in second.values()} == {0o644}
    assert stat.S_IMODE((tmp_path / "second").stat().st_mode) == 0o755


def test_a_build_leaves_nothing_of_the_one_before(project: Path, out: Path) -> None:
    built(out)
    (project / "web" / "sip-client.js").unlink()
    assert "sip-client.js" not in built(out)
    assert list(out.parent.iterdir()) == [out]


# --- what fails leaves the old bundle as it was ---------------------------------------------------


@pytest.mark.parametrize(("script", "times"), [("// no place\n", 0), (WORKER + WORKER, 2)])
def test_a_worker_without_just_one_place_for_the_hub_is_refused(
    project: Path, out: Path, capsys: pytest.CaptureFixture[str], script: str, times: int
) -> None:
    built(out)
    (project / "web" / "sip-worker.js").write_text(script)
    expected = f'web/sip-worker.js must have "{build.PLACEHOLDER}" once, but has it {times} times.'
    assert complaint(out, capsys) == expected


def test_a_hub_that_is_not_python_is_refused_with_its_place(
    project: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    built(out)
    (project / "worker_py" / "hub.py").write_text("ANSWER = 42\ndef answer(:\n")
    assert complaint(out, capsys) == "worker_py/hub.py, line 2: invalid syntax."


@pytest.mark.usefixtures("project")
def test_a_full_disk_leaves_the_old_bundle_and_no_rubbish(
    out: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    built(out)
    write = Path.write_bytes

    def write_until_full(path: Path, content: bytes) -> int:
        if path.suffix == ".wasm":
            write(path, content[:3])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        return write(path, content)

    monkeypatch.setattr(Path, "write_bytes", write_until_full)
    assert complaint(out, capsys).startswith("No space left on device: ")


@pytest.mark.usefixtures("project")
def test_a_new_bundle_that_cannot_take_its_place_gives_it_back(
    out: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    built(out)
    rename = Path.rename

    def rename_but_the_new(path: Path, target: Path) -> Path:
        if path.name == "new":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", rename_but_the_new)
    assert complaint(out, capsys).startswith("Permission denied: ")


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("manifest", [None, "[]", '{"name": "another"}', "no JSON"])
def test_a_folder_with_something_else_in_it_is_never_replaced(
    out: Path, capsys: pytest.CaptureFixture[str], manifest: str | None
) -> None:
    out.mkdir(parents=True)
    (out / "thesis.txt").write_text("years of work")
    if manifest:
        (out / "manifest.json").write_text(manifest)
    expected = f"{out} holds no bundle but something else: remove it, or give another --out."
    assert complaint(out, capsys) == expected
