"""Days that move each year, reckoned: Easter by both calendars, the two Eids; and those that do not: Novruz, New Year. Pure.

Easter: Meeus, Astronomical Algorithms (2nd ed., 1998), chapter 8. The Eids: the tabular Islamic calendar (leap years 2, 5, 7, 10,
13, 16, 18, 21, 24, 26, 29 of 30; Reingold and Dershowitz, Calendrical Calculations, chapter 7), from the Thursday on which its
astronomical form begins. Months begin by sighting or by a state's own table, so that the real day may be one earlier or later: of
Saudi Arabia's days 2000 to 2075, as the library `holidays` has them, none is further off. Novruz is the day of the equinox, 20 or 21 March.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

ISLAMIC_EPOCH = 227_014  # ordinal of 1 Muharram 1: 15 July 622 of the Julian calendar, 18 July of ours
SHAWWAL, DHU_AL_HIJJA = 10, 12


@dataclass(frozen=True)
class Feast:
    """Some days in a row. `name`: a code; `doubt`: whether the real days may differ by one."""

    name: str
    first: date
    last: date
    doubt: bool = False


def feasts(since: date, until: date) -> list[Feast]:
    """Those that touch these days, the earliest first."""
    found: list[Feast] = []
    for year in range(since.year - 1, until.year + 2):
        western, eastern = easter(year), eastern_easter(year)
        found += [
            Feast("easter-western", western - timedelta(days=2), western + timedelta(days=1)),
            Feast("easter-eastern", eastern - timedelta(days=2), eastern + timedelta(days=1)),
            Feast("novruz", date(year, 3, 20), date(year, 3, 22)),
            Feast("new-year", date(year, 12, 31), date(year + 1, 1, 2)),
        ]
    first_year = (since.year - 622) * 33 // 32 - 1
    for year in range(first_year, first_year + (until.year - since.year) + 5):
        fitr, adha = islamic(year, SHAWWAL, 1), islamic(year, DHU_AL_HIJJA, 10)
        found += [
            Feast("eid-al-fitr", fitr, fitr + timedelta(days=2), doubt=True),
            Feast("eid-al-adha", adha, adha + timedelta(days=3), doubt=True),
        ]
    return sorted((one for one in found if one.last >= since and one.first <= until), key=lambda one: one.first)


def easter(year: int) -> date:
    """Easter Sunday of the western churches.

    >>> easter(2026)
    datetime.date(2026, 4, 5)
    """
    a, (b, c) = year % 19, divmod(year, 100)
    (d, e), f = divmod(b, 4), (b + 8) // 25
    g = (b - f + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    weekday = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * weekday) // 451
    month, day = divmod(h + weekday - 7 * m + 114, 31)
    return date(year, month, day + 1)


def eastern_easter(year: int) -> date:
    """Easter Sunday of the eastern churches, by our calendar.

    >>> eastern_easter(2026)
    datetime.date(2026, 4, 12)
    """
    a, b, c = year % 4, year % 7, year % 19
    d = (19 * c + 15) % 30
    e = (2 * a + 4 * b - d + 34) % 7
    month, day = divmod(d + e + 114, 31)
    julian_behind = year // 100 - year // 400 - 2
    return date(year, month, day + 1) + timedelta(days=julian_behind)


def islamic(year: int, month: int, day: int) -> date:
    """A day of the tabular Islamic calendar by ours."""
    days = (year - 1) * 354 + (3 + 11 * year) // 30 + 29 * (month - 1) + month // 2 + day - 1
    return date.fromordinal(ISLAMIC_EPOCH + days)
