"""What the soak goes by: its events, and its table."""

import json

from tests.soak.load import batches
from tests.soak.rows import HUB, PROXIES, ROWS, SOCKETS, TAB, WASM, Row, holds, table

BEFORE = {WASM: 30.0, HUB: 35.5, TAB: 1.5, PROXIES: 40, SOCKETS: 7}


def test_just_so_many_events_come_and_the_last_of_each_batch_tells_its_end() -> None:
    told = [content.decode().strip().split("\n\n") for content, _ in batches(250, 100)]
    assert [len(events) for events in told] == [100, 100, 50]
    for events, (_, status) in zip(told, batches(250, 100), strict=True):
        assert events[-1] == f"event: operator_status\ndata: {json.dumps({'status': status})}"
    assert len({status for _, status in batches(250, 100)}) == 3


def test_no_call_comes_twice_and_none_is_left_over() -> None:
    events = b"".join(content for content, _ in batches(1_000, 100)).decode()
    rung = [line for line in events.split("\n") if '"phone"' in line]
    assert len(rung) == len(set(rung)) == events.count("event: call_ended") == 190


def test_what_grows_by_more_than_it_may_does_not_hold() -> None:
    row = Row(HUB, "MiB", 5)
    assert holds(row, BEFORE, BEFORE | {HUB: 40.5})
    assert not holds(row, BEFORE, BEFORE | {HUB: 40.6})
    assert holds(Row(WASM, "MiB", None), BEFORE, BEFORE | {WASM: 99})


def test_the_table_says_what_has_grown_and_whether_it_may() -> None:
    _, _, wasm, hub, *_ = table(BEFORE, BEFORE | {WASM: 31, HUB: 42.25}).split("\n")
    assert wasm == "| hub: WebAssembly | MiB | 30.00 | 31.00 | 1.00 |  |  |"
    assert hub == "| hub: all memory | MiB | 35.50 | 42.25 | 6.75 | 5 | NO |"
    assert table(BEFORE, BEFORE).count(" yes |") == len(ROWS) - 1
