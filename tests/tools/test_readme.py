"""The README promises nothing that no test keeps."""

import re

from build import ROOT

TESTS = (ROOT / "tests").rglob("test_*.py")


def test_every_promise_of_reliability_names_a_test_that_exists() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    section = text.partition("\n## Reliability\n")[2].partition("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| ")][1:]
    named = [re.findall(r"`(test_\w+)`", row.rpartition(" | ")[2]) for row in rows]
    assert rows
    assert all(named), "a promise without a test"
    known = {name for path in TESTS for name in re.findall(r"^def (test_\w+)", path.read_text("utf-8"), re.MULTILINE)}
    assert sorted({name for names in named for name in names} - known) == []
