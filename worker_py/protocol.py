"""The tab's wire: what a message from a tab asks for, and the messages that the hub answers with."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .call import MAX_ID, MAX_STATUS, Action, Call, CallState, EndReason
from .credentials import Verdict, read_verdict
from .phone_number import DIGITS, MAX_PHONE, PhoneNumber, read_typed, read_wire
from .plain_text import plain
from .state import State

# Messages of a tab that are no commands.
INIT_PORT = "INIT_PORT"
PING = "PING"
NUDGE = "NUDGE"
FOCUS = "FOCUS"
HEADERS = "HEADERS"
BYE = "BYE"
JOURNAL = "JOURNAL"  # and the hub's answer
CHECK = "CHECK"  # the same
# Messages of the hub.
SYNC_STATE = "SYNC_STATE"
CMD_RESULT = "CMD_RESULT"
ERROR = "ERROR"
PONG = "PONG"
REINIT = "REINIT"
OUTDATED = "OUTDATED"
HANDOVER = "HANDOVER"
PROGRESS = "PROGRESS"  # of the bootstrap, while Python loads
SCREEN_POP = "SCREEN_POP"


@dataclass(frozen=True, slots=True)
class CallCommand:
    """A row of the table of what may be done with a call.

    path: under the API; action: what the call must allow; takes: the payload field it needs besides the call;
    becomes: what a bare success means for the call; doing: for the person who asks a second time.
    """

    path: str
    action: Action
    doing: str
    becomes: Mapping[str, Any] = field(default_factory=dict)
    takes: str | None = None


CMD_DIAL = "CMD_DIAL"
CMD_STATUS = "CMD_STATUS"
ENDED = {"state": CallState.ENDED}
TRANSFERRED = {"state": CallState.ENDED, "end_reason": EndReason.TRANSFERRED}
CALL_COMMANDS = {
    "CMD_ANSWER": CallCommand("answer", Action.ANSWER, "answered", {"state": CallState.TALKING}),
    "CMD_HANGUP": CallCommand("hangup", Action.HANGUP, "hung up", ENDED),
    "CMD_HOLD": CallCommand("hold", Action.HOLD, "put on hold", {"state": CallState.HELD}),
    "CMD_RESUME": CallCommand("resume", Action.RESUME, "resumed", {"state": CallState.TALKING}),
    "CMD_MUTE": CallCommand("mute", Action.MUTE, "muted", {"muted": True}),
    "CMD_UNMUTE": CallCommand("unmute", Action.UNMUTE, "unmuted", {"muted": False}),
    "CMD_DTMF": CallCommand("dtmf", Action.DTMF, "sent digits", takes="digits"),
    "CMD_TRANSFER": CallCommand("transfer", Action.TRANSFER, "transferred", TRANSFERRED, takes="phone"),
}
COMMANDS = (CMD_DIAL, CMD_STATUS, *CALL_COMMANDS)

MAX_MESSAGE = 65_536  # characters of JSON; no message of a tab needs more than a hundredth of it

STATUS = re.compile(rf"[^\x00-\x1f\x7f]{{1,{MAX_STATUS}}}")  # any text: backends have words of their own
VERSION = re.compile(r"[0-9]{1,4}(?:\.[0-9]{1,4}){0,3}(?:\+[a-p]{8})?", re.ASCII)  # after the plus: of the content
COMMAND_ID = re.compile(r"[!-~]{1,128}", re.ASCII)  # it becomes the value of an HTTP header
MAX_TEXT = 128
MAX_SESSION = 4_096  # a token may well be long, and one that counted as unsaid would keep nobody apart


@dataclass(frozen=True, slots=True)
class Failure(Exception):
    """Why something was not done: a code of the wire, and a sentence for the person."""

    code: str
    message: str
    retryable: bool = False

    def to_wire(self) -> dict[str, Any]:
        """Return the `error` of a CMD_RESULT."""
        return {"code": self.code, "message": self.message, "retryable": self.retryable}


@dataclass(frozen=True, slots=True)
class Command:
    """A command whose payload has been checked. `id` is None where the tab gave none; `after` are digits that may be
    sent once the call talks."""

    type: str
    id: str | None
    call_id: str | None = None
    phone: str | None = None
    after: tuple[str, ...] = ()
    digits: str | None = None
    status: str | None = None


@dataclass(frozen=True, slots=True)
class Hello:
    """The payload of INIT_PORT: who the tab is. All of it is optional. since: when its page began to name the session,
    in milliseconds since the epoch; headers: whether those that came with it may be sent."""

    tab: str | None = None
    lock: str | None = None
    version: str | None = None
    session: str | None = None
    since: int | None = None
    headers: Verdict | None = None
    visible: bool = True
    focused: bool = False
    audible: bool = True


def command_id(message: Mapping[str, Any]) -> str | None:
    """Return the id of a command or None; raise Failure if it cannot be one."""
    match message.get("id"):
        case None:
            return None
        case str(text) if COMMAND_ID.fullmatch(text):
            return text
    raise Failure("invalid_command", "The id of a command is a string of 1 to 128 ASCII characters without spaces.")


def decode_command(message: Mapping[str, Any]) -> Command:
    """Return the command in a CMD_* message; raise Failure if it is unknown or its payload is wrong."""
    kind, payload = message["type"], payload_of(message)
    identity = command_id(message)
    if kind == CMD_DIAL:
        number = _phone(payload)
        return Command(kind, identity, phone=number.phone, after=number.after)
    if kind == CMD_STATUS:
        return Command(kind, identity, status=_status(payload))
    if kind not in CALL_COMMANDS:
        raise Failure("unsupported", "The phone does not know this command. Is the page newer than the phone?")
    takes = CALL_COMMANDS[kind].takes
    return Command(
        kind,
        identity,
        call_id=_call_id(payload),
        phone=_phone_alone(payload) if takes == "phone" else None,
        digits=_digits(payload) if takes == "digits" else None,
    )


def decode_hello(message: Mapping[str, Any]) -> Hello:
    """Return what INIT_PORT says of the tab; what it says wrongly counts as unsaid."""
    match message.get("payload"):
        case dict(payload):
            return Hello(
                tab=_short_text(payload.get("tab")),
                lock=_lock(payload),
                version=_version(payload),
                session=_short_text(payload.get("session"), MAX_SESSION),
                since=decode_since(payload.get("since")),
                headers=read_verdict(payload.get("headers")),
                visible=payload.get("visible") is not False,
                focused=payload.get("focused") is True,
                audible=payload.get("audible") is not False,
            )
    return Hello()


def decode_headers(message: Mapping[str, Any]) -> Verdict:
    """Return whether the headers in HEADERS may be sent."""
    match message.get("payload"):
        case {"headers": headers}:
            return read_verdict(headers) or Verdict.COUNT
    return Verdict.COUNT


def payload_of(message: Mapping[str, Any]) -> dict[str, Any]:
    """Return the payload, {} where there is none; raise Failure if it is no object."""
    match message.get("payload"):
        case None:
            return {}
        case dict(payload):
            return payload
    raise Failure("invalid_command", "The payload of a message is an object, or there is none.")


def _phone(payload: Mapping[str, Any]) -> PhoneNumber:
    text = payload.get("phone")
    read = read_typed if payload.get("typed") is True else read_wire
    if isinstance(text, str) and (number := read(text)):
        return number
    shown = f'"{plain(text)}"' if isinstance(text, str) and 0 < len(text) <= MAX_PHONE else "This"
    advice = f"Use digits, +, * and #, at most {MAX_PHONE}."
    raise Failure("invalid_phone", f"{shown} is not a number that can be dialled. {advice}")


def _phone_alone(payload: Mapping[str, Any]) -> str:
    number = _phone(payload)
    if number.after:
        raise Failure("invalid_phone", "A transfer sends no digits after the number. Leave out what follows it.")
    return number.phone


def _digits(payload: Mapping[str, Any]) -> str:
    match payload.get("digits"):
        case str(digits) if DIGITS.fullmatch(digits):
            return digits
    raise Failure("invalid_command", "Only the digits 0 to 9, A to D, * and # can be sent, at most 32 at once.")


def _status(payload: Mapping[str, Any]) -> str:
    if (status := decode_status(payload.get("status"))) is not None:
        return status
    raise Failure("invalid_command", f"A status is a text of at most {MAX_STATUS} characters, such as ready.")


def decode_status(value: object) -> str | None:
    """Return an operator's status, of a tab or of the backend, as it may be shown; None if it is none."""
    if not isinstance(value, str) or not STATUS.fullmatch(value):
        return None
    status = plain(value)
    return status if status.strip() else None


def _call_id(payload: Mapping[str, Any]) -> str | None:
    match payload.get("callId"):
        case None:
            return None
        case str(call_id) if 0 < len(call_id) <= MAX_ID:
            return call_id
    raise Failure("invalid_command", "A callId is the id of a call as SYNC_STATE gives it, or is left out.")


def _short_text(value: object, most: int = MAX_TEXT) -> str | None:
    return value if isinstance(value, str) and 0 < len(value) <= most else None


def decode_since(value: object) -> int | None:
    """Return when a page began to name its session, or None if it does not say."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53 else None


def _version(payload: Mapping[str, Any]) -> str | None:
    version = _short_text(payload.get("version"))
    return version if version and VERSION.fullmatch(version) else None


def _lock(payload: Mapping[str, Any]) -> str | None:
    """No lock may begin with a dash: that is the rule of Web Locks."""
    name = _short_text(payload.get("lock"))
    return None if name is None or name.startswith("-") else name


# --- hub to tab -------------------------------------------------------------------------------------------------------


def state_payload(state: State) -> dict[str, Any]:
    """Return the payload of SYNC_STATE."""
    return {
        "connectionStatus": state.connection.value,
        "operatorStatus": state.operator_status,
        "statusSince": state.status_since,
        "activeCall": _call(state.active_call),
        "calls": [_call(call) for call in state.calls],
        "lastCall": _call(state.last_call),
    }


def sync_state(state: State, epoch: str, rev: int, **beside: Any) -> dict[str, Any]:
    """Return the message that tells a tab all it shows. `beside` stands beside the payload where it is not None:
    `attention`, the tab that rings; `ringing`, the ids of the calls that it rings for; `begun`, the ids of the calls in
    which people begin to talk with this state."""
    message = {"type": SYNC_STATE, "payload": state_payload(state), "epoch": epoch, "rev": rev}
    return message | {name: value for name, value in beside.items() if value is not None}


def screen_pop(call: Call) -> dict[str, Any]:
    """Return the news, for one tab, that people begin to talk: it brings up what there is to know of the other one."""
    return {"type": SCREEN_POP, "payload": _call(call)}


def command_done(identity: str) -> dict[str, Any]:
    """Return the result of a command that was carried out."""
    return {"type": CMD_RESULT, "id": identity, "ok": True}


def command_failed(identity: str, failure: Failure) -> dict[str, Any]:
    """Return the result of a command that was not."""
    return {"type": CMD_RESULT, "id": identity, "ok": False, "error": failure.to_wire()}


def error(failure: Failure, command: str | None = None) -> dict[str, Any]:
    """Return the message for a failure that no result reports; `command` is the type of the one that failed."""
    payload = {"code": failure.code, "message": failure.message}
    return {"type": ERROR, "payload": payload if command is None else payload | {"command": command}}


def pong(epoch: str, rev: int) -> dict[str, Any]:
    """Return the answer to PING."""
    return {"type": PONG, "epoch": epoch, "rev": rev}


def reinit(epoch: str) -> dict[str, Any]:
    """Return the request to a port that the hub does not know."""
    return {"type": REINIT, "epoch": epoch}


def outdated(version: str | None, *, retired: bool = False) -> dict[str, Any]:
    """Return the news that a build of that version is there; `retired`: this hub ends, the next one is to be asked."""
    message = {"type": OUTDATED, "version": version}
    return message | {"retired": True} if retired else message


def handover() -> dict[str, Any]:
    """Build HANDOVER: the phone is another person's from now on, or nobody's. A tab drops what the one before typed."""
    return {"type": HANDOVER}


def cut_off(failure: Failure) -> dict[str, Any]:
    """Return the ERROR for a tab that is told nothing any more and need not ask again."""
    return error(failure) | {"cutOff": True}


def journal(identity: str | None, text: str) -> dict[str, Any]:
    """Return the answer to the request for the journal, which is `text`."""
    return {"type": JOURNAL, "id": identity, "ok": True, "payload": {"text": text}}


def check(identity: str | None, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answer to the request for a self-check, which found these facts."""
    return {"type": CHECK, "id": identity, "ok": True, "payload": facts}


def _call(call: Call | None) -> dict[str, Any] | None:
    if call is None:
        return None
    return {
        "id": call.id,
        "direction": call.direction.value,
        "phone": call.phone,
        "displayName": call.display_name,
        "state": call.state.value,
        "muted": call.muted,
        "remoteHold": call.remote_hold,
        "startedAt": call.started_at,
        "answeredAt": call.answered_at,
        "endedAt": call.ended_at,
        "endReason": call.end_reason.value if call.end_reason else None,
        "sipCode": call.sip_code,
        "actions": [action.value for action in call.actions],
    } | ({"nextDigits": call.after[0]} if call.after else {})
