"""Steps: each is a frozen value and a line of JSON. A seed draws them before anything happens, so the same seed gives
the same steps, and any of them may be left out."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

PAUSES = (0, 0, 0, 0, 5, 20, 100)  # ms after a step


@dataclass(frozen=True)
class Step:
    """One step: what is done, which of the tabs does it (counted round and round), and with what.

    pause: milliseconds until the next step.
    """

    verb: str
    tab: int = 0
    pause: int = 0
    words: Mapping[str, Any] = field(default_factory=dict)

    def line(self) -> str:
        """Return the step as a line of JSON."""
        return json.dumps({"verb": self.verb, "tab": self.tab, "pause": self.pause, **self.words})


def from_line(line: str) -> Step:
    """Return the step that `Step.line` wrote."""
    said = json.loads(line)
    return Step(said.pop("verb"), said.pop("tab"), said.pop("pause"), said)


def draw(seed: int, count: int, weights: Mapping[str, float], words: Mapping[str, Sequence[Any]]) -> Iterator[Step]:
    """Yield `count` steps. weights: how often each verb is drawn; words: those that a verb may be done with."""
    chance = Random(seed)  # noqa: S311 - a seed must give the same steps again
    verbs = list(weights)
    for _ in range(count):
        [verb] = chance.choices(verbs, list(weights.values()))
        chosen = chance.choice(words[verb]) if words.get(verb) else {}
        yield Step(verb, chance.randrange(60), chance.choice(PAUSES), chosen)


def write(path: Path, steps: Sequence[Step]) -> None:
    """Write steps into a file."""
    path.write_text("".join(f"{step.line()}\n" for step in steps), encoding="utf-8")


def read(path: Path) -> list[Step]:
    """Return the steps in a file."""
    return [from_line(line) for line in path.read_text(encoding="utf-8").splitlines()]
