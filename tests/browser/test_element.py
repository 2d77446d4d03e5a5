"""The element as pages and frameworks use it: properties, events, methods, slots, and a name of one's own."""

from typing import Any

import pytest
from playwright.sync_api import expect

from . import marks
from .backend import BackendProcess
from .desk import Desk
from .drivers import Page
from .engines import Ability
from .registry import registry_holds
from .tabs import BOOT, WidgetTab
from .waiting import until

pytestmark = marks.SHARED_HUB

# Notes what the document hears of calls and of what is wrong.
NOTE_EVENTS = """() => {
  window.told = [];
  for (const name of ["call-incoming", "call-answered", "call-ended", "phone-error", "outdated"]) {
    document.addEventListener(name, ({ detail }) => told.push([name, detail]));
  }
}"""
ADD_WIDGET = """async () => {
  await import("/dist/sip-phone-widget.js");
  document.body.append(document.createElement("sip-phone-widget"));
}"""
ADD_INTO_SHADOW = """async () => {
  await import("/dist/sip-phone-widget.js");
  const host = document.createElement("div");
  host.attachShadow({ mode: "open" }).append(document.createElement("sip-phone-widget"));
  document.body.append(host);
}"""
# An element over one end of a channel; the test holds the other.
ADD_WITH_CLIENT = """async () => {
  const { SipClient } = await import("/dist/sip-client.js");
  await import("/dist/sip-phone-widget.js");
  const { port1, port2 } = new MessageChannel();
  Object.assign(window, { hub: port2, client: new SipClient(port1) });
  window.phone = document.createElement("sip-phone-widget");
  phone.client = client;
  document.body.append(phone);
}"""


AT_REST: dict[str, Any] = {
    "connectionStatus": "connected",
    "operatorStatus": "ready",
    "statusSince": None,
    "activeCall": None,
    "calls": [],
    "lastCall": None,
}


def told(page: Page) -> list[Any]:
    return list(page.evaluate("told.map(([name, { id, code, version }]) => [name, id ?? code ?? version])"))


def listeners(page: Page, target: str) -> list[str]:
    """Return the events to which somebody listens on the object of that name, one for each listener."""
    session = page.playwright.context.new_cdp_session(page.playwright)
    found = session.send("Runtime.evaluate", {"expression": target})["result"]["objectId"]
    answer = session.send("DOMDebugger.getEventListeners", {"objectId": found})["listeners"]
    session.detach()
    return sorted(listener["type"] for listener in answer)


# --- properties -------------------------------------------------------------------------------------------------------


def test_properties_that_were_set_before_the_element_was_defined_count(desk: Desk) -> None:
    page = desk.page("/plain.html")
    found = page.evaluate("""async () => {
      const { SipClient } = await import("/dist/sip-client.js");
      const phone = document.createElement("sip-phone-widget");
      const client = new SipClient(null);
      Object.assign(phone, { api: "/mine", worker: "/mine.js", session: "ann", extendedLifetime: true, client });
      document.body.append(phone);
      await import("/dist/sip-phone-widget.js");
      const attributes = phone.getAttributeNames().map((name) => [name, phone.getAttribute(name)]);
      return [Object.fromEntries(attributes), Object.keys(phone), phone.client === client];
    }""")
    attributes = {"api": "/mine", "worker": "/mine.js", "session": "ann", "extended-lifetime": ""}
    assert found == [attributes, [], True]


# --- events -----------------------------------------------------------------------------------------------------------


def test_a_call_is_told_to_the_document_from_within_another_shadow_tree(desk: Desk, backend: BackendProcess) -> None:
    page = desk.page("/plain.html")
    page.evaluate(NOTE_EVENTS)
    page.evaluate(ADD_INTO_SHADOW)
    tab = WidgetTab(page).is_connected()
    call = backend.ring("100")
    until("the call is told", lambda: told(page), lambda events: events == [["call-incoming", call]])
    tab.button("Answer").click()
    tab.shows("Talking")
    backend.far(call, "hangup")
    tab.shows_no_call()
    assert told(page) == [["call-incoming", call], ["call-answered", call], ["call-ended", call]]
    last = page.evaluate("told.at(-1)[1]")
    assert last == tab.state()["lastCall"]
    assert last["endReason"] == "completed"


def test_a_page_that_opens_while_a_call_rings_is_told_of_it_once_by_each_of_its_elements(
    desk: Desk, backend: BackendProcess
) -> None:
    first = desk.page("/plain.html")
    first.evaluate(ADD_WIDGET)
    WidgetTab(first).is_connected()
    call = backend.ring("100")
    page = desk.page("/plain.html")
    page.evaluate(NOTE_EVENTS)
    page.evaluate(ADD_WIDGET)
    expect(page.playwright.locator("[part~=ringing]")).to_have_count(1)
    until("one element tells it", lambda: told(page), lambda events: events == [["call-incoming", call]])
    page.evaluate(ADD_WIDGET)
    expect(page.playwright.locator("[part~=ringing]")).to_have_count(2)
    until("both tell it", lambda: told(page), lambda events: events == [["call-incoming", call]] * 2)


def test_whoever_listens_right_after_putting_the_element_there_hears_its_first_state(desk: Desk) -> None:
    page = desk.page("/plain.html")
    page.evaluate(ADD_WIDGET)
    WidgetTab(page).is_connected()
    first = page.evaluate("""() => new Promise((resolve) => {
      const phone = document.createElement("sip-phone-widget");
      document.body.append(phone);
      phone.addEventListener("statechange", ({ detail }) => resolve([detail === phone.state, detail.connectionStatus]));
      setTimeout(resolve, 30_000, "nothing was heard");
    })""")
    assert first == [True, "connected"]


def test_what_a_person_could_not_do_is_told_and_what_a_promise_tells_is_not(desk: Desk) -> None:
    [tab] = desk.widgets(1)
    tab.page.evaluate(NOTE_EVENTS)
    assert tab.phone.evaluate("phone => phone.dial('12b').catch(({ code }) => code)") == "invalid_phone"
    tab.dial("12a")
    tab.error.contains_text("is not a number")
    assert told(tab.page) == [["phone-error", "invalid_phone"]]
    tab.error.has_text(tab.page.evaluate("told[0][1].message"))


def test_a_browser_that_refuses_the_worker_is_an_error_in_words(desk: Desk) -> None:
    page = desk.page("/plain.html")
    page.evaluate(NOTE_EVENTS)
    page.evaluate("""() => {
      window.SharedWorker = class { constructor() { throw new DOMException("Access is denied.", "SecurityError"); } };
    }""")
    page.evaluate(ADD_WIDGET)
    tab = WidgetTab(page)
    tab.error.has_text("Access is denied.")
    tab.button("Try again").is_visible()
    assert told(page) == [["phone-error", "hub_failed"]]
    assert tab.phone.evaluate("phone => phone.state.connectionStatus") == "failed"


def test_an_element_that_comes_after_the_news_of_a_newer_build_tells_it_all_the_same(desk: Desk) -> None:
    page = desk.page("/plain.html")
    page.evaluate(NOTE_EVENTS)
    page.evaluate(ADD_WITH_CLIENT)
    page.evaluate("payload => hub.postMessage({ type: 'SYNC_STATE', epoch: 'e', rev: 1, payload })", AT_REST)
    page.evaluate("hub.postMessage({ type: 'OUTDATED', version: '9' })")
    expect(page.playwright.locator("[part=notice]")).to_contain_text("A new version of the phone is ready.")
    page.evaluate("""() => {
      const later = document.createElement("sip-phone-widget");
      later.client = client;
      phone.replaceWith(later);
    }""")
    expect(page.playwright.locator("[part=notice]")).to_contain_text("A new version of the phone is ready.")
    page.evaluate("document.querySelector('sip-phone-widget').lang = 'ru'")
    expect(page.playwright.locator("[part=notice]")).to_contain_text("Обновите")
    assert told(page) == [["outdated", "9"]] * 2


# --- methods and slots ------------------------------------------------------------------------------------------------


def test_a_page_leads_a_whole_call_by_the_elements_methods(desk: Desk, backend: BackendProcess) -> None:
    [tab] = desk.widgets(1)
    tab.phone.evaluate("phone => phone.dial('123')")
    tab.shows("Dialing")
    backend.far(backend.only_call(), "answer")
    tab.shows("Talking")
    for call, state in (("hold()", "On hold"), ("resume()", "Talking")):
        tab.phone.evaluate(f"phone => phone.{call}")
        tab.shows(state)
    tab.phone.evaluate("phone => phone.mute(phone.state.activeCall.id)")
    expect(tab.cards.locator.get_by_text("Muted")).to_be_visible()
    tab.phone.evaluate("phone => phone.unmute()")
    expect(tab.cards.locator.get_by_text("Muted")).to_be_hidden()
    tab.phone.evaluate("phone => phone.dtmf('42')")
    assert [post["digits"] for post in backend.posts("dtmf")] == ["42"]
    tab.phone.evaluate("phone => phone.setStatus('dnd')")
    tab.status.has_value("dnd")
    tab.phone.evaluate("phone => phone.hangup()")
    tab.shows_no_call()


def test_an_element_that_is_in_no_page_has_no_phone_to_command(desk: Desk) -> None:
    page = desk.page("/plain.html")
    refusal = page.evaluate("""async () => {
      const { SipPhoneWidget } = await import("/dist/sip-phone-widget.js");
      return new SipPhoneWidget().dial("1").catch(({ name, code, message }) => [name, code, message]);
    }""")
    assert refusal == ["SipError", "hub_lost", "This page has no phone."]


def test_a_page_puts_a_button_into_the_header_and_what_it_knows_into_the_card_of_a_call(
    desk: Desk, backend: BackendProcess
) -> None:
    [tab] = desk.widgets(1)
    tab.phone.evaluate("""phone => {
      const button = document.createElement("button");
      button.slot = "header";
      button.textContent = "History";
      phone.append(button);
      phone.addEventListener("call-incoming", ({ detail }) => {
        const link = document.createElement("a");
        link.slot = `call-${detail.id}`;
        link.textContent = `Customer ${detail.phone}`;
        phone.append(link);
      });
    }""")
    first, second = backend.ring("100"), backend.ring("200")
    tab.cards.has_count(2)
    within = "(link, part) => Boolean(link.assignedSlot.closest(`[part~=${part}]`))"
    assert tab.page.playwright.get_by_text("History").evaluate(within, "header")
    owners = "link => link.assignedSlot.closest('article').ariaLabel"
    customers = [tab.page.playwright.get_by_text(f"Customer {each}") for each in ("100", "200")]
    assert [each.evaluate(owners) for each in customers] == ["100", "200"]
    for call in (first, second):
        backend.far(call, "hangup")
    tab.shows_no_call()
    expect(tab.page.playwright.get_by_text("Customer 100")).to_be_hidden()


# --- several elements, and several names ------------------------------------------------------------------------------


def test_elements_that_ask_for_the_same_phone_share_it_until_the_last_of_them_is_gone(
    desk: Desk, backend: BackendProcess
) -> None:
    tab, other = desk.widgets(2)
    tab.page.evaluate(ADD_WIDGET)
    assert (
        tab.page.evaluate("new Set([...document.querySelectorAll('sip-phone-widget')].map((it) => it.client)).size")
        == 1
    )
    tab.page.evaluate("document.querySelector('sip-phone-widget').remove()")
    backend.ring("100")
    tab.shows("Ringing")
    registry_holds(other.page, 2, BOOT)
    tab.page.evaluate("document.querySelector('sip-phone-widget').remove()")
    registry_holds(other.page, 1, BOOT)


def test_one_that_takes_the_place_of_another_goes_on_with_its_phone(desk: Desk) -> None:
    """As when a framework shows another view."""
    [tab] = desk.widgets(1)
    kept = tab.phone.evaluate("""async (phone) => {
      const { client } = phone;
      const next = document.createElement("sip-phone-widget");
      phone.replaceWith(next);
      await null;
      return [next.client === client, client.state.connectionStatus];
    }""")
    assert kept == [True, "connected"]


def test_an_element_that_asks_for_another_phone_has_it(desk: Desk) -> None:
    page = desk.page("/plain.html")
    page.evaluate(ADD_WIDGET)
    for change in ({"api": "/mine"}, {"worker": "/dist/sip-worker.js?mine"}, {"session": "ann"}):
        script = """(change) => {
          const phone = document.createElement("sip-phone-widget");
          Object.assign(phone, change);
          document.body.append(phone);
          const differs = phone.client !== document.querySelector("sip-phone-widget").client;
          phone.remove();
          return differs;
        }"""
        assert page.evaluate(script, change), change


@pytest.mark.needs(Ability.DEVTOOLS)
def test_an_element_that_is_removed_and_put_back_leaves_no_listener(desk: Desk) -> None:
    page = desk.page("/plain.html")
    page.evaluate(ADD_WITH_CLIENT)
    page.evaluate("() => { phone.client = null; phone.remove(); }")
    for given, listened_to in (("null", "window"), ("client", "client")):
        before = {name: listeners(page, name) for name in ("window", "document", "client")}
        for _ in range(3):
            page.evaluate(f"() => {{ phone.client = {given}; document.body.append(phone); }}")
            assert listeners(page, listened_to) != before[listened_to], "it listens while it is there"
            page.evaluate("phone.remove()")
        assert {name: listeners(page, name) for name in before} == before


def test_a_page_may_define_the_element_itself_and_under_names_of_its_own(desk: Desk) -> None:
    page = desk.page("/plain.html")
    found = page.evaluate("""async () => {
      const { SipPhoneWidget } = await import("/dist/sip-phone-widget.js?define=false");
      const names = ["sip-phone-widget", "call-bar", "call-box"];
      const defined = () => names.map((name) => document.createElement(name) instanceof SipPhoneWidget);
      const before = defined();
      SipPhoneWidget.define("call-bar");
      SipPhoneWidget.define("call-bar");
      SipPhoneWidget.define("call-box");
      const between = defined();
      SipPhoneWidget.define();
      return [before, between, defined()];
    }""")
    assert found == [[False, False, False], [False, True, True], [True, True, True]]
