"""What no good backend and no good tab sends: it is refused, and the phone works on."""

import json
from typing import Any

import pytest

from .backend import BackendProcess
from .desk import Desk
from .drivers import Page
from .engines import Ability

PAYLOADS: dict[str, tuple[str, Any]] = {
    "not JSON": ("call_incoming", "{nonsense"),
    "JSON null": ("operator_status", "null"),
    "JSON array": ("call_ended", [{"id": "1"}]),
    "unknown event": ("toString", {"id": "1"}),
    "missing field": ("call_ended", {"endReason": "busy"}),
    "wrong type": ("call_incoming", {"id": {}, "phone": "1"}),
    "__proto__": ("call_updated", '{"__proto__": {"id": "1", "state": "talking"}}'),
    "5 MB": ("snapshot", {"calls": [{"id": "2", "phone": "1" * 5_000_000}]}),
    "duplicate": ("call_incoming", {"id": "1", "phone": "100"}),
    "ringing after ended": ("call_updated", {"id": "0", "phone": "100", "state": "ringing"}),
}
REFUSED = 7  # of these


def test_payload_nothing_changes_nothing_dies_one_log_line(desk: Desk, backend: BackendProcess) -> None:
    tab = desk.plain().is_connected()
    backend.control("send", event="call_incoming", data={"id": "0", "phone": "100"})
    backend.control("send", event="call_ended", data={"id": "0"})
    backend.control("send", event="call_incoming", data={"id": "1", "phone": "100"})
    tab.hears("message.ringing?.includes('1')")
    tab.forget()
    for _ in range(2):
        for name, data in PAYLOADS.values():
            backend.control("send", event=name, data=data)
    backend.control("send", event="call_updated", data={"id": "1", "displayName": "Ann"})
    tab.hears("payload.activeCall?.displayName === 'Ann'")
    assert [message["type"] for message in tab.heard()] == ["ERROR"] * REFUSED + ["SYNC_STATE"]
    if Ability.INSPECT in desk.engine.abilities:
        lines = [line for line in desk.workers.report().lines if "cannot be read" in line]
        assert len(set(lines)) == len(lines) == REFUSED


@pytest.mark.every_engine
def test_tabs_a_message_that_is_none_is_refused_with_an_error_and_nothing_else(desk: Desk) -> None:
    tab = desk.plain()
    tab.hears("payload.operatorStatus === 'ready'")  # nothing follows the snapshot
    tab.forget()
    tab.page.evaluate("""() => {
      for (const message of [null, 7, "INIT_PORT", [], {type: "toString"}, () => 0]) {
        try { say(message); } catch {}  // what cannot be cloned does not even leave the tab
      }
      say({type: "CMD_DIAL", payload: {phone: "1".repeat(10_000_000)}});
      say({type: "PING"});
    }""")
    tab.hears("message.type === 'PONG'")
    assert [message["type"] for message in tab.heard()] == ["ERROR"] * 6 + ["PONG"]
    assert [message["payload"]["code"] for message in tab.heard()[:6]] == ["invalid_command"] * 4 + [
        "unsupported",
        "invalid_command",
    ]


BURST = 10_000
COUNT_DRAWS = """(phone) => {
  window.draws = [];
  const name = phone.shadowRoot.querySelector("[part=name]");
  const text = {childList: true, characterData: true, subtree: true};
  new MutationObserver(() => draws.push(performance.now())).observe(name, text);
}"""
MOST_IN_A_SECOND = "Math.max(...draws.map((from) => draws.filter((at) => at >= from && at < from + 1000).length))"


def test_10000_events_a_second_the_last_state_is_right_and_tabs_draw_at_most_60_times_a_second(
    desk: Desk, backend: BackendProcess
) -> None:
    tabs = desk.widgets(2)
    call_id = backend.ring("100", "Ann")
    for tab in tabs:
        tab.shows("Ringing")
        tab.phone.evaluate(COUNT_DRAWS)
    updates = ({"id": call_id, "displayName": f"Ann {number}"} for number in range(BURST))
    backend.raw("".join(f"event: call_updated\ndata: {json.dumps(data)}\n\n" for data in updates).encode())
    for tab in tabs:
        tab.cards.find("[part=name]").has_text(f"Ann {BURST - 1}", timeout=30_000)
        assert 1 < most_draws_in_a_second(tab.page) <= 60


def most_draws_in_a_second(page: Page) -> int:
    return int(page.evaluate(MOST_IN_A_SECOND))
