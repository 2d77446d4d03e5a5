"""The one event stream: when to open it, when to give it up, when to try again. At no time are there two."""

from . import sip_api
from .effects import CloseStream, Effect, Log, OpenStream, Probe, StartTimer, StopTimer, Timer
from .events import ConnectionStatus
from .protocol import Failure

RETRY_DELAY, RETRY_SPREAD = 5_000, 500  # ms between attempts; many operators must not come back in one moment
LONG_LIFE = 10_000  # ms; a stream that lived longer ended in the ordinary way, as proxies end one: nothing is down
SOON = 125  # ms, give or take as much
MAX_EVENT_ID = 1_024  # bytes; a longer one makes an address that servers refuse
QUIET = 15_000  # ms without any event after which the person is told
PROBE_TIMEOUT = 4_000  # ms; over before the next attempt, so that the backend never sees two of us
OPEN_TIMEOUT = 20_000  # ms in which a stream must open; a server that never answers looks like a slow one
MISSED_PINGS = 3  # silence for so many intervals means that the stream is dead
LOOK_DELAY = 5_000  # ms; timers stand still while a machine sleeps and the clock goes on, so look at it this often
NUDGE_GAP = 1_000  # ms; at most one nudge in this time
CLOSING_TIME = 250  # ms; by then the backend has seen that the old source, or a probe, is closed
# ms for which Chromium may read on from an answer that it was told to drop, and the backend sees a stream all the while
# (net/http/http_response_body_drainer.h): it does so when no read was under way, as is likely on a busy machine.
DRAINING_TIME = 5_000
SIGN_IN = "The phone server asks you to sign in again."
NO_EVENTS = Failure(
    "no_events",
    "The phone server has sent nothing for 15 s, so calls may not be shown. The self-check (Alt+Shift+I) says what is"
    " usually the cause.",
)


class Stream:
    """Decides about the EventSource. The browser's own retry is not used: a server can stop it for ever (any status
    but 200) or make it a storm (`retry: 0`)."""

    def __init__(self, api: str) -> None:
        self.status = ConnectionStatus.CONNECTING
        self.trouble: Failure | None = None  # what the last probe found, for the person
        self.opened_at: int | None = None  # when a source was connected for the first time
        self._connected_at: int | None = None  # when that was which is connected now
        self._awaiting = False  # no event has come since the first attempt, or the one after the last event
        self._rest_until = 0  # when the backend wants to be asked again, if it has said so
        self._api = api
        self._generation = 0
        self._open = False  # an EventSource exists, connected or not
        self._probed = False  # a probe is under way, or was answered with a stream, of which there must be one
        self._resting = False
        self._last_event_id = ""
        self._patience: int | None = None  # ms of silence that are borne; None until the backend pings
        self._heard_at = 0
        self._nudged_at: int | None = None

    def is_current(self, generation: int) -> bool:
        """True for the source that is open now; what another one says comes too late."""
        return self._open and generation == self._generation

    def start(self) -> list[Effect]:
        """Open a new source."""
        self._generation += 1
        self._open = True
        self._resting = False
        self._patience = self._connected_at = None
        waiting: list[Effect] = [] if self._awaiting else [StartTimer(Timer.QUIET, QUIET)]
        self._awaiting = True
        return [OpenStream(self._generation, self._url()), StartTimer(Timer.ANSWER, OPEN_TIMEOUT), *waiting]

    def opened(self, now: int) -> list[Effect]:
        """The source is connected."""
        if self.status is ConnectionStatus.CONNECTED:
            return []
        self.status = ConnectionStatus.CONNECTED
        self._connected_at = now
        if self.trouble != NO_EVENTS:  # which is over with an event, and not before
            self.trouble = None
        self.opened_at = now if self.opened_at is None else self.opened_at
        self._heard_at = now
        return [StopTimer(Timer.ANSWER)]

    def heard(self, now: int, event_id: str) -> list[Effect]:
        """An event came, so the source lives. Firefox tells that a source is open only with its first event."""
        self._last_event_id = event_id if _most_bytes(event_id) <= MAX_EVENT_ID else ""
        effects = self.opened(now)
        self._heard_at = now
        if not self._awaiting:
            return effects
        self._awaiting, self.trouble = False, None
        return [*effects, StopTimer(Timer.QUIET)]

    def pinged(self, interval: int) -> list[Effect]:
        """The backend pings every `interval` milliseconds from now on."""
        watched, self._patience = self._patience is not None, MISSED_PINGS * interval
        return [] if watched else [_look_after(self._patience)]

    def failed(self, now: int, *, permanent: bool, closing_time: int = 0) -> list[Effect]:
        """The source broke. `permanent`: by an answer that is no stream; a probe then tells what it is. `closing_time`:
        ms until the backend knows, if it was not the backend that ended it."""
        lived_long = self._connected_at is not None and now - self._connected_at > LONG_LIFE
        refused = permanent and not lived_long
        probe: list[Effect] = [Probe(self._generation, self._url(), PROBE_TIMEOUT)] if refused else []
        if refused:
            self._last_event_id = ""  # it may be the id that was refused; without one the snapshot tells all
        if self.status is not ConnectionStatus.UNAUTHORIZED or not refused:
            self.status = ConnectionStatus.RECONNECTING
        closing = self._close()
        self._probed = refused
        delay, spread = (closing_time + SOON, SOON) if lived_long else (RETRY_DELAY, RETRY_SPREAD)
        return [*closing, *probe, StartTimer(Timer.RETRY, delay, spread)]

    @property
    def attempts(self) -> int:
        """How many sources were opened so far."""
        return self._generation

    def silence(self, now: int) -> int | None:
        """Return the milliseconds since anything came, a ping or the opening too; None if nothing ever did."""
        return None if self.opened_at is None else max(0, now - self._heard_at)

    @property
    def resting(self) -> bool:
        """True while the stream is closed because nobody is there."""
        return self._resting

    def rest(self) -> list[Effect]:
        """Nobody is there: close the stream until somebody is."""
        self._resting, self._awaiting = True, False
        self.status = ConnectionStatus.CONNECTING
        return [*self._close(), StopTimer(Timer.RETRY), StopTimer(Timer.QUIET)]

    def restart(self, now: int) -> list[Effect]:
        """Somebody else is there: begin anew with a source that knows nothing of what the old one said."""
        self.status = ConnectionStatus.CONNECTING
        self.trouble = None
        self._resting = self._awaiting = False
        self._last_event_id = ""
        self._nudged_at = now  # a nudge would not wait
        return [*self._close(), StartTimer(Timer.RETRY, CLOSING_TIME)]

    def ask_again(self, why: str, now: int) -> list[Effect]:
        """The state is not sure, and `why`: a new source begins with a snapshot."""
        if self.status is not ConnectionStatus.CONNECTED:
            return []  # the next source does so anyway
        self.status = ConnectionStatus.RECONNECTING
        self._nudged_at = now  # a nudge would not wait
        return [Log(f"{why}; asking how things stand."), *self._close(), StartTimer(Timer.RETRY, CLOSING_TIME)]

    def timed_out(self, timer: Timer, now: int) -> list[Effect]:
        """A timer ran out."""
        match timer:
            case Timer.RETRY:
                return self._end_probe() if self._probed else self.start()
            case Timer.ANSWER:
                return self._give_up("did not answer", now)
            case Timer.QUIET:
                self.trouble = self.trouble or NO_EVENTS
                return [StartTimer(Timer.QUIET, QUIET)]  # another trouble may go, and still no event come
            case Timer.SILENCE if (rest := self._rest_of_patience(now)) > 0:
                return [_look_after(rest)]
        return self._give_up("fell silent", now)

    def probed(self, generation: int, status: int, content_type: str, now: int, retry_after: int) -> list[Effect]:
        """The probe of that source was answered with `status` and `content_type`. A stream that leads elsewhere (0)
        means: sign in. `retry_after`: the ms for which the backend wants to be left alone."""
        if generation != self._generation or not self._probed:
            return []
        self._probed = status == 200 and sip_api.is_stream(content_type)
        if self._probed:
            return [StartTimer(Timer.RETRY, DRAINING_TIME)]
        if status in sip_api.SIGNED_OUT:
            self.status = ConnectionStatus.UNAUTHORIZED
            self.trouble = Failure("unauthorized", SIGN_IN)
            return []
        self.status = ConnectionStatus.RECONNECTING
        what = status if status != 200 else "with something that is no event stream"
        again = f"in {retry_after // 1000} s" if retry_after > RETRY_DELAY else "every 5 s"
        self.trouble = Failure(f"api_{status}", f"The phone server answered {what}; trying again {again}.")
        if retry_after <= RETRY_DELAY:
            return []
        self._rest_until = now + retry_after
        return [StartTimer(Timer.RETRY, retry_after + RETRY_SPREAD, RETRY_SPREAD)]  # not sooner than it wants

    def nudged(self, now: int) -> list[Effect]:
        """Something woke up: do not wait for the retry, and do not trust a stream that should have pinged."""
        if self._nudged_at is not None and 0 <= now - self._nudged_at < NUDGE_GAP:  # the clock may be set back
            return []
        if 0 < self._rest_until - now <= sip_api.MAX_RETRY_AFTER:  # later than that: the clock was set back
            return []
        self._nudged_at = now
        if self._probed:
            return self._end_probe()
        if not self._open:
            return [StopTimer(Timer.RETRY), *self.start()]
        return self._give_up("fell silent", now) if self._rest_of_patience(now) <= 0 else []

    def _rest_of_patience(self, now: int) -> int:
        """Milliseconds until the silence has lasted too long; a clock that was set back starts it anew."""
        if self._patience is None:
            return OPEN_TIMEOUT
        return self._patience - max(0, now - self._heard_at)

    def _end_probe(self) -> list[Effect]:
        self._probed = False
        return [CloseStream(), StartTimer(Timer.RETRY, CLOSING_TIME)]

    def _give_up(self, why: str, now: int) -> list[Effect]:
        failed = self.failed(now, permanent=False, closing_time=CLOSING_TIME)
        return [Log(f"The event stream {why}; trying again."), *failed]

    def _url(self) -> str:
        return sip_api.events_url(self._api, self._last_event_id)

    def _close(self) -> list[Effect]:
        self._open = self._probed = False
        return [CloseStream(), StopTimer(Timer.ANSWER), StopTimer(Timer.SILENCE)]


def _most_bytes(text: str) -> int:
    """Return how many bytes it has at the most; a replay has another text of the same kind and length."""
    return len(text) * (1 if text.isascii() else 4)


def _look_after(patience: int) -> StartTimer:
    return StartTimer(Timer.SILENCE, min(patience, LOOK_DELAY))
