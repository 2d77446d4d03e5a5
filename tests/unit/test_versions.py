"""A hub meets tabs of other builds: they work together, the older ones are told, and the hub of an older one ends."""

from typing import Any

import pytest

from worker_py.effects import Effect, Retire, Send, StartTimer, StopTimer, Timer
from worker_py.hub import Hub
from worker_py.versions import numbers

from .conftest import Bench
from .wire import CLOSED, EPOCH, RINGS, TAB_A, TAB_B, TAB_C, a_call, done, ended, posted, shown, talking

OWN, OLDER, NEWER, NEWEST = "0.9.0", "0.8.12", "0.10.0", "1.0.0"
LATER = 60_000  # ms; by then the hub has long started
RESTING = [*CLOSED, StopTimer(Timer.RETRY), StopTimer(Timer.QUIET)]


def outdated(version: str, *tabs: int, **more: Any) -> Send:
    return Send(tabs, {"type": "OUTDATED", "version": version, **more})


def says(phone: Bench, port: int, version: str | None, now: int = LATER) -> list[Effect]:
    payload = {} if version is None else {"version": version}
    return phone.hub.receive_message(port, {"type": "INIT_PORT", "payload": payload}, now)


@pytest.fixture
def phone(new: Bench) -> Bench:
    """A hub of build OWN with an open stream and two tabs: one of the same build, and one that tells none."""
    new.hub = Hub(EPOCH, version=OWN)
    new.hub.start()
    says(new, TAB_A, OWN, 0)
    says(new, TAB_B, None, 0)
    new.hub.stream_event(1, "x-hello", "", "", 0)
    return new


VERSIONS = [("0.1.0", (0, 1, 0)), ("10", (10,)), (None, ()), ("", ()), ("1.", ()), ("1.0-beta", ()), ("1.2\n", ())]


@pytest.mark.parametrize(("version", "expected"), [*VERSIONS, ("٣.1", ()), ("1" * 10, ()), (".".join("1" * 9), ())])
def test_a_version_is_its_numbers_or_none_at_all(version: str | None, expected: tuple[int, ...]) -> None:
    assert numbers(version) == expected


@pytest.mark.parametrize("version", [OWN, None, "no version"])
def test_a_tab_of_the_same_build_or_of_none_is_told_nothing(phone: Bench, version: str | None) -> None:
    assert says(phone, TAB_C, version) == [shown(1, to=(TAB_C,))]


def test_an_older_tab_is_told_and_served(phone: Bench) -> None:
    assert says(phone, TAB_C, OLDER) == [shown(1, to=(TAB_C,)), outdated(OWN, TAB_C)]
    assert phone.command("CMD_STATUS", TAB_C, "a", status="dnd") == [
        posted(1, "status", '{"status": "dnd"}', "a"),
    ]


def test_for_a_newer_tab_the_hub_ends_at_once_if_nothing_is_under_way(phone: Bench) -> None:
    assert says(phone, TAB_C, NEWER) == [
        shown(1, to=(TAB_C,)),
        outdated(NEWER, TAB_A),
        StartTimer(Timer.RETIRE, 0),
    ]
    farewell = outdated(NEWER, TAB_A, TAB_B, TAB_C, retired=True)
    assert phone.hub.timer_fired(Timer.RETIRE, LATER) == [*RESTING, farewell, Retire()]


def test_a_call_is_over_before_the_hub_ends(phone: Bench) -> None:
    phone.event("call_incoming", id="1", phone="100", state="talking")
    assert says(phone, TAB_C, NEWER) == [
        shown(2, talking(), to=(TAB_C,)),
        outdated(NEWER, TAB_A),
        StartTimer(Timer.RETIRE, 0),
    ]
    everybody = (TAB_A, TAB_B, TAB_C)
    assert phone.hub.timer_fired(Timer.RETIRE, LATER) == []
    assert phone.event("call_updated", id="1", muted=True)[1:] == []
    assert phone.event("call_ended", id="1", endReason="completed") == [
        shown(4, lastCall=ended(talking(muted=True), "completed"), to=everybody),
        *RESTING,
        outdated(NEWER, *everybody, retired=True),
        Retire(),
    ]


def test_a_command_has_its_result_before_the_hub_ends(phone: Bench) -> None:
    phone.command("CMD_STATUS", id="a", status="dnd")
    says(phone, TAB_C, NEWER)
    assert phone.hub.timer_fired(Timer.RETIRE, LATER) == []
    assert phone.event("call_incoming", id="1", phone="100")[1:] == [RINGS]
    everybody = (TAB_A, TAB_B, TAB_C)
    assert phone.event("call_ended", id="1")[1:] == []
    assert phone.answer(1)[1:] == [
        done("a"),
        *RESTING,
        outdated(NEWER, *everybody, retired=True),
        Retire(),
    ]


def test_a_phone_that_is_signed_out_has_no_call_that_the_hub_would_wait_for(phone: Bench) -> None:
    phone.event("call_incoming", id="1", phone="100")
    says(phone, TAB_C, NEWER)
    phone.hub.timer_fired(Timer.RETIRE, LATER)
    phone.hub.stream_failed(1, permanent=True, now=0)
    assert phone.hub.probed(1, 401, "", 0)[-1] == Retire()


def test_one_that_comes_while_the_old_hub_lives_is_told_of_the_newest(phone: Bench) -> None:
    phone.event("call_incoming", id="1", phone="100")
    says(phone, TAB_C, NEWER)
    assert says(phone, TAB_B, OWN) == [shown(2, a_call(), to=(TAB_B,)), outdated(NEWER, TAB_B)]
    assert says(phone, TAB_C, NEWEST) == [
        shown(2, a_call(), to=(TAB_C,)),
        outdated(NEWEST, TAB_A, TAB_B),
        StartTimer(Timer.RETIRE, 0),
    ]


def test_a_hub_that_has_just_started_out_of_an_old_cache_stays_for_ten_minutes(new: Bench) -> None:
    new.hub = Hub(EPOCH, version=OWN)
    new.hub.start()
    new.hub.stream_event(1, "x-hello", "", "", 0)
    says(new, TAB_A, OWN, 0)
    assert says(new, TAB_B, NEWER, 9_999) == [
        shown(1, to=(TAB_B,)),
        outdated(NEWER, TAB_A),
        StartTimer(Timer.RETIRE, 600_000),
    ]
    assert says(new, TAB_C, NEWER, LATER) == [shown(1, to=(TAB_C,))]
    assert new.event("operator_status", LATER, status="dnd")[1:] == []
    assert new.hub.timer_fired(Timer.RETIRE, 600_000)[-1] == Retire()


@pytest.mark.parametrize("version", [None, "no version"])
def test_a_hub_without_a_version_compares_nothing(new: Bench, version: str | None) -> None:
    new.hub = Hub(EPOCH, version=version)
    new.hub.start()
    new.hub.stream_event(1, "x-hello", "", "", 0)
    says(new, TAB_A, OWN, 0)
    assert says(new, TAB_B, NEWER) == [shown(1, to=(TAB_B,))]
