"""At the centre: what is wrong with a unit becomes one work item per unit and kind, which closes by itself when it is over.

An alarm opens at once, since its level has a length of its own. It is over when nothing was wrong for a while, by levels that are
a quarter better than those that opened it: what comes and goes is one alarm, not twenty.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db.models import Count, F, Q
from django.utils import translation
from django.utils.translation import gettext as _

from xenia.exchange import own
from xenia.journal import clock
from xenia.journal.act import Act
from xenia.journal.actions import writing
from xenia.journal.node import node as own_node
from xenia.units import door_keys, status, tasks, watch
from xenia.units.down import offers
from xenia.units.models import Alarm, Unit

BASIS: Final = "operation of the installation"
OWN_ITEMS: Final = frozenset({"quarantined", "aside"})
"""These have their work items from where they arise."""
LATELY: Final = timedelta(days=30)
NONE: Final = timedelta(0)

_began_s: float | None = None


def of(unit: Unit, aside: int, now: datetime, level: status.Levels | None = None) -> tuple[status.Alarm, ...]:
    """What is wrong with a unit now, the gravest first. `aside`: entries put aside that nobody has looked at."""
    seen = status.Seen(unit.state, unit.seen_at, unit.received, unit.received_at, unit.told, aside)
    return status.alarms(seen, now, level or status.levels(), offers.lease())


def units() -> list[tuple[Unit, int]]:
    """All units, each with how many of its entries were put aside and not looked at."""
    rows = Unit.objects.annotate(open_aside=Count("aside", filter=Q(aside__settled_at=None))).order_by("post", "name")
    return [(one, one.open_aside) for one in rows]


def begin() -> int:
    """Look at all units; how many alarms began or ended. A chore. After a start, no unit is called silent before it could call."""
    global _began_s
    if settings.XENIA_UNIT:
        return 0
    _began_s = watch.running_s() if _began_s is None else _began_s
    waits = watch.running_s() - _began_s < status.levels().silent_minutes * 60
    now = clock.now()
    changed = step(now, not_yet=("silent", "lapsing") if waits else ())
    if Unit.objects.exists():  # else nobody knocks at a door
        changed += door_keys.look(now, Act("system:units", own.authority(), "operation", BASIS, "door", own_node()))
    return changed


def step(now: datetime, not_yet: Iterable[str] = ()) -> int:
    """Open and close what is due; how many. `not_yet`: kinds that are not opened now."""
    level, changed = status.levels(), 0
    calm, running = timedelta(minutes=level.calm_minutes), _running()
    longer = {"silent": timedelta(minutes=level.silent_minutes)}  # who calls now and then is silent all the time
    for unit, aside in units():
        wrong = {one.code: one for one in of(unit, aside, now, level)}
        still = {one.code for one in of(unit, aside, now, level.eased(offers.lease()))}
        mine = running.get(unit.pk, {})
        for code in wrong.keys() - mine.keys() - OWN_ITEMS - set(not_yet):
            changed += _open(unit, wrong[code], now)
        for code, one in mine.items():
            gone = unit.state in ("revoked", "quarantined")
            if code in still and not gone:
                if one.calm_since is not None:
                    Alarm.objects.filter(pk=one.pk).update(calm_since=None)
            elif gone or (one.calm_since is not None and now - one.calm_since >= calm + longer.get(code, NONE)):
                changed += _close(unit, one, now)
            elif one.calm_since is None:
                Alarm.objects.filter(pk=one.pk).update(calm_since=now)
    return changed


def _running() -> dict[object, dict[str, Alarm]]:
    found: dict[object, dict[str, Alarm]] = {}
    for one in Alarm.objects.filter(closed_at=None):
        found.setdefault(one.unit_id, {})[one.code] = one
    return found


def _act(unit: Unit) -> Act:
    return Act("system:units", unit.owner, "operation", BASIS, f"unit:{unit.name}", own_node())


def _open(unit: Unit, what: status.Alarm, now: datetime) -> int:
    with writing():
        _row, made = Alarm.objects.get_or_create(unit=unit, code=what.code, closed_at=None, defaults={"opened_at": now})
        if made:
            tasks.alarm(unit, what.code, grave=what.grave, act=_act(unit))
    return int(made)


def _close(unit: Unit, one: Alarm, now: datetime) -> int:
    ended = one.calm_since or now
    with translation.override(settings.LANGUAGE_CODE):
        lasted = max(1, (ended - one.opened_at) // timedelta(minutes=1))
        note = _("Over by itself. It lasted for %(minutes)d minutes.") % {"minutes": lasted}
    with writing():
        done = Alarm.objects.filter(pk=one.pk, closed_at=None).update(closed_at=ended)
        if done:
            tasks.alarm_over(unit, one.code, note, _act(unit))
    return done


def lately(unit: Unit, now: datetime) -> list[Alarm]:
    """Its alarms of the last month, those that last first, then the newest."""
    rows = Alarm.objects.filter(unit=unit).filter(Q(closed_at=None) | Q(closed_at__gt=now - LATELY))
    return list(rows.order_by(F("closed_at").desc(nulls_first=True), "-opened_at")[:50])
