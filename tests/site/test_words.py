"""How dates, ages and machine-readable lines are written on a page."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest
from django.utils import timezone, translation

from xenia.formats.dates import PartialDate
from xenia.site import icons, words
from xenia.site.templatetags import xenia as tags


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (dt.date(1991, 6, 8), "8 Jun 1991"),
        ("1991-06-08", "8 Jun 1991"),
        ("1991-06", "Jun 1991"),
        ("1991", "1991"),
        (PartialDate(1974, 8), "Aug 1974"),
        ("unknown", "unknown"),
        ("1991-13-08", "1991-13-08"),
        (None, ""),
        ("", ""),
    ],
)
def test_a_day_has_its_month_in_letters_and_no_part_that_is_unknown(value, text):
    with translation.override("en"):
        assert words.day(value) == text


def test_a_moment_is_told_in_the_zone_of_the_post():
    at = dt.datetime(2026, 11, 21, 22, 30, tzinfo=dt.UTC)
    with translation.override("en"), timezone.override("Asia/Tbilisi"):
        assert words.moment(at) == "Sun 22 Nov 2026, 02:30"
        assert words.clock(at) == "02:30"
        assert words.day(at) == "22 Nov 2026"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "under 1 min"),
        (59, "under 1 min"),
        (840, "14 min"),
        (3900, "1 h 05"),
        (172_799, "47 h 59"),
        (172_800, "2 d"),
        (None, ""),
    ],
)
def test_ages_are_short(seconds, text):
    with translation.override("en"):
        assert words.age(seconds) == text


def test_digits_stay_european_in_arabic():
    with translation.override("ar"):
        assert words.day("1991-06-08") == "8 يونيو 1991"
        assert words.age(840) == "14 د"


def test_check_digits_are_underlined_and_a_failed_one_says_what_was_expected():
    good = SimpleNamespace(line=0, column=1, ok=True, expected="2", found="2")
    bad = SimpleNamespace(line=1, column=0, ok=False, expected="7", found="3")
    filler = SimpleNamespace(line=0, column=3, ok=True, expected="<", found="<")
    assert tags.mrz(["A2B<", "3CD"], [good, bad, filler]) == 'A<b>2</b>B&lt;\n<b class="bad">3<i>≠7</i></b>CD'


def test_what_stands_in_a_document_is_never_markup():
    assert tags.mrz(["<script>"]) == "&lt;script&gt;"
    assert tags.name("<b>x") == "<bdi>&lt;b&gt;x</bdi>"
    assert tags.plain("2026-11-10") == "<bdi>10 Nov 2026</bdi>"
    assert tags.plain("R-4771") == "<bdi>R-4771</bdi>"


@pytest.mark.parametrize("verdict", ["clear", "look", "stop", "wait"])
def test_each_verdict_has_a_shape_of_its_own(verdict):
    others = {icons.seal(other) for other in ("clear", "look", "stop", "wait") if other != verdict}
    assert icons.seal(verdict) not in others
