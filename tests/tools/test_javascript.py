"""The scripts in web/ that need no browser, tested in Node: see tests/javascript/."""

import subprocess

import pytest

from web.bundling import settings
from web.bundling.node import node_program

FOLDER = settings.ROOT / "tests" / "javascript"
# Node 20 calls the timers that its tests move by hand experimental. A promise that never settles must not hang the run.
OPTIONS = ("--test", "--test-reporter=spec", "--test-timeout=10000", "--disable-warning=ExperimentalWarning")


def test_scripts_that_need_no_browser_pass_in_node() -> None:
    command = [*node_program("node"), *OPTIONS, *sorted(map(str, FOLDER.glob("test-*.mjs")))]
    done = subprocess.run(command, cwd=settings.ROOT, capture_output=True, text=True, encoding="utf-8", check=False)
    if done.returncode:
        pytest.fail(done.stdout + done.stderr, pytrace=False)
