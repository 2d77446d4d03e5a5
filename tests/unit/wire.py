"""The wire as tests write it down: whole messages, of which a test names only what matters to it."""

from collections.abc import Sequence
from typing import Any

from worker_py.effects import CloseStream, OpenStream, Post, Send, StartTimer, StopTimer, Timer

EPOCH = "epoch"
TAB_A, TAB_B, TAB_C = 1, 2, 3
BOTH = (TAB_A, TAB_B)
CLOSED = [CloseStream(), StopTimer(Timer.ANSWER), StopTimer(Timer.SILENCE)]
RINGS = StartTimer(Timer.RING, 200)  # until a call that begins to ring is heard
RINGING, TALKING, HELD = (
    ["answer", "hangup"],
    ["hangup", "hold", "mute", "dtmf", "transfer"],
    ["hangup", "resume", "transfer"],
)


def a_call(call_id: str = "1", **fields: Any) -> dict[str, Any]:
    """Return a call as SYNC_STATE shows it; by default one that rings since 0."""
    return {
        "id": call_id,
        "direction": "inbound",
        "phone": "100",
        "displayName": None,
        "state": "ringing",
        "muted": False,
        "remoteHold": False,
        "startedAt": 0,
        "answeredAt": None,
        "endedAt": None,
        "endReason": None,
        "sipCode": None,
        "actions": RINGING,
    } | fields


def dialing(call_id: str, phone: str, **fields: Any) -> dict[str, Any]:
    """Return an outbound call that is being dialled."""
    return a_call(call_id, phone=phone, direction="outbound", state="dialing", actions=["hangup"], **fields)


def talking(call_id: str = "1", **fields: Any) -> dict[str, Any]:
    """Return a call in which people talk since 0."""
    return a_call(call_id, **{"state": "talking", "answeredAt": 0, "actions": TALKING} | fields)


def ended(call: dict[str, Any], reason: str, at: int | None = 0, **fields: Any) -> dict[str, Any]:
    """Return `call` when it is over."""
    return call | {"state": "ended", "endReason": reason, "endedAt": at, "actions": []} | fields


def shown(
    rev: int,
    *calls: dict[str, Any],
    to: tuple[int, ...] = (TAB_A, TAB_B),
    heard: Sequence[str] = (),
    begun: Sequence[str] = (),
    **payload: Any,
) -> Send:
    """Return the SYNC_STATE for these tabs; the first of `calls` is the active one, and a status that is named holds
    since 0, unless said otherwise. `heard`: the calls that are to be heard; `begun`: those in which a talk begins."""
    state = {
        "connectionStatus": "connected",
        "operatorStatus": "offline",
        "statusSince": 0 if "operatorStatus" in payload else None,
        "activeCall": calls[0] if calls else None,
        "calls": list(calls),
        "lastCall": None,
    }
    message: dict[str, Any] = {"type": "SYNC_STATE", "payload": state | payload, "epoch": EPOCH, "rev": rev}
    if any(call["state"] == "ringing" for call in calls):
        message["ringing"] = [*heard]
    return Send(to, message | {"begun": [*begun]} if begun else message)


def done(identity: str, *tabs: int) -> Send:
    """Return the CMD_RESULT of a success."""
    return Send(tabs or (TAB_A,), {"type": "CMD_RESULT", "id": identity, "ok": True})


def refused(identity: str, code: str, message: str, *tabs: int, retryable: bool = False) -> Send:
    """Return the CMD_RESULT of a failure."""
    error = {"code": code, "message": message, "retryable": retryable}
    return Send(tabs or (TAB_A,), {"type": "CMD_RESULT", "id": identity, "ok": False, "error": error})


def handed_over(*tabs: int) -> Send:
    """Return the news that the phone is another person's, or nobody's."""
    return Send(tabs, {"type": "HANDOVER"})


def complaint(code: str, message: str, *tabs: int, command: str | None = None) -> Send:
    """Return an ERROR."""
    payload = {"code": code, "message": message} | ({"command": command} if command else {})
    return Send(tabs or (TAB_A,), {"type": "ERROR", "payload": payload})


def posted(number: int, path: str, body: str, key: str) -> Post:
    """Return the POST for a command."""
    headers = {"Content-Type": "application/json", "Idempotency-Key": key, "X-Requested-With": "sip-worker"}
    return Post(number, f"/api/sip/{path}", headers, body, 10_000)


def opening(generation: int, last_event_id: str = "", *, first: bool = True) -> list[object]:
    """Return what opens that source; `first`: since an event came, or at all."""
    query = f"?lastEventId={last_event_id}" if last_event_id else ""
    quiet = [StartTimer(Timer.QUIET, 15_000)] if first else []
    return [OpenStream(generation, f"/api/sip/events{query}"), StartTimer(Timer.ANSWER, 20_000), *quiet]
