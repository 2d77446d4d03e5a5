"""Runs the measures. The peers take turns, so that a busy minute of the machine meets all of them."""

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack

from playwright.sync_api import Playwright

from tests.browser.engines import Engine

from .figures import Runs
from .measures import Measure, settled
from .seat import Seat, taken
from .server import BenchServer


class Runner:
    """Takes measures, `runs` times each where the measure does not say otherwise."""

    def __init__(self, playwright: Playwright, engine: Engine, server: BenchServer, runs: int) -> None:
        self._playwright = playwright
        self._engine = engine
        self._server = server
        self._runs = runs

    def take(self, measure: Measure) -> dict[str, Runs]:
        """Return the runs of a measure by peer."""
        self._server.calm()  # a measure that failed leaves what it has set
        found: dict[str, list[list[float]]] = {peer: [] for peer in measure.peers}
        with ExitStack() as stack:
            stay = () if measure.new_profile else measure.peers
            seats = {peer: stack.enter_context(self._seat(peer)) for peer in stay}
            for number in range(measure.warm_up + (measure.runs or self._runs)):
                for peer, runs in found.items():
                    counts = number >= measure.warm_up
                    samples = self._run(measure.take if counts else settled, peer, seats.get(peer))
                    if counts:
                        runs.append(samples)
        return dict(found)

    def _run(self, take: Callable[[Seat], list[float]], peer: str, seat: Seat | None) -> list[float]:
        if seat is None:
            with self._seat(peer) as new:
                return self._run(take, peer, new)
        try:
            samples = take(seat)
            seat.leave()
        except Exception as reason:
            reason.add_note(f"That was with the peer {peer}.")
            raise
        return samples

    def _seat(self, peer: str) -> AbstractContextManager[Seat]:
        return taken(self._playwright, self._engine, peer, self._server)
