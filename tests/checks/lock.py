"""Makes tools.txt anew: what the dependency groups of pyproject.toml pin, with the digest of every wheel that the index
has of it, for whatever system and Python.

python3 -m tests.checks.lock
"""

import json
import urllib.request
from collections.abc import Iterable, Mapping

from web.bundling import settings
from web.bundling.errors import BuildError
from web.bundling.files import write_whole
from web.bundling.programs import say
from web.bundling.python_tools import requirements
from web.bundling.registries import package_index

HEAD = "# Made by `python3 -m tests.checks.lock` from the dependency groups of pyproject.toml. Change the pins there."
JSON = "application/vnd.pypi.simple.v1+json"


def main() -> None:
    """Ask the index, and write the file."""
    pins = all_pins()
    found = {pin: wheels_of(pin, files_at_index(pin.partition("==")[0])) for pin in pins}
    write_whole(settings.LOCK, text(found).encode())
    say(f"wrote {settings.LOCK}: {len(pins)} packages, {sum(map(len, found.values()))} wheels")


def all_pins() -> list[str]:
    """Return the requirements of all groups."""
    groups = settings.PYPROJECT["dependency-groups"]
    return sorted({pin for group in groups for pin in requirements(group)})


def files_at_index(name: str) -> list[Mapping[str, object]]:
    """Return what the index says of each file of a package."""
    request = urllib.request.Request(f"{package_index()}/{name}/", headers={"Accept": JSON})  # noqa: S310
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - the address is the developer's own
        files: list[Mapping[str, object]] = json.load(answer)["files"]
    return files


def wheels_of(pin: str, files: Iterable[Mapping[str, object]]) -> list[str]:
    """Return the digests of the wheels of just the pinned version, sorted; a BuildError if there are none."""
    name, _, version = pin.partition(";")[0].strip().partition("==")
    start = f"{name.replace('-', '_')}-{version}-".lower()
    wheels = [each for each in files if str(each["filename"]).endswith(".whl")]
    ours = [each["hashes"] for each in wheels if str(each["filename"]).lower().startswith(start)]
    found = sorted(str(hashes["sha256"]) for hashes in ours if isinstance(hashes, dict))
    if not found:
        raise BuildError(f"the index has no wheel of {pin}.")
    return found


def text(found: Mapping[str, Iterable[str]]) -> str:
    """Return the file, in pip's own format."""
    entries = [
        " \\\n    ".join([pin, *(f"--hash=sha256:{digest}" for digest in digests)]) for pin, digests in found.items()
    ]
    return "\n".join([HEAD, *entries]) + "\n"


if __name__ == "__main__":
    main()
