"""What can happen on a walk: to tabs, to the worker, to the backend, and every command."""

import os
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from tests.backend.exchange import FAR_END_MAY
from tests.browser.engines import Ability
from tests.browser.waiting import until
from worker_py.protocol import CALL_COMMANDS, CMD_DIAL, CMD_STATUS

from .steps import Step
from .tab import Tab
from .world import World

MOST_CALLS = 5
SLOW_LINE = 4_000_000  # bytes a second; a hub starts in some seconds
Act = Callable[[World, Step], None]
TabAct = Callable[[World, Step, Tab], None]
Words = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Verb:
    """A row of the table: what is done, how often, with which words, and what the driver must be able to."""

    act: Act
    weight: float
    words: Words = ()
    needs: Ability | None = None


def one_of(tabs: Callable[[World], list[Tab]], act: TabAct) -> Act:
    """Return what does `act` with one of these tabs, if there is one."""

    def with_tab(world: World, step: Step) -> None:
        if chosen := tabs(world):
            act(world, step, chosen[step.tab % len(chosen)])

    return with_tab


def awake(act: TabAct) -> Act:
    return one_of(lambda world: world.awake, act)


# --- tabs and worker --------------------------------------------------------------------------------------------------


def open_tab(world: World, step: Step) -> None:
    world.open(step.words["kind"])


def close_tab(world: World, _: Step, tab: Tab) -> None:
    world.close(tab)


def reload_tab(world: World, _: Step, tab: Tab) -> None:
    world.reload(tab)


def freeze_tab(_world: World, _: Step, tab: Tab) -> None:
    tab.freeze()


def thaw_tab(_world: World, _: Step, tab: Tab) -> None:
    tab.thaw()


def prerender(world: World, _: Step) -> None:
    world.open("widget", prerendering=True)


def activate(_world: World, _: Step, tab: Tab) -> None:
    tab.activate()


def clear_storage(_world: World, step: Step, tab: Tab) -> None:
    tab.clear(step.words["storage"])


def crash_tab(world: World, _: Step, tab: Tab) -> None:
    world.look()
    workers = world.workers()
    assert world.processes is not None
    world.processes.kill_tab(tab.page)
    world.lose(workers)


def kill_worker(world: World, _: Step) -> None:
    """The tabs that live in the same process die with it."""
    world.look()
    workers = world.workers()
    assert world.processes is not None
    for process in world.processes.with_worker():
        os.kill(process, signal.SIGKILL)
    until("the workers that were killed are gone", world.workers, lambda living: not workers & living)
    world.lose(workers)


def nudge(_world: World, _: Step, tab: Tab) -> None:
    tab.nudge()


def greet_again(_world: World, _: Step, tab: Tab) -> None:
    tab.greet_again()


def steal_lock(_world: World, step: Step, tab: Tab) -> None:
    tab.steal(step.tab)


def say(_world: World, step: Step, tab: Tab) -> None:
    tab.say(dict(step.words["message"]))


def press(_world: World, step: Step, tab: Tab) -> None:
    """Press a control of a call twice, or hold a key on it. Raise Broken if that gives more than one command."""
    tab.press(step.tab, step.words["how"])


# --- commands ---------------------------------------------------------------------------------------------------------


def command(world: World, step: Step, tab: Tab) -> None:
    """A command, about the active call, one of the calls that the tab was told of, or one that is not."""
    words = dict(step.words)
    kind, call, bare = words.pop("command"), words.pop("call", None), words.pop("bare", False)
    known = tab.known() or {"calls": []}
    if call == "none":
        words["callId"] = "none"
    elif call is not None and known["calls"]:
        words["callId"] = known["calls"][call % len(known["calls"])]["id"]
    tab.command(kind, words, None if bare else world.next_id())


def say_again(world: World, _: Step, tab: Tab) -> None:
    """The last command of one tab comes again, from this one."""
    sent = [message for other in world.awake for message in other.sent[-1:]]
    if sent and tab.kind != "widget":
        tab.say(sent[-1])


# --- backend ----------------------------------------------------------------------------------------------------------


def break_stream(world: World, step: Step) -> None:
    """Cut the stream; then every attempt fails in this way, until the backend is mended."""
    words = dict(step.words)
    how = words.pop("cut")
    world.backend.control("faults", events=words or None)
    if words.get("status") in (401, 403):
        world.forget_sent()
    world.backend.control("cut", how=how)


def break_commands(world: World, step: Step) -> None:
    world.backend.control("faults", commands=dict(step.words))


def change_settings(world: World, step: Step) -> None:
    world.backend.control("settings", **step.words)


def go_away(world: World, _: Step) -> None:
    world.backend.control("gone", gone=True)


def mend(world: World, _: Step) -> None:
    world.mend()


def ring(world: World, step: Step) -> None:
    if len(world.backend.state()["calls"]) < MOST_CALLS:
        world.backend.control("ring", **step.words)


def revive(world: World, step: Step) -> None:
    """A call that goes on counts as over, until a snapshot has it."""
    if calls := world.backend.state()["calls"]:
        with suppress(AssertionError):  # it has really ended meanwhile
            world.backend.control("revive", callId=calls[step.tab % len(calls)]["id"])


def far_end(world: World, step: Step) -> None:
    """The far end of a call does one of the things that it can do now."""
    if calls := world.backend.state()["calls"]:
        call = calls[step.tab % len(calls)]
        acts = FAR_END_MAY[call["state"]]
        with suppress(AssertionError):  # the operator was quicker
            world.backend.far(call["id"], acts[step.tab // len(calls) % len(acts)])


def nonsense(world: World, step: Step) -> None:
    world.backend.control("send", **step.words)


# --- quiet ------------------------------------------------------------------------------------------------------------


def wait(_world: World, step: Step) -> None:
    """Long enough for what takes time: a retry, a far end that picks up, a page that starts."""
    time.sleep(step.words["seconds"])


def be_quiet(world: World, _: Step) -> None:
    world.be_quiet()


def heal(world: World, step: Step) -> None:
    world.heal(nudge=step.words["nudge"])


# --- the table --------------------------------------------------------------------------------------------------------

CALLS: Words = ({}, {}, {"call": 0}, {"call": 1}, {"call": 2}, {"call": "none"}, {"bare": True})
NUMBERS = ("200", "200", "100", "101", "404", "486", "603", "503", "12a")
DIALS: Words = [{"command": CMD_DIAL, "phone": phone} for phone in NUMBERS]
STATUSES: Words = [{"command": CMD_STATUS, "status": status} for status in ("ready", "dnd", "break", "of your own")]
TAKEN = {"digits": ("1", "#5"), "phone": ("200", "503", "")}
CALL_WORDS: Mapping[str, Words] = {
    kind: [
        {"command": kind, **call, **taken}
        for call in CALLS
        for taken in ([{row.takes: word} for word in TAKEN[row.takes]] if row.takes else [{}])
    ]
    for kind, row in CALL_COMMANDS.items()
}
STREAM_FAULTS: Words = [
    {"cut": "end"},
    {"cut": "reset"},
    {"cut": "end", "do": "status", "status": 502},
    {"cut": "reset", "do": "status", "status": 502, "times": 1},
    {"cut": "end", "do": "status", "status": 401},
    {"cut": "end", "do": "status", "status": 204},
    {"cut": "end", "do": "body", "body": "<h1>Hi", "type": "text/html"},
    {"cut": "reset", "do": "delay", "seconds": 0.7},
    {"cut": "reset", "do": "refuse"},
]
COMMAND_FAULTS: Words = [
    {"do": "delay", "seconds": 0.5},
    {"do": "delay", "seconds": 0.5, "when": "after"},
    {"do": "status", "status": 502, "times": 1},
    {"do": "status", "status": 401, "times": 1},
    {"do": "status", "status": 503, "when": "after", "times": 1},
    {"do": "body", "body": "<h1>Hi", "type": "text/html", "when": "after", "times": 1},
    {"do": "refuse", "times": 1},
    {"do": "refuse", "when": "after", "times": 1},
    {"do": "hang", "times": 1},
    {"do": "hang", "when": "after", "times": 1},
]
SETTINGS: Words = [
    *({"answers": "body"}, {"answers": "empty"}, {"actions": True}, {"actions": False}),
    *({"clock": 0}, {"clock": 3600}, {"clock": -3600}),
    *({"pace": None}, {"pace": SLOW_LINE}),
]
CALLERS: Words = [{"phone": "100"}, {"phone": "101", "displayName": "Ada Lovelace"}, {"phone": None}]
PRESSES: Words = [{"how": "double click"}, {"how": "Enter"}, {"how": "Space"}]
STORAGES: Words = [{"storage": "localStorage"}, {"storage": "sessionStorage"}, {"storage": "caches"}]
NONSENSE: Words = [
    {"event": "call_incoming", "data": "{nonsense"},
    {"event": "snapshot", "data": None},
    {"event": "call_updated", "data": {"id": 7}},
    {"event": "toString", "data": {}},
    {"event": "error", "data": {}},
]
MESSAGES: Words = [{"message": {"type": kind}} for kind in ("toString", "PING", "FOCUS", "CMD_UNKNOWN", "SYNC_STATE")]
KINDS: Words = [{"kind": "widget"}, {"kind": "widget"}, {"kind": "plain"}, {"kind": "seed"}]

VERBS: Mapping[str, Verb] = {
    "open": Verb(open_tab, 8, KINDS),
    "close": Verb(one_of(lambda world: world.tabs, close_tab), 3),
    "reload": Verb(awake(reload_tab), 2),
    "crash": Verb(awake(crash_tab), 1, needs=Ability.CRASH),
    "freeze": Verb(awake(freeze_tab), 2, needs=Ability.DEVTOOLS),
    "thaw": Verb(one_of(lambda world: [tab for tab in world.tabs if tab.frozen], thaw_tab), 4, needs=Ability.DEVTOOLS),
    "prerender": Verb(prerender, 1),
    "activate": Verb(one_of(lambda world: [tab for tab in world.tabs if tab.prerendering], activate), 0.5),
    "clear": Verb(awake(clear_storage), 1, STORAGES),
    "press": Verb(
        one_of(lambda world: [tab for tab in world.awake if tab.kind == "widget"], press),
        6,
        PRESSES,
        needs=Ability.POINTER,
    ),
    "kill": Verb(kill_worker, 0.5, needs=Ability.KILL),
    "nudge": Verb(awake(nudge), 3),
    "greet": Verb(awake(greet_again), 1),
    "steal": Verb(awake(steal_lock), 1),
    "say": Verb(awake(say), 2, MESSAGES),
    "dial": Verb(awake(command), 14, DIALS),
    "status": Verb(awake(command), 6, STATUSES),
    **{kind.removeprefix("CMD_").lower(): Verb(awake(command), 6, words) for kind, words in CALL_WORDS.items()},
    "again": Verb(awake(say_again), 3),
    "break": Verb(break_stream, 3, STREAM_FAULTS),
    "trouble": Verb(break_commands, 4, COMMAND_FAULTS),
    "settings": Verb(change_settings, 3, SETTINGS),
    "gone": Verb(go_away, 1),
    "mend": Verb(mend, 6),
    "ring": Verb(ring, 10, CALLERS),
    "revive": Verb(revive, 1),
    "far": Verb(far_end, 14),
    "nonsense": Verb(nonsense, 2, NONSENSE),
    "wait": Verb(wait, 2, [{"seconds": 0.5}, {"seconds": 1}, {"seconds": 3}]),
    "quiet": Verb(be_quiet, 1),
    "heal": Verb(heal, 3, [{"nudge": True}, {"nudge": True}, {"nudge": False}]),
}
