"""Header fields that a page wants to go with every request to the backend, such as a CSRF token.

Their values are secrets. So the edge takes them out of a message before the hub sees it, and with that the journal: the
hub learns only whether they may be sent, and decides whether they count.
"""

import json
import re
from collections.abc import Mapping
from enum import StrEnum

from . import json_text

MAX_HEADERS = 8
# A name is a token of RFC 9110; a value is what fetch takes without a change, at most 4 kB: a bearer token may be long.
NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}", re.ASCII)
VALUE = re.compile(r"(?! )[ -~]{1,4096}(?<! )", re.ASCII)
# What a page may not set (https://fetch.spec.whatwg.org/#forbidden-request-header), and what the hub itself says.
OF_BROWSERS = """
    accept-charset accept-encoding access-control-request-headers access-control-request-method
    access-control-request-private-network connection content-length cookie cookie2 date dnt expect host keep-alive
    origin referer set-cookie te trailer transfer-encoding upgrade via
    x-http-method x-http-method-override x-method-override
"""
OF_THE_HUB = "accept content-type idempotency-key last-event-id x-requested-with"
FORBIDDEN = frozenset(f"{OF_BROWSERS} {OF_THE_HUB}".split())
FORBIDDEN_PREFIXES = ("proxy-", "sec-")


class Verdict(StrEnum):
    """Whether headers may be sent; if not, what is wrong with them first."""

    OK = "ok"
    COUNT = "count"
    NAME = "name"
    VALUE = "value"


REFUSALS = {
    Verdict.COUNT: f"The headers are an object of at most {MAX_HEADERS} names and values.",
    Verdict.NAME: "The name of one of the headers is none, or one that browsers or the phone set themselves. Use names"
    " such as X-CSRFToken or Authorization.",
    Verdict.VALUE: "The value of one of the headers is no text of 1 to 4096 printable ASCII characters.",
}


def withhold(text: str, most: int) -> tuple[str, dict[str, str]]:
    """Return a tab's message with a verdict in the place of the headers in its payload, and the headers, if they may be
    sent. `most` is how many characters of JSON a message may have. What cannot be read is returned as it is."""
    if '"headers"' not in text:
        return text, {}
    try:
        message = json_text.parse(text, most)
    except ValueError:
        return text, {}
    match message:
        case {"payload": {"headers": headers, **others}} if headers is not None:
            verdict = judge(headers)
            withheld = {**message, "payload": {**others, "headers": verdict}}
            return json.dumps(withheld), dict(headers) if verdict is Verdict.OK else {}
    return text, {}


def judge(headers: object) -> Verdict:
    """Return whether these headers may be sent."""
    if not isinstance(headers, Mapping) or len(headers) > MAX_HEADERS:
        return Verdict.COUNT
    if not all(map(_is_allowed, headers)):
        return Verdict.NAME
    sound = all(isinstance(value, str) and VALUE.fullmatch(value) for value in headers.values())
    return Verdict.OK if sound else Verdict.VALUE


def read_verdict(value: object) -> Verdict | None:
    """Return the verdict in a message whose headers were withheld, None if it had no headers."""
    if value is None:
        return None
    return next((verdict for verdict in Verdict if verdict == value), Verdict.COUNT)


def _is_allowed(name: str) -> bool:
    lower = name.lower()
    return bool(NAME.fullmatch(name)) and lower not in FORBIDDEN and not lower.startswith(FORBIDDEN_PREFIXES)
