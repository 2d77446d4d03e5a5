"""Every state that the phone can show, as data: what the hub says, what a person does, and the part that shows it."""

from typing import Any, NamedTuple

NOW = 1_800_000_000_000  # ms since the epoch: 8:00 UTC on a Friday
SECOND, MINUTE = 1_000, 60_000
ACTIONS = {
    "dialing": ["hangup"],
    "ringing": ["answer", "hangup"],
    "talking": ["hangup", "hold", "mute", "dtmf", "transfer"],
    "muted": ["hangup", "hold", "unmute", "dtmf", "transfer"],
    "held": ["hangup", "resume", "transfer"],
    "ended": [],
}

State = dict[str, Any]


def a_call(state: str, phone: str, name: str | None = None, direction: str = "inbound", **fields: Any) -> State:
    """Return a call that began four minutes ago; people talk since a minute less."""
    return {
        "id": phone,
        "direction": direction,
        "phone": phone,
        "displayName": name,
        "state": state,
        "muted": False,
        "remoteHold": False,
        "startedAt": NOW - 4 * MINUTE,
        "answeredAt": NOW - 3 * MINUTE if state in ("talking", "held") else None,
        "endedAt": None,
        "endReason": None,
        "sipCode": None,
        "actions": ACTIONS["muted" if fields.get("muted") else state],
    } | fields


def a_state(*calls: State, **payload: Any) -> State:
    """Return a state of a phone that is connected, whose operator is ready; the first of `calls` is the active one."""
    return {
        "connectionStatus": "connected",
        "operatorStatus": "ready",
        "statusSince": NOW - 12 * MINUTE - 34 * SECOND,
        "activeCall": calls[0] if calls else None,
        "calls": list(calls),
        "lastCall": None,
    } | payload


def after(reason: str, direction: str = "inbound", **fields: Any) -> State:
    """Return a state in which nothing is left of a call but why it ended."""
    call = a_call("ended", "+49 30 1234567", "Grace Hopper", direction, endReason=reason, **fields)
    return a_state(lastCall=call | {"endedAt": NOW - 5 * MINUTE})


class Scene(NamedTuple):
    """A state with its name; the events that follow, what is clicked then, and what is to be seen, as selectors.

    asks: the person has not decided yet whether calls may be shown on the desktop.
    """

    name: str
    state: State
    shows: str
    tells: tuple[tuple[str, Any], ...] = ()
    clicks: tuple[str, ...] = ()
    docked: bool = False
    asks: bool = False


UNKNOWN: State = {"operatorStatus": "offline", "statusSince": None}
RINGS = a_call("ringing", "+49 30 1234567", "Grace Hopper", startedAt=NOW - 7 * SECOND)
DIALS = a_call("dialing", "+44 20 7946 0958", direction="outbound", startedAt=NOW - 4 * SECOND)
TALKS = a_call("talking", "+49 30 1234567", "Grace Hopper")
HELD = a_call("held", "+44 20 7946 0958", "Alan Turing", "outbound")
LONG = a_call(
    "talking",
    "+49 30 123456789012345678",
    "Wolfeschlegelsteinhausenbergerdorff, Hubert Blaine the Elder, of the Department of Complaints",
    remoteHold=True,
    muted=True,
    answeredAt=NOW - 75 * MINUTE,
)
KEY = "[part=dialer] [part=keypad] [part=key]:nth-child({})"
REFUSED = {"code": "api_486", "message": "The line is busy: somebody else is on it. (486)"}

SCENES = (
    Scene("Connecting", a_state(connectionStatus="connecting", **UNKNOWN), "[data-subject=connecting]"),
    Scene(
        "First load, on a slow line",
        a_state(connectionStatus="connecting", **UNKNOWN),
        "[part=progress]",
        tells=(("progress", 0.4),),
    ),
    Scene("No calls", a_state(), "[part=empty]"),
    Scene("May it notify?", a_state(), "[part=notify]", asks=True),
    Scene("On a break", a_state(operatorStatus="break"), "[part=status-time]"),
    Scene(
        "Do not disturb, since long",
        a_state(operatorStatus="dnd", statusSince=NOW - 100 * MINUTE),
        ".status[data-status=dnd]",
    ),
    Scene(
        "Dial pad",
        a_state(),
        "[part=dialer] [part=keypad]",
        clicks=("[part=dialpad-toggle]", *map(KEY.format, (11, 3, 11, 4, 2))),
    ),
    Scene("Dialling", a_state(DIALS), "[part~=call][part~=dialing] [part~=hangup]"),
    Scene("Ringing", a_state(RINGS), "[part~=call][part~=ringing] [part~=answer]"),
    Scene("Talking", a_state(TALKS), "[part~=call][part~=talking] [part~=mute]"),
    Scene("Muted", a_state(TALKS | {"muted": True, "actions": ACTIONS["muted"]}), "[part=badge]"),
    Scene("On hold", a_state(HELD), "[part~=call][part~=held] [part~=resume]"),
    Scene("Held by the other side", a_state(TALKS | {"remoteHold": True}), "[part=badge]"),
    Scene(
        "Keypad",
        a_state(TALKS),
        "[part=digits]",
        clicks=("[part~=action][part~=dtmf]", *["article [part=key]:nth-child(5)"] * 3),
    ),
    Scene("Transfer", a_state(TALKS), "[part=transfer-submit]", clicks=("[part~=action][part~=transfer]",)),
    Scene("Several calls", a_state(TALKS, HELD, RINGS | {"id": "3"}), "[part~=call]:nth-child(3) [part~=answer]"),
    Scene("A long name", a_state(LONG), "[part=name]"),
    Scene("Missed", after("no_answer"), "[part=last-call][data-missed]"),
    Scene("Busy", after("busy", "outbound"), "[part=last-call-reason]"),
    Scene("Answered elsewhere", after("answered_elsewhere"), "[part=last-call-reason]"),
    Scene("Refused", a_state(), "[part=error]", tells=(("error", REFUSED | {"command": "CMD_DIAL"}),)),
    Scene("Reconnecting", a_state(connectionStatus="reconnecting"), "[data-subject=reconnecting]"),
    Scene(
        "Reconnecting in a call",
        a_state(TALKS, connectionStatus="reconnecting"),
        "[data-subject=reconnecting] p",
    ),
    Scene("Signed out", a_state(connectionStatus="unauthorized", **UNKNOWN), "[part=reload]"),
    Scene(
        "Failed",
        a_state(connectionStatus="failed", **UNKNOWN),
        "[part=retry]",
        tells=(("error", {"code": "hub_failed", "message": "The phone could not start: its file is missing."}),),
    ),
    Scene("Outdated", a_state(), "[data-subject=outdated] [part=reload]", tells=(("outdated", {"version": "9"}),)),
    Scene("Docked", a_state(), "[part=toggle]", docked=True),
    Scene("Docked, in a call", a_state(TALKS), "[part=toggle] .time", docked=True),
    Scene("Docked, and it rings", a_state(RINGS), "[part=panel] [part~=answer]", docked=True),
)
