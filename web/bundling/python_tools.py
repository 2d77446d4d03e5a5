"""The tools that are Python packages: exact versions, each wheel with a known digest."""

import os
import re
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from . import settings
from .cache import cached_folder
from .errors import BuildError
from .programs import run, say

PIP_QUIETLY = ("--no-deps", "--no-input", "--disable-pip-version-check", "--quiet")
PIP_INSTALL = ("-m", "pip", "install", *PIP_QUIETLY, "--require-hashes", "--only-binary=:all:")


def venv(group: str, python: str = sys.executable) -> str:
    """Return the Python of a virtual environment with just the packages of a group; made on first use."""
    identity = run([python, "-c", "import sys; print(sys.version, sys.base_prefix)"], "Python does not run")
    pins = requirements(group)

    def make(folder: Path) -> None:
        say(f"installing the packages of group {group} for Python {identity.split()[0]} ...")
        run([python, "-m", "venv", folder], "a virtual environment could not be made")
        install(pins, python_of(folder))

    return python_of(cached_folder(group, [identity, *map(hashed, pins)], make, sealed=False))


def python_of(environment: Path) -> str:
    """Return the path of a virtual environment's Python."""
    return str(environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))


def install(pins: Sequence[str], python: str, *options: str) -> None:
    """Install exactly these packages with the pip of `python`, each a wheel whose digest is known."""
    with tempfile.TemporaryDirectory() as folder:
        wanted = Path(folder, "requirements.txt")
        wanted.write_text("\n".join(map(hashed, pins)), encoding="utf-8")
        command: list[str | Path] = [python, *PIP_INSTALL, *options, "-r", wanted]
        run(command, "pip could not install the tools (is the network there?)")


def hashed(pin: str) -> str:
    """Return the requirement with the digests that its wheels may have, as pip reads it."""
    found = locked(settings.LOCK.read_text(encoding="utf-8")).get(pin)
    if not found:
        raise BuildError(
            f"{pin} has no digest in {settings.LOCK.name}: python3 -m tests.checks.lock makes that file anew."
        )
    return " ".join([pin, *(f"--hash=sha256:{digest}" for digest in found)])


def locked(text: str) -> dict[str, list[str]]:
    """Return the digests of each requirement in a file of requirements."""
    entries = [entry for entry in re.sub(r"\\\n", "", text).splitlines() if entry and not entry.startswith("#")]
    parts = [re.split(r"\s+--hash=sha256:", entry) for entry in entries]
    return {pin: found for pin, *found in parts}


def requirements(group: str) -> list[str]:
    """Return the requirements of a dependency group, with those of the groups it includes, sorted."""
    found: set[str] = set()
    for entry in settings.PYPROJECT["dependency-groups"][group]:
        found.update([entry] if isinstance(entry, str) else requirements(entry["include-group"]))
    return sorted(found)
