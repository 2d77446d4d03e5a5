"""The self-check: what the hub knows of its tabs and its stream, for whoever looks why something is wrong. It tells of
no call, no number and no name."""

from typing import Any

from .ports import Ports, Tab
from .stream import Stream


def facts(ports: Ports, stream: Stream, asking: int, now: int) -> dict[str, Any]:
    """Return them as JSON; `asking` is the port of the tab that wants to know.

    attention: the tab that is to ring when a call does; silence: of the stream, in milliseconds, None if nothing ever
    came; connectedAt: when it was connected for the first time; trouble: the code of what is wrong with it.
    """
    attention = ports.attention()
    return {
        "attention": attention,
        "tabs": [_tab(tab, asks=tab.port == asking, attention=attention) for tab in ports.tabs],
        "stream": {
            "status": stream.status.value,
            "attempts": stream.attempts,
            "silence": stream.silence(now),
            "connectedAt": stream.opened_at,
            "trouble": stream.trouble and stream.trouble.code,
        },
    }


def _tab(tab: Tab, *, asks: bool, attention: str | None) -> dict[str, Any]:
    return {
        "tab": tab.hello.tab,
        "version": tab.hello.version,
        "visible": tab.visible,
        "focused": tab.focused,
        "audible": tab.audible,
        "rings": attention is not None and tab.hello.tab == attention,
        "asks": asks,
    }
