"""List versions folded from their entries, compared with the table and with the files themselves.

`xenia rebuild --check` runs it. A version that was replaced has no file any more: only its row is compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from xenia.journal.rebuild import Happened, Projection
from xenia.registers.lists import kinds, store
from xenia.registers.lists.file import file_hash
from xenia.registers.lists.models import ListVersion

NAME = "list-versions"
MISSING = "no file"
_KINDS = frozenset(
    {
        kinds.VERSION_PUBLISHED, kinds.VERSION_WAITING, kinds.VERSION_REJECTED, kinds.RECORDS_ERASED, kinds.VERSION_TAKEN,
        kinds.VERSION_WITHDRAWN,
    }
)  # fmt: skip
Version = dict[str, Any]


def fold(happened: Iterable[Happened]) -> Mapping[str, Any]:
    """Source, number, hash and state of every version, as the entries say."""
    versions: dict[str, Version] = {}
    for one in happened:
        if one.body is not None:
            _apply(versions, one.entry.kind, one.body)
    return versions


def _apply(versions: dict[str, Version], kind: str, body: Mapping[str, Any]) -> None:
    key, before = body["version"], versions.get(body["version"])
    said = {name: body[name] for name in ("source", "number", "sha256")}
    if kind == kinds.VERSION_TAKEN:  # again, after it was withdrawn, or after the centre was set back
        for same in [one for one, held in versions.items() if _same(held, said)]:
            del versions[same]
    if kind in (kinds.VERSION_REJECTED, kinds.VERSION_WITHDRAWN):
        versions[key] = {**said, "state": "rejected" if kind == kinds.VERSION_REJECTED else "superseded"}
    elif kind == kinds.VERSION_WAITING or (kind == kinds.RECORDS_ERASED and before is not None):
        versions[key] = {**said, "state": "waiting"}
    else:
        for other in versions.values():
            outdated = other["state"] == "waiting" and other["number"] < said["number"]
            if other["source"] == said["source"] and (
                other["state"] == "current" or (outdated and kind == kinds.VERSION_PUBLISHED)
            ):
                other["state"] = "superseded"
        versions[key] = {**said, "state": "current"}


def _same(one: Version, other: Mapping[str, Any]) -> bool:
    return (one["source"], one["number"]) == (other["source"], other["number"])


def actual() -> Mapping[str, Any]:
    """The same of the table; the hash is that of the file where the version has one."""
    return {
        str(row.id): {"source": row.source_id, "number": row.number, "sha256": _hash(row), "state": row.state}
        for row in ListVersion.objects.all()
    }


def _hash(row: ListVersion) -> str:
    if not row.file:
        return row.sha256
    path = store.file_path(row.file)
    return file_hash(path) if path.is_file() else MISSING


PROJECTION = Projection(NAME, _KINDS, fold, actual)
