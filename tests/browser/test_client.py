"""SipClient over a real port in a real page, whose lock and looks it tells. test-client.mjs has the rest of it."""

from collections.abc import Iterator
from typing import Any

import pytest

from .backend import version_of_bundle
from .desk import Desk
from .drivers import Page

# A client over one end of a channel; the test holds the other.
SET_UP = """async () => {
  const {SipClient} = await import("/dist/sip-client.js");
  const {port1, port2} = new MessageChannel();
  Object.assign(window, {hub: port2, heard: [], events: []});
  port2.onmessage = ({data}) => { heard.push(data); window.dispatchEvent(new Event("heard")); };
  window.client = new SipClient(port1);
  for (const name of ["statechange", "error", "outdated"]) {
    client.addEventListener(name, ({detail}) => events.push([name, detail]));
  }
}"""

STATE: dict[str, Any] = {
    "connectionStatus": "connected",
    "operatorStatus": "ready",
    "activeCall": None,
    "calls": [],
    "lastCall": None,
}


@pytest.fixture
def page(desk: Desk) -> Iterator[Page]:
    opened = desk.page("/plain.html")
    opened.evaluate(SET_UP)
    yield opened
    opened.close()


def heard(page: Page, count: int) -> list[Any]:
    """Return what the hub's end has heard, once that is so many messages."""
    wait = """(count) => new Promise((resolve) => {
      const look = () => heard.length >= count && resolve(heard);
      addEventListener("heard", look);
      look();
    })"""
    return list(page.evaluate(wait, count))


def hub_says(page: Page, *messages: dict[str, Any]) -> list[Any]:
    """Let the hub say these; return the events that the client has dispatched by then."""
    script = """async (messages) => {
      messages.forEach((message) => hub.postMessage(message));
      await new Promise((resolve) => {  // the port keeps the order: when this is heard, so is all before it
        client.addEventListener("outdated", resolve, {once: true});
        hub.postMessage({type: "OUTDATED", version: "end"});
      });
      return events.filter(([name, detail]) => detail?.version !== "end");
    }"""
    return list(page.evaluate(script, list(messages)))


def locks_of_tabs(page: Page) -> list[str]:
    held = page.evaluate("navigator.locks.query().then(({held}) => held.map(({name}) => name))")
    return [name for name in held if name.startswith("sip-phone-tab-")]


def test_a_client_introduces_itself_with_the_lock_that_it_holds(page: Page) -> None:
    [message] = heard(page, 1)
    assert message == {
        "type": "INIT_PORT",
        "payload": {
            "tab": message["payload"]["tab"],
            "version": version_of_bundle(),
            "session": "",
            "since": message["payload"]["since"],
            "lock": message["payload"]["lock"],
            "visible": True,
            "focused": True,
            "audible": False,
        },
    }
    assert locks_of_tabs(page) == [message["payload"]["lock"]]


def test_a_command_and_its_result_pass_a_real_port(page: Page) -> None:
    page.evaluate("() => { window.promise = client.dial('12').then(() => client.state.operatorStatus); }")
    message = heard(page, 2)[1]
    assert message == {"type": "CMD_DIAL", "id": message["id"], "payload": {"phone": "12"}}
    state = {"type": "SYNC_STATE", "payload": STATE, "epoch": "a", "rev": 0}
    events = hub_says(page, state, {"type": "CMD_RESULT", "id": message["id"], "ok": True})
    assert (events, page.evaluate("promise")) == ([["statechange", STATE]], "ready")


@pytest.mark.every_engine
def test_a_client_whose_lock_was_taken_holds_another_when_asked_again(page: Page) -> None:
    [first] = heard(page, 1)
    page.evaluate("name => navigator.locks.request(name, {steal: true}, () => {})", first["payload"]["lock"])
    hub_says(page, {"type": "REINIT", "epoch": "b"})
    second = heard(page, 2)[1]
    assert locks_of_tabs(page) == [second["payload"]["lock"]] != [first["payload"]["lock"]]


def test_a_client_tells_once_that_it_may_ring_and_when_it_introduces_itself(page: Page) -> None:
    page.evaluate("() => { for (const may of [true, true, false]) client.audible = may; }")
    assert heard(page, 3)[1:] == [
        {"type": "FOCUS", "payload": {"visible": True, "focused": True, "audible": audible}}
        for audible in (True, False)
    ]
    page.evaluate("() => { client.audible = true; }")
    hub_says(page, {"type": "REINIT", "epoch": "b"})
    assert heard(page, 5)[4]["payload"]["audible"] is True


def test_a_client_that_is_closed_frees_its_lock(page: Page) -> None:
    lock = heard(page, 1)[0]["payload"]["lock"]
    page.evaluate("client.close()")
    assert [message["type"] for message in heard(page, 2)] == ["INIT_PORT", "BYE"]
    free = "(name) => navigator.locks.request(name, {signal: AbortSignal.timeout(10_000)}, () => 'free')"
    assert page.evaluate(free, lock) == "free"
