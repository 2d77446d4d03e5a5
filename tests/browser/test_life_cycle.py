"""The four stories of the life of the phone, each with three tabs."""

import pytest

from .backend import BackendProcess
from .desk import Desk

pytestmark = pytest.mark.every_engine


def test_starting_the_application(desk: Desk, backend: BackendProcess) -> None:
    """Tab A opens; the worker is made, connects, and sends the state. The others find it running."""
    backend.control("faults", events={"do": "hold"})
    first = desk.widget()
    first.connection.has_text("Connecting…")
    backend.control("faults", events=None)
    first.is_connected()
    first.status.has_value("ready")
    assert first.state() == {
        "connectionStatus": "connected",
        "operatorStatus": "ready",
        "statusSince": backend.state()["statusSince"],
        "activeCall": None,
        "calls": [],
        "lastCall": None,
    }
    desk.widgets(2)
    assert len(desk.workers.targets()) == 1
    assert backend.state()["streamsOpened"] == 1


def test_opening_another_tab(desk: Desk, backend: BackendProcess) -> None:
    """Tab B finds the worker running and shows what A shows, in the middle of a call too."""
    first, second = desk.widgets(2)
    backend.ring("+493012345678", "Grace Hopper")
    first.button("Answer").click()
    first.shows("Talking")
    late = desk.widget().is_connected()
    late.shows("Talking")
    assert late.state() == first.state() == second.state()
    assert backend.state()["streamsOpened"] == 1


def test_an_incoming_event(desk: Desk, backend: BackendProcess) -> None:
    """The server sends call_incoming; every tab shows the call."""
    tabs = desk.widgets(3)
    backend.ring("+493012345678", "Grace Hopper")
    for tab in tabs:
        tab.shows("Ringing")
        tab.card("Grace Hopper").contains_text("+493012345678")
        tab.button("Answer").is_enabled()


def test_an_action_of_the_person(desk: Desk, backend: BackendProcess) -> None:
    """Tab A answers; the hub posts once; all tabs talk."""
    tabs = desk.widgets(3)
    call = backend.ring("+493012345678", "Grace Hopper")
    tabs[0].button("Answer").click()
    for tab in tabs:
        tab.shows("Talking")
    assert backend.posts("answer") == [{"callId": call}]
    tabs[2].button("Hang up").click()
    for tab in tabs:
        tab.shows_no_call()
        tab.last_call.contains_text("Ended")
    assert backend.posts("hangup") == [{"callId": call}]


def test_ten_tabs_have_one_connection(desk: Desk, backend: BackendProcess) -> None:
    tabs = desk.widgets(10)
    backend.ring("100")
    for tab in tabs:
        tab.shows("Ringing")
    state = backend.state()
    assert (state["streams"], state["maxStreams"], state["streamsOpened"]) == (1, 1, 1)
    assert len(desk.workers.targets()) == 1


def test_tabs_that_close_leave_the_others_their_phone(desk: Desk, backend: BackendProcess) -> None:
    first, second, third = desk.widgets(3)
    first.page.close()
    second.page.reload()
    backend.ring("100")
    for tab in (second, third):
        tab.shows("Ringing")
    assert backend.state()["streamsOpened"] == 1


def test_the_only_tab_goes_to_another_page_and_finds_the_phone_as_it_was(desk: Desk, backend: BackendProcess) -> None:
    [tab] = desk.widgets(1)
    backend.ring("100")
    tab.button("Answer").click()
    tab.shows("Talking")
    tab.page.goto("/")
    tab.shows("Talking")
    tab.is_connected()
    assert backend.state()["streamsOpened"] <= (1 if desk.engine.extended_lifetime else 2)


def test_without_extended_lifetime_the_last_tab_takes_the_stream_with_it(desk: Desk, backend: BackendProcess) -> None:
    tab = desk.plain().is_connected()
    tab.page.close()
    backend.until(lambda state: state["streams"] == 0)


def test_a_page_with_nothing_of_ours_may_be_there_first(desk: Desk, backend: BackendProcess) -> None:
    """It started the worker without extended lifetime, so ours does without."""
    plain = desk.plain().is_connected()
    [tab] = desk.widgets(1)
    backend.ring("100")
    tab.shows("Ringing")
    plain.hears("payload.activeCall?.state === 'ringing'")
    assert backend.state()["streamsOpened"] == 1
