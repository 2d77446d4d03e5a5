"""The call table under arbitrary orders of events, answers and commands: what always holds, whatever happens."""

import json
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from worker_py.call import CallState
from worker_py.effects import Effect, Post, Send, StartTimer, Timer
from worker_py.hub import Hub
from worker_py.protocol import CALL_COMMANDS

TABS = st.sampled_from([1, 2, 3])
IDS = st.sampled_from(["p", "q", "r", "s"])
PHONES = st.sampled_from(["100", "200"])
FORWARD = {  # the arrows of the protocol, and the talk between that a gap may hide
    "dialing": {"talking", "held", "ended"},
    "ringing": {"talking", "held", "ended"},
    "talking": {"held", "ended"},
    "held": {"talking", "ended"},
    "ended": set[str](),
}
STATES = st.sampled_from([state.value for state in CallState])
TIMES = st.integers(0, 30_000)
REST = st.fixed_dictionaries(
    {},
    optional={
        "state": STATES,
        "direction": st.sampled_from(["inbound", "outbound"]),
        "muted": st.booleans(),
        "actions": st.lists(st.sampled_from(["answer", "hangup", "hold"])),
        "displayName": st.sampled_from(["Ann", "Bob"]),
    },
)
CALLS = st.builds(lambda call_id, phone, rest: {"id": call_id, "phone": phone} | rest, IDS, PHONES, REST)
COMMANDS = st.sampled_from(["CMD_DIAL", "CMD_STATUS", *CALL_COMMANDS, "CMD_NONSENSE"])
STATUSES = st.sampled_from([200, 204, 401, 404, 422, 503])


class PhoneMachine(RuleBasedStateMachine):
    """A hub, three tabs, and a backend that says whatever it likes."""

    @initialize()
    def start(self) -> None:
        self.hub = Hub("e")
        self.now = 0
        self.generation = 1
        self.posts: dict[int, Post] = {}
        self.keys: list[str] = []
        self.rev = 0
        self.asked: dict[str, int] = {}  # command id -> tab
        self.results: dict[str, int] = {}  # command id -> how many it got
        self.history: dict[str, str] = {}  # the last state each call id was seen in
        self.word = ""  # the event of the stream that is being told
        self.told: set[str] = set()  # the ids of which this stream has said that they are over
        self.take(self.hub.start())
        for tab in (1, 2, 3):
            self.take(self.hub.receive_message(tab, {"type": "INIT_PORT"}, 0))

    def take(self, effects: list[Effect]) -> None:
        revs = []
        for effect in effects:
            match effect:
                case Post(number, _, headers):
                    self.posts[number] = effect
                    self.keys.append(headers["Idempotency-Key"])
                case Send(ports, {"type": "SYNC_STATE", "rev": rev, "payload": payload}) if len(ports) != 1:
                    revs.append(rev)
                    self.check_shown(payload)
                case Send(_, {"type": "CMD_RESULT", "id": identity}):
                    self.results[identity] = self.results.get(identity, 0) + 1
                case StartTimer(_, delay):
                    assert delay > 0
        assert revs == [self.rev + step + 1 for step in range(len(revs))], "rev rises by one with every broadcast"
        self.rev += len(revs)

    def check_shown(self, payload: dict[str, Any]) -> None:
        json.dumps(payload)
        assert payload["activeCall"] is None or payload["activeCall"] in payload["calls"]
        assert (payload["activeCall"] is None) == (payload["calls"] == [])
        ids = [call["id"] for call in payload["calls"]]
        assert len(ids) == len(set(ids)), "no call is doubled"
        for call in [*payload["calls"], *filter(None, [payload["lastCall"]])]:
            self.check_forward(call["id"], call["state"])
        self.history |= dict.fromkeys(self.history.keys() - ids, "ended")

    def check_forward(self, call_id: str, state: str) -> None:
        before = self.history.get(call_id, state)
        self.history[call_id] = state
        if state == before or state in FORWARD[before] or self.word == "snapshot":
            return
        assert before == "ended", f"{call_id} moved from {before} to {state}"
        assert self.word in ("call_incoming", "call_updated", "answer"), f"{call_id} came back by itself"
        assert call_id not in self.told, f"{call_id} came back although its end was told"

    # --- what can happen ----------------------------------------------------------------------------------------------

    def event(self, name: str, data: dict[str, Any]) -> None:
        self.now += 1
        self.word = name
        self.take(self.hub.stream_event(self.generation, name, json.dumps(data), "", self.now))
        self.word = ""
        listed = data.get("calls", [data])
        self.told |= {call["id"] for call in listed if name == "call_ended" or call.get("state") == "ended"}

    @rule(name=st.sampled_from(["call_incoming", "call_updated"]), call=CALLS)
    def backend_tells_of_a_call(self, name: str, call: dict[str, Any]) -> None:
        self.event(name, call)

    @rule(call_id=IDS, changes=REST)
    def backend_updates_a_call(self, call_id: str, changes: dict[str, Any]) -> None:
        self.event("call_updated", {"id": call_id} | changes)

    @rule(call_id=IDS)
    def backend_ends_a_call(self, call_id: str) -> None:
        self.event("call_ended", {"id": call_id})

    @rule(calls=st.lists(CALLS, max_size=3))
    def backend_sends_a_snapshot(self, calls: list[dict[str, Any]]) -> None:
        self.event("snapshot", {"calls": calls, "operatorStatus": "ready"})
        self.told -= {call["id"] for call in calls if call.get("state") != "ended"}

    @rule(status=st.sampled_from(["ready", "dnd"]))
    def backend_sets_the_status(self, status: str) -> None:
        self.event("operator_status", {"status": status})

    def reconnect(self) -> None:
        """The hub may have closed its stream, to ask how things stand."""
        if self.hub._stream.is_current(self.generation):
            return
        self.take(self.hub.timer_fired(Timer.RETRY, self.now))
        self.generation += 1
        self.take(self.hub.stream_opened(self.generation, self.now))
        self.told.clear()

    @rule(permanent=st.booleans(), wait=TIMES)
    def stream_breaks_and_comes_back(self, permanent: bool, wait: int) -> None:  # noqa: FBT001
        self.take(self.hub.stream_failed(self.generation, permanent=permanent, now=0))
        self.now += wait
        effects = self.hub.receive_message(1, {"type": "NUDGE", "payload": {"reason": "online"}}, self.now + 1_000)
        self.now += 1_000
        self.generation += 1
        self.take(effects)
        self.take(self.hub.stream_opened(self.generation, self.now))
        self.told.clear()

    @rule(tab=TABS, kind=COMMANDS, number=st.integers(0, 9), call_id=st.none() | IDS, phone=PHONES)
    def tab_commands(self, tab: int, kind: str, number: int, call_id: str | None, phone: str) -> None:
        identity = f"{tab}-{kind}-{number}-{call_id}-{phone}"
        again = identity in self.asked
        self.asked[identity] = tab
        before = self.results.get(identity, 0)
        payload = {"callId": call_id, "phone": phone, "digits": "1", "status": "away"}
        self.take(self.hub.receive_message(tab, {"type": kind, "id": identity, "payload": payload}, self.now))
        if again and before and kind != "CMD_NONSENSE":
            assert self.results[identity] == before + 1, "a known id gets its result again"
            self.results[identity] = before

    @rule(data=st.data(), status=STATUSES, call=st.none() | CALLS)
    def backend_answers(self, data: st.DataObject, status: int, call: dict[str, Any] | None) -> None:
        if not self.posts:
            return
        number = data.draw(st.sampled_from(sorted(self.posts)))
        del self.posts[number]
        text = json.dumps({"call": call}) if call and status == 200 else ""
        self.word = "answer"
        self.take(self.hub.post_answered(number, status, "application/json", text, self.now))
        self.word = ""
        self.reconnect()

    @rule(data=st.data(), timed_out=st.booleans())
    def backend_does_not_answer(self, data: st.DataObject, timed_out: bool) -> None:  # noqa: FBT001
        if not self.posts:
            return
        number = data.draw(st.sampled_from(sorted(self.posts)))
        del self.posts[number]
        self.take(self.hub.post_failed(number, timed_out=timed_out, now=self.now))

    @rule(tab=TABS)
    def tab_comes_back(self, tab: int) -> None:
        self.take(self.hub.disconnect(tab))
        self.take(self.hub.receive_message(tab, {"type": "INIT_PORT"}, self.now))

    # --- what always holds --------------------------------------------------------------------------------------------

    @invariant()
    def every_command_is_posted_once_at_the_most(self) -> None:
        assert len(self.keys) == len(set(self.keys))

    @invariant()
    def no_command_gets_two_results(self) -> None:
        assert all(count == 1 for identity, count in self.results.items() if "NONSENSE" not in identity)

    def teardown(self) -> None:
        """When every POST is answered, nobody waits for a result but those that left."""
        if not hasattr(self, "posts"):
            return
        while self.posts:
            number, _ = self.posts.popitem()
            self.take(self.hub.post_failed(number, timed_out=True, now=self.now))
        assert not self.hub._commands.open_requests(lambda _request: True)


TestPhone = PhoneMachine.TestCase
TestPhone.settings = settings(stateful_step_count=30)
