"""What units put on work lists: one that was quarantined, entries that were put aside."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from xenia.journal.act import Act
from xenia.units.models import Unit
from xenia.work import items
from xenia.work.models import WorkItem

QUARANTINED: Final = "unit.quarantined"
ASIDE: Final = "unit.aside"
WAITING: Final = "unit.waiting"
ALARM: Final = "unit.alarm-"
DOOR: Final = "unit.door-ends"
ROLE: Final = "shift-supervisor"
DONE: Final = "done"
OVER: Final = "over"
ALARMS: Final[dict[str, str | Promise]] = {
    "silent": _("Unit that is not heard of"),
    "halted": _("Unit that sends nothing any more"),
    "gap": _("Unit whose entries do not arrive"),
    "stale": _("Unit whose lists are too old"),
    "lapsing": _("Unit that soon may not work alone any more"),
    "drifting": _("Unit whose clock is wrong"),
    "disk": _("Unit whose disk is full or nearly so"),
    "battery": _("Unit whose battery is low"),
    "old": _("Unit whose release is too old"),
}


def register() -> None:
    """Make the kinds known; called when Django starts."""
    labels: dict[str, str | Promise] = {
        QUARANTINED: _("Unit that nothing is taken from"),
        ASIDE: _("Entries of a unit that were put aside"),
        WAITING: _("Machine that waits to be admitted as a unit"),
    }
    labels |= {ALARM + code: label for code, label in ALARMS.items()}
    for name, label in labels.items():
        items.register_kind(items.ItemKind(name, label, _url, ROLE, "operation", (DONE,)))
    ends = _("Certificate of the centre's door that ends soon")
    items.register_kind(items.ItemKind(DOOR, ends, _door_url, "administrator", "operation", (DONE,)))


def _url(item: WorkItem) -> str:
    from django.urls import reverse

    return reverse("units:unit", args=[item.subject])


def _door_url(_item: WorkItem) -> str:
    from django.urls import reverse

    return reverse("units:door")


def door(wanted: str, act: Act) -> int:
    """The one item about the certificate in use is `wanted`, "" where none is due; how many changed. Inside `writing()`."""
    changed = 0
    waiting = WorkItem.objects.filter(kind=DOOR, answered_at__isnull=True).exclude(subject=wanted)
    for subject in waiting.values_list("subject", flat=True):
        changed += items.settle(DOOR, subject, OVER, act)
    if wanted and not WorkItem.objects.filter(kind=DOOR, subject=wanted).exists():
        items.open_item(DOOR, wanted, owner=act.owner, act=act, urgency=1)
        changed += 1
    return changed


def _open(kind: str, unit: Unit, act: Act, urgency: int, **body: object) -> None:
    """One item of a kind at a time for a unit."""
    if not WorkItem.objects.filter(kind=kind, subject=str(unit.pk), answered_at__isnull=True).exists():
        items.open_item(
            kind, unit.pk, owner=unit.owner, act=act, urgency=urgency, post=unit.post, body={"unit": unit.name, **body}
        )


def quarantined(unit: Unit, why: str, act: Act) -> None:
    """Nothing more is taken of a unit. Inside `writing()`."""
    _open(QUARANTINED, unit, act, 0, why=why)


def aside(unit: Unit, count: int, act: Act) -> None:
    """So many entries were put aside. Inside `writing()`."""
    _open(ASIDE, unit, act, 1, count=count)


def waiting(unit: Unit, act: Act) -> None:
    """A machine came with the code. Inside `writing()`."""
    _open(WAITING, unit, act, 0)


def settled(kind: str, unit: Unit, act: Act) -> None:
    """The item is done with. Inside `writing()`."""
    items.settle(kind, unit.pk, DONE, act)


def alarm(unit: Unit, code: str, *, grave: bool, act: Act) -> None:
    """Something is wrong with a unit, see `alarms.py`. Inside `writing()`."""
    _open(ALARM + code, unit, act, 0 if grave else 1, alarm=code)


def alarm_over(unit: Unit, code: str, note: str, act: Act) -> None:
    """It is over by itself. Inside `writing()`."""
    items.settle(ALARM + code, unit.pk, OVER, act, note)
