"""WebKit ends the process of a page that has gone when the next one goes. If the hub was there, it runs the worker's
script anew, elsewhere and on the same ports, with an empty hub; no tab is told. All that a tab says to such a port may
be lost (https://bugs.webkit.org/show_bug.cgi?id=321471), and not every port is given to the hub."""

import pytest

from .backend import BackendProcess
from .desk import Desk
from .drivers import Page
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
    was_run_anew(backend)
    tabs[1].phone.evaluate("phone => phone.client.setStatus('dnd')")
    for tab in tabs:
        tab.phone.evaluate(AWAIT_STATUS)


AWAIT_STATUS = """(phone) => new Promise((resolve) => {
  const look = () => phone.state.operatorStatus === "dnd" && resolve();
  phone.addEventListener("statechange", look);
  look();
})"""


def was_run_anew(backend: BackendProcess) -> None:
    """The hub began anew more than once, and never were there two streams."""
    state = backend.state()
    assert (state["streams"], state["maxStreams"]) == (1, 1)
    assert state["streamsOpened"] > OFTEN


def test_without_locks_the_tabs_recover_too_and_take_the_hub_that_is_run_anew_for_no_hub_that_hangs(
    desk: Desk, backend: BackendProcess
) -> None:
    def widget() -> WidgetTab:
        tab = WidgetTab(desk.page("/plain.html"))
        tab.page.evaluate(EMBED_WITHOUT_LOCKS)
        return tab.is_connected()

    backend.control("settings", ringTimeout=None)
    tabs = [widget() for _ in range(2)]
    for number in range(ROUNDS):
        tabs.append(widget())
        tabs.pop(0).page.close()
        backend.ring(str(200 + number))
        for tab in tabs:
            agrees(tab, backend)
    was_run_anew(backend)
    assert tabs[0].page.evaluate("Object.keys(localStorage)") == []


EMBED_WITHOUT_LOCKS = """() => {
  Object.defineProperty(navigator, "locks", {value: undefined});
  return import("/dist/sip-phone-widget.js").then(() => {
    document.body.append(document.createElement("sip-phone-widget"));
  });
}"""


def test_pages_with_nothing_of_ours_come_back_by_another_port_when_they_hear_reinit_or_nothing(
    desk: Desk, backend: BackendProcess
) -> None:
    def join() -> Page:
        page = desk.page("/plain.html")
        page.evaluate(JOIN)
        return page

    backend.control("settings", ringTimeout=None)
    pages = [join() for _ in range(2)]
    for number in range(ROUNDS):
        pages.append(join())
        pages.pop(0).close()
        backend.ring(str(200 + number))
        for page in pages:
            heard = page.evaluate(AWAIT_CALLS, [number + 1, BOOT])
            assert heard == number + 1, f"what it heard, and at which of its ports: {heard[-12:]}"
            assert page.evaluate(AWAIT_RESULT, BOOT)
    was_run_anew(backend)


JOIN = """() => {
  let joined = 0;
  let unanswered = 0;
  window.heard = [];
  const join = () => {
    const number = ++joined;
    const {port} = new SharedWorker("/dist/sip-worker.js", {type: "module"});
    unanswered = 0;
    port.onmessage = ({data}) => {
      unanswered = 0;
      heard.push([number, data.type]);
      if (data.type === "REINIT" && window.port === port) join();
      if (data.type === "SYNC_STATE") window.state = data.payload;
      dispatchEvent(new CustomEvent("heard", {detail: data}));
    };
    window.port = port;
    port.postMessage({type: "INIT_PORT"});
  };
  join();
  setInterval(() => {
    if (unanswered++ < 3) window.port.postMessage({type: "PING"});
    else join();
  }, 1000);
}"""


AWAIT_CALLS = """([calls, timeout]) => new Promise((resolve) => {
  const look = () => window.state?.calls.length === calls && resolve(calls);
  setTimeout(() => resolve(heard), timeout);
  addEventListener("heard", look);
  look();
})"""

# What was said to the port before may be lost.
AWAIT_RESULT = """(timeout) => new Promise((resolve) => {
  let asked = null;
  const look = ({detail} = {}) => {
    if (detail?.type === "CMD_RESULT") resolve(true);
    if (asked === window.port) return;
    asked = window.port;
    asked.postMessage({type: "CMD_STATUS", id: crypto.randomUUID(), payload: {status: "ready"}});
  };
  setTimeout(() => resolve(false), timeout);
  addEventListener("heard", look);
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
