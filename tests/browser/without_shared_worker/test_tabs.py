"""Tabs and clients of a phone that one of the tabs hosts; and of one that nobody can host for all."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser import marks
from tests.browser.backend import BackendProcess
from tests.browser.desk import Desk
from tests.browser.hosted import has_ended, host_among, workers_of
from tests.browser.registry import registry_holds
from tests.browser.tabs import BOOT, WidgetTab
from tests.browser.test_addresses import NONSENSE
from tests.browser.test_check import SelfCheck, opened
from tests.browser.test_dead_workers import KNOWN_AFTER, watched
from tests.browser.test_kept_pages import does_nothing, goes_back_to_nothing, keep, next_person_signs_in
from tests.browser.test_operators import ANN, signed_in
from tests.browser.waiting import until

from .test_hosts import closes, crashes, talking

pytestmark = marks.HOSTED

TRIES = 5  # until the browser keeps a page
ALONE = "each tab is a phone of its own"

CLIENT = """async (options) => {
  const {SipClient} = await import("/dist/sip-client.js");
  const client = SipClient.connect(options);
  (window.clients ??= []).push(client);
}"""
CONNECTED = """(at) => new Promise((resolve) => {
  const look = () => clients[at].state.connectionStatus === "connected" && resolve();
  clients[at].addEventListener("statechange", look);
  look();
})"""


def test_ten_tabs_at_once_have_one_hub_and_one_stream(desk: Desk, backend: BackendProcess) -> None:
    tabs = [desk.widget() for _ in range(10)]
    for tab in tabs:
        tab.is_connected()
    backend.ring("100")
    for tab in tabs:
        tab.shows("Ringing")
    registry_holds(tabs[0].page, 10, BOOT)
    state = backend.state()
    assert (state["streams"], state["maxStreams"], state["streamsOpened"]) == (1, 1, 1)
    host_among(tabs)


@pytest.mark.timed
def test_a_tab_that_crashes_is_forgotten_within_a_second(desk: Desk, backend: BackendProcess) -> None:
    host, others = talking(desk, backend, 3)
    registry_holds(host.page, 3, BOOT)
    crashes(others[0])
    registry_holds(host.page, 2, KNOWN_AFTER)
    assert backend.state()["streamsOpened"] == 1


def test_commands_given_before_there_is_a_host_are_carried_out(desk: Desk, backend: BackendProcess) -> None:
    page = desk.page("/plain.html")
    page.evaluate(CLIENT, {})
    page.evaluate("clients[0].dial('123456')")
    assert backend.posts("dial") == [{"phone": "123456"}]


def test_two_clients_of_a_page_share_the_hub_and_the_one_that_is_left_keeps_it(
    desk: Desk, backend: BackendProcess
) -> None:
    page = desk.page("/plain.html")
    for at in (0, 1):
        page.evaluate(CLIENT, {})
        page.evaluate(CONNECTED, at)
    [hosting] = page.playwright.workers
    page.evaluate("clients[0].close()")
    page.evaluate("clients[1].dial('123456')")
    page.evaluate("clients[1].close()")
    backend.until(lambda state: state["streams"] == 0)
    has_ended(hosting, page)
    assert backend.posts("dial") == [{"phone": "123456"}]
    assert (backend.state()["maxStreams"], backend.state()["streamsOpened"]) == (1, 1)


def test_two_apis_are_two_hubs(desk: Desk) -> None:
    pages = [desk.page("/plain.html") for _ in range(2)]
    for page, api in zip(pages, ("/api/sip", "/api/other"), strict=True):
        page.evaluate(CLIENT, {"api": api})
    pages[0].evaluate(CONNECTED, 0)
    until("each page has a worker", lambda: [len(workers_of(page)) for page in pages], lambda counts: counts == [1, 1])


def test_an_isolated_page_has_a_phone_too(desk: Desk, backend: BackendProcess) -> None:
    """A worker of a page with such a policy must have one of its own, which README names."""
    backend.control("settings", isolated=True)
    desk.widget().is_connected()


def test_nonsense_at_the_door_of_the_hub_ends_no_phone(desk: Desk, backend: BackendProcess) -> None:
    tabs = desk.widgets(2)
    for name in ("hosted-", "workers "):
        tabs[0].page.evaluate(NONSENSE, f"sip-phone-{name}{backend.url}/dist/sip-worker.js")
    for tab in (*tabs, desk.widget()):
        tab.phone.evaluate("phone => phone.client.setStatus('dnd')")
        tab.is_connected()
    assert backend.state()["streamsOpened"] == 1


def test_without_the_file_that_elects_the_phone_says_so(desk_on_copy: tuple[Desk, Path]) -> None:
    desk, copy = desk_on_copy
    [script] = copy.glob("parts-*/sip-elected-worker.js")
    content = script.read_bytes()
    script.unlink()
    tab = desk.widget()
    tab.connection.has_text("Not available")
    tab.error.contains_text("The phone could not start: ")
    tab.error.contains_text("sip-elected-worker.js")
    script.write_bytes(content)


def test_a_page_in_the_back_forward_cache_hosts_nothing_and_shows_the_current_state_when_it_comes_out(
    bfcache_desk: Desk, backend: BackendProcess
) -> None:
    host, [other] = talking(bfcache_desk, backend, 2)
    # The browser casts out a page whose worker is slow to end, when the next host asks for a lock that it still has.
    for _ in range(TRIES):
        if comes_out_of_the_cache(host, other, backend):
            return
        host, other = other, host
        backend.ring("100")
        host.button("Answer").click()
    pytest.fail(f"the browser has loaded the page anew {TRIES} times")


def comes_out_of_the_cache(host: WidgetTab, other: WidgetTab, backend: BackendProcess) -> bool:
    """Let the host go to another page and come back, while its call ends; False if the browser has loaded it anew."""
    watched(other)
    host.page.evaluate("window.before = true")
    host.page.goto("/plain.html")
    other.page.evaluate("lost")
    other.is_connected().shows("Talking")
    registry_holds(other.page, 1, BOOT)
    backend.far(backend.only_call(), "hangup")
    other.shows_no_call()
    host.page.go_back()
    host.shows_no_call()
    host.is_connected()
    registry_holds(other.page, 2, BOOT)
    assert host_among([host, other]) is other
    return bool(host.page.evaluate("window.before"))


def test_kept_page_of_another_session_shows_and_does_nothing_here_too(
    bfcache_desk: Desk, backend: BackendProcess
) -> None:
    host = signed_in(bfcache_desk, "").is_connected()
    anns = signed_in(bfcache_desk, ANN).is_connected()
    keep(anns)
    bobs = next_person_signs_in(bfcache_desk, backend)
    goes_back_to_nothing(anns)
    does_nothing(anns, backend)
    for tab in (bobs, host):
        tab.is_connected().shows("Ringing")


# --- without locks ----------------------------------------------------------------------------------------------------


def test_without_locks_each_tab_has_a_hub_of_its_own_and_says_so(insecure_desk: Desk, backend: BackendProcess) -> None:
    tabs = insecure_desk.widgets(2)
    backend.ring("100")
    tabs[0].button("Answer").click()
    for tab in tabs:
        tab.shows("Talking")
        assert len(tab.page.playwright.workers) == 1
    assert [ALONE in line for line in insecure_desk.said if "SharedWorker" in line] == [True, True]
    assert len(backend.posts("answer")) == 1
    assert backend.state()["streams"] == 2
    closes(tabs[0])
    backend.until(lambda state: state["streams"] == 1)
    tabs[1].shows("Talking")

    opened(tabs[1]).says("Where the phone runs", r"in each tab by itself \(neither SharedWorker nor Web Locks\)")


def test_with_locks_the_self_check_alone_says_that_there_is_no_shared_worker(desk: Desk) -> None:
    [tab] = desk.widgets(1)
    opened(tab).says("Where the phone runs", r"in one of the tabs \(no SharedWorker\)")
    tab.phone.evaluate("phone => { phone.lang = 'ru'; }")
    russian = SelfCheck(tab, "Самопроверка")
    expect(russian.text("Где работает телефон")).to_have_text("в одной из вкладок (нет SharedWorker)")
    assert [line for line in desk.said if "SharedWorker" in line] == []
