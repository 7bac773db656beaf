"""What a unit says of itself, to its centre with every batch and on its own pages; the words are `status.WORDS`."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from xenia.registers import catalogue
from xenia.units import holding, status, swap, watch
from xenia.units.models import Line, Watch

MINUTE = timedelta(minutes=1)


def of_unit(held: Line, now: datetime) -> dict[str, Any]:
    """Disk, battery, clock, lease, what is held, and minutes until the first list is too old (below nought: it is). Five queries."""
    told = status.of_machine(settings.XENIA_HOME) | holding.told()
    if swap.plain():
        told["swap_plain"] = 1
    kept = Watch.objects.filter(pk=1).first()
    days = watch.days_left(kept.samples, now, told["disk_free_mb"] << 20) if kept is not None else None
    if days is not None:
        told["disk_days"] = min(days, 9999)
    leapt = watch.leap(now) // timedelta(milliseconds=1)
    if leapt:
        told["leapt_ms"] = leapt
    if held.drift_ms is not None:
        told["drift_ms"] = held.drift_ms
    counted = watch.counted(now)
    if held.lease_until is not None:
        told["lease_min"] = (held.lease_until - counted) // MINUTE
    left = [
        age.limit_s - age.age_s for one in catalogue.registers() for age in one.ages(counted) if age.as_of is not None
    ]
    return told | ({"stale_min": min(left) // 60} if left else {})
