"""How the hub starts: from its snapshot, and the ordinary way where there is no good one."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from web.bundling import settings

from .backend import DIST, BackendProcess
from .desk import Desk
from .engines import Ability
from .haste import hurry, offer_haste
from .waiting import until

# Runs Python in a worker that starts as the hub's does.
PYTHON_WORKER = """
import { loadHub } from "../boot.js";
onmessage = async ({ data: { build, code } }) => {
  const pyodide = await loadHub(build, new URL("..", import.meta.url), () => {});
  const fetched = performance.getEntriesByType("resource").map(({ name }) => name.split("/").at(-1));
  try {
    postMessage([pyodide.runPython(code), fetched]);
  } catch (error) {
    postMessage([String(error), fetched]);
  }
};
"""
IMPORTED = ("boot.js", "environment.js", "link.js")  # by that worker
RUN = """(message) => new Promise((resolve) => {
  const worker = new Worker("/dist/test/sip-worker.js", { type: "module" });
  worker.onerror = ({ message }) => resolve([`the worker failed: ${message}`, []]);
  worker.onmessage = ({ data }) => { worker.terminate(); resolve(data); };
  worker.postMessage(message);
})"""

PUT_OLDER = "caches.open('sip-phone').then((cache) => cache.put('/dist/older', new Response('older')))"
# The names of the files that are kept.
KEPT = """caches.open("sip-phone").then((cache) => cache.keys()).then(
  (requests) => requests.map(({url}) => url.split("/").at(-1)).sort()
)"""


# The Cache API answers, that it has nothing, when Pyodide's own requests begin to be answered for it.
SLOW_CACHE = """
let fetching = fetch;
const offered = new Promise((resolve) => {
  const set = (value) => resolve((fetching = value));
  Object.defineProperty(globalThis, "fetch", { get: () => fetching, set });
});
caches.open = async () => ({ match: () => offered.then(() => undefined) });
"""


SLOW_LINE = 1_200_000  # bytes a second; at that pace Python takes some seconds to load
# Introduces the tab once more, and waits until it has heard an answer to its PING.
ASK = """new Promise((resolve) => {
  addEventListener("heard", () => heard.at(-1).type === "PONG" && resolve());
  say({type: "INIT_PORT"});
  say({type: "PING"});
})"""


def snapshot_of(dist: Path) -> Path:
    return dist / str(json.loads((dist / "manifest.json").read_bytes())["snapshot"]) / "hub.snapshot"


def build_of(dist: Path) -> dict[str, Any]:
    """Return what the worker of this bundle knows of its build."""
    manifest = json.loads((dist / "manifest.json").read_bytes())
    content = snapshot_of(dist).read_bytes()
    key = json.loads(content[4 : 4 + int.from_bytes(content[:4], "little")])["key"]
    exports = re.search(r"exports:(\[[^\]]*\])", (dist / "sip-worker.js").read_text("ascii"))
    assert exports
    return {
        "key": key,
        "size": len(content),
        "sha256": {path.rpartition("/")[2]: each["sha256"] for path, each in manifest["files"].items()},
        "exports": json.loads(exports[1]),
    } | {name: manifest[name] for name in ("runtime", "snapshot", "packages")}


def run_python(desk: Desk, copy: Path, code: str, build: dict[str, Any], before: str = "") -> tuple[Any, list[str]]:
    """Run Python in a worker that starts as the hub's does; return its value, and the names of what was fetched
    for that, sorted.

    before: JavaScript that the worker runs first.
    """
    (copy / "test").mkdir(exist_ok=True)
    (copy / "test/sip-worker.js").write_text(PYTHON_WORKER + before)  # the name gets it the policy of a worker
    for script in IMPORTED:
        shutil.copy(settings.ROOT / "web/worker" / script, copy)
    value, fetched = desk.page("/plain.html").evaluate(RUN, {"build": build, "code": code})
    return value, sorted(name for name in fetched if name not in IMPORTED)  # Firefox lists those too


def cut_off(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1000])


def cut_short(path: Path) -> None:
    path.write_bytes(b"\1\2")


def of_another_build(path: Path) -> None:
    content = path.read_bytes()
    at = content.index(b'"key":"') + 7
    path.write_bytes(content[:at] + b"0" * 8 + content[at + 8 :])


def damaged(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:4] + b"#" + content[5:])


BAD_SNAPSHOTS: dict[str, tuple[Callable[[Path], None], str]] = {
    "missing": (Path.unlink, "hub.snapshot cannot be loaded: the web server answered 404."),
    "truncated": (cut_off, "hub.snapshot is cut off."),
    "truncated in its length": (cut_short, "hub.snapshot is cut off."),
    "of another build": (of_another_build, "hub.snapshot belongs to another build."),
    "damaged": (damaged, "hub.snapshot is damaged."),
}


@pytest.mark.every_engine(rows=1)
@pytest.mark.parametrize(("harm", "why"), BAD_SNAPSHOTS.values(), ids=BAD_SNAPSHOTS)
def test_without_a_good_snapshot_the_hub_boots_without_it_and_says_so_in_the_console(
    desk_on_copy: tuple[Desk, Path], harm: Callable[[Path], None], why: str
) -> None:
    desk, copy = desk_on_copy
    harm(snapshot_of(copy))
    desk.plain().is_connected()
    if Ability.INSPECT in desk.engine.abilities:
        assert f"The phone starts without its snapshot, which takes longer: {why}" in desk.workers.report().lines


@pytest.mark.needs(Ability.INSPECT)
def test_with_its_snapshot_the_hub_starts_without_a_word_and_without_the_library(desk: Desk) -> None:
    tab = desk.plain().is_connected()
    assert desk.workers.report().lines == []
    tab.page.close()


@pytest.mark.every_engine
def test_a_module_that_is_not_in_the_snapshot_is_loaded_when_it_is_wanted(desk_on_copy: tuple[Desk, Path]) -> None:
    desk, copy = desk_on_copy
    code = "import sys; before = 'fractions' in sys.modules; import fractions; f'{before} {fractions.Fraction(1, 3)}'"
    value, fetched = run_python(desk, copy, code, build_of(copy))
    assert value == "False 1/3"
    assert fetched == ["hub.snapshot", "pyodide.asm.mjs", "pyodide.asm.wasm", "pyodide.mjs"]


@pytest.mark.parametrize("frozen", [True, False], ids=["snapshot", "ordinary"])
def test_a_missing_module_is_an_ordinary_error(desk_on_copy: tuple[Desk, Path], frozen: bool) -> None:  # noqa: FBT001
    desk, copy = desk_on_copy
    if not frozen:
        snapshot_of(copy).unlink()
    value, _ = run_python(desk, copy, "import no_such_module", build_of(DIST))
    assert "ModuleNotFoundError: No module named 'no_such_module'" in value


def test_no_two_boots_are_the_same(desk_on_copy: tuple[Desk, Path]) -> None:
    desk, copy = desk_on_copy
    code = """
import js, json, os, random, sys, time, types
from worker_py.browser import start
start(types.SimpleNamespace(open=js.EventSource.new), "e", "/api/sip")
json.dumps([random.random(), os.urandom(8).hex(), time.time_ns() > 1.7e18])
"""
    first, second = (json.loads(run_python(desk, copy, code, build_of(copy))[0]) for _ in range(2))
    assert first[:2] != second[:2]
    assert first[0] != second[0]
    assert first[2] is second[2] is True


def test_every_worker_has_an_epoch_of_its_own(desk: Desk) -> None:
    epochs = set()
    for _ in range(2):
        tab = desk.plain().is_connected()
        epochs.add(tab.heard()[0]["epoch"])
        tab.page.close()
    assert len(epochs) == 2


@pytest.mark.every_engine
def test_a_tab_that_connects_while_python_loads_is_answered_at_once(desk: Desk, backend: BackendProcess) -> None:
    """Over a slow line the first tab has Python loaded for some seconds; the second comes in their midst."""
    backend.control("settings", pace=SLOW_LINE)
    first, second = desk.plain(), desk.plain()
    second.hears("message.rev === 0")
    second.forget()
    second.page.evaluate(ASK)
    answers = [message for message in second.heard() if message["type"] != "PROGRESS"]  # of a start as long as this
    seen = [(answer["type"], answer["rev"]) for answer in answers]
    assert seen == [("SYNC_STATE", 0), ("PONG", 0)], "revision 0 is what is told before Python is there"
    for tab in (first, second):
        tab.is_connected()


def test_the_widget_draws_while_python_boots(desk: Desk, backend: BackendProcess) -> None:
    backend.control("faults", events={"do": "hold"})
    tab = desk.widget()
    tab.connection.has_text("Connecting…")
    tab.status.is_visible()
    backend.control("faults", events=None)
    tab.is_connected()
    assert backend.state()["streamsOpened"] == 1


def test_a_long_start_shows_how_far_it_has_come(desk: Desk, backend: BackendProcess) -> None:
    """A first visit over a slow line: some five seconds, of which the first goes without a bar."""
    backend.control("settings", pace=SLOW_LINE)
    tab = desk.widget()
    bar = tab.phone.with_role("progressbar", "The phone is loading")
    bar.is_visible()
    seen = bar.evaluate("""(bar) => new Promise((resolve) => {
      const seen = [bar.value];
      new MutationObserver(() => bar.hidden ? resolve(seen) : seen.push(bar.value)).observe(bar, {attributes: true});
    })""")
    tab.is_connected()
    assert len(seen) > 3
    assert seen == sorted(seen)
    assert 0 < seen[0] < seen[-1] <= 1


def test_over_a_slow_line_a_start_takes_as_long_as_it_takes(desk: Desk, backend: BackendProcess) -> None:
    """Some five seconds, which are fifty to the worker: bytes come all the while, so nobody gives up after thirty."""
    offer_haste(backend)
    backend.control("settings", pace=SLOW_LINE)
    tab = desk.plain()
    tab.hears("message.type === 'PROGRESS'")
    hurry(tab.page, "hub")
    tab.hears("payload.connectionStatus === 'connected' || payload.connectionStatus === 'failed'")
    assert tab.state()["connectionStatus"] == "connected"


@pytest.mark.every_engine
def test_the_stream_is_opened_while_python_loads_and_nothing_that_it_says_is_lost(
    desk: Desk, backend: BackendProcess
) -> None:
    backend.control("settings", pace=1_000_000)
    tab = desk.plain()
    backend.until(lambda state: state["streams"] == 1)
    for number in range(20):
        backend.far(backend.ring(f"2{number}"), "hangup")
    backend.ring("100")
    states = [message["payload"] for message in tab.heard() if message["type"] == "SYNC_STATE"]
    assert {state["connectionStatus"] for state in states} == {"connecting"}
    tab.hears("payload.activeCall?.phone === '100'")
    assert tab.state()["lastCall"]["phone"] == "219"
    revs = [message["rev"] for message in tab.heard() if message["type"] == "SYNC_STATE"]
    assert len(revs) > 40
    assert revs == sorted(revs)
    assert backend.state()["streamsOpened"] == 1


@pytest.mark.every_engine
def test_what_is_kept_serves_the_next_start_and_an_older_builds_files_go(desk_on_copy: tuple[Desk, Path]) -> None:
    desk, copy = desk_on_copy
    tab = desk.plain()
    tab.page.evaluate(PUT_OLDER)
    tab.is_connected()
    kept = ["hub.snapshot", "pyodide.asm.wasm"]
    until(f"none but {kept} are kept", lambda: tab.page.evaluate(KEPT), lambda names: names == kept)
    value, fetched = run_python(desk, copy, "6 * 7", build_of(copy))
    assert (value, fetched) == (42, ["pyodide.asm.mjs", "pyodide.mjs"])


def test_a_kept_file_that_is_broken_is_fetched_anew(desk_on_copy: tuple[Desk, Path]) -> None:
    desk, copy = desk_on_copy
    address = f"/dist/{snapshot_of(copy).relative_to(copy).as_posix()}"
    tab = desk.plain(worker="/dist/index.html")  # no worker yet
    tab.page.evaluate("address => caches.open('sip-phone').then((it) => it.put(address, new Response('#')))", address)
    desk.plain().is_connected()
    if Ability.INSPECT in desk.engine.abilities:
        anew = "The kept hub.snapshot is not the one of this build. It is fetched anew."
        assert desk.workers.report().lines == [anew]
    kept = ["hub.snapshot", "pyodide.asm.wasm"]
    until(f"{kept} are kept", lambda: tab.page.evaluate(KEPT), lambda names: names == kept)  # after the hub has started


def test_a_cache_that_answers_late_costs_nothing_but_time(desk_on_copy: tuple[Desk, Path]) -> None:
    desk, copy = desk_on_copy
    value, fetched = run_python(desk, copy, "6 * 7", build_of(copy), before=SLOW_CACHE)
    assert (value, fetched) == (42, ["hub.snapshot", "pyodide.asm.mjs", "pyodide.asm.wasm", "pyodide.mjs"])
