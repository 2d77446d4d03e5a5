"""The scripts that pages load, joined and made small by esbuild."""

import json
from collections.abc import Mapping, Sequence
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

PLACEHOLDER = "const BUILD = null; // build.py puts the hub here"
# What pages load. Pages of their own share one SipClient with the widget, so it stays a file of its own.
ENTRIES = ("sip-worker.js", "sip-client.js", "sip-phone-widget.js")
# What only some pages or browsers need comes when they do. It lies in a folder that is named by its content, so that a
# page which stays through an update never gets a part of another build.
SOMETIMES = (  # of sip-phone-*.js
    *("announcements", "check", "dock", "drawers", "last-call", "ringer", "russian", "tel-links"),
)
PARTS = ("sip-elected-worker.js", "sip-client-trouble.js", *(f"sip-phone-{name}.js" for name in SOMETIMES))
VERSION = "--define:import.meta.version="
EXTERNAL = ("--external:./sip-client.js", "--external:./parts-*")
SMALL = ("--bundle", "--minify", "--log-level=warning")
ESBUILD = (*SMALL, "--format=esm", "--loader:.css=text", *EXTERNAL)


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
    paths = [path for kind in ("[!.]*.js", "[!.]*.css") for path in sorted((settings.ROOT / "web").glob(kind))]
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
        settings.PINS["esbuild-wasm"],
        *ESBUILD,
        *options,
        *names,
        *(f"{name} {sha256(content)}" for name, content in sources.items()),
    ]
    made = cached_folder("scripts", inputs, make)
    return {name: (made / "out" / name).read_bytes() for name in names}


def with_hub(script: str, hub: Mapping[str, Any]) -> bytes:
    """Return the worker's script with the hub in its place."""
    places = script.count(PLACEHOLDER)
    if places != 1:
        raise BuildError(f'web/sip-worker.js must have "{PLACEHOLDER}" once, but has it {places} times.')
    # Plain ASCII without "<" is safe in whatever charset it is served and wherever it is pasted.
    literal = json.dumps(hub, separators=(",", ":")).replace("<", "\\u003c")
    return script.replace(PLACEHOLDER, f"const BUILD = {literal};").encode()
