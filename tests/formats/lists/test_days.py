"""Dates as sources write them."""

from __future__ import annotations

import pytest

from xenia.formats.dates import BadDate
from xenia.formats.lists.days import english


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("03 Feb 1947", "1947-02-03"),
        ("Feb 1947", "1947-02"),
        ("1947", "1947"),
        ("circa Feb 1947", "1947-02~"),
        ("1947 to 1949", "1947/1949"),
        ("circa 1947 to  1950 ", "1947/1950"),
        ("01 Jan 1947 to 31 Dec 1947", "1947"),
    ],
)
def test_dates_in_english_words(text: str, iso: str) -> None:
    assert english(text) == iso


@pytest.mark.parametrize(
    "text", ["", "1949 to 1947", "1947 to", "to 1947", "1 2 3 1947", " to ".join(["1947"] * 5_000)]
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(BadDate):
        english(text)
