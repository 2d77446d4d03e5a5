"""The registry of ports: which tabs are there, when they were heard, and whom the person is looking at. No port object
is kept here."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from .protocol import Hello

SILENCE = 60_000  # ms; browsers let the timers of a hidden tab run once a minute at worst


@dataclass(frozen=True, slots=True)
class Tab:
    """One registered port: who the tab said it is, whether it is seen, has the keyboard, can be heard, and is frozen.

    turn: rises with every focus, so the tab looked at last has the highest; heard_at: the time of its last word, in
    milliseconds; None if its silence means nothing: a lock tells of its death, or it never said PING.
    """

    port: int
    hello: Hello
    visible: bool = True
    focused: bool = False
    audible: bool = True
    frozen: bool = False
    turn: int = 0
    heard_at: int | None = None


class Ports:
    """The live tabs, oldest first; and those that are cut off, which are told nothing."""

    def __init__(self) -> None:
        self._tabs: dict[int, Tab] = {}
        self.cut_off: dict[int, Hello] = {}  # told nothing, and who they said they are

    def __contains__(self, port: int) -> bool:
        return port in self._tabs

    @property
    def all(self) -> tuple[int, ...]:
        """The numbers of all registered ports, in the order in which they came."""
        return tuple(self._tabs)

    @property
    def tabs(self) -> tuple[Tab, ...]:
        """The registered tabs, in the order in which they came."""
        return tuple(self._tabs.values())

    def tab(self, port: int) -> Tab | None:
        """What is known of the tab at `port`, or None."""
        return self._tabs.get(port)

    def where(self, holds: Callable[[Hello], bool]) -> tuple[int, ...]:
        """The numbers of the registered ports whose tab said what `holds`."""
        return tuple(port for port, tab in self._tabs.items() if holds(tab.hello))

    def register(self, port: int, hello: Hello) -> None:
        """Take the port in; a second time it keeps its place."""
        self.cut_off.pop(port, None)
        known = self._tabs.get(port, Tab(port, hello))
        heard_at = known.heard_at if hello.lock is None else None
        self._tabs[port] = replace(known, hello=hello, heard_at=heard_at)
        self.focus(port, visible=hello.visible, focused=hello.focused, audible=hello.audible)

    def forget(self, port: int) -> None:
        """Take the port out, if it is there."""
        self.cut_off.pop(port, None)
        self._tabs.pop(port, None)

    def part_with(self, port: int) -> None:
        """Take the port out, and remember that it was not by itself that it went."""
        tab, known = self._tabs.get(port), self.cut_off.get(port, Hello())
        self.forget(port)
        self.cut_off[port] = tab.hello if tab else known

    def is_cut_off(self, port: int) -> bool:
        """True for a port that was cut off and has not been taken in since."""
        return port in self.cut_off

    def focus(self, port: int, *, visible: bool, focused: bool, audible: bool, frozen: bool = False) -> None:
        """Note what the tab at `port` says of its page."""
        tab = self._tabs[port]
        turn = 1 + max(each.turn for each in self._tabs.values()) if focused else tab.turn
        looking = replace(tab, visible=visible, focused=focused, turn=turn)
        self._tabs[port] = replace(looking, audible=audible, frozen=frozen)

    def attention(self) -> str | None:
        """The tab that is to ring and notify: the one in front of those that may play, else, since it can still notify,
        of all. A frozen one does neither. None if no tab has a name."""
        first = max(self._named(), key=lambda tab: (not tab.frozen, tab.audible, *_prominence(tab)), default=None)
        return first.hello.tab if first else None

    def in_front(self) -> int | None:
        """The port of the tab that the person looks at: the focused one, else a visible one, else the one that was
        focused last, else the oldest. None if no tab has a name."""
        first = max(self._named(), key=_prominence, default=None)
        return first.port if first else None

    def _named(self) -> list[Tab]:
        return [tab for tab in self._tabs.values() if tab.hello.tab]

    def heard(self, port: int, now: int, *, ping: bool) -> None:
        """Note that `port`, if it is there, has spoken; its first `ping` makes its silence mean something."""
        tab = self._tabs.get(port)
        if tab and tab.hello.lock is None and (ping or tab.heard_at is not None):
            self._tabs[port] = replace(tab, heard_at=now)

    def rests(self, now: int) -> dict[int, int]:
        """Return, for each port whose silence means something, for how many more milliseconds it may be silent."""
        heard = {port: tab.heard_at for port, tab in self._tabs.items() if tab.heard_at is not None}
        # A clock that was set back begins the silence anew.
        return {port: SILENCE - max(0, now - at) for port, at in heard.items()}


def _prominence(tab: Tab) -> tuple[bool, bool, bool, int]:
    return not tab.frozen, tab.focused, tab.visible, tab.turn
