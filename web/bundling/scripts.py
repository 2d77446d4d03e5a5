"""The scripts that pages load, joined and made small by esbuild."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from . import settings
from .cache import cached_folder
from .digests import sha256
from .errors import BuildError
from .files import write_folder
from .naming import immutable_folder
from .programs import run
from .registries import npm_program

WORKER = "worker/sip-worker.js"
PLACEHOLDER = "const BUILD = null; // build.py puts the hub here"
ROOMS = ("client", "widget", "wire", "worker")  # folders of web/ with scripts and style sheets
PUBLISHED = "sip-"  # how the names of scripts begin that are files of the bundle; all others are joined into those
# What pages load. Pages of their own share one SipClient with the widget, so it stays a file of its own.
ENTRIES = ("sip-worker.js", "sip-client.js", "sip-phone-widget.js")
VERSION = "--define:import.meta.version="
# The widget imports the client by a name of package.json, since the bundle has both in one folder.
EXTERNAL = ("--alias:#client=./sip-client.js", "--external:./sip-client.js", "--external:./parts-*")
SMALL = ("--bundle", "--minify", "--log-level=warning")
ESBUILD = (*SMALL, "--format=esm", "--loader:.css=text", *EXTERNAL)


def scripts(hub: Mapping[str, Any]) -> dict[str, bytes]:
    """Return the scripts that pages load: those with stable names, and the others that are published.

    Pages fetch the others when they need them. Their folder is named by its content: a page that stays through an
    update never gets a script of another build.
    """
    sources = script_sources()
    sources[WORKER] = with_hub(sources.get(WORKER, b"").decode(), hub)
    version = f"{VERSION}{json.dumps(hub['version'])}"
    published = {Path(path).name: path for path in sources if is_published(path)}
    missing = [name for name in ENTRIES if name not in published]
    if missing:
        raise BuildError(f"web/ has no {' and no '.join(missing)}.")
    entries = {name: published.pop(name) for name in ENTRIES}
    parts = joined(published, sources, version)
    folder = immutable_folder("parts", parts)
    stable = joined(entries, sources, version, f"--define:import.meta.parts={json.dumps(f'./{folder}')}")
    return stable | {f"{folder}/{name}": content for name, content in parts.items()}


def script_sources() -> dict[str, bytes]:
    """Return the scripts and style sheets of web/, by their paths in it."""
    web = settings.ROOT / "web"
    kinds = [f"{room}/**/[!.]*.{kind}" for room in ROOMS for kind in ("js", "css")]
    paths = [path for kind in kinds for path in sorted(web.glob(kind))]
    return {path.relative_to(web).as_posix(): path.read_bytes() for path in paths}


def is_published(path: str) -> bool:
    """Tell whether a script is a file of the bundle, and not just joined into others."""
    return Path(path).name.startswith(PUBLISHED) and path.endswith(".js")


def joined(entries: Mapping[str, str], sources: Mapping[str, bytes], *options: str) -> dict[str, bytes]:
    """Return these scripts, each joined with those that it alone needs, and made small.

    entries: the path of each in web/, by its name in the bundle
    """

    def make(folder: Path) -> None:
        write_folder(folder / "web", sources)
        esbuild, web = npm_program("esbuild-wasm", "esbuild"), folder / "web"
        # Scripts hold their style sheets as text, which is made small first.
        sheets = [f"./{name}" for name in sources if name.endswith(".css")]
        run(
            [*esbuild, *sheets, *SMALL, "--allow-overwrite", "--outbase=.", "--outdir=."],
            "a style sheet cannot be joined",
            cwd=web,
        )
        wanted = [f"{Path(name).stem}=./{path}" for name, path in entries.items()]
        run([*esbuild, *wanted, *ESBUILD, *options, f"--outdir={folder / 'out'}"], "a script cannot be joined", cwd=web)

    inputs = [
        settings.PINS["esbuild-wasm"],
        *ESBUILD,
        *options,
        *entries.values(),
        *(f"{name} {sha256(content)}" for name, content in sources.items()),
    ]
    made = cached_folder("scripts", inputs, make)
    return {name: (made / "out" / name).read_bytes() for name in entries}


def with_hub(script: str, hub: Mapping[str, Any]) -> bytes:
    """Return the worker's script with the hub in its place."""
    places = script.count(PLACEHOLDER)
    if places != 1:
        raise BuildError(f'web/{WORKER} must have "{PLACEHOLDER}" once, but has it {places} times.')
    # Plain ASCII without "<" is safe in whatever charset it is served and wherever it is pasted.
    literal = json.dumps(hub, separators=(",", ":")).replace("<", "\\u003c")
    return script.replace(PLACEHOLDER, f"const BUILD = {literal};").encode()
