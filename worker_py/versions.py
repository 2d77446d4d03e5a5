"""Which build is the newest, and when a hub makes way for the hub of a newer one."""

from collections.abc import Iterable

from .effects import Effect, Retire, Send, StartTimer, Timer
from .ports import Ports
from .protocol import VERSION, outdated

# Tabs that come this soon after a hub's start may have started it. If one of them is newer all the same, the browser's
# cache still has the old worker, and after this hub would come its like: then it stays for a while.
STARTING = 10_000  # ms
STAYING = 600_000  # ms


def numbers(version: str | None) -> tuple[int, ...]:
    """Return the numbers of a version such as 0.1.0, by which versions compare; () if there are none to read."""
    if version is None or not VERSION.fullmatch(version):
        return ()
    return tuple(map(int, version.split(".")))


class Succession:
    """Knows the newest build of which a tab has told.

    version: the hub's own; a hub without one never makes way, and calls nobody outdated.
    """

    def __init__(self, version: str | None) -> None:
        self.newest = version
        self.due = False  # the hub makes way as soon as nothing is lost by it
        self._started_at: int | None = None

    def meet(self, port: int, version: str | None, ports: Ports, now: int) -> list[Effect]:
        """A tab of that version came: tell it if it is outdated. If it is the newest so far, tell those that are now,
        and plan the end of this hub."""
        self._started_at = now if self._started_at is None else self._started_at
        if not () < numbers(self.newest) < numbers(version):
            return self._tell({port} & {*self._outdated(ports)})
        self.newest = version
        delay = STAYING if now - self._started_at < STARTING else 0
        return [*self._tell(self._outdated(ports)), StartTimer(Timer.RETIRE, delay)]

    def end(self, ports: Ports) -> list[Effect]:
        """Send all tabs to the hub that follows, and end this one."""
        self.due = False
        return [Send(ports.all, outdated(self.newest, retired=True)), Retire()]

    def _outdated(self, ports: Ports) -> tuple[int, ...]:
        """The tabs of an older build than the newest. One that tells no version is none of ours."""
        return ports.where(lambda hello: () < numbers(hello.version) < numbers(self.newest))

    def _tell(self, ports: Iterable[int]) -> list[Effect]:
        told = tuple(ports)
        return [Send(told, outdated(self.newest))] if told else []
