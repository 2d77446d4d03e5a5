"""The bundle and the demo page, as a careful host serves them: right types, never stale, closed to others."""

from pathlib import Path, PurePath

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

DEMO = Path(__file__).parent / "demo"

PAGE_POLICY = "; ".join([
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "img-src 'self' data:",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
])  # fmt: skip
# A worker has a policy of its own: this one compiles WebAssembly, and talks to its own server only.
WORKER_POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"
WORKERS = {"sip-worker.js"}

# Not left to the machine's own tables: a browser runs no module and no wasm that has another type.
TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".wasm": "application/wasm",
    ".json": "application/json",
}


class Pages(StaticFiles):
    """A directory of files; `index.html` where a folder is asked for."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory=directory, html=True)

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        name = PurePath(path)
        if response.status_code == 200 and name.suffix in TYPES:
            response.headers["Content-Type"] = TYPES[name.suffix]
        response.headers["Content-Security-Policy"] = WORKER_POLICY if name.name in WORKERS else PAGE_POLICY
        response.headers["Cache-Control"] = "no-cache"  # kept, but asked about (ETag): a new build shows
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response
