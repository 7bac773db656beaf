"""Dates of which a part may be unknown."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xenia.formats.dates import UNKNOWN, BadDate, PartialDate


@pytest.mark.parametrize("text", ["1974-08-12", "1974-08", "1974", "", "1974~", "1974-08~", "1974/1978", "2000-02-29"])
def test_what_is_read_is_written_again(text: str) -> None:
    assert PartialDate.parse(text).iso() == text


@pytest.mark.parametrize(
    "text",
    [
        "1974-02-30",
        "1974-13",
        "1900-02-29",
        "74",
        "1974-8",
        "1974/",
        "1978/1974",
        "1974-08-12-01",
        "x",
        "١٩٧٤",
        "0000",
        "1" * 500,
    ],
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(BadDate):
        PartialDate.parse(text)


@pytest.mark.parametrize(
    "given",
    [
        {"year": 1974, "year_to": 1978},
        {"year": 1974, "qualifier": "between"},
        {"year": 1974, "month": 1, "qualifier": "between", "year_to": 1978},
        {"month": 2, "day": 30},
        {"day": 32},
    ],
)
def test_a_date_that_contradicts_itself_is_refused(given: dict[str, object]) -> None:
    with pytest.raises(BadDate):
        PartialDate(**given)  # type: ignore[arg-type]


def test_a_month_without_its_year_is_kept_but_not_written() -> None:
    seen = PartialDate(month=8, day=12)
    assert seen.iso() == ""
    assert not seen.is_unknown


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        ("1974-08-12", date(1974, 8, 12), date(1974, 8, 12)),
        ("1974-02", date(1974, 2, 1), date(1974, 2, 28)),
        ("1974", date(1974, 1, 1), date(1974, 12, 31)),
        ("1974/1978", date(1974, 1, 1), date(1978, 12, 31)),
        ("", None, None),
    ],
)
def test_it_knows_the_days_it_can_be(text: str, earliest: date | None, latest: date | None) -> None:
    seen = PartialDate.parse(text)
    assert (seen.earliest(), seen.latest()) == (earliest, latest)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("1974-08", "1974", True),
        ("1974-08", "1974-08-12", True),
        ("1974", "1975", False),
        ("1974/1978", "1976-03-01", True),
        ("1974/1978", "1979", False),
        ("", "1979", True),
        ("1974-08-12", "1974-08-13", False),
    ],
)
def test_two_dates_may_be_the_same(one: str, other: str, expected: bool) -> None:
    first, second = PartialDate.parse(one), PartialDate.parse(other)
    assert first.may_equal(second) is expected
    assert second.may_equal(first) is expected


@given(st.dates())
def test_a_full_date_goes_there_and_back(day: date) -> None:
    seen = PartialDate.of(day)
    assert seen.is_full
    assert PartialDate.parse(seen.iso()) == seen
    assert seen.as_date() == seen.earliest() == seen.latest() == day
    assert list(seen.years()) == [day.year]


@given(st.text(max_size=30))
def test_any_text_is_a_date_or_refused(text: str) -> None:
    try:
        seen = PartialDate.parse(text)
    except BadDate:
        return
    assert PartialDate.parse(seen.iso()) == seen


def test_nothing_known() -> None:
    assert UNKNOWN.is_unknown
    assert UNKNOWN.as_date() is None
    assert not UNKNOWN.is_full
    assert list(UNKNOWN.years()) == []
    assert str(UNKNOWN) == ""
