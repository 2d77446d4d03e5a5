"""A check, how it is run, and what it found."""

import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import IO, NamedTuple

from web.bundling.errors import BuildError

Output = IO[str] | None  # where a program writes; None is our own standard output


class Findings(NamedTuple):
    """What was wrong, a line each, and how many seconds each test took."""

    faults: Sequence[str] = ()
    durations: Mapping[str, float] = MappingProxyType({})


class Step(NamedTuple):
    """One check: its name, and what runs it."""

    name: str
    run: Callable[[Output], Findings]


class Outcome(NamedTuple):
    """What a step found, and how many seconds it took."""

    name: str
    findings: Findings
    seconds: float


def run_step(step: Step) -> Outcome:
    """Run a step, and show what it writes at once."""
    print(f"\n=== {step.name}", flush=True)
    outcome = timed(step, None)
    print(line(outcome), flush=True)
    return outcome


def run_step_quietly(step: Step) -> Outcome:
    """Run a step beside others, and show what it has written in one piece at its end."""
    with tempfile.TemporaryFile("w+", errors="replace") as written:
        outcome = timed(step, written)
        written.seek(0)
        print(f"\n\n=== {step.name}\n{written.read()}{line(outcome)}", flush=True)
    return outcome


def timed(step: Step, output: Output) -> Outcome:
    """Run a step and take its time. A BuildError is a fault like any other."""
    start = time.monotonic()
    try:
        findings = step.run(output)
    except BuildError as error:
        print(error, file=output)
        findings = Findings([str(error)])
    return Outcome(step.name, findings, time.monotonic() - start)


def line(outcome: Outcome) -> str:
    """Return the outcome of a step as a line."""
    return f"{'FAILED' if outcome.findings.faults else 'ok':8}{outcome.name:32}{outcome.seconds:6.1f} s"
