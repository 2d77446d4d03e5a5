"""The README promises nothing that no test keeps."""

import re

from build import ROOT

TESTS = sorted((ROOT / "tests").rglob("test_*.py"))


def named_in(section: str) -> list[list[str]]:
    """Return the tests that the rows of the tables of that section name in the end."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = text.partition(f"\n## {section}\n")[2].partition("\n## ")[0].splitlines()
    return [re.findall(r"`(test_\w+)`", row.rpartition(" | ")[2]) for row in rows if row.startswith("| ")][1:]


def unknown(named: list[list[str]]) -> list[str]:
    """Return those that are no tests."""
    known = {name for path in TESTS for name in re.findall(r"^def (test_\w+)", path.read_text("utf-8"), re.MULTILINE)}
    return sorted({name for names in named for name in names} - known)


def test_every_promise_of_reliability_names_a_test_that_exists() -> None:
    named = named_in("Reliability")
    assert named
    assert all(named), "a promise without a test"
    assert unknown(named) == []


def test_what_works_in_which_browser_is_shown_by_tests_that_exist() -> None:
    named = named_in("Browsers")
    assert any(named)
    assert unknown(named) == []
