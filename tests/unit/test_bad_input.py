"""Bad input, from tabs and from the backend: refused whole, with a reason, and nothing dies."""

import json
from contextlib import suppress
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker_py import protocol, sip_api
from worker_py.effects import Effect, Log, Post, Send, StartTimer
from worker_py.hub import Hub
from worker_py.plain_text import plain
from worker_py.protocol import COMMANDS, Failure
from worker_py.sip_api import DECODERS, BadWire
from worker_py.state import reduce

from .conftest import Bench
from .inputs import ANSWERS, ANYTHING, BEGINNING, EVENTS, MESSAGES, RUNS, SNAPSHOTS, TYPES, broken, tell, written
from .wire import BOTH, TAB_A, a_call, complaint, refused, shown

TAB_OF_ITS_OWN = 9

# --- the decoders -----------------------------------------------------------------------------------------------------


@given(st.sampled_from(COMMANDS), broken(MESSAGES))
def test_a_command_is_decoded_or_refused(kind: str, message: dict[str, Any]) -> None:
    with suppress(Failure):
        command = protocol.decode_command(message | {"type": kind})
        assert command.type == kind
        json.dumps(asdict(command))


@given(broken(MESSAGES) | st.dictionaries(st.just("payload"), ANYTHING))
def test_what_a_tab_says_of_itself_is_decoded_whatever_it_is(message: dict[str, Any]) -> None:
    hello = protocol.decode_hello(message)
    assert all(text is None or 0 < len(text) <= 128 for text in (hello.tab, hello.lock, hello.version, hello.session))


@given(st.sampled_from([*DECODERS]), written(EVENTS) | written(SNAPSHOTS))
def test_an_event_is_decoded_or_refused_and_the_state_takes_whatever_is_decoded(name: str, text: str) -> None:
    state = Hub("e").state
    with suppress(BadWire):
        event = sip_api.decode_event(name, text, 0)
        assert event is not None
        json.dumps(protocol.state_payload(reduce(reduce(state, event), event)))


@given(written(EVENTS))
def test_a_ping_is_decoded_or_refused(text: str) -> None:
    with suppress(BadWire):
        assert 1 <= sip_api.decode_ping(text) <= 3_600_000


@given(st.integers(100, 599), TYPES, written(ANSWERS))
def test_an_answer_is_decoded_or_refused(status: int, content_type: str, text: str) -> None:
    with suppress(Failure):
        sip_api.decode_answer(status, content_type, text, 0)
        assert 200 <= status < 300


# --- the hub ----------------------------------------------------------------------------------------------------------


class Account:
    """What has come of a hub so far, which later effects must not contradict."""

    def __init__(self) -> None:
        self.rev = 0
        self.keys: set[str] = set()

    def take(self, effects: list[Effect]) -> None:
        json.dumps([asdict(effect) for effect in effects])
        for effect in effects:
            match effect:
                case Send(_, {"type": "SYNC_STATE", "rev": rev}):
                    assert rev >= self.rev
                    self.rev = rev
                case Post(_, _, headers):
                    assert headers["Idempotency-Key"] not in self.keys
                    self.keys.add(headers["Idempotency-Key"])
                case StartTimer(_, delay):
                    assert delay > 0


@given(RUNS)
def test_whatever_comes_the_hub_lives(run: list[Any]) -> None:
    hub, account = Hub("e"), Account()
    for told in BEGINNING + run:
        before, rev = hub.state.visible, hub.rev
        account.take(tell(hub, told))
        assert hub.rev > rev or hub.state.visible == before
        assert hub.rev >= rev


@given(RUNS)
def test_after_any_input_nothing_is_left_to_show(run: list[Any]) -> None:
    """All consequences were drawn: who rings is a tab that is there, and only if a call rings."""
    hub = Hub("e")
    for told in BEGINNING + run:
        tell(hub, told)
        assert hub._conclude() == []
        named = {tab.hello.tab for tab in hub.ports.tabs}
        assert hub._attention is None or (hub._attention in named and hub.state.ringing)


@given(RUNS, MESSAGES.map(lambda message: message | {"id": "the-one"}))
def test_an_id_gets_exactly_one_result_whatever_else_comes(run: list[Any], message: dict[str, Any]) -> None:
    hub = Hub("e")
    effects = [effect for told in BEGINNING for effect in tell(hub, told)]
    effects += hub.receive_message(TAB_OF_ITS_OWN, message, 0)
    for told in run:
        effects += tell(hub, told)
    for number in range(1, 100):
        effects += hub.post_failed(number, timed_out=True, now=0)
    results = [effect for effect in effects if isinstance(effect, Send) and effect.message.get("id") == "the-one"]
    assert len(results) == (1 if message["type"].startswith("CMD_") else 0)


# --- the lines of the list of faults ----------------------------------------------------------------------------------

BAD_PAYLOADS = {
    "not JSON": ("call_incoming", "{nonsense", "it is not JSON"),
    "JSON null": ("call_incoming", "null", "it is no JSON object"),
    "JSON array": ("call_incoming", '[{"id": "2", "phone": "1"}]', "it is no JSON object"),
    "missing type": ("call_incoming", '{"phone": "2"}', "id is missing or of a wrong kind"),
    "wrong type": ("call_incoming", '{"id": {}, "phone": "1"}', "id is missing or of a wrong kind"),
    "wrong type within": ("snapshot", '{"calls": {"id": "2"}}', "calls is a list"),
    "__proto__": ("call_updated", '{"__proto__": {"id": "1", "state": "talking"}}', "id is missing or of a wrong kind"),
    "5 MB": (
        "call_incoming",
        json.dumps({"id": "2", "phone": "1" * 5_000_000}),
        "it is longer than 1048576 characters",
    ),
}


@pytest.mark.parametrize(("name", "text", "why"), BAD_PAYLOADS.values(), ids=BAD_PAYLOADS)
def test_payload_nothing_changes_nothing_dies_one_log_line(phone: Bench, name: str, text: str, why: str) -> None:
    phone.event("call_incoming", id="1", phone="100")
    before = phone.hub.state
    message = f"The phone server sent a {name} event that cannot be read: {why}."
    effects = [effect for _ in range(3) for effect in phone.hub.stream_event(1, name, text, "", 0)]
    assert effects == [Log(message), complaint("bad_event", message, *BOTH)]
    assert phone.hub.state is before
    assert phone.event("call_incoming", id="2", phone="200") == [shown(3, a_call(), a_call("2", phone="200"))]


NO_NEWS = {
    "unknown event": ("toString", {"id": "1"}),
    "duplicate": ("call_incoming", {"id": "1", "phone": "100"}),
    "ringing after ended": ("call_incoming", {"id": "0", "phone": "100", "state": "ringing"}),
}


@pytest.mark.parametrize(("name", "data"), NO_NEWS.values(), ids=NO_NEWS)
def test_payload_without_news_changes_nothing(phone: Bench, name: str, data: dict[str, Any]) -> None:
    phone.event("call_incoming", id="0", phone="100")
    phone.event("call_ended", id="0")
    phone.event("call_incoming", id="1", phone="100")
    before = phone.hub.state
    assert phone.event(name, **data) == []
    assert phone.hub.state is before


NO_MESSAGES = {
    "no object": ("[]", "invalid_command", "A message is an object with a type."),
    "10 MB long": (
        json.dumps({"type": "CMD_DIAL", "payload": {"phone": "1" * 10_000_000}}),
        "invalid_command",
        "The message cannot be read: it is longer than 65536 characters.",
    ),
    "toString": ('{"type": "toString"}', "unsupported", "The phone does not know this message."),
}


@pytest.mark.parametrize(("text", "code", "why"), NO_MESSAGES.values(), ids=NO_MESSAGES)
def test_tabs_a_message_that_is_none_is_refused_with_an_error_and_nothing_else(
    phone: Bench, text: str, code: str, why: str
) -> None:
    before = phone.hub.state
    assert phone.hub.receive_text(TAB_A, text, 0) == [complaint(code, why)]
    assert phone.hub.state is before


DEEP = "[" * 65 + "]" * 65
UNREADABLE = {
    "too long": (
        f'{{"type": "CMD_DIAL", "id": "a", "payload": {{"phone": "{"1" * 66_000}"}}}}',
        "longer than 65536 characters",
    ),
    "too deep": (f'{{"payload": {{"id": "b", "phone": {DEEP}}}, "id": "a"}}', "nested deeper than 64 levels"),
    "too deep, a tab's own order": (
        f'{{"type": "CMD_DTMF", "id": "a", "payload": {DEEP}}}',
        "nested deeper than 64 levels",
    ),
}


@pytest.mark.parametrize(("text", "why"), UNREADABLE.values(), ids=UNREADABLE)
def test_command_that_cannot_be_read_has_a_result(phone: Bench, text: str, why: str) -> None:
    told = refused("a", "invalid_command", f"The message cannot be read: it is {why}.")
    assert phone.hub.receive_text(TAB_A, text, 0) == [told]


@pytest.mark.parametrize(
    "text", [DEEP, f'{{"id": {DEEP}}}', f'{{"x": ["id", {DEEP}]}}', f'{{"id": "\\n", "x": {DEEP}}}']
)
def test_message_without_a_readable_id_is_refused_by_an_error(phone: Bench, text: str) -> None:
    why = "The message cannot be read: it is nested deeper than 64 levels."
    assert phone.hub.receive_text(TAB_A, text, 0) == [complaint("invalid_command", why)]


BAD_NUMBERS: dict[str, object] = {
    "empty": "",
    "over 32 characters": "1" * 33,
    "letters": "12a",
    "CR LF": "1\r\n2",
    "NUL": "1\0",
    "ext": "1;ext=2",
    "full-width digits": "\uff11\uff12",
    "a list": ["1"],
}


@pytest.mark.parametrize("kind", ["CMD_DIAL", "CMD_TRANSFER"])
@pytest.mark.parametrize("number", BAD_NUMBERS.values(), ids=BAD_NUMBERS)
def test_security_a_bad_number_is_refused_before_any_post(phone: Bench, kind: str, number: object) -> None:
    phone.event("call_incoming", id="1", phone="100", state="talking")
    before = phone.hub.state
    shown_number = f'"{plain(number)}"' if isinstance(number, str) and 0 < len(number) <= 32 else "This"
    message = f"{shown_number} is not a number that can be dialled. Use digits, +, * and #, at most 32."
    assert phone.command(kind, phone=number, id="a") == [refused("a", "invalid_phone", message)]
    assert phone.hub.state is before
