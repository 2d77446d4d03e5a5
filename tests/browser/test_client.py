"""SipClient over any port, without a worker: what it posts, what it keeps, and how its promises end."""

from collections.abc import Iterator
from typing import Any

import pytest

from build import PROJECT

from .conftest import Desk
from .drivers import Page

# A client over one end of a channel; the test holds the other.
SET_UP = """async () => {
  const {SipClient} = await import("/dist/sip-client.js");
  const {port1, port2} = new MessageChannel();
  Object.assign(window, {SipClient, hub: port2, heard: [], events: [], settled: []});
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

COMMANDS: list[tuple[str, str, dict[str, Any]]] = [
    ("client.dial('12')", "CMD_DIAL", {"phone": "12"}),
    ("client.answer()", "CMD_ANSWER", {}),
    ("client.answer('c')", "CMD_ANSWER", {"callId": "c"}),
    ("client.hangup('c')", "CMD_HANGUP", {"callId": "c"}),
    ("client.hold('c')", "CMD_HOLD", {"callId": "c"}),
    ("client.resume('c')", "CMD_RESUME", {"callId": "c"}),
    ("client.mute('c')", "CMD_MUTE", {"callId": "c"}),
    ("client.unmute('c')", "CMD_UNMUTE", {"callId": "c"}),
    ("client.dtmf('1', 'c')", "CMD_DTMF", {"digits": "1", "callId": "c"}),
    ("client.transfer('12', 'c')", "CMD_TRANSFER", {"phone": "12", "callId": "c"}),
    ("client.setStatus('dnd')", "CMD_STATUS", {"status": "dnd"}),
]


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


def sync(epoch: str, rev: int, **changes: Any) -> dict[str, Any]:
    return {"type": "SYNC_STATE", "payload": STATE | changes, "epoch": epoch, "rev": rev}


def locks_of_tabs(page: Page) -> list[str]:
    held = page.evaluate("navigator.locks.query().then(({held}) => held.map(({name}) => name))")
    return [name for name in held if name.startswith("sip-phone-tab-")]


@pytest.mark.every_engine
def test_it_introduces_itself_with_the_lock_that_it_holds_and_shows_nothing_yet(page: Page) -> None:
    [message] = heard(page, 1)
    assert message == {
        "type": "INIT_PORT",
        "payload": {
            "tab": message["payload"]["tab"],
            "version": PROJECT["version"],
            "session": "",
            "lock": message["payload"]["lock"],
            "visible": True,
            "focused": True,
            "audible": False,
        },
    }
    assert locks_of_tabs(page) == [message["payload"]["lock"]]
    assert page.evaluate("client.state.connectionStatus") == "connecting"


def test_it_shows_the_state_and_drops_what_is_older(page: Page) -> None:
    events = hub_says(
        page,
        sync("a", 2, operatorStatus="dnd"),
        sync("a", 1, operatorStatus="old"),
        sync("a", 2, operatorStatus="same"),
        sync("a", 3),
        sync("b", 0, operatorStatus="away"),
    )
    assert [(name, detail["operatorStatus"]) for name, detail in events] == [
        ("statechange", "dnd"),
        ("statechange", "ready"),
        ("statechange", "away"),
    ]
    assert page.evaluate("client.state") == STATE | {"operatorStatus": "away"}


@pytest.mark.parametrize(("call", "kind", "payload"), COMMANDS)
def test_a_command_is_posted_with_an_id_and_settles_with_its_result(
    page: Page, call: str, kind: str, payload: dict[str, Any]
) -> None:
    page.evaluate(f"() => {{ window.promise = {call}.then(() => 'done', ({{code, message}}) => [code, message]); }}")
    message = heard(page, 2)[1]
    assert (message["type"], message["payload"]) == (kind, payload)
    hub_says(page, {"type": "CMD_RESULT", "id": message["id"], "ok": True})
    assert page.evaluate("promise") == "done"


def test_the_journal_is_a_text(page: Page) -> None:
    page.evaluate("() => { window.promise = client.journal(); }")
    message = heard(page, 2)[1]
    assert message["type"] == "JOURNAL"
    hub_says(page, {"type": "JOURNAL", "id": message["id"], "ok": True, "payload": {"text": "{}"}})
    assert page.evaluate("promise") == "{}"


def test_a_self_check_is_what_the_hub_tells_of_itself(page: Page) -> None:
    page.evaluate("() => { window.promise = client.check(); }")
    message = heard(page, 2)[1]
    assert message["type"] == "CHECK"
    hub_says(page, {"type": "CHECK", "id": message["id"], "ok": True, "payload": {"epoch": "a", "tabs": []}})
    assert page.evaluate("promise") == {"epoch": "a", "tabs": []}


def test_a_refusal_rejects_with_code_and_message(page: Page) -> None:
    page.evaluate("() => { window.promise = client.dial('x').catch((error) => ({...error, message: error.message})); }")
    error = {"code": "invalid_phone", "message": "No number.", "retryable": True}
    hub_says(page, {"type": "CMD_RESULT", "id": heard(page, 2)[1]["id"], "ok": False, "error": error})
    assert page.evaluate("promise") == error | {"name": "SipError"}


def test_no_two_commands_have_the_same_id(page: Page) -> None:
    page.evaluate("() => { for (let i = 0; i < 100; i++) client.mute().catch(() => {}); }")
    ids = [message["id"] for message in heard(page, 101)[1:]]
    assert len(set(ids)) == 100


def test_a_new_hub_ends_the_commands_of_the_old_one(page: Page) -> None:
    hub_says(page, sync("a", 1))
    page.evaluate("() => { window.promise = client.dial('1').catch(({code}) => code); }")
    hub_says(page, sync("a", 2), sync("b", 0))
    assert page.evaluate("promise") == "hub_lost"


def test_commands_given_before_the_first_word_of_the_hub_wait_for_it(page: Page) -> None:
    page.evaluate("() => { window.promise = client.dial('1').then(() => 'done'); }")
    hub_says(page, sync("a", 0), {"type": "CMD_RESULT", "id": heard(page, 2)[1]["id"], "ok": True})
    assert page.evaluate("promise") == "done"


def test_a_hub_that_failed_refuses_at_once(page: Page) -> None:
    hub_says(page, sync("a", 1, connectionStatus="failed"))
    assert page.evaluate("client.dial('1').catch(({code}) => code)") == "hub_failed"
    assert len(heard(page, 1)) == 1


def test_errors_and_newer_builds_are_events_and_strange_messages_are_nothing(page: Page) -> None:
    error = {"code": "bad_event", "message": "Nonsense."}
    nonsense: list[Any] = [None, 7, [], {"type": "toString"}, {"type": "CMD_RESULT", "id": "unknown", "ok": True}]
    events = hub_says(page, *nonsense, {"type": "ERROR", "payload": error}, {"type": "OUTDATED", "version": "9"})
    assert events == [["error", error], ["outdated", {"version": "9"}]]


def test_a_hub_that_retires_is_no_news_for_the_person(page: Page) -> None:
    assert hub_says(page, {"type": "OUTDATED", "version": "9", "retired": True}) == []


def test_a_page_that_is_cut_off_leaves_for_good_and_says_why(page: Page) -> None:
    page.evaluate("() => { window.promise = client.dial('1').catch(({code}) => code); }")
    heard(page, 2)
    page.evaluate("""() => new Promise((resolve) => {
      client.addEventListener("error", resolve);
      hub.postMessage({type: "ERROR", payload: {code: "unauthorized", message: "Reload."}, cutOff: true});
    })""")
    assert page.evaluate("promise") == "unauthorized"
    assert [message["type"] for message in heard(page, 3)] == ["INIT_PORT", "CMD_DIAL", "BYE"]
    assert page.evaluate("client.dial('1').catch(({message}) => message)") == "Reload."


def test_asked_again_it_introduces_itself_again(page: Page) -> None:
    hub_says(page, {"type": "REINIT", "epoch": "b"})
    first, second = heard(page, 2)
    assert first == second


@pytest.mark.every_engine
def test_asked_again_after_its_lock_was_taken_it_gives_another(page: Page) -> None:
    [first] = heard(page, 1)
    page.evaluate("name => navigator.locks.request(name, {steal: true}, () => {})", first["payload"]["lock"])
    hub_says(page, {"type": "REINIT", "epoch": "b"})
    second = heard(page, 2)[1]
    assert locks_of_tabs(page) == [second["payload"]["lock"]] != [first["payload"]["lock"]]


def test_a_hub_that_was_run_anew_at_its_port_is_joined_at_another(page: Page) -> None:
    said = page.evaluate(
        """(messages) => new Promise((resolve) => {
          const [before, after] = [new MessageChannel(), new MessageChannel()];
          const said = [[], []];
          const note = (list, {type}) => { list.push(type); if (said.flat().length === 4) resolve(said); };
          before.port2.onmessage = ({data}) => note(said[0], data);
          after.port2.onmessage = ({data}) => note(said[1], data);
          window.other = new SipClient(before.port1, () => after.port1);
          for (const message of messages) before.port2.postMessage(message);
        })""",
        [sync("a", 1), {"type": "REINIT", "epoch": "a"}, {"type": "REINIT", "epoch": "b"}],
    )
    assert said == [["INIT_PORT", "INIT_PORT", "BYE"], ["INIT_PORT"]]


def test_the_attention_is_its_own_if_the_hub_names_its_tab(page: Page) -> None:
    tab = heard(page, 1)[0]["payload"]["tab"]
    page.evaluate("""() => {
      window.attentions = [];
      client.addEventListener("statechange", () => attentions.push(client.attention));
    }""")
    hub_says(page, *(sync("a", rev) | named for rev, named in enumerate(({"attention": tab}, {"attention": "x"}, {}))))
    assert page.evaluate("attentions") == [True, False, False]


def test_no_two_clients_have_the_same_tab(page: Page) -> None:
    page.evaluate("""() => {
      const {port1, port2} = new MessageChannel();
      port2.onmessage = ({data}) => { heard.push(data); window.dispatchEvent(new Event("heard")); };
      window.other = new SipClient(port1);
    }""")
    first, second = (message["payload"]["tab"] for message in heard(page, 2))
    assert first != second


def test_whether_the_page_may_ring_is_told_once_and_with_every_introduction(page: Page) -> None:
    page.evaluate("() => { for (const may of [true, true, false]) client.audible = may; }")
    assert heard(page, 3)[1:] == [
        {"type": "FOCUS", "payload": {"visible": True, "focused": True, "audible": audible}}
        for audible in (True, False)
    ]
    page.evaluate("() => { client.audible = true; }")
    hub_says(page, {"type": "REINIT", "epoch": "b"})
    assert heard(page, 5)[4]["payload"]["audible"] is True


def test_that_people_begin_to_talk_is_an_event(page: Page) -> None:
    page.evaluate("client.addEventListener('screenpop', ({type, detail}) => events.push([type, detail]))")
    assert hub_says(page, {"type": "SCREEN_POP", "payload": {"id": "1"}}) == [["screenpop", {"id": "1"}]]


def test_closing_says_bye_and_ends_what_is_under_way(page: Page) -> None:
    page.evaluate("() => { window.promise = client.dial('1').catch(({code}) => code); client.close(); }")
    said = heard(page, 3)
    assert [message["type"] for message in said] == ["INIT_PORT", "CMD_DIAL", "BYE"]
    free = "(name) => navigator.locks.request(name, {signal: AbortSignal.timeout(10_000)}, () => 'free')"
    assert page.evaluate(free, said[0]["payload"]["lock"]) == "free"
    assert page.evaluate("promise") == "hub_lost"
    assert page.evaluate("client.dial('1').catch(({code}) => code)") == "hub_lost"
