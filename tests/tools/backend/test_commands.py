"""The commands: what each answers and tells, what is refused, and one key for one command."""

import json
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from .client import (
    API,
    Json,
    call_in,
    command,
    control,
    json_headers,
    listening_on,
    problem,
    see,
)


@pytest.mark.parametrize(
    ("state", "path", "body", "reached"),
    [
        ("ringing", "answer", {}, "talking"),
        ("ringing", "hangup", {}, "ended"),
        ("talking", "hold", {}, "held"),
        ("held", "resume", {}, "talking"),
        ("talking", "mute", {}, "talking"),
        ("talking", "unmute", {}, "talking"),
        ("talking", "dtmf", {"digits": "12#"}, "talking"),
        ("talking", "transfer", {"phone": "200"}, "ended"),
    ],
)
def test_command_answers_with_the_call_as_it_is_now(
    backend: httpx.Client, state: str, path: str, body: Json, reached: str
) -> None:
    call_id = call_in(backend, state)
    answer = command(backend, path, callId=call_id, **body)
    assert answer.status_code == 200
    assert (answer.json()["call"]["id"], answer.json()["call"]["state"]) == (call_id, reached)


def test_dial_is_told_to_all_streams_and_answered_with_the_same_call(backend: httpx.Client) -> None:
    with listening_on(backend) as events:
        call = command(backend, "dial", phone="+4930123").json()["call"]
        told = next(events)
    assert (told.name, told.json) == ("call_updated", call)
    assert (call["phone"], call["state"], call["direction"]) == ("+4930123", "dialing", "outbound")


def test_status_is_told_and_answered(backend: httpx.Client) -> None:
    with listening_on(backend) as events:
        answer = command(backend, "status", status="dnd")
        told = next(events)
    since = see(backend)["statusSince"]
    assert answer.json() == {"operatorStatus": "dnd", "statusSince": since}
    assert (told.name, told.json) == ("operator_status", {"status": "dnd", "statusSince": since})


def test_digits_reach_the_far_end(backend: httpx.Client) -> None:
    call_id = call_in(backend, "talking")
    command(backend, "dtmf", callId=call_id, digits="12#")
    assert see(backend)["dtmf"] == {call_id: "12#"}


@pytest.mark.parametrize(("path", "body"), [("dial", {"phone": "1"}), ("status", {"status": "dnd"})])
def test_answers_are_empty_if_the_settings_say_so(backend: httpx.Client, path: str, body: Json) -> None:
    control(backend, "settings", answers="empty")
    answer = command(backend, path, **body)
    assert (answer.status_code, answer.content) == (204, b"")


def test_fields_that_a_newer_phone_may_send_are_ignored(backend: httpx.Client) -> None:
    assert command(backend, "dial", phone="1", colour="green").status_code == 200


PHONE_HELP = "Use digits, +, * and #, at most 32."


@pytest.mark.parametrize(
    "phone",
    ["", "12a", "1" * 33, "1\r\n2", "1\n", "1\0", "1;ext=2", "１２", "\ud800", "1 2"],  # noqa: RUF001
)
def test_bad_number_is_refused_with_what_to_use(backend: httpx.Client, phone: str) -> None:
    body = json.dumps({"phone": phone})
    answer = backend.post(f"{API}/dial", content=body, headers=json_headers())
    assert answer.status_code == 422
    assert problem(answer).endswith(PHONE_HELP)
    assert see(backend)["calls"] == []


@pytest.mark.parametrize(
    ("path", "body", "complaint"),
    [
        ("dtmf", {"callId": "1", "digits": "x"}, "tones"),
        ("status", {"status": "x" * 33}, "not a status"),
        ("answer", {"callId": ""}, "id of a call"),
    ],
)
def test_other_bad_fields_are_refused_too(backend: httpx.Client, path: str, body: Json, complaint: str) -> None:
    answer = command(backend, path, **body)
    assert answer.status_code == 422
    assert complaint in problem(answer)


@pytest.mark.parametrize("body", [{}, {"phone": None}, {"phone": 1}, {"phone": ["1"]}, {"Phone": "1"}])
def test_missing_or_wrong_typed_field_is_named(backend: httpx.Client, body: Json) -> None:
    answer = command(backend, "dial", **body)
    assert answer.status_code == 400
    assert '"phone"' in problem(answer)


def test_unknown_call_is_404_and_wrong_state_409(backend: httpx.Client) -> None:
    ringing = call_in(backend, "ringing")
    unknown, wrong = command(backend, "answer", callId="x"), command(backend, "hold", callId=ringing)
    assert (unknown.status_code, wrong.status_code) == (404, 409)
    assert "no call x" in problem(unknown)
    assert "ringing" in problem(wrong)


def test_trunk_that_fails_is_a_problem_with_its_status(backend: httpx.Client) -> None:
    answer = command(backend, "dial", phone="503")
    assert answer.status_code == 503
    assert problem(answer) == "The trunk is out of service."


# --- one key, one command ---------------------------------------------------------------------------------------------


def test_same_key_twice_is_carried_out_once_and_answered_alike(backend: httpx.Client) -> None:
    answers = [command(backend, "dial", phone="1", headers={"Idempotency-Key": "again"}) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert len(see(backend)["calls"]) == 1


def test_same_key_many_times_at_once_is_carried_out_once(backend: httpx.Client) -> None:
    def dial(_: int) -> bytes:
        return command(backend, "dial", phone="1", headers={"Idempotency-Key": "at once"}).content

    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(dial, range(8)))) == 1
    assert len(see(backend)["calls"]) == 1


def test_refusal_is_kept_for_its_key_as_well(backend: httpx.Client) -> None:
    headers = {"Idempotency-Key": "refused"}
    first = command(backend, "dial", phone="503", headers=headers)
    again = command(backend, "dial", phone="503", headers=headers)
    assert (again.status_code, again.content) == (503, first.content)


def test_key_of_another_operator_is_another_key(backend: httpx.Client) -> None:
    command(backend, "dial", phone="1", headers={"Idempotency-Key": "mine"})
    control(backend, "settings", operator={"id": "8", "name": "Alan Turing"})
    answer = command(backend, "dial", phone="2", headers={"Idempotency-Key": "mine"})
    assert (answer.status_code, answer.json()["call"]["phone"]) == (200, "2")


def test_key_of_a_command_that_was_not_valid_is_free(backend: httpx.Client) -> None:
    command(backend, "dial", phone="x", headers={"Idempotency-Key": "mine"})
    assert command(backend, "dial", phone="1", headers={"Idempotency-Key": "mine"}).status_code == 200


@pytest.mark.parametrize(("path", "body"), [("dial", {"phone": "2"}), ("hangup", {"callId": "1"})])
def test_key_of_another_command_is_refused(backend: httpx.Client, path: str, body: Json) -> None:
    command(backend, "dial", phone="1", headers={"Idempotency-Key": "mine"})
    answer = command(backend, path, **body, headers={"Idempotency-Key": "mine"})
    assert answer.status_code == 422
    assert "key" in problem(answer)
    assert len(see(backend)["calls"]) == 1
