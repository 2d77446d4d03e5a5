"""A call that rings: one tab of all sounds and notifies, every title blinks, and nothing of it is left afterwards.

The sound is the browser's own, and counted. A headless browser shows all its pages, and gives each the focus: that one
is hidden is said to the page alone. Notifications are noted instead of shown; test_notification.py shows one.
"""

import io
import wave
from typing import Any

import pytest
from playwright.sync_api import expect

from . import marks, waiting
from .backend import BackendProcess
from .desk import Desk
from .drivers import Page
from .engines import Ability
from .registry import known_tabs, registry_holds
from .tabs import BOOT, WidgetTab

pytestmark = marks.SHARED_HUB

SILENT_AFTER = 200  # ms; the promise
PATIENCE = 30_000  # ms

NOTE = """{
  const now = () => performance.timeOrigin + performance.now();
  const started = new Set();
  window.sounds = () => [...started].filter(({context}) => context.state === "running");  // those that are heard
  window.AudioBufferSourceNode = class extends AudioBufferSourceNode {
    start() {
      super.start();
      started.add(this);
      this.addEventListener("ended", () => { started.delete(this); window.silentAt = now(); });
    }
  };

  window.notes = [];  // every notification there was
  window.Notification = class extends EventTarget {
    static permission = "granted";
    static requestPermission() {
      notes.push("asked");
      return new Promise((resolve) => { window.decide = (word) => resolve(Notification.permission = word); });
    }
    constructor(title, {body, tag}) {
      super();
      notes.push(Object.assign(this, {title, body, tag, open: true}));
    }
    close() {
      this.open = false;
    }
  };

  window.titles = [];  // each that the page had while it was looked at
  window.popped = [];
  addEventListener("DOMContentLoaded", () => {
    const look = () => document.title === titles.at(-1) || titles.push(document.title);
    new MutationObserver(look).observe(document.head, {subtree: true, childList: true, characterData: true});
  });
  addEventListener("screen-pop", ({detail}) => popped.push(detail));
  addEventListener("click", () => { window.clickedAt = now(); }, {capture: true});
}"""

# The conditions of a wait are evaluated by the debugger: the page's own policy forbids it to evaluate text.
UNTIL = """(patience) => new Promise((resolve, reject) => {
  const end = performance.now() + patience;
  const look = () => {
    const found = CONDITION;
    if (found) resolve(found);
    else if (performance.now() > end) reject(new Error("it did not come to that"));
    else setTimeout(look, 20);
  };
  look();
})"""

LOOK = """(seen) => {
  Object.defineProperty(document, "visibilityState", {configurable: true, value: seen ? "visible" : "hidden"});
  document.hasFocus = () => seen;
  document.dispatchEvent(new Event("visibilitychange"));
  dispatchEvent(new Event(seen ? "focus" : "blur"));
}"""


def until(page: Page, condition: str) -> Any:
    """Return the value of the JavaScript `condition` as soon as it holds."""
    return page.evaluate(UNTIL.replace("CONDITION", condition), PATIENCE)


def rings(tab: WidgetTab) -> None:
    until(tab.page, "sounds().length === 1")


def is_silent(*tabs: WidgetTab) -> None:
    for tab in tabs:
        until(tab.page, "sounds().length === 0")


def is_seen(tab: WidgetTab, *, seen: bool) -> None:
    """The person looks at that tab, or away from it."""
    tab.page.evaluate(LOOK, seen)


def may_ring(page: Page, whether: list[bool]) -> None:
    """Wait until the hub knows of each tab, oldest first, whether it may ring."""
    registry_holds(page, len(whether), BOOT)
    waiting.until(
        f"the hub knows of each tab whether it may ring, {whether}",
        lambda: [tab["audible"] for tab in known_tabs(page)],
        lambda known: known == whether,
    )


def peek(page: Page, condition: str) -> None:
    """Wait like `until`, but not as a person would: what Playwright asks of a page counts as a click there."""
    expression = f"({UNTIL.replace('CONDITION', condition)})({PATIENCE})"
    asked = {"expression": expression, "awaitPromise": True, "returnByValue": True}
    answer = page.playwright.context.new_cdp_session(page.playwright).send("Runtime.evaluate", asked)
    assert "exceptionDetails" not in answer, answer


@pytest.fixture
def heard(desk: Desk) -> Desk:
    """A desk whose pages note what they do."""
    desk.context.add_init_script(NOTE)
    return desk


def three(desk: Desk) -> list[WidgetTab]:
    """Tabs that may ring; the last one has the focus."""
    tabs = desk.widgets(3)
    may_ring(tabs[0].page, [True, True, True])
    return tabs


# --- sound ------------------------------------------------------------------------------------------------------------


@marks.SOUNDS
def test_one_of_three_tabs_rings_until_the_call_is_over(heard: Desk, backend: BackendProcess) -> None:
    first, second, third = three(heard)
    call = backend.ring("100", "Anna")
    rings(third)
    for tab in (first, second):
        tab.shows("Ringing")
    is_silent(first, second)
    backend.far(call, "hangup")
    is_silent(third)


@marks.SOUNDS
def test_a_tab_that_closes_or_is_hidden_hands_the_ringing_over(heard: Desk, backend: BackendProcess) -> None:
    first, second, third = three(heard)
    backend.ring("100")
    rings(third)
    third.page.close()
    rings(second)
    is_seen(second, seen=False)
    rings(first)
    is_silent(second)
    is_seen(second, seen=True)
    rings(second)
    is_silent(first)


# What old libraries do, in pages of all ages.
OLD_LIBRARY = """
  Array.prototype.reduce = function () { return this.length > 1 ? this : this[0]; };
  Array.prototype.toJSON = function () { return `[${this.join()}]`; };
"""
IS_HEARD = "sounds().some(({ buffer }) => buffer.getChannelData(0).some((sample) => Math.abs(sample) > 0.1))"


@pytest.mark.needs(Ability.DEVTOOLS)
def test_a_tab_that_cannot_have_what_rings_leaves_it_to_another_also_with_an_old_library(
    heard: Desk, backend: BackendProcess
) -> None:
    heard.context.add_init_script(OLD_LIBRARY)
    first, second, third = three(heard)
    for tab, how in ((second, "abort"), (third, "hang")):
        tab.page.playwright.route(
            "**/sip-phone-ringer*", lambda route, how=how: route.abort() if how == "abort" else None
        )
    backend.ring("100")
    assert until(first.page, IS_HEARD)
    may_ring(first.page, [True, False, False])


@marks.SOUNDS
def test_a_tab_that_may_play_nothing_hands_over_until_it_is_clicked(heard: Desk, backend: BackendProcess) -> None:
    [other] = heard.widgets(1)
    untouched = WidgetTab(heard.page("/dist/index.html"))
    may_ring(other.page, [True, True])
    backend.ring("100")
    rings(other)
    may_ring(other.page, [True, False])
    untouched.page.playwright.mouse.click(1, 1)
    may_ring(other.page, [True, True])
    rings(untouched)
    is_silent(other)


@pytest.mark.needs(Ability.DEVTOOLS)
def test_where_no_tab_may_play_the_title_blinks_and_a_notification_is_shown(
    heard: Desk, backend: BackendProcess
) -> None:
    heard.context.add_init_script("document.hasFocus = () => false")
    untouched = heard.page("/dist/index.html")
    peek(untouched, "document.querySelector('sip-phone-widget').client?.audible")
    backend.ring("100", "Anna")
    peek(untouched, "document.querySelector('sip-phone-widget').client.audible === false")
    peek(untouched, "titles.includes('☎ Anna') && notes.some(({open}) => open) && sounds().length === 0")


@pytest.mark.timed
@marks.SOUNDS
def test_a_call_that_is_answered_in_one_tab_is_silent_in_the_others_within_200_ms_however_slow_the_backend_is(
    heard: Desk, backend: BackendProcess
) -> None:
    """A busy machine only adds: the best of five counts."""
    first, second = heard.widgets(2)
    may_ring(first.page, [True, True])
    took = []
    for number in range(5):
        backend.control("faults", commands={"do": "hold"})
        call = backend.ring(f"10{number}")
        rings(second)
        first.button("Answer").click()
        is_silent(second)
        took.append(second.page.evaluate("silentAt") - first.page.evaluate("clickedAt"))
        backend.control("faults", commands=None)
        first.shows("Talking")
        backend.far(call, "hangup")
        first.shows_no_call()
    assert 0 < min(took) <= SILENT_AFTER, took


@marks.SOUNDS
def test_a_call_that_could_not_be_answered_rings_again(heard: Desk, backend: BackendProcess) -> None:
    [tab] = heard.widgets(1)
    backend.control("faults", commands={"do": "status", "status": 503, "seconds": 2})
    backend.ring("100")
    rings(tab)
    tab.button("Answer").click()
    is_silent(tab)
    rings(tab)


@marks.SOUNDS
def test_a_silent_tab_leaves_the_ringing_to_another_also_while_it_rings(heard: Desk, backend: BackendProcess) -> None:
    first, second = heard.widgets(2)
    may_ring(first.page, [True, True])
    backend.ring("100")
    rings(second)
    second.phone.evaluate("phone => { phone.silent = true; }")
    rings(first)
    is_silent(second)
    second.phone.evaluate("phone => phone.removeAttribute('silent')")
    rings(second)
    is_silent(first)


@marks.SOUNDS
def test_a_sound_of_ones_own_rings(heard: Desk, backend: BackendProcess) -> None:
    heard.context.playwright.route(
        "/ring.wav", lambda route: route.fulfill(body=a_sound(seconds=2), content_type="audio/wav")
    )
    [tab] = heard.widgets(1)
    tab.phone.evaluate("phone => { phone.ringtone = '/ring.wav'; }")
    backend.ring("100")
    assert until(tab.page, "sounds().map(({loop, buffer}) => loop && Math.round(buffer.duration))[0]") == 2


@marks.SOUNDS
def test_another_sound_is_heard_at_once_while_it_rings(heard: Desk, backend: BackendProcess) -> None:
    [tab] = heard.widgets(1)
    tab.page.playwright.route(
        "**/ring.wav", lambda route: route.fulfill(body=a_sound(seconds=3), content_type="audio/wav")
    )
    backend.ring("100")
    rings(tab)
    for ringtone, seconds in (("'/ring.wav'", 3), ("null", 5)):
        tab.phone.evaluate(f"phone => {{ phone.ringtone = {ringtone}; }}")
        assert until(tab.page, f"sounds().length === 1 && sounds()[0].buffer.duration.toFixed() === '{seconds}'")
    tab.button("Decline").click()
    is_silent(tab)


@marks.SOUNDS
@pytest.mark.parametrize("address", ["/nowhere.wav", "/dist/index.html", "https://elsewhere.test/ring.wav"])
def test_a_sound_that_cannot_be_played_does_not_keep_the_phone_from_ringing(
    heard: Desk, backend: BackendProcess, address: str
) -> None:
    [tab] = heard.widgets(1)
    tab.phone.evaluate("(phone, address) => { phone.ringtone = address; }", address)
    backend.ring("100")
    rings(tab)
    assert any("cannot be played" in line for line in heard.said) == address.startswith("/")


def a_sound(seconds: int) -> bytes:
    """Return silence as a WAV file."""
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(8_000)
        out.writeframes(bytes(2 * 8_000 * seconds))
    return file.getvalue()


# --- title ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "title"), [("Anna  Berg", "☎ Anna Berg"), (None, "☎ Ringing")])
def test_every_title_blinks_with_the_name_or_a_word_and_never_the_number(
    heard: Desk, backend: BackendProcess, name: str | None, title: str
) -> None:
    tabs = heard.widgets(2)
    call = backend.ring("100", name)
    for tab in tabs:
        assert until(tab.page, "titles.length >= 4 && titles.slice(0, 4)") == [title, "Phone", title, "Phone"]
    backend.far(call, "hangup")
    for tab in tabs:
        tab.shows_no_call()
        expect(tab.page.playwright).to_have_title("Phone")


def test_a_page_that_goes_leaves_no_name_in_its_title(heard: Desk, backend: BackendProcess) -> None:
    [tab] = heard.widgets(1)
    backend.ring("100", "Anna")
    until(tab.page, "document.title === '☎ Anna'")
    assert tab.page.evaluate(
        "() => { dispatchEvent(new PageTransitionEvent('pagehide')); return document.title; }"
    ) == ("Phone")


# --- notification -----------------------------------------------------------------------------------------------------

OPEN = "notes.filter(({open}) => open)"


@pytest.mark.parametrize(
    ("name", "title", "body"),
    [("Anna", "Incoming call from Anna", "100"), (None, "Incoming call from 100", "")],
)
def test_who_looks_elsewhere_is_notified_by_one_tab_until_the_call_rings_no_more(
    heard: Desk, backend: BackendProcess, name: str | None, title: str, body: str
) -> None:
    first, second = heard.widgets(2)
    may_ring(first.page, [True, True])
    for tab in (first, second):
        is_seen(tab, seen=False)
    call = backend.ring("100", name)
    shown = until(second.page, f"{OPEN}.map(({{title, body, tag}}) => ({{title, body, tag}}))[0]")
    assert shown == {"title": title, "body": body, "tag": f"sip-phone-{call}"}
    first.shows("Ringing")
    assert first.page.evaluate("notes.length") == 0
    backend.far(call, "hangup")
    until(second.page, f"{OPEN}.length === 0")
    assert second.page.evaluate("notes.length") == 1


@marks.SOUNDS
def test_who_looks_at_the_page_is_not_notified_until_they_look_away(heard: Desk, backend: BackendProcess) -> None:
    [tab] = heard.widgets(1)
    backend.ring("100")
    rings(tab)
    assert tab.page.evaluate("notes.length") == 0
    is_seen(tab, seen=False)
    until(tab.page, f"{OPEN}.length === 1")
    is_seen(tab, seen=True)
    until(tab.page, f"{OPEN}.length === 0")


def test_a_click_on_the_notification_brings_the_page_to_the_front(heard: Desk, backend: BackendProcess) -> None:
    [tab] = heard.widgets(1)
    is_seen(tab, seen=False)
    backend.ring("100")
    until(tab.page, f"{OPEN}.length === 1")
    tab.page.evaluate("""() => {
      window.focus = () => { window.broughtUp = true; };
      notes[0].dispatchEvent(new Event("click"));
    }""")
    assert tab.page.evaluate(f"[broughtUp, {OPEN}.length]") == [True, 0]


@pytest.mark.parametrize("event", ["close", "click"])
def test_a_notification_that_was_dismissed_stays_away_in_every_tab_and_under_another_hub(
    heard: Desk, backend: BackendProcess, event: str
) -> None:
    first, second = heard.widgets(2)
    may_ring(first.page, [True, True])
    for tab in (first, second):
        is_seen(tab, seen=False)
    backend.ring("100", "Anna")
    until(second.page, f"{OPEN}.length === 1")
    second.page.evaluate("(event) => { notes[0].dispatchEvent(new Event(event)); }", event)
    for seen in (True, False):
        is_seen(second, seen=seen)
    second.phone.evaluate("(phone) => phone.client.reconnect()")  # which begins with a phone that knows no calls
    second.shows("Ringing")
    second.page.close()
    rings_on = "document.querySelector('sip-phone-widget').client.attention"
    until(first.page, rings_on)
    backend.ring("200", "Bert")
    until(first.page, f"{OPEN}.length === 1")
    assert first.page.evaluate("notes.map(({body}) => body)") == ["200"]


@pytest.mark.parametrize("decision", ["granted", "denied"])
def test_the_permission_is_asked_on_a_click_only_and_only_once(heard: Desk, decision: str) -> None:
    heard.context.add_init_script("Notification.permission = 'default'")
    [tab] = heard.widgets(1)
    offer = tab.button("Show incoming calls on the desktop")
    offer.is_visible()
    assert tab.page.evaluate("notes") == []
    offer.click()
    assert tab.page.evaluate("notes") == ["asked"]
    offer.is_visible()
    tab.page.evaluate("decision => decide(decision)", decision)
    offer.is_hidden()
    tab.number.is_focused()


@marks.SOUNDS
def test_without_permission_there_is_no_notification(heard: Desk, backend: BackendProcess) -> None:
    heard.context.add_init_script("Notification.permission = 'denied'")
    [tab] = heard.widgets(1)
    tab.phone.find("[part=notify]").is_hidden()
    is_seen(tab, seen=False)
    backend.ring("100")
    rings(tab)
    assert tab.page.evaluate("notes") == []


# --- the page ---------------------------------------------------------------------------------------------------------


def test_the_screen_pops_in_the_tab_in_front_alone_and_once(heard: Desk, backend: BackendProcess) -> None:
    first, second, third = three(heard)
    is_seen(second, seen=True)
    call = backend.ring("100", "Anna")
    first.button("Answer").click()
    [popped] = until(second.page, "popped.length && popped")
    assert (popped["id"], popped["displayName"], popped["state"]) == (call, "Anna", "talking")
    first.button("Hold").click()
    second.shows("On hold")
    first.button("Resume").click()
    for tab in (first, second, third):
        tab.shows("Talking")
    assert [tab.page.evaluate("popped.length") for tab in (first, second, third)] == [0, 1, 0]


@marks.SOUNDS
def test_a_phone_that_is_removed_leaves_no_sound_no_notification_and_no_name(
    heard: Desk, backend: BackendProcess
) -> None:
    first, second = heard.widgets(2)
    may_ring(first.page, [True, True])
    is_seen(second, seen=False)
    is_seen(first, seen=False)
    backend.ring("100", "Anna")
    rings(second)
    until(second.page, "document.title === '☎ Anna'")
    second.phone.evaluate("phone => phone.remove()")
    is_silent(second)
    expect(second.page.playwright).to_have_title("Phone")
    assert second.page.evaluate(f"{OPEN}.length") == 0
    rings(first)
    registry_holds(first.page, 1, BOOT)


GIVEN = """async (phone) => {
  const {SipClient} = await import("/dist/sip-client.js");
  phone.client = window.shared = SipClient.connect({extendedLifetime: true});
}"""
ANOTHER = """() => {
  const second = document.createElement("sip-phone-widget");
  second.client = shared;
  document.body.append(second);
}"""


@marks.SOUNDS
def test_of_two_phones_with_one_client_the_second_rings_when_the_first_is_gone(
    heard: Desk, backend: BackendProcess
) -> None:
    [tab] = heard.widgets(1)
    tab.phone.evaluate(GIVEN)
    tab.is_connected()
    may_ring(tab.page, [True])
    backend.ring("100")
    rings(tab)
    tab.page.evaluate(ANOTHER)
    tab.button("Answer").has_count(2)
    tab.phone.locator.first.evaluate("phone => { window.before = sounds()[0]; phone.remove(); }")
    until(tab.page, "sounds().length === 1 && sounds()[0] !== before")
    tab.phone.evaluate("phone => phone.remove()")
    is_silent(tab)
    assert tab.page.evaluate("shared.audible") is False
