"""An old page and a new bundle side by side: one worker serves both, and the hub of the old build makes way."""

import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Error as PlaywrightError

from .backend import BackendProcess
from .desk import Desk
from .drivers import Page
from .tabs import PlainTab, WidgetTab

OLD, NEW = "0.9.0+aaaaaaaa", "0.10.0+aaaaaaaa"  # as texts they would compare the other way round
REBUILT = "0.9.0+bbbbbbbb"
ASKED, SILENT = 6, 5_000  # times, ms
NEWS = "A new version of the phone is ready. Reload this page when your calls are over."

# A hub that has just started does not make way, so the worker's clock is one that a test can put on.
CLOCK = """{
  const clock = new BroadcastChannel("clock");
  const now = Date.now;
  let lead = 0;
  Date.now = () => now() + lead;
  clock.onmessage = ({ data }) => { lead += data; clock.postMessage("done"); };
}
"""
PUT_ON = """(milliseconds) => new Promise((resolve) => {
  const clock = new BroadcastChannel("clock");
  clock.onmessage = resolve;
  clock.postMessage(milliseconds);
})"""

# The page's own policy forbids Playwright to evaluate a condition again and again.
RINGS = """() => new Promise((resolve) => {
  const look = () => client.state.activeCall?.state === "ringing" && resolve();
  client.addEventListener("statechange", look);
  look();
})"""


@dataclass
class Site:
    """A desk, and the bundle that its server has: first the old one."""

    desk: Desk
    backend: BackendProcess
    dist: Path

    def release(self, version: str, *names: str) -> None:
        """Let these scripts of the bundle be of that version; without names, all that know it."""
        for name in names or ("sip-worker.js", "sip-client.js"):
            script = self.dist / name
            text, count = re.subn(r'([:=])"\d+\.\d+\.\d+\+\w+"', rf'\1"{version}"', script.read_text("utf-8"), count=1)
            assert count == 1
            script.write_text(text, "utf-8")

    def pass_a_minute(self, page: Page) -> None:
        page.evaluate(PUT_ON, 60_000)
        self.backend.control("settings")  # pings, or a tab that comes to the front has the stream taken for dead

    def follows(self, old_worker: list[str]) -> None:
        """One worker comes to be there, and it is another than before. WebKit, when busy, was seen to have two."""
        self.backend.until(lambda state: state["streamsOpened"] == 2)
        for worker in old_worker:
            self.desk.workers.ends(worker)
        self.desk.workers.come_to(1)


@pytest.fixture
def site(desk_on_copy: tuple[Desk, Path], backend_of_copy: BackendProcess) -> Site:
    desk, dist = desk_on_copy
    worker = dist / "sip-worker.js"
    worker.write_text(CLOCK + worker.read_text("utf-8"), "utf-8")
    opened = Site(desk, backend_of_copy, dist)
    opened.release(OLD)
    return opened


def is_told(tab: WidgetTab) -> None:
    tab.phone.find("[part=notice]").contains_text(NEWS)
    tab.button("Reload").is_visible()


def is_not_told(tab: WidgetTab) -> None:
    tab.phone.find("[part=notice]").is_hidden()


def asks_until_answered(page: Page) -> None:
    """Connect as the README tells pages with nothing of ours: Firefox may still lead them to the worker that ends."""
    for _ in range(ASKED):
        with suppress(PlaywrightError, AssertionError):
            PlainTab(page).hears("payload.connectionStatus === 'connected'", SILENT)
            return
    raise AssertionError(f"Nobody answered {ASKED} times.")


@pytest.mark.parametrize("version", [REBUILT, "0.8.0+aaaaaaaa"])
def test_what_the_server_gives_is_what_runs_rebuilt_or_rolled_back(site: Site, version: str) -> None:
    before = site.desk.widget().is_connected()
    site.pass_a_minute(before.page)
    worker = site.desk.workers.targets()
    site.release(version)
    after = site.desk.widget()
    site.follows(worker)
    for tab in (before, after):
        tab.is_connected()
    is_told(before)
    is_not_told(after)
    assert after.phone.evaluate("async (phone) => (await phone.client.check()).version") == version


@pytest.mark.every_engine
def test_an_old_page_and_a_new_bundle_side_by_side_both_work_and_the_old_one_is_told(site: Site) -> None:
    old = site.desk.widget().is_connected()
    site.pass_a_minute(old.page)
    worker = site.desk.workers.targets()
    site.backend.ring("100")
    old.button("Answer").click()
    old.shows("Talking")

    site.release(NEW)
    new = site.desk.widget().is_connected()
    for tab in (old, new):
        tab.shows("Talking")
    is_told(old)
    new.button("Hold").click()
    old.shows("On hold")
    assert site.desk.workers.targets() == worker, "calls are never left alone"

    old.button("Hang up").click()
    site.follows(worker)
    for tab in (old, new):
        tab.is_connected()
    is_told(old)
    is_not_told(new)
    site.backend.ring("200")
    old.button("Answer").click()
    for tab in (old, new):
        tab.shows("Talking")
    assert site.backend.state()["maxStreams"] == 1

    old.button("Reload").click()
    old.shows("Talking")
    is_not_told(old)


def test_a_page_of_an_older_build_that_comes_to_a_new_hub_is_told_and_works(site: Site) -> None:
    site.release(NEW)
    new = site.desk.widget().is_connected()
    site.pass_a_minute(new.page)
    site.release(OLD, "sip-client.js")
    old = site.desk.widget().is_connected()
    is_told(old)
    site.backend.ring("100")
    old.button("Answer").click()
    new.shows("Talking")
    is_not_told(new)
    assert site.backend.state()["streamsOpened"] == 1


def test_an_old_worker_out_of_the_cache_serves_a_new_page_and_does_not_end_over_and_over(
    site: Site,
) -> None:
    site.release(NEW, "sip-client.js")
    new = site.desk.widget().is_connected()
    site.backend.ring("100")
    new.button("Decline").click()
    new.shows_no_call()
    site.pass_a_minute(new.page)
    site.desk.widget().is_connected()
    is_not_told(new)
    assert site.backend.state()["streamsOpened"] == 1


@pytest.mark.every_engine
def test_a_page_with_nothing_of_ours_is_told_that_the_hub_ends_and_asks_for_the_next(site: Site) -> None:
    plain = site.desk.plain().is_connected()
    site.pass_a_minute(plain.page)
    worker = site.desk.workers.targets()
    site.release(NEW)
    new = site.desk.page("/plain.html")
    new.evaluate("import('/dist/sip-client.js').then(({SipClient}) => { window.client = SipClient.connect(); })")
    assert plain.hears("message.type === 'OUTDATED'") == {"type": "OUTDATED", "version": NEW, "retired": True}
    site.follows(worker)
    asks_until_answered(plain.page)
    site.backend.ring("100")
    plain.hears("payload.activeCall?.state === 'ringing'")
    new.evaluate(RINGS)
    assert site.backend.state()["maxStreams"] == 1
