"""The journal: the last few hundred inputs of a hub, from which replay.py makes what happened happen again.

It is JSON lines. The head has the hub as it was before the first input that is kept. Each input comes with a digest of
its effects, and the end has a digest of the hub. Names and numbers are pseudonyms all through, so two runs are alike if
they differ in nothing but what things are called. When the phone becomes another person's the journal begins anew.
"""

import json
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from .checkpoint import OWN, copied, encode
from .effects import Effect, TellCheck
from .hub import Hub
from .pseudonyms import TIMES, Pseudonyms, is_plain, shape
from .sip_api import MAX_EVENT, media_type

FORMAT = 1
CHAPTER = 250  # inputs; at the most two chapters are kept
WEIGHT = 1_000_000  # about as many bytes of inputs and effects are a chapter too, however few they are
CALL_WEIGHT = 250  # bytes that a call weighs in the effects

# What says these comes from a tab; all other texts come from the backend.
FROM_TABS = frozenset({"receive_text", "receive_message"})
# Texts in effects that are made of the hub's own words, and those of which only the shape can be the same, since they
# are put together or cut off.
EXACT = OWN | {"text"}
SENTENCES = frozenset({"message", "command"})


@dataclass(slots=True)
class Input:
    """What the hub was told: a method and its arguments. `effects` is None if it raised an exception."""

    method: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    effects: list[Effect] | None = None

    @property
    def arguments(self) -> dict[str, Any]:
        """The arguments by name."""
        names: tuple[str, ...] = getattr(Hub, self.method).__wrapped__.__code__.co_varnames[1:]
        return dict(zip(names, self.args, strict=False)) | self.kwargs


@dataclass(slots=True)
class Chapter:
    """A hub, and what it was told from then on."""

    hub: Hub
    inputs: list[Input] = field(default_factory=list)
    weight: int = 0

    def strike(self, weight: int) -> None:
        """Leave out the last input: a self-check changes nothing, and one that is open asks every second."""
        self.inputs.pop()
        self.weight -= weight


class Journal:
    """The journal of one hub. Recording is cheap: pseudonyms and digests are made when somebody asks for the lines."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._chapters = [Chapter(copied(hub))]
        self._forgotten = 0

    def tell(self, method: Callable[..., list[Effect]], *args: Any, **kwargs: Any) -> list[Effect]:
        """Tell the hub something by one of its methods; return the effects."""
        length = sum([len(each) for each in args if isinstance(each, str)])
        told = Input(method.__name__, args if length <= MAX_EVENT else _cut(args), kwargs)
        weight = length + CALL_WEIGHT * len(self._hub.state.calls)
        chapter, handovers = self._record(told, weight), self._hub.handovers
        try:
            told.effects = method(*args, **kwargs)
        finally:
            if self._hub.handovers != handovers:
                self._begin_anew()
        if told.effects and isinstance(told.effects[-1], TellCheck):
            chapter.strike(weight)
        return told.effects

    def lines(self) -> Iterator[str]:
        """Yield the lines of the journal."""
        inputs = [told for chapter in self._chapters for told in chapter.inputs]
        clock = {told.arguments["now"] for told in inputs if "now" in told.arguments}
        pseudonyms, digest = Pseudonyms(self._hub.epoch, clock), Digest()
        begin = self._chapters[0].hub
        digest.of(begin)
        yield json.dumps({"journal": FORMAT, "forgotten": self._forgotten, "hub": encode(begin, pseudonyms.say)})
        for told in inputs:
            says = pseudonyms.wire if told.method in FROM_TABS else pseudonyms.backend_wire
            arguments = {name: _written(name, value, pseudonyms, says) for name, value in told.arguments.items()}
            yield json.dumps({"input": told.method, **arguments, "effects": digest.of(told.effects)})
        yield json.dumps({"end": digest.of(self._hub)})

    def _record(self, told: Input, weight: int) -> Chapter:
        chapter = self._chapters[-1]
        if len(chapter.inputs) >= CHAPTER or chapter.weight >= WEIGHT:
            chapter = self._next_chapter()
        chapter.inputs.append(told)
        chapter.weight += weight
        return chapter

    def _begin_anew(self) -> None:
        self._forgotten += sum(len(chapter.inputs) for chapter in self._chapters)
        self._chapters = [Chapter(copied(self._hub))]

    def _next_chapter(self) -> Chapter:
        *forgotten, last = self._chapters
        self._forgotten += sum(len(chapter.inputs) for chapter in forgotten)
        self._chapters = [last, Chapter(copied(self._hub))]
        return self._chapters[-1]


class Digest:
    """Digests of what a hub wants and is, the same for two runs that differ in nothing but what things are called: a
    text, and a time that the backend may have said, counts as the place where it came first."""

    def __init__(self) -> None:
        self._places: dict[str | int, str] = {}

    def of(self, value: object) -> str | None:
        """Return the digest of a hub or of effects, None if there are none since an exception was raised."""
        if value is None:
            return None
        text = json.dumps(encode(value, self._say))
        return f"{zlib.crc32(text.encode()):08x}"

    def _say(self, name: str, value: Any) -> Any:
        if isinstance(value, int):
            return value if value in TIMES else self._place(value)
        if name == "url":
            address, _, query = value.partition("?")
            api, _, path = address.rpartition("/")
            return f"{self._place(api)}/{path}?{self._place(query)}"
        if name in EXACT or is_plain(value):
            return value
        return shape(value) if name in SENTENCES else self._place(value)

    def _place(self, value: str | int) -> str:
        return self._places.setdefault(value, f"#{len(self._places)}")


def _cut(args: tuple[Any, ...]) -> tuple[Any, ...]:
    """What is longer than any limit is refused for that alone."""
    return tuple(each[: MAX_EVENT + 1] if isinstance(each, str) else each for each in args)


def _written(name: str, value: Any, pseudonyms: Pseudonyms, says: Callable[[str], str]) -> Any:
    match name:
        case "text":
            return says(value)
        case "content_type":
            return media_type(value)
        case "timer" | "version":
            return value
    return pseudonyms.text(value) if isinstance(value, str) else value
