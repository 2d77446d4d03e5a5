"""Makes dist/: the phone's pages, the Python hub compiled into its worker, and the Pyodide that runs it.

python3 build.py          builds the bundle
python3 build.py serve    builds it and serves it with the reference backend
python3 build.py test     builds it and runs every check and test
python3 build.py bench    builds it and measures it beside its peers
python3 build.py walk     builds it and walks at random in a browser
python3 build.py soak     builds it and looks for what grows

A bundle is first made whole in memory, then written beside the old one, and takes its place by a rename:
whatever fails on the way, the old bundle stays as it was. What comes from outside is pinned (pyproject.toml).
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from web.bundling import settings
from web.bundling.cache import forget
from web.bundling.compression import compressed_copies
from web.bundling.digests import digests
from web.bundling.errors import BuildError
from web.bundling.files import refuse_foreign_folder, replace_folder
from web.bundling.hub import event_names, first_state, hub_sources
from web.bundling.memory_image import freeze
from web.bundling.naming import immutable_folder, manifest
from web.bundling.packages import listed_packages, resolve, search_path
from web.bundling.pages import pages_and_licences
from web.bundling.programs import become, say
from web.bundling.pyodide import pyodide_files
from web.bundling.python_tools import venv
from web.bundling.scripts import scripts
from web.bundling.version import version_of

DIST = settings.ROOT / "dist"
PROGRAMS = {"test": "tests", "bench": "tests.bench", "walk": "tests.walk", "soak": "tests.soak"}  # by their commands
SHIPPED = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm")  # of Pyodide; the rest is for making the snapshot
KEPT = ("hub.snapshot", "pyodide.asm.wasm")  # by browsers, and checked by the worker: see `kept` in web/worker/boot.js


def build(pyodide: Path | None, packages: Sequence[str], out: Path) -> None:
    """Make the bundle in `out`, with the Pyodide in the file or folder `pyodide`, else a downloaded one, and with these
    packages for the hub: each is `name==version`, or the path of a wheel."""
    refuse_foreign_folder(out)
    files = bundle(pyodide, packages)
    replace_folder(out, files)
    say(f"built {out}: {len(files)} files, {sum(map(len, files.values())) / 1e6:.1f} MB")


def serve(pyodide: Path | None, packages: Sequence[str], arguments: Sequence[str]) -> NoReturn:
    """Build, then become the reference backend, with these arguments of its own: it serves the bundle and the demo."""
    build(pyodide, packages, DIST)
    become(venv("tools"), "-m", "tests.backend", "--dist", str(DIST), *arguments)


def run_tests(program: str, pyodide: Path | None, packages: Sequence[str], arguments: Sequence[str]) -> NoReturn:
    """Build, then become one of the programs in tests/, with these arguments of its own. Unit tests need no bundle."""
    if program == PROGRAMS["test"] and are_unit_tests(arguments):
        become(venv("unit"), "-m", "pytest", *arguments)
    build(pyodide, packages, DIST)
    become(venv("tools"), "-m", program, *arguments)


def are_unit_tests(arguments: Sequence[str]) -> bool:
    """Say whether the arguments of pytest name unit tests alone, and ask for nothing that these cannot do."""
    paths = [word for word in arguments if (settings.ROOT / word.partition("::")[0]).exists()]
    coverage = any(word.startswith("--cov") for word in arguments)
    return bool(paths) and not coverage and all(path.startswith("tests/unit") for path in paths)


def main(arguments: Sequence[str]) -> int:
    """Run one command; return the exit code. A failure is told in one sentence on stderr."""
    options, rest = parse(arguments)
    packages = [*listed_packages(), *options.packages]
    try:
        if options.no_cache:
            forget()
        match options.command:
            case "serve":
                serve(options.pyodide, packages, rest)
            case command if command in PROGRAMS:
                run_tests(PROGRAMS[command], options.pyodide, packages, rest)
            case _:
                build(options.pyodide, packages, options.out.resolve())
    except BuildError as error:
        say(f"build.py: {error}")
    except OSError as error:
        say(f"build.py: {error.strerror or error}{f': {error.filename}' if error.filename else ''}.")
    except KeyboardInterrupt:
        say("build.py: interrupted.")
    else:
        return 0
    return 1


def parse(arguments: Sequence[str]) -> tuple[argparse.Namespace, list[str]]:
    """Return the options, and what another program gets. A first word that is no command means `build`."""
    if not arguments or arguments[0] not in ("build", "serve", *PROGRAMS, "-h", "--help"):
        arguments = ["build", *arguments]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("build", "serve", *PROGRAMS):
        command = commands.add_parser(name, allow_abbrev=False)
        command.add_argument("--pyodide", type=Path, metavar="FILE_OR_DIR", help="a copy of Pyodide's npm package")
        command.add_argument(
            "--with",
            dest="packages",
            action="append",
            default=[],
            metavar="PACKAGE",
            help="a package for the hub, besides those in pyproject.toml: name==version, or a wheel (may be repeated)",
        )
        command.add_argument("--no-cache", action="store_true", help="first remove all that earlier builds kept")
        if name == "build":
            command.add_argument("--out", type=Path, default=DIST, help="the folder to make (default: dist)")
    options, rest = parser.parse_known_args(arguments)
    if rest and options.command == "build":
        parser.error(f"unknown arguments: {' '.join(rest)}")
    return options, rest


def bundle(pyodide: Path | None, requirements: Sequence[str] = ()) -> dict[str, bytes]:
    """Return every file of the bundle by its path in it. The same sources give the same bytes."""
    published = pyodide_files(pyodide)
    packages = resolve(published, requirements)
    hub = dict(hub_sources()) | search_path(packages)
    frozen = freeze(published, hub, packages)
    runtime = {name: published[name] for name in SHIPPED} | {"stdlib.zip": frozen["stdlib.zip"]}
    snapshot = {"hub.snapshot": frozen["hub.snapshot"], "hub.json": json.dumps(hub, separators=(",", ":")).encode()}
    folders = {
        "runtime": immutable_folder(f"pyodide-{settings.PINS['pyodide']}", runtime),
        "snapshot": immutable_folder("hub", snapshot),
    }
    folder = immutable_folder("packages", packages.wheels)
    wheels = {f"{folder}/{name}": content for name, content in packages.wheels.items()}
    about = {**folders, "packages": list(wheels)}
    start = {
        "key": frozen["key"].decode(),
        "size": len(frozen["hub.snapshot"]),
        "sha256": digests({name: (runtime | snapshot)[name] for name in KEPT}),
        "exports": json.loads(frozen["exports.json"]),
        "state": first_state(),
        "events": event_names(),
    }
    about["version"] = version_of(about | start)
    files = pages_and_licences() | scripts(about | start)
    files |= {f"{folders['runtime']}/{name}": content for name, content in runtime.items()}
    files |= {f"{folders['snapshot']}/{name}": content for name, content in snapshot.items()}
    files |= wheels
    files |= compressed_copies(files)
    return files | {"manifest.json": manifest(files, about)}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
