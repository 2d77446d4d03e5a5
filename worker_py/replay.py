"""Plays a journal on CPython: the same inputs to the same hub, input by input.

    python3 -m worker_py.replay FILE [--quiet]

Prints every input with its effects, and whether they are those that the journal tells of. The exit code is 0 if all
was the same, 1 if something was not, 2 if FILE is no journal.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .checkpoint import decode
from .effects import Effect, Timer
from .hub import Hub
from .journal import FORMAT, Digest
from .protocol import sync_state

INPUTS = frozenset(name for name, value in vars(Hub).items() if callable(value) and not name.startswith("_"))


class NoJournal(ValueError):
    """The file cannot be played; the text says why."""


@dataclass(frozen=True, slots=True)
class Step:
    """An input, and what came of it: its effects or the exception that it raised, and whether the journal says so."""

    method: str
    arguments: dict[str, Any]
    effects: list[Effect] | None
    error: Exception | None
    same: bool


class Replay:
    """A journal that is being played. Raise NoJournal if it is none."""

    def __init__(self, text: str) -> None:
        head, *self._inputs, self._end = _lines(text)
        if head.get("journal") != FORMAT or "end" not in self._end:
            raise NoJournal(f"It is not a whole journal of format {FORMAT}, as client.journal() gives it.")
        self.hub = _hub(head)
        self.forgotten = head.get("forgotten", 0)
        self._digest = Digest()
        self._digest.of(self.hub)

    def steps(self) -> Iterator[Step]:
        """Tell the hub one input after the other, and yield what comes of each."""
        for line in self._inputs:
            yield self._step(dict(line))

    def same_in_the_end(self) -> bool:
        """Return whether the hub is now the one that the journal tells of."""
        return bool(self._digest.of(self.hub) == self._end["end"])

    def _step(self, line: dict[str, Any]) -> Step:
        method, told = line.pop("input", None), line.pop("effects", None)
        if method not in INPUTS:
            raise NoJournal(f"It tells of an input that this hub does not have: {method}.")
        effects, error = None, None
        try:
            if "timer" in line:
                line["timer"] = Timer(line["timer"])
            effects = getattr(self.hub, method)(**line)
        except Exception as reason:  # noqa: BLE001 - whatever it was in the browser, it is to be seen here
            error = reason
        return Step(method, line, effects, error, self._digest.of(effects) == told)


def _lines(text: str) -> list[dict[str, Any]]:
    try:
        lines = [json.loads(line) for line in text.splitlines()]
    except ValueError as error:
        raise NoJournal(f"A line of it is not JSON: {error}.") from None
    if len(lines) < 2 or not all(isinstance(line, dict) for line in lines):
        raise NoJournal("It does not have a JSON object on every line, a head and an end among them.")
    return lines


def _hub(head: dict[str, Any]) -> Hub:
    try:
        hub = decode(head["hub"])
    except (KeyError, TypeError, ValueError) as error:
        raise NoJournal(f"The hub in its head cannot be read: {error!r}.") from None
    if not isinstance(hub, Hub):
        raise NoJournal("There is no hub in its head.")
    return hub


def main(arguments: Sequence[str] | None = None) -> int:
    """Play the journal in a file; return the exit code."""
    parser = argparse.ArgumentParser(prog="python3 -m worker_py.replay", description="Plays a journal of the hub.")
    parser.add_argument("file", type=Path, help="what client.journal() gave")
    parser.add_argument("--quiet", action="store_true", help="print the verdict alone")
    chosen = parser.parse_args(arguments)
    try:
        verdict = _play(Replay(chosen.file.read_text("utf-8")), quiet=chosen.quiet)
    except (OSError, UnicodeDecodeError, NoJournal) as error:
        print(f"{chosen.file} cannot be played. {error}", file=sys.stderr)
        return 2
    print(verdict or "The same effects and the same state.")
    return 1 if verdict else 0


def _play(replay: Replay, *, quiet: bool) -> str:
    """Play it to the end, or to the first difference; return what differs, in a sentence, or nothing."""
    number = replay.forgotten
    for number, step in enumerate(replay.steps(), replay.forgotten + 1):
        if not quiet:
            _show(number, step)
        if not step.same:
            return f"Input {number} ({step.method}) has other effects here than it had in the browser."
    if not quiet:
        print(json.dumps(sync_state(replay.hub.state, replay.hub.epoch, replay.hub.rev), indent=2))
    if not replay.same_in_the_end():
        return f"The effects are the same, but after input {number} the hub is in another state than in the browser."
    return ""


def _show(number: int, step: Step) -> None:
    said = ", ".join(f"{name}={value!r}" for name, value in step.arguments.items())
    print(f"{number}. {step.method}({said})")
    for effect in step.effects or []:
        print(f"    {effect}")
    if step.error:
        print(f"    raised {step.error!r}")


if __name__ == "__main__":  # pragma: no cover - a process of its own, which tests/browser starts
    sys.exit(main())
