"""Whatever comes from outside takes time in proportion to its length."""

import json
import sys
import time
from collections.abc import Callable

import pytest

from worker_py import protocol, sip_api
from worker_py.effects import Log
from worker_py.hub import Hub
from worker_py.plain_text import plain
from worker_py.protocol import Failure
from worker_py.pseudonyms import Pseudonyms
from worker_py.state import MAX_CALLS

from .conftest import Bench
from .wire import BOTH, RINGS, complaint

TIMES = 8
LIMIT = 3 * TIMES  # a busy machine may add something; quadratic time would be 64 times as long
LENGTH = 4_000
TOO_SHORT = 0.002  # s; less cannot be measured beside other work, and quadratic time is far above it

TEXTS: dict[str, Callable[[int], str]] = {
    "a string that does not end": lambda length: "[" * 65 + '"' + '\\"' * (length // 2),
    "strings that are empty": lambda length: "[" * 65 + '""' * (length // 2),
    "backslashes": lambda length: "[" * 65 + '"' + "\\" * length,
    "brackets": lambda length: "[]" * (length // 2),
    "a number": lambda length: json.dumps({"phone": "1" * length}),
    "a number and spaces": lambda length: json.dumps({"phone": "1" + " " * length}),
    "numbers with spaces": lambda length: json.dumps({"phone": "1 \u202e" * (length // 3)}, ensure_ascii=False),
    "a word": lambda length: json.dumps({"displayName": "a\u200e" * (length // 2)}, ensure_ascii=False),
    "marks": lambda length: json.dumps({"displayName": "a" + "\u200e" * length}, ensure_ascii=False),
    "a sentence of stops": lambda length: json.dumps({"title": "." * length + "!", "detail": " " * length + "."}),
    "many calls": lambda length: json.dumps(
        {"calls": [{"id": str(number), "phone": "1"} for number in range(length // 4)]}
    ),
    "many names": lambda length: json.dumps({str(number): "" for number in range(length // 8)}),
}


def event(text: str) -> None:
    hub = Hub("e")
    hub.start()
    hub.stream_event(1, "snapshot", text, "", 0)
    hub.stream_event(1, "call_updated", text, "", 0)


def answer(text: str) -> None:
    for status in (200, 409):
        try:
            sip_api.decode_answer(status, "application/json", text, 0)
        except Failure:
            continue


def message(text: str) -> None:
    Hub("e").receive_text(1, text, 0)


def number(text: str) -> None:
    for phone in (text, "1" + text):
        try:
            protocol.decode_command({"type": "CMD_DIAL", "payload": {"phone": phone}})
        except Failure:
            continue


def journal(text: str) -> None:
    Pseudonyms("e").wire(text)


def seconds(read: Callable[[str], object], text: str) -> float:
    """Return the CPU time that it takes, at best."""
    times = []
    for _ in range(3):
        start = time.process_time()
        read(text)
        times.append(time.process_time() - start)
    return min(times)


@pytest.mark.skipif(sys.platform == "emscripten", reason="its clock counts what other programs do meanwhile too")
@pytest.mark.parametrize("make", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("read", [event, answer, message, number, journal, plain])
def test_eight_times_the_text_takes_about_eight_times_the_time(
    read: Callable[[str], object], make: Callable[[int], str]
) -> None:
    short, long = seconds(read, make(LENGTH)), seconds(read, make(TIMES * LENGTH))
    assert long < LIMIT * max(short, TOO_SHORT)


def test_calls_beyond_the_limit_are_refused_with_one_line(phone: Bench) -> None:
    phone.event("snapshot", calls=[{"id": str(identity), "phone": "1"} for identity in range(MAX_CALLS)])
    before = phone.hub.state
    effects = [effect for _ in range(3) for effect in phone.event("call_incoming", id="one more", phone="1")]
    why = f"The phone server sent a call_incoming event that cannot be read: there are {MAX_CALLS} calls already."
    assert effects == [Log(why), complaint("bad_event", why, *BOTH)]
    assert phone.hub.state is before
    phone.event("call_updated", id="7", state="talking")
    assert phone.hub.state.active_call is phone.hub.state.call("7"), "those that are there go on"


def test_what_makes_no_call_is_heard_when_there_are_as_many_as_may_be(phone: Bench) -> None:
    phone.command("CMD_DIAL", id="a", phone="5")
    phone.event("snapshot", calls=[{"id": str(identity), "phone": "1"} for identity in range(MAX_CALLS - 1)])
    assert phone.event("call_updated", id="early", muted=True) == []
    assert phone.event("call_incoming", id="over", phone="1", state="ended") == []
    phone.event("call_incoming", id="named", phone="5", direction="outbound")
    assert phone.hub.state.call("named") is phone.hub.state.call("provisional-epoch-1"), "the call that was dialled"


def test_surplus_calls_of_a_snapshot_are_left_out_with_one_line(phone: Bench) -> None:
    calls = [{"id": str(identity), "phone": "1"} for identity in range(MAX_CALLS + 2)]
    why = f"The phone server sent a snapshot event with more than {MAX_CALLS} calls, of which only the first count."
    assert phone.event("snapshot", calls=calls)[1:] == [RINGS, Log(why), complaint("bad_event", why, *BOTH)]
    assert [call.id for call in phone.hub.state.calls] == [str(identity) for identity in range(MAX_CALLS)]
    assert phone.event("snapshot", calls=calls) == [], "it is told once"


def test_calls_that_are_listed_badly_do_not_add_up_beyond_the_limit(phone: Bench) -> None:
    phone.event("snapshot", calls=[{"id": str(identity)} for identity in range(MAX_CALLS)])
    bad = [{"id": str(identity), "phone": {}} for identity in range(MAX_CALLS)]
    phone.event("snapshot", calls=[{"id": "new"}, *bad])
    assert [call.id for call in phone.hub.state.calls] == [*map(str, range(MAX_CALLS - 1)), "new"]
