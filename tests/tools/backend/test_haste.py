"""The clock that runs faster when a page wants it: a script in Node has it as one in a worker would."""

import json
import subprocess

import pytest

from tests.backend.pages import in_haste
from web.bundling.node import node_program

# Notes, by the clock and in real time, when timers have fired; `started` ones run already when the hub is to hurry.
SCRIPT = """
{
  const real = process.hrtime.bigint;
  const began = { clock: Date.now(), real: real() };
  const fired = {};
  const note = (name) => {
    fired[name] = [Date.now() - began.clock, Number((real() - began.real) / 1_000_000n)];
  };
  let ticks = 0;
  const ticking = setInterval(() => {
    note(`tick ${++ticks}`);
    if (ticks === 2) clearInterval(ticking);
  }, 1_000);
  setTimeout(note, 3_000, "timer");
  clearTimeout(setTimeout(note, 3_000, "stopped"));
  const signal = AbortSignal.timeout(4_000);
  signal.onabort = () => note(signal.reason.name);
  setTimeout(() => {
    console.log(JSON.stringify(fired));
    process.exit();
  }, 5_000);
  new BroadcastChannel("haste").postMessage(WHO);
}
"""
FACTOR = 20
NAMES = ["tick 1", "tick 2", "timer", "TimeoutError"]
DUE = [1_000, 2_000, 3_000, 4_000]


@pytest.fixture
def script(tmp_path_factory: pytest.TempPathFactory) -> str:
    file = tmp_path_factory.mktemp("haste") / "sip-script.mjs"
    file.write_text(SCRIPT, "utf-8")
    return in_haste(file, FACTOR)


def run(script: str, who: list[str]) -> dict[str, list[int]]:
    command = [*node_program("node"), "--input-type=module", "-e", script.replace("WHO", json.dumps(who))]
    return dict(json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout))


def check(fired: dict[str, list[int]], factor: int) -> None:
    """Check that all have fired, in their order, and none too soon by the clock or in real time."""
    assert list(fired) == NAMES
    for due, (by_clock, really) in zip(DUE, fired.values(), strict=True):
        assert by_clock >= due - factor  # a timer of Node may be a millisecond early
        assert really >= due / factor - 5


def test_timers_of_who_hurries_fire_sooner_and_in_their_order(script: str) -> None:
    fired = run(script, ["hub"])
    check(fired, FACTOR)
    assert fired["timer"][1] < DUE[2]


def test_timers_of_the_others_fire_in_real_time(script: str) -> None:
    check(run(script, ["tab"]), 1)


def test_second_script_of_a_page_does_not_hasten_the_clock_again(script: str) -> None:
    check(run(script + script, ["hub"]), FACTOR)
