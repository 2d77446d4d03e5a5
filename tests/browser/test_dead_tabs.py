"""Tabs that come in crowds, go without a word, sleep and come back: the registry holds the living ones alone."""

import pytest

from . import marks
from .backend import BackendProcess
from .desk import Desk
from .drivers import Page
from .engines import Ability
from .haste import FACTORS, hurry, offer_haste
from .healing import now
from .registry import registry_holds
from .tabs import BOOT, WidgetTab

KNOWN_AFTER = 1_000  # ms; the promise
SLOW_LINE = 300_000  # bytes a second; at that pace Python takes a quarter of a minute to load
SILENCE = 60_000  # ms after which a tab without a lock is forgotten

pytestmark = pytest.mark.every_engine


@pytest.mark.timeout(240)
@pytest.mark.without("webkit", "its driver needs minutes for fifty windows; ten are in test_life_cycle.py")
def test_fifty_tabs_at_once_have_one_worker_and_one_stream(desk: Desk, backend: BackendProcess) -> None:
    first = desk.widget()
    tabs = [first, *(desk.beside(first) for _ in range(49))]
    for tab in tabs:
        tab.is_connected()
    # A call that rings is animated, and a browser without windows would paint it in all fifty tabs.
    first.dial("100")
    for tab in tabs:
        tab.shows("Dialing")
    registry_holds(first.page, 50, BOOT)
    state = backend.state()
    assert (state["streams"], state["maxStreams"], state["streamsOpened"]) == (1, 1, 1)
    assert len(desk.workers.targets()) == 1


@pytest.mark.needs(Ability.CRASH)
def test_tabs_that_close_while_they_connect_leave_nothing(desk: Desk, backend: BackendProcess) -> None:
    """One that goes takes leave, one that crashes does not; both were never answered by more than the bootstrap."""
    backend.control("settings", pace=SLOW_LINE)
    tab, closing, crashing = (desk.widget() for _ in range(3))
    for each in (tab, closing, crashing):
        each.connection.has_text("Connecting…")
    closing.page.close()
    desk.processes.kill_tab(crashing.page)
    tab.connection.has_text("Connecting…")
    backend.control("settings", pace=None)
    registry_holds(tab.is_connected().page, 1, BOOT)
    assert backend.state()["streamsOpened"] == 1


@pytest.mark.timed
@pytest.mark.needs(Ability.CRASH)
def test_a_tab_that_crashes_is_forgotten_within_a_second(desk: Desk, backend: BackendProcess) -> None:
    first, second, third = desk.widgets(3)
    registry_holds(first.page, 3, BOOT)
    desk.processes.kill_tab(third.page)
    registry_holds(first.page, 2, KNOWN_AFTER)
    backend.ring("100")
    for tab in (first, second):
        tab.shows("Ringing")


def test_after_twenty_reloads_the_registry_holds_one_tab(desk: Desk, backend: BackendProcess) -> None:
    [tab] = desk.widgets(1)
    for _ in range(20):
        tab.page.reload()
    registry_holds(tab.is_connected().page, 1, BOOT)
    state = backend.state()
    assert state["streams"] == 1
    assert state["streamsOpened"] == 1 or not desk.engine.extended_lifetime


def test_the_only_tab_reloads_and_the_state_is_back(desk: Desk, backend: BackendProcess) -> None:
    """Also without extended lifetime, when the reload ends the worker."""
    page = desk.page("/plain.html")
    tab = embed(page)
    backend.ring("100")
    tab.button("Answer").click()
    tab.shows("Talking")
    page.reload()
    embed(page).shows("Talking")
    assert backend.state()["streams"] == 1


def embed(page: Page) -> WidgetTab:
    """A widget in its plainest form."""
    page.evaluate("""async () => {
      await import("/dist/sip-phone-widget.js");
      document.body.append(document.createElement("sip-phone-widget"));
    }""")
    return WidgetTab(page).is_connected()


def test_init_port_twice_makes_one_entry(desk: Desk) -> None:
    tab = desk.plain()
    tab.hears("payload.operatorStatus === 'ready'")  # nothing follows the snapshot
    tab.say("INIT_PORT")
    tab.say("PING")
    tab.hears("message.type === 'PONG'")
    tab.forget()
    tab.say("CMD_STATUS", id="a", payload={"status": "dnd"})
    tab.hears("message.id === 'a'")
    assert [message["type"] for message in tab.heard()] == ["SYNC_STATE", "CMD_RESULT"]


@marks.KEPT_PAGES
def test_a_page_that_comes_out_of_the_back_forward_cache_shows_the_current_state(
    bfcache_desk: Desk, backend: BackendProcess
) -> None:
    tab, other = bfcache_desk.widgets(2)
    tab.page.evaluate("window.before = true")
    tab.page.goto("/plain.html")
    registry_holds(other.page, 1, BOOT)
    backend.ring("100")
    other.shows("Ringing")
    tab.page.go_back()
    tab.shows("Ringing")
    tab.is_connected()
    assert tab.page.evaluate("window.before"), "it came out of the cache"
    registry_holds(other.page, 2, BOOT)


NOTE_STATES = """(phone) => {
  window.states = [];
  phone.client.addEventListener("statechange", () => states.push(Date.now()));
}"""


@pytest.mark.needs(Ability.FREEZE)
def test_a_tab_that_is_frozen_through_five_hundred_updates_is_right_afterwards(
    desk: Desk, backend: BackendProcess
) -> None:
    other, frozen = desk.widgets(2)
    frozen.phone.evaluate(NOTE_STATES)
    with desk.processes.frozen():
        for number in range(500):
            backend.control("send", event="operator_status", data={"status": f"s{number}"})
        backend.ring("100")
        other.shows("Ringing")
        asleep_until = now()
    frozen.shows("Ringing")
    assert frozen.page.evaluate("Math.min(...states)") >= asleep_until, "it slept all the while"
    frozen.status.has_value("s499")
    assert frozen.state() == other.state()
    registry_holds(other.page, 2, BOOT)


def test_a_living_tab_that_loses_its_lock_is_healed(desk: Desk, backend: BackendProcess) -> None:
    first, second = desk.widgets(2)
    registry_holds(first.page, 2, BOOT)
    first.page.evaluate("""async () => {
      const {held} = await navigator.locks.query();
      const tabs = held.map(({name}) => name).filter((name) => name.startsWith("sip-phone-tab-"));
      await Promise.all(tabs.map((name) => navigator.locks.request(name, {steal: true}, () => {})));
    }""")
    registry_holds(first.page, 2, BOOT)
    backend.ring("100")
    for tab in (first, second):
        tab.shows("Ringing")


@pytest.mark.needs(Ability.NAME)
@pytest.mark.parametrize("factor", FACTORS)
@pytest.mark.timeout(180)
def test_without_locks_a_silent_tab_is_forgotten_after_a_minute_and_a_living_one_is_not(
    insecure_desk: Desk, backend: BackendProcess, factor: int
) -> None:
    offer_haste(backend, factor)
    silent, seed = insecure_desk.plain().is_connected(), insecure_desk.plain().is_connected()
    [living] = insecure_desk.widgets(1)
    silenced = now()
    silent.say("PING")
    hurry(silent.page, "hub")
    silent.hears("message.type === 'REINIT'", SILENCE / factor + BOOT)
    assert (now() - silenced) * factor >= SILENCE
    hurry(silent.page)
    for tab in (silent, seed):
        tab.forget()
    backend.ring("100")
    seed.hears("payload.activeCall?.state === 'ringing'")
    living.shows("Ringing")
    assert silent.heard() == []
    silent.say("INIT_PORT")
    silent.hears("payload.activeCall?.state === 'ringing'")
