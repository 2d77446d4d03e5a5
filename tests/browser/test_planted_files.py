"""What a script of this origin puts into the browser's cache in the place of ours: it must not run in the next page."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from web.bundling.naming import runtime_folder

from . import marks
from .desk import Desk
from .test_boot import build_of, run_python, snapshot_of

pytestmark = marks.ONCE

# Keeps the file at the address with one text in it changed, as an attack on one page would for all later ones.
PLANT = """async ([address, text, lie]) => {
  const bytes = new Uint8Array(await (await fetch(address)).arrayBuffer());
  const at = new TextDecoder("latin1").decode(bytes).indexOf(text);
  if (at < 0 || text.length !== lie.length) throw new Error(`${text} cannot be planted`);
  bytes.set(new TextEncoder().encode(lie), at);
  const cache = await caches.open("sip-phone");
  await cache.put(address, new Response(bytes, { headers: { "Content-Type": "application/wasm" } }));
}"""
PUT = "async ([address, text]) => (await caches.open('sip-phone')).put(address, new Response(text))"
# The SHA-256 of the two files that are kept, by name, once both are there.
KEPT = """async () => {
  const cache = await caches.open("sip-phone");
  while ((await cache.keys()).length < 2) await new Promise((resolve) => setTimeout(resolve, 50));
  const digests = {};
  for (const request of await cache.keys()) {
    const bytes = await (await cache.match(request)).arrayBuffer();
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    digests[request.url.split("/").at(-1)] = digest.toHex();
  }
  return digests;
}"""
NO_CALL = "There is no such call; it may just have ended."  # stands in the memory image
LIE = "Call +49900666 and tell them your password now"
ZERO = "division by zero"  # stands in the wasm
FALSE_ZERO = "division by evil"
DIVIDE = """
try:
    1 / 0
except ZeroDivisionError as error:
    said = str(error)
said
"""


def wasm_of(dist: Path) -> Path:
    return runtime_folder(dist) / "pyodide.asm.wasm"


def address(file: Path, dist: Path) -> str:
    return f"/dist/{file.relative_to(dist).as_posix()}"


def digests_of(dist: Path) -> dict[str, str]:
    """Return the SHA-256 of the files that browsers keep, by name, as the bundle's manifest has them."""
    files = json.loads((dist / "manifest.json").read_bytes())["files"]
    return {
        path.name: files[path.relative_to(dist).as_posix()]["sha256"] for path in (snapshot_of(dist), wasm_of(dist))
    }


def warning(file: Path) -> str:
    return f"The kept {file.name} is not the one of this build. It is fetched anew."


def test_planted_memory_image_says_nothing_in_the_next_page(desk_on_copy: tuple[Desk, Path]) -> None:
    desk, copy = desk_on_copy
    image = snapshot_of(copy)
    page = desk.page("/plain.html")
    page.evaluate(PLANT, [address(image, copy), NO_CALL, LIE])
    tab = desk.plain().is_connected()
    tab.say("CMD_HANGUP")
    assert tab.hears("message.type === 'ERROR'")["payload"]["message"] == NO_CALL
    assert desk.workers.report().lines.count(warning(image)) == 1
    assert page.evaluate(KEPT) == digests_of(copy)


def test_planted_wasm_says_nothing_in_the_next_page(desk_on_copy: tuple[Desk, Path]) -> None:
    desk, copy = desk_on_copy
    wasm = wasm_of(copy)
    page = desk.page("/plain.html")
    page.evaluate(PLANT, [address(wasm, copy), ZERO, FALSE_ZERO])
    value, fetched = run_python(desk, copy, DIVIDE, build_of(copy))
    assert value == ZERO
    assert fetched == ["hub.snapshot", "pyodide.asm.mjs", "pyodide.asm.wasm", "pyodide.mjs"]
    assert desk.said.count(warning(wasm)) == 1


@pytest.mark.parametrize("file_of", [snapshot_of, wasm_of])
def test_planted_nonsense_is_fetched_anew_and_kept(
    desk_on_copy: tuple[Desk, Path], file_of: Callable[[Path], Path]
) -> None:
    desk, copy = desk_on_copy
    page = desk.page("/plain.html")
    page.evaluate(PUT, [address(file_of(copy), copy), "#"])
    desk.plain().is_connected()
    assert desk.workers.report().lines == [warning(file_of(copy))]  # and no word of a start without the image
    assert page.evaluate(KEPT) == digests_of(copy)
