"""Pseudonyms: a text is written so that nobody can read it, and every rule of the hub still takes it for what it was.

Each word and each number gets another of the same kinds of characters, equal ones the same. What stands between them
stays, and so do the words of the wire. A number in JSON stays if it cannot be a telephone number; else a time becomes
another, equal ones the same, and the rest become one that is as wrong.
"""

import json
import re
from collections.abc import Container
from itertools import count
from typing import Any

from . import json_text
from .call import Action, CallState, Direction, EndReason
from .checkpoint import OWN
from .events import ConnectionStatus
from .phone_number import SEPARATORS, read_typed, read_wire
from .plain_text import BREAKS, HIDDEN
from .protocol import COMMANDS, MAX_MESSAGE, VERSION, decode_since
from .sip_api import CALL_FIELDS, EVENT_NAMES, NUMBERS, digits

# A number with the separators in it, or a word; what is hidden in them goes when the hub reads them.
WITHIN_WORDS = re.escape(HIDDEN)
WITHIN_NUMBERS = re.escape(HIDDEN + BREAKS + "".join(map(chr, SEPARATORS)))
TOKEN = re.compile(rf"[0-9](?:[{WITHIN_NUMBERS}]*+[0-9])*+|[^\W_0-9](?:[{WITHIN_WORDS}]*+[^\W_0-9])*+")

# Kinds of characters that the rules of the wire tell apart; A to D are DTMF digits, OTHERS all that is not ASCII.
OTHERS = "".join(map(chr, range(0x4E00, 0x5200)))
KINDS = ("0123456789", "ABCD", "EFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz", OTHERS)
BY_FIRST = {kind[0]: kind for kind in KINDS}
SHAPES = str.maketrans({character: kind[0] for kind in KINDS[:-1] for character in kind})
REST = re.compile(r"[^\W\x00-\x7f]")

VOCABULARY = """
    INIT_PORT PING NUDGE FOCUS HEADERS BYE JOURNAL CHECK
    SYNC_STATE CMD_RESULT ERROR PONG REINIT OUTDATED HANDOVER SCREEN_POP
    type id payload epoch rev ok error code message retryable command
    tab lock version session visible focused audible frozen attention reason online pageshow callId digits status
    connectionStatus operatorStatus statusSince activeCall calls lastCall call operator name interval title detail
    ready dnd break away offline provisional api sip events begun sentAt typed since
    nextDigits headers count value
"""
ENUMS = (Action, CallState, ConnectionStatus, Direction, EndReason)
FIELDS = (*CALL_FIELDS, *(field for field, _ in CALL_FIELDS.values()))  # on the wire, and in what the hub keeps of it
WORDS = frozenset(
    TOKEN.findall(" ".join([VOCABULARY, *COMMANDS, *EVENT_NAMES, *FIELDS, *(each for kind in ENUMS for each in kind)]))
)
READERS = {**NUMBERS, "since": decode_since}
NUMBERED = frozenset({"id", "phone"})  # a whole number under these is the text of its digits
# In milliseconds the years 2001 to 2033. It is no telephone number: of those that begin with 1 none has 13 digits.
TIMES = range(10**12, 2 * 10**12)
WRONG = -1  # is no time, no interval, no SIP code, and neither an id nor a telephone number
OWN_DIGITS = 6  # a hub never comes to its millionth command


def is_plain(text: str) -> bool:
    """True if there are only words of the wire in it."""
    return all(token in WORDS for token in TOKEN.findall(text))


def shape(text: str) -> str:
    """Return the text with the first character of its kind in the place of each."""
    return REST.sub(OTHERS[0], text.translate(SHAPES))


class Pseudonyms:
    """Those of one journal, in the order in which they are asked for. Ids that the hub of this epoch made stay, and
    times of its own clock: `clock` are those in the journal."""

    def __init__(self, epoch: str, clock: Container[int] = ()) -> None:
        self._own = re.compile(rf"((?:provisional-)?{re.escape(epoch)})(?:-(\d+))?", re.ASCII)
        self._given: dict[str, str] = {}
        self._counts: dict[str, count[int]] = {}
        self._clock = clock
        self._times: dict[int, int] = {}
        self._fresh_times = (number for number in count() if number not in clock)

    def say(self, name: str, value: Any) -> Any:
        """Return what to write for a text or a time that stands under that name in the hub."""
        if isinstance(value, int):
            return self.time(value)
        return value if name in OWN else self.text(value)

    def text(self, text: str) -> str:
        """Return what to write for a text from outside."""
        own = self._own.fullmatch(text)
        if own is None:
            return TOKEN.sub(self._token, text)
        if own[2] is None or len(own[2]) <= OWN_DIGITS:
            return text
        return f"{own[1]}-{TOKEN.sub(self._token, own[2])}"

    def time(self, time: int) -> int:
        """Return what to write for a time that the backend may have said."""
        if time in TIMES or time in self._clock:
            return time
        if time not in self._times:
            self._times[time] = next(self._fresh_times)
        return self._times[time]

    def backend_wire(self, text: str) -> str:
        """Return what to write for an event or an answer, in which a whole number may be an id or a telephone number:
        the hub takes it for the text of its digits, so that text is written."""
        return self.wire(text, numbers=NUMBERED)

    def wire(self, text: str, numbers: frozenset[str] = frozenset()) -> str:
        """Return what to write for a message. What cannot be read stays so, for the same reason. `numbers`: the names
        under which a whole number is the text of its digits."""
        try:
            value = json_text.parse(text, len(text))
        except ValueError:
            return self._unreadable(text)
        said = json.dumps(self._json(value, "", numbers), ensure_ascii=False, separators=(",", ":"))
        return said if len(text) <= MAX_MESSAGE else said.ljust(len(text))  # too long stays too long

    def _json(self, value: Any, name: str, numbers: frozenset[str]) -> Any:
        if name in numbers and _is_number(value):
            text = digits(value)
            return WRONG if text is None else self.text(text)
        match value:
            case {"phone": str(phone)} if not numbers and name == "payload":
                asked = {**value, "phone": _as_read(phone, typed=value.get("typed") is True)}
                return {self.text(key): self._json(each, key, numbers) for key, each in asked.items()}
            case dict():
                return {self.text(key): self._json(each, key, numbers) for key, each in value.items()}
            case list():
                return [self._json(each, name, numbers) for each in value]
            case str():
                return value if name == "version" and VERSION.fullmatch(value) else self.text(value)
            case int() | float() if _is_number(value):
                return self._number(value, name)
        return value

    def _unreadable(self, text: str) -> str:
        """What cannot be read stays so; but a command has its result, which goes by its id."""
        identity = json_text.texts(text, ("id",)).get("id")
        if identity is None:
            return shape(text)
        said = json.dumps({"id": self.text(identity)}, ensure_ascii=False).removesuffix("}")
        return (said + shape(text))[: max(len(text), MAX_MESSAGE)]

    def _number(self, value: float, name: str) -> float:
        """Return what to write for a number in JSON: one that the hub does not read is 0."""
        if name not in READERS:
            return 0
        read = READERS[name](value)
        if read is None:
            return WRONG
        match name:
            case "interval":
                return read / 1000
            case "sipCode":
                return read
        return self.time(read)

    def _token(self, match: re.Match[str]) -> str:
        """A number's pseudonym is found without its separators, and written with them."""
        digits = iter(self._pseudonym("".join(filter(str.isalnum, match[0]))))
        return "".join(next(digits) if character.isalnum() else character for character in match[0])

    def _pseudonym(self, token: str) -> str:
        if token in WORDS:
            return token
        if token not in self._given:
            form = shape(token)
            numbers = self._counts.setdefault(form, count())
            self._given[token] = next(name for number in numbers if (name := _written(number, form)) not in WORDS)
        return self._given[token]


def _as_read(phone: str, *, typed: bool) -> str:
    """Return what a tab wants to dial in one of the ways in which it may be said. What is no number stays none."""
    number = (read_typed if typed else read_wire)(phone)
    return ",".join((number.phone, *number.after)) if number else shape(phone)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _written(number: int, form: str) -> str:
    """Return the number in as many digits as the shape has characters; each kind of characters has its own digits, and
    the first one is its zero."""
    digits = list(form)
    for place in reversed(range(len(form))):
        if number == 0:
            break
        kind = BY_FIRST[form[place]]
        number, digit = divmod(number, len(kind))
        digits[place] = kind[digit]
    return "".join(digits)
