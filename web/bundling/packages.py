"""The packages that the hub may import besides the standard library."""

import io
import json
import re
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from . import settings
from .cache import cached_folder
from .digests import digests
from .errors import BuildError
from .programs import say
from .pyodide_in_node import compiled_stdlib, program, run_pyodide, task
from .registries import package_index, published_package

PINNED = re.compile(r"\w[\w.-]*(\[[\w.,-]+\])?==[\w.!+-]+", re.ASCII)  # name[extra]==version
RESOLVER = (
    "bundling/resolve-packages.mjs",
    "worker/boot.js",
    "worker/environment.js",
    "worker/link.js",
    "package.json",
)


class Packages(NamedTuple):
    """What the hub may import besides itself: wheels by file name, and the modules in them that are frozen."""

    wheels: Mapping[str, bytes]
    modules: Sequence[str]


NO_PACKAGES = Packages({}, [])


def listed_packages() -> list[str]:
    """Return the packages that pyproject.toml lists; the path of a wheel starts where that file lies."""
    return [
        str(settings.ROOT / package) if package.endswith(".whl") else package for package in settings.PINS["packages"]
    ]


def resolve(published: Mapping[str, bytes], requirements: Sequence[str]) -> Packages:
    """Return the packages that these come to, as micropip picks them inside Pyodide; picked once, and then kept."""
    if not requirements:
        return NO_PACKAGES
    pins = [pinned(requirement) for requirement in requirements if not requirement.endswith(".whl")]
    given = dict(local_wheel(Path(requirement)) for requirement in requirements if requirement.endswith(".whl"))
    files = {f"{name.partition('-')[0]} @ emfs:/given/{name}": f"emfs:/given/{name}" for name in given}
    asked = {
        "requirements": [*files.values(), *pins],
        "constraints": [*files, *(re.sub(r"\[.*\]", "", pin) for pin in pins)],  # which know no extras
        "index": package_index(),
    }

    def make(folder: Path) -> None:
        say(f"resolving {', '.join(requirements)} ...")
        tools = {"stdlib.zip": compiled_stdlib(published), "micropip.whl": published_package("micropip")}
        files = tools | task(published, asked) | {f"given/{name}": content for name, content in given.items()}
        run_pyodide(resolver, files, folder, "the packages cannot be resolved", network=True)

    resolver = program(RESOLVER)
    parts = [resolver, settings.PINS["micropip-sha512"], settings.PINS["pyodide-sha256"], asked, digests(given)]
    return picked(cached_folder("packages", [json.dumps(part, sort_keys=True) for part in parts], make))


def pinned(requirement: str) -> str:
    """Return the requirement if it names one version, else a BuildError."""
    if not PINNED.fullmatch(requirement):
        raise BuildError(f'the package "{requirement}" is not pinned: give name==version, or the path of a wheel.')
    return requirement


def local_wheel(path: Path) -> tuple[str, bytes]:
    """Return the name that a wheel should have by what is written in it, whatever its file is called, and the wheel."""
    content = path.read_bytes()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as wheel:
            [about] = [name for name in wheel.namelist() if re.fullmatch(r"[^/]+-[^/]+\.dist-info/WHEEL", name)]
            tags = re.findall(r"^Tag: (\S+)-(\S+)-(\S+)$", wheel.read(about).decode(), flags=re.MULTILINE)
            pythons, abis, platforms = zip(*tags, strict=True)
    except (zipfile.BadZipFile, ValueError):
        raise BuildError(f"{path} is not a wheel.") from None
    parts = [".".join(dict.fromkeys(part)) for part in (pythons, abis, platforms)]
    return "-".join([about.removesuffix(".dist-info/WHEEL"), *parts]) + ".whl", content


def picked(folder: Path) -> Packages:
    """Return what lies in a folder of the cache; a BuildError if a wheel cannot be frozen."""
    about = json.loads((folder / "picked.json").read_bytes())
    wheels = {name: (folder / "wheels" / name).read_bytes() for name in about["wheels"]}
    for name, wheel in wheels.items():
        refuse_c_code(name, wheel)
    if about["besides"]:
        say(f"not pinned, but needed: {', '.join(about['besides'])} (list them too, so that every build gets the same)")
    return Packages(wheels, about["modules"])


def refuse_c_code(name: str, wheel: bytes) -> None:
    """Raise a BuildError if a wheel has libraries: what the linker makes of them is not in the frozen memory."""
    with zipfile.ZipFile(io.BytesIO(wheel)) as files:
        libraries = [file for file in files.namelist() if file.endswith(".so")]
    if libraries:
        advice = "give the path of a wheel without, if there is one."
        raise BuildError(f"{name} has C code ({libraries[0]}), which cannot be frozen: {advice}")


def search_path(packages: Packages) -> dict[str, str]:
    """Return the file by which Python finds the wheels, packed as they are, beside it."""
    return {"packages.pth": "".join(f"{name}\n" for name in packages.wheels)} if packages.wheels else {}
