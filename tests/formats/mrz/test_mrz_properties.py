"""What holds for every zone that can be written, and for every text that can be given."""

from __future__ import annotations

import string
import sys
from collections.abc import Callable
from datetime import date
from types import FrameType

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.formats.mrz.specimens import SPECIMENS, TD3, TODAY, with_character
from xenia.formats import mrz
from xenia.formats.dates import PartialDate
from xenia.formats.states import STATES

LETTERS = string.ascii_uppercase
MIXED = LETTERS + string.digits


def words(alphabet: str, most: int, longest: int) -> st.SearchStrategy[str]:
    return st.lists(st.text(alphabet, min_size=1, max_size=longest), min_size=1, max_size=most).map(" ".join)


def partial(first: int, last: int) -> st.SearchStrategy[PartialDate | None]:
    full = st.dates(date(first, 1, 1), date(last, 12, 31)).map(PartialDate.of)
    month = full.map(lambda day: PartialDate(day.year, day.month))
    return st.one_of(full, month, full.map(lambda day: PartialDate(day.year)), st.none())


CODES = {"TD3": "P", "TD1": "I", "TD2": "I", "MRV-A": "V", "MRV-B": "V", "ID-FRA": "I"}
OPTIONAL = {"TD3": 14, "TD1": 11, "TD2": 7, "MRV-A": 16, "MRV-B": 8}


@st.composite
def fields(draw: st.DrawFn, layout: str) -> mrz.Fields:
    card = layout == "ID-FRA"
    room = 25 if card else {"TD1": 30, "TD2": 31, "MRV-B": 31}.get(layout, 39)
    surname = draw(words(LETTERS, 2, 5))
    given_names = draw(st.just("") | words(LETTERS, 2, 3))
    assert len(surname) + len(given_names) + 2 <= room
    code = "ID" if card else CODES[layout] + draw(st.sampled_from(["", *LETTERS]))
    return mrz.Fields(
        document_code=code,
        issuing_state="FRA" if card else draw(st.sampled_from(sorted(STATES))),
        document_number=draw(
            st.text(MIXED, min_size=12, max_size=12) if card else st.text(MIXED, min_size=1, max_size=9)
        ),
        surname=surname,
        given_names=given_names,
        nationality="" if card else draw(st.sampled_from(sorted(STATES))),
        birth_date=draw(partial(1927, 2025)),
        sex=draw(st.sampled_from(["M", "F", "X"])),
        expiry_date=None if card else draw(partial(1980, 2070)),
        optional_data=draw(st.text(MIXED, max_size=6 if card else OPTIONAL[layout])),
        optional_data_2=draw(st.text(MIXED, max_size=11)) if layout == "TD1" else "",
    )


@pytest.mark.parametrize("layout", SPECIMENS)
@settings(max_examples=150)
@given(data=st.data())
def test_what_is_written_is_read_again(layout: str, data: st.DataObject) -> None:
    given_fields = data.draw(fields(layout))
    lines = mrz.write(layout, given_fields)
    reading = mrz.read("\n".join(lines), today=TODAY)
    if layout == "TD2" and given_fields.document_code == "ID" and given_fields.issuing_state == "FRA":
        return  # such a card is told from ID-FRA by its check digits; see the next test
    assert reading.layout == layout
    assert reading.valid
    assert reading.repairs == ()
    found = reading.fields
    for name in mrz.Fields.__dataclass_fields__:
        if name != "issue_month":
            assert getattr(found, name) == getattr(given_fields, name), name
    assert mrz.write(layout, found) == lines


def test_a_td2_card_of_france_is_told_from_the_older_layout_by_its_check_digits() -> None:
    card = mrz.Fields(
        document_code="ID",
        issuing_state="FRA",
        document_number="X4RTBPFW4",
        surname="MARTIN",
        given_names="MAELYS",
        nationality="FRA",
        birth_date=PartialDate(1990, 7, 13),
        sex="F",
        expiry_date=PartialDate(2030, 2, 11),
    )
    reading = mrz.read("\n".join(mrz.write("TD2", card)), today=TODAY)
    assert reading.layout == "TD2"
    assert reading.fields == card


@given(st.text(max_size=300))
@example("\ud800" * 40)
def test_any_text_gives_a_reading(text: str) -> None:
    reading = mrz.read(text, today=TODAY)
    assert reading.valid in (True, False)
    assert reading.layout is None or all(len(line) == len(reading.lines[0]) for line in reading.lines)


@given(st.binary(max_size=400))
def test_any_bytes_give_a_reading(data: bytes) -> None:
    mrz.read(data, today=TODAY)
    list(mrz.documents([data]))


@given(st.text("PIVAC<O0I1Z2S5MF\n\u00ab4", max_size=200), st.dates(date(1, 1, 1), date(9999, 12, 31)))
def test_nearly_a_zone_on_any_day_gives_a_reading(text: str, today: date) -> None:
    mrz.read(text, today=today)


@settings(max_examples=300)
@given(
    st.sampled_from(sorted(SPECIMENS)),
    st.lists(
        st.tuples(st.integers(0, 2), st.integers(0, 43), st.characters(min_codepoint=32, max_codepoint=600)), max_size=6
    ),
    st.dates(date(1, 1, 1), date(9999, 12, 31)),
)
def test_damaged_specimens_give_readings_that_hold_together(
    layout: str, damage: list[tuple[int, int, str]], today: date
) -> None:
    lines = SPECIMENS[layout]
    for row, column, character in damage:
        row, column = row % len(lines), column % len(lines[0])
        lines = with_character(lines, row, column, character)
    reading = mrz.read("\n".join(lines), today=today)
    for one in reading.repairs:
        if one.found and one.repaired:
            held = reading.lines[one.at.line][one.at.start]
            assert held == (one.repaired if one.applied else one.found)
    for check in reading.checks:
        assert check.found == check.digit.of(reading.lines)
    if reading.valid:
        assert all(check.ok for check in reading.checks)


def steps(work: Callable[[], object]) -> int:
    """Lines of Python that ran: a measure of work that no other load on the machine changes."""
    count = 0

    def trace(frame: FrameType, event: str, _argument: object) -> object:
        nonlocal count
        count += event == "line" and "/src/xenia/" in frame.f_code.co_filename
        return trace

    before = sys.gettrace()  # coverage, where it is measured
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


HUGE = {
    "one letter": "P",
    "fillers": "<",
    "line feeds": "\n",
    "short lines": "P<UTO\n",
    "runs": "P<UTO<A<A<A<A<A<A<A<A<A<A<A<A<A<A<A<A<A<A\n",
    "nearly a line": "I<UTO<A<A<A<A<A<A<A<A<A<A<A<A<A<A<A<A<A\nI<UTO<A<A<A<A<A<A<A<A<A<A<A<A<A<A<A<A<A<A\n",
    "specimens": "\n".join(TD3) + "\n",
    "guillemets": "\u00ab",
    "not characters": "\u0301\u202e",
    "spaces": " ",
    "long prefix": "PUTO",
}
# The most that any of these took on 21 November 2026 was 41,714 lines (`runs`); a passport takes about 3,000.
MOST_STEPS = 100_000


@pytest.mark.parametrize("kind", HUGE)
def test_ten_megabytes_take_no_more_steps_than_a_few_kilobytes(kind: str) -> None:
    unit = HUGE[kind]
    small = unit * (4_000 // len(unit))
    huge = unit * (10_000_000 // len(unit))
    few = steps(lambda: mrz.read(small, today=TODAY))
    many = steps(lambda: mrz.read(huge, today=TODAY))
    assert many == few
    assert many < MOST_STEPS
    assert steps(lambda: mrz.read(huge.encode(errors="replace"), today=TODAY)) < MOST_STEPS


def test_a_text_that_was_cut_says_so_and_is_not_valid() -> None:
    reading = mrz.read("\n".join(TD3) + "\n" * 5_000, today=TODAY)
    assert "text-cut" in reading.warning_codes
    assert not reading.valid
