"""Birth dates compared, of which parts may be unknown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xenia.formats.dates import PartialDate
from xenia.matching.births import BITS, UNKNOWN, compare_births

DATES = st.one_of(
    st.dates().map(PartialDate.of),
    st.builds(PartialDate, st.integers(1900, 2030)),
    st.builds(PartialDate, st.integers(1900, 2030), st.integers(1, 12)),
    st.builds(lambda year: PartialDate(year, qualifier="approximate"), st.integers(1900, 2030)),
    st.builds(
        lambda y, more: PartialDate(y, qualifier="between", year_to=y + more),
        st.integers(1900, 2000),
        st.integers(0, 9),
    ),
    st.just(PartialDate()),
)


@pytest.mark.parametrize(
    ("asked", "known", "detail"),
    [
        ("1974-08-12", "1974-08-12", "same"),
        ("1974-01-01", "1974-01-01", "same-first-of-january"),
        ("1974-08-12", "1974-12-08", "day-and-month-swapped"),
        ("1974-08-12", "1974-08-13", "one-digit-off"),
        ("1974-08-12", "1984-08-12", "one-digit-off"),
        ("1979-08-12", "1980-08-12", "one-part-off"),
        ("1974-08-12", "1974-01-01", "first-of-january"),
        ("1974-08-12", "1974-03-27", "same-year-only"),
        ("1974-08-12", "1961-03-27", "different"),
        ("1974-08-12", "1974", "same-year"),
        ("1974-08-12", "1974-08", "same-month"),
        ("1974-08-12", "1974-09", "same-year-only"),
        ("1974-08-12", "1975", "year-only-near"),
        ("1974-08-12", "1980", "different"),
        ("1974-08-12", "1970/1978", "within-range"),
        ("1974-08-12", "1975/1978", "about"),
        ("1974-08-12", "1976~", "about"),
        ("1974-08-12", "1990~", "different"),
        ("1974-08-12", "", "unknown"),
    ],
)
def test_how_two_birth_dates_stand(asked: str, known: str, detail: str) -> None:
    assert compare_births([PartialDate.parse(asked)], [PartialDate.parse(known)]).detail == f"birth.{detail}"


def test_the_best_of_several_dates_counts() -> None:
    known = [PartialDate(1960), PartialDate(1974, 8, 12)]
    assert compare_births([PartialDate(1974, 8, 12)], known).detail == "birth.same"
    assert compare_births([], known) == UNKNOWN


def test_a_worse_finding_never_weighs_more() -> None:
    order = [
        "same", "day-and-month-swapped", "one-digit-off", "one-part-off", "unknown", "same-year-only", "different",
    ]  # fmt: skip
    weights = [BITS[f"birth.{name}"] for name in order]
    assert weights == sorted(weights, reverse=True)


@given(DATES, DATES)
def test_the_order_of_the_sides_does_not_matter(one: PartialDate, other: PartialDate) -> None:
    assert compare_births([one], [other]) == compare_births([other], [one])
    assert compare_births([one], [other]).bits <= compare_births([one], [one]).bits or one.year is None
