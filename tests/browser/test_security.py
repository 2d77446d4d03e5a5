"""A whole day at the phone: nothing is done that a strict policy forbids, and nothing personal is left behind."""

import contextlib
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, expect

from .backend import DIST, BackendProcess
from .desk import Desk
from .haste import hurry, offer_haste
from .tabs import WidgetTab
from .waiting import until

CALLER, NAME, DIALED, OTHER = "+4930111222333", "Wilhelmina Unmistakable", "+4930444555666", "+4930777888999"
PERSONAL = [number.removeprefix("+") for number in (CALLER, DIALED, OTHER)] + NAME.split()

# Says what was forbidden, in a page and in the worker.
LISTEN = """addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sample }) => {
  console.error("forbidden:", violatedDirective, blockedURI, sample);
});
"""
# All that this origin keeps in the browser, as text; `of` are words, and those that are found come back.
KEPT = """async (of) => {
  const texts = [JSON.stringify(localStorage), JSON.stringify(sessionStorage), document.cookie];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) texts.push(request.url, await (await cache.match(request)).text());
  }
  return [of.filter((word) => texts.some((text) => text.includes(word))), await indexedDB.databases()];
}"""


@dataclass
class Day:
    """What it left: the lines of all consoles, the addresses that were asked for, and a tab that is still open."""

    lines: list[str]
    addresses: list[str]
    tab: WidgetTab


@pytest.fixture(scope="module")
def day(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    """One for all tests, which only look at what it left."""
    dist = tmp_path_factory.mktemp("day") / "dist"
    shutil.copytree(DIST, dist, ignore=shutil.ignore_patterns("*.br", "*.gz"))
    worker = dist / "sip-worker.js"
    worker.write_text(LISTEN + worker.read_text("utf-8"), "utf-8")
    with contextlib.ExitStack() as stops:
        backend = BackendProcess(dist)
        stops.callback(backend.stop)
        desk = Desk(browser, backend.url)
        stops.callback(desk.context.close)
        yield spend(desk, backend)


def spend(desk: Desk, backend: BackendProcess) -> Day:
    offer_haste(backend)
    desk.context.add_init_script(LISTEN)
    addresses: list[str] = []
    desk.context.playwright.on("request", lambda request: addresses.append(request.url))
    first, second = desk.widget("/").is_connected(), desk.widget().is_connected()
    calls_come_and_go(first, second, backend)
    all_goes_wrong(first, second, backend)
    state = backend.state()
    addresses += [request["url"] for request in [*state["attempts"], *state["posts"]]]
    report = desk.workers.report()
    return Day(desk.said + report.lines + report.exceptions, addresses, second)


def calls_come_and_go(first: WidgetTab, second: WidgetTab, backend: BackendProcess) -> None:
    backend.ring(CALLER, NAME)
    first.button("Answer").click()
    second.shows("Talking")
    second.button("Keypad").click()
    second.phone.with_role("group", "Keypad").button("5").click()
    second.button("Hold").click()
    first.shows("On hold")
    first.button("Hang up").click()
    first.shows_no_call()
    second.dial(DIALED)
    backend.far(backend.only_call(), "answer")
    first.shows("Talking")
    first.button("Transfer").click()
    first.phone.with_role("textbox", "Transfer to number").fill(OTHER)
    first.button("Transfer now").click()
    second.shows_no_call()
    first.status.select("dnd")
    second.status.has_value("dnd")


def all_goes_wrong(first: WidgetTab, second: WidgetTab, backend: BackendProcess) -> None:
    """Everything that could make somebody write down what a command or an event said."""
    first.dial(f"{DIALED}x")
    first.error.contains_text("is not a number")
    answer = {"do": "body", "body": f'{{"call": "{DIALED} {NAME}"}}', "type": "application/json", "times": 1}
    for fault in ({"do": "status", "status": 503, "times": 1}, answer):
        backend.control("faults", commands=fault)
        first.dial(DIALED)
        expect(first.error.locator).not_to_contain_text("is not a number")
        first.button("Dismiss").click()
    for event in ({"phone": CALLER, "displayName": NAME}, f"{CALLER} {NAME}"):
        backend.control("send", event="call_incoming", data=event)
    second.error.contains_text("cannot be read")
    backend.ring(CALLER, NAME)
    hurry(second.page, "hub")  # which tries every 5 s
    for status in (401, 503):
        backend.control("faults", events={"do": "status", "status": status, "times": 2})
        backend.control("cut", how="reset")
        expect(second.connection.locator).not_to_have_text("Connected")
        second.is_connected()
    hurry(second.page)
    second.shows("Ringing")


def test_strict_csp_and_trusted_types_hold_without_a_report(day: Day) -> None:
    assert day.tab.page.evaluate("document.location.pathname") == "/dist/index.html"
    assert [line for line in day.lines if "forbidden" in line or "Content Security Policy" in line] == []


def test_no_phone_number_or_name_in_console_url_or_storage_by_default(day: Day) -> None:
    assert any("CMD_DIAL failed" in line for line in day.lines), "the worker's lines are among them"
    assert any(address.endswith("/api/sip/dial") for address in day.addresses)
    written = json.dumps([day.lines, day.addresses], ensure_ascii=False)
    assert [word for word in PERSONAL if word in written] == []
    until("the browser keeps files", lambda: day.tab.page.evaluate("caches.keys()"))
    assert day.tab.page.evaluate(KEPT, PERSONAL) == [[], []]
