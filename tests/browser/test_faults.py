"""What goes wrong between hub and backend, and in the bundle, and how the phone heals."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from build import runtime_folder

from .backend import BackendProcess
from .conftest import Desk
from .tabs import BOOT

YELLOW_AFTER = 300 + 700  # ms; the promise, and what a busy machine may add


def test_a_server_that_is_gone_for_twelve_seconds(own_desk: Desk, own_backend: BackendProcess) -> None:
    """All tabs turn yellow, and green again by themselves, with the true state."""
    tabs = own_desk.widgets(3)
    own_backend.ring("100")
    tabs[0].shows("Ringing")
    own_backend.die()
    for tab in tabs:
        expect(tab.connection).to_have_text("Reconnecting…", timeout=YELLOW_AFTER)
        expect(tab.connection).to_have_attribute("data-status", "reconnecting")
    tabs[0].page.wait_for_timeout(12_000)  # the length of the outage is what is tested
    tabs[0].shows("Ringing")
    own_backend.come_back()
    for tab in tabs:
        expect(tab.connection).to_have_text("Connected", timeout=5_500 + 1_000)
        tab.shows_no_call()
        expect(tab.last_call).to_contain_text("Missed call")
    assert own_backend.state()["streamsOpened"] == 1


def test_a_stream_that_is_cut_comes_back_with_the_true_state(desk: Desk, backend: BackendProcess) -> None:
    first, second = desk.widgets(2)
    backend.control("faults", events={"do": "status", "status": 502})
    backend.control("cut", how="reset")
    for tab in (first, second):
        expect(tab.connection).to_have_text("Reconnecting…")
    expect(first.error).to_contain_text("answered 502", timeout=10_000)
    backend.ring("100")
    backend.control("faults", events=None)
    for tab in (first, second):
        expect(tab.connection).to_have_text("Connected", timeout=6_500)
        tab.shows("Ringing")
    attempts = [attempt["at"] for attempt in backend.state()["attempts"]]
    assert backend.state()["maxStreams"] == 1
    assert attempts == sorted(attempts)


@pytest.mark.parametrize("status", [401, 403])
def test_a_backend_that_wants_a_login(desk: Desk, backend: BackendProcess, status: int) -> None:
    first, second = desk.widgets(2)
    backend.control("faults", events={"do": "status", "status": status})
    backend.control("cut", how="end")
    for tab in (first, second):
        expect(tab.connection).to_have_text("Signed out", timeout=10_000)
    backend.control("faults", events=None)
    for tab in (first, second):
        expect(tab.connection).to_have_text("Connected", timeout=6_500)


def test_commands_while_reconnecting_are_carried_out_or_refused(desk: Desk, backend: BackendProcess) -> None:
    [tab] = desk.widgets(1)
    backend.control("gone", gone=True)
    expect(tab.connection).to_have_text("Reconnecting…")
    tab.status.select_option("dnd")
    expect(tab.error).to_have_text("The phone is not connected. Try again when it is.")
    expect(tab.status).to_have_value("ready")


def test_a_silent_stream_is_found_by_its_missing_pings(desk: Desk, backend: BackendProcess) -> None:
    backend.control("settings", ping=0.4)
    [tab] = desk.widgets(1)
    backend.control("settings", ping=None)
    expect(tab.connection).to_have_text("Reconnecting…", timeout=3_000)
    expect(tab.connection).to_have_text("Connected", timeout=6_500)


def test_what_cannot_be_read_is_told_and_changes_nothing(desk: Desk, backend: BackendProcess) -> None:
    tab = desk.plain().is_connected()
    backend.control("send", event="call_incoming", data="{nonsense")
    error = tab.hears("message.type === 'ERROR'")
    assert error["payload"]["code"] == "bad_event"
    backend.control("send", event="call_incoming", data="[" * 50_000)
    tab.wait("heard.filter(({type}) => type === 'ERROR').length === 2")
    backend.ring("100")
    tab.hears("payload.activeCall?.state === 'ringing'")
    assert tab.state()["connectionStatus"] == "connected"


def test_a_server_event_named_error_is_no_failure(desk: Desk, backend: BackendProcess) -> None:
    tab = desk.plain().is_connected()
    backend.control("send", event="error", data={})
    backend.ring("100")
    tab.hears("payload.activeCall?.state === 'ringing'")
    assert tab.state()["connectionStatus"] == "connected"
    assert backend.state()["streamsOpened"] == 1


# --- a bundle that is not whole ---------------------------------------------------------------------------------------


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
