"""The files of the pinned Pyodide."""

import io
import tarfile
from pathlib import Path

from . import settings
from .cache import cached_folder
from .digests import sha256
from .errors import BuildError
from .files import write_folder
from .registries import check_package, published_package


def pyodide_folder() -> Path:
    """Return a folder with Pyodide as it was published."""
    inputs = [f"{name} {digest}" for name, digest in settings.PINS["pyodide-sha256"].items()]
    return cached_folder("pyodide", inputs, lambda folder: write_folder(folder, pyodide_files(None)))


def pyodide_files(source: Path | None) -> dict[str, bytes]:
    """Return the files of Pyodide that are needed, each as it was published or a BuildError."""
    if source is None:
        files = unpack(published_package("pyodide"))
    elif source.is_dir():
        files = {name: (source / name).read_bytes() for name in settings.PINS["pyodide-sha256"]}
    elif source.is_file():
        files = unpack(check_package("pyodide", source.read_bytes(), str(source)))
    else:
        raise BuildError(f"--pyodide {source}: there is no such file or folder.")
    for name, expected in settings.PINS["pyodide-sha256"].items():
        if sha256(files[name]) != expected:
            raise BuildError(f"{name} is not of Pyodide {settings.PINS['pyodide']}: its SHA-256 is not the pinned one.")
    return files


def unpack(package: bytes) -> dict[str, bytes]:
    """Return the pinned files of a package that has been checked; nothing is ever extracted to disk."""
    with tarfile.open(fileobj=io.BytesIO(package), mode="r:gz") as tar:
        members = {name: tar.extractfile(f"package/{name}") for name in settings.PINS["pyodide-sha256"]}
        return {name: member.read() for name, member in members.items() if member}
