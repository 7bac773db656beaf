"""At the centre: what units are offered. Rooms and this one register who makes an offer; files lie in HOME/units/items by hash,
those for one unit in folders of their own."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from xenia.journal import files
from xenia.units.down.manifest import Item, Manifest, signed
from xenia.units.models import Unit


def lease() -> timedelta:
    """How long a unit may work without having heard of its centre: the setting `XENIA_UNIT_ALONE_HOURS`."""
    return timedelta(hours=settings.XENIA_UNIT_LEVELS["alone_hours"])


NEWS: Final = "/units/1/news"
"""Where a unit asks whether something urgent is new, see `news.py`."""

Maker = Callable[[Unit], Iterable[tuple[Item, Path]]]
_makers: dict[str, Maker] = {}


def register(kind: str, make: Maker) -> None:
    """Say who offers items of a kind (the part of their names before the colon). Called for each manifest: it must be quick."""
    _makers[kind] = make


def folder() -> Path:
    """Where offered bytes lie."""
    made = Path(settings.XENIA_HOME) / "units" / "items"
    made.mkdir(parents=True, exist_ok=True, mode=0o700)
    return made


def kept(
    name: str, version: str, data: bytes, *, max_age_s: int | None = None, about: Mapping[str, Any] | None = None
) -> tuple[Item, Path]:
    """An offer of these bytes, written once under their hash."""
    sha256 = hashlib.sha256(data).hexdigest()
    path = folder() / sha256
    if not path.exists():
        files.write_lasting(path, data)
    return Item(name, version, sha256, len(data), max_age_s, dict(about or {})), path


def kept_for(
    unit: Unit, name: str, data: bytes, *, version: str = "", max_age_s: int | None = None,
    about: Mapping[str, Any] | None = None,
) -> tuple[Item, Path]:  # fmt: skip
    """An offer to one unit alone; what it was offered before under this name goes, also what an earlier process wrote.

    Without a `version` it has the one of its content.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    place = folder() / name / unit.name
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = place / sha256
    if not path.exists():
        files.write_lasting(path, data)
    for before in place.iterdir():
        if before != path and len(before.name) == len(sha256):  # not what somebody else is writing
            before.unlink(missing_ok=True)
    return Item(name, version or sha256[:16], sha256, len(data), max_age_s, dict(about or {})), path


def offered(unit: Unit) -> list[tuple[Item, Path]]:
    """Everything that is in force for this unit."""
    return [one for kind in sorted(_makers) for one in _makers[kind](unit)]


def manifest(unit: Unit, now: datetime) -> bytes:
    """What is in force for this unit, signed."""
    items = tuple(item for item, _path in offered(unit))
    return signed(Manifest(unit.name, now, now + lease(), items))


def path_of(unit: Unit, sha256: str) -> Path | None:
    """The file of an item that this unit is offered now, None where it is not."""
    return next((path for item, path in offered(unit) if item.sha256 == sha256), None)
