"""WebKit ends the process of a page that has gone when the next one goes. If the hub was there, it runs the worker's
script anew, elsewhere and on the same ports, with an empty hub; no tab is told."""

import pytest

from .backend import BackendProcess
from .conftest import Desk
from .registry import registry_holds
from .tabs import BOOT, WidgetTab

ROUNDS = 8
OFTEN = 3  # of them; in which ones, WebKit decides

pytestmark = pytest.mark.only("webkit", "other engines end a worker only with its last page")


def test_when_the_hubs_host_goes_again_and_again_every_tab_recovers_with_the_right_state_and_one_stream(
    desk: Desk, backend: BackendProcess
) -> None:
    backend.control("settings", ringTimeout=None)
    tabs = desk.widgets(2)
    backend.ring("100", "Grace Hopper")
    tabs[0].button("Answer").click()
    for number in range(ROUNDS):
        tabs.append(desk.widget().is_connected())
        tabs.pop(0).page.close()
        backend.ring(str(200 + number))
        for tab in tabs:
            agrees(tab, backend)
        registry_holds(tabs[0].page, 2, BOOT)
    state = backend.state()
    assert (state["streams"], state["maxStreams"]) == (1, 1)
    assert state["streamsOpened"] > OFTEN, "the hub was run anew"
    tabs[1].phone.evaluate("phone => phone.client.setStatus('dnd')")
    for tab in tabs:
        tab.phone.evaluate(AWAIT_STATUS)


AWAIT_STATUS = """(phone) => new Promise((resolve) => {
  const look = () => phone.state.operatorStatus === "dnd" && resolve();
  phone.addEventListener("statechange", look);
  look();
})"""


def agrees(tab: WidgetTab, backend: BackendProcess) -> None:
    """It comes to show what the backend knows. For a moment it may show what the hub before knew, or nothing."""
    truth = ["connected", [[call["id"], call["state"]] for call in backend.state()["calls"]]]
    assert tab.page.evaluate(AWAIT_TRUTH, [truth, BOOT]) == truth


AWAIT_TRUTH = """([truth, timeout]) => new Promise((resolve) => {
  const phone = document.querySelector("sip-phone-widget");
  const shown = () => [phone.state.connectionStatus, phone.state.calls.map(({ id, state }) => [id, state])];
  const look = () => JSON.stringify(shown()) === JSON.stringify(truth) && resolve(shown());
  phone.addEventListener("statechange", look);
  setTimeout(() => resolve(shown()), timeout);
  look();
})"""
