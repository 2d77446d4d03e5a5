"""The hub as plain JSON and back. What comes back is made of the hub's own classes; nothing that a file says is run."""

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

from . import (
    call,
    clock,
    commands,
    effects,
    events,
    hub,
    ports,
    protocol,
    rings,
    sessions,
    sip_api,
    state,
    stream,
    versions,
)

Say = Callable[[str, Any], Any]  # (name under which a text or a time stands, it) -> what is written in its place

MODULES = (call, events, state, protocol, effects, ports, versions, sessions, clock, rings, stream, commands, hub)
CLASSES: dict[str, type[Any]] = {
    name: each
    for module in MODULES
    for name, each in vars(module).items()
    if isinstance(each, type) and each.__module__ == module.__name__
}
FIELDS = {each: tuple(field.name for field in fields(each)) for each in CLASSES.values() if is_dataclass(each)}
FROZEN = {each for each in FIELDS if each.__dataclass_params__.frozen}  # type: ignore[attr-defined]
CHANGING = {each for each in CLASSES.values() if each not in FROZEN and not issubclass(each, Enum | Exception)}
COLLECTIONS: dict[str, type[Any]] = {each.__name__: each for each in (list, tuple, set, frozenset)}

# Texts of the hub's own making, which it compares with later ones; nothing personal is in them.
OWN = frozenset({"epoch", "_epoch", "_complaints", "overruled", "trouble", "code", "version", "newest"})
# Times that the backend may have said, in the hub and in what it sends.
TIMES = frozenset({"started_at", "answered_at", "ended_at", "at", "status_since", *sip_api.TIMES})


def copied(value: Any) -> Any:
    """Return `value` as it is now, whatever later becomes of it; what is frozen is shared."""
    kind = type(value)
    if kind is dict:
        return {key: copied(each) for key, each in value.items()}
    if kind is list or kind is set:
        return kind(map(copied, value))
    if kind in CHANGING:
        return _made(kind, {name: copied(each) for name, each in _attributes(value)})
    return value


def encode(value: object, say: Say, name: str = "") -> Any:
    """Return `value`, a hub or part of one or an effect, as JSON; `say` is asked what to write for each text and
    each time of the backend."""
    kind = type(value).__name__
    match value:
        case Enum():
            return {kind: value.value}
        case str():
            return say(name, value)
        case int() if name in TIMES:
            return say(name, value)
        case None | int() | float():
            return value
        case dict():
            return {
                "dict": [[encode(key, say, name), encode(each, say, _inner(name, key))] for key, each in value.items()]
            }
        case list() | tuple():
            return {kind: [encode(each, say, name) for each in value]}
        case set() | frozenset():
            return {kind: [encode(each, say, name) for each in sorted(value)]}
    return {kind: {inner: encode(each, say, _inner(name, inner)) for inner, each in _attributes(value)}}


def decode(data: Any) -> Any:
    """Return the value that `encode` wrote; raise ValueError, TypeError or KeyError if it wrote no such thing."""
    if not isinstance(data, dict):
        return data
    [(kind, body)] = data.items()
    if kind == "dict":
        return {decode(key): decode(each) for key, each in body}
    if kind in COLLECTIONS:
        return COLLECTIONS[kind](map(decode, body))
    if issubclass(CLASSES[kind], Enum):
        return CLASSES[kind](body)
    return _made(CLASSES[kind], {name: decode(each) for name, each in body.items()})


def _inner(name: str, key: object) -> str:
    """What is within a text of the hub's own making is so too."""
    return name if name in OWN or not isinstance(key, str) else key


def _attributes(value: Any) -> list[tuple[str, Any]]:
    kind = type(value)
    names = FIELDS[kind] if kind in FIELDS else tuple(vars(value))
    return [(name, getattr(value, name)) for name in names]


def _made(kind: Any, attributes: Mapping[str, Any]) -> Any:
    """Return an object of that class with these attributes; no code of the class runs but `__new__`."""
    made = kind.__new__(kind)
    for name, value in attributes.items():
        object.__setattr__(made, name, value)
    return made
