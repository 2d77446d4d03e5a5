"""The peers of the benchmark speak the protocol and carry calls, or it would prove nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route

from tests.bench.figures import JS, OURS, STOCK
from tests.bench.seat import Tab
from tests.bench.server import BenchServer
from tests.bench.sites import js_peer, pages, stock_peer

from . import marks
from .desk import Desk
from .tabs import PlainTab

pytestmark = marks.ONCE

WORKER = "/peers/js/sip-worker.js"
LATE = 500  # ms


@pytest.fixture
def bench_server(tmp_path: Path) -> Iterator[BenchServer]:
    for name, content in (pages() | js_peer() | stock_peer()).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    server = BenchServer(tmp_path)
    yield server
    server.stop()


@pytest.fixture
def bench_desk(browser: Browser, bench_server: BenchServer) -> Iterator[Desk]:
    opened = Desk(browser, bench_server.url)
    yield opened
    assert opened.close() == []


def connected(desk: Desk) -> PlainTab:
    return desk.plain(worker=WORKER).is_connected()


def test_a_call_rings_in_two_tabs_and_is_answered_in_one(bench_desk: Desk, bench_server: BenchServer) -> None:
    tabs = [connected(bench_desk), connected(bench_desk)]
    bench_server.ring("777", "Ada")
    for tab in tabs:
        tab.hears("payload.activeCall?.state === 'ringing' && payload.activeCall.displayName === 'Ada'")
    tabs[0].say("CMD_ANSWER", id="a")
    assert tabs[0].hears("message.type === 'CMD_RESULT'") == {"type": "CMD_RESULT", "id": "a", "ok": True}
    for tab in tabs:
        tab.hears("payload.activeCall?.state === 'talking'")
    assert len(bench_server.posts("answer")) == 1
    assert not tabs[1].page.evaluate("heard.some(({type}) => type === 'CMD_RESULT')")


def test_its_state_has_the_fields_and_values_of_the_python_hub(bench_desk: Desk, bench_server: BenchServer) -> None:
    bench_server.control("settings", ringTimeout=None)
    bench_server.ring("777")
    [plain, ours] = [connected(bench_desk), bench_desk.plain().is_connected()]
    for tab in (plain, ours):
        tab.hears("payload.activeCall?.state === 'ringing'")
    assert plain.state() == ours.state()
    said, asked = plain.heard()[-1], ours.heard()[-1]
    assert set(said) == set(asked)


def test_dial_hold_resume_status_and_hangup(bench_desk: Desk, bench_server: BenchServer) -> None:
    tab = connected(bench_desk)
    tab.say("CMD_DIAL", payload={"phone": "123456"})
    tab.hears("payload.activeCall?.state === 'dialing'")
    bench_server.far(bench_server.only_call(), "answer")
    tab.hears("payload.activeCall?.state === 'talking'")
    tab.say("CMD_HOLD")
    tab.hears("payload.activeCall?.state === 'held'")
    tab.forget()
    tab.say("CMD_RESUME")
    tab.hears("payload.activeCall?.state === 'talking'")
    tab.say("CMD_STATUS", payload={"status": "dnd"})
    tab.hears("payload.operatorStatus === 'dnd'")
    tab.say("CMD_HANGUP")
    tab.hears("payload.activeCall === null && payload.lastCall?.endReason === 'completed'")
    tab.say("CMD_HANGUP", id="late")
    assert tab.hears("message.id === 'late'")["error"]["code"] == "invalid_state"


def test_a_lost_stream_is_said_and_heals(bench_desk: Desk, bench_server: BenchServer) -> None:
    tab = connected(bench_desk)
    tab.forget()
    bench_server.control("cut", how="reset")
    tab.hears("payload.connectionStatus === 'reconnecting'")
    tab.is_connected()


@pytest.mark.parametrize("peer", [JS, STOCK])
def test_the_widget_draws_it_and_the_benchmark_sees_that(
    bench_desk: Desk, bench_server: BenchServer, peer: str
) -> None:
    tab = bench_desk.widget(f"/peers/{peer}/index.html").is_connected()
    call = bench_server.ring("777", "Ada")
    tab.button("Answer").click()
    tab.shows("Talking")
    bench_server.far(call, "hangup")
    tab.shows_no_call()
    moments = ["asked", "synced", "drawn", "ringing Ada", "talking Ada", "gone Ada"]
    times = tab.page.evaluate("names => bench.clock(names)", moments)
    assert times == sorted(times)


def test_another_tab_is_open_only_when_its_scripts_can_be_asked(bench_desk: Desk) -> None:
    tab = Tab(bench_desk.page(f"/peers/{OURS}/index.html"))
    tab.when("connected")

    def late(route: Route) -> None:
        tab.page.wait_for_timeout(LATE)
        route.continue_()

    bench_desk.context.playwright.route("**/probe.js", late)
    assert tab.open_another().when("asked") > LATE
