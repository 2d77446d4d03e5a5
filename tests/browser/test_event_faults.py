"""Events of the backend that say nothing, or something odd: nothing changes, nothing dies."""

import pytest

from .backend import BackendProcess
from .desk import Desk


@pytest.mark.every_engine
def test_what_cannot_be_read_is_told_and_changes_nothing(desk: Desk, backend: BackendProcess) -> None:
    tab = desk.plain().is_connected()
    backend.control("send", event="call_incoming", data="{nonsense")
    error = tab.hears("message.type === 'ERROR'")
    assert error["payload"]["code"] == "bad_event"
    backend.control("send", event="call_incoming", data="[" * 50_000)
    tab.wait("heard.filter(({type}) => type === 'ERROR').length === 2")
    backend.ring("100")
    tab.hears("payload.activeCall?.state === 'ringing'")
    assert tab.state()["connectionStatus"] == "connected"


def test_a_server_event_named_error_is_no_failure(desk: Desk, backend: BackendProcess) -> None:
    tab = desk.plain().is_connected()
    backend.control("send", event="error", data={})
    backend.ring("100")
    tab.hears("payload.activeCall?.state === 'ringing'")
    assert tab.state()["connectionStatus"] == "connected"
    assert backend.state()["streamsOpened"] == 1
