"""Files and folders, written so that nobody ever sees a half of them."""

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path

from . import settings
from .errors import BuildError


def refuse_foreign_folder(out: Path) -> None:
    """Raise a BuildError if `out` holds something else than a bundle, since a build replaces it whole."""
    if out.exists() and any(out.iterdir()) and not is_bundle(out):
        raise BuildError(f"{out} holds no bundle but something else: remove it, or give another --out.")


def is_bundle(folder: Path) -> bool:
    """Say whether a folder is one that an earlier build made."""
    try:
        return bool(json.loads((folder / "manifest.json").read_bytes())["name"] == settings.PROJECT["name"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return False


def replace_folder(out: Path, files: Mapping[str, bytes]) -> None:
    """Put a folder with just these files in the place of `out`, or raise an OSError and leave it as it is."""
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as workspace:
        new, old = Path(workspace, "new"), Path(workspace, "old")
        write_folder(new, files)
        if out.exists():
            out.rename(old)
        try:
            new.rename(out)
        except OSError:
            if old.exists():
                old.rename(out)
            raise


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write the files, readable for everyone whatever the umask is."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        path.chmod(0o644)
    for path in [folder, *folder.rglob("*/")]:
        path.chmod(0o755)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file by a rename, so that no other process ever reads a part of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{path.name}-", dir=path.parent) as workspace:
        new = Path(workspace, "new")
        new.write_bytes(content)
        new.replace(path)
