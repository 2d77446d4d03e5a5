"""Commands: what is posted, what the state becomes, and the one result."""

from typing import Any

import pytest

from worker_py.effects import Log, Post, StartTimer, Timer
from worker_py.protocol import CALL_COMMANDS

from .conftest import Bench
from .wire import (
    CLOSED,
    HELD,
    TAB_A,
    TAB_B,
    TALKING,
    a_call,
    complaint,
    dialing,
    done,
    ended,
    posted,
    refused,
    shown,
    talking,
)

NO_CALL = "There is no such call; it may just have ended."
P1, P2 = "provisional-epoch-1", "provisional-epoch-2"
ASKING_AGAIN = [
    Log("The phone server does not know a call; asking how things stand."),
    *CLOSED,
    StartTimer(Timer.RETRY, 250),
]


def ringing(phone: Bench, *ids: str) -> None:
    for call_id in ids or ("1",):
        phone.event("call_incoming", id=call_id, phone="100")


def in_talk(phone: Bench) -> None:
    ringing(phone)
    phone.event("call_updated", id="1", state="talking", answeredAt=0)


# --- dialing ----------------------------------------------------------------------------------------------------------


def test_dialing_shows_in_all_tabs_before_the_backend_answers(phone: Bench) -> None:
    call = dialing(P1, "123456")
    assert phone.command("CMD_DIAL", phone="123456", id="a") == [
        shown(2, call),
        posted(1, "dial", '{"phone": "123456"}', key="a"),
    ]
    assert phone.answer(1) == [done("a")]


def test_the_answer_names_the_dialed_call(phone: Bench) -> None:
    phone.command("CMD_DIAL", phone="123456", id="a")
    answer = {"call": {"id": "X", "phone": "123456", "displayName": "Ann"}}
    assert phone.answer(1, answer) == [shown(3, dialing("X", "123456", displayName="Ann")), done("a")]


def test_an_event_may_name_the_dialed_call_before_the_answer(phone: Bench) -> None:
    phone.command("CMD_DIAL", phone="123456", id="a")
    assert phone.event("call_updated", id="X", phone="123456", direction="outbound", state="dialing") == [
        shown(3, dialing("X", "123456"))
    ]
    assert phone.answer(1, {"call": {"id": "X", "phone": "123456"}}) == [done("a")]


def test_a_call_that_ended_before_its_dial_was_answered_stays_ended(phone: Bench) -> None:
    phone.command("CMD_DIAL", phone="123456", id="a")
    assert phone.event("call_ended", 5, id="X", endReason="busy", sipCode=486) == []
    last = ended(dialing("X", "123456"), "busy", 5, sipCode=486)
    assert phone.answer(1, {"call": {"id": "X"}}) == [shown(3, lastCall=last), done("a")]


def test_two_dials_whose_events_come_crosswise_are_two_calls_in_the_end(phone: Bench) -> None:
    phone.command("CMD_DIAL", phone="1", id="a")
    phone.command("CMD_DIAL", port=TAB_B, phone="2", id="b")
    phone.event("call_updated", id="Y", phone="+2", direction="outbound")  # takes the place of the first
    assert phone.answer(2, {"call": {"id": "Y"}}) == [shown(5, dialing("Y", "+2")), done("b", TAB_B)]
    assert phone.answer(1, {"call": {"id": "X", "phone": "1"}}) == [
        shown(6, dialing("Y", "+2"), dialing("X", "1")),
        done("a"),
    ]


def test_two_tabs_that_dial_at_once_get_a_result_each(phone: Bench) -> None:
    phone.command("CMD_DIAL", phone="1", id="a")
    effects = phone.command("CMD_DIAL", port=TAB_B, phone="2", id="b")
    assert effects == [shown(3, dialing(P1, "1"), dialing(P2, "2")), posted(2, "dial", '{"phone": "2"}', key="b")]
    assert phone.answer(2, {"call": {"id": "Y"}})[-1] == done("b", TAB_B)
    assert phone.answer(1, {"call": {"id": "X"}}) == [shown(5, dialing("X", "1"), dialing("Y", "2")), done("a")]


def test_a_double_click_dials_once(phone: Bench) -> None:
    phone.command("CMD_DIAL", phone="123", id="a")
    assert phone.command("CMD_DIAL", phone="12-3", id="b") == [
        refused("b", "invalid_state", "123 is already being dialled.")
    ]


@pytest.mark.parametrize("spelled", ["123", "+49123"], ids=["as dialled", "as the backend writes it"])
def test_a_number_that_rings_at_the_far_end_is_not_dialed_again(phone: Bench, spelled: str) -> None:
    phone.command("CMD_DIAL", phone="123", id="a")
    phone.answer(1, {"call": {"id": "X", "phone": spelled, "state": "dialing"}})
    for number in {"123", spelled}:
        message = f"{number} is already being dialled."
        effects = phone.hub.receive_message(TAB_B, dial(number, "b" + number), 60_000)
        assert effects == [refused("b" + number, "invalid_state", message, TAB_B)]


def test_a_double_click_on_a_number_that_is_busy_at_once_dials_once(phone: Bench) -> None:
    phone.command("CMD_DIAL", phone="123", id="a")
    phone.answer(1, {"call": {"id": "X", "state": "ended", "endReason": "busy"}})
    message = "123 has just been dialled. Wait a second before you dial it again."
    assert phone.hub.receive_message(TAB_A, dial("123", "b"), 499) == [refused("b", "invalid_state", message)]
    last = ended(dialing("X", "123"), "busy")
    again = shown(4, dialing("provisional-epoch-3", "123", startedAt=500), lastCall=last)
    assert phone.hub.receive_message(TAB_A, dial("123", "c"), 500)[0] == again


def test_a_dial_that_was_refused_may_be_tried_again_at_once(phone: Bench) -> None:
    phone.command("CMD_DIAL", phone="123", id="a")
    phone.answer(1, status=503)
    assert phone.command("CMD_DIAL", phone="123", id="b")[-1] == posted(2, "dial", '{"phone": "123"}', key="b")


def dial(phone: str, identity: str) -> dict[str, Any]:
    return {"type": "CMD_DIAL", "id": identity, "payload": {"phone": phone}}


def test_a_number_is_dialed_without_its_visual_separators(phone: Bench) -> None:
    effects = phone.command("CMD_DIAL", phone="\u202a+7 (495)\u00a0123-45.67\u202c", id="a")
    assert effects[-1] == posted(1, "dial", '{"phone": "+74951234567"}', key="a")


@pytest.mark.parametrize("number", ["+", "1+2", " ", None, 1], ids=ascii)
def test_what_is_no_number_is_not_dialed(phone: Bench, number: object) -> None:
    before = phone.hub.state
    [effect] = phone.command("CMD_DIAL", phone=number, id="a")
    shown_number = f'"{number}"' if isinstance(number, str) else "This"
    message = f"{shown_number} is not a number that can be dialled. Use digits, +, * and #, at most 32."
    assert effect == refused("a", "invalid_phone", message)
    assert phone.hub.state is before


def test_a_dial_that_fails_is_over(phone: Bench) -> None:
    phone.command("CMD_DIAL", phone="123", id="a")
    last = ended(dialing(P1, "123"), "invalid_number")
    assert phone.answer(1, status=422) == [
        Log("CMD_DIAL failed: api_422"),
        shown(3, lastCall=last),
        refused("a", "api_422", "The number cannot be dialled. (422)"),
    ]


def test_a_dial_without_an_answer_fails_but_its_call_may_still_come(phone: Bench) -> None:
    phone.command("CMD_DIAL", phone="123", id="a")
    message = (
        "The phone server did not answer in 10 s: it may have done this, or never have heard of it. "
        "See which before you repeat it."
    )
    last = ended(dialing(P1, "123"), "failed")
    assert phone.hub.post_failed(1, timed_out=True, now=0) == [
        Log("CMD_DIAL failed: timeout"),
        shown(3, lastCall=last),
        refused("a", "timeout", message),
    ]
    assert phone.event("call_updated", id="X", phone="123", direction="outbound") == [
        shown(4, dialing("X", "123"), lastCall=last)
    ]


def test_a_dial_that_fails_after_an_event_named_its_call_leaves_the_call_to_the_stream(phone: Bench) -> None:
    phone.command("CMD_DIAL", phone="123", id="a")
    phone.event("call_updated", id="X", phone="123", direction="outbound")
    [log, result] = phone.hub.post_failed(1, timed_out=False, now=0)
    assert log == Log("CMD_DIAL failed: network")
    assert result == refused("a", "network", "The phone server could not be reached.", retryable=True)


def test_hanging_up_while_dialing_waits_for_the_name_of_the_call(phone: Bench) -> None:
    phone.command("CMD_DIAL", phone="123", id="a")
    assert phone.command("CMD_HANGUP", id="b") == []
    named = dialing("X", "123")
    assert phone.answer(1, {"call": {"id": "X"}}) == [
        shown(3, named),
        done("a"),
        posted(2, "hangup", '{"callId": "X"}', key="b"),
    ]
    assert phone.answer(2) == [shown(4, lastCall=ended(named, "canceled")), done("b")]


def test_an_event_that_names_the_call_lets_the_hanging_up_go_on(phone: Bench) -> None:
    phone.command("CMD_DIAL", phone="123", id="a")
    phone.command("CMD_HANGUP", id="b", callId=P1)
    assert phone.event("call_updated", id="X", phone="123", direction="outbound") == [
        shown(3, dialing("X", "123")),
        posted(2, "hangup", '{"callId": "X"}', key="b"),
    ]


def test_hanging_up_that_waited_never_meets_another_call(phone: Bench) -> None:
    ringing(phone)
    phone.command("CMD_DIAL", phone="123", id="a")
    phone.command("CMD_HANGUP", id="b")
    assert phone.answer(1, status=503)[-2:] == [
        refused("a", "api_503", "The telephone side is away. (503)", retryable=True),
        refused("b", "invalid_state", NO_CALL),
    ]


def test_a_call_that_the_backend_never_names_is_hung_up_by_its_provisional_id(phone: Bench) -> None:
    phone.command("CMD_DIAL", phone="123")
    phone.answer(1)
    assert phone.command("CMD_HANGUP", id="b") == [posted(2, "hangup", f'{{"callId": "{P1}"}}', key="b")]


def test_a_call_that_was_never_named_is_over_when_the_backend_knows_no_such_call(phone: Bench) -> None:
    phone.command("CMD_DIAL", phone="123")
    phone.answer(1)
    phone.command("CMD_HANGUP", id="b")
    assert phone.answer(2, status=404) == [
        Log("CMD_HANGUP failed: api_404"),
        *ASKING_AGAIN,
        shown(3, lastCall=ended(dialing(P1, "123"), "connection_lost"), connectionStatus="reconnecting"),
        refused("b", "api_404", "There is no such call. (404)"),
    ]


# --- one call ---------------------------------------------------------------------------------------------------------


def test_answering_talks_in_all_tabs(phone: Bench) -> None:
    ringing(phone)
    assert phone.command("CMD_ANSWER", id="a") == [posted(1, "answer", '{"callId": "1"}', key="a")]
    assert phone.answer(1) == [shown(3, talking(), begun=["1"]), done("a")]


def test_a_body_may_say_what_the_call_is_now(phone: Bench) -> None:
    ringing(phone)
    phone.command("CMD_ANSWER", id="a")
    body = {"call": {"id": "1", "state": "talking", "answeredAt": 77, "displayName": "Ann"}, "operatorStatus": "away"}
    call = talking(answeredAt=77, displayName="Ann")
    assert phone.answer(1, body) == [shown(3, call, operatorStatus="away", begun=["1"]), done("a")]


def test_a_body_may_speak_of_another_call(phone: Bench) -> None:
    in_talk(phone)
    phone.command("CMD_TRANSFER", phone="5", id="a")
    body = {"call": {"id": "2", "phone": "5"}}
    assert phone.answer(1, body) == [shown(4, talking(), a_call("2", phone="5")), done("a")]


def test_answering_a_second_call_holds_the_first(phone: Bench) -> None:
    in_talk(phone)
    ringing(phone, "2")
    phone.command("CMD_ANSWER", callId="2", id="a")
    first, second = talking(state="held", actions=HELD), talking("2")
    assert phone.answer(1) == [shown(5, first, second, activeCall=second, begun=["2"]), done("a")]


def test_a_dialed_call_that_is_answered_holds_the_first(phone: Bench) -> None:
    in_talk(phone)
    phone.command("CMD_DIAL", phone="5", id="a")
    phone.answer(1, {"call": {"id": "X"}})
    first, second = (
        talking(state="held", actions=HELD),
        dialing("X", "5")
        | {
            "state": "talking",
            "answeredAt": 9,
            "actions": TALKING,
        },
    )
    assert phone.event("call_updated", 9, id="X", state="talking") == [
        shown(6, first, second, activeCall=second, begun=["X"])
    ]


HANGUPS = [("ringing", "rejected"), ("talking", "completed"), ("held", "completed")]


@pytest.mark.parametrize(("state", "reason"), HANGUPS)
def test_hanging_up_ends_the_call_for_a_reason(phone: Bench, state: str, reason: str) -> None:
    phone.event("call_incoming", id="1", phone="100", state=state, answeredAt=0)
    phone.command("CMD_HANGUP", id="a")
    call = a_call(state=state, answeredAt=0)
    assert phone.answer(1) == [shown(3, lastCall=ended(call, reason)), done("a")]


ROWS = [
    ("CMD_HOLD", {}, "hold", {}, talking(state="held", actions=HELD)),
    ("CMD_MUTE", {}, "mute", {}, talking(muted=True, actions=["hangup", "hold", "unmute", "dtmf", "transfer"])),
    ("CMD_DTMF", {"digits": "12#"}, "dtmf", {"digits": "12#"}, None),
]


@pytest.mark.parametrize(("kind", "payload", "path", "body", "becomes"), ROWS)
def test_each_command_for_a_talk(
    phone: Bench, kind: str, payload: dict[str, Any], path: str, body: dict[str, str], becomes: dict[str, object] | None
) -> None:
    in_talk(phone)
    [post] = phone.command(kind, id="a", **payload)
    assert isinstance(post, Post)
    text = '{"callId": "1"' + "".join(f', "{name}": "{value}"' for name, value in body.items()) + "}"
    assert post == posted(1, path, text, key="a")
    assert phone.answer(1) == ([shown(4, becomes)] if becomes else []) + [done("a")]


def test_resume_and_unmute_undo_hold_and_mute(phone: Bench) -> None:
    in_talk(phone)
    for number, (kind, path) in enumerate(
        [("CMD_MUTE", "mute"), ("CMD_UNMUTE", "unmute"), ("CMD_HOLD", "hold"), ("CMD_RESUME", "resume")], 1
    ):
        assert phone.command(kind) == [posted(number, path, '{"callId": "1"}', key=f"epoch-{number}")]
        phone.answer(number)
    assert phone.hub.receive_message(TAB_A, {"type": "INIT_PORT"}, 0) == [shown(7, talking(), to=(TAB_A,))]


def test_resuming_a_call_holds_the_other(phone: Bench) -> None:
    phone.event("call_incoming", id="1", phone="100", state="held", answeredAt=0)
    phone.event("call_incoming", id="2", phone="100", state="talking", answeredAt=0)
    phone.command("CMD_RESUME", callId="1", id="a")
    assert phone.answer(1) == [shown(4, talking(), talking("2", state="held", actions=HELD)), done("a")]


def test_a_transfer_ends_the_call(phone: Bench) -> None:
    in_talk(phone)
    assert phone.command("CMD_TRANSFER", phone="5-5", id="a") == [
        posted(1, "transfer", '{"callId": "1", "phone": "55"}', key="a")
    ]
    assert phone.answer(1) == [shown(4, lastCall=ended(talking(), "transferred")), done("a")]


def test_a_status_is_set_when_the_backend_says_so(phone: Bench) -> None:
    assert phone.command("CMD_STATUS", status="dnd", id="a") == [posted(1, "status", '{"status": "dnd"}', key="a")]
    assert phone.answer(1) == [shown(2, operatorStatus="dnd"), done("a")]
    phone.command("CMD_STATUS", status="ready", id="b")
    assert phone.answer(2, {"operatorStatus": "away"}) == [shown(3, operatorStatus="away"), done("b")]


def test_of_two_statuses_the_later_one_stays_whatever_order_the_answers_come_in(phone: Bench) -> None:
    phone.command("CMD_STATUS", status="ready", id="a")
    phone.command("CMD_STATUS", port=TAB_B, status="dnd", id="b")
    assert phone.answer(2) == [shown(2, operatorStatus="dnd"), done("b", TAB_B)]
    assert phone.answer(1) == [done("a")]


# --- refusals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", CALL_COMMANDS)
def test_without_a_call_there_is_nothing_to_do(phone: Bench, kind: str) -> None:
    effects = phone.command(kind, id="a", digits="1", phone="1")
    assert effects == [refused("a", "invalid_state", NO_CALL)]


def test_a_call_that_talks_cannot_be_answered(phone: Bench) -> None:
    in_talk(phone)
    assert phone.command("CMD_ANSWER", id="a") == [
        refused("a", "invalid_state", "The call is talking: it cannot be answered now.")
    ]


def test_the_backend_says_which_actions_a_call_allows(phone: Bench) -> None:
    phone.event("call_incoming", id="1", phone="100", actions=["hangup"])
    assert phone.command("CMD_ANSWER", id="a") == [
        refused("a", "invalid_state", "The call is ringing: it cannot be answered now.")
    ]


def test_a_second_tab_that_answers_learns_that_somebody_was_first(phone: Bench) -> None:
    ringing(phone)
    phone.command("CMD_ANSWER", id="a")
    message = "The call is already being answered, by this tab or another."
    assert phone.command("CMD_ANSWER", port=TAB_B, id="b") == [refused("b", "invalid_state", message, TAB_B)]


def test_without_an_id_a_refusal_is_an_error(phone: Bench) -> None:
    assert phone.command("CMD_HANGUP") == [complaint("invalid_state", NO_CALL, command="CMD_HANGUP")]


def test_without_an_id_a_success_needs_no_word(phone: Bench) -> None:
    phone.command("CMD_STATUS", status="dnd")
    assert phone.answer(1) == [shown(2, operatorStatus="dnd")]


BAD_COMMANDS = [
    (
        {"type": "CMD_DTMF", "payload": {"digits": "12a"}},
        "Only the digits 0 to 9, A to D, * and # can be sent, at most 32 at once.",
    ),
    (
        {"type": "CMD_DTMF", "payload": {"digits": ["1"]}},
        "Only the digits 0 to 9, A to D, * and # can be sent, at most 32 at once.",
    ),
    (
        {"type": "CMD_STATUS", "payload": {"status": "Do\nnot"}},
        "A status is a text of at most 32 characters, such as ready.",
    ),
    ({"type": "CMD_STATUS"}, "A status is a text of at most 32 characters, such as ready."),
    (
        {"type": "CMD_STATUS", "payload": {"status": "x" * 33}},
        "A status is a text of at most 32 characters, such as ready.",
    ),
    (
        {"type": "CMD_ANSWER", "payload": {"callId": 7}},
        "A callId is the id of a call as SYNC_STATE gives it, or is left out.",
    ),
    ({"type": "CMD_ANSWER", "payload": [1]}, "The payload of a message is an object, or there is none."),
]


@pytest.mark.parametrize(("message", "why"), BAD_COMMANDS)
def test_a_bad_payload_is_refused_whole(phone: Bench, message: dict[str, object], why: str) -> None:
    in_talk(phone)
    assert phone.hub.receive_message(TAB_A, message | {"id": "a"}, 0) == [refused("a", "invalid_command", why)]


@pytest.mark.parametrize("identity", [7, "", "a b", "x" * 129, "é", {}])
def test_an_id_that_cannot_be_an_http_header_is_refused(phone: Bench, identity: object) -> None:
    why = "The id of a command is a string of 1 to 128 ASCII characters without spaces."
    effects = phone.hub.receive_message(TAB_A, {"type": "CMD_DIAL", "payload": {"phone": "1"}, "id": identity}, 0)
    if isinstance(identity, str):
        assert effects == [refused(identity, "invalid_command", why)]
    else:
        assert effects == [complaint("invalid_command", why, command="CMD_DIAL")]


def test_an_id_that_is_the_key_of_a_command_without_one_is_refused(phone: Bench) -> None:
    """The backend would take the two for one, and carry out the first alone."""
    assert phone.command("CMD_STATUS", status="dnd") == [posted(1, "status", '{"status": "dnd"}', "epoch-1")]
    for identity in ("epoch-1", "epoch-2"):
        why = "This id is one of the phone's own. Make another id for the command."
        assert phone.command("CMD_STATUS", id=identity, status="away") == [refused(identity, "invalid_command", why)]
    away = '{"status": "away"}'
    assert phone.command("CMD_STATUS", id="epoch-x", status="away") == [posted(2, "status", away, "epoch-x")]


def test_a_command_of_a_newer_client_is_refused(phone: Bench) -> None:
    why = "The phone does not know this command. Is the page newer than the phone?"
    assert phone.command("CMD_CONFERENCE", id="a") == [refused("a", "unsupported", why)]
    assert phone.command("CMD_CONFERENCE") == [complaint("unsupported", why, command="CMD_CONFERENCE")]


PROBLEM = "application/problem+json; charset=utf-8"
ANSWERS = [
    (0, "", "", "unauthorized", "The phone server does not let you do this. Sign in again.", False),
    (401, "", "", "unauthorized", "The phone server does not let you do this. Sign in again.", False),
    (403, "", "", "api_403", "The phone server does not let you do this. (403)", False),
    (403, PROBLEM, '{"title": "CSRF check failed."}', "api_403", "CSRF check failed (403)", False),
    (418, "text/html", "<p>", "api_418", "The phone server refused. (418)", False),
    (409, PROBLEM, '{"title": "Busy.", "detail": "Line 2 rings."}', "api_409", "Busy: Line 2 rings (409)", False),
    (502, "application/json", "[]", "api_502", "The telephone side failed. (502)", True),
    (500, "application/json", '{"title": 5}', "api_500", "The phone server refused. (500)", False),
]  # fmt: skip


@pytest.mark.parametrize(("status", "kind", "text", "code", "message", "retryable"), ANSWERS)
def test_a_refusal_of_the_backend_reaches_the_person(
    phone: Bench,
    status: int,
    kind: str,
    text: str,
    code: str,
    message: str,
    retryable: bool,  # noqa: FBT001
) -> None:
    ringing(phone)
    phone.command("CMD_ANSWER", id="a")
    assert phone.hub.post_answered(1, status, kind, text, 0) == [
        Log(f"CMD_ANSWER failed: {code}"),
        refused("a", code, message, retryable=retryable),
    ]


BAD_BODIES = [
    ("text/html", "<p>", "it is not JSON"),
    ("application/json", "{", "it is not JSON"),
    ("application/json", "[]", "it is no JSON object"),
    ("application/json", '{"call": 7}', "a call is a JSON object"),
    ("application/json", '{"call": {}}', "id is missing or of a wrong kind"),
    ("application/json", '{"operatorStatus": 7}', "operatorStatus is missing or of a wrong kind"),
]


@pytest.mark.parametrize(("kind", "text", "why"), BAD_BODIES)
def test_a_success_that_cannot_be_read_is_an_error(phone: Bench, kind: str, text: str, why: str) -> None:
    ringing(phone)
    phone.command("CMD_ANSWER", id="a")
    message = f"The phone server answered 200, but what it said cannot be read ({why}). It may have done it."
    assert phone.hub.post_answered(1, 200, kind, text, 0) == [
        Log("CMD_ANSWER failed: bad_event"),
        refused("a", "bad_event", message),
    ]


def test_without_a_connection_the_person_reads_so(phone: Bench) -> None:
    phone.hub.stream_failed(1, permanent=False, now=0)
    phone.command("CMD_STATUS", status="dnd", id="a")
    message = "The phone is not connected. Try again when it is."
    assert phone.hub.post_failed(1, timed_out=False, now=0) == [
        Log("CMD_STATUS failed: not_connected"),
        refused("a", "not_connected", message, retryable=True),
    ]


# --- one result, one POST ---------------------------------------------------------------------------------------------


def test_the_same_id_twice_is_one_post_and_the_same_result(phone: Bench) -> None:
    ringing(phone)
    phone.command("CMD_ANSWER", id="a")
    assert phone.command("CMD_ANSWER", id="a") == []
    assert phone.command("CMD_ANSWER", port=TAB_B, id="a") == []
    assert phone.answer(1) == [shown(3, talking(), begun=["1"]), done("a", TAB_A, TAB_B)]
    assert phone.command("CMD_ANSWER", port=TAB_B, id="a") == [done("a", TAB_B)]


@pytest.mark.parametrize("settled", [False, True])
def test_an_id_that_was_another_commands_is_refused(phone: Bench, settled: bool) -> None:  # noqa: FBT001
    phone.command("CMD_STATUS", status="dnd", id="a")
    if settled:
        phone.answer(1)
    why = "This id was used for another command. Make a new id for every command."
    assert phone.command("CMD_STATUS", status="ready", id="a") == [refused("a", "invalid_command", why)]


def test_old_results_are_forgotten_in_the_end(phone: Bench) -> None:
    for number in range(1, 1_002):
        phone.command("CMD_STATUS", status="dnd", id=str(number))
        phone.answer(number)
    assert phone.command("CMD_STATUS", status="dnd", id="2") == [done("2")]
    assert phone.command("CMD_STATUS", status="dnd", id="1") == [posted(1_002, "status", '{"status": "dnd"}', key="1")]


def test_a_tab_that_closes_in_flight_leaves_its_command_to_go_on(phone: Bench) -> None:
    ringing(phone)
    phone.command("CMD_ANSWER", id="a")
    phone.command("CMD_STATUS", port=TAB_B, id="b", status="dnd")
    phone.hub.disconnect(TAB_A)
    assert phone.answer(1) == [shown(3, talking(), to=(TAB_B,), begun=["1"])]


def test_a_failure_nobody_waits_for_is_only_logged(phone: Bench) -> None:
    phone.command("CMD_STATUS", status="dnd")
    phone.hub.disconnect(TAB_A)
    assert phone.answer(1, status=500) == [Log("CMD_STATUS failed: api_500")]


def test_an_answer_to_no_request_changes_nothing(phone: Bench) -> None:
    assert phone.answer(99) == []
    assert phone.hub.post_failed(99, timed_out=True, now=0) == []


def test_digits_are_sent_one_after_the_other(phone: Bench) -> None:
    in_talk(phone)
    assert phone.command("CMD_DTMF", digits="1", id="a") == [
        posted(1, "dtmf", '{"callId": "1", "digits": "1"}', key="a")
    ]
    assert phone.command("CMD_DTMF", digits="2", id="b") == []
    assert phone.command("CMD_DTMF", digits="3", id="c") == []
    assert phone.answer(1) == [done("a"), posted(2, "dtmf", '{"callId": "1", "digits": "2"}', key="b")]
    assert phone.answer(2) == [done("b"), posted(3, "dtmf", '{"callId": "1", "digits": "3"}', key="c")]


# --- the stream is the authority --------------------------------------------------------------------------------------


def test_an_answer_after_the_end_changes_nothing(phone: Bench) -> None:
    ringing(phone)
    phone.command("CMD_ANSWER", id="a")
    phone.event("call_ended", id="1", endReason="answered_elsewhere")
    assert phone.answer(1) == [done("a")]


def test_an_answer_that_contradicts_a_newer_event_loses(phone: Bench) -> None:
    in_talk(phone)
    phone.command("CMD_HOLD", id="a")
    phone.event("call_updated", id="1", state="held")
    phone.event("call_updated", id="1", state="talking")
    assert phone.answer(1) == [done("a")]
    phone.command("CMD_STATUS", status="dnd", id="b")
    phone.event("operator_status", status="away")
    assert phone.answer(2) == [done("b")]


def test_an_event_that_says_nothing_new_does_not_overrule_the_answer(phone: Bench) -> None:
    ringing(phone)
    phone.command("CMD_ANSWER", id="a")
    phone.event("call_updated", id="1", state="ringing", displayName="Ann")
    assert phone.answer(1) == [shown(4, talking(displayName="Ann"), begun=["1"]), done("a")]


def test_an_event_overrules_the_answer_that_names_the_call(phone: Bench) -> None:
    phone.command("CMD_DIAL", phone="1", id="a")
    phone.event("call_updated", id="X", phone="1", direction="outbound", displayName="Ann")
    assert phone.answer(1, {"call": {"id": "X", "displayName": "Bob"}}) == [done("a")]
