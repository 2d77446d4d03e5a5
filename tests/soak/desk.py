"""A browser with one tab that stays, the hub, and what can be measured of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page

from tests.bench.server import BenchServer
from tests.bench.sites import HERE as BENCH
from tests.bench.sites import PROBE, page_with
from tests.bench.worker import Inspector
from tests.browser.tabs import BOOT
from web.bundling.files import write_folder

from .load import batches
from .rows import HUB, PROXIES, SOCKETS, TAB, WASM, Figures

MIB = 1024 * 1024
BATCH = 500  # events
# A proxy that was collected is let go of later, and what it held is collected after that.
COLLECTIONS, SETTLING = 3, 300  # ms
HERE = Path(__file__).parent
WORKER = 'import "./memories.js";\nimport "./count.js";\nimport "/dist/sip-worker.js";\n'

# Resolves when the widget's state fulfils a condition on `state`.
SHOWS = """(wanted) => new Promise((resolve, reject) => {
  setTimeout(() => reject(new Error("The phone does not come to that.")), wanted.patience);
  const {client} = document.querySelector("sip-phone-widget");
  const look = () => Object.entries(wanted.state).every(([name, value]) => client.state[name] === value) && resolve();
  client.addEventListener("statechange", look);
  look();
})"""


class SoakDesk:
    """One operator's browser in front of a backend that serves a worker which counts."""

    def __init__(self, browser: Browser, server: BenchServer) -> None:
        self._server = server
        self._context = browser.new_context(base_url=server.url)
        self._browser = browser.new_browser_cdp_session()
        self._tab = self._context.new_page()
        self._tab.goto("/peers/index.html")
        self._connected(self._tab)

    def events(self, count: int) -> None:
        """Let so many events come, and the tab show what came of them."""
        for content, status in batches(count, BATCH):
            self._server.raw(content)
            self._shows(self._tab, operatorStatus=status)

    def tabs(self, count: int) -> None:
        """Open and close so many tabs, one after the other; every one is connected once."""
        for _ in range(count):
            with self._tab.expect_popup() as opened:
                self._tab.evaluate("() => { open(location.href); }")
            opened.value.wait_for_load_state()
            self._connected(opened.value)
            opened.value.close()

    def figures(self) -> Figures:
        """Measure, after garbage was collected."""
        hub, wasm, proxies = self._hub()
        tab, sockets = self._memory_of_tab(), self._server.sockets()
        return {WASM: wasm, HUB: hub + wasm, TAB: tab, PROXIES: proxies, SOCKETS: sockets}

    def close(self) -> None:
        """Close the tab that stays."""
        self._context.close()

    def _hub(self) -> tuple[float, float, float]:
        infos = self._browser.send("Target.getTargets")["targetInfos"]
        [target] = [info["targetId"] for info in infos if info["url"] == f"{self._server.url}/peers/sip-worker.js"]
        inspector = Inspector(self._browser, target)
        for _ in range(COLLECTIONS):
            inspector.ask("HeapProfiler.collectGarbage")
            self._tab.wait_for_timeout(SETTLING)
        usage = inspector.ask("Runtime.getHeapUsage")
        wasm, proxies = inspector.evaluate("wasmBytes()"), inspector.evaluate("pythonProxies()")
        inspector.detach()
        return usage["usedSize"] / MIB, wasm / MIB, proxies

    def _memory_of_tab(self) -> float:
        session = self._context.new_cdp_session(self._tab)
        session.send("HeapProfiler.collectGarbage")
        usage = session.send("Runtime.getHeapUsage")
        session.detach()
        return float(usage["usedSize"] + usage["embedderHeapUsedSize"]) / MIB

    def _connected(self, page: Page) -> None:
        self._shows(page, connectionStatus="connected")

    def _shows(self, page: Page, **state: str) -> None:
        page.evaluate(SHOWS, {"state": state, "patience": BOOT})


@contextmanager
def serving() -> Iterator[BenchServer]:
    """Serve the bundle, and a page whose worker counts."""
    with TemporaryDirectory(prefix="sip-soak-") as folder:
        memories = BENCH / "peers" / "counted" / "memories.js"
        files = {"index.html": page_with("/peers/sip-worker.js"), "sip-worker.js": WORKER.encode()}
        files |= {path.name: path.read_bytes() for path in (memories, HERE / "count.js", BENCH / PROBE)}
        write_folder(Path(folder), files)
        server = BenchServer(Path(folder))
        try:
            yield server
        finally:
            server.stop()
