"""The memory image: the memory of a Python in which the hub has started, so that no worker need start it again."""

import json
from collections.abc import Mapping
from pathlib import Path

from . import settings
from .cache import cached_folder
from .digests import digests, sha256
from .packages import NO_PACKAGES, RESOLVER, Packages
from .programs import say
from .pyodide_in_node import RUNNER, compiled_stdlib, program, run_pyodide, task

MAKER = (
    *("bundling/make-snapshot.mjs", "bundling/stand-alone.mjs", "bundling/stand-still.mjs"),
    *RESOLVER[1:],
)


def freeze(
    published: Mapping[str, bytes], hub: Mapping[str, str], packages: Packages = NO_PACKAGES
) -> dict[str, bytes]:
    """Return hub.snapshot (the memory of a hub that has started), its key, the stdlib.zip it was made with, and in
    exports.json the exports of the wasm that it was linked with."""
    maker, stdlib, wheels = program(MAKER), compiled_stdlib(published), digests(packages.wheels)
    parts = [
        RUNNER.read_text(encoding="utf-8"),
        maker,
        settings.PINS["pyodide-sha256"],
        sha256(stdlib),
        hub,
        wheels,
        packages.modules,
    ]
    key = sha256(json.dumps(parts, sort_keys=True).encode())

    def make(folder: Path) -> None:
        say("freezing a hub that has started ...")
        about = {"key": key, "python": hub, "wheels": list(wheels), "modules": packages.modules}
        files = {"stdlib.zip": stdlib} | {f"wheels/{name}": wheel for name, wheel in packages.wheels.items()}
        run_pyodide(maker, files | task(published, about), folder, "the hub could not be frozen")

    made = cached_folder("snapshot", [key], make)
    frozen = {name: (made / name).read_bytes() for name in ("hub.snapshot", "exports.json")}
    return {"key": key.encode(), "stdlib.zip": stdlib} | frozen
