"""How dates, ages and names are written on a page, in the reader's language. Digits are always 0-9."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from xenia.formats.dates import PartialDate


def day(value: dt.date | dt.datetime | PartialDate | str | None) -> str:
    """`8 Jun 1991`, `Jun 1991` or `1991`: the month in letters, unknown parts left out. "" for None.

    Text is read as an ISO date with parts left out at the end; text that is none comes back as it is.
    Moments are turned to the current zone, which is the post's.
    """
    if value is None or value == "":
        return ""
    if isinstance(value, dt.datetime):
        value = timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    if isinstance(value, PartialDate):
        value = value.iso()
    if isinstance(value, str):
        return _partial(value)
    return date_format(value, "j M Y")


def _partial(text: str) -> str:
    try:
        parts = [int(part) for part in text.split("-")]
        if len(parts) == 3:
            return date_format(dt.date(*parts), "j M Y")
        if len(parts) == 2:
            return date_format(dt.date(parts[0], parts[1], 1), "M Y")
    except ValueError:
        pass
    return text


def moment(value: dt.datetime | None) -> str:
    """`Sat 21 Nov 2026, 10:42` in the current zone, which is the post's."""
    return "" if value is None else date_format(timezone.localtime(value), _("D j M Y, H:i"))


def clock(value: dt.datetime | None) -> str:
    """`10:42` in the current zone."""
    return "" if value is None else date_format(timezone.localtime(value), "H:i")


def age(seconds: float | None) -> str:
    """`now`, `14 min`, `1 h 05`, `3 d`; "" for None."""
    if seconds is None:
        return ""
    minutes = int(seconds // 60)
    if minutes < 1:
        return _("under 1 min")
    if minutes < 60:
        return _("%(minutes)d min") % {"minutes": minutes}
    hours, rest = divmod(minutes, 60)
    if hours < 48:
        return _("%(hours)d h %(minutes)02d") % {"hours": hours, "minutes": rest}
    return _("%(days)d d") % {"days": hours // 24}
