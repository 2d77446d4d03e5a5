"""The folders of a bundle, named by content, and the manifest of its files."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from . import settings
from .digests import digests, sha256


def immutable_folder(name: str, files: Mapping[str, bytes]) -> str:
    """Return the name of a folder for these files alone: other content has another name, so caches keep it for ever."""
    return f"{name}-{sha256(json.dumps(sorted(digests(files).items())).encode())[:12]}"


def manifest(files: Mapping[str, bytes], about: Mapping[str, Any]) -> bytes:
    """Return manifest.json: what the bundle is, and the size and SHA-256 of each of its files."""
    listing = {path: {"size": len(files[path]), "sha256": sha256(files[path])} for path in sorted(files)}
    named = {"name": settings.PROJECT["name"], "pyodide": settings.PINS["pyodide"], **about}
    return json.dumps(named | {"files": listing}, indent=2).encode() + b"\n"


def runtime_folder(dist: Path) -> Path:
    """Return the folder of a bundle that holds its Pyodide."""
    return dist / str(json.loads((dist / "manifest.json").read_bytes())["runtime"])
