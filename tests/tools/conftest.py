"""A small project to build, and a registry that stands on this machine."""

import hashlib
import os
from pathlib import Path

import pytest

import build
from tests.tools.stand_ins import NPM, RUNTIME, WORKER, packed, write_program


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A registry with one package: `npm` copies published.tgz from this folder and notes it in `log`."""
    folder = tmp_path / "stand-in"
    folder.mkdir()
    (folder / "published.tgz").write_bytes(packed(RUNTIME))
    (folder / "log").touch()
    write_program(folder / "npm", NPM)
    monkeypatch.setenv("STAND_IN", str(folder))
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return folder


@pytest.fixture
def project(tmp_path: Path, stand_in: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small project with everything that a build reads, whose pins are those of the stand-in."""
    root = tmp_path / "project"
    files = {
        "LICENSE": "MIT\n",
        "web/sip-worker.js": WORKER,
        "web/sip-client.js": "export class SipClient {}\n",
        "web/licenses/MPL-2.0.txt": "MPL\n",
        "worker_py/__init__.py": '"""The hub."""\n',
        "worker_py/hub.py": "ANSWER = 42\n",
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    pins = {
        "pyodide": "1.2.3",
        "pyodide-sha512": hashlib.sha512((stand_in / "published.tgz").read_bytes()).hexdigest(),
        "pyodide-sha256": {name: hashlib.sha256(content).hexdigest() for name, content in RUNTIME.items()},
    }
    monkeypatch.setattr(build, "ROOT", root)
    monkeypatch.setattr(build, "PYODIDE", pins)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return root


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "served" / "dist"
