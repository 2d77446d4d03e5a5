"""The real Pyodide, hub and esbuild: what a build makes of them, and how it tells that they do not fit."""

import json
import re
import shutil
import struct
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

import build
from web.bundling import scripts, settings
from web.bundling.cache import cache_folder
from web.bundling.errors import BuildError
from web.bundling.files import write_folder
from web.bundling.hub import first_state, hub_sources
from web.bundling.memory_image import freeze
from web.bundling.node import node_program
from web.bundling.programs import run
from web.bundling.registries import npm_program
from web.bundling.scripts import ENTRIES, PLACEHOLDER, WORKER

pytestmark = pytest.mark.timeout(600)  # a first build fetches its tools and compresses for minutes

# Loads the worker with a Pyodide that tells what is installed in it, and a snapshot that cannot be had.
TELL_HUB = """
import { readFileSync } from "node:fs";
const [folder] = process.argv.slice(1);
globalThis.fetch = async (url) => {
  const { pathname } = new URL(url);
  if (pathname.endsWith("hub.json")) return new Response(readFileSync(pathname));
  return new Response("", { status: pathname.endsWith("hub.snapshot") ? 404 : 200 });
};
WebAssembly.compileStreaming = () => new Promise(() => {});
globalThis.self = { location: new URL("https://phone.test/sip-worker.js"), navigator: {} };
globalThis.EventSource = EventTarget;
console.warn = () => {};
let state;
globalThis.tell = (python) => process.stdout.write(JSON.stringify({ python, state }), () => process.exit());
await import(`file://${folder}/sip-worker.js`);
const port = { postMessage: ({ payload }) => (state = payload) };
self.onconnect({ ports: [port] });
port.onmessage({ data: { type: "INIT_PORT" } });
"""
TELLING_PYODIDE = """
export async function loadPyodide({ fsInit, _loadSnapshot }) {
  if (_loadSnapshot) return new Promise(() => {});
  const python = {};
  const writeFile = (path, source) => (python[path.slice("/site/".length)] = source);
  await fsInit({ mkdirTree() {}, writeFile }, { sitePackages: "/site" });
  tell(python);
  return new Promise(() => {});
}
"""
READ_SNAPSHOT = """
import { readFileSync } from "node:fs";
const [script, file, key] = process.argv.slice(1);
const { readSnapshot } = await import(script);
const bytes = new Uint8Array(readFileSync(file));
try {
  console.log(`${readSnapshot(bytes.buffer, key).pages.length} bytes`);
} catch (error) {
  console.log(error.message);
}
"""


def run_node(script: str, *arguments: str | Path) -> str:
    """Return what a module for Node prints."""
    command = [*node_program("node"), "--input-type=module", "-e", script, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout


@pytest.fixture(scope="module")
def bundle() -> dict[str, bytes]:
    return build.bundle(None)


@pytest.fixture(scope="module")
def manifest(bundle: Mapping[str, bytes]) -> dict[str, str]:
    about: dict[str, str] = json.loads(bundle["manifest.json"])
    return about


@pytest.mark.usefixtures("bundle", "fresh_cache")
def test_a_hub_that_is_frozen_again_elsewhere_gives_the_same_bytes(
    bundle: Mapping[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for compiled in cache_folder().glob("stdlib-*"):
        compiled.unlink()
    for folder in ("web", "worker_py"):
        shutil.copytree(settings.ROOT / folder, tmp_path / "another place" / folder)
    shutil.copy(settings.ROOT / "LICENSE", tmp_path / "another place")
    monkeypatch.setattr(settings, "ROOT", tmp_path / "another place")
    monkeypatch.setenv("TZ", "Asia/Kolkata")
    monkeypatch.setenv("LANG", "de_DE.UTF-8")
    again = build.bundle(None)
    told = capsys.readouterr().err
    assert "compiling the standard library" in told
    assert "freezing a hub" in told
    assert [name for name in bundle.keys() | again.keys() if bundle.get(name) != again.get(name)] == []


def test_a_bundle_has_of_pyodide_just_what_a_phone_loads(
    bundle: Mapping[str, bytes], manifest: Mapping[str, str]
) -> None:
    names = {Path(name).name for name in bundle if name.startswith(manifest["runtime"])}
    assert {name for name in names if not name.endswith((".br", ".gz"))} == {*build.SHIPPED, "stdlib.zip"}


def test_the_minified_worker_installs_the_hub_and_knows_its_first_state(
    bundle: Mapping[str, bytes], manifest: Mapping[str, str], tmp_path: Path
) -> None:
    stand_in = {"package.json": b'{"type": "module"}', f"{manifest['runtime']}/pyodide.mjs": TELLING_PYODIDE.encode()}
    unused = {f"{manifest['runtime']}/pyodide.asm.mjs": b"export default null;"}
    ours = {name: bundle[name] for name in ("sip-worker.js", f"{manifest['snapshot']}/hub.json")}
    write_folder(tmp_path, ours | stand_in | unused)
    told = json.loads(run_node(TELL_HUB, tmp_path))
    assert told == {"python": dict(hub_sources()), "state": first_state()}


def test_the_worker_names_the_runtime_and_the_snapshot_and_the_key_in_it(
    bundle: Mapping[str, bytes], manifest: Mapping[str, str]
) -> None:
    snapshot = bundle[f"{manifest['snapshot']}/hub.snapshot"]
    key = json.loads(snapshot[4 : 4 + struct.unpack("<I", snapshot[:4])[0]])["key"]
    worker = bundle["sip-worker.js"].decode("ascii")
    assert [worker.count(f'"{word}"') for word in (manifest["runtime"], manifest["snapshot"], key)] == [1, 1, 1]


def test_joined_scripts_need_nothing_but_the_client(bundle: Mapping[str, bytes], tmp_path: Path) -> None:
    scripts = {name: content for name, content in bundle.items() if re.fullmatch(r"(parts-\w+/)?sip-[\w-]+\.js", name)}
    write_folder(tmp_path, scripts)
    options = ["--bundle", "--format=esm", "--external:./*", f"--metafile={tmp_path / 'meta.json'}"]
    entries = [f"./{name}" for name in scripts]
    run(
        [*npm_program("esbuild-wasm", "esbuild"), *entries, *options, f"--outdir={tmp_path / 'out'}"],
        "they do",
        cwd=tmp_path,
    )
    inputs = json.loads((tmp_path / "meta.json").read_bytes())["inputs"]
    [parts] = {name.partition("/")[0] for name in scripts if "/" in name}
    needed = {name: {each["path"] for each in about["imports"]} for name, about in inputs.items()}
    assert needed == {name: set() for name in scripts} | {"sip-phone-widget.js": {"./sip-client.js"}}
    for name in ("sip-client.js", "sip-phone-widget.js"):
        assert scripts[name].decode().count(f'"./{parts}"') == 1, "what they fetch on demand lies there"


# --- what does not fit ----------------------------------------------------------------------------


def refusal(published: Mapping[str, bytes], hub: Mapping[str, str]) -> str:
    """Return why a hub cannot be frozen."""
    with pytest.raises(BuildError) as refused:
        freeze(published, hub)
    return str(refused.value)


@pytest.mark.usefixtures("fresh_cache")
@pytest.mark.parametrize(
    ("file", "internal", "why"),
    [
        ("pyodide.mjs", "restoreSnapshot", "TypeError: i.gone is not a function"),
        ("pyodide.mjs", "createPyodideModule", "TypeError: Cannot read properties of null (reading 'subarray')"),
        ("pyodide.mjs", "_loadSnapshot", "TypeError: Cannot read properties of undefined (reading '_base')"),
        ("pyodide.asm.mjs", "makeMemorySnapshot", "TypeError: pyodide.makeMemorySnapshot is not a function"),
        ("pyodide.mjs", "instantiateWasm", "TypeError: instantiate is not a function"),
        ("pyodide.asm.mjs", "wasmTable", "TypeError: Cannot convert undefined or null to object"),
        ("pyodide.asm.mjs", "GOT.func", "wasm instantiation failed!"),
        ("pyodide.asm.mjs", "createLazyFile", "TypeError: FS.createLazyFile is not a function"),
    ],
)
def test_a_pyodide_with_another_inner_life_fails_the_build_in_one_sentence(
    published: dict[str, bytes], file: str, internal: str, why: str
) -> None:
    assert internal.encode() in published[file]
    published[file] = published[file].replace(internal.encode(), b"gone")
    assert refusal(published, dict(hub_sources())) == f"the hub could not be frozen: {why}"


@pytest.mark.usefixtures("fresh_cache")
def test_a_hub_that_raises_while_it_is_imported_fails_the_build_in_its_own_words(published: dict[str, bytes]) -> None:
    hub = dict(hub_sources()) | {"worker_py/hub.py": 'raise ValueError("There is no call.")\n'}
    assert refusal(published, hub) == "the hub could not be frozen: ValueError: There is no call."


@pytest.mark.usefixtures("fresh_cache")
def test_a_script_that_needs_what_is_not_there_fails_the_build_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    web = {f"client/{name}": b'export { gone } from "./gone.js";\n' for name in (*ENTRIES, "sip-phone-drawers.js")}
    del web["client/sip-worker.js"]
    write_folder(tmp_path / "web", web | {WORKER: PLACEHOLDER.encode(), "widget/sip-phone-widget.css": b""})
    monkeypatch.setattr(settings, "ROOT", tmp_path)
    with pytest.raises(BuildError) as refused:
        scripts.scripts({"version": "1"})
    assert str(refused.value) == 'a script cannot be joined: Could not resolve "./gone.js"'


def damaged(snapshot: bytes) -> bytes:
    return snapshot[:4] + b"!" + snapshot[5:]


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (lambda snapshot: snapshot, "4096 bytes"),
        (lambda snapshot: snapshot.replace(b"our build", b"another b"), "hub.snapshot belongs to another build."),
        (lambda snapshot: snapshot[:-1], "hub.snapshot is cut off."),
        (lambda snapshot: snapshot[:20], "hub.snapshot is cut off."),
        (lambda snapshot: snapshot[:3], "hub.snapshot is cut off."),
        (lambda _: b"", "hub.snapshot is cut off."),
        (damaged, "hub.snapshot is damaged."),
    ],
    ids=["whole", "another build", "a byte short", "in its head", "in its length", "empty", "damaged"],
)
def test_only_a_whole_snapshot_of_this_build_is_taken(
    tmp_path: Path, damage: Callable[[bytes], bytes], told: str
) -> None:
    head = json.dumps({"key": "our build", "references": {}, "heap": 8192, "runs": [[4096, 4096]]}).encode()
    snapshot = struct.pack("<I", len(head)) + head + bytes(4096)
    (tmp_path / "hub.snapshot").write_bytes(damage(snapshot))
    for script in ("worker/boot.js", "worker/environment.js", "worker/link.js", "package.json"):
        shutil.copy(settings.ROOT / "web" / script, tmp_path)
    assert run_node(READ_SNAPSHOT, tmp_path / "boot.js", tmp_path / "hub.snapshot", "our build") == f"{told}\n"
