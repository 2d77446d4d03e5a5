"""Another person signs in at the same browser, or nobody is signed in any more: nothing of the first one is shown."""

import json

import pytest

from .backend import BackendProcess
from .desk import Desk
from .tabs import WidgetTab
from .test_accessibility import LISTEN
from .waiting import until

ANN, BOB = "ann's session", "bob's session"
EARLIER, NOW = "+4930111222333", "+4930444555666"  # who called Ann
TAKEN_OVER = "Another sign-in has taken over the phone. Reload this page."
ADD_WIDGET = """session => {
  const phone = document.createElement("sip-phone-widget");
  phone.setAttribute("session", session);
  document.body.append(phone);
  return import("/dist/sip-phone-widget.js");
}"""
SIGN_OUT = """() => fetch("/api/sip/status", {
  method: "POST",
  headers: { "Content-Type": "application/json", "Idempotency-Key": "k", "X-Requested-With": "sip-worker" },
  body: '{"status": "away"}',
}).then(({ ok }) => ok)"""
# How many files the browser keeps: the cache itself is there before they are.
LEFT = """async () => {
  const names = await caches.keys();
  const files = await Promise.all(names.map(async (name) => (await (await caches.open(name)).keys()).length));
  return [files.reduce((sum, count) => sum + count, 0), localStorage.length];
}"""
DIAL = "phone => phone.client.dial('333').then(() => 'done', ({message}) => message)"  # as a page of one's own does


def signed_in(desk: Desk, session: str) -> WidgetTab:
    """A page that says who is signed in."""
    page = desk.page("/plain.html")
    page.evaluate(ADD_WIDGET, session)
    return WidgetTab(page)


def talk(backend: BackendProcess, tab: WidgetTab) -> None:
    """Ann has one call behind her, and is in another."""
    backend.ring(EARLIER, "Called before")
    tab.button("Decline").click()
    tab.last_call.contains_text("Called before")
    backend.ring(NOW, "Talks now")
    tab.button("Answer").click()
    tab.shows("Talking")


def change_operator(backend: BackendProcess) -> None:
    """At the backend there is Bob now, who has no calls. The stream that is open does not tell."""
    backend.control("reset")
    backend.control("settings", operator={"id": "8", "name": "Bob"})


def shows_nothing_of_the_first(tab: WidgetTab) -> None:
    tab.shows_no_call()
    tab.last_call.is_hidden()


def is_cut_off(tab: WidgetTab) -> None:
    tab.connection.has_text("Signed out")
    tab.error.has_text(TAKEN_OVER)
    tab.button("Reload").is_visible()
    shows_nothing_of_the_first(tab)


@pytest.mark.every_engine
def test_another_operator_logs_in_while_the_worker_lives_the_old_ones_state_and_tabs_are_cut_off(
    desk: Desk, backend: BackendProcess
) -> None:
    anns, other = signed_in(desk, ANN).is_connected(), signed_in(desk, ANN).is_connected()
    talk(backend, anns)
    change_operator(backend)

    bobs = desk.plain(session=BOB).is_connected()
    for tab in (anns, other):
        is_cut_off(tab)
    assert [number for number in (EARLIER, NOW) if number in json.dumps(bobs.heard())] == []
    assert anns.phone.evaluate(DIAL) == TAKEN_OVER
    assert backend.posts("dial") == []

    stale = desk.plain(session=ANN)  # as a page out of the back/forward cache, or a tab that was asleep
    assert stale.hears("message.type === 'ERROR'")["payload"]["message"] == TAKEN_OVER
    backend.ring("777888999")
    bobs.hears("payload.activeCall?.phone === '777888999'")
    assert "777888999" not in json.dumps(stale.heard())
    shows_nothing_of_the_first(anns)
    state = backend.state()
    assert (state["streams"], state["maxStreams"]) == (1, 1)
    assert len(desk.workers.targets()) == 1


def test_a_page_that_stays_may_change_its_session(desk: Desk, backend: BackendProcess) -> None:
    tab, other = signed_in(desk, ANN).is_connected(), signed_in(desk, ANN).is_connected()
    talk(backend, tab)
    change_operator(backend)
    tab.phone.evaluate("(phone, session) => { phone.session = session; }", BOB)
    tab.is_connected()
    shows_nothing_of_the_first(tab)
    is_cut_off(other)


def test_a_backend_that_names_another_operator_ends_what_was_the_first_ones(
    desk: Desk, backend: BackendProcess
) -> None:
    [tab] = desk.widgets(1)
    talk(backend, tab)
    tab.phone.evaluate(LISTEN)
    tab.page.evaluate("() => { window.ended = []; addEventListener('call-ended', ({detail}) => ended.push(detail)); }")
    change_operator(backend)
    backend.control("cut", how="end")
    tab.connection.has_text("Reconnecting…")
    tab.is_connected()
    shows_nothing_of_the_first(tab)
    assert tab.page.evaluate("ended") == []
    assert "Talks now" not in json.dumps(tab.page.evaluate("said"))


def test_who_is_logged_out_sees_no_calls_and_who_logs_in_again_does(desk: Desk, backend: BackendProcess) -> None:
    first, second = desk.widgets(2)
    talk(backend, first)
    backend.control("faults", events={"do": "status", "status": 401})
    backend.control("cut", how="end")
    for tab in (first, second):
        tab.connection.has_text("Signed out")
        shows_nothing_of_the_first(tab)
    assert second.phone.evaluate(DIAL) == "The phone server asks you to sign in again."
    second.number.is_hidden()
    assert backend.posts("dial") == []

    backend.control("faults", events=None)
    third = desk.widget()
    for tab in (first, second, third):
        tab.is_connected()
        tab.shows("Talking")
    assert backend.state()["maxStreams"] == 1


def test_operator_who_is_back_is_not_signed_out(desk: Desk, backend: BackendProcess) -> None:
    anns = signed_in(desk, ANN).is_connected()
    change_operator(backend)
    bobs = signed_in(desk, BOB).is_connected()
    is_cut_off(anns)
    backend.control("settings", operator={"id": "7", "name": "Ann"})
    again = signed_in(desk, ANN).is_connected()
    bobs.connection.has_text("Signed out")
    again.page.playwright.reload()
    again.page.evaluate(ADD_WIDGET, ANN)
    again.is_connected()


def test_other_tabs_of_an_operator_who_signs_in_again_are_back(desk: Desk, backend: BackendProcess) -> None:
    tabs = [signed_in(desk, ANN).is_connected() for _ in range(2)]
    anew = signed_in(desk, "ann's second session").is_connected()
    backend.ring(NOW)
    for tab in (*tabs, anew):
        tab.is_connected().shows("Ringing")
        tab.error.is_hidden()


@pytest.mark.every_engine
def test_clear_site_data_empties_the_caches_and_leaves_the_running_phone(desk: Desk, backend: BackendProcess) -> None:
    first, second = desk.widgets(2)
    first.page.evaluate("localStorage.setItem('of the page', 'x')")
    until("the browser keeps files", lambda: first.page.evaluate(LEFT), lambda left: left == [2, 1])
    cleared = {"Clear-Site-Data": '"cache", "storage"'}
    backend.control("faults", commands={"do": "body", "headers": cleared, "times": 1})
    assert first.page.evaluate(SIGN_OUT)
    until("nothing is kept", lambda: first.page.evaluate(LEFT), lambda left: left == [0, 0])
    third = desk.widget().is_connected()
    backend.ring(NOW)
    for tab in (first, second, third):
        tab.is_connected().shows("Ringing")
    assert (backend.state()["streamsOpened"], len(desk.workers.targets())) == (1, 1)
