"""Commands under way and their results: one POST and one result for each, however often it is asked for."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from .effects import Effect, Send
from .protocol import CMD_DIAL, Command, Failure, command_done, command_failed, error

OPERATOR = "operator"  # the subject of a command that is about no call
TAKING = ("CMD_ANSWER", "CMD_HANGUP")  # a call that rings
REMEMBERED_RESULTS = 1_000  # results kept for an id that comes again
DOUBLE_CLICK = 500  # ms after a dial in which another of that number is the same wish, even if the call is over


@dataclass(slots=True)
class Request:
    """A command from the moment it is taken up until its result: who asked, and what it is about.

    subject: the id of its call, which may be provisional, or OPERATOR; key: the Idempotency-Key of its POST;
    overruled: the fields of which the stream has spoken since; overtaken: a snapshot has come since.
    """

    command: Command
    number: int
    askers: list[int]
    key: str
    subject: str = ""
    under_way: bool = False
    overruled: set[str] = field(default_factory=set)
    overtaken: bool = False


@dataclass(frozen=True, slots=True)
class Dialed:
    """The dial that went out last: the number of its request, what was dialled, and when."""

    number: int
    phone: str | None
    moment: int


@dataclass(frozen=True, slots=True)
class Settled:
    """A command that has its result: None is success."""

    command: Command
    failure: Failure | None


class Commands:
    """The open requests, in the order in which they came, and the latest results by id."""

    def __init__(self, epoch: str) -> None:
        self._epoch = epoch
        self._count = 0
        self._open: dict[int, Request] = {}
        self._settled: dict[str, Settled] = {}
        self._dialed: Dialed | None = None

    def again(self, port: int, command: Command) -> list[Effect] | None:
        """Return the answer to a command whose id is known, or None if it is new. Raise Failure if that id was another
        command's, or may be the key of one that has no id."""
        if command.id is None:
            return None
        if self._is_own_key(command.id):
            raise Failure("invalid_command", "This id is one of the phone's own. Make another id for the command.")
        if settled := self._settled.get(command.id):
            _require_same(settled.command, command)
            return [Send((port,), _result(command.id, settled.failure))]
        for request in self._open.values():
            if request.command.id == command.id:
                _require_same(request.command, command)
                if port not in request.askers:
                    request.askers.append(port)
                return []
        return None

    def open(self, port: int, command: Command) -> Request:
        """Take up a new command. Its key is its id, else one that no tab and no other hub makes."""
        self._count += 1
        key = command.id or f"{self._epoch}-{self._count}"
        request = Request(command, self._count, [port], key)
        self._open[self._count] = request
        return request

    def close(self, request: Request, failure: Failure | None) -> list[Effect]:
        """End a request: one result for each tab that asked. Without an id only a failure is told."""
        del self._open[request.number]
        if failure and self._dialed and self._dialed.number == request.number:
            self._dialed = None  # a person may try again at once
        command = request.command
        ports = tuple(request.askers)
        if command.id is None:
            return [Send(ports, error(failure, command.type))] if failure and ports else []
        self._remember(command.id, Settled(command, failure))
        return [Send(ports, _result(command.id, failure))] if ports else []

    def abandon(self, failure: Failure) -> list[Effect]:
        """End all requests, and forget all results: whoever commands from now on is somebody else. The answers that are
        still to come find nothing."""
        effects = [effect for request in [*self._open.values()] for effect in self.close(request, failure)]
        self._settled.clear()
        self._dialed = None
        return effects

    def get(self, number: int) -> Request | None:
        """The open request of that number, or None."""
        return self._open.get(number)

    def open_requests(self, where: Callable[[Request], bool]) -> list[Request]:
        """The open requests for which `where` holds, oldest first."""
        return [request for request in self._open.values() if where(request)]

    def provisional_id(self, request: Request) -> str:
        """The id of the call that a dial makes, until the backend names it."""
        return f"provisional-{self._epoch}-{request.number}"

    def note_dial(self, request: Request, now: int) -> None:
        """A dial goes out now."""
        self._dialed = Dialed(request.number, request.command.phone, now)

    def has_just_dialed(self, phone: str, now: int) -> bool:
        """True if the dial that went out last was of this number, is not refused, and no older than a double click."""
        last = self._dialed
        return last is not None and last.phone == phone and 0 <= now - last.moment < DOUBLE_CLICK

    def dialing(self) -> frozenset[str]:
        """The provisional ids whose dial is still to be answered."""
        return frozenset(it.subject for it in self.open_requests(lambda it: it.command.type == CMD_DIAL))

    def taken(self) -> frozenset[str]:
        """The ids of the calls that somebody is answering or hanging up."""
        return frozenset(it.subject for it in self.open_requests(lambda it: it.command.type in TAKING))

    def forget_port(self, port: int) -> None:
        """The tab is gone: its commands go on, nobody is told."""
        for request in self._open.values():
            if port in request.askers:
                request.askers.remove(port)

    def is_awaited_by(self, port: int) -> bool:
        """True if the tab at `port` waits for a result."""
        return any(port in request.askers for request in self._open.values())

    def overrule(self, subjects: Iterable[str], fields: Iterable[str], before: int | None = None) -> None:
        """The stream has spoken of these fields, or a command later than the older ones: `before` is its number. What
        the answers to those imply of them does not count any more."""
        names, said = set(subjects), set(fields)
        for request in self._open.values():
            if request.subject in names and (before is None or request.number < before):
                request.overruled |= said

    def overtake(self) -> None:
        """A snapshot has come."""
        for request in self._open.values():
            request.overtaken = True

    def _is_own_key(self, identity: str) -> bool:
        epoch, _, number = identity.rpartition("-")
        return epoch == self._epoch and number.isdigit()

    def _remember(self, identity: str, settled: Settled) -> None:
        self._settled[identity] = settled
        if len(self._settled) > REMEMBERED_RESULTS:
            del self._settled[next(iter(self._settled))]


def _require_same(first: Command, second: Command) -> None:
    if replace(first, id=None) != replace(second, id=None):
        raise Failure("invalid_command", "This id was used for another command. Make a new id for every command.")


def _result(identity: str, failure: Failure | None) -> dict[str, Any]:
    return command_done(identity) if failure is None else command_failed(identity, failure)
