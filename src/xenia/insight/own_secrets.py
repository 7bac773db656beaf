"""The secrets of statistics: one for the pseudonyms of each year, one that the noise of cells is chosen with.

They are kept as data keys are: wrapped with the installation's master key, in the database, outside the warehouse. So who carries
the warehouse away cannot try out passport numbers, a second server has them by replication, and the backup of data keys brings
them; one that was destroyed is in none made after.

    HOME/insight/person-2026.destroyed  the secret of that year is gone: a second word, which outlives an older database put in place

Older versions kept plain files (`insight.key`, `insight/person-2026.key`): `settle` takes them over.
"""

from __future__ import annotations

import json
import secrets
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import connection, transaction

from xenia.insight.tailing.models import YearOver
from xenia.journal import data_keys, files
from xenia.journal.actions import writing
from xenia.journal.models import Leaf
from xenia.journal.node import node as own_node

NOISE: Final = "insight/noise"
YEAR: Final = "insight/pseudonyms/"
SIZE: Final = 32

_held: dict[tuple[str, str], bytes] = {}
"""By home and purpose; only what is committed."""


def _home() -> Path:
    return Path(settings.XENIA_HOME)


def folder() -> Path:
    """Where marks of destroyed secrets lie, and the plain files of older versions."""
    return _home() / "insight"


def noise() -> bytes:
    """The secret of the noise; made when first wanted."""
    found = _held.get((str(_home()), NOISE)) or _wanted(NOISE)
    assert found is not None  # it is no year's
    return found


def of_year(year: int) -> bytes | None:
    """The secret of a year's pseudonyms, made when first wanted; None once it was destroyed."""
    purpose = f"{YEAR}{year}"
    held = _held.get((str(_home()), purpose))
    if held is None and year not in ended():
        held = _wanted(purpose)
    return held


def _wanted(purpose: str) -> bytes | None:
    settle()
    secret = data_keys.own(purpose)
    if secret is None:
        with writing():
            if purpose.startswith(YEAR) and YearOver.objects.filter(year=purpose.removeprefix(YEAR)).exists():
                return None  # it was over meanwhile
            secret = data_keys.keep_own(purpose, secrets.token_bytes(SIZE))
    held = (str(_home()), purpose)
    if connection.in_atomic_block:  # it may have been made in a transaction that comes to nothing
        transaction.on_commit(lambda: _held.__setitem__(held, secret))
    else:
        _held[held] = secret
    return secret


def years() -> list[int]:
    """The years that have a secret, in order."""
    kept = {int(one.removeprefix(YEAR)) for one in data_keys.own_purposes(YEAR)}
    return sorted(kept | {_year(one) for one in folder().glob("person-*.key")})


def ended() -> dict[int, int]:
    """The years whose secrets are gone, each with the position up to which its facts had been made."""
    found = {_year(one): _position(one) for one in folder().glob("person-*.destroyed")}
    found |= dict(YearOver.objects.values_list("year", "position"))
    for year in found:
        _held.pop((str(_home()), f"{YEAR}{year}"), None)
    return found


def destroy(year: int, position: int) -> None:
    """Destroy the secret of a year. `position`: up to which entry facts had been made. Inside `writing()`."""
    YearOver.objects.get_or_create(year=year, defaults={"position": position})
    data_keys.destroy([data_keys.OWN], f"{YEAR}{year}")
    transaction.on_commit(lambda: _gone(year, position))


def settle() -> None:
    """Make what the home and the database say of the secrets one. May be killed anywhere: the next time does the rest.

    A year that either says is over is over; a plain file of an older version is taken over, then removed.
    """
    said = dict(YearOver.objects.values_list("year", "position"))
    marks = {_year(one): one for one in folder().glob("person-*.destroyed")}
    for year in sorted(set(marks) - set(said)):
        with writing():
            destroy(year, min(_position(marks[year]), _sealed()))
    for year in sorted(set(said) - set(marks)):
        _gone(year, said[year])
    over = set(marks) | set(said)
    for purpose, path in _plain():
        raw = path.read_bytes()
        if len(raw) == SIZE and not (purpose.startswith(YEAR) and _year(path) in over):
            with writing():
                data_keys.keep_own(purpose, raw)
        if not connection.in_atomic_block:
            _removed(path)
        else:
            transaction.on_commit(lambda path=path: _removed(path))  # type: ignore[misc]
    for year in sorted(over & set(years())):  # an older database was put in place
        with writing():
            data_keys.destroy([data_keys.OWN], f"{YEAR}{year}")


def _plain() -> Iterator[tuple[str, Path]]:
    for path in sorted(folder().glob("person-*.key")):
        yield f"{YEAR}{_year(path)}", path
    if (_home() / "insight.key").exists():
        yield NOISE, _home() / "insight.key"


def _sealed() -> int:
    """An older database holds fewer entries than the mark tells of: what comes after its last one is counted."""
    last = Leaf.objects.filter(node=own_node()).order_by("-position").values_list("position", flat=True).first()
    return last or 0


def _gone(year: int, position: int) -> None:
    """Say in the home too that it is gone."""
    folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    files.write_lasting(folder() / f"person-{year}.destroyed", json.dumps({"position": position}).encode())
    _removed(folder() / f"person-{year}.key")
    _held.pop((str(_home()), f"{YEAR}{year}"), None)


def _removed(path: Path) -> None:
    if path.exists():
        path.unlink(missing_ok=True)
        files.sync_folder(path.parent)


def _year(path: Path) -> int:
    return int(path.stem.removeprefix("person-"))


def _position(mark: Path) -> int:
    """What a mark says; one that a power cut left empty in an older version tells of everything: `settle` says up to where that is."""
    try:
        return int(json.loads(mark.read_text())["position"])
    except (ValueError, KeyError, TypeError):
        return sys.maxsize


def forget() -> None:
    """Read the secrets anew; after a change of the home, and for tests."""
    _held.clear()
