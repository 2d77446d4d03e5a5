"""The events of the element: what leads from the states that a page was told of to a new one."""

import json
import subprocess
from typing import Any

import build

Call = dict[str, Any]
State = dict[str, Any]

# Tells one state after the other; null is the one before once more.
TELL = """
const [script, states] = process.argv.slice(1);
const { news, NOTHING } = await import(script);
let told = NOTHING;
const lists = JSON.parse(states).map((state) => {
  const { ringing, begun } = state ?? {};
  const next = news(told, state ?? told.state, { ringing, begun });
  told = next.told;
  return next.events;
});
console.log(JSON.stringify(lists));
"""


def events(*states: State | None) -> list[list[list[Any]]]:
    """Return the events that follow from each state, given those before it."""
    script = (build.ROOT / "web" / "sip-phone-events.js").as_uri()
    command = [*build.node_program("node"), "--input-type=module", "-e", TELL, script, json.dumps(states)]
    return list(json.loads(subprocess.run(command, capture_output=True, check=True).stdout))


def about_calls(*states: State) -> list[list[list[Any]]]:
    """Return the same without the first one of each, which tells the state."""
    lists = events(*states)
    assert [first for first, *_ in lists] == [["statechange", state] for state in states]
    return [rest for _, *rest in lists]


def call(call_id: str, state: str, direction: str = "inbound", **more: Any) -> Call:
    return {"id": call_id, "state": state, "direction": direction, **more}


def phone(*calls: Call, status: str = "connected", last: Call | None = None, **beside: list[str]) -> State:
    """Return a state, and what may stand beside it: `ringing` and `begun`."""
    return {"connectionStatus": status, "calls": list(calls), "lastCall": last, **beside}


A, B = call("a", "ringing"), call("b", "ringing")
TALKING = call("a", "talking")
ENDED = call("a", "ended", endReason="completed")
DIALED = call("p", "dialing", "outbound")
STARTING = phone(status="connecting")


def test_a_call_that_rings_is_incoming_once_and_one_more_does_not_hide_it() -> None:
    assert about_calls(phone(A), phone(A, B), phone(B, A)) == [[["call-incoming", A]], [["call-incoming", B]], []]


def test_a_call_that_rings_already_when_the_page_opens_is_incoming() -> None:
    assert about_calls(STARTING, phone(A)) == [[], [["call-incoming", A]]]


def test_a_call_that_is_talked_in_when_the_page_opens_or_that_is_dialled_is_only_a_change_of_the_state() -> None:
    assert about_calls(phone(TALKING), phone(TALKING, DIALED)) == [[], []]


def test_a_call_is_answered_once_also_when_the_talk_itself_was_not_seen() -> None:
    held = call("a", "held")
    for first in (A, call("a", "dialing", "outbound")):
        told = about_calls(phone(first), phone(TALKING), phone(held), phone(TALKING))
        assert told[1:] == [[["call-answered", TALKING]], [], []]
    assert about_calls(phone(A), phone(held))[1] == [["call-answered", held]]


def test_a_call_that_is_dialled_stays_the_same_when_the_backend_names_it() -> None:
    named, answered = call("a", "dialing", "outbound"), call("a", "talking", "outbound")
    assert about_calls(phone(DIALED), phone(named), phone(answered)) == [[], [], [["call-answered", answered]]]


def test_a_call_that_is_over_is_told_as_the_last_call_or_as_it_was_last_seen() -> None:
    unexplained = call("b", "ended")
    told = about_calls(phone(A, B), phone(last=ENDED))[1]
    assert told == [["call-ended", ENDED], ["call-ended", unexplained]]


def test_a_call_that_outlives_the_hub_is_not_told_again() -> None:
    """The new hub's stream is open before it says which calls there are."""
    told = about_calls(phone(A), STARTING, phone(), phone(A), phone(TALKING))
    assert told == [[["call-incoming", A]], [], [], [], [["call-answered", TALKING]]]


def test_a_call_that_ended_while_there_was_no_hub_is_over_as_soon_as_that_is_known() -> None:
    ended = call("a", "ended")
    for states in ([phone(), phone()], [phone(last=ENDED)]):
        *before, told = about_calls(phone(TALKING), STARTING, *states)
        assert before == [[]] * len(before)
        assert told == [["call-ended", ENDED if states[-1]["lastCall"] else ended]]


def test_a_call_that_is_hung_up_while_the_stream_is_down_is_over_at_once() -> None:
    cut = phone(TALKING, status="reconnecting")
    told = about_calls(phone(TALKING), cut, phone(status="reconnecting", last=ENDED), phone(last=ENDED))
    assert told == [[], [], [["call-ended", ENDED]], []]


def test_of_the_calls_of_one_who_is_signed_out_nothing_is_told_any_more() -> None:
    assert about_calls(phone(A), phone(status="unauthorized"), phone(), phone())[1:] == [[], [], []]


def test_of_the_calls_of_one_who_has_made_way_for_another_nothing_is_told() -> None:
    """The next one's snapshot knows no last call."""
    before = phone(A, last=call("z", "ended"))
    assert about_calls(before, phone(), phone())[1:] == [[], []]
    cut = phone(A, status="reconnecting")
    assert about_calls(before, cut, phone(A), phone(B))[1:] == [[], [], [["call-incoming", B]]]


def test_the_same_state_once_more_is_no_news() -> None:
    assert events(phone(A), None)[1] == []


def test_a_call_is_incoming_when_it_is_to_be_heard() -> None:
    """Thousands may come and go in one write."""
    told = about_calls(phone(A, ringing=[]), phone(A, ringing=["a"]), phone(A, ringing=[]), phone(A, ringing=["a"]))
    assert told == [[], [["call-incoming", A]], [], []]
    assert about_calls(phone(A, ringing=[]), phone(last=ENDED)) == [[], [["call-ended", ENDED]]]


def test_a_call_that_counted_as_over_is_incoming_again() -> None:
    assert about_calls(phone(A), phone(last=ENDED), phone(A))[2] == [["call-incoming", A]]


def test_a_call_that_comes_talking_is_answered_once() -> None:
    told = about_calls(phone(), phone(TALKING, begun=["a"]), phone(TALKING))
    assert told == [[], [["call-answered", TALKING]], []]
    assert about_calls(phone(A), phone(TALKING, begun=["a"]))[1] == [["call-answered", TALKING]]


def test_a_talk_that_was_there_before_the_page_was_not_answered_now() -> None:
    assert about_calls(phone(TALKING, begun=["a"])) == [[]]
    assert about_calls(STARTING, phone(TALKING)) == [[], []]
