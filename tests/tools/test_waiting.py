"""How tests wait for a condition."""

import time

import pytest

from tests.browser.waiting import PAUSE, until


def test_until_returns_the_first_thing_that_holds() -> None:
    found = iter([1, 2, 3, 4])
    assert until("more than two", lambda: next(found), lambda number: number > 2) == 3


def test_until_pauses_between_two_looks_and_only_there(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    found = iter(["", "", "there"])
    until("something", lambda: next(found))
    assert slept == [PAUSE, PAUSE]


def test_until_looks_at_least_once() -> None:
    assert until("something", lambda: "there", patience=0) == "there"


def test_until_says_what_was_awaited_and_what_was_found_last() -> None:
    with pytest.raises(AssertionError, match=r"^two workers live: not within 0 s; found last: \['one'\]$"):
        until("two workers live", lambda: ["one"], lambda found: len(found) == 2, patience=0)
