"""Periods by name: what `this month` means on a given day."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later

from xenia.errors import BadInput

OWN = "own"
PERIODS = {
    "all": later("All that is known"),
    "today": later("Today"),
    "yesterday": later("Yesterday"),
    "7-days": later("Last 7 days"),
    "28-days": later("Last 28 days"),
    "month": later("This month"),
    "last-month": later("Last month"),
    "quarter": later("This quarter"),
    "last-quarter": later("Last quarter"),
    "year": later("This year"),
    "last-year": later("Last year"),
    OWN: later("Own period"),
}


def days(name: str, today: date) -> tuple[date | None, date | None]:
    """First day, and the day after the last; None for no end. `7-days` are the seven before today.

    Raises `BadInput` (`unknown-period`).
    """
    month, tomorrow = today.replace(day=1), today + timedelta(days=1)
    quarter = today.replace(month=today.month - (today.month - 1) % 3, day=1)
    year = today.replace(month=1, day=1)
    known: dict[str, tuple[date | None, date | None]] = {
        "all": (None, None),
        OWN: (None, None),
        "today": (today, tomorrow),
        "yesterday": (today - timedelta(days=1), today),
        "7-days": (today - timedelta(days=7), today),
        "28-days": (today - timedelta(days=28), today),
        "month": (month, months_later(month, 1)),
        "last-month": (months_later(month, -1), month),
        "quarter": (quarter, months_later(quarter, 3)),
        "last-quarter": (months_later(quarter, -3), quarter),
        "year": (year, months_later(year, 12)),
        "last-year": (months_later(year, -12), year),
    }
    if name not in known:
        raise BadInput(
            _("There is no period “%(name)s”.") % {"name": name[:40]},
            _("Known are %(known)s.") % {"known": ", ".join(known)},
            code="unknown-period",
        )
    return known[name]


def months_later(first: date, months: int) -> date:
    """The first of the month so many months after one."""
    number = first.year * 12 + first.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)
