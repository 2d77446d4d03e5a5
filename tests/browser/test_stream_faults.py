"""What goes wrong on the stream between hub and backend, and how every tab's phone heals."""

import contextlib
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest

from .backend import BackendProcess, State
from .choice import USUAL
from .desk import Desk
from .drivers import AnyBrowser
from .engines import Ability, engine_of
from .haste import FACTOR, hurry, offer_haste
from .healing import HUB_HASTE, Fault, Healed, Phone
from .tabs import BOOT

pytestmark = pytest.mark.timeout(600)  # the first test waits for some thirty pages, and for their healing

HALF = b'event: call_incoming\ndata: {"id": "half", "phone": "100"}\n'
PING = 0.4  # s; of the phone that falls silent
FLAPPING = 0.1  # s from one cut to the next
LOGIN = {"Location": "/plain.html"}
ELSEWHERE = {"Location": "http://elsewhere.example/login"}

FAULTS = {
    # The stream is tried first, then Python loads.
    "down at start": Fault(then={"do": "refuse"}),
    "storm at start": Fault(then={"do": "body", "body": "retry: 0\n\n", "type": "text/event-stream"}),
    "reset": Fault(then={"do": "refuse"}, cut="reset"),
    "half an event": Fault(raw=HALF),
    "204": Fault(then={"do": "status", "status": 204}),
    "401": Fault(then={"do": "status", "status": 401}),
    "403": Fault(then={"do": "status", "status": 403}),
    "404": Fault(then={"do": "status", "status": 404}),
    "500": Fault(then={"do": "status", "status": 500}),
    "502": Fault(then={"do": "status", "status": 502}),
    "503": Fault(then={"do": "status", "status": 503}),
    "HTML": Fault(then={"do": "body", "body": "<h1>Hi", "type": "text/html"}),
    "login page": Fault(then={"do": "status", "status": 302, "headers": LOGIN}),
    "login elsewhere": Fault(then={"do": "status", "status": 302, "headers": ELSEWHERE}),
    "retry: 0": Fault(then={"do": "body", "body": "retry: 0\n\n", "type": "text/event-stream"}),
    "flapping": Fault(),
}
DOWN_AT_START = {"down at start", "storm at start"}
# What the hub makes of these is the same in every engine, and so is what the browser does: Chromium shows it.
SHOWN_BY_CHROMIUM = {"down at start", "storm at start", "403", "404", "500", "502", "503", "flapping"}
# These heal in real time, and the first two quickly.
QUICK_FAULTS = {
    "clean end": Fault(),
    "silent": Fault(found_after=int(3 * PING * 1000)),
}
SLOW_FAULTS = {
    "no answer": Fault(then={"do": "hang", "times": 1}, takes=20_000),
    # Chromium reads on for some seconds from an answer that it was told to drop.
    "one 502": Fault(then={"do": "status", "status": 502, "times": 1}, cut="reset"),
}
SIGNED_OUT_AND_IN = ["reconnecting", "unauthorized", "connected", "connected"]  # the call comes after the light


@pytest.fixture(scope="module")
def phones(browser: AnyBrowser, engine: str, pytestconfig: pytest.Config) -> dict[str, Healed]:
    """A phone for every fault that is tested here, in as many parties as the engine needs."""
    left_out = set() if engine == USUAL or pytestconfig.getoption("engine") else SHOWN_BY_CHROMIUM
    lines = [line for line in FAULTS if line not in left_out]
    phones: dict[str, Healed] = {}
    parties = engine_of(browser).parties
    for number in range(parties):
        phones |= break_and_heal(browser, {line: FAULTS[line] for line in lines[number::parties]}, HUB_HASTE)
    return phones


@pytest.fixture(scope="module")
def quick_phones(browser: AnyBrowser) -> dict[str, Healed]:
    return break_and_heal(browser, QUICK_FAULTS)


@pytest.fixture(scope="module")
def slow_phones(browser: AnyBrowser) -> dict[str, Healed]:
    return break_and_heal(browser, SLOW_FAULTS)


def break_and_heal(browser: AnyBrowser, faults: dict[str, Fault], haste: int = 1) -> dict[str, Healed]:
    """Open a phone for each; let them break and heal side by side, since nearly all is waiting. Nothing is judged."""
    with contextlib.ExitStack() as stops, ThreadPoolExecutor(4) as threads:
        backends = list(threads.map(lambda _: BackendProcess(), faults))
        for backend in backends:
            stops.callback(backend.stop)
        desk = Desk(browser, backends[0].url)
        stops.callback(desk.context.close)
        phones = open_phones(desk, faults, dict(zip(faults, backends, strict=True)), haste)
        go_through_faults(phones)
        healed = {line: phone.healed() for line, phone in phones.items()}
        assert desk.close() == []
    return healed


def open_phones(
    desk: Desk, faults: dict[str, Fault], backends: dict[str, BackendProcess], haste: int
) -> dict[str, Phone]:
    if "silent" in backends:
        backends["silent"].control("settings", ping=PING)
    for line in DOWN_AT_START & backends.keys():
        backends[line].control("faults", events=faults[line].then)
    phones = {line: Phone.open(desk, backend, faults[line], haste) for line, backend in backends.items()}
    for line, phone in phones.items():
        phone.shows("reconnecting" if line in DOWN_AT_START else "connected", 0)
    return phones


def go_through_faults(phones: dict[str, Phone]) -> None:
    for line, phone in phones.items():
        phone.hurries()
        match line:
            case "down at start" | "storm at start":
                phone.broken_at = phone.first_attempt()
            case "silent":
                phone.falls_silent()
            case _:
                phone.breaks()
    every = phones.values()
    for phone in every:
        phone.has_shown("reconnecting", 0)
        phone.backend.ring("100")
    lasting = [phone for line, phone in phones.items() if phone.fault.stands or line == "flapping"]
    with flapping(phones.get("flapping")):
        for phone in lasting:
            phone.fails_again()
    for phone in lasting:
        phone.returns()
    for phone in every:
        phone.shows("connected", 1)


@contextlib.contextmanager
def flapping(phone: Phone | None) -> Iterator[None]:
    """Cut that phone's stream again and again, in the background."""
    over = threading.Event()

    def go_on() -> None:
        while phone and not over.wait(FLAPPING):
            phone.backend.control("cut", how="reset")

    with ThreadPoolExecutor(1) as thread:
        going = thread.submit(go_on)
        try:
            yield
        finally:
            over.set()
            going.result()


def test_backend_down_at_start_heals(phones: dict[str, Healed]) -> None:
    phones["down at start"].keeps_the_promise()


def test_retry_0_while_python_loads_makes_no_storm(phones: dict[str, Healed]) -> None:
    phones["storm at start"].keeps_the_promise()


@pytest.mark.every_engine
@pytest.mark.timed
def test_clean_end_heals(quick_phones: dict[str, Healed]) -> None:
    quick_phones["clean end"].keeps_the_promise()
    quick_phones["clean end"].is_in_time()


@pytest.mark.every_engine
def test_connection_reset_heals(phones: dict[str, Healed]) -> None:
    phones["reset"].keeps_the_promise()


@pytest.mark.every_engine
def test_half_an_event_then_cut_is_never_applied(phones: dict[str, Healed]) -> None:
    phone = phones["half an event"]
    phone.keeps_the_promise()
    assert "half" not in str(phone.heard)


@pytest.mark.every_engine
def test_204_heals(phones: dict[str, Healed]) -> None:
    phones["204"].keeps_the_promise()


@pytest.mark.every_engine(rows=1)
@pytest.mark.parametrize("status", ["401", "403"])
def test_401_or_403_is_unauthorized_and_keeps_trying(phones: dict[str, Healed], status: str) -> None:
    phones[status].keeps_the_promise()
    assert all(shown == SIGNED_OUT_AND_IN for shown in phones[status].connections())


@pytest.mark.parametrize("status", ["404", "500", "502", "503"])
def test_404_500_502_or_503_heals_with_the_code_shown(phones: dict[str, Healed], status: str) -> None:
    phones[status].keeps_the_promise()
    assert phones[status].errors() == [f"The phone server answered {status}; trying again every 5 s."]


@pytest.mark.every_engine
def test_200_with_html_heals(phones: dict[str, Healed]) -> None:
    phones["HTML"].keeps_the_promise()
    reason = "The phone server answered with something that is no event stream; trying again every 5 s."
    assert phones["HTML"].errors() == [reason]


@pytest.mark.every_engine
@pytest.mark.parametrize("where", ["login page", "login elsewhere"])
def test_redirect_to_a_login_page_is_unauthorized(phones: dict[str, Healed], where: str) -> None:
    """Also to one of another site, where no script may read what it answers."""
    phones[where].keeps_the_promise()
    assert all(shown == SIGNED_OUT_AND_IN for shown in phones[where].connections())


@pytest.mark.every_engine
def test_a_server_that_accepts_and_never_answers_is_given_up_after_20_s(slow_phones: dict[str, Healed]) -> None:
    slow_phones["no answer"].keeps_the_promise()
    assert len(slow_phones["no answer"].attempts()) == 2, "the one that was given up, and the next"


@pytest.mark.every_engine
@pytest.mark.timed
def test_a_stream_that_goes_silent_after_a_ping_is_found_within_three_intervals(
    quick_phones: dict[str, Healed],
) -> None:
    quick_phones["silent"].keeps_the_promise()
    quick_phones["silent"].is_in_time()


@pytest.mark.every_engine
def test_retry_0_makes_no_storm(phones: dict[str, Healed]) -> None:
    phones["retry: 0"].keeps_the_promise()


def test_a_cut_plus_one_502_heals(slow_phones: dict[str, Healed]) -> None:
    slow_phones["one 502"].keeps_the_promise()
    _, tried_again = slow_phones["one 502"].attempts()
    [probe] = [attempt["at"] for attempt in slow_phones["one 502"].backend["attempts"] if attempt["probe"]]
    assert tried_again - probe >= 5_000, "Chromium may read on so long from the stream that answered the probe"


def test_flapping_every_100_ms_makes_no_storm(phones: dict[str, Healed]) -> None:
    phones["flapping"].keeps_the_promise()


# --- one phone alone --------------------------------------------------------------------------------------------------

EMPTY_STREAM = {"do": "body", "body": "", "type": "text/event-stream"}

# Lets 5 s, give or take, pass in 50 ms, and keeps account of the timers that run.
HASTE = """{
  const { setTimeout: start, clearTimeout: stop } = globalThis;
  globalThis.timers = new Set();
  globalThis.setTimeout = (act, delay, ...more) => {
    const ring = () => timers.delete(id) && act(...more);
    const id = start(ring, delay >= 4_500 && delay <= 5_500 ? 50 : delay);
    timers.add(id);
    return id;
  };
  globalThis.clearTimeout = (id) => {
    timers.delete(id);
    stop(id);
  };
}"""
KEEP_SOURCES = """{
  globalThis.sources = [];
  globalThis.EventSource = class extends EventSource {
    constructor(url) {
      super(url);
      sources.push(this);
    }
  };
}"""
SPEAK_LATE = """{
  sources[0].dispatchEvent(new MessageEvent("call_incoming", { data: '{"id": "late", "phone": "1"}' }));
  sources[0].dispatchEvent(new Event("error"));
}"""
AN_HOUR_LATER = "{ const { now } = Date; Date.now = () => now() + 3_600_000; now(); }"


@pytest.fixture
def phone(own_desk: Desk, own_backend: BackendProcess) -> Phone:
    opened = Phone.open(own_desk, own_backend, Fault())
    opened.shows("connected", 0)
    return opened


def in_worker(desk: Desk, phone: Phone, script: str) -> Any:
    return desk.workers.evaluate(phone.backend.url, script)


def has_opened(streams: int, state: State) -> bool:
    return bool(state["streamsOpened"] == streams)


@pytest.mark.needs(Ability.EVALUATE)
def test_after_100_reconnects_there_is_still_one_timer_and_one_stream(phone: Phone, own_desk: Desk) -> None:
    """The worker's five seconds are hastened here; otherwise this would take more than eight minutes."""
    in_worker(own_desk, phone, HASTE)
    phone.backend.control("faults", events=EMPTY_STREAM | {"times": 100})
    phone.backend.control("cut", how="end")
    phone.backend.until(partial(has_opened, 2))
    phone.shows("connected", 0)
    assert in_worker(own_desk, phone, "timers.size") == 1, "a call that rings has one too"
    phone.backend.ring("100")
    phone.shows("connected", 1)
    state = phone.backend.state()
    assert (len(state["attempts"]), state["streams"], state["maxStreams"]) == (102, 1, 1)


@pytest.mark.every_engine
@pytest.mark.needs(Ability.EVALUATE)
def test_a_late_event_of_the_old_source_is_ignored(phone: Phone, own_desk: Desk) -> None:
    """No server can make one: what it sends to a closed source is lost. So the old source itself speaks again."""
    in_worker(own_desk, phone, HASTE)
    in_worker(own_desk, phone, KEEP_SOURCES)
    for source in (2, 3):
        phone.backend.control("cut", how="end")
        phone.backend.until(partial(has_opened, source))
        phone.shows("connected", 0)
    in_worker(own_desk, phone, SPEAK_LATE)
    phone.backend.ring("100")
    phone.shows("connected", 1)
    assert [call["phone"] for call in phone.plain.state()["calls"]] == ["100"]
    assert (phone.backend.state()["streamsOpened"], phone.backend.state()["streams"]) == (3, 1)


@pytest.mark.needs(Ability.EVALUATE)
def test_sleep_and_wake_is_checked_within_5_s(phone: Phone, own_desk: Desk) -> None:
    """While a machine sleeps its clock goes on and the timers of its browser stand still. So for the worker an hour of
    sleep is a clock that is suddenly an hour ahead; the 45 s in which it would miss three pings do not pass."""
    phone.fault = Fault(found_after=5_000)
    phone.falls_silent()
    phone.broken_at = in_worker(own_desk, phone, AN_HOUR_LATER)
    phone.shows("reconnecting", 0)
    phone.backend.ring("100")
    phone.shows("connected", 1)
    phone.healed().keeps_the_promise()


@pytest.mark.every_engine
def test_a_server_that_is_gone_for_twelve_seconds(own_desk: Desk, own_backend: BackendProcess) -> None:
    """Seconds of the hub. All tabs turn yellow, and green again by themselves, with the true state."""
    offer_haste(own_backend)
    tabs = own_desk.widgets(3)
    hurry(tabs[0].page, "hub")
    own_backend.ring("100")
    tabs[0].shows("Ringing")
    own_backend.die()
    for tab in tabs:
        tab.connection.has_text("Reconnecting…", timeout=BOOT)
        tab.connection.has_attribute("data-status", "reconnecting")
    tabs[0].page.wait_for_timeout(12_000 / FACTOR)  # the length of the outage is what is tested
    tabs[0].shows("Ringing")
    own_backend.come_back()
    offer_haste(own_backend)
    for tab in tabs:
        tab.connection.has_text("Connected", timeout=BOOT)
        tab.shows_no_call()
        tab.last_call.contains_text("Missed call")
    assert own_backend.state()["streamsOpened"] == 1
