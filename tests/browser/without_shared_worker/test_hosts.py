"""One tab hosts the hub for all; when it goes, sleeps or lets go, the next one does."""

from collections.abc import Callable

import pytest

from tests.browser import marks
from tests.browser.backend import BackendProcess
from tests.browser.desk import Desk
from tests.browser.engines import engine_of
from tests.browser.haste import hurry, offer_haste
from tests.browser.healing import now
from tests.browser.hosted import has_ended, host_among
from tests.browser.registry import locks, registry_holds
from tests.browser.tabs import BOOT, WidgetTab
from tests.browser.test_dead_workers import COMMAND, KNOWN_AFTER, watched
from tests.browser.waiting import until

pytestmark = marks.HOSTED

STUCK = "void setTimeout(() => { for (const end = Date.now() + 15_000; Date.now() < end; ); })"


def talking(desk: Desk, backend: BackendProcess, count: int) -> tuple[WidgetTab, list[WidgetTab]]:
    """So many tabs in a call; return the one that hosts the hub, and the others."""
    tabs = desk.widgets(count)
    backend.ring("100", "Grace Hopper")
    tabs[-1].button("Answer").click()
    for tab in tabs:
        tab.shows("Talking")
    host = host_among(tabs)
    return host, [watched(tab) for tab in tabs if tab is not host]


# --- the host goes ----------------------------------------------------------------------------------------------------


def closes(host: WidgetTab) -> None:
    host.page.close()


def reloads(host: WidgetTab) -> None:
    host.page.reload()


def navigates(host: WidgetTab) -> None:
    host.page.goto("/plain.html")


def crashes(host: WidgetTab) -> None:
    browser = host.page.playwright.context.browser
    assert browser is not None
    engine_of(browser).processes(browser).kill_tab(host.page)


def lets_go(host: WidgetTab) -> None:
    host.phone.evaluate("phone => phone.client.close()")


@pytest.mark.parametrize("goes", [closes, reloads, navigates, crashes, lets_go])
def test_when_the_host_goes_the_next_tab_takes_over_and_the_state_is_back(
    desk: Desk, backend: BackendProcess, goes: Callable[[WidgetTab], None]
) -> None:
    host, others = talking(desk, backend, 3)
    goes(host)
    for tab in others:
        tab.page.evaluate("lost")
    for tab in others:
        tab.is_connected().shows("Talking")
    host_among(others)
    if goes is reloads:
        host.is_connected().shows("Talking")
    others[0].button("Hold").click()
    for tab in others:
        tab.shows("On hold")
    state = backend.state()
    assert (state["streams"], state["maxStreams"], state["streamsOpened"]) == (1, 1, 2)
    assert len(backend.posts("hold")) == 1


@pytest.mark.timed
def test_when_the_host_crashes_every_tab_knows_within_a_second(desk: Desk, backend: BackendProcess) -> None:
    host, others = talking(desk, backend, 3)
    before = now()
    crashes(host)
    for tab in others:
        assert tab.page.evaluate("lost") - before < KNOWN_AFTER


def test_the_only_tab_reloads_and_hosts_again(desk: Desk, backend: BackendProcess) -> None:
    host, _ = talking(desk, backend, 1)
    for _ in range(3):
        host.page.reload()
        host.is_connected().shows("Talking")
    registry_holds(host.page, 1, BOOT)
    assert backend.state()["maxStreams"] == 1


def test_hosts_that_go_one_after_the_other_leave_one_stream(desk: Desk, backend: BackendProcess) -> None:
    host, others = talking(desk, backend, 5)
    while others:
        crashes(host) if len(others) % 2 else closes(host)
        for tab in others:
            tab.page.evaluate("lost")
            watched(tab.is_connected()).shows("Talking")
        host = host_among(others)
        others.remove(host)
    assert (backend.state()["streams"], backend.state()["maxStreams"]) == (1, 1)
    registry_holds(host.page, 1, BOOT)


def test_a_host_that_goes_while_its_hub_starts_is_followed_by_another(desk: Desk, backend: BackendProcess) -> None:
    tabs = [desk.widget() for _ in range(3)]
    host = host_among(tabs)
    tabs.remove(host)
    crashes(host)
    for tab in tabs:
        tab.is_connected()
    assert (backend.state()["streams"], backend.state()["maxStreams"]) == (1, 1)


def test_a_command_under_way_when_the_host_dies_ends_as_hub_lost_and_is_never_sent_again(
    desk: Desk, backend: BackendProcess
) -> None:
    tabs = desk.widgets(3)
    host = host_among(tabs)
    tabs.remove(host)
    backend.control("faults", commands={"do": "hang", "when": "after"})
    tabs[0].phone.evaluate(COMMAND)
    call = backend.only_call()
    crashes(host)
    assert tabs[0].page.evaluate("result") == "hub_lost"
    backend.control("faults", commands=None)
    for tab in tabs:
        tab.is_connected().shows("Dialing")
    backend.far(call, "answer")
    for tab in tabs:
        tab.shows("Talking")
    assert backend.posts("dial") == [{"phone": "123"}]


# --- the host sleeps --------------------------------------------------------------------------------------------------


def test_a_host_that_is_stopped_is_found_and_ends_its_hub_when_it_wakes(desk: Desk, backend: BackendProcess) -> None:
    """No event tells it before. Its stream stays open meanwhile, since the browser keeps it, and nobody reads it."""
    offer_haste(backend)
    host, others = talking(desk, backend, 3)
    [hosting] = host.page.playwright.workers
    with desk.processes.stopped_with_worker():
        others[0].phone.evaluate(COMMAND)
        hurry(others[0].page, "tab")
        assert others[0].page.evaluate("result") == "hub_lost"
        hurry(others[0].page)
        for tab in others:
            tab.is_connected().shows("Talking")
        host_among(others)
        backend.ring("200", "Alan Turing")
        for tab in others:
            tab.cards.find("[part=state]").has_texts(["Talking", "Ringing"])
    backend.until(lambda state: state["streams"] == 1)
    host.cards.find("[part=state]").has_texts(["Talking", "Ringing"], timeout=BOOT)
    has_ended(hosting, host.page)
    assert backend.posts("dial") == []


def test_a_host_that_the_browser_freezes_gives_way_at_once_and_comes_back(desk: Desk, backend: BackendProcess) -> None:
    """A browser that freezes a page tells it before."""
    host, others = talking(desk, backend, 3)
    [hosting] = host.page.playwright.workers
    host.page.evaluate("void document.dispatchEvent(new Event('freeze'))")
    for tab in others:
        tab.page.evaluate("lost")
        tab.is_connected().shows("Talking")
    has_ended(hosting, host.page)
    host.page.evaluate("void document.dispatchEvent(new Event('resume'))")
    host.is_connected().shows("Talking")
    for tab in others:
        tab.page.close()
    host.is_connected().shows("Talking")
    assert host_among([host]) is host
    assert (backend.state()["streams"], backend.state()["maxStreams"]) == (1, 1)


def test_the_next_host_waits_until_the_worker_before_has_really_ended(desk: Desk, backend: BackendProcess) -> None:
    """The browser takes some seconds to end a loop, and keeps the stream open for so long."""
    host, others = talking(desk, backend, 3)
    [hosting] = host.page.playwright.workers
    hosting.evaluate("void setTimeout(() => { for (;;); })")
    host.page.evaluate("void document.dispatchEvent(new Event('freeze'))")
    for tab in others:
        tab.page.evaluate("lost")
        tab.is_connected().shows("Talking")
    assert (backend.state()["streams"], backend.state()["maxStreams"]) == (1, 1)


def test_a_frozen_tab_does_not_get_the_lock(desk: Desk, backend: BackendProcess) -> None:
    host, [frozen, other] = talking(desk, backend, 3)
    frozen.page.evaluate("void document.dispatchEvent(new Event('freeze'))")
    closes(host)
    other.page.evaluate("lost")
    other.is_connected().shows("Talking")
    assert host_among([frozen, other]) is other


def in_line(tab: WidgetTab, count: int) -> None:
    """Wait until so many tabs wait for their turn to host the hub."""

    def line() -> list[str]:
        return [name for name in locks(tab.page, "pending") if name.startswith("sip-phone-host-")]

    until(f"{count} tabs are in line", line, lambda names: len(names) == count)


def test_a_tab_that_the_browser_freezes_leaves_the_line_and_joins_it_again_when_it_wakes(
    desk: Desk, backend: BackendProcess
) -> None:
    host, [other] = talking(desk, backend, 2)
    in_line(host, 1)
    other.page.evaluate("void document.dispatchEvent(new Event('freeze'))")
    in_line(host, 0)
    other.page.evaluate("void document.dispatchEvent(new Event('resume'))")
    in_line(host, 1)


def test_a_tab_that_is_stuck_when_it_is_its_turn_is_passed_over(desk: Desk, backend: BackendProcess) -> None:
    offer_haste(backend)
    host, [stuck, other] = talking(desk, backend, 3)
    stuck.page.evaluate(STUCK)
    closes(host)
    other.page.evaluate("lost")
    hurry(other.page, "tab")
    other.error.contains_text("did not respond and was started anew", timeout=BOOT)
    hurry(other.page)
    other.is_connected().shows("Talking")
    stuck.is_connected().shows("Talking")
    backend.until(lambda state: state["streams"] == 1)
    assert host_among([stuck, other]) is other


def test_a_host_whose_lock_is_taken_away_ends_its_hub_at_once(desk: Desk, backend: BackendProcess) -> None:
    host, others = talking(desk, backend, 3)
    [hosting] = host.page.playwright.workers
    others[0].page.evaluate("""async () => {
      const {held} = await navigator.locks.query();
      const {name} = held.find(({name}) => name.startsWith("sip-phone-host-"));
      await navigator.locks.request(name, {steal: true}, () => {});
    }""")
    for tab in others:
        tab.page.evaluate("lost")
    for tab in (host, *others):
        tab.is_connected().shows("Talking")
    has_ended(hosting, host.page)
    host_among([host, *others])
    assert (backend.state()["streams"], backend.state()["maxStreams"]) == (1, 1)


def test_a_hub_that_hangs_is_ended_by_its_host(desk: Desk, backend: BackendProcess) -> None:
    offer_haste(backend)
    host, others = talking(desk, backend, 3)
    [hung] = host.page.playwright.workers
    hurry(host.page, "tab")
    hung.evaluate("void setTimeout(() => { for (;;); })")
    for tab in others:
        tab.page.evaluate("lost")
    hurry(host.page)
    for tab in (host, *others):
        tab.is_connected().shows("Talking")
    backend.until(lambda state: state["streams"] == 1)
    has_ended(hung, host.page)
