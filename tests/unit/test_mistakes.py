"""A mistake of ours in the midst of a command: the tab that asked has its result, and the next command works."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from worker_py import hub as hub_module
from worker_py import outcome, protocol, sip_api
from worker_py.commands import Commands
from worker_py.effects import Log, Send
from worker_py.hub import Hub

from .conftest import Bench
from .test_journal import play, recorded
from .wire import TAB_B, complaint, dialing, done, ended, posted, refused, shown

WHY = "The phone made a mistake of its own. See whether it was done before you repeat it."
FAILED = refused("a", "internal", WHY)


def broken(*_: Any, **__: Any) -> Any:
    raise KeyError("5550199")


def results(effects: list[Any]) -> list[Any]:
    return [each for each in effects if isinstance(each, Send) and each.message["type"] == "CMD_RESULT"]


# What is broken for one command: where the command is read, remembered, carried out, and answered.
PLACES: dict[str, tuple[Any, str]] = {
    "while it is read": (protocol, "decode_command"),
    "while it is compared with others": (Commands, "again"),
    "while it is judged": (hub_module, "order_for"),
    "while its state is made": (hub_module, "reduce"),
    "while its request is made": (sip_api, "request_headers"),
}


@pytest.mark.parametrize(("owner", "name"), PLACES.values(), ids=PLACES)
def test_a_command_that_raises_settles_and_the_next_one_works(
    phone: Bench, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str
) -> None:
    with monkeypatch.context() as mistake:
        mistake.setattr(owner, name, broken)
        effects = phone.command("CMD_DIAL", id="a", phone="5")
    assert results(effects) == [FAILED]
    effects = phone.command("CMD_DIAL", id="b", phone="5")
    assert [effect.body for effect in effects if hasattr(effect, "body")] == ['{"phone": "5"}']
    assert len(phone.hub.state.calls) == 1, "nothing is left of the first one"


def test_a_command_without_an_id_that_raises_is_an_error(phone: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as mistake:
        mistake.setattr(protocol, "decode_command", broken)
        effects = phone.command("CMD_HANGUP")
    [line, error] = effects
    assert error == complaint("internal", WHY, command="CMD_HANGUP")
    assert isinstance(line, Log)
    assert re.fullmatch(r"CMD_HANGUP failed by a mistake of the phone itself: KeyError in \w+, line \d+", line.text)


ENDS: dict[str, tuple[str, Callable[[Bench], list[Any]]]] = {
    "answer": ("of_success", lambda phone: phone.answer(1)),
    "refusal": ("of_failure", lambda phone: phone.answer(1, status=503)),
    "no answer": ("of_failure", lambda phone: phone.hub.post_failed(1, timed_out=True, now=0)),
}


@pytest.mark.parametrize(("name", "end"), ENDS.values(), ids=ENDS)
def test_an_answer_whose_handling_raises_settles_the_command(
    phone: Bench, monkeypatch: pytest.MonkeyPatch, name: str, end: Callable[[Bench], list[Any]]
) -> None:
    phone.command("CMD_STATUS", id="a", status="dnd")
    with monkeypatch.context() as mistake:
        mistake.setattr(outcome, name, broken)
        effects = end(phone)
    assert results(effects) == [FAILED]
    assert end(phone) == [], "it is over"
    assert phone.command("CMD_STATUS", TAB_B, "b", status="dnd") == [posted(2, "status", '{"status": "dnd"}', "b")]
    assert phone.answer(2)[-1] == done("b", TAB_B)


def test_a_command_that_waits_and_then_raises_settles(phone: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    phone.command("CMD_DIAL", id="d", phone="5")
    phone.command("CMD_HANGUP", id="a")
    with monkeypatch.context() as mistake:
        mistake.setattr(hub_module, "order_for", broken)
        effects = phone.event("call_updated", id="X", phone="5", direction="outbound")
    assert results(effects) == [FAILED]


def test_a_mistake_after_the_result_leaves_it_at_that(phone: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    phone.command("CMD_STATUS", id="a", status="dnd")
    with monkeypatch.context() as mistake:
        mistake.setattr(Hub, "_resubmit", broken)
        effects = phone.answer(1)
    assert [effect for effect in effects if isinstance(effect, Log)]
    assert phone.command("CMD_STATUS", id="a", status="dnd") == [done("a")]


def test_a_post_that_breaks_by_a_mistake_of_ours_settles(phone: Bench) -> None:
    phone.command("CMD_DIAL", id="a", phone="5")
    last = ended(dialing("provisional-epoch-1", "5"), "failed")
    assert phone.hub.post_broken(1, 0) == [Log("CMD_DIAL failed: internal"), shown(3, lastCall=last), FAILED]
    assert phone.hub.post_broken(1, 0) == []


def test_a_mistake_in_a_command_is_the_same_in_the_replay(monkeypatch: pytest.MonkeyPatch) -> None:
    command = ("receive_text", {"port": 1, "text": '{"type": "CMD_HANGUP", "id": "a"}', "now": 0})
    with monkeypatch.context() as mistake:
        mistake.setattr(hub_module, "order_for", broken)
        _, journal = recorded([("start", {}), command])
        assert play("\n".join(journal.lines()))[1] == []
