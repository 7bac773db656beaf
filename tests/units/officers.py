"""A centre and a unit one after the other in one test database: what the centre offers is kept, everything else of it goes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import transaction

from tests import people
from xenia.access import actions
from xenia.journal import clock, node
from xenia.units import card, lease
from xenia.units.down import access, access_taken
from xenia.units.down.manifest import Item
from xenia.units.models import Line, Taken, Unit

NODE, POST = "unit-1", "UTO-AP1"
AT = POST


@dataclass(frozen=True)
class Came:
    """An item as it came down."""

    item: Item
    raw: bytes

    def take(self, folder: Path) -> None:
        """Taken into use here, as `taking` does it."""
        path = folder / self.item.sha256
        path.write_bytes(self.raw)
        access_taken.take(self.item, path)
        Taken.objects.update_or_create(
            name=self.item.name,
            defaults={
                "version": self.item.version, "sha256": self.item.sha256, "as_of": clock.now(), "taken_at": clock.now(),
                "max_age_s": self.item.max_age_s,
            },
        )  # fmt: skip


class _Back(Exception):
    """Everything that was written goes."""


def unit(world: people.World, name: str = NODE, post: str = POST) -> Unit:
    """A unit that works, as its centre knows it."""
    return Unit.objects.create(
        name=name, label=f"Unit {name}", post=post, owner="UTO-BG", state="active",
        invited_by=world.operator.account, invited_at=clock.now(),
    )  # fmt: skip


def offered(known: Unit) -> Came:
    """What the unit is offered now."""
    ((item, path),) = access.offer(known)
    return Came(item, path.read_bytes())


def at_a_centre(work: Callable[[people.World], Any]) -> Any:
    """Do the work at a centre of an invented state; of all that it wrote only what it gives back is left."""
    found = None
    try:
        with transaction.atomic():
            found = work(people.build())
            raise _Back
    except _Back:
        pass
    return found


@contextmanager
def being_a_unit(settings: Any, home: Path) -> Iterator[None]:
    """This process is the unit, freshly enrolled and set up."""
    before = node._is_unit
    settings.XENIA_HOME, settings.XENIA_NODE = home, NODE
    settings.XENIA_UNIT = {"node": NODE, "state": "UTO", "post": POST}
    node.ask_whether_unit(lambda: True)
    card.write(card.Card(NODE, "UTO", POST, "Unit 1", "https://centre.invalid", "", {}))
    actions.install()
    try:
        yield
    finally:
        node.ask_whether_unit(before)


def heard(hours: float = 72) -> None:
    """The centre has just spoken: the unit may work for so long."""
    now = clock.now()
    Line.objects.update_or_create(
        pk=1, defaults={"manifest_at": now, "lease_until": now + timedelta(hours=hours), "down_trouble": ""}
    )
    assert hours <= 0 or lease.lapsed() is None or not Taken.objects.exists()
