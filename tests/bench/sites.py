"""The peers, and the folder that serves them: a site of two pages each, with compressed copies as in the bundle."""

import json
from pathlib import Path

from web.bundling import settings
from web.bundling.compression import compressed_copies
from web.bundling.files import write_folder
from web.bundling.hub import first_state, hub_sources
from web.bundling.naming import immutable_folder
from web.bundling.pyodide import pyodide_files

from .figures import JS, OURS, STOCK

HERE = Path(__file__).parent
WORKERS = {OURS: "/dist/sip-worker.js", JS: f"/peers/{JS}/sip-worker.js", STOCK: f"/peers/{STOCK}/sip-worker.js"}
PAGES = ("index.html", "other.html")
COUNTED = "counted.html"
PROBE = "probe.js"


def make_sites(folder: Path) -> None:
    """Write what the server shows under /peers."""
    files = pages() | counted_pages() | js_peer() | stock_peer()
    write_folder(folder, files | compressed_copies(files))


def pages() -> dict[str, bytes]:
    """Return the pages of each peer's site, all alike but for the address of the worker, and what notes in them."""
    files = {f"{peer}/{page}": page_with(worker) for peer, worker in WORKERS.items() for page in PAGES}
    return files | {PROBE: (HERE / PROBE).read_bytes()}


def counted_pages() -> dict[str, bytes]:
    """Return a page of each peer whose worker is the same, but counts its WebAssembly memories."""
    files = {"counted/memories.js": (HERE / "peers" / "counted" / "memories.js").read_bytes()}
    for peer, worker in WORKERS.items():
        files[f"{peer}/{COUNTED}"] = page_with(f"/peers/counted/{peer}/sip-worker.js")
        files[f"counted/{peer}/sip-worker.js"] = f'import "../memories.js";\nimport "{worker}";\n'.encode()
    return files


def page_with(worker: str) -> bytes:
    """Return a page whose widget uses the worker at that address."""
    return (HERE / "page.html").read_text(encoding="utf-8").replace("WORKER", worker).encode()


def js_peer() -> dict[str, bytes]:
    """Return the hub in pure JavaScript."""
    return {f"{JS}/sip-worker.js": worker_script(JS)}


def stock_peer() -> dict[str, bytes]:
    """Return the stock boot, with Pyodide as it is published and the source of the hub of this checkout."""
    runtime = pyodide_files(None)
    folder = immutable_folder(f"pyodide-{settings.PINS['pyodide']}", runtime)
    hub = {"runtime": folder, "state": first_state(), "python": dict(hub_sources())}
    scripts = {
        f"{STOCK}/sip-worker.js": worker_script(STOCK),
        f"{STOCK}/hub.js": f"export default {json.dumps(hub)};\n".encode(),
    }
    return scripts | {f"{STOCK}/{folder}/{name}": content for name, content in runtime.items()}


def worker_script(peer: str) -> bytes:
    """Return a peer's worker as it stands in its folder."""
    return (HERE / "peers" / peer / "sip-worker.js").read_bytes()
