"""Marking overstays: whose authorised stay is over and no exit is recorded, by the local day of the post of entry."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from xenia.journal import actions as journal
from xenia.journal.act import Act
from xenia.journal.node import node
from xenia.registers.stays import kinds
from xenia.registers.stays.models import StayRecord
from xenia.registers.stays.rules import local_day

AT_ONCE = 500
BASIS = "Regulation (EU) 2017/2226 Art. 12"


def mark(now: datetime | None = None) -> int:
    """Mark what is due and not marked yet; how many. One entry names up to 500 stays. Writes nothing where none is due."""
    moment, marked = now or datetime.now(UTC), 0
    while due := _due(moment):
        with journal.writing():
            changed = StayRecord.objects.filter(id__in=[row.id for row in due], state="open", overstay=False)
            ids = list(changed.values_list("id", flat=True))
            changed.update(overstay=True)
            if ids:
                act = Act("system:stays", "", "operation", BASIS, "overstays", node())
                journal.append(kinds.OVERSTAYS, {"stays": [str(one) for one in ids]}, act, occurred_at=moment)
        marked += len(ids)
        if len(due) < AT_ONCE:
            break
    return marked


def _due(now: datetime) -> list[StayRecord]:
    """Open stays whose last authorised day is over where the person entered."""
    latest = (now + timedelta(hours=14)).date()  # the first zone in which a day begins
    rows = StayRecord.objects.filter(state="open", overstay=False, authorised_until__lt=latest)
    some = rows.order_by("authorised_until").only("id", "authorised_until", "entry_zone")[:AT_ONCE]
    return [
        row for row in some if row.authorised_until and row.authorised_until < local_day(now, row.entry_zone or "UTC")
    ]
