"""Pseudonyms: who is the same person within a year, and nothing else.

    HOME/insight/person-2026.key        the secret of a year, 32 bytes, for its owner only; made when first wanted
    HOME/insight/person-2026.destroyed  it was destroyed: nobody can tell any more whose pseudonym was whose

The secrets lie outside the warehouse: whoever carries that away cannot try out passport numbers.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Final

from django.conf import settings

KEPT_MONTHS: Final = 15
"""So long after the end of its year a secret is kept, for entries that come late and to build the year again. Own choice."""

AGES: Final = ((14, "0-13"), (18, "14-17"), (35, "18-34"), (65, "35-64"), (200, "65+"))
"""Classes of Eurostat's asylum and enforcement statistics: under so many years."""


def folder() -> Path:
    """Where the secrets lie."""
    return Path(settings.XENIA_HOME) / "insight"


def key(year: int, who: str) -> int | None:
    """63 bits that stand for a person in a year. None once the secret of the year was destroyed."""
    secret = _secret(folder(), year)
    if secret is None:
        return None
    return int.from_bytes(hmac.digest(secret, who.encode(), hashlib.sha256)[:8]) >> 1


@lru_cache(maxsize=32)
def _secret(where: Path, year: int) -> bytes | None:
    if (where / f"person-{year}.destroyed").exists():
        return None
    path = where / f"person-{year}.key"
    if not path.exists():
        where.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside = where / f".person-{year}.{secrets.token_hex(4)}"
        descriptor = os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(32))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(beside, path)  # whole or not at all, and never over another's
        except FileExistsError:
            pass
        finally:
            beside.unlink()
    return path.read_bytes()


def destroyed() -> dict[int, int]:
    """The years whose secrets are gone, each with the position up to which its facts had been made."""
    found = {}
    for one in folder().glob("person-*.destroyed"):
        found[int(one.stem.removeprefix("person-"))] = int(json.loads(one.read_text())["position"])
    return found


def over(today: date) -> list[int]:
    """Years whose secrets have been kept for long enough."""
    years = [int(one.stem.removeprefix("person-")) for one in folder().glob("person-*.key")]
    return sorted(one for one in years if (today.year - one - 1) * 12 + today.month - 1 >= KEPT_MONTHS)


def destroy(year: int, position: int) -> None:
    """Destroy the secret of a year. `position`: up to which entry facts had been made."""
    mark = folder() / f"person-{year}.destroyed"
    with mark.open("w", encoding="ascii") as file:
        json.dump({"position": position}, file)
        file.flush()
        os.fsync(file.fileno())
    (folder() / f"person-{year}.key").unlink(missing_ok=True)
    _secret.cache_clear()


def forget() -> None:
    """Read the secrets anew; after a change of the home, and for tests."""
    _secret.cache_clear()


def age_group(born: str, on: date) -> str:
    """The age class on a day; "" where the year of birth is not known. An unknown part counts as the latest day it may be."""
    parts = [int(part) for part in born.split("-") if part.isdecimal()]
    if not parts:
        return ""
    year, month, day = [*parts, *(12, 31)[len(parts) - 1 :]][:3]
    years = on.year - year - ((on.month, on.day) < (month, day))
    return next((name for limit, name in AGES if 0 <= years < limit), "")
