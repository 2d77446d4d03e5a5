"""The backend's wire: what an event of the stream says, the request for a command, and what its answer says."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any
from urllib.parse import quote

from . import json_text
from .call import MAX_ID, Action, CallState, Direction, EndReason
from .events import CallEnded, CallSeen, Event, Operator, OperatorStatusChanged, Snapshot, Word
from .plain_text import plain
from .protocol import Failure, decode_status
from .state import MAX_CALLS

DEFAULT_API = "/api/sip"
# A path as URLs have it (RFC 3986), with no segment that is empty, "." or "..", of which there are other spellings.
# Browsers drop tabs and line breaks and take a backslash for a slash, so that "/<TAB>/host" is another site to them.
API_PATH = re.compile(r"(?:/(?!(?:[.]|%2[Ee]){1,2}(?:/|$))[A-Za-z0-9._~!$&'()*+,;=:@%-]+)+/?|/", re.ASCII)
MAX_EVENT = 1_048_576  # characters; a snapshot of a hundred calls has some 40,000
POST_TIMEOUT = 10_000  # ms
MAX_RETRY_AFTER = 60_000  # ms; nobody waits longer for a phone
PING = "ping"
NO_TIME = -1  # is refused as any that is not in milliseconds
EVENT_STREAM, JSON = "text/event-stream", "application/json"
MIN_PING_INTERVAL, MAX_PING_INTERVAL = 0.001, 3_600  # s


class BadWire(ValueError):
    """What the backend sent cannot be read; the text says why and repeats nothing of it."""


def check_api(api: str) -> str:
    """Return the prefix of the API without a slash at its end; raise ValueError if it leads to another site."""
    if not API_PATH.fullmatch(api):
        raise ValueError(f"The address of the API is a path on the page's own site, such as {DEFAULT_API}.")
    return api.removesuffix("/")


# --- stream -----------------------------------------------------------------------------------------------------------


def events_url(api: str, last_event_id: str) -> str:
    """Return where the stream is; a source that is made anew says in the URL what the browser's own retry would say
    in the header Last-Event-ID."""
    return (
        f"{api}/events?lastEventId={quote(last_event_id, safe='', errors='replace')}"
        if last_event_id
        else f"{api}/events"
    )


HTTP_DATE = re.compile(r"\w{3}, (\d{2}) (\w{3}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) GMT", re.ASCII)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def decode_retry_after(text: str, now: int) -> int:
    """Return for how many milliseconds to leave a backend alone, a minute at most: it says so in seconds, or until
    when. 0 if it says nothing that can be read."""
    said = text.strip()
    if said.isascii() and said.isdigit():
        return min(int(said[:9]) * 1000, MAX_RETRY_AFTER)
    if (date := HTTP_DATE.fullmatch(said)) is None or date[2] not in MONTHS:
        return 0
    day, year, hours, minutes, seconds = (int(date[part]) for part in (1, 3, 4, 5, 6))
    time = ((_days(year, MONTHS.index(date[2]) + 1, day) * 24 + hours) * 60 + minutes) * 60 + seconds
    return min(max(0, time * 1000 - now), MAX_RETRY_AFTER)


def _days(year: int, month: int, day: int) -> int:
    """Return the days since 1970 (https://howardhinnant.github.io/date_algorithms.html#days_from_civil)."""
    year -= month <= 2
    leap_days = year // 4 - year // 100 + year // 400
    return 365 * year + leap_days + (153 * ((month + 9) % 12) + 2) // 5 + day - 719_469


def is_stream(content_type: str) -> bool:
    """Tell whether an answer of that Content-Type is an event stream."""
    return _kind(content_type) == EVENT_STREAM


def media_type(content_type: str) -> str:
    """Return what the hub takes a Content-Type for: one of the two that it reads, or nothing."""
    if is_stream(content_type):
        return EVENT_STREAM
    return JSON if _is_json(content_type) else ""


def decode_event(name: str, text: str, now: int) -> Event | None:
    """Return what the event means, or None if the hub does not know such events; raise BadWire if it cannot be read."""
    if name not in DECODERS:
        return None
    return DECODERS[name](_object(text), now)


def decode_ping(text: str) -> int:
    """Return the interval between pings in milliseconds; raise BadWire if it cannot be read."""
    if (interval := _interval(_object(text).get("interval"))) is None:
        raise BadWire("interval is a number of seconds")
    return interval


def _object(text: str) -> dict[str, Any]:
    try:
        value = json_text.parse(text, MAX_EVENT)
    except ValueError as reason:
        raise BadWire(str(reason)) from None
    if not isinstance(value, dict):
        raise BadWire("it is no JSON object")
    return value


def _snapshot(data: Mapping[str, Any], now: int) -> Snapshot:
    calls, status = data.get("calls"), _optional(data, "operatorStatus", decode_status)
    if not isinstance(calls, list):
        raise BadWire("calls is a list")
    read, unread, trouble = _calls(calls[:MAX_CALLS], now)
    if len(calls) > MAX_CALLS:
        trouble = trouble or f"more than {MAX_CALLS} calls, of which only the first count"
    return Snapshot(
        read,
        None if status is None else _status_changed(status, data, now),
        _optional(data, "operator", _operator),
        unread=unread,
        trouble=trouble,
        sent_at=_optional(data, "sentAt", _time),
    )


def _calls(calls: list[Any], now: int) -> tuple[tuple[CallSeen, ...], frozenset[str], str | None]:
    """Return the calls that can be read; the ids of the others, as far as they have one; and what is wrong with the
    first of them."""
    read: list[CallSeen] = []
    unread: set[str | None] = set()
    trouble = None
    for call in calls:
        try:
            read.append(_call_seen(call, now, Word.LISTED))
        except BadWire as reason:
            trouble = trouble or f"a call that cannot be read: {reason}"
            unread.add(_identity(call.get("id")) if isinstance(call, dict) else None)
    return tuple(read), frozenset(filter(None, unread)), trouble


def _call_incoming(data: Mapping[str, Any], now: int) -> CallSeen:
    return _call_seen(data, now, Word.INCOMING)


def _call_updated(data: Mapping[str, Any], now: int) -> CallSeen:
    return _call_seen(data, now, Word.UPDATED)


def _call_ended(data: Mapping[str, Any], now: int) -> CallEnded:
    call_id, said = _required(data, "id", _identity), _fields(data)
    return CallEnded(
        call_id, said.get("end_reason"), said.get("ended_at"), said.get("sip_code"), told=True, heard_at=now
    )


def _operator_status(data: Mapping[str, Any], now: int) -> OperatorStatusChanged:
    return _status_changed(_required(data, "status", decode_status), data, now)


def _status_changed(status: str, data: Mapping[str, Any], now: int) -> OperatorStatusChanged:
    """A status holds since the backend says it does, else since it was heard of."""
    since = _optional(data, "statusSince", _time)
    return OperatorStatusChanged(status, now if since is None else since, said=since is not None)


DECODERS: dict[str, Callable[[Mapping[str, Any], int], Event]] = {
    "snapshot": _snapshot,
    "call_incoming": _call_incoming,
    "call_updated": _call_updated,
    "call_ended": _call_ended,
    "operator_status": _operator_status,
}
EVENT_NAMES = (*DECODERS, PING)


def _call_seen(data: object, now: int | None, word: Word) -> CallSeen:
    if not isinstance(data, dict):
        raise BadWire("a call is a JSON object")
    call_id = _required(data, "id", _identity)
    if "phone" in data:
        _required(data, "phone", _phone)
    changes = _fields(data)
    del changes["id"]
    return CallSeen(call_id, changes, now, word)


# --- fields -----------------------------------------------------------------------------------------------------------
# A reader returns the value, or None if the value is of another kind.


def digits(value: object) -> str | None:
    """Return the text of a whole number: its digits. Some backends have numbers for ids and extensions."""
    if isinstance(value, float) and value.is_integer():
        value = int(value) if abs(value) < 2**53 else None  # beyond that a float does not hold every whole number
    return str(value) if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _identity(value: object) -> str | None:
    text = digits(value) or value
    return text if isinstance(text, str) and 0 < len(text) <= MAX_ID else None


def _phone(value: object) -> str | None:
    """A number that is withheld is no text, or an empty one."""
    return "" if value is None else _text(digits(value) or value)


def _text(value: object) -> str | None:
    return plain(value) if isinstance(value, str) and len(value) <= 1024 else None


def _flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _whole(value: object) -> int | None:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53 else None


def _time(value: object) -> int | None:
    """Return a time in milliseconds, NO_TIME for what cannot be one, None if there is none."""
    whole = _whole(value)
    return NO_TIME if whole is None and value is not None else whole


def _interval(value: object) -> int | None:
    """Seconds on the wire, milliseconds here."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return round(value * 1000) if MIN_PING_INTERVAL <= value <= MAX_PING_INTERVAL else None
    return None


def _sip_code(value: object) -> int | None:
    code = _whole(value)
    return code if code is not None and 100 <= code <= 699 else None


def _word(words: type[Enum]) -> Callable[[object], Any]:
    known = {word.value: word for word in words}
    return lambda value: known.get(value) if isinstance(value, str) else None


def _reason(value: object) -> EndReason | None:
    known = _word(EndReason)(value)
    return EndReason.UNKNOWN if known is None and isinstance(value, str) and value else known


def _actions(value: object) -> tuple[Action, ...] | None:
    if not isinstance(value, list):
        return None
    return tuple(action for action in Action if action.value in value)


def _operator(value: object) -> Operator | None:
    if not isinstance(value, dict) or (identity := _identity(value.get("id"))) is None:
        return None
    return Operator(identity, _text(value.get("name")))


# wire name -> field of Call, reader
CALL_FIELDS: dict[str, tuple[str, Callable[[object], Any]]] = {
    "id": ("id", _identity),
    "direction": ("direction", _word(Direction)),
    "phone": ("phone", _phone),
    "displayName": ("display_name", _text),
    "state": ("state", _word(CallState)),
    "muted": ("muted", _flag),
    "remoteHold": ("remote_hold", _flag),
    "startedAt": ("started_at", _time),
    "answeredAt": ("answered_at", _time),
    "endedAt": ("ended_at", _time),
    "endReason": ("end_reason", _reason),
    "sipCode": ("sip_code", _sip_code),
    "actions": ("offered", _actions),
}

# wire name -> what null leaves of it
CLEARED: dict[str, Any] = {"displayName": None, "muted": False, "remoteHold": False, "sipCode": None, "actions": None}

# The numbers on the wire by name, and their readers.
TIMES = ("startedAt", "answeredAt", "endedAt", "statusSince", "sentAt")
NUMBERS: Mapping[str, Callable[[object], int | None]] = dict.fromkeys(TIMES, _whole) | {
    "sipCode": _sip_code,
    "interval": _interval,
}


def _fields(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what `data` says of a call. Of the optional fields, one of a wrong kind counts as unsaid: a call that
    rings is worth more than its name. Null clears what can be empty; a time that is null is unsaid."""
    read = {field: reader(data[name]) for name, (field, reader) in CALL_FIELDS.items() if name in data}
    said = {field: value for field, value in read.items() if value is not None}
    return said | {CALL_FIELDS[name][0]: empty for name, empty in CLEARED.items() if data.get(name, "") is None}


def _required(data: Mapping[str, Any], name: str, reader: Callable[[object], Any]) -> Any:
    if (value := reader(data.get(name))) is None:
        raise BadWire(f"{name} is missing or of a wrong kind")
    return value


def _optional(data: Mapping[str, Any], name: str, reader: Callable[[object], Any]) -> Any:
    return reader(data.get(name))


# --- requests and answers ---------------------------------------------------------------------------------------------


def request_headers(key: str) -> dict[str, str]:
    """Return the headers of a POST; `key` makes sure that the backend carries it out once."""
    return {"Content-Type": JSON, "Idempotency-Key": key, "X-Requested-With": "sip-worker"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a success says: of a call, of the operator's status, or nothing (then the command means what it means)."""

    call: CallSeen | None = None
    operator_status: OperatorStatusChanged | None = None


def decode_answer(status: int, content_type: str, text: str, now: int) -> Answer:
    """Return what the answer to a POST says; raise Failure if the backend refused, or if it cannot be read."""
    if not 200 <= status < 300:
        raise _refusal(status, content_type, text)
    if not text:
        return Answer()
    try:
        return _answer(content_type, text, now)
    except BadWire as reason:
        message = (
            f"The phone server answered {status}, but what it said cannot be read ({reason}). It may have done it."
        )
        raise Failure("bad_event", message) from None


def _answer(content_type: str, text: str, now: int) -> Answer:
    if not _is_json(content_type):
        raise BadWire("it is not JSON")
    body = _object(text)
    call = body.get("call")
    seen = None if call is None else _call_seen(call, now, Word.ANSWERED)
    if body.get("operatorStatus") is None:
        return Answer(seen)
    return Answer(seen, _status_changed(_required(body, "operatorStatus", decode_status), body, now))


def _is_json(content_type: str) -> bool:
    kind = _kind(content_type)
    return kind == JSON or kind.endswith("+json")


def _kind(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


# What backends mean by these, for the person.
MEANING = {
    403: "The phone server does not let you do this.",
    404: "There is no such call.",
    410: "There is no such call any more.",
    409: "The call or the line is in another state.",
    422: "The number cannot be dialled.",
    502: "The telephone side failed.",
    503: "The telephone side is away.",
    504: "The telephone side did not answer in time.",
}
RETRYABLE = {429, 502, 503, 504}
# 0 stands for a redirect (https://fetch.spec.whatwg.org/#concept-filtered-response-opaque-redirect): to a login page.
SIGNED_OUT = (0, 401, 403)


def _refusal(status: int, content_type: str, text: str) -> Failure:
    if status in (0, 401):  # 0 is a redirect, to a login page
        return Failure("unauthorized", "The phone server does not let you do this. Sign in again.")
    said = _problem(content_type, text) or MEANING.get(status, "The phone server refused.")
    return Failure(f"api_{status}", f"{said} ({status})", retryable=status in RETRYABLE)


def _problem(content_type: str, text: str) -> str | None:
    """Return what an RFC 9457 problem body says to the person, or None."""
    if not _is_json(content_type):
        return None
    try:
        body = _object(text)
    except BadWire:
        return None
    said = [plain(body[name]).strip() for name in ("title", "detail") if isinstance(body.get(name), str)]
    return ": ".join(part.rstrip(".") for part in said if part)[:300] or None
