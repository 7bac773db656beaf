"""What a unit may hold of each list, and what it says of what it holds: whether its disk is encrypted, and since when all of it is the newest."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import close_old_connections
from django.db.models import Min, Q

from xenia.registers.lists import at_units, keyed_files
from xenia.registers.lists.models import ListSource, ListVersion
from xenia.registers.live import ages
from xenia.units.down.offers import lease
from xenia.units.models import Taken, Unit

ENCRYPTED: Final = "encrypted"
PLAIN: Final = "plain"
_PLAIN_HEAD: Final = b"SQLite format 3\0"
_door = threading.Lock()


def held_by(unit: Unit) -> Callable[[ListSource], str]:
    """At a centre: what this unit holds of a source, by its settings and by what the unit last said of its disk."""
    encrypted = unit.told.get("store") == ENCRYPTED

    def held(source: ListSource) -> str:
        return at_units.held(
            source.register, source.at_units, source.at_places, unit=unit.name, post=unit.post, encrypted=encrypted
        )

    return held


def not_whole(unit: Unit) -> frozenset[str]:
    """The sources that the unit does not hold whole. One query."""
    held = held_by(unit)
    return frozenset(one.code for one in ListSource.objects.all() if held(one) != at_units.WHOLE)


def entered_by_officers(unit: Unit, registers: Iterable[str]) -> dict[str, str]:
    """What the unit holds of the records that officers entered, for each of these registers. One query."""
    held, words = held_by(unit), {name: list[str]() for name in registers}
    for one in ListSource.objects.filter(register__in=words, state="approved"):
        words[one.register].append(held(one))
    encrypted = unit.told.get("store") == ENCRYPTED
    return {name: at_units.entered(name, said, encrypted=encrypted) for name, said in words.items()}


def keyed_somewhere() -> frozenset[str]:
    """The sources with a version in use that some unit holds as keys, or will once it is admitted. Two queries."""
    held = [held_by(unit) for unit in Unit.objects.exclude(state="revoked")]
    in_use = ListVersion.objects.filter(state="current").select_related("source")
    rows = [row.source for row in in_use] if held else []
    return frozenset(one.code for one in rows if any(of(one) == at_units.KEYED for of in held))


def keyed_at(unit: Unit) -> frozenset[str]:
    """The sources with a version in use that this unit holds as keys."""
    held, in_use = held_by(unit), ListVersion.objects.filter(state="current").select_related("source")
    return frozenset(row.source.code for row in in_use if held(row.source) == at_units.KEYED)


def live_confirmed(register: str) -> tuple[datetime | None, int] | None:
    """At a unit: when the centre last said of all live records of a register that these are the newest. None at a centre."""
    if not settings.XENIA_UNIT:
        return None
    mine = Q(name=f"live:{register}") | Q(name__startswith=f"live:{register}.")
    found = Taken.objects.filter(mine).aggregate(oldest=Min("as_of"), least=Min("max_age_s"))
    return found["oldest"], found["least"] or int(lease().total_seconds())


def register() -> None:
    """Make it known how old live records are at a unit; called when Django starts."""
    ages.tell_by(live_confirmed)


def make_files() -> int:
    """At a centre: a turn that makes files of keys that are missing or old, in a thread of its own; 1 where one was begun. A chore."""
    if settings.XENIA_UNIT or not _door.acquire(blocking=False):
        return 0
    threading.Thread(target=_turn, name="xenia-keyed-lists", daemon=True).start()
    return 1


def _turn() -> None:
    try:
        wanted = keyed_somewhere()
        keyed_files.make_due(sorted(wanted))
        keyed_files.drop_unwanted(wanted)
    finally:
        _door.release()
        close_old_connections()


def told() -> dict[str, Any]:
    """At a unit: what it says with every batch. `held`: the centre's time at which everything that lies here was the newest, seconds
    of Unix time; what was erased there before is not here any more.
    """
    oldest = Taken.objects.aggregate(oldest=Min("as_of"))["oldest"]
    return {"store": store_of_machine()} | ({"held": int(oldest.timestamp())} if oldest is not None else {})


def store_of_machine() -> str:
    """`encrypted` where neither the database nor a list file on this disk is a plain SQLite file."""
    files = [Path(settings.DATABASES["default"]["NAME"])]
    files += (Path(settings.XENIA_HOME) / "lists").glob("*.list")
    return PLAIN if any(_is_plain(file) for file in files) else ENCRYPTED


def _is_plain(file: Path) -> bool:
    try:
        with file.open("rb") as opened:
            return opened.read(len(_PLAIN_HEAD)) == _PLAIN_HEAD
    except OSError:
        return False
