"""What a person sees and hears of calls: without a number, two at once, for a moment, or when the stream is lost."""

import json
import re
import time
from typing import Any

import pytest

from . import marks
from .backend import BackendProcess
from .desk import Desk
from .drivers import Page
from .tabs import WidgetTab
from .test_ringing import NOTE, OPEN, is_seen, is_silent, may_ring, until

pytestmark = [
    pytest.mark.only("chromium", "what is decided in the hub and drawn by plain JavaScript is so everywhere"),
    marks.SHARED_HUB,
]

NOTE_VOLUME = """{
  window.volumes = [];
  window.GainNode = class extends GainNode {
    constructor(...given) {
      super(...given);
      volumes.push(this);
    }
  };
}"""
LOUD, SOFT = 0.2, 0.05


@pytest.fixture
def heard(desk: Desk) -> Desk:
    """A desk whose pages note what they do."""
    desk.context.add_init_script(NOTE)
    desk.context.add_init_script(NOTE_VOLUME)
    return desk


def send(backend: BackendProcess, name: str, **data: Any) -> None:
    backend.control("send", event=name, data=data)


def comes(tab: WidgetTab, call_id: str) -> None:
    """Wait until the tab is told that this call comes in, which is when it is heard."""
    until(tab.page, f"incoming.some(({{id}}) => id === '{call_id}')")


def listen(page: Page) -> None:
    page.evaluate("""() => {
      window.incoming = [];
      window.answered = [];
      addEventListener("call-incoming", ({detail}) => incoming.push(detail));
      addEventListener("call-answered", ({detail}) => answered.push(detail));
    }""")


@pytest.fixture
def tab(heard: Desk) -> WidgetTab:
    [tab] = heard.widgets(1)
    listen(tab.page)
    return tab


# --- a number that is withheld ----------------------------------------------------------------------------------------

WITHHELD: list[dict[str, Any]] = [{"phone": None}, {}, {"phone": ""}]


@pytest.mark.parametrize("said", WITHHELD, ids=["null", "absent", "empty"])
@pytest.mark.parametrize(
    ("lang", "dial", "words", "title"),
    [
        ("en", "Dial", "Unknown number", "Incoming call from Unknown number"),
        ("ru", "Вызов", "Неизвестный номер", "Входящий звонок: Неизвестный номер"),
    ],
)
def test_a_withheld_number_rings_as_unknown_everywhere(
    tab: WidgetTab, backend: BackendProcess, said: dict[str, Any], lang: str, dial: str, words: str, title: str
) -> None:
    tab.phone.evaluate("(phone, lang) => { phone.lang = lang; }", lang)
    tab.button(dial).is_visible()
    is_seen(tab, seen=False)
    send(backend, "call_incoming", id="w", **said)
    tab.cards.find("[part=name]").has_text(words)
    assert until(tab.page, f"{OPEN}[0]?.title") == title
    until(tab.page, f"titles.includes('☎ {words}')")
    send(backend, "call_ended", id="w")
    tab.last_call.find("[part=last-call-name]").has_text(words)


def test_the_good_calls_of_a_snapshot_are_shown_whatever_the_others_are(
    tab: WidgetTab, backend: BackendProcess
) -> None:
    send(backend, "snapshot", calls=[{"id": 1, "phone": 101}, {"id": "2", "phone": {}}, None, {"id": "3"}])
    tab.cards.find("[part=name]").has_texts(["101", "Unknown number"])


# --- missed or not ----------------------------------------------------------------------------------------------------

ENDS = [
    ("talking", "completed", "Ended"),
    ("held", "connection_lost", "Connection lost"),
    ("talking", "Q.850;cause=16", "Ended"),
    ("ringing", "normal_clearing", "Ended"),
    ("ringing", "canceled", "Missed call"),
]


@pytest.mark.parametrize(("state", "reason", "words"), ENDS)
def test_a_call_is_missed_only_if_nobody_talked_in_it(
    tab: WidgetTab, backend: BackendProcess, state: str, reason: str, words: str
) -> None:
    send(backend, "snapshot", calls=[{"id": "1", "phone": "100", "state": state}])
    tab.cards.has_count(1)
    send(backend, "call_ended", id="1", endReason=reason)
    tab.last_call.find("[part=last-call-reason]").has_text(words)


# --- which call rings, and how ----------------------------------------------------------------------------------------


def test_fifty_calls_that_end_at_once_are_not_rung(tab: WidgetTab, backend: BackendProcess) -> None:
    is_seen(tab, seen=False)
    events = []
    for number in range(50):
        call = json.dumps({"id": f"x{number}", "phone": "100"})
        events += [f"event: call_incoming\ndata: {call}\n\n", f"event: call_ended\ndata: {call}\n\n"]
    backend.raw("".join(events).encode())
    send(backend, "call_incoming", id="last", phone="200")
    comes(tab, "last")
    assert tab.page.evaluate("incoming.map(({id}) => id)") == ["last"]
    until(tab.page, f"{OPEN}.length === 1")
    assert tab.page.evaluate("notes.map(({tag}) => tag)") == ["sip-phone-last"]


def test_each_of_two_calls_has_its_notification(tab: WidgetTab, backend: BackendProcess) -> None:
    is_seen(tab, seen=False)
    send(backend, "call_incoming", id="a", phone="100", displayName="Anna")
    send(backend, "call_incoming", id="b", phone="200", displayName="Bert")
    until(tab.page, f"{OPEN}.length === 2")
    titles = tab.page.evaluate(f"{OPEN}.map(({{title}}) => title)")
    assert titles == ["Incoming call from Anna", "Incoming call from Bert"]
    send(backend, "call_ended", id="a")
    until(tab.page, f"{OPEN}.length === 1")
    assert tab.page.evaluate(f"{OPEN}[0].title") == "Incoming call from Bert"


def test_while_one_is_answered_the_other_rings_under_its_own_name(tab: WidgetTab, backend: BackendProcess) -> None:
    backend.control("faults", commands={"do": "hang"})
    is_seen(tab, seen=False)
    send(backend, "call_incoming", id="a", phone="100", displayName="Anna")
    send(backend, "call_incoming", id="b", phone="200", displayName="Bert")
    until(tab.page, f"{OPEN}.length === 2")
    tab.card("Anna").button("Answer").click()
    until(tab.page, f"{OPEN}.length === 1 && {OPEN}[0].title === 'Incoming call from Bert'")
    tab.page.evaluate("titles.length = 0")
    until(tab.page, "titles.includes('☎ Bert')")
    assert "☎ Anna" not in tab.page.evaluate("titles")


def test_a_notification_that_was_dismissed_stays_away(tab: WidgetTab, backend: BackendProcess) -> None:
    is_seen(tab, seen=False)
    send(backend, "call_incoming", id="a", phone="100")
    until(tab.page, f"{OPEN}.length === 1")
    tab.page.evaluate("() => { notes[0].open = false; notes[0].dispatchEvent(new Event('close')); }")
    is_seen(tab, seen=True)
    is_seen(tab, seen=False)
    send(backend, "call_incoming", id="b", phone="200")
    until(tab.page, f"{OPEN}.length === 1")
    assert tab.page.evaluate("notes.map(({tag}) => tag)") == ["sip-phone-a", "sip-phone-b"]


@marks.SOUNDS
def test_a_call_that_waits_while_one_talks_rings_softer(tab: WidgetTab, backend: BackendProcess) -> None:
    may_ring(tab.page, [True])
    send(backend, "call_incoming", id="a", phone="100", state="talking")
    send(backend, "call_incoming", id="b", phone="200")
    until(tab.page, "sounds().length === 1")
    assert tab.page.evaluate("volumes.at(-1).gain.value") == pytest.approx(SOFT)
    send(backend, "call_ended", id="a")
    until(tab.page, f"Math.abs(volumes.at(-1).gain.value - {LOUD}) < 0.01")
    assert tab.page.evaluate("volumes.length") == 1, "it is the same ring"
    send(backend, "call_ended", id="b")
    is_silent(tab)


# --- the truth --------------------------------------------------------------------------------------------------------


def test_a_call_that_comes_talking_is_answered_once(tab: WidgetTab, backend: BackendProcess) -> None:
    send(backend, "call_updated", id="1", state="talking")
    send(backend, "call_incoming", id="1", phone="100")
    tab.shows("Talking")
    until(tab.page, "popped.length === 1 && answered.length === 1")
    assert tab.page.evaluate("incoming.length") == 0
    send(backend, "call_updated", id="1", muted=True)
    tab.button("Unmute").is_visible()
    assert tab.page.evaluate("[popped.length, answered.length]") == [1, 1]


def test_a_declined_call_that_the_backend_does_not_know_is_over(tab: WidgetTab, backend: BackendProcess) -> None:
    send(backend, "call_incoming", id="ghost", phone="100")
    tab.button("Decline").click()
    tab.shows_no_call()
    tab.error.contains_text("(404)")
    tab.is_connected()
    tab.shows_no_call()


def test_a_call_that_rings_falls_silent_when_the_stream_is_lost(tab: WidgetTab, backend: BackendProcess) -> None:
    call = backend.ring("100", "Anna")
    comes(tab, call)
    backend.control("faults", events={"do": "refuse"})
    backend.control("cut", how="reset")
    until(tab.page, "document.querySelector('sip-phone-widget').client.ringing.length === 0")
    tab.shows("Ringing")
    backend.control("faults", events=None)
    tab.is_connected()
    until(tab.page, "document.querySelector('sip-phone-widget').client.ringing.length === 1")
    until(tab.page, "document.title === '☎ Anna'")


@marks.OWN_HUB  # it remembers the other clock
@pytest.mark.parametrize("off", [-302_000, 302_000])
def test_timers_begin_at_zero_whatever_the_backends_clock_says(
    tab: WidgetTab, backend: BackendProcess, off: int
) -> None:
    rang = time.monotonic()
    send(backend, "call_incoming", id="1", phone="100", startedAt=tab.page.evaluate("Date.now()") + off)
    counts_from_zero(tab, rang)
    answered = time.monotonic()
    send(backend, "call_updated", id="1", state="talking", answeredAt=tab.page.evaluate("Date.now()") + off)
    tab.shows("Talking")
    counts_from_zero(tab, answered)


def counts_from_zero(tab: WidgetTab, since: float) -> None:
    """The timer runs, and shows no more than has passed since then. A busy machine may skip a second of it."""
    timer = tab.cards.find("[part=timer]")
    timer.has_text(re.compile("^(?!00:00)"))
    minutes, seconds = map(int, timer.text().split(":"))
    assert 60 * minutes + seconds <= time.monotonic() - since + 1


@pytest.mark.parametrize("status", ["AfterCallWork", "Пауза"])
def test_a_status_of_the_backends_own_is_shown_as_it_is(tab: WidgetTab, backend: BackendProcess, status: str) -> None:
    send(backend, "operator_status", status=status)
    tab.status.has_value(status)
