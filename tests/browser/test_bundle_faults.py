"""A bundle that is not whole, or is used in a way that cannot work: the reason in every tab, and a way out."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from build import runtime_folder

from .conftest import Desk
from .tabs import BOOT


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        ("pyodide.asm.wasm", "pyodide.asm.wasm cannot be loaded: the web server answered 404."),
        ("pyodide.mjs", "pyodide.mjs"),
        ("pyodide.asm.mjs", "pyodide.asm.mjs"),
    ],
)
def test_a_boot_without_a_runtime_file_says_so_and_can_be_tried_again(
    desk_on_copy: tuple[Desk, Path], missing: str, words: str
) -> None:
    desk, copy = desk_on_copy
    file = runtime_folder(copy) / missing
    file.rename(copy / "away")
    tabs = [desk.widget(), desk.widget()]
    for tab in tabs:
        expect(tab.connection).to_have_text("Not available", timeout=BOOT)
        expect(tab.error).to_contain_text("The phone could not start: ")
        expect(tab.error).to_contain_text(words)
    (copy / "away").rename(file)
    for tab in tabs:
        tab.button("Try again").click()
        tab.is_connected()


def test_a_boot_that_does_not_end_is_given_up_after_thirty_seconds(desk_on_copy: tuple[Desk, Path]) -> None:
    desk, copy = desk_on_copy
    (runtime_folder(copy) / "pyodide.mjs").write_text("export const loadPyodide = () => new Promise(() => {});")
    tab = desk.widget()
    expect(tab.error).to_have_text("The phone could not start: Python did not start in 30 s.", timeout=BOOT + 10_000)


def test_a_bundle_without_its_worker_says_so(desk_on_copy: tuple[Desk, Path]) -> None:
    desk, copy = desk_on_copy
    (copy / "sip-worker.js").unlink()
    tab = desk.widget()
    expect(tab.connection).to_have_text("Not available", timeout=BOOT)
    expect(tab.error).to_have_text("The phone could not start: /dist/sip-worker.js could not be loaded.")


def test_commands_given_to_a_hub_that_cannot_start_get_their_result(desk_on_copy: tuple[Desk, Path]) -> None:
    desk, copy = desk_on_copy
    (runtime_folder(copy) / "pyodide.mjs").unlink()
    tab = desk.plain()
    tab.page.evaluate("say(null)")  # nonsense must not keep the others from their result
    tab.say("CMD_DIAL", id="a", payload={"phone": "1"})
    result = tab.hears("message.type === 'CMD_RESULT'")
    assert (result["id"], result["ok"], result["error"]["code"]) == ("a", False, "hub_failed")
    assert tab.state()["connectionStatus"] == "failed"


def test_the_api_of_another_site_is_refused(desk: Desk) -> None:
    tab = desk.plain(worker="/dist/sip-worker.js?api=https://elsewhere.example/")
    error = tab.hears("message.type === 'ERROR'")
    assert error["payload"]["code"] == "hub_failed"
    assert "path on the page's own site" in error["payload"]["message"]
