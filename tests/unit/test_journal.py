"""The journal: it says what happened, to whom nobody can read, and can be played again."""

import json
from inspect import signature
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from worker_py import protocol
from worker_py.effects import Effect, Timer
from worker_py.hub import Hub
from worker_py.journal import CHAPTER, Journal
from worker_py.plain_text import plain
from worker_py.ports import Ports
from worker_py.replay import Replay, main
from worker_py.sip_api import DEFAULT_API

from .inputs import BEGINNING, INPUT, NOW, RUNS, SECRETS, Told

NUMBERS = json.loads((Path(__file__).parents[1] / "numbers.json").read_text(encoding="utf-8"))
KEPT = INPUT.filter(lambda told: "CHECK" not in str(told))


OWN, OTHER = "0.1.0+abcdefgh", "0.1.0+ponmlkji"


def recorded(run: list[Told], api: str = DEFAULT_API) -> tuple[Hub, Journal]:
    hub = Hub("e", api, OWN)
    journal = Journal(hub)
    for name, arguments in run:
        method = getattr(hub, name)
        bound = signature(method).bind(**arguments)  # positions and names as the edge gives them
        journal.tell(method, *bound.args, **bound.kwargs)
    return hub, journal


def play(text: str) -> tuple[Hub, list[int]]:
    """Return the hub after the replay, and the numbers of the inputs that differ."""
    replay = Replay(text)
    different = [number for number, step in enumerate(replay.steps()) if not step.same]
    return replay.hub, different if replay.same_in_the_end() else [*different, -1]


@given(RUNS)
def test_a_journal_plays_to_the_same_effects_and_the_same_state(run: list[Told]) -> None:
    hub, journal = recorded(BEGINNING + run)
    played, different = play("\n".join(journal.lines()))
    assert different == []
    assert (played.rev, played.ports.all) == (hub.rev, hub.ports.all)
    assert [call.state for call in played.state.calls] == [call.state for call in hub.state.calls]


def test_calls_that_fall_silent_together_do_so_in_the_same_order_again() -> None:
    calls: list[Told] = [
        ("stream_event", {"generation": 1, "name": "call_incoming", "text": text, "event_id": "", "now": NOW})
        for text in ('{"id": "b", "phone": "1"}', '{"id": "a", "phone": "2"}')
    ]
    lost: list[Told] = [
        ("stream_failed", {"generation": 1, "permanent": False, "now": NOW}),
        ("timer_fired", {"timer": Timer.LOST, "now": NOW + 6_000}),
    ]
    _, journal = recorded([*BEGINNING, *calls, *lost])
    assert play("\n".join(journal.lines()))[1] == []


@settings(max_examples=10)
@given(st.lists(KEPT, min_size=1, max_size=8), st.integers(CHAPTER, 3 * CHAPTER))
def test_a_journal_that_has_forgotten_its_beginning_plays_from_where_it_begins(some: list[Told], length: int) -> None:
    _, journal = recorded((BEGINNING + some * length)[:length])
    lines = list(journal.lines())
    assert len(lines) <= 2 * CHAPTER + 2
    assert json.loads(lines[0])["forgotten"] == length - (len(lines) - 2)
    assert play("\n".join(lines))[1] == []


@pytest.mark.parametrize("typed", [True, False])
def test_journal_reads_a_number_as_the_hub_did(typed: bool) -> None:  # noqa: FBT001 - a column of the table
    texts = [text for text, *_ in NUMBERS["read"]] + NUMBERS["refused"]
    dials = [says("CMD_DIAL", f"d{at}", phone=text, typed=typed) for at, text in enumerate(texts)]
    named = answered(1, 200, '{"call": {"id": "7", "phone": "+4930100"}}', "application/json")
    digits = says("CMD_DTMF", "e", digits="123#", callId="7")
    first = says("CMD_DIAL", "c", phone="+4930100,123#", typed=typed)
    sent = answered(2, 204, "")
    _, journal = recorded([*BEGINNING, first, named, event("call_updated", '{"id": "7", "state": "talking"}'), digits])
    assert play("\n".join(journal.lines()))[1] == []
    _, journal = recorded([*BEGINNING, *dials, first, named, digits, sent])
    lines = "\n".join(journal.lines())
    assert play(lines)[1] == []
    assert "1234" not in lines


@pytest.mark.parametrize("text", ['{"id": "anna", "x": ' + "[" * 70, '{"x": "id", "id": "anna"', '{"id": "+4930100"'])
def test_id_of_a_command_that_cannot_be_read_has_a_pseudonym(text: str) -> None:
    _, journal = recorded([*BEGINNING, ("receive_text", {"port": 1, "text": text, "now": NOW})])
    lines = "\n".join(journal.lines())
    assert play(lines)[1] == []
    assert "anna" not in lines
    assert "4930100" not in lines


@given(RUNS)
def test_no_number_and_no_name_stands_in_a_journal(run: list[Told]) -> None:
    _, journal = recorded(BEGINNING + run)
    text = "\n".join(journal.lines()).encode().decode("unicode_escape")
    assert [secret for secret in SECRETS if secret in text] == []


def written(run: list[Told]) -> str:
    return "\n".join(recorded(run)[1].lines())


def says(kind: str, identity: str, **payload: Any) -> Told:
    text = json.dumps({"type": kind, "id": identity, "payload": payload})
    return "receive_text", {"port": 1, "text": text, "now": NOW}


def event(name: str, text: str, event_id: str = "") -> Told:
    return "stream_event", {"generation": 1, "name": name, "text": text, "event_id": event_id, "now": NOW}


def answered(number: int, status: int, text: str, kind: str = "application/problem+json") -> Told:
    return "post_answered", {"number": number, "status": status, "content_type": kind, "text": text, "now": NOW}


def tab(port: int, **said: Any) -> Told:
    text = json.dumps({"type": "INIT_PORT", "payload": said})
    return "receive_text", {"port": port, "text": text, "now": NOW}


def probed(content_type: str) -> list[Told]:
    arguments = {"generation": 1, "status": 503, "content_type": content_type, "now": NOW}
    return [("stream_failed", {"generation": 1, "permanent": True, "now": NOW}), ("probed", arguments)]


def ringing(**fields: Any) -> Told:
    return event("call_incoming", json.dumps({"id": "x", "phone": "100"} | fields))


PAUSE = [says("PING", "p")] * 2 * CHAPTER  # it makes a journal forget what was before
SECRET, NAME = 5550199, "Quimby"
LEAKS: dict[str, list[Told]] = {
    "an event id": [event("ping", '{"interval": 30}', event_id=f"{NAME}-{SECRET}")],
    "the name of an event": [event(f"{NAME}{SECRET}", "{}")],
    "the type of an answer": [
        says("CMD_STATUS", "a", status="dnd"),
        answered(1, 200, "{}", f"application/{NAME}+json; a={SECRET}"),
    ],
    "the type of a probe's answer": probed(f"text/{NAME}; a={SECRET}"),
    "a version that is a number": [tab(2, version=f"{SECRET}.0")],
    "a version that is a name": [tab(2, version=f"1.0-{NAME}")],
    "times": [
        ringing(startedAt=SECRET, answeredAt=SECRET + 0.0),
        event("call_updated", f'{{"id": "x", "answeredAt": {SECRET}}}'),
        event("call_ended", f'{{"id": "x", "endedAt": {SECRET}}}'),
    ],
    "times that are none": [ringing(startedAt=-SECRET, answeredAt=SECRET + 0.5, endedAt=f"{SECRET}")],
    "when a snapshot was sent": [
        event("snapshot", json.dumps({"calls": [], "sentAt": time}))
        for time in (SECRET, SECRET + 0.5, f"{SECRET}", NOW)
    ],
    "a status in words": [event("operator_status", f'{{"status": "call {NAME}\\u202e {SECRET}"}}')],
    "numbers for ids": [
        event("call_incoming", json.dumps({"id": SECRET, "phone": SECRET + 0.0})),
        event("call_updated", json.dumps({"id": SECRET + 0.0, "phone": -SECRET})),
        event("call_incoming", json.dumps({"id": SECRET / 10, "phone": SECRET})),
        event("snapshot", json.dumps({"calls": [{"id": -SECRET}], "operator": {"id": SECRET}})),
        says("CMD_HANGUP", "a", callId=f"{SECRET}"),
    ],
    "since when a status holds": [event("operator_status", f'{{"status": "dnd", "statusSince": {SECRET}}}')],
    "a SIP code": [ringing(sipCode=SECRET)],
    "an interval": [event("ping", f'{{"interval": {SECRET}}}'), event("ping", f'{{"interval": 0.{SECRET}}}')],
    "a number that nobody reads": [ringing(owner=SECRET, owners=[SECRET, {"sum": -SECRET, "share": SECRET / 10}])],
    "an id that looks like the hub's own": [
        ringing(id=f"provisional-e-{SECRET}"),
        says("CMD_ANSWER", f"e-{SECRET}"),
        says("CMD_ANSWER", "a", callId=f"provisional-e-{SECRET}"),
    ],
    "marks in a name and a number": [
        ringing(displayName="Quim\u202eby", phone="555\u20660199"),
        event("call_updated", json.dumps({"id": "x", "displayName": "Quimby", "phone": "5550199"})),
    ],
}


@pytest.mark.parametrize("later", [0, 1], ids=["in the inputs", "in the hub"])
@pytest.mark.parametrize("leak", LEAKS.values(), ids=LEAKS)
def test_no_field_brings_a_number_or_name_into_a_journal(leak: list[Told], later: int) -> None:
    text = written(BEGINNING + leak + PAUSE * later)
    assert play(text)[1] == []
    found = plain(text.encode().decode("unicode_escape").lower())
    assert [secret for secret in (str(SECRET), NAME.lower()) if secret in found] == []


def test_an_unusual_address_of_the_api_stands_in_no_journal() -> None:
    for api, words in ((DEFAULT_API, "/api/sip"), (f"/{NAME}/{SECRET}", "/Eaaaaa/0000000")):
        _, journal = recorded([*BEGINNING, says("CMD_DIAL", "a", phone="100"), *BROKEN], api)
        text = "\n".join(journal.lines())
        assert (f'"{words}"' in text, NAME in text, str(SECRET) in text) == (True, False, False)
        assert play(text)[1] == []


def test_times_that_are_no_telephone_numbers_stay() -> None:
    now = 1_796_033_425_000
    lines = written([*BEGINNING, ringing(startedAt=now), event("ping", '{"interval": 2.5}')]).splitlines()
    assert [json.loads(json.loads(line)["text"]) for line in lines[-3:-1]] == [
        {"id": "a", "phone": "000", "startedAt": now},
        {"interval": 2.5},
    ]


def test_sip_codes_and_content_types_that_the_hub_reads_stay() -> None:
    ended = event("call_ended", '{"id": "a", "sipCode": 486}')
    lines = written([*BEGINNING, ended, *probed("Text/Event-Stream; charset=utf-8")]).splitlines()
    told = [json.loads(line) for line in lines]
    [text] = [line["text"] for line in told if line.get("name") == "call_ended"]
    assert json.loads(text) == {"id": "a", "sipCode": 486}
    assert [line["content_type"] for line in told if line.get("input") == "probed"] == ["text/event-stream"]


@given(RUNS)
def test_a_self_check_leaves_no_trace_in_the_journal(run: list[Told]) -> None:
    check: Told = ("receive_text", {"port": 9, "text": '{"type": "CHECK"}', "now": NOW + 9})
    checked = [each for told in BEGINNING + run for each in (told, check)]
    assert written(checked) == written(BEGINNING + run)


def test_a_self_check_that_is_open_for_hours_pushes_nothing_out_of_the_journal() -> None:
    check: Told = ("receive_text", {"port": 1, "text": '{"type": "CHECK"}' + " " * 10_000, "now": NOW + 9})
    assert written([*STORY, *[check] * 1_000, *STORY]) == written(STORY * 2)


RING = '{"id": "call-17", "phone": "+49307654321", "displayName": "Ann Quimby"}'
STORY: list[Told] = [
    *BEGINNING,
    ("stream_event", {"generation": 1, "name": "call_incoming", "text": RING, "event_id": "7", "now": NOW + 5}),
    ("receive_text", {"port": 1, "text": '{"type": "CMD_ANSWER", "id": "a"}', "now": NOW + 6}),
    ("post_failed", {"number": 1, "timed_out": True, "now": NOW + 7}),
    ("timer_fired", {"timer": Timer.SILENCE, "now": NOW + 8}),
]


BROKEN: list[Told] = [
    ("stream_failed", {"generation": 1, "permanent": True, "now": NOW}),
    ("probed", {"generation": 1, "status": 503, "content_type": "", "now": NOW}),
]
BEFORE_AND_AFTER = {
    "an id that the hub made": (
        [],
        [
            says("CMD_DIAL", "a", phone="5550199"),
            says("CMD_HANGUP", "b", callId="provisional-e-1"),
            answered(1, 200, '{"call": {"id": "x"}}'),
        ],
    ),
    "a reason that is given again": (
        [says("CMD_STATUS", "a", status="dnd"), answered(1, 409, '{"title": "No line for 5"}')],
        [
            says("CMD_STATUS", "a", status="dnd"),
            says("CMD_STATUS", "b", status="dnd"),
            answered(2, 409, '{"title": "No line for 5"}'),
        ],
    ),
    "a time that is said again": (
        [ringing(startedAt=NOW - 9)],
        [
            event("call_updated", json.dumps({"id": "x", "startedAt": NOW - 9})),
            event("call_updated", json.dumps({"id": "x", "startedAt": NOW - 8})),
        ],
    ),
    "a time that cannot be in milliseconds": (
        [ringing(startedAt=SECRET)],
        [event("call_updated", json.dumps({"id": "x", "startedAt": time})) for time in (SECRET, 0)],
    ),
    "how far the backend's clock is off": (
        [event("snapshot", json.dumps({"calls": [], "sentAt": NOW - 60_000}))],
        [event("call_updated", json.dumps({"id": "x", "phone": "1", "startedAt": NOW - 70_000}))],
    ),
    "an update that came before its call": (
        [event("call_updated", json.dumps({"id": SECRET, "displayName": NAME, "startedAt": NOW}))],
        [event("call_incoming", json.dumps({"id": SECRET, "phone": None}))],
    ),
    "a call that was over": (
        [ringing(), event("call_ended", '{"id": "x", "endReason": "odd"}')],
        [ringing(), event("snapshot", '{"calls": [{"id": "x"}]}')],
    ),
    "the build that the server gives": (
        [tab(1, version=OTHER), ("version_told", {"version": OTHER, "now": NOW})],
        [tab(1, version=OWN), tab(2, version=OTHER), ("version_told", {"version": OWN, "now": NOW})],
    ),
    "a trouble that lasts": (BROKEN, BROKEN[1:]),
    "a complaint that is made once": ([event("ping", "1")], [event("ping", "1")]),
    "an event of the same id as a call": (
        [event("call_incoming", RING, event_id="call-17")],
        [
            ("stream_failed", {"generation": 1, "permanent": False, "now": NOW}),
            ("timer_fired", {"timer": Timer.RETRY, "now": NOW}),
        ],
    ),
}


@pytest.mark.parametrize(("before", "after"), BEFORE_AND_AFTER.values(), ids=BEFORE_AND_AFTER)
def test_what_the_hub_remembers_means_the_same_in_the_replay(before: list[Told], after: list[Told]) -> None:
    assert play(written(BEGINNING + before + PAUSE + after))[1] == []


def test_names_and_numbers_have_pseudonyms_of_the_same_kind_and_the_wire_keeps_its_words() -> None:
    lines = [json.loads(line) for line in written(STORY).splitlines()]
    assert json.loads(lines[4]["text"]) == {"id": "call-00", "phone": "+00000000000", "displayName": "Aaa Eaaaaa"}
    assert [(line["input"], line.get("now")) for line in lines[1:-1]] == [
        ("start", None),
        ("receive_text", NOW),
        ("stream_opened", NOW),
        ("stream_event", NOW + 5),
        ("receive_text", NOW + 6),
        ("post_failed", NOW + 7),
        ("timer_fired", NOW + 8),
    ]


@pytest.mark.parametrize(
    "text",
    ["{", "[" * 100, "{} 5550199", '{"phone": \uff11}', '{"phone": 012}', "{}" + " " * 70_000, "1" * 5_000, '"\\q"'],
    ids=range(8),
)
def test_what_cannot_be_read_cannot_be_read_in_the_journal_for_the_same_reason(text: str) -> None:
    messages: list[Told] = [("receive_text", {"port": 1, "text": text, "now": NOW})]
    events: list[Told] = [("stream_event", {"generation": 1, "name": "ping", "text": text, "event_id": "", "now": NOW})]
    replay = Replay(written(BEGINNING + messages + events))
    effects = [step.effects for step in replay.steps()]
    hub, _ = recorded(BEGINNING)
    assert effects[-2:] == [hub.receive_text(1, text, NOW), hub.stream_event(1, "ping", text, "", NOW)]


ANN, BOB = tab(1, session="ann"), tab(2, session="bob")
SIGNED_OUT: list[Told] = [
    ("stream_failed", {"generation": 1, "permanent": True, "now": NOW}),
    ("probed", {"generation": 1, "status": 401, "content_type": "", "now": NOW}),
]
OPERATORS = [event("snapshot", json.dumps({"calls": [], "operator": {"id": name}})) for name in ("ann", "bob")]
CHANGES: dict[str, tuple[list[Told], list[Told]]] = {
    "a page names another session": ([ANN, *STORY[3:]], [BOB]),
    "the backend names another operator": ([OPERATORS[0], *STORY[3:]], [OPERATORS[1]]),
    "the stream is refused": (STORY[3:], SIGNED_OUT),
}


@pytest.mark.parametrize(("before", "change"), CHANGES.values(), ids=CHANGES)
def test_a_journal_begins_anew_when_the_phone_is_anothers(before: list[Told], change: list[Told]) -> None:
    after = [says("PING", "p"), tab(3, session="bob")]
    text = written(BEGINNING + before + change + after)
    head, *inputs, _ = [json.loads(line) for line in text.splitlines()]
    assert [json.loads(line["text"])["type"] for line in inputs] == ["PING", "INIT_PORT"]
    assert head["forgotten"] == len(BEGINNING + before + change)
    assert "+" not in text.replace(OWN, ""), "nothing of the call that rang"
    assert play(text)[1] == []


def test_the_journal_goes_on_while_nobody_is_signed_in() -> None:
    again: list[Told] = [
        ("timer_fired", {"timer": Timer.RETRY, "now": NOW}),
        ("stream_failed", {"generation": 2, "permanent": True, "now": NOW}),
        ("probed", {"generation": 2, "status": 401, "content_type": "", "now": NOW}),
    ]
    text = written(BEGINNING + SIGNED_OUT + again)
    assert [json.loads(line).get("input") for line in text.splitlines()[1:-1]] == [told for told, _ in again]
    assert play(text)[1] == []


def test_a_journal_begins_anew_though_the_change_raised_an_exception(monkeypatch: pytest.MonkeyPatch) -> None:
    hub, journal = recorded([*BEGINNING, ANN])
    monkeypatch.setattr(Hub, "_cut_off", None)
    with pytest.raises(TypeError):
        journal.tell(hub.receive_text, *BOB[1].values())
    assert len(list(journal.lines())) == 2


def test_a_long_text_is_kept_only_as_far_as_it_tells_that_it_is_too_long() -> None:
    long: Told = (
        "stream_event",
        {"generation": 1, "name": "ping", "text": "1" * 5_000_000, "event_id": "", "now": NOW},
    )
    text = written(BEGINNING + [long] * 9)
    assert len(text) < 2_500_000
    assert play(text)[1] == []


def test_an_input_that_raises_an_exception_raises_it_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> list[Effect]:
        raise RuntimeError

    with monkeypatch.context() as mistake:
        mistake.setattr(Ports, "register", broken)
        hub = Hub("e")
        journal = Journal(hub)
        with pytest.raises(RuntimeError):
            journal.tell(hub.receive_text, 1, '{"type": "INIT_PORT"}', 0)
        text = "\n".join(journal.lines())
        [step] = Replay(text).steps()
        assert (type(step.error), step.same) == (RuntimeError, True)
    assert play(text)[1] == [0, -1]


def test_a_tab_gets_the_journal_as_the_answer_to_its_request() -> None:
    assert protocol.journal("a", "{}\n{}") == {"type": "JOURNAL", "id": "a", "ok": True, "payload": {"text": "{}\n{}"}}


# --- the command ------------------------------------------------------------------------------------------------------


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "journal.jsonl"


def test_the_command_shows_what_happened_and_says_that_it_is_the_same(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text(written(STORY))
    assert main([str(file)]) == 0
    said = capsys.readouterr().out
    assert (
        '\n5. receive_text(port=1, text=\'{"type":"CMD_ANSWER","id":"a"}\', now=1800000000006)\n    Post(number=1, '
        in said
    )
    assert said.endswith("\nThe same effects and the same state.\n")


def test_the_quiet_command_says_the_verdict_alone(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(written(STORY))
    assert main([str(file), "--quiet"]) == 0
    assert capsys.readouterr().out == "The same effects and the same state.\n"


def test_the_command_names_the_input_that_differs(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(written(STORY).replace('"timed_out": true', '"timed_out": false'))
    assert main([str(file), "--quiet"]) == 1
    said = "Input 6 (post_failed) has other effects here than it had in the browser.\n"
    assert capsys.readouterr().out == said


def test_the_command_shows_an_exception(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(written(STORY).replace('"silence"', '"never"'))
    assert main([str(file)]) == 1
    assert "    raised ValueError(" in capsys.readouterr().out


def test_the_command_says_that_only_the_state_differs(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    *lines, _ = written(STORY).splitlines()
    file.write_text("\n".join([*lines, '{"end": "0"}']))
    assert main([str(file), "--quiet"]) == 1
    said = "The effects are the same, but after input 7 the hub is in another state than in the browser.\n"
    assert capsys.readouterr().out == said


HEAD = '{"journal": 1, "hub": {"State": {}}}\n'
NO_JOURNALS = [
    ("", "It does not have a JSON object on every line"),
    ("1\n2", "It does not have a JSON object on every line"),
    ("{", "A line of it is not JSON"),
    ('{"journal": 7}\n{"end": ""}', "It is not a whole journal of format 1"),
    (HEAD, "It does not have a JSON object on every line"),
    (HEAD + '{"input": "start"}', "It is not a whole journal of format 1"),
    (HEAD + '{"end": ""}', "There is no hub in its head."),
    ('{"journal": 1}\n{"end": ""}', "The hub in its head cannot be read"),
    ('{"journal": 1, "hub": {"os.system": []}}\n{"end": ""}', "The hub in its head cannot be read"),
]


@pytest.mark.parametrize(("text", "why"), NO_JOURNALS, ids=range(len(NO_JOURNALS)))
def test_what_is_no_journal_is_refused_with_a_reason(
    file: Path, capsys: pytest.CaptureFixture[str], text: str, why: str
) -> None:
    file.write_text(text)
    assert main([str(file)]) == 2
    assert f"{file} cannot be played. {why}" in capsys.readouterr().err


def test_an_input_that_hubs_do_not_have_is_refused(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(written(STORY).replace('"input": "post_failed"', '"input": "__init__"'))
    assert main([str(file), "--quiet"]) == 2
    assert "It tells of an input that this hub does not have: __init__." in capsys.readouterr().err


def test_a_file_that_is_not_there_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "nothing")]) == 2
    assert "nothing cannot be played." in capsys.readouterr().err
