"""How long a unit may go on without its centre. After that it signs nobody in and asks nothing; what was written still goes up.

The centre says in every manifest until when the unit may work. Officers, roles and policy must be confirmed as lately.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings

from xenia.errors import Unavailable
from xenia.journal import clock
from xenia.units import watch
from xenia.units.down import access
from xenia.units.down.manifest import age
from xenia.units.models import Line, Taken

BEHIND: Final = timedelta(minutes=10)
"""So far may this machine's clock be behind what the centre last said; further, it was set back. Own choice."""
SUSPECT: Final = timedelta(hours=1)
"""A machine that was off for longer than this, by its own clock, is asked whether it was. Own choice."""
NEVER, OVER, BEHIND_CLOCK = "no-lease", "lease-over", "clock-behind"
LINE_UP: Final = "Bring the line to the centre up; nothing else is needed."


@dataclass(frozen=True)
class Lapsed:
    """Why this unit may not work. `code`: one of the three above. `since`: when the lease ended; `heard`: when the centre last spoke.

    `suspect`: when this machine was last at work, where only its clock says that the lease is over.
    """

    code: str
    since: datetime | None
    heard: datetime | None
    suspect: datetime | None = None

    def error(self) -> Unavailable:
        """The same for callers that are no pages."""
        if self.code == OVER:
            return Unavailable(
                "The time that this unit may work without its centre is over.", LINE_UP, code="lease-over"
            )
        if self.code == BEHIND_CLOCK:
            return Unavailable(
                "The clock of this machine is behind what the centre last said.", "Set the clock.", code="clock-behind"
            )
        return Unavailable("The centre has not yet said who may work at this unit.", LINE_UP, code="no-lease")


def judge(line: Line | None, officers: Taken | None, now: datetime, counted: datetime | None = None) -> Lapsed | None:
    """Why a unit may not work at that moment, None where it may. `counted`: the greatest time known, see `watch.py`. Pure."""
    if line is None or line.lease_until is None or line.manifest_at is None or officers is None:
        return Lapsed(NEVER, None, line.manifest_at if line else None)
    if now < line.manifest_at - BEHIND:
        return Lapsed(BEHIND_CLOCK, None, line.manifest_at)
    now = max(now, counted or now)
    if now >= line.lease_until:
        return Lapsed(OVER, line.lease_until, line.manifest_at)
    if age(officers.as_of, officers.max_age_s, now).is_past:
        return Lapsed(OVER, officers.as_of + timedelta(seconds=officers.max_age_s or 0), line.manifest_at)
    return None


def lapsed(now: datetime | None = None) -> Lapsed | None:
    """Why this installation may not work now, None where it may. A centre always may."""
    if not settings.XENIA_UNIT:
        return None
    officers, line, now = (
        Taken.objects.filter(name=access.NAME).first(),
        Line.objects.filter(pk=1).first(),
        now or clock.now(),
    )
    found = judge(line, officers, now, watch.counted(now))
    if found is None or found.code != OVER:
        return found
    before = watch.last_at_work()
    alone = before is not None and now - before > SUSPECT and judge(line, officers, before, before) is None
    return replace(found, suspect=before) if alone else found


def require() -> None:
    """Nothing, where questions may be asked here. Raises `Unavailable` (`lease-over`, `clock-behind`).

    A unit that has never heard of its centre knows no officer who could ask.
    """
    found = lapsed()
    if found is not None and found.code != NEVER:
        raise found.error()
