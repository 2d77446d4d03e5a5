"""A small project to build, and a registry that stands on this machine."""

import hashlib
import os
from pathlib import Path

import pytest

from tests.tools.stand_ins import COMPILE_STDLIB, ESBUILD, MAKE_SNAPSHOT, NPM, RUNTIME, WORKER, packed, write_program
from web.bundling import settings
from web.bundling.cache import cache_folder
from web.bundling.node import node_program
from web.bundling.pyodide import pyodide_files


@pytest.fixture(scope="session")
def node() -> Path:
    """The Node that builds use."""
    return Path(node_program("node")[0])


@pytest.fixture
def stand_in(tmp_path: Path, node: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A registry with two packages: `npm` copies NAME.tgz from this folder and notes the name in `log`. Beside it is a
    Node that is the machine's own."""
    folder = tmp_path / "stand-in"
    folder.mkdir()
    (folder / "pyodide.tgz").write_bytes(packed(RUNTIME))
    (folder / "esbuild-wasm.tgz").write_bytes(packed({"bin/esbuild": ESBUILD.encode()}))
    (folder / "log").touch()
    write_program(folder / "npm", NPM)
    (folder / "node").symlink_to(node)
    monkeypatch.setenv("STAND_IN", str(folder))
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return folder


@pytest.fixture
def project(tmp_path: Path, stand_in: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small project with everything that a build reads, whose pins are those of the stand-in."""
    root = tmp_path / "project"
    files = {
        "LICENSE": "MIT\n",
        "web/worker/sip-worker.js": WORKER,
        "web/client/sip-client.js": "export class SipClient {}\n",
        "web/client/sip-client-trouble.js": "export const trouble = 1;\n",
        "web/client/sip-elected-worker.js": "export const elect = 1;\n",
        "web/widget/sip-phone-widget.js": "export class SipPhoneWidget { parts = import.meta.parts; }\n",
        "web/widget/announcements/sip-phone-announcements.js": "export const announcements = 1;\n",
        "web/widget/languages/sip-phone-russian.js": "export default {};\n",
        "web/widget/ringer/sip-phone-ringer.js": "export class Ringer {}\n",
        "web/widget/dock/sip-phone-dock.js": "export class Dock {}\n",
        "web/widget/drawers/sip-phone-drawers.js": "export const dialPad = 1;\n",
        "web/widget/last-call/sip-phone-last-call.js": "export const showLastCall = 1;\n",
        "web/widget/tel-links/sip-phone-tel-links.js": "export const takeTelLinks = 1;\n",
        "web/widget/self-check/sip-phone-check.js": "export class SelfCheck {}\n",
        "web/widget/sip-phone-widget.css": ":host {}\n",
        "web/worker/boot.js": "export const loadHub = 1;\n",
        "web/worker/environment.js": "export const ENVIRONMENT = {};\n",
        "web/worker/link.js": "export const lean = 1;\n",
        "web/bundling/stand-alone.mjs": "export const standAlone = 1;\n",
        "web/bundling/stand-still.mjs": "export const standStill = 1;\n",
        "web/package.json": '{ "type": "module" }\n',
        "web/bundling/compile-stdlib.mjs": COMPILE_STDLIB,
        "web/bundling/make-snapshot.mjs": MAKE_SNAPSHOT,
        "web/index.html": "<!doctype html>\n",
        "web/custom-elements.json": "{}\n",
        "web/client/sip-client.d.ts": "export class SipClient {}\n",
        "web/widget/sip-phone-widget.d.ts": "export class SipPhoneWidget {}\n",
        "web/licenses/MPL-2.0.txt": "MPL\n",
        "worker_py/__init__.py": '"""The hub."""\n',
        "worker_py/hub.py": "ANSWER = 42\n",
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    pins = {
        "pyodide": "1.2.3",
        "pyodide-sha512": hashlib.sha512((stand_in / "pyodide.tgz").read_bytes()).hexdigest(),
        "pyodide-sha256": {name: hashlib.sha256(content).hexdigest() for name, content in RUNTIME.items()},
        "packages": [],
        "esbuild-wasm": "4.5.6",
        "esbuild-wasm-sha512": hashlib.sha512((stand_in / "esbuild-wasm.tgz").read_bytes()).hexdigest(),
    }
    monkeypatch.chdir(root)  # commands go there, and the next test must not find itself where nothing is any more
    monkeypatch.setattr(settings, "ROOT", root)
    monkeypatch.setattr(settings, "PINS", pins)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return root


@pytest.fixture
def fresh_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache with what was fetched, compressed copies and the standard library as bytecode, but no frozen hub."""
    kept, fresh = cache_folder(), tmp_path / "cache" / "sip-phone-widget"
    fresh.mkdir(parents=True)
    for name in ("*.tgz", "*.whl", "node-*", "stdlib-*", "compressed"):
        for path in kept.glob(name):
            (fresh / path.name).symlink_to(path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def published() -> dict[str, bytes]:
    """Pyodide as it was published."""
    return pyodide_files(None)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "served" / "dist"
