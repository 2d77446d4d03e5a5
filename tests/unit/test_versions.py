"""A hub meets tabs of other builds: they work together, and what the server gives is what runs in the end."""

from typing import Any

import pytest

from worker_py.effects import AskVersion, Effect, Retire, Send, StartTimer, StopTimer, Timer
from worker_py.hub import Hub
from worker_py.versions import numbers, read_version

from .conftest import Bench
from .wire import CLOSED, EPOCH, RINGS, TAB_A, TAB_B, TAB_C, a_call, done, ended, posted, shown, talking

OWN, REBUILT = "0.9.0+abcdefgh", "0.9.0+ponmlkji"
OLDER, NEWER, NEWEST = "0.8.12+aaaaaaaa", "0.10.0+aaaaaaaa", "1.0.0"
LATER = 60_000  # ms; by then the hub has long started
RESTING = [*CLOSED, StopTimer(Timer.RETRY), StopTimer(Timer.QUIET)]


def outdated(version: str, *tabs: int, **more: Any) -> Send:
    return Send(tabs, {"type": "OUTDATED", "version": version, **more})


def says(phone: Bench, port: int, version: str | None, now: int = LATER) -> list[Effect]:
    payload = {} if version is None else {"version": version}
    return phone.hub.receive_message(port, {"type": "INIT_PORT", "payload": payload}, now)


def told(phone: Bench, version: str | None, now: int = LATER) -> list[Effect]:
    """The server says which version it gives."""
    return phone.hub.version_told(version, now)


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
BUILDS = [("0.1.0+abcdefgh", (0, 1, 0)), ("1+abcdefg", ()), ("1+abcdefgz", ()), ("1+12345678", ())]
NONE = [("٣.1", ()), ("1" * 10, ()), (".".join("1" * 9), ())]


@pytest.mark.parametrize(("version", "expected"), [*VERSIONS, *BUILDS, *NONE])
def test_a_version_is_its_numbers_or_none_at_all(version: str | None, expected: tuple[int, ...]) -> None:
    assert numbers(version) == expected


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ('const BUILD = {"version":"0.1.0+abcdefgh","runtime":"x"};', "0.1.0+abcdefgh"),
        ('var w={version:"0.1.0+abcdefgh",runtime:"x"}', "0.1.0+abcdefgh"),
        ('var info={version:"314.0.7"}', None),
        ('var w={version:"1.1.1.1.1+abcdefgh"}', None),
        ("<h1>Not found</h1>", None),
    ],
)
def test_a_worker_names_its_version(script: str, expected: str | None) -> None:
    assert read_version(script) == expected


@pytest.mark.parametrize("version", [OWN, None, "no version"])
def test_a_tab_of_the_same_build_or_of_none_is_told_nothing(phone: Bench, version: str | None) -> None:
    assert says(phone, TAB_C, version) == [shown(1, to=(TAB_C,))]


def test_an_older_tab_is_told_and_served(phone: Bench) -> None:
    assert says(phone, TAB_C, OLDER) == [shown(1, to=(TAB_C,)), AskVersion()]
    assert told(phone, OWN) == [outdated(OWN, TAB_C)]
    assert phone.command("CMD_STATUS", TAB_C, "a", status="dnd") == [
        posted(1, "status", '{"status": "dnd"}', "a"),
    ]


@pytest.mark.parametrize("version", [NEWER, NEWEST, REBUILT, OLDER])
def test_what_the_server_gives_now_is_what_runs_newer_or_older(phone: Bench, version: str) -> None:
    assert says(phone, TAB_C, version) == [shown(1, to=(TAB_C,)), AskVersion()]
    assert told(phone, version) == [outdated(version, TAB_A), StartTimer(Timer.RETIRE, 0)]
    farewell = outdated(version, TAB_A, TAB_B, TAB_C, retired=True)
    assert phone.hub.timer_fired(Timer.RETIRE, LATER) == [*RESTING, farewell, Retire()]


def test_ten_tabs_that_come_at_once_ask_the_server_once(phone: Bench) -> None:
    asked = [says(phone, port, REBUILT)[1:] for port in range(10, 20)]
    assert asked == [[AskVersion()], *([[]] * 9)]
    assert told(phone, OWN) == [outdated(OWN, *range(10, 20))]
    assert says(phone, TAB_C, REBUILT)[1:] == [AskVersion()], "it may have changed"


def test_a_server_that_does_not_say_changes_nothing(phone: Bench) -> None:
    says(phone, TAB_B, OLDER)
    says(phone, TAB_C, NEWER)
    assert told(phone, None) == [outdated(OWN, TAB_B)]


def test_a_tab_that_is_ahead_of_a_site_halfway_to_a_new_build_is_told_nothing(phone: Bench) -> None:
    says(phone, TAB_C, NEWER)
    assert told(phone, OWN) == []


def test_a_site_that_goes_back_while_a_call_is_on_keeps_its_hub(phone: Bench) -> None:
    phone.event("call_incoming", id="1", phone="100", state="talking")
    says(phone, TAB_C, REBUILT)
    told(phone, REBUILT)
    assert phone.hub.timer_fired(Timer.RETIRE, LATER) == []
    assert says(phone, TAB_B, OWN)[1:] == [AskVersion()]
    assert told(phone, OWN) == [outdated(OWN, TAB_C), StopTimer(Timer.RETIRE)]
    assert phone.event("call_ended", id="1")[1:] == []


def test_a_call_is_over_before_the_hub_ends(phone: Bench) -> None:
    phone.event("call_incoming", id="1", phone="100", state="talking")
    says(phone, TAB_C, NEWER)
    told(phone, NEWER)
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
    told(phone, NEWER)
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
    told(phone, NEWER)
    phone.hub.timer_fired(Timer.RETIRE, LATER)
    phone.hub.stream_failed(1, permanent=True, now=0)
    assert phone.hub.probed(1, 401, "", 0)[-1] == Retire()


def test_one_that_comes_while_the_old_hub_lives_is_told_of_the_newest(phone: Bench) -> None:
    phone.event("call_incoming", id="1", phone="100")
    says(phone, TAB_C, NEWER)
    told(phone, NEWER)
    assert says(phone, TAB_B, OWN) == [shown(2, a_call(), to=(TAB_B,)), AskVersion()]
    assert told(phone, NEWER) == [outdated(NEWER, TAB_B)]
    assert says(phone, TAB_C, NEWEST) == [shown(2, a_call(), to=(TAB_C,)), AskVersion()]
    assert told(phone, NEWEST) == [outdated(NEWEST, TAB_A, TAB_B), StartTimer(Timer.RETIRE, 0)]


def test_a_hub_that_has_just_started_stays_for_ten_seconds_and_no_longer(new: Bench) -> None:
    """Where a cache goes on giving the old worker, one start must not follow the other."""
    new.hub = Hub(EPOCH, version=OWN)
    new.hub.start()
    new.hub.stream_event(1, "x-hello", "", "", 0)
    says(new, TAB_A, OWN, 0)
    says(new, TAB_B, NEWER, 3_000)
    assert told(new, NEWER, 3_100) == [outdated(NEWER, TAB_A), StartTimer(Timer.RETIRE, 6_900)]
    assert new.hub.timer_fired(Timer.RETIRE, 10_000)[-1] == Retire()


@pytest.mark.parametrize("version", [None, "no version"])
def test_a_hub_without_a_version_compares_nothing(new: Bench, version: str | None) -> None:
    new.hub = Hub(EPOCH, version=version)
    new.hub.start()
    new.hub.stream_opened(1, 0)
    says(new, TAB_A, OWN, 0)
    assert says(new, TAB_B, NEWER) == [shown(1, to=(TAB_B,))]
    assert told(new, NEWER) == []
