"""What units put on work lists: one that was quarantined, entries that were put aside."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from xenia.journal.act import Act
from xenia.units.models import Unit
from xenia.work import items
from xenia.work.models import WorkItem

QUARANTINED: Final = "unit.quarantined"
ASIDE: Final = "unit.aside"
WAITING: Final = "unit.waiting"
ROLE: Final = "shift-supervisor"
DONE: Final = "done"


def register() -> None:
    """Make the kinds known; called when Django starts."""
    labels = {
        QUARANTINED: _("Unit that nothing is taken from"),
        ASIDE: _("Entries of a unit that were put aside"),
        WAITING: _("Machine that waits to be admitted as a unit"),
    }
    for name, label in labels.items():
        items.register_kind(items.ItemKind(name, label, _url, ROLE, "operation", (DONE,)))


def _url(item: WorkItem) -> str:
    from django.urls import reverse

    return reverse("units:unit", args=[item.subject])


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
