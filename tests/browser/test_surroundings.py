"""The element in a page: what is around it may have another language, a printer, a history."""

import re
from typing import TYPE_CHECKING

import pytest

from . import marks
from .backend import BackendProcess
from .desk import Desk
from .tabs import BOOT, WidgetTab
from .waiting import until

pytestmark = marks.SHARED_HUB

if TYPE_CHECKING:
    from playwright.sync_api import Route

    from .drivers import Page

RUSSIAN = re.compile(r"/sip-phone-russian\.js$")
ADD = """async ({around}) => {
  await import("/dist/sip-phone-widget.js");
  const host = document.createElement("div");
  document.body.append(host);
  host.attachShadow({mode: "open"}).append(document.createElement("sip-phone-widget"));
  if (around) host.lang = around;
}"""
OLD_BROWSER = """{
  const add = CustomStateSet.prototype.add;
  CustomStateSet.prototype.add = function (name) {
    if (!name.startsWith("--")) throw new DOMException("no dashes", "SyntaxError");
    return add.call(this, name);
  };
  const query = DocumentFragment.prototype.querySelector;
  DocumentFragment.prototype.querySelector = function (css) {
    if (css.includes(":popover-open")) throw new DOMException("no such class", "SyntaxError");
    return query.call(this, css);
  };
  delete HTMLElement.prototype.popover;
  delete HTMLElement.prototype.showPopover;
  delete CustomElementRegistry.prototype.getName;
  delete Promise.withResolvers;
  delete URL.canParse;
  window.told = [];
  for (const name of ["statechange", "call-incoming"]) addEventListener(name, () => told.push(name));
}"""
COPIES = """async () => {
  const copies = await Promise.all(["one", "two"].map((name) => import(`/dist/sip-client.js?${name}`)));
  const clients = copies.map(({SipClient}) => SipClient.connect());
  const connected = (client) => new Promise((resolve) => {
    const look = () => {
      const {connectionStatus} = client.state;
      if (["connected", "failed"].includes(connectionStatus)) resolve(connectionStatus);
    };
    client.addEventListener("statechange", look);
    look();
  });
  return Promise.all(clients.map(connected));
}"""


def in_shadow(desk: Desk, lang: str) -> WidgetTab:
    page = desk.page("/plain.html")
    page.evaluate(ADD, {"around": lang})
    return WidgetTab(page)


def test_language_is_that_of_what_is_around_and_changes_with_it(desk: Desk) -> None:
    tab = in_shadow(desk, "ru")
    tab.connection.has_text("На связи", timeout=BOOT)
    tab.page.evaluate("document.querySelector('div').removeAttribute('lang')")
    tab.connection.has_text("Connected")
    tab.page.evaluate("document.documentElement.lang = 'ru'")
    tab.connection.has_text("На связи")
    tab.page.evaluate("document.documentElement.lang = 'en'")
    tab.connection.has_text("Connected")


def test_words_that_hang_leave_an_english_phone_and_what_is_typed(desk: Desk) -> None:
    waiting: list[Route] = []
    desk.context.playwright.route(RUSSIAN, lambda route: waiting.append(route))  # noqa: PLW0108 - Playwright looks at its code
    page = desk.page("/plain.html")
    page.evaluate("document.documentElement.lang = 'ru'")
    page.evaluate(ADD, {"around": ""})
    tab = WidgetTab(page).is_connected()
    tab.number.fill("+49 30")
    until("the words are asked for", lambda: page.evaluate("1") and waiting)
    waiting[0].continue_()
    tab.connection.has_text("На связи")
    tab.phone.with_role("textbox", "Номер телефона").has_value("+49 30")


def test_docked_phone_is_not_printed(desk: Desk) -> None:
    [tab] = desk.widgets(1)
    tab.phone.evaluate("phone => { phone.docked = 'bottom-left'; phone.style.display = 'block'; }")
    tab.phone.find("[part=toggle]").is_visible()
    tab.page.playwright.emulate_media(media="print")
    tab.phone.find("[part=toggle]").is_hidden()
    tab.page.playwright.emulate_media(media="screen")
    tab.phone.find("[part=toggle]").is_visible()


def test_history_never_has_the_callers_name(desk: Desk, backend: BackendProcess) -> None:
    [tab] = desk.widgets(1)
    tab.page.evaluate("document.title = 'Inbox'")
    backend.ring("100", "Ann")
    for number in range(2):
        until("the title blinks", lambda: "Ann" in tab.page.evaluate("document.title"))
        tab.page.evaluate("number => history.pushState(null, '', `?${number}`)", number)
    assert tab.page.evaluate("document.title = `(1) ${document.title}`; document.title").startswith("(1)")
    session = tab.page.playwright.context.new_cdp_session(tab.page.playwright)
    entries = session.send("Page.getNavigationHistory")["entries"]
    assert len(entries) >= 3
    assert [entry["title"] for entry in entries[:-1] if "Ann" in entry["title"]] == []
    tab.button("Decline").click()
    until(
        "the title has nothing of ours", lambda: tab.page.evaluate("document.title"), lambda title: title == "(1) Inbox"
    )


def test_browser_before_chromium_119_works(desk: Desk, backend: BackendProcess) -> None:
    desk.context.add_init_script(OLD_BROWSER)
    tab = desk.widget().is_connected()
    backend.ring("100")
    tab.shows("Ringing")
    until("the page is told", lambda: "call-incoming" in tab.page.evaluate("told"))
    assert tab.phone.evaluate("phone => phone.matches(':state(--ringing)')")


def test_two_copies_of_the_client_work_under_trusted_types(desk: Desk) -> None:
    page: Page = desk.page("/dist/index.html")
    assert page.evaluate(COPIES) == ["connected", "connected"]


@pytest.mark.parametrize(
    ("worker", "why"),
    [
        ("/nowhere/sip-worker.js", "the server answers 404."),
        ("/text/sip-worker.js", "the server sends it as text/plain, and it must be text/javascript."),
    ],
)
def test_worker_that_cannot_be_loaded_says_why(desk: Desk, worker: str, why: str) -> None:
    # A route does not reach the load of a worker, which fails anyway: only the page that asks why.
    desk.context.playwright.route("**/text/sip-worker.js", lambda route: route.fulfill(content_type="text/plain"))
    page = desk.page("/plain.html")
    page.evaluate(ADD, {"around": ""})
    tab = WidgetTab(page)
    tab.phone.evaluate("(phone, worker) => { phone.worker = worker; }", worker)
    tab.error.has_text(f"The phone could not start: {worker} could not be loaded: {why}")
