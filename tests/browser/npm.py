"""Packages of npm that only tests use: fetched once, checked against their pins, and never part of a bundle."""

import hashlib
import io
import tarfile
from pathlib import Path

import build


def npm_package(name: str) -> Path:
    """Return the folder of a package of [tool.sip-worker.test-packages], as published; a BuildError says why not."""
    version, sha512 = (build.PYODIDE["test-packages"][name][part] for part in ("version", "sha512"))

    def make(folder: Path) -> None:
        build.say(f"fetching {name} {version} for the tests ...")
        package = build.npm_pack(name, version)
        if hashlib.sha512(package).hexdigest() != sha512:
            raise build.BuildError(f"what was fetched is not {name} {version}: its SHA-512 is not the pinned one.")
        with tarfile.open(fileobj=io.BytesIO(package), mode="r:gz") as tar:
            tar.extractall(folder, filter="data")

    return build.cached_folder(f"npm-{name.replace('/', '-')}", [version, sha512], make) / "package"
