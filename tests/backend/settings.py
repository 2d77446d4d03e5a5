"""The timers and habits of the backend that a person or a test may set while it runs."""

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from .telephony import Json, Refused, camel


@dataclass
class Settings:
    """One object that all parts share: a change holds from the next use on. Times are in seconds."""

    answer_after: float | None = None  # the far end picks up by itself; None: somebody makes it, at the panel
    respond_after: float = 1.0  # a far end with a number of its own (see exchange.py) does what it does
    ring_timeout: float | None = 60.0  # nobody takes the call: it ends with `no_answer`; None: it rings on
    ping: float | None = 15.0  # silence on a stream before a `ping`; None: never
    answers: str = "body"  # POSTs answer with the call or the status ("body"), or with 204 ("empty")
    actions: bool = False  # calls carry `actions`; otherwise the phone derives them
    clock: float = 0.0  # seconds by which the backend's clock is ahead of the real time
    haste: float | None = None  # scripts have a clock that runs so fast when asked to (haste.js); None: the browser's
    pace: float | None = None  # bytes a second of the bundle's files in all; None: as fast as they can
    wasm: bool = True  # the policy of the worker lets it compile WebAssembly
    isolated: bool = False  # pages embed only what allows it (Cross-Origin-Embedder-Policy)
    framed: bool = False  # pages may stand in frames of other sites, and have frames of such
    csrf: str | None = None  # a POST must repeat this token in the header X-CSRFToken; None: it needs none
    operator: dict[str, str] = field(default_factory=lambda: {"id": "7", "name": "Ada Lovelace"})

    def wire(self) -> Json:
        return {camel(name): value for name, value in asdict(self).items()}

    def change(self, changes: Json) -> None:
        """Take over `changes`, spelt as on the wire. Raises `Refused`, and changes nothing then."""
        names = {camel(each.name): each.name for each in fields(self)}
        for key, value in changes.items():
            if key not in names:
                raise _wrong(f"There is no setting {key!r}. There are: {', '.join(names)}.")
            fits, meaning = CHECKS[names[key]]
            if not fits(value):
                raise _wrong(f"{key} must be {meaning}.")
        for key, value in changes.items():
            setattr(self, names[key], value)

    def reset(self) -> None:
        """Go back to what holds at the start."""
        self.__dict__.update(asdict(Settings()))


def _wrong(detail: str) -> Refused:
    return Refused(422, "No such setting", detail)


def is_seconds(value: Any) -> bool:
    return _is_finite(value) and value >= 0


def _is_finite(value: Any) -> bool:
    return type(value) in (int, float) and math.isfinite(value)


def _is_operator(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and set(value) == {"id", "name"}
        and all(isinstance(text, str) for text in value.values())
    )


CHECKS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "answer_after": (lambda v: v is None or is_seconds(v), "a number of seconds, or null"),
    "respond_after": (is_seconds, "a number of seconds"),
    "ring_timeout": (lambda v: v is None or is_seconds(v), "a number of seconds, or null"),
    "ping": (lambda v: v is None or (is_seconds(v) and v > 0), "a number of seconds above 0, or null"),
    "answers": (lambda v: v in ("body", "empty"), '"body" or "empty"'),
    "actions": (lambda v: isinstance(v, bool), "true or false"),
    "clock": (_is_finite, "a number of seconds"),
    "haste": (lambda v: v is None or (is_seconds(v) and v >= 1), "a factor of 1 or more, or null"),
    "pace": (lambda v: v is None or (is_seconds(v) and v > 0), "bytes a second above 0, or null"),
    "wasm": (lambda v: isinstance(v, bool), "true or false"),
    "isolated": (lambda v: isinstance(v, bool), "true or false"),
    "framed": (lambda v: isinstance(v, bool), "true or false"),
    "csrf": (lambda v: v is None or (isinstance(v, str) and v != ""), "a text that is not empty, or null"),
    "operator": (_is_operator, 'an object {"id": text, "name": text}'),
}
