"""How the hub starts: from its snapshot, and the ordinary way where there is no good one."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from build import ROOT

from .backend import DIST, BackendProcess
from .conftest import Desk

# Runs Python in a worker that starts as the hub's does.
PYTHON_WORKER = """
import { loadHub } from "../sip-boot.js";
onmessage = async ({ data: { build, code } }) => {
  const pyodide = await loadHub(build, new URL("..", import.meta.url));
  const fetched = performance.getEntriesByType("resource").map(({ name }) => name.split("/").at(-1));
  try {
    postMessage([pyodide.runPython(code), fetched]);
  } catch (error) {
    postMessage([String(error), fetched]);
  }
};
"""
RUN = """(message) => new Promise((resolve) => {
  const worker = new Worker("/dist/test/sip-worker.js", { type: "module" });
  worker.onerror = ({ message }) => resolve([`the worker failed: ${message}`, []]);
  worker.onmessage = ({ data }) => { worker.terminate(); resolve(data); };
  worker.postMessage(message);
})"""


def snapshot_of(dist: Path) -> Path:
    return dist / str(json.loads((dist / "manifest.json").read_bytes())["snapshot"]) / "hub.snapshot"


def build_of(dist: Path) -> dict[str, Any]:
    """Return what the worker of this bundle knows of its build."""
    manifest = json.loads((dist / "manifest.json").read_bytes())
    content = snapshot_of(dist).read_bytes()
    key = json.loads(content[4 : 4 + int.from_bytes(content[:4], "little")])["key"]
    hub = {f"worker_py/{path.name}": path.read_text("utf-8") for path in (ROOT / "worker_py").glob("*.py")}
    return {"key": key, "python": hub} | {name: manifest[name] for name in ("runtime", "snapshot", "packages")}


def run_python(desk: Desk, copy: Path, code: str, build: dict[str, Any]) -> Any:
    """Run Python in a worker that starts as the hub's does; return its value, and the names of what was fetched."""
    (copy / "test").mkdir(exist_ok=True)
    (copy / "test/sip-worker.js").write_text(PYTHON_WORKER)  # the name gets it the policy of a worker
    (copy / "sip-boot.js").write_text((ROOT / "web/sip-boot.js").read_text("utf-8"))
    return desk.page("/plain.html").evaluate(RUN, {"build": build, "code": code})


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


BAD_SNAPSHOTS: list[tuple[Callable[[Path], None], str]] = [
    (Path.unlink, "hub.snapshot cannot be loaded: the web server answered 404."),
    (cut_off, "hub.snapshot is cut off."),
    (cut_short, "hub.snapshot is cut off."),
    (of_another_build, "hub.snapshot belongs to another build."),
    (damaged, "hub.snapshot is damaged."),
]


@pytest.mark.parametrize(("harm", "why"), BAD_SNAPSHOTS)
def test_without_a_good_snapshot_the_hub_starts_the_ordinary_way_and_says_why(
    desk_on_copy: tuple[Desk, Path], harm: Callable[[Path], None], why: str
) -> None:
    desk, copy = desk_on_copy
    harm(snapshot_of(copy))
    desk.plain().is_connected()
    assert f"The phone starts without its snapshot, which takes longer: {why}" in desk.workers.report().lines


def test_with_its_snapshot_the_hub_starts_without_a_word_and_without_the_library(desk: Desk) -> None:
    tab = desk.plain().is_connected()
    assert desk.workers.report().lines == []
    tab.page.close()


def test_a_module_that_is_not_in_the_snapshot_is_loaded_when_it_is_wanted(desk_on_copy: tuple[Desk, Path]) -> None:
    desk, copy = desk_on_copy
    code = "import sys; before = 'fractions' in sys.modules; import fractions; f'{before} {fractions.Fraction(1, 3)}'"
    value, fetched = run_python(desk, copy, code, build_of(copy))
    assert value == "False 1/3"
    assert sorted(fetched) == ["hub.snapshot", "pyodide.asm.mjs", "pyodide.asm.wasm", "pyodide.mjs"]


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
import json, os, random, sys, time, types
from worker_py.browser import start
start(types.SimpleNamespace(send=None, drop=None), "e", "/api/sip")
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


def test_the_widget_draws_while_python_boots(desk: Desk, backend: BackendProcess) -> None:
    backend.control("faults", events={"do": "delay", "seconds": 1})  # so that there is time to see it connect
    tab = desk.widget()
    expect(tab.connection).to_have_text("Connecting…")
    expect(tab.status).to_be_visible()
    tab.is_connected()
    assert backend.state()["streamsOpened"] == 1
