"""Headers of a page, such as a CSRF token: which may be sent, when they count, and that nobody reads them."""

import json
from typing import Any

import pytest

from worker_py.credentials import MAX_HEADERS, REFUSALS, Verdict, withhold
from worker_py.effects import Send, StartTimer, StopTimer, Timer, UseHeaders
from worker_py.hub import Hub
from worker_py.journal import Journal
from worker_py.protocol import MAX_MESSAGE

from .conftest import Bench
from .wire import CLOSED, TAB_A, TAB_B, TAB_C, complaint, handed_over, opening, shown

SECRET = "s3cr3t-Token"  # noqa: S105 - of nobody
MANY = {f"X-{number}": "1" for number in range(MAX_HEADERS + 1)}


def message(headers: object, kind: str = "HEADERS") -> str:
    return json.dumps({"type": kind, "payload": {"headers": headers}})


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-CSRFToken": SECRET},
        {"Authorization": f"Bearer {SECRET}", "X-Tenant": "7"},
        {"x-a": "a b"},
        {"X-Long": "a" * 4096},
        dict(list(MANY.items())[1:]),
    ],
)
def test_headers_are_withheld_and_returned_beside_the_message(headers: dict[str, str]) -> None:
    assert withhold(message(headers), MAX_MESSAGE) == (message("ok"), headers)


@pytest.mark.parametrize(
    ("headers", "verdict"),
    [
        (MANY, Verdict.COUNT),
        (["X-CSRFToken", SECRET], Verdict.COUNT),
        ("ok", Verdict.COUNT),
        ({"Cookie": SECRET}, Verdict.NAME),
        ({"SEC-Fetch-Site": "none"}, Verdict.NAME),
        ({"Proxy-Authorization": SECRET}, Verdict.NAME),
        ({"idempotency-key": "1"}, Verdict.NAME),
        ({"X-Requested-With": "me"}, Verdict.NAME),
        ({"X Token": SECRET}, Verdict.NAME),
        ({"X-Token:": SECRET}, Verdict.NAME),
        ({"": SECRET}, Verdict.NAME),
        ({"X-Токен": SECRET}, Verdict.NAME),
        ({"X-Token": f"{SECRET}\r\nX-Other: 1"}, Verdict.VALUE),
        ({"X-Token": ""}, Verdict.VALUE),
        ({"X-Token": " 1"}, Verdict.VALUE),
        ({"X-Token": "a" * 4097}, Verdict.VALUE),
        ({"X-Token": 7}, Verdict.VALUE),
        ({"X-Token": None}, Verdict.VALUE),
        ({"X-Token": "жетон"}, Verdict.VALUE),
    ],
)
def test_headers_that_may_not_be_sent_are_withheld_too(headers: object, verdict: Verdict) -> None:
    assert withhold(message(headers), MAX_MESSAGE) == (message(verdict.value), {})


@pytest.mark.parametrize(
    "text",
    [
        '{"type": "PING"}',
        message(None),
        '{"type": "HEADERS", "payload": "headers"}',
        '["headers"]',
        '{"headers": {"X-A": "1"}}',
        '{"payload": {"headers": ',
        message({"X-A": "a" * MAX_MESSAGE}),
    ],
)
def test_text_without_readable_headers_stays_as_it_is(text: str) -> None:
    assert withhold(text, MAX_MESSAGE) == (text, {})


def hello(phone: Bench, port: int, **payload: Any) -> Any:
    return phone.hub.receive_message(port, {"type": "INIT_PORT", "payload": payload}, 0)


def test_headers_of_a_tab_that_comes_count(phone: Bench) -> None:
    assert hello(phone, TAB_C, headers="ok") == [UseHeaders(), shown(1, to=(TAB_C,))]


def test_tab_without_headers_leaves_those_of_the_others(phone: Bench) -> None:
    assert hello(phone, TAB_C) == [shown(1, to=(TAB_C,))]


@pytest.mark.parametrize("verdict", [Verdict.COUNT, Verdict.NAME, Verdict.VALUE])
def test_refused_headers_are_told_to_the_tab_that_sent_them(phone: Bench, verdict: Verdict) -> None:
    refusal = complaint("invalid_headers", REFUSALS[verdict])
    assert hello(phone, TAB_A, headers=verdict.value) == [refusal, shown(1, to=(TAB_A,))]
    said = {"type": "HEADERS", "payload": {"headers": verdict.value}}
    assert phone.hub.receive_message(TAB_A, said, 0) == [refusal]


@pytest.mark.parametrize("payload", [None, {}, "ok", {"headers": {"X-A": "1"}}])
def test_headers_message_without_headers_is_refused(phone: Bench, payload: object) -> None:
    effects = phone.hub.receive_message(TAB_A, {"type": "HEADERS", "payload": payload}, 0)
    assert effects == [complaint("invalid_headers", REFUSALS[Verdict.COUNT])]


def test_newest_headers_count(phone: Bench) -> None:
    said = {"type": "HEADERS", "payload": {"headers": "ok"}}
    for tab in (TAB_A, TAB_B):
        assert phone.hub.receive_message(tab, said, 0) == [UseHeaders()]


def test_headers_of_an_unknown_port_do_not_count(phone: Bench) -> None:
    said = {"type": "HEADERS", "payload": {"headers": "ok"}}
    assert phone.hub.receive_message(9, said, 0) == [Send((9,), {"type": "REINIT", "epoch": "epoch"})]


def test_new_headers_try_a_refused_stream_at_once(phone: Bench) -> None:
    phone.hub.stream_failed(1, permanent=True, now=0)
    phone.hub.probed(1, 403, "", 0)
    said = {"type": "HEADERS", "payload": {"headers": "ok"}}
    assert phone.hub.receive_message(TAB_A, said, 2_000) == [UseHeaders(), StopTimer(Timer.RETRY), *opening(2)]


def test_next_session_without_headers_drops_those_of_the_one_before(phone: Bench) -> None:
    hello(phone, TAB_A, session="ann's", headers="ok")
    first, *others = hello(phone, TAB_B, session="bob's")
    assert first == UseHeaders()
    assert handed_over(TAB_A, TAB_B) in others
    assert [effect for effect in others if effect in (*CLOSED, StartTimer(Timer.RETRY, 250))]


def test_tab_of_a_session_that_is_over_sets_no_headers(phone: Bench) -> None:
    hello(phone, TAB_A, session="ann's")
    hello(phone, TAB_B, session="bob's")
    assert UseHeaders() not in hello(phone, TAB_A, session="ann's", headers="ok")
    assert phone.hub.receive_message(TAB_A, {"type": "HEADERS", "payload": {"headers": "ok"}}, 0) == []


def test_journal_holds_no_header() -> None:
    hub = Hub("e")
    journal = Journal(hub)
    told, _ = withhold(message({"X-CSRFToken": SECRET}, "INIT_PORT"), MAX_MESSAGE)
    journal.tell(hub.receive_text, 1, told, 0)
    text = "\n".join(journal.lines())
    assert '\\"headers\\":\\"ok\\"' in text
    assert SECRET not in text
    assert "CSRF" not in text
