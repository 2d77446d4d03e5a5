"""The unit tests on other Pythons, with nothing but what they need, and in Pyodide."""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

from web.bundling import programs, settings
from web.bundling.cache import cached_folder
from web.bundling.errors import BuildError
from web.bundling.node import node_program
from web.bundling.pyodide import pyodide_folder
from web.bundling.python_tools import hashed, install, requirements, venv

from .programs import program, pytest
from .step import Findings, Output

PYTHONS = ("3.11", "3.12", "3.13", "3.14")
RUNNER = settings.ROOT / "tests" / "checks" / "pyodide_pytest.mjs"


def this_version() -> str:
    """Return this Python's version, such as 3.11."""
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def interpreter(version: str) -> str | None:
    """Return the path of a Python of that version with venv; None if there is none that really runs."""
    ask = "import ensurepip, sys, venv; print(sys.executable)"
    # pyenv's shims run only the version that pyenv is set to.
    environment = {**os.environ, "PYENV_VERSION": version}
    try:
        return programs.run([f"python{version}", "-c", ask], "it does not run", env=environment).strip()
    except (BuildError, OSError):
        return None


def unit_tests_on(python: str) -> Callable[[Output], Findings]:
    """Return what runs the unit tests on another Python."""

    def run(output: Output) -> Findings:
        return pytest("tests/unit", "-q", python=venv("unit", python))(output)

    return run


def unit_tests_in_pyodide(output: Output) -> Findings:
    """Run the unit tests in Pyodide as it was published, in Node."""
    pyodide = pyodide_folder()
    # Pyodide has no timer that could end a test.
    arguments = ["tests/unit", "-q", "--timeout=0", "-p", "no:cacheprovider"]
    folders = map(str, (RUNNER, pyodide, packages_for(pyodide), settings.ROOT))
    return program([*node_program("node"), *folders, *arguments], output)


def packages_for(pyodide: Path) -> Path:
    """Return a folder with the packages that the unit tests need, as they are made for Pyodide."""
    lock = json.loads((pyodide / "pyodide-lock.json").read_bytes())["info"]
    version = lock["python"].rpartition(".")[0]
    target = ["--only-binary=:all:", "--implementation=cp", f"--python-version={version}"]
    target += [f"--abi=cp{version.replace('.', '')}", f"--platform=pyemscripten_{lock['abi_version']}_wasm32"]
    pins = requirements("unit")

    def make(folder: Path) -> None:
        programs.say(f"fetching {len(pins)} packages for Pyodide ...")
        install(pins, sys.executable, *target, f"--target={folder}")

    return cached_folder("pyodide-packages", [*target, *map(hashed, pins)], make, sealed=False)
