"""What other rooms ask of reference data: terms, labels, choices. Held in memory until the counter `reference` moves."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from pathlib import Path

from django.utils import timezone
from django.utils.translation import get_language

from xenia.access import epochs
from xenia.access.standing import ancestors
from xenia.formats import states
from xenia.registers.reference.models import ReferenceRow
from xenia.registers.reference.terms import Listing, Term, listing, listings, shipped

__all__ = ["Listing", "Term", "applying_to", "choices", "label", "listing", "listings", "state_name", "term", "terms"]

_lock = threading.Lock()
_held: tuple[int, dict[str, dict[str, Term]]] | None = None


def of_row(row: ReferenceRow) -> Term:
    """The term that a row holds."""
    return Term(
        row.list, row.code, row.labels, row.valid_from, row.valid_to, row.source, row.confidence, row.order, row.attributes
    )  # fmt: skip


def _by_list(terms: Iterable[Term]) -> dict[str, dict[str, Term]]:
    found: dict[str, dict[str, Term]] = {name: {} for name in listings()}
    for one in sorted(terms, key=lambda one: (one.list, one.order, one.code)):
        found.setdefault(one.list, {})[one.code] = one
    return found


def _all() -> dict[str, dict[str, Term]]:
    global _held
    held, epoch = _held, epochs.read()["reference"]
    if held is not None and held[0] == epoch:
        return held[1]
    with _lock:
        if _held is None or _held[0] != epoch:
            rows = [of_row(row) for row in ReferenceRow.objects.filter(current=True)]
            _held = (epoch, _by_list(rows or shipped()))
        return _held[1]


def terms(list_name: str, on: date | None = None) -> tuple[Term, ...]:
    """The terms of a list in its order; with `on`, only those that may be chosen on that day.

    No query where nothing has changed. Before set-up, the terms that come with Xenia. Raises `NotFound` (`no-list`).
    """
    listing(list_name)
    return tuple(one for one in _all().get(list_name, {}).values() if on is None or one.valid(on))


def term(list_name: str, code: str) -> Term | None:
    """The term of that code, also one that is over; None where there is none."""
    return _all().get(list_name, {}).get(code)


def label(list_name: str, code: str, language: str | None = None) -> str:
    """The words for a code in the reader's language; the code itself where the list has no such term."""
    found = term(list_name, code)
    return found.label(language) if found else code


@lru_cache(maxsize=1)
def _state_names() -> dict[str, dict[str, str]]:
    names: dict[str, dict[str, str]] = json.loads(
        (Path(__file__).parent / "state_names.json").read_text(encoding="utf-8")
    )
    return names


def state_name(code: str, language: str | None = None) -> str:
    """The name of a state or of what stands in its place (`XXA` ...), in the reader's language; empty for an unknown code."""
    found = states.find(code)
    if found is None:
        return ""
    return _state_names().get(language or get_language() or "en", {}).get(found.code, found.name)


def choices(list_name: str, on: date | None = None) -> list[tuple[str, str]]:
    """Code and label of what may be chosen on that day (today where none is given), in the list's order."""
    return [(one.code, one.label()) for one in terms(list_name, on or timezone.localdate())]


def applying_to(list_name: str, authority: str, on: date | None = None) -> tuple[Term, ...]:
    """Terms whose attribute `authority` names this authority, else the nearest one above it, else `*`.

    For `refusal-remedy` and `contact-point`: what the refusal form of this authority says.
    """
    valid = terms(list_name, on or timezone.localdate())
    for word in (*ancestors(authority), "*"):
        found = tuple(one for one in valid if one.attributes.get("authority", "*") == word)
        if found:
            return found
    return ()
