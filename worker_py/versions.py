"""Which build the server gives now, and when a hub makes way for the hub of another one.

A version names the content too (0.1.0+abcdefgh). Whoever comes with another one may be newer or older, and a site may
go back to an older build. So the server is asked, and what it gives is what runs once no call is on.
"""

import re
from collections.abc import Iterable

from .effects import AskVersion, Effect, Retire, Send, StartTimer, StopTimer, Timer
from .ports import Ports
from .protocol import VERSION, outdated

# A hub is as old as this before it makes way: where a cache goes on giving the old worker, one end must not follow the
# other.
LEAST_AGE = 10_000  # ms
IN_SCRIPT = re.compile(r'version"?:"([0-9.]+\+[a-p]{8})"', re.ASCII)  # in sip-worker.js, as build.py writes it


def numbers(version: str | None) -> tuple[int, ...]:
    """Return the numbers of a version such as 0.1.0+abcdefgh, by which versions compare; () if it is none."""
    if version is None or not VERSION.fullmatch(version):
        return ()
    return tuple(map(int, version.partition("+")[0].split(".")))


def read_version(script: str) -> str | None:
    """Return the version that a worker's script names, or None."""
    found = IN_SCRIPT.search(script)
    return found[1] if found and VERSION.fullmatch(found[1]) else None


class Succession:
    """Knows which build the server gives, as far as it was asked.

    version: the hub's own; a hub without one never makes way, and calls nobody outdated.
    """

    def __init__(self, version: str | None) -> None:
        self.version = self.newest = version if numbers(version) else None
        self.due = False  # the hub makes way as soon as nothing is lost by it
        self._started_at: int | None = None
        self._came: set[int] = set()  # ports of another build that have come since the server was asked

    def meet(self, port: int, version: str | None, now: int) -> list[Effect]:
        """A tab of that version came. If it is another than we know of, ask the server which one it gives."""
        self._started_at = now if self._started_at is None else self._started_at
        if not self.version or not numbers(version) or version == self.version == self.newest:
            return []
        asked = bool(self._came)
        self._came.add(port)
        return [] if asked else [AskVersion()]

    def learn(self, version: str | None, ports: Ports, now: int) -> list[Effect]:
        """The server gives that version now; None if it did not say."""
        came, self._came = self._came, set()
        if not self.version or version in (None, self.newest):
            return self._tell(came.intersection(self._outdated(ports)))
        self.newest = version
        if version == self.version:  # it has gone back to this build
            self.due = False
            return [*self._tell(self._outdated(ports)), StopTimer(Timer.RETIRE)]
        age = now - (self._started_at or 0)
        rest = LEAST_AGE - age if 0 <= age < LEAST_AGE else 0
        return [*self._tell(self._outdated(ports)), StartTimer(Timer.RETIRE, rest)]

    def end(self, ports: Ports) -> list[Effect]:
        """Send all tabs to the hub that follows, and end this one."""
        self.due = False
        return [Send(ports.all, outdated(self.newest, retired=True)), Retire()]

    def _outdated(self, ports: Ports) -> tuple[int, ...]:
        """The tabs of another build than the server's. One that tells no version is none of ours; and one with a higher
        number than a worker that the server still gives comes from a site that is halfway to a new build."""

        def is_outdated(version: str | None) -> bool:
            is_ahead = self.newest == self.version and numbers(version) > numbers(self.version)
            return numbers(version) != () and version != self.newest and not is_ahead

        return ports.where(lambda hello: is_outdated(hello.version))

    def _tell(self, ports: Iterable[int]) -> list[Effect]:
        told = tuple(sorted(ports))
        return [Send(told, outdated(self.newest))] if told else []
