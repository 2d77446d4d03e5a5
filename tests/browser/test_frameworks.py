"""Pages that others write, as the README shows them: each example runs as it stands there, with the real packages."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from web.bundling import settings

from . import marks
from .backend import BackendProcess
from .desk import Desk
from .drivers import Page
from .frameworks import example, plain_page, react_page, vue_page
from .registry import registry_holds
from .tabs import State, WidgetTab

pytestmark = marks.ONCE

FORGOTTEN_AFTER = 1_000  # ms; the promise for a tab that goes
WIDGET_LISTENS = ["error", "handover", "outdated", "progress", "screenpop", "statechange"]

# Components that share no client of the page.
VUE_ALONE = """<script setup>
import "/dist/sip-phone-widget.js";
</script>
<template><sip-phone-widget></sip-phone-widget></template>
"""
REACT_ALONE = """
import "/dist/sip-phone-widget.js";
export const Phone = () => <sip-phone-widget />;
"""
# Strict mode runs its effect, takes it back, and runs it again.
REACT_EFFECT = """
import { useEffect, useState } from "react";
import { SipClient } from "/dist/sip-client.js";
import "/dist/sip-phone-widget.js";

export function Phone() {
  const [client, setClient] = useState(null);
  useEffect(() => {
    const mine = SipClient.connect();
    setClient(mine);
    return () => mine.close();
  }, []);
  return client && <sip-phone-widget client={client} />;
}
"""

NOTE_CHANGES = """() => {
  window.changes = [];
  const store = pinia._s.get("phone");
  store.$subscribe((_, { operatorStatus }) => changes.push(operatorStatus), { flush: "sync" });
}"""
GIVE_STATUS = """(status) => {
  const { client } = document.querySelector("sip-phone-widget");
  return client.setStatus(status).then(() => "done", ({ code }) => code);
}"""

MakePage = Callable[[Desk], Page]


def takes_a_call(page: Page, desk: Desk, backend: BackendProcess) -> None:
    """The page shows a call in words of its own, and takes it by a button of its own; another tab agrees with it."""
    tab, other = WidgetTab(page).is_connected(), desk.widget().is_connected()
    backend.ring("100")
    expect(page.playwright.get_by_text("100: ringing")).to_be_visible()
    other.shows("Ringing")
    page.playwright.get_by_role("button", name="Take the call").click()
    expect(page.playwright.get_by_text("100: talking")).to_be_visible()
    expect(page.playwright.get_by_role("button", name="Take the call")).to_be_hidden()
    for each in (tab, other):
        each.shows("Talking")
    assert tab.state() == other.state()
    assert len(backend.posts("answer")) == 1


def test_plain_html_needs_two_lines(desk: Desk, backend: BackendProcess) -> None:
    readme = (settings.ROOT / "README.md").read_text("utf-8")
    lines = readme.partition("## Drop it in\n")[2].partition("```html\n")[2].partition("```")[0]
    assert lines.count("\n") == 2
    tab = WidgetTab(plain_page(desk, lines)).is_connected()
    backend.ring("100")
    tab.button("Answer").click()
    tab.shows("Talking")


def test_a_plain_page_takes_a_call(desk: Desk, backend: BackendProcess) -> None:
    takes_a_call(plain_page(desk, example("html")), desk, backend)


def test_a_vue_page_takes_a_call(desk: Desk, backend: BackendProcess) -> None:
    takes_a_call(vue_page(desk), desk, backend)
    assert [line for line in desk.said if "[Vue warn]" in line] == []


def test_a_react_page_takes_a_call(desk: Desk, backend: BackendProcess) -> None:
    takes_a_call(react_page(desk), desk, backend)


def test_a_pinia_store_is_filled_by_sync_state_alone(desk: Desk, backend: BackendProcess) -> None:
    page, plain = vue_page(desk), desk.plain().is_connected()
    tab = WidgetTab(page).is_connected()
    backend.ring("100", "Grace Hopper")
    plain.hears("payload.activeCall?.state === 'ringing'")
    tab.shows("Ringing")
    assert store(page) == plain.state()

    page.evaluate(NOTE_CHANGES)
    backend.control("faults", commands={"do": "status", "status": 503, "times": 1})
    assert page.evaluate(GIVE_STATUS, "dnd") == "api_503"
    assert set(page.evaluate("changes")) <= {"ready"}, "the call begins to be heard 200 ms after it came"
    plain.forget()
    assert page.evaluate(GIVE_STATUS, "dnd") == "done"
    plain.hears("payload.operatorStatus === 'dnd'")
    assert set(page.evaluate("changes")) <= {"ready", "dnd"}
    assert page.evaluate("changes.at(-1)") == "dnd"
    assert store(page) == plain.state()


def store(page: Page) -> State:
    return dict(page.evaluate("JSON.parse(JSON.stringify(pinia.state.value.phone))"))


@pytest.mark.parametrize("make", [vue_page, react_page])
def test_a_component_that_is_there_twice_is_one_tab(desk: Desk, backend: BackendProcess, make: MakePage) -> None:
    page, other = make(desk), desk.widget().is_connected()
    page.evaluate("show(2)")
    states = page.playwright.locator("sip-phone-widget [part=state]")
    backend.ring("100")
    expect(states).to_have_text(["Ringing", "Ringing"])
    page.playwright.get_by_role("button", name="Take the call").last.click()
    expect(states).to_have_text(["Talking", "Talking"])
    other.shows("Talking")
    registry_holds(other.page, 2, FORGOTTEN_AFTER)
    assert len(backend.posts("answer")) == 1


@pytest.mark.parametrize(("make", "of_page"), [(vue_page, ["statechange"]), (react_page, [])], ids=["vue", "react"])
def test_a_component_that_is_unmounted_leaves_no_listener(desk: Desk, make: MakePage, of_page: list[str]) -> None:
    """A store of Pinia's lives as long as the page, and listens on; so does the client, until the page closes it."""
    page, other = make(desk), desk.widget().is_connected()
    WidgetTab(page).is_connected()
    page.evaluate("window.client = document.querySelector('sip-phone-widget').client")
    assert set(listeners(page)) == set(WIDGET_LISTENS)
    for _ in range(2):
        page.evaluate("show(0)")
        expect(page.playwright.locator("sip-phone-widget")).to_have_count(0)
        assert listeners(page) == of_page
        page.evaluate("show(1)")
        WidgetTab(page).is_connected()
    registry_holds(other.page, 2, FORGOTTEN_AFTER)
    page.evaluate("client.close()")
    registry_holds(other.page, 1, FORGOTTEN_AFTER)


def listeners(page: Page) -> list[str]:
    """Return what the page's client is listened to for, in order, once for each listener."""
    cdp = page.playwright.context.new_cdp_session(page.playwright)
    client: dict[str, Any] = cdp.send("Runtime.evaluate", {"expression": "client"})["result"]
    found = cdp.send("DOMDebugger.getEventListeners", {"objectId": client["objectId"]})["listeners"]
    return sorted(str(listener["type"]) for listener in found)


@pytest.mark.parametrize(
    ("make", "component"),
    [(vue_page, VUE_ALONE), (react_page, REACT_ALONE), (react_page, REACT_EFFECT)],
    ids=["vue", "react", "react-effect"],
)
def test_a_phone_that_is_its_components_own_goes_with_it(
    desk: Desk, backend: BackendProcess, make: Callable[[Desk, str], Page], component: str
) -> None:
    """In React this is strict mode, which does everything twice, and must not have two phones or calls of it."""
    page, other = make(desk, component), desk.widget().is_connected()
    tab = WidgetTab(page).is_connected()
    registry_holds(other.page, 2, FORGOTTEN_AFTER)
    tab.dial("123")
    backend.far(backend.only_call(), "answer")
    other.shows("Talking")
    page.evaluate("show(0)")
    registry_holds(other.page, 1, FORGOTTEN_AFTER)
    other.shows("Talking")
    assert backend.posts("dial") == [{"phone": "123"}]
