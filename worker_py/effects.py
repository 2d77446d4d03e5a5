"""What the hub may ask of the world. Effects are plain values: the hub returns them, the edge carries them out."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Timer(StrEnum):
    """The timers of the hub. Each runs at most once at a time; starting it again moves it."""

    IDLE = "idle"  # no tab is there; then the stream is closed
    ANSWER = "answer"  # a new stream must open in this time
    RETRY = "retry"  # until the next attempt
    SILENCE = "silence"  # an open stream that pings must be heard in this time
    RETIRE = "retire"  # until the hub makes way for that of a newer build
    TABS = "tabs"  # tabs that ping must be heard in this time
    RING = "ring"  # until a call that rings is heard, or falls silent
    LOST = "lost"  # until nobody is sure any more that a call still rings
    QUIET = "quiet"  # until the person must know that no event comes


@dataclass(frozen=True, slots=True)
class Send:
    """Post `message` to each of these ports, of which there may be none."""

    ports: tuple[int, ...]
    message: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DropPort:
    """The tab behind this port is gone: keep nothing of it, and watch it no more."""

    port: int


@dataclass(frozen=True, slots=True)
class WatchTab:
    """Tell when nobody holds that lock any more, which means that the tab behind this port is gone. A port is watched
    by one lock; another one takes its place."""

    port: int
    lock: str


@dataclass(frozen=True, slots=True)
class OpenStream:
    """Open an EventSource; what comes from it is told with this `generation`."""

    generation: int
    url: str


@dataclass(frozen=True, slots=True)
class CloseStream:
    """Close the EventSource that is open, and end a probe that is under way."""


@dataclass(frozen=True, slots=True)
class Probe:
    """Ask `url` once with a plain GET, to learn the status that an EventSource hides, and leave the body unread.
    Tell nothing if no answer comes within `timeout` milliseconds."""

    generation: int
    url: str
    timeout: int


@dataclass(frozen=True, slots=True)
class Post:
    """POST `body` to `url`, and tell what came of it, with `number`, within `timeout` milliseconds."""

    number: int
    url: str
    headers: Mapping[str, str]
    body: str
    timeout: int


@dataclass(frozen=True, slots=True)
class UseHeaders:
    """Let the headers that came with this message go with every POST and probe from now on, or none if none came."""


@dataclass(frozen=True, slots=True)
class StartTimer:
    """Tell when `delay` milliseconds have passed, give or take up to `spread` by chance: so the hubs of many operators
    do not all come at once. The edge draws, so a replay needs no chance."""

    timer: Timer
    delay: int
    spread: int = 0


@dataclass(frozen=True, slots=True)
class StopTimer:
    """Forget that timer."""

    timer: Timer


@dataclass(frozen=True, slots=True)
class Log:
    """Write a line to the worker's console. It never holds a phone number or a name."""

    text: str


@dataclass(frozen=True, slots=True)
class Retire:
    """End this worker: whoever asks for one from now on gets a new one."""


@dataclass(frozen=True, slots=True)
class AskVersion:
    """Ask the server for this worker's script as it is now, past every cache, and tell which version it names."""


@dataclass(frozen=True, slots=True)
class TellJournal:
    """Post the journal to `port`, as the answer to the request of that `id`, if it had one."""

    port: int
    id: str | None


@dataclass(frozen=True, slots=True)
class TellCheck:
    """Post these facts of a self-check, and how the worker started, to `port`, as the answer to the request of that
    `id`, if it had one."""

    port: int
    id: str | None
    facts: Mapping[str, Any]


Streaming = OpenStream | CloseStream | Probe
Timing = StartTimer | StopTimer
Effect = (
    Send
    | DropPort
    | WatchTab
    | Streaming
    | Timing
    | Post
    | UseHeaders
    | Log
    | Retire
    | AskVersion
    | TellJournal
    | TellCheck
)
