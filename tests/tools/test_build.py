"""What is in a bundle, and what becomes of the old one when a build fails."""

import errno
import hashlib
import json
import os
import re
import stat
from pathlib import Path

import pytest

import build
from tests.tools.stand_ins import (
    RUNTIME,
    WORKER,
    built,
    compiled_hub,
    complaint,
    parts_name,
    runtime_name,
    snapshot_name,
)
from web.bundling import settings
from web.bundling.memory_image import MAKER
from web.bundling.pages import AS_THEY_ARE
from web.bundling.scripts import PLACEHOLDER
from worker_py.protocol import state_payload
from worker_py.sip_api import EVENT_NAMES
from worker_py.state import State

ON_DEMAND = (
    "sip-client-trouble.js",
    "sip-elected-worker.js",
    "sip-phone-announcements.js",
    "sip-phone-check.js",
    "sip-phone-dock.js",
    "sip-phone-drawers.js",
    "sip-phone-last-call.js",
    "sip-phone-ringer.js",
    "sip-phone-russian.js",
    "sip-phone-tel-links.js",
)


@pytest.mark.usefixtures("project")
def test_a_bundle_holds_the_pages_the_snapshot_the_runtime_and_the_licences(out: Path) -> None:
    assert list(built(out)) == [
        "custom-elements.json",
        f"{snapshot_name(out)}/hub.json",
        f"{snapshot_name(out)}/hub.snapshot",
        "index.html",
        "licenses/MPL-2.0.txt",
        "licenses/sip-phone-widget.txt",
        "manifest.json",
        *(f"{parts_name(out)}/{name}" for name in ON_DEMAND),
        f"{runtime_name(out)}/pyodide.asm.mjs",
        f"{runtime_name(out)}/pyodide.asm.wasm",
        f"{runtime_name(out)}/pyodide.mjs",
        f"{runtime_name(out)}/stdlib.zip",
        "sip-client.d.ts",
        "sip-client.js",
        "sip-phone-widget.d.ts",
        "sip-phone-widget.js",
        "sip-worker.js",
    ]


def test_parts_lie_in_a_folder_that_is_named_by_their_content(project: Path, out: Path) -> None:
    built(out)
    before = parts_name(out)
    (project / "web/widget/drawers/sip-phone-drawers.js").write_text("export const dialPad = 2;\n")
    built(out)
    after = parts_name(out)
    assert after != before
    built(out)
    assert parts_name(out) == after


def test_pages_descriptions_licences_and_pyodide_are_copied_as_they_are(project: Path, out: Path) -> None:
    files = built(out)
    for name in AS_THEY_ARE:
        assert files[Path(name).name][0] == (project / "web" / name).read_bytes()
    assert files["licenses/sip-phone-widget.txt"][0] == (project / "LICENSE").read_bytes()
    assert {name: files[f"{runtime_name(out)}/{name}"][0] for name in build.SHIPPED} == {
        name: RUNTIME[name] for name in build.SHIPPED
    }


def test_the_hub_is_frozen_with_its_key_and_the_standard_library_of_the_pinned_pyodide(
    project: Path, out: Path
) -> None:
    files = built(out)
    sources = {path.relative_to(project).as_posix(): path.read_text() for path in project.glob("worker_py/*.py")}
    frozen = json.loads(files[f"{snapshot_name(out)}/hub.snapshot"][0])
    assert frozen == {"key": compiled_hub(out)["key"], "python": sources, "wheels": [], "modules": []}
    assert files[f"{runtime_name(out)}/stdlib.zip"][0] == b"bytecode of source"


def test_a_changed_hub_has_another_snapshot_and_key_and_the_same_pyodide(project: Path, out: Path) -> None:
    built(out)
    before = snapshot_name(out), compiled_hub(out)["key"], runtime_name(out)
    (project / "worker_py" / "hub.py").write_text("ANSWER = 43\n")
    built(out)
    after = snapshot_name(out), compiled_hub(out)["key"], runtime_name(out)
    assert [old == new for old, new in zip(before, after, strict=True)] == [False, False, True]


@pytest.mark.parametrize("maker", MAKER[:-1])
def test_another_way_of_freezing_has_another_key(project: Path, out: Path, maker: str) -> None:
    built(out)
    before = compiled_hub(out)["key"]
    with (project / "web" / maker).open("a") as script:
        script.write("// another way\n")
    built(out)
    assert compiled_hub(out)["key"] != before


def test_a_hub_is_frozen_once_while_nothing_changes(
    project: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    built(out)
    (project / "web/client/sip-client.js").write_text("export class Another {}\n")
    built(out)
    assert capsys.readouterr().err.count("freezing a hub") == 1


@pytest.mark.parametrize(
    ("changed", "times"),
    [("worker_py/hub.py", 1), ("web/bundling/make-snapshot.mjs", 1), ("web/bundling/compile-stdlib.mjs", 2)],
)
def test_the_standard_library_is_compiled_again_only_by_another_compiler(
    project: Path, out: Path, capsys: pytest.CaptureFixture[str], changed: str, times: int
) -> None:
    built(out)
    (project / changed).write_text((project / changed).read_text() + "\n")
    built(out)
    assert capsys.readouterr().err.count("compiling the standard library") == times


def test_hidden_files_stay_out(project: Path, out: Path) -> None:
    (project / "web" / ".editor").mkdir()
    (project / "web" / ".editor" / "draft.js").write_text("")
    (project / "web" / ".hidden").write_text("")
    assert not [name for name in built(out) if "/." in f"/{name}"]


def version_in(out: Path) -> str:
    """Return the version of the bundle, which names its content."""
    version = str(json.loads((out / "manifest.json").read_bytes())["version"])
    assert re.fullmatch(rf"{re.escape(settings.PROJECT['version'])}\+[a-p]{{8}}", version)
    return version


def test_two_builds_of_the_same_number_are_told_apart_by_their_content(project: Path, out: Path) -> None:
    built(out)
    before = version_in(out)
    built(out)
    assert version_in(out) == before
    (project / "web/client/sip-client.js").write_text("export class SipClient { other() {} }\n")
    built(out)
    assert version_in(out) != before


@pytest.mark.usefixtures("project")
def test_the_manifest_is_true_of_every_file_but_itself(out: Path) -> None:
    files = built(out)
    manifest = json.loads(files.pop("manifest.json")[0])
    assert manifest == {
        "name": "sip-phone-widget",
        "version": version_in(out),
        "pyodide": "1.2.3",
        "runtime": runtime_name(out),
        "snapshot": snapshot_name(out),
        "packages": [],
        "files": {
            name: {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for name, (content, _) in files.items()
        },
    }
    assert list(manifest["files"]) == sorted(manifest["files"])


@pytest.mark.usefixtures("project")
def test_the_worker_carries_what_it_must_know_to_start(out: Path) -> None:
    files = built(out)
    kept = (f"{snapshot_name(out)}/hub.snapshot", f"{runtime_name(out)}/pyodide.asm.wasm")
    assert compiled_hub(out) == {
        "version": version_in(out),
        "runtime": runtime_name(out),
        "snapshot": snapshot_name(out),
        "packages": [],
        "key": json.loads((out / snapshot_name(out) / "hub.snapshot").read_bytes())["key"],
        "size": (out / snapshot_name(out) / "hub.snapshot").stat().st_size,
        "sha256": {path.rpartition("/")[2]: hashlib.sha256(files[path][0]).hexdigest() for path in kept},
        "exports": ["malloc"],
        "state": state_payload(State()),
        "events": list(EVENT_NAMES),
    }


def test_every_module_lies_beside_the_snapshot_for_a_start_without_it(project: Path, out: Path) -> None:
    source = "TEXT = '</script> \u2028 \u00e9 \\\\ \"'\n"
    (project / "worker_py" / "hub.py").write_text(source, encoding="utf-8")
    files = built(out)
    assert json.loads(files[f"{snapshot_name(out)}/hub.json"][0]) == {
        "worker_py/__init__.py": '"""The hub."""\n',
        "worker_py/hub.py": source,
    }


def test_the_replay_is_no_part_of_the_bundle(project: Path, out: Path) -> None:
    (project / "worker_py" / "replay.py").write_text("ANSWER = 44\n")
    files = built(out)
    modules = json.loads(files[f"{snapshot_name(out)}/hub.json"][0])
    assert modules.keys() == {"worker_py/__init__.py", "worker_py/hub.py"}


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
    (project / "web" / "licenses" / "MPL-2.0.txt").unlink()
    assert "licenses/MPL-2.0.txt" not in built(out)
    assert list(out.parent.iterdir()) == [out]


# --- what fails leaves the old bundle as it was ---------------------------------------------------


@pytest.mark.parametrize(("script", "times"), [("// no place\n", 0), (WORKER + WORKER, 2)])
def test_a_worker_without_just_one_place_for_the_hub_is_refused(
    project: Path, out: Path, capsys: pytest.CaptureFixture[str], script: str, times: int
) -> None:
    built(out)
    (project / "web/worker/sip-worker.js").write_text(script)
    expected = f'web/worker/sip-worker.js must have "{PLACEHOLDER}" once, but has it {times} times.'
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
