"""Runs the benchmark and prints its table; `python3 build.py bench` starts it. The exit code is 1 if a "must"
does not hold, or a measure fails."""

import argparse
import os
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Playwright, sync_playwright

from tests.browser.engines import ENGINES, Engine
from web.bundling.programs import say

from .boot import draw, typical_boot
from .figures import OURS, Line, Measured, Runs, figure, judge
from .measures import MEASURES, Measure, measures_in
from .plot import plot
from .report import Machine, as_json, failures, short, table, this_machine
from .rows import rows_in
from .runner import Runner
from .seat import taken
from .server import BenchServer
from .sites import make_sites


def main(arguments: Sequence[str]) -> int:
    """Run what is asked for; return the exit code."""
    options = parse(arguments)
    engine = ENGINES[options.engine]
    os.environ[engine.variable] = engine.find()
    with sync_playwright() as playwright, serving() as server:
        machine = describe(playwright, engine, server)
        say(f"{machine}; load {os.getloadavg()[0]:.1f}")
        if options.profile:
            profile(playwright, engine, server, machine, options.runs, options.profile)
        wanted = options.only or ([] if options.profile else list(measures_in(engine.name)))
        found = measure(Runner(playwright, engine, server, options.runs).take, wanted)
    lines = [judge(row, found.samples[row.measure]) for row in rows_in(engine.name) if row.measure in found.samples]
    return report(machine, lines, found, options)


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the options."""
    parser = argparse.ArgumentParser(prog="build.py bench", description="The Python hub beside its peers.")
    parser.add_argument("--runs", type=int, default=9, help="how often a measure is taken (default: %(default)s)")
    parser.add_argument("--only", action="append", choices=MEASURES, metavar="MEASURE", help=", ".join(MEASURES))
    parser.add_argument("--json", type=Path, metavar="FILE", help="write figures and samples")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="draw the table as SVG")
    parser.add_argument(
        "--profile", type=Path, metavar="FILE", help="draw a boot as SVG; measure just what --only says"
    )
    parser.add_argument("--engine", choices=sorted(ENGINES), default="chromium", help="the browser")
    options = parser.parse_args(arguments)
    if missing := set(options.only or []) - measures_in(options.engine).keys():
        parser.error(f"{', '.join(sorted(missing))}: measured in Chromium alone.")
    if options.profile and options.engine != "chromium":
        parser.error("--profile looks into the worker, which only the driver of Chromium can.")
    return options


@contextmanager
def serving() -> Iterator[BenchServer]:
    """Serve the bundle and the peers."""
    with tempfile.TemporaryDirectory(prefix="sip-bench-") as folder:
        make_sites(Path(folder))
        server = BenchServer(Path(folder))
        try:
            yield server
        finally:
            server.stop()


def describe(playwright: Playwright, engine: Engine, server: BenchServer) -> Machine:
    """Return what is measured on."""
    with taken(playwright, engine, OURS, server) as seat:
        return this_machine(f"{engine.title} {seat.version}")


def measure(take: Callable[[Measure], dict[str, Runs]], names: Sequence[str]) -> Measured:
    """Take these measures, and tell what is under way. One that fails loses nothing of the others."""
    found = Measured()
    for name in names:
        say(f"measuring {name} ...")
        try:
            found.samples[name] = runs_of = take(MEASURES[name])
        except Exception as reason:  # noqa: BLE001 - a browser can fail in any way
            traceback.print_exception(reason)
            found.failed[name] = why = in_a_line(reason)
            say(f"{name} failed: {why}")
        else:
            say(", ".join(f"{peer} {short(figure(runs, 50).value)}" for peer, runs in runs_of.items()))
    return found


def in_a_line(reason: Exception) -> str:
    """Return what an exception says, without what Playwright writes below, and what was noted of it."""
    said = next(iter(str(reason).splitlines()), "no reason was given")
    return " ".join([f"{type(reason).__name__}: {said.rstrip('.')}.", *getattr(reason, "__notes__", [])])


def profile(
    playwright: Playwright, engine: Engine, server: BenchServer, machine: Machine, runs: int, path: Path
) -> None:
    """Draw a typical boot of the hub."""
    say("profiling a boot ...")
    with taken(playwright, engine, OURS, server) as seat:
        draw(typical_boot(seat, runs), machine, path)


def report(machine: Machine, lines: Sequence[Line], found: Measured, options: argparse.Namespace) -> int:
    """Print the table and what failed, and write the files that are asked for; return the exit code."""
    if lines:
        print(machine, table(lines), sep="\n\n")
    if found.failed:
        print("", failures(found.failed), sep="\n")
    if options.json:
        options.json.write_text(as_json(machine, lines, found), encoding="utf-8")
    if options.plot and lines:
        plot(machine, lines, options.plot)
    return 0 if not found.failed and all(line.must_holds for line in lines) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
