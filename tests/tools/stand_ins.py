"""What the tests of the build use in the place of Pyodide and npm, and how they look at a bundle."""

import io
import json
import stat
import tarfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

import build
from web.bundling.naming import runtime_folder
from web.bundling.scripts import PLACEHOLDER

RUNTIME = {
    "pyodide.mjs": b"export const loadPyodide = 1;\n",
    "pyodide.asm.mjs": b"export default 1;\n",
    "pyodide.asm.wasm": b"\0asm\x01\0\0\0",
    "python_stdlib.zip": b"source",
    "pyodide-lock.json": b"{}",
}
WORKER = f"// the worker\n{PLACEHOLDER}\nconsole.log(BUILD);\n"
# Freezes nothing, but tells what it was given.
MAKE_SNAPSHOT = """
import { readFileSync, writeFileSync } from "node:fs";
const [folder, out] = process.argv.slice(2);
writeFileSync(`${out}/hub.snapshot`, readFileSync(`${folder}/wanted.json`));
writeFileSync(`${out}/exports.json`, '["malloc"]');
"""
COMPILE_STDLIB = """
import { readFileSync, writeFileSync } from "node:fs";
const [folder, out] = process.argv.slice(2);
writeFileSync(`${out}/stdlib.zip`, `bytecode of ${readFileSync(`${folder}/pyodide/python_stdlib.zip`)}`);
"""
# Joins nothing, but puts every entry where esbuild would.
ESBUILD = r"""
const { copyFileSync, mkdirSync } = require("node:fs");
const out = process.argv.at(-1).slice("--outdir=".length);
mkdirSync(out, { recursive: true });
for (const [, name, path] of process.argv.map((word) => /^([a-z-]+)=(\.\/.*\.js)$/.exec(word) ?? [])) {
  if (name) copyFileSync(path, `${out}/${name}.js`);
}
"""
NPM = """#!/bin/sh
for last; do :; done
case "$1" in
  pack) echo "${last%@*}" >> "$STAND_IN/log"; cp "$STAND_IN/${last%@*}.tgz" . ;;
  *) echo 1.0 ;;
esac
"""
NPM_WITHOUT_NETWORK = """#!/bin/sh
case "$1" in
  pack)
    echo "npm notice New major version of npm available!" >&2
    echo "npm error code ENOTFOUND" >&2
    echo "npm error network request to the registry failed, reason: getaddrinfo ENOTFOUND" >&2
    echo "npm error A complete log of this run can be found in: somewhere" >&2
    exit 1 ;;
  *) echo 1.0 ;;
esac
"""


def packed(files: Mapping[str, bytes]) -> bytes:
    """Return an npm package of these files."""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w:gz") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(f"package/{name}")
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return target.getvalue()


def wheel(
    name: str, version: str, files: Mapping[str, str], needs: Sequence[str] = (), tag: str = "py3-none-any"
) -> bytes:
    """Return a package of Python with these files, which needs those others."""
    about = f"{name}-{version}.dist-info"
    metadata = [f"Name: {name}", f"Version: {version}", *(f"Requires-Dist: {need}" for need in needs)]
    entries = {**files, f"{about}/METADATA": "\n".join(metadata), f"{about}/WHEEL": f"Wheel-Version: 1.0\nTag: {tag}\n"}
    entries[f"{about}/RECORD"] = "".join(f"{path},,\n" for path in entries)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as packed_wheel:
        for path, text in entries.items():
            packed_wheel.writestr(zipfile.ZipInfo(path), text)
    return target.getvalue()


def write_program(path: Path, script: str) -> None:
    path.write_text(script)
    path.chmod(0o755)


def content_of(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Return content and mode of every file below a folder."""
    files = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
    return {name: (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) for name, path in files.items()}


def compiled_hub(out: Path) -> dict[str, Any]:
    """Return what the worker of a bundle has got in place of the placeholder."""
    line = (out / "sip-worker.js").read_text(encoding="ascii").split("\n")[1]
    assert line.startswith("const BUILD = ")
    assert line.endswith(";")
    hub: dict[str, Any] = json.loads(line.removeprefix("const BUILD = ").removesuffix(";"))
    return hub


def runtime_name(out: Path) -> str:
    """Return the name of the folder of a bundle that holds its Pyodide."""
    return runtime_folder(out).name


def snapshot_name(out: Path) -> str:
    """Return the name of the folder of a bundle that holds its snapshot."""
    return str(json.loads((out / "manifest.json").read_bytes())["snapshot"])


def parts_name(out: Path) -> str:
    """Return the name of the folder of a bundle that holds what pages fetch on demand."""
    [folder] = out.glob("parts-*")
    return folder.name


def built(out: Path, *options: str) -> dict[str, tuple[bytes, int]]:
    """Build and return what lies in `out`."""
    assert build.main(["--out", str(out), *options]) == 0
    return content_of(out)


def complaint(out: Path, capsys: pytest.CaptureFixture[str], *options: str) -> str:
    """Return the sentence of a build that fails, having seen that all in and beside `out` is as it was."""
    before = set(out.parent.glob("*")), content_of(out.parent)
    capsys.readouterr()
    assert build.main(["--out", str(out), *options]) == 1
    assert (set(out.parent.glob("*")), content_of(out.parent)) == before
    told = capsys.readouterr().err.strip().split("\n")[-1]
    assert told.startswith("build.py: ")
    return told.removeprefix("build.py: ")
