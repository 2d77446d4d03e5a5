"""The README promises nothing that no test keeps."""

import re

from web.bundling import settings

TESTS = settings.ROOT / "tests"
IN_PYTHON = re.compile(r"^def (test_\w+)", re.MULTILINE)
IN_JAVASCRIPT = re.compile(r'^test\("([^"]+)"', re.MULTILINE)
NAME = re.compile(r"`(test_\w+|\w+(?: [^` ]+)+)`")  # tests of JavaScript have sentences for names


def named_in(section: str) -> list[list[str]]:
    """Return the tests that the rows of the tables of that section name in the end."""
    text = (settings.ROOT / "README.md").read_text(encoding="utf-8")
    rows = text.partition(f"\n## {section}\n")[2].partition("\n## ")[0].splitlines()
    return [NAME.findall(row.rpartition(" | ")[2]) for row in rows if row.startswith("| ")][1:]


def unknown(named: list[list[str]]) -> list[str]:
    """Return those that are no tests."""
    known = {name for path in TESTS.rglob("test_*.py") for name in IN_PYTHON.findall(path.read_text("utf-8"))}
    known |= {name for path in TESTS.rglob("test-*.mjs") for name in IN_JAVASCRIPT.findall(path.read_text("utf-8"))}
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
