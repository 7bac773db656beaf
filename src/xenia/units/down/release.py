"""Which release of Xenia the centre runs, which is the oldest that should be at units, and where an update lies.

Entries of an older release are taken all the same: nothing is lost for being old. It is told where somebody can do something.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from xenia import __version__
from xenia.errors import BadInput
from xenia.journal import at_rest, canonical
from xenia.units import status
from xenia.units.down import offers, taking
from xenia.units.down.manifest import Item
from xenia.units.models import Taken, Unit

KIND: Final = "release"
LIMIT: Final = 4096
LONGEST: Final = 200


@dataclass(frozen=True)
class Said:
    """`runs`: the centre's release. `oldest`: below it a unit is too old, by `by` at the latest (a day, or empty). `where`: to update from."""

    runs: str
    oldest: str
    by: str
    where: str


@dataclass(frozen=True)
class Update:
    """What is told at a unit. `is_due`: its release is older than it should be."""

    runs: str
    is_due: bool
    by: date | None
    where: str


def register() -> None:
    """Make the item known to what comes down; called when Django starts."""
    offers.register(KIND, offer)
    taking.register(KIND, take)


def offer(_unit: Unit) -> list[tuple[Item, Path]]:
    """The item, the same for all units."""
    level = settings.XENIA_UNIT_LEVELS
    said = Said(__version__, level["oldest"], level["update_by"], level["update_from"][:LONGEST])
    return [offers.kept(KIND, __version__, canonical.json_bytes(asdict(said)), about=asdict(said))]


def take(_item: Item, path: Path) -> None:
    """It is kept with what is in force; here it is only looked at. Raises `BadInput` (code `bad-release`)."""
    raw = at_rest.read_bytes(path)
    try:
        read(json.loads(raw) if len(raw) <= LIMIT else None)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise BadInput(
            "What came down about releases cannot be read.", "Update Xenia here or at the centre.", code="bad-release"
        ) from error
    path.unlink(missing_ok=True)


def read(said: Any) -> Said:
    """What an item says. Raises `ValueError`, `KeyError`, `TypeError`."""
    found = Said(**{name: said[name] for name in ("runs", "oldest", "by", "where")})
    if not all(
        isinstance(text, str) and text.isprintable() and len(text) <= LONGEST for text in asdict(found).values()
    ):
        raise ValueError
    if found.by:
        date.fromisoformat(found.by)
    return found


def waits(own: str = __version__) -> Update | None:
    """At a unit: the update that waits for it; None where there is none, or nothing is known. One query."""
    row = Taken.objects.filter(name=KIND).values_list("about", flat=True).first()
    return judge(row, own) if row else None


def judge(about: Mapping[str, Any], own: str) -> Update | None:
    """The same of what came down. Pure. What cannot be read tells of no update."""
    try:
        said = read(about)
    except (ValueError, KeyError, TypeError):
        return None
    is_due = bool(said.oldest) and status.is_older(own, said.oldest)
    if not is_due and not status.is_older(own, said.runs):
        return None
    return Update(said.runs, is_due, date.fromisoformat(said.by) if said.by else None, said.where)
