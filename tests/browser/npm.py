"""Packages of npm that only tests use: fetched once, checked against their pins, and never part of a bundle."""

import hashlib
import io
import tarfile
from pathlib import Path

from web.bundling import settings
from web.bundling.cache import cached_folder
from web.bundling.errors import BuildError
from web.bundling.programs import say
from web.bundling.registries import npm_pack


def npm_package(name: str) -> Path:
    """Return the folder of a package of [tool.sip-worker.test-packages], as published; a BuildError says why not."""
    version, sha512 = (settings.PINS["test-packages"][name][part] for part in ("version", "sha512"))

    def make(folder: Path) -> None:
        say(f"fetching {name} {version} for the tests ...")
        package = npm_pack(name, version)
        if hashlib.sha512(package).hexdigest() != sha512:
            raise BuildError(f"what was fetched is not {name} {version}: its SHA-512 is not the pinned one.")
        with tarfile.open(fileobj=io.BytesIO(package), mode="r:gz") as tar:
            tar.extractall(folder, filter="data")

    return cached_folder(f"npm-{name.replace('/', '-')}", [version, sha512], make) / "package"
