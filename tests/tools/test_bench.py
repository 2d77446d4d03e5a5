"""The benchmark's own sums: percentiles, ratios, verdicts, the table, the pictures. No time is measured here."""

import json
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from playwright.sync_api import Error

from tests.bench.__main__ import measure, parse, report
from tests.bench.boot import Boot, Span, draw, steps
from tests.bench.figures import (
    JS,
    OURS,
    STOCK,
    Figure,
    Limit,
    Line,
    Measured,
    Row,
    Runs,
    figure,
    holds,
    judge,
    percentile,
    ratio,
)
from tests.bench.measures import MEASURES, Measure, measures_in
from tests.bench.plot import plot
from tests.bench.report import Machine, as_json, short, table
from tests.bench.rows import ROWS, rows_in
from tests.bench.sites import pages

MACHINE = Machine("A processor", 2, "Linux 6", "Chromium 156")
ROW = Row("hub ready", "warm", "ms", must=(Limit(0.15, STOCK),), aim=(Limit(0.1, STOCK), Limit(4, JS)))
SAMPLES = {OURS: [[300.0], [310.0], [290.0]], JS: [[60.0], [70.0], [65.0]], STOCK: [[3000.0], [3100.0], [2900.0]]}


FAILED = {"tabs200": "Error: bench is not defined. That was with the peer js."}


def flat(**values: float) -> dict[str, Figure]:
    return {peer: Figure(value, value, value) for peer, value in values.items()}


@pytest.mark.parametrize(
    ("samples", "percent", "value"),
    [([7.0], 95, 7), ([1.0, 3.0], 50, 2), ([3.0, 1.0, 2.0], 50, 2), ([0.0, 10.0], 95, 9.5), ([4.0, 4.0, 4.0], 95, 4)],
)
def test_a_percentile_lies_between_the_samples_nearest_to_it(samples: list[float], percent: int, value: float) -> None:
    assert percentile(samples, percent) == pytest.approx(value)


def test_a_figure_is_of_all_samples_and_its_spread_of_the_runs() -> None:
    assert figure([[1.0, 2.0, 3.0], [11.0, 12.0, 13.0]], 50) == Figure(value=7.0, low=4.5, high=9.5)


def test_one_run_has_no_spread() -> None:
    assert figure([[5.0]], 50) == Figure(5.0, 5.0, 5.0)


def test_a_ratio_to_nothing_is_beyond_every_limit() -> None:
    assert not holds(Limit(1, JS), flat(ours=1, js=0))
    assert ratio(flat(ours=3, js=2), JS) == 1.5


@pytest.mark.parametrize(
    ("limit", "ours", "well"),
    [
        (Limit(0.15, STOCK), 15, True),
        (Limit(0.15, STOCK), 15.1, False),
        (Limit(6.0), 6.0, True),
        (Limit(6.0), 6.1, False),
        (Limit(1, STOCK), 100, True),
        (Limit(1, STOCK, below=True), 100, False),
    ],
)
def test_a_limit_is_a_multiple_of_a_peer_or_of_the_unit(limit: Limit, ours: float, well: bool) -> None:  # noqa: FBT001 - a column
    assert holds(limit, flat(ours=ours, stock=100)) is well


def test_a_line_holds_only_if_all_its_limits_do() -> None:
    line = judge(ROW, SAMPLES)
    assert line.figures[OURS].value == 300
    assert line.must_holds
    assert not line.aim_holds, "a tenth of stock, but more than four times pure JS"


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0"), (0.123456, "0.123"), (4.5678, "4.57"), (31.25, "31.2"), (3000.4, "3000")]
)
def test_numbers_have_three_digits_that_count(value: float, text: str) -> None:
    assert short(value) == text


def test_the_table_says_figures_spread_ratios_limits_and_verdict() -> None:
    missing = Line(Row("bytes", "visit", "MB", (Limit(6.0),), (Limit(5.0),)), flat(ours=7))
    head, _, first, second = table([judge(ROW, SAMPLES), missing]).split("\n")
    assert len({len(line) for line in (head, first, second)}) == 1
    assert cells(first) == [
        "hub ready",
        "ms",
        "300 (295..305)",
        "65.0 (62.5..67.5)",
        "3000 (2950..3050)",
        "0.10x stock, 4.62x js",
        "≤ 0.15x stock",
        "≤ 0.1x stock, ≤ 4x js",
        "must",
    ]
    assert cells(second) == ["bytes", "MB", "7.00", "-", "-", "-", "≤ 6", "≤ 5", "NO"]


def test_where_nothing_is_promised_the_table_compares_with_each_peer_and_judges_nothing() -> None:
    [row] = [row for row in rows_in("firefox") if row.measure == "warm"]
    line = judge(row, SAMPLES)
    assert line.must_holds
    assert cells(table([line]).split("\n")[2])[-4:] == ["4.62x js, 0.10x stock", "-", "-", "-"]


def test_an_engine_is_measured_in_what_its_driver_can_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert rows_in("chromium") == ROWS
    assert measures_in("chromium") == MEASURES
    assert MEASURES.keys() - measures_in("webkit") == {"tabs200", "memory"}
    assert parse(["--engine", "webkit", "--only", "warm"]).only == ["warm"]
    for words in (["--only", "memory"], ["--profile", "boot.svg"]):
        with pytest.raises(SystemExit):
            parse(["--engine", "firefox", *words])
    said = capsys.readouterr().err
    assert "memory: measured in Chromium alone." in said
    assert "--profile looks into the worker, which only the driver of Chromium can." in said


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_json_has_every_sample_and_verdict() -> None:
    said = json.loads(as_json(MACHINE, [judge(ROW, SAMPLES)], Measured({"warm": dict(SAMPLES)})))
    assert said["machine"]["cores"] == 2
    assert said["samples"]["warm"][JS] == SAMPLES[JS]
    assert (said["rows"][0]["must_holds"], said["rows"][0]["aim_holds"]) == (True, False)


def test_a_measure_that_fails_is_named_with_its_reason_and_the_others_stay(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def take(measure: Measure) -> dict[str, Runs]:
        if measure is MEASURES["tabs200"]:
            reason = Error("bench is not defined\nCall log: nothing")
            reason.add_note("That was with the peer js.")
            raise reason
        return dict(SAMPLES)

    taken = measure(take, ["warm", "tabs200", "drawn"])
    assert (taken.samples, taken.failed) == ({"warm": SAMPLES, "drawn": SAMPLES}, FAILED)
    assert "tabs200 failed: Error: bench is not defined. That was with the peer js." in capsys.readouterr().err


@pytest.mark.parametrize(
    ("failed", "row", "code"),
    [({}, ROW, 0), (FAILED, ROW, 1), ({}, replace(ROW, must=(Limit(0.01, STOCK),)), 1)],
    ids=["all is well", "a measure has failed", "a must does not hold"],
)
def test_the_report_names_what_failed_and_the_exit_code_says_so(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, failed: dict[str, str], row: Row, code: int
) -> None:
    options = parse(["--json", str(tmp_path / "bench.json")])
    assert report(MACHINE, [judge(row, SAMPLES)], Measured({"warm": dict(SAMPLES)}, failed), options) == code
    printed, written = capsys.readouterr().out, json.loads((tmp_path / "bench.json").read_text("utf-8"))
    assert "| hub ready |" in printed
    assert [f"{name}: {why}" in printed for name, why in failed.items()] == [True] * len(failed)
    assert (written["samples"], written["failed"]) == ({"warm": SAMPLES}, failed)


def test_every_row_has_a_measure_of_all_the_peers_it_is_compared_with() -> None:
    for row in ROWS:
        peers = {limit.of for limit in row.must + row.aim if limit.of}
        assert {OURS, *peers} <= set(MEASURES[row.measure].peers), row.title
    assert {row.measure for row in ROWS} == set(MEASURES)


def test_the_pages_differ_only_in_the_address_of_the_worker() -> None:
    made = pages()
    names = {f"{peer}/{name}" for peer in (OURS, JS, STOCK) for name in ("index.html", "other.html")}
    assert set(made) == {*names, "probe.js"}
    assert b'worker="/dist/sip-worker.js"' in made["ours/index.html"]
    assert made["js/index.html"] == made["ours/index.html"].replace(b"/dist/sip-worker.js", b"/peers/js/sip-worker.js")


def test_steps_of_a_boot_follow_one_another_from_asking_to_connected() -> None:
    assert steps(10.0, [("ready", 80.0), ("fetched", 30.0)], 100.0) == (
        Span("the worker starts", 0.0, 10.0),
        Span("fetched", 10.0, 30.0),
        Span("ready", 30.0, 80.0),
        Span("connected", 80.0, 100.0),
    )


def test_the_pictures_are_svg_and_say_what_they_show(tmp_path: Path) -> None:
    plot(MACHINE, [judge(ROW, SAMPLES)], tmp_path / "plot.svg")
    draw(Boot(steps(10, [], 100), (Span("hub.snapshot", 12, 40),), 100), MACHINE, tmp_path / "boot.svg")
    assert {"hub ready", "300 ms  Python hub"} <= words(tmp_path / "plot.svg")
    assert {"the worker starts", "connected", "hub.snapshot", "28.0"} <= words(tmp_path / "boot.svg")


def test_a_picture_has_no_mark_where_nothing_is_promised(tmp_path: Path) -> None:
    [free] = [row for row in rows_in("firefox") if row.measure == "warm"]
    marks = [picture(tmp_path, row).count('stroke="#c22f2f"') for row in (ROW, free)]
    assert marks == [1, 0]


def picture(folder: Path, row: Row) -> str:
    plot(MACHINE, [judge(row, SAMPLES)], folder / "plot.svg")
    return (folder / "plot.svg").read_text(encoding="utf-8")


def words(path: Path) -> set[str]:
    return {node.text for node in ET.parse(path).iter() if node.text}  # noqa: S314 - written just now
