"""What people type, paste or link, as the number to dial and the digits that follow it."""

import json
from pathlib import Path
from typing import Any

import pytest

from worker_py.phone_number import MAX_TYPED, PhoneNumber, read_typed, read_wire

from .conftest import Bench
from .wire import BOTH, TALKING, dialing, done, ended, posted, refused, shown, talking

NUMBERS: dict[str, Any] = json.loads((Path(__file__).parents[1] / "numbers.json").read_text(encoding="utf-8"))
OUTBOUND = {"id": "7", "phone": "+4930100", "direction": "outbound", "startedAt": 0}


@pytest.mark.parametrize(("text", "number"), [(text, number) for text, *number in NUMBERS["read"]], ids=ascii)
def test_what_is_typed_is_read_as_a_number(text: str, number: list[str]) -> None:
    phone, *after = number
    assert read_typed(text) == PhoneNumber(phone, tuple(after))


@pytest.mark.parametrize("text", NUMBERS["refused"], ids=ascii)
def test_what_is_typed_and_no_number_is_refused(text: str) -> None:
    assert read_typed(text) is None


def test_typed_text_has_a_length() -> None:
    assert read_typed("1" + " " * (MAX_TYPED - 1)) == PhoneNumber("1")
    assert read_typed("1" + " " * MAX_TYPED) is None


@pytest.mark.parametrize("text", ["\uff11", "\u0660", "1\t2", "1\n", "tel:1", "1,2", "1 ext. 2"], ids=ascii)
def test_wire_is_strict(text: str) -> None:
    assert read_wire(text) is None


@pytest.mark.parametrize("text", ["+49 (0) 30/12", "+49\u200b3012", "+49\u22123012"], ids=ascii)
def test_wire_takes_separators(text: str) -> None:
    assert read_wire(text) == PhoneNumber("+493012")


def test_digits_after_the_number_are_offered_and_never_sent(phone: Bench) -> None:
    dialed = phone.command("CMD_DIAL", id="a", phone="tel:+4930100,,12,3#", typed=True)
    call = dialing("provisional-epoch-1", "+4930100", nextDigits="12")
    assert dialed == [shown(2, call), posted(1, "dial", '{"phone": "+4930100"}', "a")]
    assert phone.answer(1, {"call": OUTBOUND}) == [shown(3, dialing("7", "+4930100", nextDigits="12")), done("a")]
    talk = talking("7", phone="+4930100", direction="outbound", nextDigits="12")
    assert phone.event("call_updated", id="7", state="talking")[0] == shown(4, talk, begun=["7"])


@pytest.fixture
def talks(phone: Bench) -> Bench:
    """A call that talks, in which 12 and 3# are still to be sent. Its state has rev 4."""
    phone.command("CMD_DIAL", id="a", phone="+4930100,12,3#", typed=True)
    phone.answer(1, {"call": OUTBOUND})
    phone.event("call_updated", id="7", state="talking")
    return phone


def sent(phone: Bench, number: int, digits: str) -> Any:
    phone.command("CMD_DTMF", id=f"{number}", digits=digits, callId="7")
    return phone.answer(number)


def test_digits_that_were_sent_are_offered_no_more(talks: Bench) -> None:
    talk = talking("7", phone="+4930100", direction="outbound")
    assert sent(talks, 2, "12") == [shown(5, talk | {"nextDigits": "3#"}), done("2")]
    assert sent(talks, 3, "9") == [done("3")], "others than those that were to come"
    assert sent(talks, 4, "3#") == [shown(6, talk), done("4")]
    assert sent(talks, 5, "3#") == [done("5")]


def test_digits_that_were_refused_are_offered_again(talks: Bench) -> None:
    talks.command("CMD_DTMF", id="b", digits="12", callId="7")
    assert talks.answer(2, status=405)[1:] == [refused("b", "api_405", "The phone server refused. (405)")]
    [call] = talks.hub.state.calls
    assert call.after == ("12", "3#")


def test_call_that_is_over_offers_no_digits(talks: Bench) -> None:
    last = ended(talking("7", phone="+4930100", direction="outbound", actions=TALKING), "completed")
    assert talks.event("call_ended", id="7") == [shown(5, lastCall=last, to=BOTH)]


def test_transfer_sends_no_digits_after_the_number(talks: Bench) -> None:
    why = "A transfer sends no digits after the number. Leave out what follows it."
    transfer = talks.command("CMD_TRANSFER", id="b", phone="+49 30 1 ext. 5", typed=True, callId="7")
    assert transfer == [refused("b", "invalid_phone", why)]


@pytest.mark.parametrize("text", ["\uff11\uff12", "12\t", "tel:12", "+49 (0) 30 1 ext. 5"], ids=ascii)
def test_program_that_says_typed_may_say_what_people_type(phone: Bench, text: str) -> None:
    number = read_typed(text)
    assert number
    effects = phone.command("CMD_DIAL", id="a", phone=text, typed=True)
    assert effects[-1] == posted(1, "dial", json.dumps({"phone": number.phone}), "a")
