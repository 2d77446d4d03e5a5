"""What goes wrong with commands: whatever happens, one result for each that asks for one, and one POST at the most."""

from typing import Any

import pytest

from . import marks
from .backend import BackendProcess
from .desk import Desk
from .healing import now
from .tabs import PlainTab

pytestmark = marks.SHARED_HUB

QUIET = 500  # ms in which a second POST or result would have come

BAD_BODIES = [
    # body, type
    ("<h1>Hi", "text/html"),
    ("{", "application/json"),
    ("[]", "application/json"),
    ('{"call": 7}', "application/json"),
]


def result(tab: PlainTab, identity: str) -> Any:
    """Return the one result of the command with that id, without its type and id."""
    tab.hears(f"message.type === 'CMD_RESULT' && message.id === '{identity}'")
    tab.page.wait_for_timeout(QUIET)
    [only] = [message for message in tab.heard() if message.get("id") == identity]
    return {name: value for name, value in only.items() if name not in ("type", "id")}


def hold(backend: BackendProcess, when: str = "before") -> None:
    """Let commands be carried out, or only be answered, when they are let go."""
    backend.control("faults", commands={"do": "hold", "when": when})


def let_go(backend: BackendProcess) -> None:
    backend.control("faults", commands=None)


def code(tab: PlainTab, identity: str) -> str:
    return str(result(tab, identity)["error"]["code"])


@pytest.mark.every_engine
def test_a_double_click_is_one_post(desk: Desk, backend: BackendProcess) -> None:
    [tab] = desk.widgets(1)
    backend.ring("100")
    hold(backend)
    tab.button("Answer").double_click()
    let_go(backend)
    tab.shows("Talking")
    assert len(backend.state()["posts"]) == 1
    tab.error.is_hidden()


@pytest.mark.every_engine
def test_the_same_id_twice_is_one_post_and_the_same_result(desk: Desk, backend: BackendProcess) -> None:
    """At once, from another tab, and again when all is over."""
    first, second = desk.plain().is_connected(), desk.plain().is_connected()
    dial = {"type": "CMD_DIAL", "id": "my-own-id", "payload": {"phone": "503"}}
    first.page.evaluate("dial => { say(dial); say(dial); }", dial)
    second.page.evaluate("dial => say(dial)", dial)
    assert result(first, "my-own-id") == result(second, "my-own-id")
    first.forget()
    first.say("CMD_DIAL", id="my-own-id", payload={"phone": "503"})
    assert result(first, "my-own-id") == result(second, "my-own-id")
    posts = backend.state()["posts"]
    assert [(post["key"], post["status"]) for post in posts] == [("my-own-id", 503)]


def test_two_tabs_that_dial_at_once_get_each_its_own_result(desk: Desk, backend: BackendProcess) -> None:
    first, second = desk.plain().is_connected(), desk.plain().is_connected()
    first.say("CMD_DIAL", id="a", payload={"phone": "100"})
    second.say("CMD_DIAL", id="b", payload={"phone": "503"})
    assert result(first, "a") == {"ok": True}
    assert code(second, "b") == "api_503"
    assert [[it["id"] for it in tab.heard() if "id" in it] for tab in (first, second)] == [["a"], ["b"]]
    assert sorted(post["key"] for post in backend.state()["posts"]) == ["a", "b"]


def test_two_tabs_that_dial_the_same_number_at_once_post_once(desk: Desk, backend: BackendProcess) -> None:
    tabs = {identity: desk.plain().is_connected() for identity in ("a", "b")}
    hold(backend)
    for identity, tab in tabs.items():
        tab.say("CMD_DIAL", id=identity, payload={"phone": "100"})
    [post] = backend.until(lambda state: len(state["posts"]) > 0)["posts"]
    quicker, slower = sorted(tabs, key=lambda identity: identity != post["key"])
    refused = result(tabs[slower], slower)["error"]
    assert (refused["code"], refused["message"]) == ("invalid_state", "100 is already being dialled.")
    let_go(backend)
    assert result(tabs[quicker], quicker) == {"ok": True}
    assert len(backend.state()["posts"]) == 1


def test_two_tabs_that_answer_at_once_post_once(desk: Desk, backend: BackendProcess) -> None:
    first, second = desk.widgets(2)
    backend.ring("100")
    hold(backend)
    first.button("Answer").click()
    second.button("Answer").click()
    second.error.contains_text("already being answered")
    let_go(backend)
    for tab in (first, second):
        tab.shows("Talking")
    assert len(backend.state()["posts"]) == 1


def test_a_command_while_reconnecting_is_done(desk: Desk, backend: BackendProcess) -> None:
    """The stream is down, and the way of the POST is not."""
    [tab] = desk.widgets(1)
    backend.control("faults", events={"do": "status", "status": 502})
    backend.control("cut", how="end")
    tab.connection.has_text("Reconnecting…")
    tab.status.select("dnd")
    backend.until(lambda state: state["operatorStatus"] == "dnd")
    tab.status.has_value("dnd")
    tab.connection.has_text("Reconnecting…")


def test_a_command_while_reconnecting_is_refused_if_nobody_is_there(desk: Desk, backend: BackendProcess) -> None:
    [tab] = desk.widgets(1)
    backend.control("gone", gone=True)
    tab.connection.has_text("Reconnecting…")
    tab.status.select("dnd")
    tab.error.has_text("The phone is not connected. Try again when it is.")
    tab.status.has_value("ready")


def test_a_4xx_or_5xx_is_read_by_the_person_in_that_tab(desk: Desk, backend: BackendProcess) -> None:
    asking, watching = desk.widgets(2)
    for status, words in REFUSALS.items():
        backend.control("faults", commands={"do": "status", "status": status})
        asking.dial("100")
        asking.error.has_text(words)
        watching.error.is_hidden()
    assert len(backend.state()["posts"]) == len(REFUSALS)


REFUSALS = {
    400: "Bad Request: The backend was told to answer so (400)",
    401: "The phone server does not let you do this. Sign in again.",
    404: "Not Found: The backend was told to answer so (404)",
    429: "Too Many Requests: The backend was told to answer so (429)",
    500: "Internal Server Error: The backend was told to answer so (500)",
    503: "Service Unavailable: The backend was told to answer so (503)",
}


def test_a_redirect_is_followed_nowhere_and_means_sign_in(desk: Desk, backend: BackendProcess) -> None:
    """Also one that would have the browser repeat the POST."""
    [tab] = desk.widgets(1)
    for status in (302, 307):
        headers = {"Location": "/api/sip/status"}
        backend.control("faults", commands={"do": "status", "status": status, "headers": headers, "times": 1})
        tab.dial("100")
        tab.error.has_text("The phone server does not let you do this. Sign in again.")
        tab.button("Dismiss").click()
    assert [(post["path"], post["status"]) for post in backend.state()["posts"]] == [("dial", 302), ("dial", 307)]


# A browser does not tell whether a request that it gave up had left it.
NO_ANSWER = (
    "The phone server did not answer in 10 s: it may have done this, or never have heard of it. "
    "See which before you repeat it."
)
# Six connections to a server are all that a browser has without HTTP/2, and the hub's stream is one.
TAKE_ALL_CONNECTIONS = """async () => {
  window.connections = new AbortController();
  const { signal } = connections;
  await Promise.all(Array.from({ length: 5 }, () => fetch("/control/events", { signal })));
}"""


def test_command_that_finds_no_free_connection_ends_and_comes_no_more(desk: Desk, backend: BackendProcess) -> None:
    tab, busy = desk.plain().is_connected(), desk.page("/plain.html")
    busy.evaluate(TAKE_ALL_CONNECTIONS)
    tab.say("CMD_DIAL", id="a", payload={"phone": "100"})
    assert result(tab, "a")["error"] == {"code": "timeout", "message": NO_ANSWER, "retryable": False}
    busy.evaluate("connections.abort()")
    tab.say("CMD_STATUS", id="b", payload={"status": "dnd"})
    assert result(tab, "b") == {"ok": True}
    assert [post["path"] for post in backend.state()["posts"]] == ["status"]


def test_no_answer_in_10_s_is_a_timeout_and_not_repeated(desk: Desk, backend: BackendProcess) -> None:
    tab = desk.plain().is_connected()
    backend.control("faults", commands={"do": "hang"})
    asked = now()
    tab.say("CMD_DIAL", id="a", payload={"phone": "100"})
    backend.until(lambda state: len(state["posts"]) == 1)
    backend.control("faults", commands=None)
    tab.hears("message.type === 'CMD_RESULT'")
    assert now() - asked >= 10_000
    assert result(tab, "a")["error"] == {
        "code": "timeout",
        "message": NO_ANSWER,
        "retryable": False,
    }
    assert len(backend.state()["posts"]) == 1


def test_200_with_a_bad_body_is_an_error(desk: Desk, backend: BackendProcess) -> None:
    tab = desk.plain().is_connected()
    for number, (body, kind) in enumerate(BAD_BODIES):
        backend.control("faults", commands={"do": "body", "body": body, "type": kind})
        tab.say("CMD_STATUS", id=str(number), payload={"status": "dnd"})
        assert code(tab, str(number)) == "bad_event"
    assert tab.state()["operatorStatus"] == "ready"
    assert len(backend.state()["posts"]) == len(BAD_BODIES)


def test_hanging_up_twice_is_a_clean_error(desk: Desk, backend: BackendProcess) -> None:
    """While the first is under way, and when it is done."""
    first, second = desk.plain().is_connected(), desk.plain().is_connected()
    call = backend.ring("100")
    second.hears("payload.activeCall")
    hold(backend)
    first.say("CMD_HANGUP", id="a", payload={"callId": call})
    backend.until(lambda state: len(state["posts"]) == 1)
    second.say("CMD_HANGUP", id="b", payload={"callId": call})
    assert code(second, "b") == "invalid_state"
    let_go(backend)
    assert result(first, "a") == {"ok": True}
    second.say("CMD_HANGUP", id="c", payload={"callId": call})
    assert code(second, "c") == "invalid_state"
    assert len(backend.state()["posts"]) == 1


def test_of_the_posts_answer_after_call_ended_the_stream_wins(desk: Desk, backend: BackendProcess) -> None:
    tab = desk.plain().is_connected()
    call = backend.ring("100")
    tab.hears("payload.activeCall")
    hold(backend, "after")
    tab.say("CMD_ANSWER", id="a")
    tab.hears("payload.activeCall?.state === 'talking'")
    backend.far(call, "hangup")
    tab.hears("payload.lastCall")
    assert "CMD_RESULT" not in [message["type"] for message in tab.heard()]
    let_go(backend)
    assert result(tab, "a") == {"ok": True}
    assert (tab.state()["activeCall"], tab.state()["lastCall"]["id"]) == (None, call)


@marks.OWN_HUB  # it is never told that the tab has gone
@pytest.mark.every_engine
def test_a_tab_closed_in_flight_is_one_post(desk: Desk, backend: BackendProcess) -> None:
    asking, watching = desk.plain().is_connected(), desk.plain().is_connected()
    hold(backend)
    asking.say("CMD_DIAL", id="a", payload={"phone": "100"})
    backend.until(lambda state: len(state["posts"]) == 1)
    asking.page.close()
    let_go(backend)
    call = backend.only_call()
    watching.hears(f"payload.activeCall?.id === '{call}'")
    assert [post["status"] for post in backend.state()["posts"]] == [200]
