"""What a command asks of the backend as things stand: a POST now, a POST later, or nothing if it is refused."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .call import Call, CallState
from .commands import OPERATOR, Commands, Request
from .events import CallDialed, Event
from .protocol import CALL_COMMANDS, CMD_DIAL, CMD_STATUS, Failure
from .state import State


@dataclass(frozen=True, slots=True)
class Order:
    """A POST: its path under the API, its body, and what happens by asking alone."""

    path: str
    body: dict[str, Any]
    events: tuple[Event, ...] = ()


def order_for(request: Request, state: State, commands: Commands, now: int) -> Order | None:
    """Return what a command asks for, or None if it has to wait; raise Failure if it is refused. The request learns
    what it is about."""
    if request.command.type == CMD_DIAL:
        return _dial(request, state, commands, now)
    if request.command.type == CMD_STATUS:
        request.subject = OPERATOR
        return Order("status", {"status": request.command.status})
    return _act(request, state, commands)


def _dial(request: Request, state: State, commands: Commands, now: int) -> Order:
    """Dial, but not a number that is being dialled: a double click, or two tabs, make one call to one person."""
    phone = request.command.phone or ""
    dialing = [call for call in state.calls if call.state is CallState.DIALING]
    is_open = _rivals(request, commands, lambda other: other.command.phone == phone)
    if is_open or any(phone in (call.phone, call.dialed) for call in dialing):
        raise Failure("invalid_state", f"{phone} is already being dialled.")
    if commands.has_just_dialed(phone, now):
        raise Failure("invalid_state", f"{phone} has just been dialled. Wait a second before you dial it again.")
    commands.note_dial(request, now)
    request.subject = commands.provisional_id(request)
    return Order("dial", {"phone": phone}, (CallDialed(request.subject, phone, now, request.command.after),))


def _act(request: Request, state: State, commands: Commands) -> Order | None:
    """A command for a call. It waits for the backend to name a call that is being dialled, and digits wait for those
    before them."""
    row, command = CALL_COMMANDS[request.command.type], request.command
    call = _call_for(request, state)
    request.subject = call.id
    rivals = _rivals(request, commands, lambda other: other.subject == call.id)
    if rivals and command.digits is None:
        raise Failure("invalid_state", f"The call is already being {row.doing}, by this tab or another.")
    if rivals or (call.provisional and call.id in commands.dialing()):
        return None
    if row.action not in call.actions:
        raise Failure("invalid_state", f"The call is {call.state}: it cannot be {row.doing} now.")
    body = {"callId": call.id, "phone": command.phone, "digits": command.digits}
    return Order(row.path, {name: value for name, value in body.items() if value is not None})


def _call_for(request: Request, state: State) -> Call:
    """The call a command is about: found once, so that one which waited never meets another call."""
    named = request.subject or request.command.call_id
    call = state.call(named) if named else state.active_call
    if call is None:
        raise Failure("invalid_state", "There is no such call; it may just have ended.")
    return call


def _rivals(request: Request, commands: Commands, where: Callable[[Request], bool]) -> list[Request]:
    """The earlier open requests of the same kind for which `where` holds."""
    kind, number = request.command.type, request.number
    return commands.open_requests(lambda it: it.number < number and it.command.type == kind and where(it))
