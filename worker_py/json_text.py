"""JSON from outside, bounded in length and depth before it is parsed."""

import json
import re
from typing import Any

# Nothing on either wire is deeper than five levels. In WebAssembly some thousands end the whole interpreter: its
# parser runs out of JavaScript's stack before Python's own limit is reached.
MAX_DEPTH = 64

# Possessive, and without its closing quote a string too: so no character is looked at twice, whatever the text is.
STRINGS = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
BRACKETS = re.compile(r"[\[\]{}]")


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


def _is_too_deep(text: str) -> bool:
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return False
    depth = 0
    for bracket in BRACKETS.findall(STRINGS.sub("", text)):
        depth += 1 if bracket in "[{" else -1
        if depth > MAX_DEPTH:
            return True
    return False
