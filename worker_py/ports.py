"""The registry of ports: which tabs are there, and whom the person is looking at. No port object is kept here."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from .protocol import Hello


@dataclass(frozen=True, slots=True)
class Tab:
    """One registered port: who the tab said it is, and whether it is seen and has the keyboard."""

    port: int
    hello: Hello
    visible: bool = True
    focused: bool = False


class Ports:
    """The live tabs, oldest first; and those that are cut off, which are told nothing."""

    def __init__(self) -> None:
        self._tabs: dict[int, Tab] = {}
        self._cut_off: set[int] = set()

    def __contains__(self, port: int) -> bool:
        return port in self._tabs

    @property
    def all(self) -> tuple[int, ...]:
        """The numbers of all registered ports, in the order in which they came."""
        return tuple(self._tabs)

    def tab(self, port: int) -> Tab | None:
        """What is known of the tab at `port`, or None."""
        return self._tabs.get(port)

    def where(self, holds: Callable[[Hello], bool]) -> tuple[int, ...]:
        """The numbers of the registered ports whose tab said what `holds`."""
        return tuple(port for port, tab in self._tabs.items() if holds(tab.hello))

    def register(self, port: int, hello: Hello) -> None:
        """Take the port in; a second time it keeps its place."""
        self._cut_off.discard(port)
        self._tabs[port] = Tab(port, hello, visible=hello.visible)

    def forget(self, port: int) -> None:
        """Take the port out, if it is there."""
        self._cut_off.discard(port)
        self._tabs.pop(port, None)

    def cut_off(self, port: int) -> None:
        """Take the port out, and remember that it was not by itself that it went."""
        self.forget(port)
        self._cut_off.add(port)

    def is_cut_off(self, port: int) -> bool:
        """True for a port that was cut off and has not been taken in since."""
        return port in self._cut_off

    def focus(self, port: int, *, visible: bool, focused: bool) -> None:
        """Note what the tab at `port` says of its page."""
        self._tabs[port] = replace(self._tabs[port], visible=visible, focused=focused)
