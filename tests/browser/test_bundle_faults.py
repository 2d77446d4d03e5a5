"""A bundle that is not whole, or is used in a way that cannot work: the reason in every tab, and a way out."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from web.bundling.naming import runtime_folder

from .backend import DIST, BackendProcess
from .desk import Desk
from .haste import FACTORS, hurry, offer_haste
from .tabs import BOOT

TOLD_AFTER = 30_000  # ms; the promise


class Host:
    """A web server and the bundle on it, one thing of which goes wrong and comes right again."""

    def __init__(self, dist: Path, backend: BackendProcess) -> None:
        self._dist = dist
        self._backend = backend

    def lose(self, name: str) -> None:
        self._file(name).unlink()

    def cut(self, name: str) -> None:
        self._file(name).write_bytes(self._file(name).read_bytes()[:10_000])

    def put_a_page(self, name: str) -> None:
        """In the place of the file: what hosts do that answer whatever they do not have with their start page."""
        page = self._file(name)
        page.unlink()
        page.mkdir()
        (page / "index.html").write_text("<!doctype html><title>Welcome</title>")

    def forbid_wasm(self, _: str) -> None:
        self._backend.control("settings", wasm=False)

    def mend(self) -> None:
        self._backend.control("settings", wasm=True)
        shutil.rmtree(self._dist)
        shutil.copytree(DIST, self._dist, ignore=shutil.ignore_patterns("*.br", "*.gz"))

    def _file(self, name: str) -> Path:
        [found] = self._dist.rglob(name)
        return found


Harm = Callable[[Host, str], None]
WASM, LOADER, RUNTIME, WORKER = "pyodide.asm.wasm", "pyodide.mjs", "pyodide.asm.mjs", "sip-worker.js"
NOT_FOUND = "cannot be loaded: the web server answered 404."
NO_SCRIPT = "/dist/sip-worker.js could not be loaded:"
NOT_IT = "cannot be loaded: the web server answered with a page."
BLOCKED = re.compile("Content Security Policy|blocked by CSP")  # Chromium's word and WebKit's, and Firefox's
BROKEN_BUNDLES: dict[str, tuple[Harm, str, str | re.Pattern[str]]] = {
    "script missing": (Host.lose, WORKER, f"{NO_SCRIPT} the server answers 404."),
    "script a page": (Host.put_a_page, WORKER, f"{NO_SCRIPT} the server leads to another address."),
    "CSP without wasm-unsafe-eval": (Host.forbid_wasm, WASM, BLOCKED),
    "wasm missing": (Host.lose, WASM, f"pyodide.asm.wasm {NOT_FOUND}"),
    "wasm truncated": (Host.cut, WASM, "pyodide.asm.wasm cannot be used: "),
    "wasm a page": (Host.put_a_page, WASM, f"pyodide.asm.wasm {NOT_IT}"),
    "loader missing": (Host.lose, LOADER, f"pyodide.mjs {NOT_FOUND}"),
    "loader truncated": (Host.cut, LOADER, "pyodide.mjs cannot be used: "),
    "loader a page": (Host.put_a_page, LOADER, f"pyodide.mjs {NOT_IT}"),
    "runtime missing": (Host.lose, RUNTIME, f"pyodide.asm.mjs {NOT_FOUND}"),
    "runtime truncated": (Host.cut, RUNTIME, "pyodide.asm.mjs cannot be used: "),
    "runtime a page": (Host.put_a_page, RUNTIME, f"pyodide.asm.mjs {NOT_IT}"),
}


@pytest.mark.every_engine(rows=1)
@pytest.mark.parametrize(("harm", "name", "words"), BROKEN_BUNDLES.values(), ids=BROKEN_BUNDLES)
def test_a_broken_bundle_is_a_clear_error_in_every_tab_and_a_working_hub_after_the_cause_is_gone(
    desk_on_copy: tuple[Desk, Path],
    backend_of_copy: BackendProcess,
    harm: Harm,
    name: str,
    words: str | re.Pattern[str],
) -> None:
    desk, copy = desk_on_copy
    host = Host(copy, backend_of_copy)
    harm(host, name)
    tabs = [desk.widget(), desk.widget()]
    for tab in tabs:
        tab.connection.has_text("Not available", timeout=TOLD_AFTER)
        tab.error.contains_text("The phone could not start: ")
        tab.error.contains_text(words)
    host.mend()
    for tab in tabs:
        tab.button("Try again").click()
    backend_of_copy.ring("100")
    for tab in tabs:
        tab.is_connected().shows("Ringing")
        tab.error.is_hidden()


@pytest.mark.parametrize("factor", FACTORS)
def test_a_boot_that_does_not_end_is_given_up_after_thirty_seconds(
    desk_on_copy: tuple[Desk, Path], backend_of_copy: BackendProcess, factor: int
) -> None:
    desk, copy = desk_on_copy
    offer_haste(backend_of_copy, factor)
    (runtime_folder(copy) / "pyodide.mjs").write_text("export const loadPyodide = () => new Promise(() => {});")
    plain, tab = desk.plain(), desk.widget()
    plain.hears("message.rev === 0")  # so the worker is there
    hurry(plain.page, "hub")
    tab.error.has_text("The phone could not start: Python did not start in 30 s.", timeout=2 * BOOT)


def test_commands_given_to_a_hub_that_cannot_start_get_their_result(desk_on_copy: tuple[Desk, Path]) -> None:
    desk, copy = desk_on_copy
    (runtime_folder(copy) / "pyodide.mjs").unlink()
    # Nonsense must not keep the others from their result. A port of a worker that has ended gets none.
    tab = desk.plain(more=[None, {"type": "CMD_DIAL", "id": "a", "payload": {"phone": "1"}}])
    result = tab.hears("message.type === 'CMD_RESULT'")
    assert (result["id"], result["ok"], result["error"]["code"]) == ("a", False, "hub_failed")
    assert tab.state()["connectionStatus"] == "failed"


def test_the_api_of_another_site_is_refused(desk: Desk) -> None:
    tab = desk.plain(worker="/dist/sip-worker.js?api=https://elsewhere.example/")
    error = tab.hears("message.type === 'ERROR'")
    assert error["payload"]["code"] == "hub_failed"
    assert "path on the page's own site" in error["payload"]["message"]
