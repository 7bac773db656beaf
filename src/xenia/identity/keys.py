"""The keys under which a claim is found: the same for live registers, list files and questions."""

from __future__ import annotations

from functools import lru_cache

from xenia import matching
from xenia.identity.claim import Claimed
from xenia.journal import data_keys


@lru_cache(maxsize=1)
def register_secret() -> bytes:
    """The installation's secret that document keys are made with."""
    return data_keys.secret("register")


def name_keys(claimed: Claimed) -> tuple[int, ...]:
    """Keys of all names, for storing."""
    return matching.name_keys(claimed.whole_names(), claimed.birth_date)


def query_keys(claimed: Claimed) -> tuple[int, ...]:
    """Keys of all names, for asking: wider where the birth date is not known."""
    return matching.query_keys(claimed.whole_names(), claimed.birth_date)


def document_keys(issuing_state: str, kind: str, number: str) -> matching.DocumentKeys:
    """Exact and folded key of one document."""
    return matching.document_keys(register_secret(), issuing_state, kind, number)
