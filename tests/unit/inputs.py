"""Whatever a hub may be told: what is right, what is right but for one thing, and what is nothing at all."""

import json
from collections.abc import Iterable
from typing import Any

from hypothesis import strategies as st

from worker_py.call import Action, CallState, Direction, EndReason
from worker_py.effects import Effect, Timer
from worker_py.hub import Hub
from worker_py.protocol import COMMANDS
from worker_py.sip_api import EVENT_NAMES

Told = tuple[str, dict[str, Any]]  # a method of the hub and its arguments

NUMBERS = ("+49 30 7654321", "+49307654321", "+49 (30) 765-43-21", "5550199", "5550142", "**5550142#")
NAMES = ("Ann Quimby", "Quimby, Ann", "Zoë Ostrander", "Łukasz", "O'Brannigan", "山田太郎", "<img onerror>")
# What of these must not be readable in a journal.
SECRETS = (
    "7654321",
    "765-43",
    "5550199",
    "5550142",
    "Quimby",
    "Zoë",
    "strander",
    "ukasz",
    "Brannigan",
    "山田",
    "onerror",
)

NOW = 1_800_000_000_000  # ms since the epoch; the hub tells times by how far they are from its own
PORTS = st.integers(1, 3)
IDS = st.sampled_from(["p", "q", "call-17", "provisional-e-1", "provisional-e-2", "ext 5550199", "e-1", "e-5550199"])
STATUSES = st.sampled_from(["ready", "dnd", "lunch-2"])
SENTENCES = st.sampled_from(["", "Busy.", " No line for Ann Quimby, 5550199. ", "\u3000Zoë!\n"])
TIMES = st.integers(NOW, NOW + 100_000)  # of the hub's own clock
SAID_TIMES = TIMES | st.sampled_from([5550199, 5550199.0, 5550199.5, -5550199, 1_796_033_425_000])

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from([*NUMBERS, *NAMES, 5550199]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text() | st.just("__proto__"), inner, max_size=4),
    max_leaves=8,
)


def values(words: Iterable[str]) -> st.SearchStrategy[str]:
    return st.sampled_from(sorted(words))


CALLS = st.fixed_dictionaries(
    {"id": IDS | st.sampled_from([17, 5550199])},
    optional={
        "phone": st.sampled_from([*NUMBERS, 5550199, 5550142.0, None, ""]),
        "displayName": st.sampled_from([*NAMES, None]),
        "state": values(CallState),
        "direction": values(Direction),
        "muted": st.booleans(),
        "remoteHold": st.booleans(),
        "startedAt": SAID_TIMES,
        "answeredAt": SAID_TIMES,
        "endReason": values(EndReason),
        "sipCode": st.integers(100, 700) | st.just(5550199),
        "actions": st.lists(values(Action)),
        "crm": st.fixed_dictionaries({"owner": st.sampled_from(NAMES), "number": st.just(5550199)}),
    },
)
MESSAGES = st.fixed_dictionaries(
    {
        "type": st.sampled_from(
            ["INIT_PORT", "PING", "NUDGE", "FOCUS", "BYE", "JOURNAL", "CHECK", "CMD_ZOË_5550199", *COMMANDS]
        )
    },
    optional={
        "id": st.sampled_from(["a", "b", "c5550199", "e-1", "e-2"]),
        "payload": st.fixed_dictionaries(
            {},
            optional={
                "phone": st.sampled_from(NUMBERS),
                "callId": IDS,
                "digits": st.sampled_from(["1", "5550199#AD"]),
                "status": STATUSES,
                "visible": st.booleans(),
                "focused": st.booleans(),
                "audible": st.booleans(),
                "tab": IDS,
                "session": IDS,
                "lock": IDS,
                "version": st.sampled_from(["0.1.0", "0.2.0+abcdefgh", "1.0", "5550199", "1.0-Quimby"]),
            },
        ),
    },
)
INTERVALS = st.sampled_from([0.4, 30, 0, 1e-9, 4_000, 5550199, 0.5550199])
EVENTS = (
    st.fixed_dictionaries({"status": STATUSES, "interval": INTERVALS}, optional={"statusSince": SAID_TIMES}) | CALLS
)
SNAPSHOTS = st.fixed_dictionaries(
    {"calls": st.lists(CALLS, max_size=3)},
    optional={
        "operatorStatus": STATUSES,
        "statusSince": SAID_TIMES,
        "sentAt": SAID_TIMES,
        "operator": st.fixed_dictionaries({"id": IDS, "name": st.sampled_from(NAMES)}),
    },
)
ANSWERS = st.fixed_dictionaries(
    {}, optional={"call": CALLS, "operatorStatus": STATUSES, "title": SENTENCES, "detail": SENTENCES}
)


@st.composite
def broken(draw: st.DrawFn, whole: st.SearchStrategy[dict[str, Any]]) -> Any:
    """What would be right if one thing in it were not anything, or gone."""
    value = draw(whole)
    part = draw(st.sampled_from([value, *(inner for inner in value.values() if isinstance(inner, dict))]))
    name = draw(st.sampled_from([*part, "other"]))
    part[name] = draw(ANYTHING)
    if draw(st.booleans()):
        del part[name]
    return value


@st.composite
def cut(draw: st.DrawFn, texts: st.SearchStrategy[str]) -> str:
    text = draw(texts)
    return text[: draw(st.integers(0, len(text)))]


def written(right: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[str]:
    """What should be JSON, one time in two."""
    as_json = right.map(json.dumps) | right.map(lambda value: json.dumps(value, ensure_ascii=False))
    nearly = (broken(right) | ANYTHING).map(json.dumps)
    return as_json | as_json | nearly | cut(as_json) | st.text() | st.just("[" * 100)


def told(method: str, **arguments: st.SearchStrategy[Any]) -> st.SearchStrategy[Told]:
    return st.tuples(st.just(method), st.fixed_dictionaries(arguments))


GENERATIONS = st.integers(1, 3)
EVENT_IDS = st.sampled_from(["", "7", "a/7 ü \ud800", "Quimby 5550199"])
TYPES = st.sampled_from(
    [
        "application/json",
        "application/problem+json; charset=utf-8",
        "text/html",
        "text/event-stream",
        "x/Quimby+JSON;a=5550199",
        "",
    ]
)
MESSAGE = told("receive_text", port=PORTS, text=written(MESSAGES), now=TIMES)
EVENT = told(
    "stream_event",
    generation=GENERATIONS,
    name=st.sampled_from([*EVENT_NAMES, "__class__"]),
    text=written(EVENTS) | written(SNAPSHOTS),
    event_id=EVENT_IDS,
    now=TIMES,
)
ANSWER = told(
    "post_answered",
    number=st.integers(1, 6),
    status=st.sampled_from([0, 200, 204, 401, 409, 422, 503]),
    content_type=TYPES,
    text=written(ANSWERS),
    now=TIMES,
)
REST = (
    told("stream_opened", generation=GENERATIONS, now=TIMES)
    | told("stream_failed", generation=GENERATIONS, permanent=st.booleans(), now=TIMES)
    | told(
        "probed",
        generation=GENERATIONS,
        status=st.sampled_from([0, 200, 401, 503]),
        content_type=TYPES,
        now=TIMES,
        retry_after=st.sampled_from([0, 3_000, 60_000]),
    )
    | told("timer_fired", timer=st.sampled_from(Timer), now=TIMES)
    | told("post_failed", number=st.integers(1, 6), timed_out=st.booleans(), now=TIMES)
    | told("disconnect", port=PORTS)
    | told("version_told", version=st.sampled_from([None, "0.2.0+abcdefgh", "0.1.0"]), now=TIMES)
)
INPUT = MESSAGE | EVENT | ANSWER | REST
RUNS = st.lists(INPUT, max_size=25)
BEGINNING: list[Told] = [
    ("start", {}),
    ("receive_text", {"port": 1, "text": '{"type": "INIT_PORT"}', "now": NOW}),
    ("stream_opened", {"generation": 1, "now": NOW}),
]


def tell(hub: Hub, told: Told) -> list[Effect]:
    method, arguments = told
    effects: list[Effect] = getattr(hub, method)(**arguments)
    return effects
