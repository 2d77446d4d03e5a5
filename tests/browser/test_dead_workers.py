"""Workers that die, hang or break: every tab knows, nothing is sent twice, and the next one works."""

from collections.abc import Callable
from pathlib import Path

import pytest

from .backend import BackendProcess
from .desk import Desk
from .drivers import Page
from .engines import Ability
from .haste import hurry, offer_haste
from .registry import locks
from .tabs import BOOT, PlainTab, WidgetTab
from .waiting import until

KNOWN_AFTER = 1_000  # ms; the promise
KNOWN_WITHOUT_LOCKS = 10_000  # ms
HANG = "for (;;);"
# A request that is waited for lets the worker do nothing else. It wakes when the next hub has opened its stream.
HANG_UNTIL_IT_IS_REPLACED = """const opened = () => {
  const request = new XMLHttpRequest();
  request.open("GET", "/control/state", false);
  request.send();
  return JSON.parse(request.responseText).streamsOpened;
};
for (const before = opened(); opened() === before; );
"""

pytestmark = pytest.mark.every_engine

# Keeps the moment in which the phone of a page turned from connected to something else.
NOTE_THE_LOSS = """phone => {
  window.lost = new Promise((resolve) => phone.client.addEventListener("statechange", ({detail}) => {
    if (detail.connectionStatus !== "connected") resolve(Date.now());
  }));
}"""
# Holds the lock of a worker's stream, as a worker does that a browser has yet to end, until `letGo()`.
HOLD = """(name) => new Promise((held) => navigator.locks.request(name, () => {
  held();
  return new Promise((resolve) => { window.letGo = resolve; });
}))"""
# A worker that hangs says so first: what is sent to it before that, it may still do.
SAY_IT_HANGS = "new BroadcastChannel('hang').postMessage('now');"
NOTE_THE_HANG = """() => {
  window.hangs = new Promise((resolve) => {
    new BroadcastChannel("hang").onmessage = ({data}) => resolve(data);
  });
}"""
COMMAND = """phone => {
  window.result = phone.client.dial("123").then(() => "done", ({code}) => code);
}"""


def watched(tab: WidgetTab) -> WidgetTab:
    tab.phone.evaluate(NOTE_THE_LOSS)
    return tab


def hang(desk: Desk, tab: WidgetTab, loop: str) -> None:
    """Let the worker run a loop, and wait until it does."""
    tab.page.evaluate(NOTE_THE_HANG)
    desk.workers.run(f"{SAY_IT_HANGS} {loop}")
    assert tab.page.evaluate("hangs") == "now"


def three_tabs_beside_the_worker(desk: Desk) -> list[WidgetTab]:
    """The worker lives in the process of the tab that made it, which here has gone: so it can be killed alone."""
    maker = desk.widget().is_connected()
    tabs = [watched(tab) for tab in desk.widgets(3)]
    maker.page.close()
    return tabs


def has_one_stream(desk: Desk, backend: BackendProcess) -> None:
    """The worker was killed. Firefox keeps its connection, which nobody listens to, until it is written into."""
    if desk.engine.keeps_connections_of_the_dead:
        backend.touch_streams()
        backend.until(lambda state: state["streams"] == 1)
    else:
        assert (backend.state()["streams"], backend.state()["maxStreams"]) == (1, 1)


def lock_is(page: Page, name: str, how: str) -> None:
    """Wait until somebody holds that lock, or waits for it."""
    until(f"the lock {name} is {how}", lambda: locks(page, how), lambda names: name in names)


def now(page: Page) -> float:
    return float(page.evaluate("Date.now()"))


@pytest.mark.timed
@pytest.mark.needs(Ability.KILL)
def test_a_worker_that_is_killed_is_missed_by_every_tab_within_a_second_and_replaced(
    desk: Desk, backend: BackendProcess
) -> None:
    tabs = three_tabs_beside_the_worker(desk)
    before = now(tabs[0].page)
    desk.processes.kill_worker()
    for tab in tabs:
        assert tab.page.evaluate("lost") - before < KNOWN_AFTER
    backend.ring("100")
    for tab in tabs:
        tab.is_connected().shows("Ringing")
    has_one_stream(desk, backend)
    assert backend.state()["streamsOpened"] == 2


@pytest.mark.needs(Ability.KILL)
def test_a_command_under_way_when_the_worker_is_killed_ends_as_hub_lost_and_is_never_sent_again(
    desk: Desk, backend: BackendProcess
) -> None:
    tabs = three_tabs_beside_the_worker(desk)
    backend.control("faults", commands={"do": "hang", "when": "after"})
    tabs[0].phone.evaluate(COMMAND)
    call = backend.only_call()
    desk.processes.kill_worker()
    assert tabs[0].page.evaluate("result") == "hub_lost"
    backend.control("faults", commands=None)
    for tab in tabs:
        tab.is_connected().shows("Dialing")
    backend.far(call, "answer")
    for tab in tabs:
        tab.shows("Talking")
    assert backend.posts("dial") == [{"phone": "123"}]


def test_a_worker_opens_its_stream_when_the_one_before_it_is_gone(desk: Desk, backend: BackendProcess) -> None:
    page, lock = desk.page("/plain.html"), f"sip-phone-stream {backend.url}/dist/sip-worker.js"
    page.evaluate(HOLD, lock)
    tab = desk.widget()
    lock_is(page, lock, "pending")
    gone = now(page)
    page.evaluate("letGo()")
    tab.is_connected()
    [attempt] = backend.state()["attempts"]
    assert attempt["at"] >= gone


def test_a_worker_does_not_wait_for_ever_for_the_one_before_it(desk: Desk, backend: BackendProcess) -> None:
    desk.page("/plain.html").evaluate(HOLD, f"sip-phone-stream {backend.url}/dist/sip-worker.js")
    desk.widget().is_connected()


@pytest.mark.needs(Ability.EVALUATE)
def test_an_endless_loop_is_found_said_and_replaced(desk: Desk, backend: BackendProcess) -> None:
    tabs = desk.widgets(2)
    [hung] = desk.workers.targets()
    hang(desk, tabs[0], HANG)
    tabs[0].phone.evaluate(COMMAND)
    assert tabs[0].page.evaluate("result") == "hub_lost"
    for tab in tabs:
        tab.is_connected()
    said = [tab.error.text() for tab in tabs]
    assert any("did not respond and was started anew" in each for each in said)
    backend.ring("100")
    late = desk.widget()
    for tab in (*tabs, late):
        tab.shows("Ringing")
    assert backend.posts("dial") == []
    assert len(desk.workers.targets()) == 2
    desk.workers.close(hung)


@pytest.mark.needs(Ability.EVALUATE)
def test_a_hub_that_wakes_after_it_was_replaced_ends_itself_and_carries_nothing_out(
    desk: Desk, backend: BackendProcess
) -> None:
    offer_haste(backend)
    [tab] = desk.widgets(1)
    [hung] = desk.workers.targets()
    hang(desk, tab, HANG_UNTIL_IT_IS_REPLACED)
    tab.phone.evaluate(COMMAND)
    hurry(tab.page, "tab")
    assert tab.page.evaluate("result") == "hub_lost"
    hurry(tab.page)
    tab.is_connected()
    backend.until(lambda state: state["streamsOpened"] == 2 and state["streams"] == 1)
    desk.workers.ends(hung)
    assert backend.posts("dial") == []
    tab.shows_no_call()


# Its first port hears that the hub starts, and nothing more, as if the worker had died then; the others hear all.
DIES_EARLY = """
const payload = {operatorStatus: "ready", activeCall: null, calls: [], lastCall: null};
const locked = new Promise((resolve) => {
  navigator.locks.request("sip-phone-hub-e", () => new Promise(() => resolve()));
});
let count = 0;
self.onconnect = ({ports: [port]}) => {
  const first = ++count === 1;
  const connectionStatus = first ? "connecting" : "connected";
  port.onmessage = async ({data}) => {
    await locked;
    if (data.type === "INIT_PORT") {
      port.postMessage({type: "SYNC_STATE", payload: {connectionStatus, ...payload}, epoch: "e", rev: first ? 0 : 1});
    }
    if (data.type === "PING" && !first) port.postMessage({type: "PONG", epoch: "e", rev: 1});
  };
};
"""


def test_a_worker_that_dies_before_a_tab_can_wait_for_its_lock_is_asked_for_again(
    desk_on_copy: tuple[Desk, Path],
) -> None:
    desk, copy = desk_on_copy
    (copy / "sip-worker.js").write_text(DIES_EARLY)
    tab = desk.widget()
    lock_is(tab.page, "sip-phone-hub-e", "held")  # then it has started, and says so
    tab.connection.has_text("Connected", timeout=BOOT)
    assert len(desk.workers.targets()) == 1, "it did not leave the worker for another"


@pytest.mark.timed
@pytest.mark.needs(Ability.KILL, Ability.NAME)
def test_plain_http_works_by_heartbeats(insecure_desk: Desk, backend: BackendProcess) -> None:
    """The worker is killed: nobody holds a lock that could tell."""
    assert insecure_desk.page("/plain.html").evaluate("!isSecureContext && navigator.locks === undefined")
    tabs = three_tabs_beside_the_worker(insecure_desk)
    before = now(tabs[0].page)
    insecure_desk.processes.kill_worker()
    for tab in tabs:
        assert tab.page.evaluate("lost") - before < KNOWN_WITHOUT_LOCKS
    backend.ring("100")
    for tab in tabs:
        tab.is_connected().shows("Ringing")
    has_one_stream(insecure_desk, backend)


# --- mistakes of ours -------------------------------------------------------------------------------------------------

# Each of these breaks something that the hub uses, once.
BREAK_SENDING = """{
  const {parse} = JSON;
  JSON.parse = () => { JSON.parse = parse; throw new Error("broken on purpose"); };
}"""
BREAK_FETCHING = """{
  const {fetch} = self;
  self.fetch = () => { self.fetch = fetch; return Promise.resolve("broken on purpose"); };
}"""
BREAK_LOGGING = """{
  const {warn} = console;
  console.warn = () => { console.warn = warn; throw new Error("broken on purpose"); };
}"""


def raise_in_a_callback(desk: Desk, tab: PlainTab, backend: BackendProcess) -> None:
    desk.workers.evaluate(backend.url, BREAK_SENDING)
    backend.control("send", event="operator_status", data={"status": "away"})
    tab.say("PING")


def raise_in_a_task(desk: Desk, tab: PlainTab, backend: BackendProcess) -> None:
    desk.workers.evaluate(backend.url, BREAK_FETCHING)
    tab.say("CMD_STATUS", payload={"status": "away"})


def raise_in_a_timer(desk: Desk, tab: PlainTab, backend: BackendProcess) -> None:
    desk.workers.evaluate(backend.url, BREAK_LOGGING)
    tab.forget()
    backend.control("settings", ping=None)
    tab.hears("payload.connectionStatus === 'reconnecting'")  # the timer that waits for pings ran out
    tab.is_connected()


@pytest.mark.needs(Ability.EVALUATE)
@pytest.mark.parametrize("go_wrong", [raise_in_a_callback, raise_in_a_task, raise_in_a_timer])
def test_when_python_raises_the_hub_lives_and_reports_it(
    desk: Desk, backend: BackendProcess, go_wrong: Callable[[Desk, PlainTab, BackendProcess], None]
) -> None:
    backend.control("settings", ping=1)
    tab = desk.plain().is_connected()
    go_wrong(desk, tab, backend)
    backend.ring("100")
    tab.hears("payload.activeCall?.state === 'ringing'")
    desk.workers.say("Traceback")
    [worker] = desk.workers.targets()
    desk.workers.close(worker)  # what it reported is not to be held against the test
