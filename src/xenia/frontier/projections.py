"""How crossings follow from their entries: folded by `xenia rebuild --check`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from xenia.frontier import kinds
from xenia.frontier.models import Crossing
from xenia.journal import rebuild
from xenia.journal.rebuild import ERASED, Happened

OUTCOMES = {kinds.ADMITTED: "admitted", kinds.REFUSED: "refused"}


def fold(happened: Iterable[Happened]) -> Mapping[str, Any]:
    """Crossings by id: identity, outcome, reasons, local date, and whether they were taken back; those of units too."""
    found: dict[str, Any] = {}
    for one in happened:
        if one.body is None:
            found[f"entry:{one.entry.id}"] = ERASED
        elif one.entry.kind == kinds.TAKEN_BACK:
            crossing = str(one.body["crossing"])
            if crossing in found:
                found[crossing] = (*found[crossing][:-1], True)
        else:
            body = one.body
            found[str(body["crossing"])] = (
                str(body["identity"]),
                OUTCOMES[one.entry.kind],
                tuple(body["reasons"]),
                body["local_date"],
                body["post"],
                body["lane"],
                body["category"],
                body["purpose_of_travel"],
                body["basis"],
                False,
            )
    return found


def actual() -> Mapping[str, Any]:
    """The same from the table."""
    return {
        str(row.id): (
            str(row.identity),
            row.outcome,
            tuple(row.reasons),
            row.local_date.isoformat(),
            row.post,
            row.lane,
            row.category,
            row.purpose_of_travel,
            row.basis,
            row.taken_back_at is not None,
        )
        for row in Crossing.objects.iterator(chunk_size=500)
    }


def register() -> None:
    """Make the projection known; called when Django starts."""
    wanted = frozenset({kinds.ADMITTED, kinds.REFUSED, kinds.TAKEN_BACK})
    rebuild.register(rebuild.Projection("crossings", wanted, fold, actual, of_every_node=True))
