"""What a load changed, record by record, for the page that a person reads before and after it. No Django."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TextIO

from xenia.formats.lists.records import Body, papers
from xenia.registers.lists.diff import Change
from xenia.registers.lists.file import ListFile

# So many records of each change are told with their names; ids of all of them stand in the other files.
MOST = 500
_CHARS = 200


class Report:
    """Writes one line for each of the first records of each change."""

    def __init__(self, file: TextIO, kind: str, old: ListFile | None, new: ListFile) -> None:
        self.file, self.kind, self.old, self.new = file, kind, old, new

    def add(self, change: Change, record_id: str, count: int) -> None:
        """Tells of the `count`-th record of that change, unless there were too many already."""
        if count > MOST:
            return
        before = self.old.get(record_id) if self.old is not None and change != "added" else None
        after = self.new.get(record_id) if change != "removed" else None
        body = after or before or {}
        said = {
            "change": change,
            "id": record_id,
            "name": shown_name(self.kind, body),
            "told": {name: body[name] for name in ("handling", "category", "colour", "status") if body.get(name)},
            "births": list(body.get("birth_dates") or ()),
            "fields": _fields(before, after) if before is not None and after is not None else [],
        }
        self.file.write(json.dumps(said, ensure_ascii=False) + "\n")


def shown_name(kind: str, body: Mapping[str, Any]) -> str:
    """Whom or what a record is about, in one line."""
    names = body.get("names") or ()
    first = names[0] if names else {}
    whole = ", ".join(filter(None, (first.get("surname"), first.get("given_names")))) or first.get("full", "")
    if whole:
        return str(whole)[:_CHARS]
    return " · ".join(f"{paper['type']} {paper['issuing_state']} {paper['number']}" for paper in papers(kind, body))


def _fields(before: Body, after: Body) -> list[list[str]]:
    """Field, value before, value after, of every field that is not the same."""
    changed = [name for name in after if before.get(name) != after[name]]
    return [[name, _text(before.get(name)), _text(after[name])] for name in changed]


def _text(value: Any) -> str:
    if isinstance(value, list):
        return " | ".join(filter(None, map(_text, value)))[:_CHARS]
    if isinstance(value, Mapping):
        plain = value.get("full") or ":".join(str(part) for part in value.values())
        return str(plain)[:_CHARS]
    return "" if value in (None, "", 0) else str(value)[:_CHARS]
