"""Pseudonyms: who is the same person within a year, and nothing else. The secrets of the years: `insight/own_secrets.py`."""

from __future__ import annotations

import hashlib
import hmac
from datetime import date
from typing import Final

from xenia.insight import own_secrets

KEPT_MONTHS: Final = 15
"""So long after the end of its year a secret is kept, for entries that come late and to build the year again. Own choice."""

AGES: Final = ((14, "0-13"), (18, "14-17"), (35, "18-34"), (65, "35-64"), (200, "65+"))
"""Classes of Eurostat's asylum and enforcement statistics: under so many years."""


def key(year: int, who: str) -> int | None:
    """63 bits that stand for a person in a year. None once the secret of the year was destroyed."""
    secret = own_secrets.of_year(year)
    if secret is None:
        return None
    return int.from_bytes(hmac.digest(secret, who.encode(), hashlib.sha256)[:8]) >> 1


def over(today: date) -> list[int]:
    """Years whose secrets have been kept for long enough."""
    years = own_secrets.years()
    return [one for one in years if (today.year - one - 1) * 12 + today.month - 1 >= KEPT_MONTHS]


def age_group(born: str, on: date) -> str:
    """The age class on a day; "" where the year of birth is not known. An unknown part counts as the latest day it may be."""
    parts = [int(part) for part in born.split("-") if part.isdecimal()]
    if not parts:
        return ""
    year, month, day = [*parts, *(12, 31)[len(parts) - 1 :]][:3]
    years = on.year - year - ((on.month, on.day) < (month, day))
    return next((name for limit, name in AGES if 0 <= years < limit), "")
