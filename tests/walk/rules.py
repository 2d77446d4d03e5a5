"""What must hold of all that tabs hear, of the requests that reach the backend, and of a journal."""

import json
from collections import Counter, deque
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

from worker_py.effects import Post
from worker_py.hub import Hub
from worker_py.replay import Replay

Message = dict[str, Any]
Note = tuple[int, str, Message]  # number of the port, "says" or "hears", message
TRAIL = 40  # notes


class Broken(AssertionError):
    """Something does not hold that must."""


def broken(why: str) -> NoReturn:
    raise Broken(why)


class Book:
    """What hubs have said to any tab: an epoch and a `rev` mean one state, whoever is told.

    reruns: the browser may run a hub anew on the same ports, as WebKit does.
    """

    def __init__(self, *, reruns: bool = False) -> None:
        self.reruns = reruns
        self.asked: set[str] = set()  # ids of commands that a page has sent
        self.bare = 0  # commands without an id that pages have sent
        self.hubs: set[str] = set()  # epochs
        self._excused = 1
        self._states: dict[tuple[str, int], str] = {}

    def excuse(self) -> None:
        """The hub may have died: another may follow it."""
        self._excused += 1

    def check_hubs(self) -> None:
        """Raise Broken if a hub was replaced that nothing has ended."""
        if len(self.hubs) > self._excused:
            broken(f"there were {len(self.hubs)} hubs where {self._excused} are excused")

    def note_command(self, message: Message) -> None:
        """Note a command that a page has sent."""
        if isinstance(message.get("id"), str):
            self.asked.add(message["id"])
        else:
            self.bare += 1

    def check_asked(self, posts: Iterable[Message]) -> None:
        """Raise Broken if a POST has reached the backend for which no page has sent a command."""
        own = {post["key"] for post in posts} - self.asked
        if len(own) > self.bare:
            broken(f"nobody asked for {sorted(own)}: {self.bare} commands had no id")

    def enter(self, message: Message) -> None:
        """Note a SYNC_STATE."""
        self.hubs.add(message["epoch"])
        moment, state = (message["epoch"], message["rev"]), json.dumps(message["payload"])
        if self._states.setdefault(moment, state) != state:
            broken(f"two tabs were told two states of rev {message['rev']}: {self._states[moment]} and {state}")


class Ear:
    """What one page has said and heard at the port that it uses now."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self.commands: list[str] = []  # the types and calls of all that it has sent
        self.trail: deque[str] = deque(maxlen=TRAIL)  # what was said and heard last, at all ports
        self._begin(0)

    def _begin(self, port: int) -> None:
        self.port = port
        self.last: Message | None = None  # SYNC_STATE
        self.epochs: set[str] = set()
        self.lost: set[str] = set()  # commands to a hub that was there before at this port
        self.asked: Counter[str] = Counter()
        self.results: dict[str, Message] = {}
        self.answers: Counter[str] = Counter()

    def listen(self, notes: Iterable[Note]) -> None:
        """Take in what the page has noted since the last time. Raise Broken if it must not be."""
        for port, kind, message in notes:
            self.trail.append(f"{port} {kind} {message['type']} {message.get('epoch', '')[:4]}".strip())
            if kind == "says" and message["type"].startswith("CMD_"):
                self.commands.append(f"{message['type']} {message.get('payload', {}).get('callId')}")
                self._book.note_command(message)
            if port > self.port:
                self._begin(port)
            if port < self.port:
                continue  # the page has let go of it
            if kind == "says":
                self._says(message)
            else:
                self._hears(message)

    def _says(self, message: Message) -> None:
        if message["type"].startswith("CMD_") and "id" in message:
            self.asked[message["id"]] += 1

    def _hears(self, message: Message) -> None:
        match message["type"]:
            case "SYNC_STATE":
                self._synced(message)
            case "CMD_RESULT":
                self._answered(message)

    def _synced(self, message: Message) -> None:
        """The same state again answers an INIT_PORT."""
        self._book.enter(message)
        before, self.last = self.last, message
        is_new = message["epoch"] not in self.epochs
        self.epochs.add(message["epoch"])
        if before and is_new and self._book.reruns:
            self.lost.update(self.unanswered())
        elif (
            before
            and (message["epoch"], message["rev"]) != (before["epoch"], before["rev"])
            and not (message["epoch"] == before["epoch"] and message["rev"] > before["rev"])
        ):
            broken(f"rev does not rise: after {before} came {message}")

    def _answered(self, message: Message) -> None:
        identity = message["id"]
        self.answers[identity] += 1
        if self.answers[identity] > self.asked[identity]:
            broken(f"a second result, or one that nobody asked for: {message}")
        before = self.results.get(identity, message)
        if before != message and not _may_come_again(before):
            broken(f"two results of one command: {before} and {message}")
        self.results[identity] = message

    def unanswered(self) -> list[str]:
        """Return the ids of commands that have no result."""
        return [identity for identity in self.asked if identity not in self.answers and identity not in self.lost]


def _may_come_again(result: Message) -> bool:
    """True if a command was refused because nobody was signed in: it never became one, and its id may be used again."""
    error = result.get("error", {})
    return error.get("code") == "unauthorized" and error.get("retryable") is True


def check_posts(posts: Iterable[Message]) -> None:
    """Check the commands that reached the backend: one request for each key, but for those that the browser repeats by
    itself, which it does when a connection breaks without an answer. Raise Broken."""
    by_key: dict[str, list[Message]] = {}
    for post in posts:
        by_key.setdefault(post["key"], []).append(post)
    for key, same in by_key.items():
        if any(post["status"] is not None for post in same[:-1]):
            broken(f"a command was posted again after it was answered: {same}")
        if len({(post["path"], json.dumps(post["body"])) for post in same}) > 1:
            broken(f"one key for two commands: {key} {same}")


def play(text: str) -> Hub:
    """Play a journal; return the hub as it is in the end. Raise Broken if it is not what it was in the browser."""
    replay = Replay(text)
    keys: Counter[str] = Counter()
    for number, step in enumerate(replay.steps(), replay.forgotten + 1):
        if not step.same:
            broken(f"input {number} of the journal has other effects here: {step}")
        keys.update(effect.headers["Idempotency-Key"] for effect in step.effects or [] if isinstance(effect, Post))
    if not replay.same_in_the_end():
        broken("the journal leads to another hub here")
    if twice := [key for key, count in keys.items() if count > 1]:
        broken(f"the hub posted twice with the keys {twice}")
    return replay.hub


def registered(hub: Hub) -> tuple[int, int]:
    """Return how many tabs with a lock the hub knows, and how many without: those it keeps until they say BYE."""
    locks = [tab.hello.lock for tab in map(hub.ports.tab, hub.ports.all) if tab]
    return len([lock for lock in locks if lock]), len([lock for lock in locks if not lock])


def difference(payload: Mapping[str, Any] | None, backend: Mapping[str, Any]) -> str:
    """Return in what a tab's state is not the backend's, or nothing."""
    if payload is None:
        return "it shows nothing"
    if payload["connectionStatus"] != "connected":
        return f"it is {payload['connectionStatus']}"
    if payload["operatorStatus"] != backend["operatorStatus"]:
        return f"the status is {payload['operatorStatus']}, not {backend['operatorStatus']}"
    ours, theirs = ([_facts(call) for call in side["calls"]] for side in (payload, backend))
    return "" if sorted(ours) == sorted(theirs) else f"the calls are {ours}, not {theirs}"


def _facts(call: Mapping[str, Any]) -> tuple[Any, ...]:
    """A withheld number is null on the one wire, and an empty text on the other."""
    told = {**call, "phone": call["phone"] or ""}
    return tuple(told[name] for name in ("id", "direction", "phone", "state", "muted", "remoteHold"))
