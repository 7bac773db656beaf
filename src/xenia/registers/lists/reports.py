"""The report of a load for a page: the first records of each change, as far as policy shows whom they are about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any
from uuid import UUID

from xenia.access import policy
from xenia.access.policy import Decision
from xenia.access.standing import Standing
from xenia.formats.lists.reasons import sentence
from xenia.registers import catalogue
from xenia.registers.lists.job import Changes
from xenia.registers.lists.models import LoadRun
from xenia.registers.lists.report import MOST
from xenia.registers.lists.sources import PURPOSE
from xenia.registers.lists.subjects import record_subject
from xenia.registers.words import LABELS

__all__ = ["MOST", "Line", "rows", "subjects"]

_IDENTITY = frozenset({"names", "birth_dates", "sex", "nationalities"})
_DOCUMENT = frozenset({"documents", "number", "sticker_number", "plate", "vin", "plate_state", "issuing_state", "type"})
_STATUS = frozenset({"status", "valid_from", "valid_until", "entries", "days", "territory", "ltv"})


@dataclass(frozen=True)
class Line:
    """One record or row. `name` is empty where policy does not show it; `fields`: label, before, after."""

    id: str
    name: str = ""
    births: tuple[str, ...] = ()
    hidden: bool = False
    fields: tuple[tuple[str, str, str], ...] = ()
    line: int = 0
    column: str = ""
    reason: str = ""
    value: str = ""


def rows(standing: Standing, run: LoadRun, changes: Changes, what: str) -> list[Line]:
    """The first of that kind, at most `MOST`."""
    register, owner = run.source.register, run.source.owner
    decision = policy.decide(standing, PURPOSE, register, owner)
    if what in ("refused", "noted"):
        shows = bool({"identity", "document"} & decision.groups) and "*" in decision.handling
        found = (one for one in changes.refused() if one.state == what)
        return [
            Line(
                id=one.record_id,
                line=one.line,
                column=one.column,
                reason=sentence(one.reason),
                value=one.value if shows or not one.value else "",
                hidden=bool(one.value) and not shows,
            )
            for one in islice(found, MOST)
        ]
    return [_line(register, decision, row) for row in islice(changes.report(what), MOST)]


def _line(register: str, decision: Decision, row: Mapping[str, Any]) -> Line:
    groups = decision.groups if _seen(register, decision, row) else frozenset()
    shows = "identity" in groups or ("document" in groups and not row["births"])
    fields = tuple(
        (str(LABELS.get(name, name)), before if _group(name) in groups else "", after if _group(name) in groups else "")
        for name, before, after in row["fields"]
    )
    return Line(
        id=row["id"],
        name=row["name"] if shows else "",
        births=tuple(row["births"]) if "identity" in groups else (),
        hidden=not shows,
        fields=fields,
    )


def _seen(register: str, decision: Decision, row: Mapping[str, Any]) -> bool:
    """Whether this record exists for the reader: by its handling code and category, as the register itself says them."""
    shown = catalogue.register(register).present(row["told"])  # type: ignore[attr-defined]
    return decision.sees(shown.handling) and decision.shows(shown.category)


def _group(name: str) -> str:
    return (
        "identity"
        if name in _IDENTITY
        else "document"
        if name in _DOCUMENT
        else "status"
        if name in _STATUS
        else "reason"
    )


def subjects(run: LoadRun, lines: Iterable[Line]) -> list[UUID]:
    """Whom a page of the report shows: their own journal tells them of the read."""
    shown = [one.id for one in lines if one.name]
    return [record_subject(run.source.register, run.source_id, one) for one in shown]
