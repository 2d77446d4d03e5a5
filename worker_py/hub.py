"""The hub: every input is a method that returns the list of effects. No clock, no I/O, no randomness in here."""

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from . import check, json_text, outcome, protocol, sip_api
from .call import Call
from .clock import Clock
from .commands import OPERATOR, Commands, Request
from .credentials import REFUSALS, Verdict
from .effects import (
    DropPort,
    Effect,
    Log,
    Post,
    Send,
    StartTimer,
    StopTimer,
    TellCheck,
    TellJournal,
    Timer,
    UseHeaders,
    WatchTab,
)
from .events import CallSeen, ConnectionChanged, ConnectionStatus, Event, OperatorStatusChanged, Snapshot
from .orders import Order, order_for
from .ports import SILENCE, Ports
from .protocol import Failure, Hello
from .rings import LOST, Rings
from .sessions import Sessions, taken_over, unknown_page
from .sip_api import Answer, BadWire
from .state import MAX_CALLS, State, is_another, reduce
from .stream import NO_EVENTS, SIGN_IN, Stream
from .versions import Succession

# A worker may outlive its last tab (extendedLifetime), so that a phone is still there when the operator's only tab has
# gone to another page. Somebody who has closed all tabs must not look present to the backend for long.
IDLE_DELAY = 30_000  # ms
INTERNAL = Failure("internal", "The phone made a mistake of its own. See whether it was done before you repeat it.")
BAD_TIME = "a time that cannot be in milliseconds since 1970"
REVIVED = "A call that counted as over is there again: the phone server speaks of it."
SIGNED_OUT = "You were signed out meanwhile. Sign in again, and see whether it was done before you repeat it."

Told = ParamSpec("Told")
Step = Callable[Concatenate["Hub", Told], list[Effect]]


def concluded(step: Step[Told]) -> Step[Told]:
    """Make `step` an input of the hub. The last step is the same for all inputs, so that none can forget it."""

    @wraps(step)
    def told(hub: "Hub", /, *args: Told.args, **kwargs: Told.kwargs) -> list[Effect]:
        effects = step(hub, *args, **kwargs)
        try:
            return effects + hub._conclude()  # noqa: SLF001 - it is a part of the class
        except Exception as mistake:  # noqa: BLE001 - what the input itself led to must not be lost by it
            return [*effects, _confession("The last step", mistake)]

    return told


def _confession(kind: str, mistake: Exception) -> Log:
    """Return the line about a mistake of ours: what and where, and nothing of whom it was about."""
    place, trace = "nowhere", mistake.__traceback__
    while trace:
        code = trace.tb_frame.f_code
        if "worker_py" in code.co_filename:
            place = f"{code.co_name}, line {trace.tb_lineno}"
        trace = trace.tb_next
    return Log(
        f"{kind[: protocol.MAX_TEXT]} failed by a mistake of the phone itself: {type(mistake).__name__} in {place}"
    )


class Hub:
    """One phone for all tabs.

    epoch: a random string that no other hub has; api: the path of the backend's API; version: of the build, as 0.1.0.
    `now` is always milliseconds since the epoch. Raise ValueError if `api` is not a path of the page's own site.
    """

    def __init__(self, epoch: str, api: str = sip_api.DEFAULT_API, version: str | None = None) -> None:
        self.state = State()
        self.epoch = epoch
        self.version = version
        self.rev = 0
        self.handovers = 0  # rises when the phone becomes another person's, or nobody's
        self.ports = Ports()
        self._missed: set[int] = set()  # ports that seem to be gone, and are kept for a result that they wait for
        self._api = sip_api.check_api(api)
        self._stream = Stream(self._api)
        self._commands = Commands(epoch)
        self._sessions = Sessions()
        self._parted: set[int] = set()  # ports that were parted with until it is known who has signed in
        self._clock = Clock()
        self._succession = Succession(version)
        self._attention: str | None = None  # the tab that rings, if something does
        self._heard: tuple[str, ...] = ()  # the calls that it rings for
        self._shown: tuple[Any, ...] | None = (*self.state.visible, None, ())  # what all tabs show
        self._rings = Rings()
        self._doubts = False  # the stream was lost while a call rang
        self._complaints: set[str] = set()  # what was said of this stream; each complaint is told once a connection

    @concluded
    def start(self) -> list[Effect]:
        """The worker is up: open the stream."""
        return self._stream.start()

    # --- tabs ---------------------------------------------------------------------------------------------------------

    @concluded
    def receive_text(self, port: int, text: str, now: int) -> list[Effect]:
        """A tab sent a message, as JSON."""
        try:
            message = json_text.parse(text, protocol.MAX_MESSAGE)
        except ValueError as reason:
            return self._unreadable(port, text, Failure("invalid_command", f"The message cannot be read: {reason}."))
        return self.receive_message(port, message, now)

    @concluded
    def receive_message(self, port: int, message: object, now: int) -> list[Effect]:
        """A tab sent a message. A port that never said INIT_PORT is asked to, and served all the same."""
        if not isinstance(message, dict) or not isinstance(kind := message.get("type"), str):
            return self._refused(port, Failure("invalid_command", "A message is an object with a type."))
        known = port in self.ports or self.ports.is_cut_off(port)
        stranger = not known and kind not in (protocol.INIT_PORT, protocol.BYE)
        greeting: list[Effect] = [Send((port,), protocol.reinit(self.epoch))] if stranger else []
        if kind == protocol.CHECK:
            return greeting + self._check(port, message, now)
        greeting += self._listen(port, now, ping=kind == protocol.PING)
        if kind.startswith("CMD_"):
            return greeting + self._receive_command(port, message, now)
        return greeting + self._receive_other(port, kind, message, now)

    @concluded
    def disconnect(self, port: int) -> list[Effect]:
        """A tab is gone."""
        self._commands.forget_port(port)
        self._missed.discard(port)
        return [DropPort(port), *self._unregister(port)]

    def _unregister(self, port: int) -> list[Effect]:
        was_there = port in self.ports
        self.ports.forget(port)
        alone = was_there and not self.ports.all
        idle: list[Effect] = [StartTimer(Timer.IDLE, IDLE_DELAY)] if alone else []
        return idle

    @concluded
    def tab_gone(self, port: int, lock: str) -> list[Effect]:
        """Nobody holds the lock that a tab gave."""
        if self.ports.is_cut_off(port):
            return self.disconnect(port)
        tab = self.ports.tab(port)
        return self._evict(port) if tab and tab.hello.lock == lock else []

    def _evict(self, port: int) -> list[Effect]:
        """Forget a tab that seems to be gone; one that lives answers, is back, and still waits for its results."""
        greeting = Send((port,), protocol.reinit(self.epoch))
        if not self._commands.is_awaited_by(port):
            return [greeting, DropPort(port), *self._unregister(port)]
        self._missed.add(port)
        return [greeting, *self._unregister(port)]

    def _close(self, request: Request, failure: Failure | None) -> list[Effect]:
        return self._commands.close(request, failure) + self._let_go()

    def _let_go(self) -> list[Effect]:
        """Keep no port of a tab that seemed to be gone, has not come back, and waits for nothing any more."""
        over = sorted(port for port in self._missed if not self._commands.is_awaited_by(port))
        self._missed.difference_update(over)
        return [DropPort(port) for port in over]

    def _listen(self, port: int, now: int, *, ping: bool) -> list[Effect]:
        """A port has spoken. The first whose silence means something starts the timer."""
        before = self.ports.rests(now)
        self.ports.heard(port, now, ping=ping)
        return [StartTimer(Timer.TABS, SILENCE)] if self.ports.rests(now) and not before else []

    def _evict_silent(self, now: int) -> list[Effect]:
        gone = [effect for port, rest in self.ports.rests(now).items() if rest <= 0 for effect in self._evict(port)]
        rests = self.ports.rests(now).values()
        return [*gone, *([StartTimer(Timer.TABS, min(rests))] if rests else [])]

    def _receive_other(self, port: int, kind: str, message: dict[str, Any], now: int) -> list[Effect]:
        match kind:
            case protocol.INIT_PORT:
                return self._register(port, protocol.decode_hello(message), now)
            case protocol.PING:
                rev = 0 if self.ports.is_cut_off(port) else self.rev  # by which it would see what happens now
                return [Send((port,), protocol.pong(self.epoch, rev))]
            case protocol.NUDGE:
                return self._stream.nudged(now) if port in self.ports else []
            case protocol.FOCUS:
                return self._focus(port, message)
            case protocol.HEADERS:
                return self._take_headers(port, message, now)
            case protocol.BYE:
                return self.disconnect(port)
            case protocol.JOURNAL:
                return self._tell_journal(port, message)
        return self._refused(port, Failure("unsupported", "The phone does not know this message."))

    def _register(self, port: int, hello: Hello, now: int) -> list[Effect]:
        if self._sessions.is_over(hello.session, hello.since, now):
            return [Send((port,), protocol.handover()), *self._cut_off((port,))]
        waking: list[Effect] = [] if self.ports.all else [StopTimer(Timer.IDLE)]
        self.ports.register(port, hello)
        self._missed.discard(port)
        operator = self.state.operator.id if self.state.operator else None
        is_another = self._sessions.begin(hello.session, hello.since, operator)
        # Nobody sends what the one before was known by.
        headers: list[Effect] = (
            [UseHeaders()] if is_another and hello.headers is None else self._judged(port, hello.headers)
        )
        welcome = self._change_session(now, operator) if is_another else self._welcome(port, now)
        watching: list[Effect] = [WatchTab(port, hello.lock)] if hello.lock else []
        return [*headers, *waking, *welcome, *watching, *self._succession.meet(port, hello.version, now)]

    def _judged(self, port: int, verdict: Verdict | None) -> list[Effect]:
        """Let the headers that came with a message count, or refuse them."""
        if verdict is Verdict.OK:
            return [UseHeaders()]
        return self._refused(port, Failure("invalid_headers", REFUSALS[verdict])) if verdict else []

    def _take_headers(self, port: int, message: dict[str, Any], now: int) -> list[Effect]:
        """A tab has other headers. With them a stream that was refused is tried at once."""
        if port not in self.ports:
            return []
        verdict = protocol.decode_headers(message)
        trying = self._stream.nudged(now) if verdict is Verdict.OK and self._is_signed_out() else []
        return [*self._judged(port, verdict), *trying]

    def _welcome(self, port: int, now: int) -> list[Effect]:
        """A page that loads may be that of somebody who has just signed in again: then the stream is tried at once."""
        greeting: list[Effect] = [Send((port,), self._sync_state())]
        if self._stream.resting:
            return greeting + self._stream.start()
        if self._is_signed_out():
            return greeting + self._stream.nudged(now)
        trouble = self._stream.trouble
        return greeting + (self._refused(port, trouble) if trouble else [])

    def _focus(self, port: int, message: dict[str, Any]) -> list[Effect]:
        match message.get("payload"):
            case {"visible": bool(visible), "focused": bool(focused), **rest} if port in self.ports:
                audible, frozen = rest.get("audible") is not False, rest.get("frozen") is True
                self.ports.focus(port, visible=visible, focused=focused, audible=audible, frozen=frozen)
        return []

    def _tell_journal(self, port: int, message: dict[str, Any]) -> list[Effect]:
        try:
            self._require_no_stranger(port)
            return [TellJournal(port, protocol.command_id(message))]
        except Failure as failure:
            return self._refused(port, failure)

    def _check(self, port: int, message: dict[str, Any], now: int) -> list[Effect]:
        """Tell what is known. Nothing is noted, not even that the tab has spoken, so the journal may leave it out."""
        try:
            self._require_session(port)
            identity = protocol.command_id(message)
        except Failure as failure:
            return self._refused(port, failure)
        found = check.facts(self.ports, self._stream, port, now)
        about = {"version": self.version, "epoch": self.epoch, "rev": self.rev}
        return [TellCheck(port, identity, about | found)]

    def _require_session(self, port: int) -> None:
        """Raise Failure if the tab belongs to a session that is over."""
        if self.ports.is_cut_off(port):
            raise taken_over()

    def _require_no_stranger(self, port: int) -> None:
        """Raise Failure if the tab belongs to a session that is over, or may do so: the hub has forgotten it."""
        self._require_session(port)
        if port not in self.ports and self._sessions.have_changed:
            raise unknown_page()

    def _unreadable(self, port: int, text: str, failure: Failure) -> list[Effect]:
        """A command has a result, even if nothing can be read of it but its id."""
        identity = json_text.texts(text, ("id",)).get("id")
        if identity is None:
            return self._refused(port, failure)
        return [Send((port,), protocol.command_failed(identity, failure))]

    def _refused(self, port: int, failure: Failure) -> list[Effect]:
        return [Send((port,), protocol.error(failure))]

    # --- builds and sessions ------------------------------------------------------------------------------------------

    @concluded
    def version_told(self, version: str | None, now: int) -> list[Effect]:
        """The server gives this version of the worker now; None if it did not say."""
        return self._succession.learn(version, self.ports, now)

    def _make_way(self) -> list[Effect]:
        """End for the sake of another build, once nothing is under way."""
        busy = self.state.calls or self._commands.open_requests(lambda _: True)
        if busy or not self._succession.due:
            return []
        farewell = [*self._stream.rest(), *self._succession.end(self.ports)]
        self._reduce()  # the farewell tells the tabs more than a SYNC_STATE would
        return farewell

    def _change_session(self, now: int, operator: str | None) -> list[Effect]:
        """Somebody has signed in: the tabs of the one before are told nothing any more, the others begin anew. Where an
        operator was known before, the snapshot says whether it is another."""
        abandoned, restarting = self._forget(), self._stream.restart(now)
        strangers = self.ports.where(lambda hello: self._sessions.is_over(hello.session))
        for port in strangers:
            self.ports.part_with(port)
        self.state, self._shown = State(), None
        beginning = self._reduce()
        cut: list[Effect] = []
        if strangers and operator is not None:
            self._parted.update(strangers)
            cut = self._part(strangers)
        elif strangers:
            cut = self._cut_off(strangers)
        return [*abandoned, *cut, *beginning, *restarting]

    def _rejoin(self) -> list[Effect]:
        """A snapshot says who has signed in: if it is the operator of before, that one's other tabs are back."""
        if not self._parted:
            return []
        if self.state.operator:
            self._sessions.rejoin(self.state.operator.id)
        parted = {port: hello for port, hello in self.ports.cut_off.items() if port in self._parted}
        self._parted.clear()
        back = {port: hello for port, hello in parted.items() if hello.session in self._sessions.same}
        for port, hello in back.items():
            self.ports.register(port, hello)
        gone = tuple(port for port in parted if port not in back)
        welcome: list[Effect] = [Send(tuple(back), self._sync_state())] if back else []
        return [*welcome, *([Send(gone, protocol.cut_off(taken_over()))] if gone else [])]

    def _part(self, ports: tuple[int, ...]) -> list[Effect]:
        """Tell these tabs nothing any more."""
        for port in ports:
            self.ports.part_with(port)
            self._commands.forget_port(port)
        blank = State(connection=ConnectionStatus.UNAUTHORIZED)
        alone: list[Effect] = [] if self.ports.all else [StartTimer(Timer.IDLE, IDLE_DELAY)]
        return [Send(ports, protocol.sync_state(blank, self.epoch, self.rev)), *alone]

    def _cut_off(self, ports: tuple[int, ...]) -> list[Effect]:
        """Tell these tabs that they need not ask again."""
        shown, *alone = self._part(ports)
        return [shown, Send(ports, protocol.cut_off(taken_over())), *alone]

    def _forget(self) -> list[Effect]:
        """The phone is another person's from now on, or nobody's: what is under way has a result, and is forgotten."""
        self.handovers += 1
        self._complaints.clear()
        told: list[Effect] = [Send(self.ports.all, protocol.handover())]
        return told + self._commands.abandon(Failure("unauthorized", SIGNED_OUT)) + self._let_go()

    def _is_signed_out(self) -> bool:
        return self.state.connection is ConnectionStatus.UNAUTHORIZED

    # --- commands -----------------------------------------------------------------------------------------------------

    def _receive_command(self, port: int, message: dict[str, Any], now: int) -> list[Effect]:
        try:
            self._admit(port)
            command = protocol.decode_command(message)
            if (effects := self._commands.again(port, command)) is not None:
                return effects
        except Failure as failure:
            return self._refused_command(port, message, failure)
        except Exception as mistake:  # noqa: BLE001 - whatever it is, the tab must have a result
            return [_confession(message["type"], mistake), *self._refused_command(port, message, INTERNAL)]
        return self._submit(self._commands.open(port, command), now)

    def _admit(self, port: int) -> None:
        """Raise Failure if this tab may not command the phone now."""
        self._require_no_stranger(port)
        if self._is_signed_out():
            raise Failure("unauthorized", SIGN_IN, retryable=True)

    def _refused_command(self, port: int, message: dict[str, Any], failure: Failure) -> list[Effect]:
        """Refuse what never became a command, so that it may come again, corrected, under the same id."""
        identity = message.get("id")
        if isinstance(identity, str):
            return [Send((port,), protocol.command_failed(identity, failure))]
        return [Send((port,), protocol.error(failure, message["type"][: protocol.MAX_TEXT]))]

    def _submit(self, request: Request, now: int) -> list[Effect]:
        """Carry a command out, let it wait, or refuse it."""
        try:
            order = order_for(request, self.state, self._commands, now)
            return [*self._reduce(*order.events), self._post(request, order)] if order else []
        except Failure as failure:
            return self._close(request, failure)
        except Exception as mistake:  # noqa: BLE001 - whatever it is, the tab must have a result
            return self._break_off(request, mistake, now)

    def _break_off(self, request: Request, mistake: Exception, now: int) -> list[Effect]:
        """A mistake of ours in the midst of a command: it has a result all the same, and the next one works."""
        self._shown = None  # a SYNC_STATE may have been lost by it
        is_open = self._commands.get(request.number) is request
        result = self._close(request, INTERNAL) if is_open else []
        shown: list[Effect] = []
        with suppress(Exception):  # it may go wrong again, but nobody shall wait for that
            shown = self._reduce(*outcome.of_failure(request, INTERNAL, self.state.call(request.subject), now))
        return [_confession(request.command.type, mistake), *shown, *result]

    def _post(self, request: Request, order: Order) -> Post:
        request.under_way = True
        headers, url = sip_api.request_headers(request.key), f"{self._api}/{order.path}"
        return Post(request.number, url, headers, json.dumps(order.body), sip_api.POST_TIMEOUT)

    # --- answers ------------------------------------------------------------------------------------------------------

    @concluded
    def post_answered(self, number: int, status: int, content_type: str, text: str, now: int) -> list[Effect]:
        """The backend answered a POST."""
        if (request := self._commands.get(number)) is None:
            return []
        try:
            return self._answered(request, status, content_type, text, now)
        except Exception as mistake:  # noqa: BLE001 - whatever it is, the tab must have a result
            return self._break_off(request, mistake, now)

    def _answered(self, request: Request, status: int, content_type: str, text: str, now: int) -> list[Effect]:
        try:
            answer = sip_api.decode_answer(status, content_type, text, now)
        except Failure as failure:
            return self._fail(request, failure, now)
        answer, refused = self._corrected(answer, now)
        call = self.state.call(request.subject)
        events = outcome.of_success(request, answer, call, now)
        self._commands.overrule([request.subject], outcome.claims(request), before=request.number)
        why = "A call was dialled in a gap of the event stream"
        asking = self._stream.ask_again(why, now) if outcome.is_unsure(request, call) else []
        complaint = self._complain(f"an answer with {BAD_TIME}") if refused else []
        return asking + self._settle(request, None, events, now) + complaint

    def _corrected(self, answer: Answer, now: int) -> tuple[Answer, bool]:
        """Return the answer with its times by our clock, and whether one of them was refused."""
        call, status, refused, nonsense = answer.call, answer.operator_status, False, False
        if call:
            call, refused = self._clock.correct(call, self.state, now)
        if status:
            status, nonsense = self._clock.correct(status, self.state, now)
        return Answer(call, status), refused or nonsense

    @concluded
    def post_failed(self, number: int, *, timed_out: bool, now: int) -> list[Effect]:
        """A POST got no answer. It is never repeated by itself: it may have been carried out."""
        return self._give_up(number, self._no_answer(timed_out=timed_out), now)

    @concluded
    def post_broken(self, number: int, now: int) -> list[Effect]:
        """A POST could not be made, or its answer not be read, by a mistake of ours."""
        return self._give_up(number, INTERNAL, now)

    def _give_up(self, number: int, failure: Failure, now: int) -> list[Effect]:
        if (request := self._commands.get(number)) is None:
            return []
        try:
            return self._fail(request, failure, now)
        except Exception as mistake:  # noqa: BLE001 - whatever it is, the tab must have a result
            return self._break_off(request, mistake, now)

    def _no_answer(self, *, timed_out: bool) -> Failure:
        if timed_out:
            return Failure(
                "timeout",
                "The phone server did not answer in 10 s: it may have done this, or never have heard of it. "
                "See which before you repeat it.",
            )
        if self.state.connection is not ConnectionStatus.CONNECTED:
            return Failure("not_connected", "The phone is not connected. Try again when it is.", retryable=True)
        return Failure("network", "The phone server could not be reached.", retryable=True)

    def _fail(self, request: Request, failure: Failure, now: int) -> list[Effect]:
        events = outcome.of_failure(request, failure, self.state.call(request.subject), now)
        why = "The phone server does not know a call"
        asking = self._stream.ask_again(why, now) if outcome.knows_no_call(request, failure) else []
        return [
            Log(f"{request.command.type} failed: {failure.code}"),
            *asking,
            *self._settle(request, failure, events, now),
        ]

    def _settle(self, request: Request, failure: Failure | None, events: list[Event], now: int) -> list[Effect]:
        """A POST is over: first the state it caused, then its result, then what waited for it."""
        return self._reduce(*events) + self._close(request, failure) + self._resubmit(now)

    def _resubmit(self, now: int) -> list[Effect]:
        waiting = self._commands.open_requests(lambda request: not request.under_way)
        return [effect for request in waiting for effect in self._submit(request, now)]

    # --- stream -------------------------------------------------------------------------------------------------------

    @concluded
    def stream_opened(self, generation: int, now: int) -> list[Effect]:
        """The EventSource is connected."""
        if not self._stream.is_current(generation):
            return []
        self._complaints.clear()
        return self._stream.opened(now)

    @concluded
    def stream_event(self, generation: int, name: str, text: str, event_id: str, now: int) -> list[Effect]:
        """The EventSource got an event; `event_id` is its lastEventId."""
        if not self._stream.is_current(generation):
            return []
        was_quiet = self._stream.trouble == NO_EVENTS
        effects = self._stream.heard(now, event_id)
        if was_quiet:
            self._shown = None  # tabs show a reason until they hear more
        try:
            if name == sip_api.PING:
                return effects + self._stream.pinged(sip_api.decode_ping(text))
            event = sip_api.decode_event(name, text, now)
            self._require_room(event)
        except BadWire as reason:
            return effects + self._reduce() + self._complain(f"a {name} event that cannot be read: {reason}")
        if event is None:
            return effects
        event, refused = self._clock.correct(event, self.state, now)
        complaint = self._complain(f"a {name} event with {BAD_TIME}") if refused else []
        return effects + self._apply(event, now) + complaint

    @concluded
    def stream_failed(self, generation: int, *, permanent: bool, now: int) -> list[Effect]:
        """The EventSource broke. `permanent`: the browser would not try again by itself."""
        if not self._stream.is_current(generation):
            return []
        return self._stream.failed(now, permanent=permanent)

    @concluded
    def probed(self, generation: int, status: int, content_type: str, now: int, retry_after: int = 0) -> list[Effect]:
        """A probe was answered with `status`, 0 for a redirect, and `content_type`; and the backend wants to be left
        alone for `retry_after` ms."""
        before, was_signed_out = self._stream.trouble, self._is_signed_out()
        effects = self._stream.probed(generation, status, content_type, now, retry_after)
        effects += self._reduce()
        if self._is_signed_out() and not was_signed_out:
            effects += self._forget()
        return effects + self._tell_trouble(before)

    def _tell_trouble(self, before: Failure | None) -> list[Effect]:
        """Say what is wrong with the stream, if that was not said `before`."""
        trouble = self._stream.trouble
        return self._announce(trouble) if trouble and trouble != before else []

    @concluded
    def timer_fired(self, timer: Timer, now: int) -> list[Effect]:
        """A timer ran out."""
        if timer is Timer.RETIRE:
            self._succession.due = True
            return []
        if timer is Timer.TABS:
            return self._evict_silent(now)
        if timer is Timer.RING:
            return [*self._rings.pass_time(now)]
        if timer is Timer.LOST:
            self._rings.lose()
            return []
        if timer is Timer.IDLE:
            return self._stream.rest() if not self.ports.all else []
        before = self._stream.trouble
        return self._stream.timed_out(timer, now) + self._tell_trouble(before)

    def _apply(self, event: Event, now: int) -> list[Effect]:
        """The stream is the authority: what it changes overrules the answers that are still to come."""
        if isinstance(event, Snapshot):
            event = replace(event, dialing=self._commands.dialing())
            self._commands.overtake()
        before = self.state
        effects = self._reduce(event)
        if isinstance(event, Snapshot):
            effects += self._rejoin()
        if isinstance(event, Snapshot) and event.trouble:
            effects += self._complain(f"a snapshot event with {event.trouble}")
        if is_another(before.operator, self.state.operator):
            effects += self._forget()
        self._overrule(before, event)
        return effects + self._resubmit(now)

    def _require_room(self, event: Event | None) -> None:
        """Raise BadWire if the event brings one call too many; of a snapshot only so many are read."""
        before = len(self.state.calls)
        if isinstance(event, CallSeen) and before >= MAX_CALLS and len(reduce(self.state, event).calls) > before:
            raise BadWire(f"there are {MAX_CALLS} calls already")

    def _overrule(self, before: State, event: Event) -> None:
        if isinstance(event, OperatorStatusChanged) or before.operator_status != self.state.operator_status:
            self._commands.overrule([OPERATOR], [OPERATOR])
        for call in self.state.calls:
            known = before.call(call.placeholder or call.id)
            if known is not None and known is not call:
                self._commands.overrule([call.id, call.placeholder or call.id], known.differences(call))

    def _complain(self, complaint: str) -> list[Effect]:
        if complaint in self._complaints:
            return []
        self._complaints.add(complaint)
        return self._announce(Failure("bad_event", f"The phone server sent {complaint}."))

    def _announce(self, failure: Failure) -> list[Effect]:
        """Tell all tabs, and the console, of a failure that no tab asked for."""
        sent: list[Effect] = [Send(self.ports.all, protocol.error(failure))] if self.ports.all else []
        return [Log(failure.message), *sent]

    # --- state --------------------------------------------------------------------------------------------------------

    def _conclude(self) -> list[Effect]:
        """The last step of every input: show what came of it, and end if nothing keeps this hub any more."""
        return self._reduce() + self._make_way()

    def _reduce(self, *events: Event) -> list[Effect]:
        """Let it happen, and show all tabs what came of it: one SYNC_STATE, or none if nothing changed."""
        before = self.state
        for event in (ConnectionChanged(self._stream.status), *events):
            self.state = reduce(self.state, event)
            self._note_rings(event)
        waiting = self._elect() + self._doubt(before)
        if (shown := (*self.state.visible, self._attention, self._heard)) == self._shown:
            return waiting
        self._shown = shown
        self.rev += 1
        begun = self.state.begun(before)
        revived: list[Effect] = [Log(REVIVED)] if self.state.revived(before) else []
        return [Send(self.ports.all, self._sync_state(begun)), *waiting, *revived, *self._pop_screen(begun)]

    def _note_rings(self, event: Event) -> None:
        for seen in event.calls if isinstance(event, Snapshot) else (event,):
            if isinstance(seen, CallSeen):
                self._rings.speak_of(seen.call_id, seen.at or 0)

    def _elect(self) -> list[Effect]:
        """Choose the calls that are heard, and the tab that rings. Whoever answers or declines a call has heard it: no
        tab rings any more, however slow the backend is."""
        ringing = self.state.ringing
        timer = self._rings.follow(ringing)
        heard = self._rings.heard - self._commands.taken()
        self._heard = tuple(call_id for call_id in ringing if call_id in heard)
        self._attention = self.ports.attention() if self._heard else None
        return [*timer]

    def _doubt(self, before: State) -> list[Effect]:
        """Begin to doubt that a call still rings when the stream is lost, and cease to when it is back."""
        connected = self.state.connection is ConnectionStatus.CONNECTED
        if connected and self._doubts:
            self._doubts = False
            return [StopTimer(Timer.LOST)]
        lost = before.connection is ConnectionStatus.CONNECTED and not connected
        if not lost or not self.state.ringing:
            return []
        self._doubts = True
        return [StartTimer(Timer.LOST, LOST)]

    def _pop_screen(self, begun: list[Call]) -> list[Effect]:
        """Tell one tab, that which the person looks at, of the calls in which people begin to talk."""
        if (port := self.ports.in_front()) is None:
            return []
        return [Send((port,), protocol.screen_pop(call)) for call in begun]

    def _sync_state(self, begun: Sequence[Call] = ()) -> dict[str, Any]:
        beside = {
            "attention": self._attention,
            "ringing": list(self._heard) if self.state.ringing else None,
            "begun": [call.id for call in begun] or None,
        }
        return protocol.sync_state(self.state, self.epoch, self.rev, **beside)
