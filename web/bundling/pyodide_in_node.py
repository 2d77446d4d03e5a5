"""Programs that run Pyodide in Node while the bundle is built. They see their input and output, and nothing else of the
machine: code of others runs in them."""

import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from . import settings
from .cache import cached_folder
from .digests import sha256
from .files import write_folder
from .node import ALONE, BRIEFLY, node_program
from .programs import run, say

REFUSES_NETWORK = 'process.allowedNodeEnvironmentFlags.has("--allow-net")'  # since Node 25
NEEDED_TO_START = ("SYSTEMROOT",)  # of the environment, by Node on Windows
TO_REACH_AN_INDEX = ("NODE_EXTRA_CA_CERTS", "NODE_USE_ENV_PROXY", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
# Programs for Node, each with what it is made of; and what a Python that compiles the standard library is made of.
COMPILER = ("bundling/compile-stdlib.mjs", "bundling/stand-still.mjs", "worker/environment.js", "package.json")
COMPILED = ("pyodide.asm.wasm", "python_stdlib.zip")
RUNNER = Path(__file__).with_name("run-module.cjs")


def compiled_stdlib(published: Mapping[str, bytes]) -> bytes:
    """Return the standard library as bytecode. What compiles it is in the wasm: a changed hub, or another script of
    Pyodide's, does not compile it again."""
    compiler = program(COMPILER)

    def make(folder: Path) -> None:
        say("compiling the standard library ...")
        run_pyodide(compiler, task(published, {}), folder, "the standard library could not be compiled")

    sources = {name: sha256(published[name]) for name in COMPILED}
    key = json.dumps([RUNNER.read_text(encoding="utf-8"), compiler, sources], sort_keys=True)
    return (cached_folder("stdlib", [key], make) / "stdlib.zip").read_bytes()


def program(names: Sequence[str]) -> dict[str, str]:
    """Return the sources of a program for Node, the one that starts it first."""
    return {name: (settings.ROOT / "web" / name).read_text(encoding="utf-8") for name in names}


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
        runner = {RUNNER.name: RUNNER.read_bytes()}
        write_folder(given, {f"web/{name}": source.encode() for name, source in scripts.items()} | runner | dict(files))
        node, needed = node_program("node"), (*NEEDED_TO_START, *(TO_REACH_AN_INDEX if network else ()))
        passed = {name: os.environ[name] for name in needed if name in os.environ}
        # Python reads the time zone when it starts, and what it read is frozen with it.
        environment = passed | {"TZ": "UTC"}
        made = out.resolve()
        folders = [f"--allow-fs-read={given}", f"--allow-fs-read={made}", f"--allow-fs-write={made}"]
        refused = network and run([*node, "-p", REFUSES_NETWORK], "Node does not run").strip() == "true"
        options = [BRIEFLY, *ALONE, *folders, *(["--allow-net"] if refused else [])]
        start: list[str | Path] = [*node, *options, given / RUNNER.name]
        run([*start, (given / "web" / next(iter(scripts))).as_uri(), given, made], complaint, env=environment)
