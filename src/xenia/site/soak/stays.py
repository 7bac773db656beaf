"""`xenia soak stays`: the short-stay rule against the plainest reading of the law, on random lives.

A life is a list of crossings as moments in UTC at posts of several zones. The rule derives local days and slides its
window; the plain reading marks each day of the life in a row of bytes and counts every window anew.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from xenia.commands import Call, Command
from xenia.errors import BadInput
from xenia.registers.stays import rules
from xenia.registers.stays.rules import Allowance, Situation, Stay, Visa

ZONES = (
    "UTC", "Europe/Lisbon", "Europe/Athens", "Asia/Tbilisi", "Asia/Kathmandu", "America/St_Johns", "Pacific/Apia",
    "Australia/Lord_Howe", "Pacific/Kiritimati", "Africa/Casablanca", "America/Santiago",
)  # fmt: skip
DAYS, WINDOW = 90, 180
LEAP_DAYS = (date(2024, 2, 29), date(2028, 2, 29), date(2100, 2, 28), date(2000, 2, 29))
MARGIN = 400


@dataclass(frozen=True)
class Visit:
    """One stay as it happened. `left_at` None: no exit is recorded."""

    entered_at: datetime
    entry_zone: str
    left_at: datetime | None
    exit_zone: str
    counted: bool


@dataclass(frozen=True)
class Life:
    """A person's visits, the day asked about and, for some, a visa with the numbers of the visits under it."""

    visits: tuple[Visit, ...]
    on: date
    visa: Visa | None = None
    on_visa: tuple[int, ...] = ()


def life(draw: random.Random) -> Life:
    """One random life: short and long visits, same-day returns, overlaps, nights at the border, leap days, open ends."""
    on = draw.choice(LEAP_DAYS) if draw.random() < 0.2 else date(2018, 1, 1) + timedelta(days=draw.randrange(4000))
    on += timedelta(days=draw.randrange(-3, 4))
    at = datetime(on.year, on.month, on.day, tzinfo=UTC) - timedelta(days=draw.randrange(1, 420))
    visits = []
    for _ in range(draw.choice((0, 1, 1, 2, 3, 5, 8, 20))):
        at = _gap(draw, at)
        end = _moment(
            draw, at + timedelta(days=draw.choice((0, 0, 1, 5, 10, 30, 60, 89, 90, 120)), minutes=draw.randrange(600))
        )
        left = None if draw.random() < 0.05 else max(end, at)
        home = draw.choice(ZONES)
        away = home if draw.random() < 0.6 else draw.choice(ZONES)
        visits.append(Visit(at, home, left, away, draw.random() < 0.85))
        at = at if draw.random() < 0.05 else max(end, at)
    visa: Visa | None = None
    numbers: tuple[int, ...] = ()
    if draw.random() < 0.3:
        begin = on - timedelta(days=draw.randrange(-2, 200))
        length = draw.choice((0, 10, 90, 180, 365))
        visa = Visa(
            begin, begin + timedelta(days=length), draw.choice((None, 1, 15, 30, 90)), draw.choice((1, 2, None))
        )
        numbers = tuple(n for n in range(len(visits)) if draw.random() < 0.2)
    return Life(tuple(visits), on, visa, numbers)


def _gap(draw: random.Random, at: datetime) -> datetime:
    if draw.random() < 0.25:
        return at + timedelta(minutes=draw.randrange(90))  # out and in again
    return _moment(draw, at + timedelta(days=draw.choice((1, 3, 10, 30, 90, 91)), minutes=draw.randrange(1440)))


def _moment(draw: random.Random, at: datetime) -> datetime:
    """Often a minute around some midnight."""
    if draw.random() < 0.3:
        return at.replace(hour=draw.randrange(24), minute=0) + timedelta(minutes=draw.randrange(-1, 2))
    return at


def stays_of(one: Life) -> list[Stay]:
    """The stays by local days, as the register makes them."""
    return [
        Stay(
            rules.local_day(v.entered_at, v.entry_zone),
            rules.local_day(v.left_at, v.exit_zone) if v.left_at else None,
            v.counted,
        )
        for v in one.visits
    ]


def _plain_day(at: datetime, zone: str) -> int:
    offset = at.astimezone(ZoneInfo(zone)).utcoffset() or timedelta()
    return (int(at.timestamp()) + int(offset.total_seconds())) // 86_400 + date(1970, 1, 1).toordinal()


def _row(one: Life, visits: Iterator[Visit] | tuple[Visit, ...], begin: int, *, all_days: bool) -> bytearray:
    """A byte per day from `begin` to a year past the day asked about: 1 where the person was there, up to that day."""
    today = one.on.toordinal()
    row = bytearray(today + MARGIN - begin)
    for visit in visits:
        if not (visit.counted or all_days):
            continue
        first = _plain_day(visit.entered_at, visit.entry_zone)
        last = max(first, _plain_day(visit.left_at, visit.exit_zone)) if visit.left_at else today
        for day in range(first, min(last, today) + 1):
            row[day - begin] = 1
    return row


def plain(one: Life) -> tuple[Situation, Allowance]:
    """The same answers, counted anew for each day."""
    today = one.on.toordinal()
    begin = min([_plain_day(v.entered_at, v.entry_zone) for v in one.visits] + [today]) - WINDOW - 2
    row = _row(one, one.visits, begin, all_days=False)
    here = today - begin

    def used(line: bytearray, day: int) -> int:
        return sum(line[day - WINDOW + 1 : day + 1])

    there = bytearray(row)
    there[here] = 1
    count, lawful = used(there, here), used(there, here) <= DAYS
    staying, latest = bytearray(there), None
    for day in range(here, len(row)):
        staying[day] = 1
        if used(staying, day) > DAYS:
            break
        latest = day
    left = there if lawful else row
    again = here + 1
    while used(left, again) + 1 > DAYS:
        again += 1
    found = Situation(
        one.on,
        count,
        max(0, DAYS - count),
        lawful,
        date.fromordinal(latest + begin) if latest is not None else None,
        date.fromordinal(again + begin),
    )
    return found, _plain_allowance(one, found, begin)


def _plain_allowance(one: Life, found: Situation, begin: int) -> Allowance:
    visa, today = one.visa, one.on.toordinal()
    if visa is None:
        return Allowance(found.latest_exit, "short-stay")
    under = tuple(one.visits[n] for n in one.on_visa)
    earlier = tuple(v for v in under if _plain_day(v.entered_at, v.entry_zone) <= today)
    row = _row(one, earlier, begin, all_days=True)
    last = None
    for day in range(today, found.latest_exit.toordinal() + 1 if found.latest_exit else today):
        row[day - begin] = 1
        valid = visa.valid_from is None or visa.valid_from.toordinal() <= today
        valid &= visa.valid_until is None or day <= visa.valid_until.toordinal()
        valid &= visa.entries is None or len(earlier) < visa.entries
        if not valid or (visa.days is not None and sum(row) > visa.days):
            break
        last = day
    return Allowance(date.fromordinal(last) if last is not None else None, "")


def differs(one: Life) -> str:
    """What the rule and the plain reading answer differently; empty where they agree."""
    stays = stays_of(one)
    on_visa = [stays[number] for number in one.on_visa]
    found, until = rules.situation(stays, one.on), rules.allowance(stays, one.on, one.visa, on_visa).until
    wanted, allowed = plain(one)
    if found != wanted:
        return f"{one}: {found} instead of {wanted}"
    return "" if until == allowed.until else f"{one}: until {until} instead of {allowed.until}"


def _run(call: Call) -> int:
    count, seed = call.options.count, call.options.seed
    if not 1 <= count <= 10_000_000:
        raise BadInput("Live between 1 and 10,000,000 lives.", "Choose another number with --count.", code="bad-input")
    draw = random.Random(seed)  # noqa: S311 - invented lives, no secrets
    begun, unlike = time.perf_counter(), 0
    kinds = dict.fromkeys(("lawful", "unlawful", "open", "visa"), 0)
    for number in range(count):
        one = life(draw)
        problem = differs(one)
        unlike += bool(problem)
        if problem and unlike <= 3:
            call.say(f"Life {number}: {problem}")
        kinds["open"] += any(v.left_at is None for v in one.visits)
        kinds["visa"] += one.visa is not None
        kinds["lawful" if rules.situation(stays_of(one), one.on).lawful else "unlawful"] += 1
    spent = time.perf_counter() - begun
    call.answer(
        "xenia/soak-stays/1", {"lives": count, "seed": seed, "different": unlike, **kinds, "seconds": round(spent)}
    )
    return 1 if unlike else 0


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--count", type=int, default=10_000, help="how many lives (default 10,000)")
    parser.add_argument("--seed", type=int, default=1, help="number that the lives are drawn from (default 1)")


COMMANDS = (
    Command(
        "soak stays",
        "Work out the short-stay rule for random lives and compare with the plainest reading of the law.",
        _run,
        None,
        _arguments,
        needs_home=False,
        writes=False,
    ),
)
