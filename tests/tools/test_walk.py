"""What the random walk goes by: its steps, what must hold of what is heard, and how a failure becomes shorter."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.browser.engines import Ability
from tests.walk.rules import Book, Broken, Ear, Note, check_posts, difference, play, registered
from tests.walk.steps import Step, from_line, read, write
from tests.walk.verbs import VERBS
from tests.walk.walk import Failure, drawn, shrunk
from worker_py.hub import Hub
from worker_py.journal import Journal

ALL = frozenset(Ability)
COMMAND: Note = (1, "says", {"type": "CMD_ANSWER", "id": "a"})
DONE: Note = (1, "hears", {"type": "CMD_RESULT", "id": "a", "ok": True})
REFUSED: Note = (1, "hears", {"type": "CMD_RESULT", "id": "a", "ok": False})
SIGNED_OUT = {"type": "CMD_RESULT", "id": "a", "ok": False, "error": {"code": "unauthorized", "retryable": True}}
UNHEARD: Note = (1, "hears", SIGNED_OUT)


def state(rev: int, epoch: str = "e", port: int = 1, **payload: Any) -> Note:
    return port, "hears", {"type": "SYNC_STATE", "payload": payload, "epoch": epoch, "rev": rev}


# --- steps ------------------------------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_steps_and_another_one_others() -> None:
    assert drawn(7, 200, ALL) == drawn(7, 200, ALL) != drawn(8, 200, ALL)


def test_in_time_a_walk_does_everything() -> None:
    assert {step.verb for step in drawn(1, 2_000, ALL)} == set(VERBS)


def test_a_driver_that_cannot_do_something_is_not_asked_to() -> None:
    verbs = {step.verb for step in drawn(1, 2_000, frozenset())}
    assert verbs == set(VERBS) - {"crash", "kill", "freeze", "thaw", "press"}


def test_a_step_is_a_line_that_can_be_read_again(tmp_path: Path) -> None:
    step = Step("hold", 3, 20, {"command": "CMD_HOLD", "call": 1})
    assert step.line() == '{"verb": "hold", "tab": 3, "pause": 20, "command": "CMD_HOLD", "call": 1}'
    assert from_line(step.line()) == step
    steps = drawn(7, 50, ALL)
    write(tmp_path / "steps.jsonl", steps)
    assert read(tmp_path / "steps.jsonl") == steps


# --- what must hold ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "heard",
    [
        [state(0), state(0), state(1), state(3), state(3)],
        [state(4), state(0, epoch="f", port=2)],
        [state(4), state(0, epoch="f", port=2), state(3)],  # the last came to the port that was let go of
        [COMMAND, DONE],
        [COMMAND, COMMAND, DONE, DONE],
        [COMMAND, COMMAND, DONE],
        [COMMAND, UNHEARD, COMMAND, DONE],
    ],
)
def test_what_a_tab_may_hear(heard: list[Note]) -> None:
    Ear(Book()).listen(heard)


@pytest.mark.parametrize(
    ("heard", "why"),
    [
        ([state(2), state(1)], "rev does not rise"),
        ([state(1), state(2, epoch="f")], "rev does not rise"),
        ([state(1), state(1, calls=[])], "two states of rev 1"),
        ([DONE], "nobody asked for"),
        ([COMMAND, DONE, DONE], "a second result"),
        ([COMMAND, COMMAND, DONE, REFUSED], "two results of one command"),
        ([COMMAND, COMMAND, DONE, UNHEARD], "two results of one command"),
    ],
)
def test_what_no_tab_may_hear(heard: list[Note], why: str) -> None:
    with pytest.raises(Broken, match=why):
        Ear(Book()).listen(heard)


def test_a_browser_may_run_a_hub_anew_on_the_same_port_and_what_it_was_told_is_lost() -> None:
    ear = Ear(Book(reruns=True))
    ear.listen([state(4), COMMAND, state(2, epoch="f"), state(3, epoch="f")])
    assert ear.unanswered() == []
    with pytest.raises(Broken, match="rev does not rise"):
        ear.listen([state(5)])


def test_two_tabs_may_not_be_told_two_states_of_one_moment() -> None:
    book = Book()
    Ear(book).listen([state(1, calls=[])])
    with pytest.raises(Broken, match="two states of rev 1"):
        Ear(book).listen([state(1, calls=[7])])


def test_a_command_without_a_result_is_known_until_the_page_asks_another_worker() -> None:
    ear = Ear(Book())
    ear.listen([COMMAND])
    assert ear.unanswered() == ["a"]
    ear.listen([state(0, epoch="f", port=2)])
    assert ear.unanswered() == []


def post(key: str, status: int | None, path: str = "dial") -> dict[str, Any]:
    return {"key": key, "path": path, "body": {}, "status": status}


def test_a_browser_may_repeat_a_post_that_got_no_answer() -> None:
    check_posts([post("a", None), post("a", None), post("b", 200), post("a", 503)])


@pytest.mark.parametrize(
    ("posts", "why"),
    [
        ([post("a", 200), post("a", 200)], "after it was answered"),
        ([post("a", None), post("a", 200, path="answer")], "one key for two commands"),
    ],
)
def test_a_command_is_posted_once(posts: list[dict[str, Any]], why: str) -> None:
    with pytest.raises(Broken, match=why):
        check_posts(posts)


def test_post_that_no_page_asked_for_is_found() -> None:
    book = Book()
    bare: Note = (1, "says", {"type": "CMD_ANSWER"})
    Ear(book).listen([COMMAND, state(0, port=2), (1, "says", {"type": "CMD_MUTE", "id": "b"}), bare])
    book.check_asked([post("a", 200), post("b", 200), post("e-3", 200), post("a", 200)])
    with pytest.raises(Broken, match="nobody asked for"):
        book.check_asked([post("a", 200), post("e-3", 200), post("e-4", 200)])


def test_hub_that_is_replaced_without_a_cause_is_found() -> None:
    book = Book()
    Ear(book).listen([state(0)])
    book.check_hubs()
    Ear(book).listen([state(0, epoch="f")])
    with pytest.raises(Broken, match="there were 2 hubs where 1 are excused"):
        book.check_hubs()
    book.excuse()
    book.check_hubs()


@pytest.fixture
def journal() -> Journal:
    """That of a hub with a tab that gives a lock, one that does not, and a command under way."""
    hub = Hub("e")
    journal = Journal(hub)
    journal.tell(hub.start)
    journal.tell(hub.receive_text, 1, '{"type": "INIT_PORT", "payload": {"lock": "l"}}', 0)
    journal.tell(hub.receive_text, 2, '{"type": "INIT_PORT"}', 0)
    journal.tell(hub.receive_text, 2, '{"type": "CMD_STATUS", "id": "a", "payload": {"status": "dnd"}}', 0)
    return journal


def test_a_journal_tells_which_tabs_the_hub_knows(journal: Journal) -> None:
    assert registered(play("\n".join(journal.lines()))) == (1, 1)


def test_a_journal_that_leads_elsewhere_is_found(journal: Journal) -> None:
    *lines, end = journal.lines()
    with pytest.raises(Broken, match="input 4 of the journal"):
        play("\n".join([*lines, end]).replace("dnd", "away", 1))
    with pytest.raises(Broken, match="another hub"):
        play("\n".join([*lines, '{"end": "0"}']))


def test_a_hub_that_posts_twice_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    submit_once = Hub._submit
    monkeypatch.setattr(Hub, "_submit", lambda *words: submit_once(*words) * 2)
    hub = Hub("e")
    twice = Journal(hub)
    twice.tell(hub.receive_text, 1, '{"type": "CMD_STATUS", "id": "a", "payload": {"status": "dnd"}}', 0)
    with pytest.raises(Broken, match="posted twice"):
        play("\n".join(twice.lines()))


CALL = dict.fromkeys(("id", "direction", "phone", "state", "muted", "remoteHold"), "x")
TRUTH = {"operatorStatus": "ready", "calls": [CALL]}


@pytest.mark.parametrize(
    ("payload", "why"),
    [
        (None, "it shows nothing"),
        ({"connectionStatus": "connecting"}, "it is connecting"),
        (TRUTH | {"connectionStatus": "connected", "operatorStatus": "dnd"}, "the status is dnd, not ready"),
        (TRUTH | {"connectionStatus": "connected", "calls": []}, "the calls are []"),
        (TRUTH | {"connectionStatus": "connected"}, ""),
    ],
)
def test_a_tab_that_does_not_show_the_truth_is_found(payload: dict[str, Any] | None, why: str) -> None:
    found = difference(payload, TRUTH)
    assert found.startswith(why)
    assert bool(found) is bool(why)


# --- shrinking --------------------------------------------------------------------------------------------------------


def fails_with(*verbs: str) -> Any:
    """A walk that fails if it takes these steps."""

    def walk(steps: Sequence[Step]) -> Failure | None:
        return Failure("it fails", steps) if set(verbs) <= {step.verb for step in steps} else None

    return walk


def test_a_failure_becomes_as_short_as_it_can() -> None:
    steps = [Step(name) for name in "abcdefghijklmnopqrst"]
    assert shrunk(Failure("it fails", steps), fails_with("c", "q"), 100).steps == [Step("c"), Step("q")]


def test_shrinking_ends_when_its_budget_is_spent() -> None:
    steps = [Step(name) for name in "abcdefgh"]
    assert len(shrunk(Failure("it fails", steps), fails_with("h"), 1).steps) == 4
    assert shrunk(Failure("it fails", steps), fails_with("h"), 0).steps == steps
