"""Days and moments as pages write them, in the reader's language and the current zone. Rooms do not know the site's own."""

from __future__ import annotations

import datetime as dt
import re

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

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
