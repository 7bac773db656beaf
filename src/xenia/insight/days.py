"""Which day a day of statistics is: days are those of UTC, and where clocks show another time that has to be said."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _


def ends(day: date) -> str:
    """`Days end at 24:00 UTC, 04:00 here (Asia/Tbilisi).` by the installation's own zone, as its clocks stand after that day."""
    zone = ZoneInfo(settings.TIME_ZONE)
    here = datetime.combine(day + timedelta(days=1), time(), UTC).astimezone(zone)
    if not here.utcoffset():
        return _("Days end at 24:00 UTC.")
    return _("Days end at 24:00 UTC, %(time)s here (%(zone)s).") % {
        "time": here.strftime("%H:%M"),
        "zone": settings.TIME_ZONE,
    }
