"""How the states of cases follow from their entries: folded by `xenia rebuild --check`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from xenia.cases import kinds
from xenia.cases.models import Case, CaseDeadline
from xenia.journal import rebuild
from xenia.journal.rebuild import ERASED, Happened


def fold(happened: Iterable[Happened]) -> Mapping[str, Any]:
    """Cases by id: procedure, version, side, state, moves, result."""
    found: dict[str, Any] = {}
    for one in happened:
        if one.body is None:
            found[f"entry:{one.entry.id}"] = ERASED
            continue
        body, key = one.body, str(one.body["case"])
        if one.entry.kind == kinds.REMOVED:
            found.pop(key, None)
            continue
        if one.entry.kind == kinds.MIGRATED:
            procedure, _version, side, _state, moves, result = found[key]
            found[key] = (procedure, body["to"], side, body["state"], moves + 1, result)
            continue
        found[key] = (
            body["procedure"], body["version"], body["side"], body["after"], body["number"], body["result"],
        )  # fmt: skip
    return found


def actual() -> Mapping[str, Any]:
    """The same from the table."""
    rows = Case.objects.values_list("id", "procedure", "version", "side", "state", "moves", "result")
    return {str(row[0]): tuple(row[1:]) for row in rows.iterator(chunk_size=500)}


def fold_limits(happened: Iterable[Happened]) -> Mapping[str, Any]:
    """Time limits by id: rule, state, last day."""
    found: dict[str, Any] = {}
    of_case: dict[str, set[str]] = {}
    for one in happened:
        if one.body is None:
            found[f"entry:{one.entry.id}"] = ERASED
            continue
        if one.entry.kind == kinds.REMOVED:
            for limit in of_case.pop(str(one.body["case"]), ()):
                found.pop(limit, None)
            continue
        for limit in one.body["limits"]:
            found[limit["limit"]] = (limit["rule"], limit["state"], limit["due_on"])
            of_case.setdefault(str(one.body["case"]), set()).add(limit["limit"])
    return found


def actual_limits() -> Mapping[str, Any]:
    """The same from the table."""
    rows = CaseDeadline.objects.values_list("id", "rule", "state", "due_on")
    return {str(row[0]): (row[1], row[2], row[3].isoformat()) for row in rows.iterator(chunk_size=500)}


def register() -> None:
    """Make the projections known; called when Django starts."""
    rebuild.register(rebuild.Projection("cases", frozenset({kinds.MOVED, kinds.MIGRATED, kinds.REMOVED}), fold, actual))
    rebuild.register(
        rebuild.Projection("case limits", frozenset({kinds.LIMITED, kinds.REMOVED}), fold_limits, actual_limits)
    )
