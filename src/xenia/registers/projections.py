"""How the records entered here follow from their entries: folded by `xenia rebuild --check`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from xenia.journal import rebuild
from xenia.journal.rebuild import ERASED, Happened
from xenia.registers import kinds
from xenia.registers.live.models import LiveRecord

WRITTEN = frozenset({kinds.ENTERED, kinds.RECORD_ENTERED, kinds.RECORD_CORRECTED})
GONE = frozenset({kinds.DELETED, kinds.RECORD_DELETED})


def fold(happened: Iterable[Happened]) -> Mapping[str, Any]:
    """Category and handling of each record that was entered by hand and not deleted."""
    found: dict[str, Any] = {}
    for one in happened:
        if one.body is None:
            found[f"entry:{one.entry.id}"] = ERASED
        elif one.entry.kind == kinds.TAKEN:
            found |= {record: (category, handling) for record, category, handling in one.body["present"]}
            for record in one.body["removed"]:
                found.pop(record, None)
        elif one.entry.kind in GONE:
            found.pop(str(one.body["record"]), None)
        else:
            found[str(one.body["record"])] = (one.body["category"], one.body["handling"])
    return found


def actual() -> Mapping[str, Any]:
    """The same from the table."""
    rows = LiveRecord.objects.filter(source="", state="present")
    return {row.record_id: (row.category, row.handling) for row in rows.iterator(chunk_size=500)}


def register() -> None:
    """Make the projection known; called when Django starts."""
    rebuild.register(rebuild.Projection("alerts", WRITTEN | GONE | {kinds.TAKEN}, fold, actual))
