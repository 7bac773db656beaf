"""Time limits: the vectors of the regulation and of the agreements, changes of the clock, and properties."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from xenia.cases.definition import (
    BadLength,
    Calendar,
    Due,
    Length,
    calendar_of,
    due,
    due_from_day,
    extended,
    is_late,
    latest_before,
    suspended,
)
from xenia.cases.definition.terms import CONVENTIONS, UNITS

CHRISTMAS = {date(2026, 12, 25), date(2026, 12, 26)}
PLAIN = Calendar(holidays=CHRISTMAS.__contains__)
R1182 = PLAIN.with_convention("R1182")
NEXT = PLAIN.with_convention("next-working-day")


def at(text: str, zone: str = "UTC") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize(
    ("start", "length", "calendar", "ends"),
    [
        # Regulation 1182/71 and the calculated vectors of the domain file, section 5
        ("2026-03-06", "15 calendar days", PLAIN, "2026-03-21"),
        ("2026-03-06", "15 calendar days", R1182, "2026-03-23"),
        ("2026-03-02", "15 calendar days", PLAIN, "2026-03-17"),
        ("2026-03-02", "15 calendar days", R1182, "2026-03-17"),
        ("2026-03-05", "2 working days", PLAIN, "2026-03-09"),
        ("2026-03-05", "2 working days", R1182, "2026-03-09"),
        ("2026-01-31", "1 month", PLAIN, "2026-02-28"),
        ("2026-01-31", "1 month", R1182, "2026-03-02"),
        ("2026-12-24", "2 calendar days", R1182, "2026-12-29"),
        ("2026-12-24", "2 calendar days", PLAIN, "2026-12-26"),
        # an end that moves to one working day after (CH-MD)
        ("2026-03-06", "15 calendar days", NEXT, "2026-03-23"),
        ("2026-12-24", "2 calendar days", NEXT, "2026-12-28"),
        # every length that a profile of section 5 knows, from Monday 2 March 2026
        ("2026-03-02", "2 working days", PLAIN, "2026-03-04"),
        ("2026-03-02", "2 calendar days", PLAIN, "2026-03-04"),
        ("2026-03-02", "3 working days", PLAIN, "2026-03-05"),
        ("2026-03-02", "4 working days", PLAIN, "2026-03-06"),
        ("2026-03-02", "5 working days", PLAIN, "2026-03-09"),
        ("2026-03-02", "11 working days", PLAIN, "2026-03-17"),
        ("2026-03-02", "15 working days", PLAIN, "2026-03-23"),
        ("2026-03-02", "3 calendar days", PLAIN, "2026-03-05"),
        ("2026-03-02", "5 calendar days", PLAIN, "2026-03-07"),
        ("2026-03-02", "6 calendar days", PLAIN, "2026-03-08"),
        ("2026-03-02", "10 calendar days", PLAIN, "2026-03-12"),
        ("2026-03-02", "12 calendar days", PLAIN, "2026-03-14"),
        ("2026-03-02", "14 calendar days", PLAIN, "2026-03-16"),
        ("2026-03-02", "21 calendar days", PLAIN, "2026-03-23"),
        ("2026-03-02", "25 calendar days", PLAIN, "2026-03-27"),
        ("2026-03-02", "30 calendar days", PLAIN, "2026-04-01"),
        ("2026-03-02", "60 calendar days", PLAIN, "2026-05-01"),
        ("2026-03-02", "90 calendar days", PLAIN, "2026-05-31"),
        ("2026-03-02", "120 calendar days", PLAIN, "2026-06-30"),
        ("2026-03-02", "150 calendar days", PLAIN, "2026-07-30"),
        ("2026-03-02", "180 calendar days", PLAIN, "2026-08-29"),
        ("2026-03-02", "3 months", PLAIN, "2026-06-02"),
        ("2026-03-02", "6 months", PLAIN, "2026-09-02"),
        ("2026-03-02", "9 months", PLAIN, "2026-12-02"),
        ("2026-03-02", "12 months", PLAIN, "2027-03-02"),
        ("2026-03-02", "1 year", PLAIN, "2027-03-02"),
        ("2026-03-02", "3 years", PLAIN, "2029-03-02"),
        # ends of months and leap years
        ("2024-02-29", "1 year", PLAIN, "2025-02-28"),
        ("2026-11-30", "3 months", PLAIN, "2027-02-28"),
        ("2026-08-31", "6 months", PLAIN, "2027-02-28"),
        ("2026-03-02", "2 weeks", PLAIN, "2026-03-16"),
        ("2026-03-02", "0 calendar days", PLAIN, "2026-03-02"),
        ("2026-03-07", "1 calendar day", R1182, "2026-03-09"),
        ("2026-03-07", "1 working day", PLAIN, "2026-03-09"),
    ],
)
def test_a_period_ends(start: str, length: str, calendar: Calendar, ends: str) -> None:
    found = due(at(f"{start}T10:20"), Length.parse(length), calendar)
    assert found.on == date.fromisoformat(ends)
    assert found.at == at(f"{ends}T00:00") + timedelta(days=1)
    assert found == due_from_day(date.fromisoformat(start), Length.parse(length), calendar)


def test_48_hours() -> None:
    monday = at("2026-03-02T10:20")
    assert due(monday, Length.parse("48 hours"), R1182) == Due(date(2026, 3, 4), at("2026-03-04T11:00"))
    assert due(monday, Length.parse("48 hours"), PLAIN) == Due(date(2026, 3, 4), at("2026-03-04T10:20"))


@pytest.mark.parametrize(
    ("event", "length", "last"),
    [
        ("2026-03-13", "3 working days", "2026-03-10"),
        ("2026-03-09", "3 working days", "2026-03-04"),
        ("2026-12-28", "3 working days", "2026-12-22"),
        ("2026-03-13", "8 working days", "2026-03-03"),
        ("2026-03-13", "6 working days", "2026-03-05"),
        ("2026-03-09", "7 calendar days", "2026-03-02"),
        ("2026-03-08", "1 calendar day", "2026-03-07"),
        ("2026-03-31", "1 month", "2026-02-28"),
        ("2026-03-31", "0 calendar days", "2026-03-31"),
    ],
)
@pytest.mark.parametrize("calendar", [PLAIN, R1182, NEXT])
def test_counted_backwards_nothing_moves(event: str, length: str, last: str, calendar: Calendar) -> None:
    assert latest_before(date.fromisoformat(event), Length.parse(length), calendar) == date.fromisoformat(last)


def test_a_day_ends_when_it_ends_there() -> None:
    baku, brussels = Calendar("Asia/Baku"), Calendar("Europe/Brussels")
    evening = at("2026-03-06T21:30")  # already Saturday in Baku
    assert due(evening, Length.parse("1 calendar day"), baku) == Due(date(2026, 3, 8), at("2026-03-08T20:00"))
    assert due(evening, Length.parse("1 calendar day"), brussels) == Due(date(2026, 3, 7), at("2026-03-07T23:00"))


@pytest.mark.parametrize(
    ("zone", "start", "length", "ends"),
    [
        # Brussels: clocks forward on 29 March 2026, back on 25 October 2026
        ("Europe/Brussels", "2026-03-28T12:00", "1 calendar day", "2026-03-29T22:00"),
        ("Europe/Brussels", "2026-03-27T12:00", "1 calendar day", "2026-03-28T23:00"),
        ("Europe/Brussels", "2026-10-24T12:00", "1 calendar day", "2026-10-25T23:00"),
        ("Europe/Brussels", "2026-10-23T12:00", "1 calendar day", "2026-10-24T22:00"),
        # Baku kept summer time until 2015 and has none since 2016
        ("Asia/Baku", "2026-03-28T12:00", "1 calendar day", "2026-03-29T20:00"),
        ("Asia/Baku", "2015-03-28T12:00", "1 calendar day", "2015-03-29T19:00"),
        # Beirut: midnight itself is left out; the day ends when the hour that is missing would begin
        ("Asia/Beirut", "2026-03-27T12:00", "1 calendar day", "2026-03-28T22:00"),
    ],
)
def test_the_end_of_a_day_when_clocks_change(zone: str, start: str, length: str, ends: str) -> None:
    assert due(at(start), Length.parse(length), Calendar(zone)).at == at(ends)


@pytest.mark.parametrize("zone", ["Europe/Brussels", "Asia/Baku", "Asia/Kathmandu"])
def test_hours_are_real_hours(zone: str) -> None:
    start = at("2026-03-28T12:00", zone)
    found = due(start, Length.parse("48 hours"), Calendar(zone))
    assert found.at - start.astimezone(UTC) == timedelta(hours=48)
    rounded = due(at("2026-03-28T12:25", zone), Length.parse("48 hours"), Calendar(zone, convention="R1182"))
    assert rounded.at == at("2026-03-28T13:00", zone).astimezone(UTC) + timedelta(hours=48)


def test_an_extension_begins_where_the_period_ended() -> None:
    first = due(at("2026-03-02T10:00"), Length.parse("25 calendar days"), PLAIN)
    assert first.on == date(2026, 3, 27)
    assert extended(first, Length.parse("25 calendar days"), PLAIN).on == date(2026, 4, 21)
    assert extended(first, Length.parse("2 working days"), PLAIN).on == date(2026, 3, 31)
    assert extended(first, Length.parse("6 hours"), PLAIN).at == first.at + timedelta(hours=6)


@pytest.mark.parametrize(
    ("length", "ends"),
    [("15 calendar days", "2026-03-21"), ("11 working days", "2026-03-19"), ("1 month", "2026-04-06")],
)
def test_a_clock_that_stood_ends_later(length: str, ends: str) -> None:
    one = Length.parse(length)
    first = due(at("2026-03-02T10:00"), one, PLAIN)
    stood = suspended(first, at("2026-03-05T10:00"), at("2026-03-09T10:00"), one, PLAIN)
    assert stood.on == date.fromisoformat(ends)
    assert suspended(first, at("2026-03-09T10:00"), at("2026-03-05T10:00"), one, PLAIN) == first


def test_hours_that_stood_are_added() -> None:
    one = Length.parse("48 hours")
    first = due(at("2026-03-02T10:00"), one, PLAIN)
    stood = suspended(first, at("2026-03-02T12:00"), at("2026-03-02T15:30"), one, PLAIN)
    assert stood.at == first.at + timedelta(hours=3, minutes=30)


def test_the_last_moment_is_not_late() -> None:
    limit = due(at("2026-03-02T10:00"), Length.parse("1 calendar day"), PLAIN)
    assert not is_late(limit, limit.at - timedelta(microseconds=1))
    assert is_late(limit, limit.at)


@pytest.mark.parametrize(
    "text",
    ["15 days", "days", "", "15", "-1 month", "1.5 months", "99999 years", "2000 years", "10000 hours", "one year"],
)
def test_what_is_no_length(text: str) -> None:
    with pytest.raises(BadLength):
        Length.parse(text)


def test_a_moment_needs_a_zone_and_hours_no_day() -> None:
    with pytest.raises(ValueError):
        due(datetime(2026, 3, 2, 10), Length.parse("1 month"), PLAIN)  # noqa: DTZ001
    with pytest.raises(BadLength):
        latest_before(date(2026, 3, 2), Length.parse("3 hours"), PLAIN)
    with pytest.raises(BadLength):
        due_from_day(date(2026, 3, 2), Length.parse("3 hours"), PLAIN)
    with pytest.raises(ValueError):
        PLAIN.with_convention("lunar")


def test_calendars_of_states() -> None:
    aze, egy, deu = calendar_of("AZE"), calendar_of("EGY"), calendar_of("D")
    assert aze.zone == "Asia/Baku" and not aze.is_working(date(2026, 3, 20))  # Novruz
    assert not egy.is_working(date(2026, 3, 6)) and egy.is_working(date(2026, 3, 8))  # Friday, Sunday
    assert deu.zone == "Europe/Berlin" and not deu.is_working(date(2026, 5, 1))
    assert calendar_of("UTO") == Calendar() or calendar_of("UTO").zone == "UTC"
    assert calendar_of("AZE", "R1182").convention == "R1182"


def some(seed: int) -> tuple[datetime, Length, Calendar]:
    dice = random.Random(seed)
    start = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=dice.randrange(3 * 365 * 1440))
    holidays = {date(2024, 1, 1) + timedelta(days=dice.randrange(1500)) for _ in range(60)}
    zone = dice.choice(["UTC", "Asia/Baku", "Europe/Brussels", "Asia/Beirut", "America/St_Johns"])
    weekend = frozenset(dice.choice([{5, 6}, {4, 5}, {6}]))
    calendar = Calendar(zone, holidays.__contains__, weekend, dice.choice(CONVENTIONS))
    return start, Length(dice.randrange(1, 60), dice.choice(UNITS)), calendar


@pytest.mark.parametrize("seed", range(300))
def test_what_is_true_of_every_period(seed: int) -> None:
    start, length, calendar = some(seed)
    found = due(start, length, calendar)
    assert found.at > start
    assert due(start, Length(length.amount + 1, length.unit), calendar).at >= found.at
    assert due(start + timedelta(days=1), length, calendar).at >= found.at
    assert extended(found, length, calendar).at > found.at
    assert Length.parse(str(length)) == length
    if length.unit == "hour":
        return
    assert found.at == calendar.end_of(found.on)
    assert calendar.local_day(found.at - timedelta(microseconds=1)) == found.on
    assert calendar.local_day(found.at) > found.on
    if calendar.convention != "plain" or length.unit == "working day":
        assert calendar.is_working(found.on)
    later = suspended(found, start, start + timedelta(days=5), length, calendar)
    assert later.at >= found.at
    back = latest_before(found.on, length, calendar)
    assert back < found.on
    if length.unit == "working day":
        between = (back + timedelta(days=n) for n in range(1, (found.on - back).days))
        assert sum(map(calendar.is_working, between)) <= length.amount
