"""Text that people read: one number must not look like another, and every language stays whole."""

import json
import unicodedata
from typing import Any

import pytest

from worker_py import sip_api
from worker_py.effects import Log
from worker_py.plain_text import plain
from worker_py.protocol import Failure, state_payload

from .conftest import Bench
from .wire import BOTH, complaint, done, posted, refused, shown

DIRECTIONS = (
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u206a\u206b\u206c\u206d\u206e\u206f"
)
CONTROLS = "".join(chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) == "Cc")
LINES = "\t\n\r\u2028\u2029"
LANGUAGES = [
    "می\u200cخواهم",  # noqa: RUF001 - Persian
    "क्\u200dष",  # Hindi
    "👩\u200d💻 🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",  # emoji: their tags too
    "אנה ברג",
    "Zoë Ångström, née O'Brannigan",
    "山田太郎",
    "ไพลิน\u200bทองดี",  # Thai: where a line may break
]


def test_control_and_direction_marks_go() -> None:
    assert [f"U+{ord(mark):04X}" for mark in DIRECTIONS + CONTROLS if plain(f"1{mark}2") not in ("12", "1 2")] == []


def test_lines_and_tabs_keep_words_apart() -> None:
    assert plain(f"Ann{LINES}Berg") == "Ann     Berg"


@pytest.mark.parametrize("name", LANGUAGES)
def test_what_languages_need_stays(name: str) -> None:
    assert plain(name) == name


SPOOFED = "+4930\u202e321\u202c\x00\u2066"
SHOWN = {"phone": "+4930321", "displayName": "Ann+4930321"}
CALL: dict[str, Any] = {"id": "1", "phone": SPOOFED, "displayName": "Ann" + SPOOFED}


@pytest.mark.parametrize(
    ("name", "data"),
    [("call_incoming", CALL), ("snapshot", {"calls": [CALL]}), ("call_updated", CALL)],
)
def test_no_event_brings_a_mark_to_the_tabs(phone: Bench, name: str, data: dict[str, Any]) -> None:
    phone.event(name, **data)
    call = state_payload(phone.hub.state)["activeCall"]
    assert {field: call[field] for field in SHOWN} == SHOWN


def test_no_answer_brings_a_mark_to_the_tabs(phone: Bench) -> None:
    phone.command("CMD_DIAL", id="a", phone="5")
    phone.answer(1, {"call": CALL})
    [call] = phone.hub.state.calls
    assert (call.phone, call.display_name) == tuple(SHOWN.values())


def test_no_sentence_of_the_backend_brings_a_mark_to_the_person() -> None:
    body = json.dumps({"title": "Busy\u202e", "detail": "Call\r\n\u2066+49"})
    with pytest.raises(Failure) as failure:
        sip_api.decode_answer(409, "application/problem+json", body, 0)
    assert failure.value.message == "Busy: Call  +49 (409)"


def test_a_number_that_is_refused_is_repeated_without_its_marks(phone: Bench) -> None:
    why = '"12a" is not a number that can be dialled. Use digits, +, * and #, at most 32.'
    assert phone.command("CMD_DIAL", id="a", phone="1\u202e2a\x85") == [refused("a", "invalid_phone", why)]


def test_an_id_goes_back_to_the_backend_as_it_came(phone: Bench) -> None:
    identity = "a\u202eb"
    phone.event("call_incoming", id=identity, phone="1")
    body = json.dumps({"callId": identity})
    assert phone.command("CMD_ANSWER", id="k")[-1] == posted(1, "answer", body, "k")


SPOOFED_STATUS = "at \u202elunch\u2066\x85"


def test_no_status_brings_a_mark_to_the_tabs(phone: Bench) -> None:
    assert phone.event("operator_status", status=SPOOFED_STATUS) == [shown(2, operatorStatus="at lunch")]
    phone.event("snapshot", calls=[], operatorStatus="\u200fbreak")
    assert phone.hub.state.operator_status == "break"
    assert phone.command("CMD_STATUS", id="a", status=SPOOFED_STATUS) == [
        posted(1, "status", '{"status": "at lunch"}', "a")
    ]
    assert phone.answer(1, {"operatorStatus": SPOOFED_STATUS}) == [shown(4, operatorStatus="at lunch"), done("a")]


@pytest.mark.parametrize("status", ["", " ", "\u202e", " \u200f ", "a\nb", "x" * 33])
def test_what_is_no_status_is_refused_on_both_wires(phone: Bench, status: str) -> None:
    why = "The phone server sent a operator_status event that cannot be read: status is missing or of a wrong kind."
    assert phone.event("operator_status", status=status) == [Log(why), complaint("bad_event", why, *BOTH)]
    why = "A status is a text of at most 32 characters, such as ready."
    assert phone.command("CMD_STATUS", id="a", status=status) == [refused("a", "invalid_command", why)]
