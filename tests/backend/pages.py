"""The bundle and the demo page, as a careful host serves them: right types, small, never stale, closed to others."""

import os
import re
from collections.abc import Iterable
from mimetypes import guess_type
from pathlib import Path, PurePath

from starlette.datastructures import Headers
from starlette.responses import FileResponse, Response
from starlette.staticfiles import NotModifiedResponse, StaticFiles
from starlette.types import Scope

from .settings import Settings

DEMO = Path(__file__).parent / "demo"
HASTE = Path(__file__).parent / "haste.js"
REAL_TIME = "const FACTOR = 1;"  # there

PAGE_POLICY = "; ".join([
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "img-src 'self' data:",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
])  # fmt: skip
ALONE, FRAMED = "; frame-ancestors 'none'", "; frame-ancestors *; frame-src *"
TRUSTED_TYPES = "; require-trusted-types-for 'script'; trusted-types sip-phone"
NOT_OURS = {"plain.html"}  # has nothing of ours, and so no policy for types either: it makes its worker of a string
# A worker has a policy of its own: this one compiles WebAssembly, and talks to its own server only.
COMPILING = " 'wasm-unsafe-eval'"
WORKER_POLICY = f"default-src 'none'; script-src 'self'{COMPILING}; connect-src 'self'"
WORKERS = {"sip-worker.js"}

# Not left to the machine's own tables: a browser runs no module and no wasm that has another type.
TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".wasm": "application/wasm",
    ".json": "application/json",
}

# What the build puts beside a file, the smallest first: the name of a coding, and how such a copy's name ends.
COPIES = {"br": ".br", "gzip": ".gz"}
CODING = re.compile(r"([^\s,;]+)\s*(?:;\s*q\s*=\s*([01](?:\.\d*)?))?")
# A folder that is named after its content: what lies in it never changes.
NAMED_BY_CONTENT = re.compile(r".+-[0-9a-f]{12}")
FOR_EVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"  # kept, but asked about (ETag): a new build shows


class Pages(StaticFiles):
    """A directory of files, sent compressed where a copy is there; `index.html` where a folder is asked for."""

    def __init__(self, directory: Path, settings: Settings) -> None:
        super().__init__(directory=directory, html=True)
        self._settings = settings

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        name = PurePath(path)
        response.headers["Content-Security-Policy"] = policy(name.name, self._settings)
        response.headers["Cache-Control"] = FOR_EVER if is_named_by_content(name) else ASK_AGAIN
        response.headers["X-Content-Type-Options"] = "nosniff"
        if self._settings.isolated:
            response.headers["Cross-Origin-Embedder-Policy"] = "require-corp"
        return response

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """Return the file, or that copy of it which the browser likes best. A range is one of what is sent."""
        asked, path = Headers(scope=scope), os.fspath(full_path)
        if self._settings.haste and is_script_of_bundle(PurePath(path)):
            # Without a tag: a browser must not take it for the script as it is.
            return Response(in_haste(Path(path), self._settings.haste), status_code, media_type=media_type(path))
        copies = {coding: stat for coding, end in COPIES.items() if (stat := stat_file(path + end))}
        coding = choose_coding(asked.get("Accept-Encoding", ""), copies)
        sent, stat = (path + COPIES[coding], copies[coding]) if coding else (path, stat_result)
        response = FileResponse(sent, status_code, media_type=media_type(path), stat_result=stat)
        if copies:
            response.headers["Vary"] = "Accept-Encoding"
        if coding:
            response.headers["Content-Encoding"] = coding
            response.headers["ETag"] = f'{response.headers["ETag"][:-1]}-{coding}"'
        return NotModifiedResponse(response.headers) if self.is_not_modified(response.headers, asked) else response


def policy(name: str, settings: Settings) -> str:
    """Return the Content-Security-Policy of a file of that name."""
    if name in WORKERS:
        return WORKER_POLICY if settings.wasm else WORKER_POLICY.replace(COMPILING, "")
    return PAGE_POLICY + (FRAMED if settings.framed else ALONE) + ("" if name in NOT_OURS else TRUSTED_TYPES)


def is_script_of_bundle(path: PurePath) -> bool:
    """Say whether a file is one of the bundle's own scripts."""
    return path.name.startswith("sip-") and path.suffix == ".js"


def in_haste(script: Path, factor: float) -> str:
    """Return a script with the clock before it that can run `factor` times as fast."""
    clock = HASTE.read_text("utf-8").replace(REAL_TIME, f"const FACTOR = {factor};")
    return clock + script.read_text("utf-8")


def choose_coding(accepted: str, offered: Iterable[str]) -> str | None:
    """Return the offered coding that an Accept-Encoding likes best, the first of equals; None for the file itself."""
    weights = {name.lower(): float(weight or 1) for name, weight in CODING.findall(accepted)}
    liking = {coding: weights.get(coding, weights.get("*", 0)) for coding in offered}
    best = max(liking, key=lambda coding: liking[coding], default=None)
    return best if best and liking[best] and liking[best] >= weights.get("identity", 0) else None


def stat_file(path: str) -> os.stat_result | None:
    """Return what the system knows about a file; None if it is not there."""
    try:
        return Path(path).stat()
    except FileNotFoundError:
        return None


def media_type(path: str) -> str:
    """Return the Content-Type of a file. What is compressed by its name is just bytes."""
    guess, coding = guess_type(path)
    return TYPES.get(PurePath(path).suffix) or (not coding and guess) or "application/octet-stream"


def is_named_by_content(path: PurePath) -> bool:
    """Say whether a file lies in a folder whose name changes with its content."""
    return any(NAMED_BY_CONTENT.fullmatch(folder) for folder in path.parts[:-1])
