"""JSON from outside."""

import json

import pytest

from worker_py.json_text import MAX_DEPTH, parse


@pytest.mark.parametrize("value", [None, [], {"a": [1, {"b": "]}[{"}]}, [{}] * 500, '\\"[' * 500])
def test_ordinary_json_is_read(value: object) -> None:
    assert parse(json.dumps(value), 100_000) == value


@pytest.mark.parametrize("deep", ["[" * 100_000, '{"a":' * 50_000, "[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1)])
def test_what_would_exhaust_the_stack_is_not_parsed(deep: str) -> None:
    with pytest.raises(ValueError, match="deeper than 64 levels"):
        parse(deep, 1_000_000)


def test_brackets_in_strings_are_no_depth() -> None:
    assert parse(json.dumps(["[" * 1_000, '"' + "{" * 1_000]), 10_000) == ["[" * 1_000, '"' + "{" * 1_000]


@pytest.mark.parametrize("text", ["", "{", "[" * 70 + "]" * 70 + '"', "nul", "1 2"])
def test_what_is_no_json_says_so(text: str) -> None:
    with pytest.raises(ValueError, match="it is"):
        parse(text, 100)


def test_what_is_too_long_is_not_parsed() -> None:
    with pytest.raises(ValueError, match="longer than 3 characters"):
        parse("[1,2]", 3)
