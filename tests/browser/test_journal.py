"""The journal of a hub in a browser, played on CPython."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from worker_py.protocol import state_payload
from worker_py.replay import Replay

from . import marks
from .backend import BackendProcess
from .desk import Desk
from .tabs import State

pytestmark = marks.SHARED_HUB


def calls(state: State) -> list[tuple[str, str, bool]]:
    return [(call["direction"], call["state"], call["muted"]) for call in [*state["calls"], state["lastCall"]]]


def test_a_journal_plays_on_cpython_to_the_same_effects_and_the_same_state(
    desk: Desk, backend: BackendProcess, tmp_path: Path
) -> None:
    first, second = desk.widgets(2)
    backend.ring("+49307654321", "Grace Hopper")
    first.button("Answer").click()
    second.button("Mute").click()
    second.button("Hang up").click()
    first.shows_no_call()
    first.dial("Lovelace")
    first.error.contains_text("is not a number")
    backend.ring("5550142", "Ada Lovelace")
    second.button("Answer").click()
    first.shows("Talking")

    text = first.phone.evaluate("phone => phone.client.journal()")
    for secret in ("7654321", "5550142", "Grace", "Hopper", "Lovelace"):
        assert secret not in text
    replay = Replay(text)
    assert all(step.same for step in replay.steps())
    assert replay.same_in_the_end()
    assert calls(state_payload(replay.hub.state)) == calls(second.state())

    file = tmp_path / "journal.jsonl"
    file.write_text(text)
    command = [sys.executable, "-m", "worker_py.replay", str(file), "--quiet"]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.startswith("The same effects")


@pytest.mark.every_engine
def test_a_page_with_nothing_of_ours_may_ask_for_the_journal(desk: Desk) -> None:
    tab = desk.plain().is_connected()
    tab.say("JOURNAL", id="a")
    answer = tab.hears("message.type === 'JOURNAL'")
    assert (answer["id"], answer["ok"]) == ("a", True)
    last = json.loads(answer["payload"]["text"].splitlines()[-2])
    assert (last["input"], json.loads(last["text"])["type"]) == ("receive_text", "JOURNAL")
