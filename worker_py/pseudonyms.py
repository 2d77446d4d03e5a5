"""Pseudonyms: a text is written so that nobody can read it, and every rule of the hub still takes it for what it was.

Each word and each number gets another of the same kinds of characters, equal ones the same. What stands between them
stays, and so do the words of the wire.
"""

import json
import re
from itertools import count
from typing import Any

from . import json_text
from .call import Action, CallState, Direction, EndReason
from .checkpoint import OWN
from .events import ConnectionStatus
from .protocol import COMMANDS, MAX_MESSAGE, SEPARATORS
from .sip_api import CALL_FIELDS, EVENT_NAMES, digits

BETWEEN = re.escape("".join(map(chr, SEPARATORS)))
# A number with the separators in it, or a word.
TOKEN = re.compile(rf"[0-9](?:[{BETWEEN}]*[0-9])*|[^\W_0-9]+")

# Kinds of characters that the rules of the wire tell apart; A to D are DTMF digits, OTHERS all that is not ASCII.
OTHERS = "".join(map(chr, range(0x4E00, 0x5200)))
KINDS = ("0123456789", "ABCD", "EFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz", OTHERS)
BY_FIRST = {kind[0]: kind for kind in KINDS}
SHAPES = str.maketrans({character: kind[0] for kind in KINDS[:-1] for character in kind})
REST = re.compile(r"[^\W\x00-\x7f]")

VOCABULARY = """
    INIT_PORT PING NUDGE FOCUS BYE JOURNAL CHECK SYNC_STATE CMD_RESULT ERROR PONG REINIT OUTDATED SCREEN_POP
    type id payload epoch rev ok error code message retryable command
    tab lock version session visible focused audible attention reason online pageshow callId digits status
    connectionStatus operatorStatus statusSince activeCall calls lastCall call operator name interval title detail
    ready dnd break away offline provisional
"""
ENUMS = (Action, CallState, ConnectionStatus, Direction, EndReason)
WORDS = frozenset(
    TOKEN.findall(
        " ".join([VOCABULARY, *COMMANDS, *EVENT_NAMES, *CALL_FIELDS, *(each for kind in ENUMS for each in kind)])
    )
)
NUMBERED = frozenset({"id", "phone"})  # a whole number under these is the text of its digits
# Others may be telephone numbers.
NUMBERS = frozenset({"startedAt", "answeredAt", "endedAt", "statusSince", "sipCode", "interval"})


def is_plain(text: str) -> bool:
    """True if there are only words of the wire in it."""
    return all(token in WORDS for token in TOKEN.findall(text))


def shape(text: str) -> str:
    """Return the text with the first character of its kind in the place of each."""
    return REST.sub(OTHERS[0], text.translate(SHAPES))


class Pseudonyms:
    """Those of one journal, in the order in which they are asked for. Ids that the hub of this epoch made stay."""

    def __init__(self, epoch: str) -> None:
        self._own = re.compile(rf"(?:provisional-)?{re.escape(epoch)}(?:-\d+)?", re.ASCII)
        self._given: dict[str, str] = {}
        self._counts: dict[str, count[int]] = {}

    def say(self, name: str, text: str) -> str:
        """Return what to write for a text that stands under that name in the hub."""
        return text if name in OWN else self.text(text)

    def text(self, text: str) -> str:
        """Return what to write for a text from outside."""
        return text if self._own.fullmatch(text) else TOKEN.sub(self._token, text)

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
            return shape(text)
        said = json.dumps(self._json(value, "", numbers), ensure_ascii=False, separators=(",", ":"))
        return said if len(text) <= MAX_MESSAGE else said.ljust(len(text))  # too long stays too long

    def _json(self, value: Any, name: str, numbers: frozenset[str]) -> Any:
        if name in numbers and (text := digits(value)) is not None:
            return self.text(text)
        match value:
            case dict():
                return {self.text(key): self._json(each, key, numbers) for key, each in value.items()}
            case list():
                return [self._json(each, name, numbers) for each in value]
            case str():
                return value if name == "version" else self.text(value)
            case int() | float() if not isinstance(value, bool) and name not in NUMBERS:
                return 0
        return value

    def _token(self, match: re.Match[str]) -> str:
        """A number's pseudonym is found without its separators, and written with them."""
        digits = iter(self._pseudonym(match[0].translate(SEPARATORS)))
        return "".join(next(digits) if character.isalnum() else character for character in match[0])

    def _pseudonym(self, token: str) -> str:
        if token in WORDS:
            return token
        if token not in self._given:
            form = shape(token)
            numbers = self._counts.setdefault(form, count())
            self._given[token] = next(name for number in numbers if (name := _written(number, form)) not in WORDS)
        return self._given[token]


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
