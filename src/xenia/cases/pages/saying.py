"""Days and moments as pages write them, in the reader's language and the current zone. Rooms do not know the site's own."""

from __future__ import annotations

import datetime as dt
import re

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language_bidi, ngettext
from django.utils.translation import gettext as _

from xenia.cases.definition.terms import BadLength, Length

PARTIAL = re.compile(r"\d{4}(-\d{2}){0,2}")


def day(value: dt.date | str) -> str:
    """`8 Jun 1991`, `Jun 1991` or `1991`; text that is no ISO date comes back as it is."""
    if isinstance(value, dt.date):
        return date_format(value, "j M Y")
    parts = [int(one) for one in value.split("-")] if PARTIAL.fullmatch(value) else []
    try:
        if len(parts) == 3:
            return date_format(dt.date(*parts), "j M Y")
        return date_format(dt.date(parts[0], parts[1], 1), "M Y") if len(parts) == 2 else value
    except ValueError:
        return value


def moment(value: dt.datetime | str) -> str:
    """`Sat 21 Nov 2026, 10:42`; text that is no ISO moment comes back as it is."""
    try:
        at = dt.datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return str(value)
    local = timezone.localtime(at) if timezone.is_aware(at) else at
    return date_format(local, _("D j M Y, H:i"))


def titled(name: str) -> str:
    """The main person in a few words, the birth date with its month in letters."""
    who, comma, born = name.rpartition(", ")
    if not born[:4].isdecimal():
        return name
    # Isolated from each other where a page runs from the right: a name keeps its direction, the day its own.
    return f"\u2068{who}\u2069, \u2068{day(born)}\u2069" if get_language_bidi() else f"{who}{comma}{day(born)}"


def length(text: str) -> str:
    """`15 calendar days` in the reader's language; "" for none at all; what is no length comes back as it is."""
    try:
        said = Length.parse(text)
    except BadLength:
        return text
    words = {
        "calendar day": ngettext("%(n)d calendar day", "%(n)d calendar days", said.amount),
        "working day": ngettext("%(n)d working day", "%(n)d working days", said.amount),
        "week": ngettext("%(n)d week", "%(n)d weeks", said.amount),
        "month": ngettext("%(n)d month", "%(n)d months", said.amount),
        "year": ngettext("%(n)d year", "%(n)d years", said.amount),
        "hour": ngettext("%(n)d hour", "%(n)d hours", said.amount),
    }
    return words[said.unit] % {"n": said.amount} if said.amount else ""
