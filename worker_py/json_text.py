"""JSON from outside, bounded in length and depth before it is parsed."""

import json
import re
from collections.abc import Container
from itertools import islice
from typing import Any

# Nothing on either wire is deeper than five levels. In WebAssembly some thousands end the whole interpreter: its
# parser runs out of JavaScript's stack before Python's own limit is reached.
MAX_DEPTH = 64

# Possessive, and without its closing quote a string too: so no character is looked at twice, whatever the text is.
STRINGS = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
BRACKETS = re.compile(r"[\[\]{}]")
TOKENS = re.compile(rf"{STRINGS.pattern}|[\[\]{{}}:,]", re.DOTALL)
MOST_TOKENS = 10_000  # that are looked at where the whole cannot be read
MOST_TEXT = 256  # characters


def parse(text: str, longest: int) -> Any:
    """Return the value of `text`; raise ValueError, with a reason that repeats nothing of it, if it has none or has
    more than `longest` characters.
    """
    if len(text) > longest:
        raise ValueError(f"it is longer than {longest} characters")
    if _is_too_deep(text):
        raise ValueError(f"it is nested deeper than {MAX_DEPTH} levels")
    try:
        return json.loads(text)
    except ValueError:
        raise ValueError("it is not JSON") from None


def texts(text: str, names: Container[str]) -> dict[str, str]:
    """Return the members of an object that are short texts, of these names; also where the whole cannot be parsed."""
    found: dict[str, str] = {}
    depth, key, before = 0, "", ""
    for match in islice(TOKENS.finditer(text), MOST_TOKENS):
        piece = match[0]
        if piece in "[{":
            depth += 1
        elif piece in "]}":
            depth -= 1
        elif piece.startswith('"') and depth == 1 and before != ":":
            key = piece[1:-1]
        elif piece.startswith('"') and depth == 1 and key in names and "\\" not in piece and len(piece) <= MOST_TEXT:
            found.setdefault(key, piece[1:-1])
        before = piece
    return found


def _is_too_deep(text: str) -> bool:
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return False
    depth = 0
    for bracket in BRACKETS.findall(STRINGS.sub("", text)):
        depth += 1 if bracket in "[{" else -1
        if depth > MAX_DEPTH:
            return True
    return False
