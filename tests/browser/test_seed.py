"""A page with nothing of ours speaks the seed's messages, without ids, and that is enough."""

import pytest

from .backend import BackendProcess
from .desk import Desk
from .engines import Ability


def test_init_port_is_answered_while_python_loads_and_the_state_follows(desk: Desk) -> None:
    tab = desk.plain()
    first = tab.hears("message.type === 'SYNC_STATE'")
    assert first["payload"]["connectionStatus"] == "connecting"
    assert first["rev"] == 0
    tab.is_connected()
    revs = [message["rev"] for message in tab.heard() if message["type"] == "SYNC_STATE"]
    assert revs == sorted(revs)
    assert {message["epoch"] for message in tab.heard()} == {first["epoch"]}


SILENT = """(worker) => new Promise((resolve) => {
  const { port } = new SharedWorker(worker, { type: "module" });
  port.onmessage = ({ data }) => resolve(data);
})"""


def test_a_tab_that_says_nothing_is_asked_who_it_is(desk: Desk) -> None:
    """To a hub that WebKit has run anew on the same ports, all tabs are such."""
    [first, *_] = desk.plain().is_connected().heard()
    heard = desk.page("/plain.html").evaluate(SILENT, "/dist/sip-worker.js")
    assert heard == {"type": "REINIT", "epoch": first["epoch"]}


@pytest.mark.every_engine
def test_every_command_of_the_seed(desk: Desk, backend: BackendProcess) -> None:
    asking, watching = desk.plain().is_connected(), desk.plain().is_connected()

    asking.say("CMD_DIAL", payload={"phone": "123456"})
    for tab in (asking, watching):
        tab.hears("payload.activeCall?.state === 'dialing' && payload.activeCall.phone === '123456'")
    backend.far(backend.only_call(), "answer")
    watching.hears("payload.activeCall?.state === 'talking'")
    asking.say("CMD_HANGUP")
    watching.hears("payload.lastCall?.endReason === 'completed' && payload.activeCall === null")

    backend.ring("777")
    watching.hears("payload.activeCall?.state === 'ringing'")
    watching.forget()
    asking.say("CMD_ANSWER")
    watching.hears("payload.activeCall?.state === 'talking'")
    asking.say("CMD_STATUS", payload={"status": "dnd"})
    watching.hears("payload.operatorStatus === 'dnd'")

    assert backend.posts("dial") == [{"phone": "123456"}]
    assert len(backend.posts("answer")) == len(backend.posts("hangup")) == 1
    assert backend.posts("status") == [{"status": "dnd"}]
    assert {message["type"] for message in asking.heard()} <= {"SYNC_STATE", "PROGRESS"}, "without an id no result"


def test_a_failure_without_an_id_is_an_error_in_the_asking_tab_alone(desk: Desk) -> None:
    asking, watching = desk.plain().is_connected(), desk.plain().is_connected()
    asking.say("CMD_HANGUP")
    error = asking.hears("message.type === 'ERROR'")
    assert error["payload"] == {
        "code": "invalid_state",
        "message": "There is no such call; it may just have ended.",
        "command": "CMD_HANGUP",
    }
    asking.say("CMD_STATUS", payload={"status": "away"})
    watching.hears("payload.operatorStatus === 'away'")
    assert {message["type"] for message in watching.heard()} <= {"SYNC_STATE", "PROGRESS"}


@pytest.mark.needs(Ability.INSPECT)
def test_a_failed_request_is_written_to_the_workers_console(desk: Desk) -> None:
    tab = desk.plain().is_connected()
    tab.say("CMD_DIAL", payload={"phone": "503"})
    tab.hears("payload.code === 'api_503'")
    assert "CMD_DIAL failed: api_503" in desk.workers.report().lines


def test_commands_given_while_python_loads_are_carried_out(desk: Desk, backend: BackendProcess) -> None:
    tab = desk.plain()
    tab.say("CMD_DIAL", id="early", payload={"phone": "123456"})
    assert tab.hears("message.type === 'CMD_RESULT'") == {"type": "CMD_RESULT", "id": "early", "ok": True}
    assert backend.posts("dial") == [{"phone": "123456"}]


def test_nonsense_is_refused_and_nothing_else_happens(desk: Desk) -> None:
    tab = desk.plain().is_connected()
    tab.page.evaluate(
        "[null, 7, [], {type: 'toString'}, 10n, {type: 'CMD_DIAL', payload: '1'.repeat(1e7)}].forEach(say)"
    )
    tab.wait("heard.filter(({type}) => type === 'ERROR').length === 6")
    tab.say("PING")
    assert tab.hears("message.type === 'PONG'")["rev"] >= 1
