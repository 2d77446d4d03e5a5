"""Packages from the registries of npm and Python, each checked against its pin."""

import hashlib
import io
import os
import sys
import tarfile
import tempfile
from pathlib import Path

from . import settings
from .cache import cache_folder, cached_folder
from .errors import BuildError
from .files import write_whole
from .node import BRIEFLY, node_program
from .programs import run, say
from .python_tools import PIP_QUIETLY

# A registry that cannot be reached is given up after seconds, not minutes.
NPM_PACK = ("pack", "--ignore-scripts", "--loglevel=error", "--fetch-retries=1")
PIP_DOWNLOAD = ("-m", "pip", "download", *PIP_QUIETLY, "--only-binary=:all:", "--ignore-requires-python")


def package_index() -> str:
    """Return the address of the index of Python packages."""
    return os.environ.get("PIP_INDEX_URL", "https://pypi.org/simple").rstrip("/")


def published_package(name: str) -> bytes:
    """Return a pinned package from the cache, or from the registry where the cache has no whole one."""
    version = settings.PINS[name]
    fetch, suffix = (pip_download, "whl") if name == "micropip" else (npm_pack, "tgz")
    kept = cache_folder() / f"{name}-{version}.{suffix}"
    if kept.exists():
        try:
            return check_package(name, kept.read_bytes(), str(kept))
        except BuildError:
            say(f"the cached {kept.name} is damaged and will be fetched again")
    say(f"fetching {name} {version} (5 MB at the most) ...")
    package = check_package(name, fetch(name, version), "the package that was fetched")
    write_whole(kept, package)
    return package


def check_package(name: str, package: bytes, called: str) -> bytes:
    """Return the package if it is the pinned one of that name, else a BuildError that calls it `called`."""
    if hashlib.sha512(package).hexdigest() != settings.PINS[f"{name}-sha512"]:
        raise BuildError(f"{called} is not {name} {settings.PINS[name]}: its SHA-512 is not the pinned one.")
    return package


def npm_program(package: str, name: str) -> list[str]:
    """Return the command that starts a program of a pinned package."""

    def make(folder: Path) -> None:
        with tarfile.open(fileobj=io.BytesIO(published_package(package)), mode="r:gz") as tar:
            tar.extractall(folder, filter="data")

    program = cached_folder(package, [settings.PINS[package]], make) / "package" / "bin" / name
    return [*node_program("node"), BRIEFLY, str(program)]


def npm_pack(name: str, version: str) -> bytes:
    """Return an npm package as the registry has it."""
    package = f"{name}@{version}"
    with tempfile.TemporaryDirectory() as folder:
        run([*node_program("npm"), *NPM_PACK, package], f"npm could not fetch {package}", cwd=folder)
        return next(Path(folder).glob("*.tgz")).read_bytes()


def pip_download(name: str, version: str) -> bytes:
    """Return a wheel as the registry has it; it need not fit the Python that runs here."""
    package = f"{name}=={version}"
    with tempfile.TemporaryDirectory() as folder:
        run([sys.executable, *PIP_DOWNLOAD, package], f"pip could not fetch {package}", cwd=folder)
        return next(Path(folder).glob("*.whl")).read_bytes()
