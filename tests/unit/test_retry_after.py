"""For how long a backend wants to be left alone, as the header Retry-After says."""

from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker_py.sip_api import decode_retry_after

NOW = 784_111_777_000  # Sun, 06 Nov 1994 08:49:37 GMT


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("60", 60_000),
        (" 0 ", 0),
        ("61", 60_000),
        ("9" * 5_000, 60_000),
        ("Sun, 06 Nov 1994 08:49:47 GMT", 10_000),
        ("Sun, 06 Nov 1994 08:49:27 GMT", 0),
        ("Mon, 07 Nov 1994 08:49:37 GMT", 60_000),
    ],
)
def test_a_backend_says_how_long_in_seconds_or_until_when_but_a_minute_at_most(said: str, expected: int) -> None:
    assert decode_retry_after(said, NOW) == expected


@pytest.mark.parametrize(
    "said", ["", "soon", "-5", "1.5", "٣", "Sun, 06 Nev 1994 08:49:47 GMT", "06 Nov 1994 08:49:47"]
)
def test_what_cannot_be_read_asks_for_nothing(said: str) -> None:
    assert decode_retry_after(said, NOW) == 0


@given(st.datetimes(datetime(1971, 1, 1), datetime(2100, 12, 31), timezones=st.just(UTC)))  # noqa: DTZ001
def test_a_date_is_read_as_the_standard_library_writes_it(time: datetime) -> None:
    said = format_datetime(time, usegmt=True)
    moment = int(time.timestamp()) * 1000
    assert [decode_retry_after(said, moment - before) for before in (7_000, 0)] == [7_000, 0]
