"""The self-check: what it tells whoever helps an operator, and how one gets at it."""

import re
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Locator, expect

from worker_py.events import ConnectionStatus
from worker_py.protocol import state_payload
from worker_py.state import State

from . import marks
from .backend import BackendProcess, version_of_bundle
from .desk import Desk
from .tabs import BOOT, WidgetTab
from .test_boot import snapshot_of

pytestmark = marks.SHARED_HUB

KEYS = "Alt+Shift+KeyI"
FILE = "sip-phone-check.js"
EVERY = 1_000  # ms between two questions

# Gives the phone a client whose hub answers a request with these messages alone.
OTHER_HUB = """async (phone, [state, answers]) => {
  const {SipClient} = await import("/dist/sip-client.js");
  const {port1, port2} = new MessageChannel();
  let asked = 0;
  const {promise, resolve} = Promise.withResolvers();
  window.askedAgain = promise;
  port2.onmessage = ({data}) => {
    if (data.type !== "CHECK") return;
    if (++asked === 2) resolve(true);
    answers.forEach((message) => port2.postMessage(message));
  };
  phone.client = new SipClient(port1);
  port2.postMessage({type: "SYNC_STATE", payload: state, epoch: "e", rev: 1});
}"""
STATE = state_payload(State(connection=ConnectionStatus.CONNECTED))
UNSUPPORTED = {"code": "unsupported", "message": "The phone does not know this message."}


class SelfCheck:
    """The panel in one tab."""

    def __init__(self, tab: WidgetTab, name: str = "Self-check") -> None:
        self.tab = tab
        self.panel = tab.phone.locator.get_by_role("region", name=name)
        self.problem = self.panel.get_by_role("alert")
        self.said = self.panel.get_by_role("status")

    def text(self, term: str) -> Locator:
        return self.panel.locator(f'dl > div:has(> dt:text-is("{term}")) > dd')

    def button(self, name: str) -> Locator:
        return self.panel.get_by_role("button", name=name)

    def says(self, term: str, text: str) -> None:
        """`text` is a pattern of the whole."""
        expect(self.text(term)).to_have_text(re.compile(f"^{text}$"))


def opened(tab: WidgetTab) -> SelfCheck:
    tab.page.playwright.keyboard.press(KEYS)
    check = SelfCheck(tab)
    expect(check.panel).to_be_visible()
    return check


def fetched(tab: WidgetTab) -> int:
    """Return how often the page has asked for the file of the self-check."""
    names = tab.page.evaluate("performance.getEntriesByType('resource').map(({name}) => name.split('/').at(-1))")
    return list(names).count(FILE)


# --- open and closed --------------------------------------------------------------------------------------------------


def test_its_keys_open_it_and_escape_closes_it_and_the_focus_goes_in_and_comes_back(desk: Desk) -> None:
    [tab] = desk.widgets(1)
    tab.number.locator.focus()
    check = opened(tab)
    expect(check.panel).to_be_focused()
    tab.phone.has_attribute("check", "")
    tab.page.playwright.keyboard.press("Tab")
    expect(check.button("Close the self-check")).to_be_focused()
    tab.page.playwright.keyboard.press("Escape")
    expect(check.panel).to_have_count(0)
    tab.number.is_focused()
    assert tab.phone.evaluate("phone => phone.check") is False


def test_its_keys_and_its_button_close_it_too(desk: Desk) -> None:
    [tab] = desk.widgets(1)
    tab.number.locator.focus()
    check = opened(tab)
    check.button("Close the self-check").click()
    expect(check.panel).to_have_count(0)
    tab.number.is_focused()
    opened(tab)
    tab.page.playwright.keyboard.press(KEYS)
    expect(check.panel).to_have_count(0)
    tab.number.is_focused()


@marks.OWN_HUB
def test_by_the_attribute_it_is_open_from_the_beginning_and_leaves_the_focus_where_it_is(desk: Desk) -> None:
    tab = WidgetTab(desk.page("/plain.html"))
    tab.page.evaluate("""async () => {
      const button = document.createElement("button");
      document.body.append(button);
      button.focus();
      await import("/dist/sip-phone-widget.js");
      document.body.append(Object.assign(document.createElement("sip-phone-widget"), {check: true}));
    }""")
    check = SelfCheck(tab)
    check.says("Connection", r"Connected \(attempt 1\)")
    expect(tab.page.playwright.locator("body > button")).to_be_focused()
    tab.phone.evaluate("phone => { phone.check = false; }")
    expect(check.panel).to_have_count(0)
    expect(tab.page.playwright.locator("body > button")).to_be_focused()


def test_its_file_is_fetched_when_it_is_opened_and_once(desk: Desk) -> None:
    [tab] = desk.widgets(1)
    assert fetched(tab) == 0
    for _ in range(2):
        opened(tab)
        tab.page.playwright.keyboard.press("Escape")
    assert fetched(tab) == 1


def test_without_its_file_the_phone_says_so_and_works_on(desk: Desk, backend: BackendProcess) -> None:
    [tab] = desk.widgets(1)
    tab.page.playwright.route(f"**/{FILE}", lambda route: route.abort())
    tab.page.playwright.keyboard.press(KEYS)
    tab.error.has_text("Something went wrong (check_not_loaded). Try again.")
    expect(tab.phone.locator).not_to_have_attribute("check", "")
    backend.ring("100")
    tab.shows("Ringing")


def test_an_open_one_follows_the_language_and_a_new_client(desk: Desk) -> None:
    [tab] = desk.widgets(1)
    english = opened(tab)
    english.says("Connection", r"Connected \(attempt \d+\)")
    terms = english.panel.locator("dt").all_inner_texts()
    tab.phone.evaluate("phone => { phone.lang = 'ru'; }")
    russian = SelfCheck(tab, "Самопроверка")
    expect(russian.text("Связь")).to_contain_text("попытка")
    assert [term for term in russian.panel.locator("dt").all_inner_texts() if term in terms] == []
    tab.phone.evaluate("phone => phone.setAttribute('api', '/another/api')")
    expect(russian.text("Связь")).to_contain_text("Восстановление…", timeout=BOOT)


def test_a_language_of_the_pages_may_have_words_for_it(desk: Desk) -> None:
    [tab] = desk.widgets(1)
    tab.phone.evaluate("""phone => {
      phone.constructor.languages.de = {phone: "Telefon", check: {title: "Selbstprüfung"}};
      phone.lang = "de";
    }""")
    tab.page.playwright.keyboard.press(KEYS)
    expect(SelfCheck(tab, "Selbstprüfung").text("Epoch of the phone")).to_be_visible()


def test_it_fits_into_240_px_with_targets_that_a_finger_hits(desk: Desk) -> None:
    [tab] = desk.widgets(1)
    tab.phone.evaluate("phone => { phone.style.inlineSize = '240px'; }")
    check = opened(tab)
    check.says("Tabs", r"1\n.*")
    assert check.panel.evaluate("panel => panel.scrollWidth - panel.clientWidth") <= 0
    for button in check.panel.get_by_role("button").all():
        box = button.bounding_box()
        assert box
        assert min(box["width"], box["height"]) >= 44


# --- what it says -----------------------------------------------------------------------------------------------------


def test_it_tells_the_versions_the_epoch_and_the_state_of_the_page(desk: Desk) -> None:
    [tab] = desk.widgets(1)
    check = opened(tab)
    for term in ("Version of this page", "Version of the phone"):
        check.says(term, re.escape(version_of_bundle()))
    check.says("Epoch of the phone", tab.phone.evaluate("phone => phone.client.check().then(({epoch}) => epoch)"))
    check.says("Where the phone runs", "in a SharedWorker, one for all tabs")
    check.says("Signs of life", "Web Locks")
    check.says("Secure context", "yes")
    check.says("Sound", "may play|needs a click on this page")
    check.says("Notifications", "blocked|not asked for")
    expect(check.problem).to_be_hidden()


def test_it_counts_the_tabs_and_knows_which_it_is_in(desk: Desk) -> None:
    first, second = desk.widgets(2)
    check = opened(first)
    check.says("Tabs", r"2\n1: this tab, .*\n2: (in|out of) view.*")
    opened(second).says("Tabs", r"2\n1: (in|out of) view.*\n2: this tab, .*")
    second.page.close()
    check.says("Tabs", r"1\n1: this tab, .*")


def test_the_age_of_the_last_event_falls_when_a_ping_comes(desk: Desk, backend: BackendProcess) -> None:
    backend.control("settings", ping=None)  # but for those of the test
    [tab] = desk.widgets(1)
    check = opened(tab)
    check.says("Last event", r"([5-9]|\d\d) sec ago")
    backend.control("send", event="ping", data={"interval": 60})
    check.says("Last event", "[0-4] sec ago")


def test_it_tells_how_the_start_went(desk: Desk) -> None:
    [tab] = desk.widgets(1)
    check = opened(tab)
    check.says("Start", r"ready after [\d,]+ ms, from the snapshot\nconnected after [\d,]+ ms")
    ready, connected = map(int, re.findall(r"(\d+) ms", check.text("Start").inner_text().replace(",", "")))
    assert 0 < ready <= connected < BOOT


@marks.OWN_HUB
def test_it_tells_that_the_phone_started_without_its_snapshot(desk_on_copy: tuple[Desk, Path]) -> None:
    desk, copy = desk_on_copy
    snapshot_of(copy).unlink()
    check = opened(desk.widget().is_connected())
    check.says("Start", r"ready after [\d,]+ ms, without the snapshot\nconnected after [\d,]+ ms")


@marks.OWN_HUB
def test_on_plain_http_it_tells_of_heartbeats_and_lets_the_list_be_copied_by_hand(insecure_desk: Desk) -> None:
    [tab] = insecure_desk.widgets(1)
    check = opened(tab)
    check.says("Signs of life", r"heartbeats \(no Web Locks\)")
    check.says("Secure context", r"no \(plain http\)")
    check.button("Copy the list").click()
    expect(check.said).to_contain_text("copy it by hand")


def test_a_hub_that_knows_no_self_check_is_named_and_not_asked_again(desk: Desk) -> None:
    [tab] = desk.widgets(1)
    tab.phone.evaluate(OTHER_HUB, [STATE, [{"type": "ERROR", "payload": UNSUPPORTED}]])
    check = opened(tab)
    expect(check.problem).to_contain_text("The phone is of an older version, which has no self-check.")
    check.says("Epoch of the phone", "\N{EN DASH}")
    check.says("Secure context", "yes")
    left_alone = f"new Promise((resolve) => setTimeout(resolve, {2 * EVERY}, false))"
    assert tab.page.evaluate(f"Promise.race([askedAgain, {left_alone}])") is False


def test_a_hub_that_does_not_answer_is_told_of_and_asked_again(desk: Desk) -> None:
    [tab] = desk.widgets(1)
    tab.phone.evaluate(OTHER_HUB, [STATE, []])
    check = opened(tab)
    expect(check.problem).to_contain_text("The phone does not answer.", timeout=BOOT)
    assert tab.page.evaluate("askedAgain")


# --- what it is good for ----------------------------------------------------------------------------------------------


@marks.BLOBS
def test_the_journal_that_it_saves_plays_on_cpython(desk: Desk, backend: BackendProcess, tmp_path: Path) -> None:
    [tab] = desk.widgets(1)
    backend.ring("+49307654321", "Grace Hopper")
    tab.button("Answer").click()
    tab.shows("Talking")
    check = opened(tab)
    with tab.page.playwright.expect_download() as saved:
        check.button("Save the journal").click()
    name = saved.value.suggested_filename
    assert re.fullmatch(r"sip-phone-journal-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.jsonl", name)
    expect(check.said).to_have_text(f"{name} is saved. There are no numbers and no names in it.")
    file = tmp_path / name
    saved.value.save_as(file)
    assert [secret for secret in ("7654321", "Grace", "Hopper") if secret in file.read_text("utf-8")] == []
    command = [sys.executable, "-m", "worker_py.replay", str(file), "--quiet"]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.startswith("The same effects")


@marks.OWN_HUB  # Firefox allows no page that is open already to read the clipboard
def test_the_list_can_be_copied_as_text(desk: Desk) -> None:
    desk.context.playwright.grant_permissions(["clipboard-read", "clipboard-write"])
    [tab] = desk.widgets(1)
    check = opened(tab)
    check.says("Connection", r"Connected \(attempt \d+\)")
    check.button("Copy the list").click()
    expect(check.said).to_have_text("The list is copied.")
    lines = tab.page.evaluate("navigator.clipboard.readText()").splitlines()
    assert len(lines) == check.panel.locator("dt").count()
    assert f"Connection: {check.text('Connection').inner_text()}" in lines
    assert any(line.startswith("Tabs: 1; 1: this tab") for line in lines)


def test_a_journal_that_does_not_come_is_told_of(desk: Desk) -> None:
    [tab] = desk.widgets(1)
    check = opened(tab)
    tab.phone.evaluate("phone => { phone.client.journal = () => Promise.reject({message: 'Gone.'}); }")
    check.button("Save the journal").click()
    expect(check.said).to_have_text("Gone.")


def test_what_it_says_itself_is_in_the_panels_language_and_what_the_hub_says_is_marked_as_english(desk: Desk) -> None:
    [tab] = desk.widgets(1)
    tab.phone.evaluate("phone => { phone.lang = 'ru'; phone.check = true; }")
    check = SelfCheck(tab, "Самопроверка")
    check.says("Защищённый контекст", "да")
    tab.phone.evaluate("phone => { phone.client.journal = () => Promise.reject({message: 'Gone.'}); }")
    check.button("Сохранить журнал").click()
    expect(check.said.locator("[lang=en]")).to_have_text("Gone.")
    tab.phone.evaluate(OTHER_HUB, [STATE, [{"type": "ERROR", "payload": UNSUPPORTED}]])
    expect(check.problem).to_contain_text("Телефон старой версии")
    expect(check.problem.locator("[lang=en]")).to_have_count(0)
