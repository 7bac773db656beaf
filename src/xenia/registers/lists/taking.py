"""At a unit: list versions come from its centre, finished and signed. The unit loads and approves nothing itself.

What a version is travels as plain data (`told`, `read`); the signed file itself travels beside it. The age that counts is that
of what the list tells (`as_of`), never when it came.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from xenia.access import epochs
from xenia.errors import BadInput, XeniaError
from xenia.identity.keys import register_secret
from xenia.journal import actions as journal
from xenia.journal import at_rest, signing
from xenia.journal.act import Act
from xenia.journal.data_keys import wrapped
from xenia.journal.ids import uuid7
from xenia.journal.node import node
from xenia.journal.signing import Signature
from xenia.registers.lists import (
    actions,
    at_units,
    current,
    delta,
    keyed_files,
    kinds,
    sources,
    statement,
    store,
    versions,
)
from xenia.registers.lists.file import BadListFile, ListFile, file_hash
from xenia.registers.lists.models import ErasedRecord, ListSource, ListVersion
from xenia.registers.lists.sources import PURPOSE, Source
from xenia.registers.lists.subjects import erasing_key, subject_bytes

COUNTS: Final = ("records", "person", "document", "visa", "vehicle", "before", "added", "changed", "removed")


@dataclass(frozen=True)
class Offered:
    """A version as its centre offers it: its source's settings, and what was signed. `secret`: of a file of keys."""

    source: Source
    number: int
    sha256: str
    size_bytes: int
    records: int
    rules_version: int
    counts: Mapping[str, int]
    as_of: datetime
    signature: Signature
    secret: bytes = b""

    def told(self) -> dict[str, Any]:
        """As it travels. Which other posts hold what is for the centre to know."""
        keyed = {"keyed": signing.unpadded(self.secret)} if self.secret else {}
        return keyed | {
            "source": asdict(replace(self.source, at_places={})), "number": self.number, "records": self.records, "rules": self.rules_version,
            "counts": dict(self.counts), "as_of": self.as_of.isoformat(), "key": self.signature.key_id,
            "signature": signing.unpadded(self.signature.raw),
        }  # fmt: skip


@dataclass(frozen=True)
class Difference:
    """What makes a version's file of the one before. `base`: SHA-256 of that file."""

    base: str
    sha256: str
    size_bytes: int
    path: Path


_differences: dict[str, Difference] = {}


def difference(file: Path) -> Difference | None:
    """At a centre: the difference to the version before, None where there is none. Read once for each file."""
    path = file.with_name(store.delta_name(file.name))
    found = _differences.get(file.name)
    if found is None or not path.exists():
        _differences.pop(file.name, None)
        try:
            found = Difference(delta.base_of(path), file_hash(path), path.stat().st_size, path)
        except OSError:
            return None
        _differences[file.name] = found
    return found if found.base else None


def file_of(source: str, sha256: str) -> Path | None:
    """The file of the version in use, where it is that one."""
    row = versions.in_use(source)
    return store.file_path(row.file) if row is not None and row.sha256 == sha256 else None


def made_of(base: Path, difference: Path, sha256: str) -> bytes:
    """The next version's file. Raises `BadInput` (`bad-delta`) where what comes out is not the one that was signed."""
    made = delta.apply(at_rest.read_bytes(base), at_rest.read_bytes(difference))
    if hashlib.sha256(made).hexdigest() != sha256:
        raise BadInput("That makes another list.", "The whole list is fetched.", code="bad-delta")
    return made


Held = Callable[[ListSource], str]


def _whole(_source: ListSource) -> str:
    return at_units.WHOLE


def offered(held: Held = _whole) -> list[tuple[Offered, Path]]:
    """At a centre: every list in force of which a unit may hold something, with its file, by source. `held`: see `at_units`.

    One whose file is of an earlier release, which no unit could search by document, is left out until it was built anew;
    that happens by itself. None is ever left out for a passing reason: a unit would put it out of force.
    """
    found = []
    for row in ListVersion.objects.filter(state="current").select_related("source").order_by("source_id"):
        path, what = store.file_path(row.file), held(row.source)
        if what == at_units.KEYED:
            found += _keyed(row)
        elif what == at_units.WHOLE and _has_own_keys(row, path):
            found.append((_of(row), path))
    return found


def being_keyed(held: Held) -> list[str]:
    """At a centre: the lists in force that a unit is to hold as keys and of which no keys were made yet, by source."""
    rows = ListVersion.objects.filter(state="current").select_related("source").order_by("source_id")
    return [row.source_id for row in rows if held(row.source) == at_units.KEYED and keyed_files.of(row) is None]


def _keyed(row: ListVersion) -> list[tuple[Offered, Path]]:
    """The file of keys; none before the first was made, which takes moments."""
    made = keyed_files.of(row)
    if made is None:
        return []
    signature = Signature(made.key_id, bytes(made.signature))
    if made.key_id != signing.thumbprint(signing.own_key()):
        signature = statement.signed(row.source.register, row.source_id, made.number, made.sha256, made.records)
    one = Offered(
        sources.as_source(row.source), made.number, made.sha256, made.size_bytes, made.records, made.rules_version,
        {"records": made.records}, made.as_of, signature, keyed_files.secret_of(row.source_id),
    )  # fmt: skip
    return [(one, keyed_files.path_of(made))]


def _has_own_keys(row: ListVersion, path: Path) -> bool:
    file = current.opened(row.id)
    try:
        return bool((file or ListFile.open(path)).document_secret)
    except BadListFile:  # replaced in this moment, or damaged: what units have of it goes on
        return True


def _of(row: ListVersion) -> Offered:
    signature = Signature(row.key_id, bytes(row.signature))
    if row.key_id != signing.thumbprint(signing.own_key()):  # signed with an earlier key of this installation
        signature = statement.signed(row.source.register, row.source_id, row.number, row.sha256, row.records)
    counts = {name: int(row.counts[name]) for name in COUNTS if name in row.counts}
    return Offered(
        sources.as_source(row.source), row.number, row.sha256, row.size_bytes, row.records, row.rules_version, counts,
        row.as_of, signature,
    )  # fmt: skip


def read(said: Mapping[str, Any], sha256: str, size_bytes: int) -> Offered:
    """What was told of a version. Raises `BadInput` (`list-statement`)."""
    try:
        source = Source(**{one.name: said["source"][one.name] for one in fields(Source) if one.name in said["source"]})
        counts = {name: int(said["counts"][name]) for name in COUNTS if name in said["counts"]}
        as_of = datetime.fromisoformat(said["as_of"])
        signature = Signature(str(said["key"]), signing.padded(said["signature"]))
        secret = signing.padded(said["keyed"]) if "keyed" in said else b""
        numbers = [said[name] for name in ("number", "records", "rules")]
        if any(type(one) is not int or one < 0 for one in numbers) or as_of.tzinfo is None:
            raise ValueError
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadInput("That says of no list what it is.", "Update this unit.", code="list-statement") from error
    return Offered(source, numbers[0], sha256, size_bytes, numbers[1], numbers[2], counts, as_of, signature, secret)


def take(one: Offered, file: Path) -> ListVersion:
    """Verify the file with the centre's key and take it into use; the version before goes. `file` is moved away.

    Raises `BadInput` (`list-source`), `Conflict` (`list-busy`), `Unavailable` (`list-signature`, `list-rules`, `list-file`):
    then the version in use stays, and `file` lies where it lay.
    """
    code = one.source.code
    sources.check(one.source)
    act = act_for(one.source)
    with store.only_one(code):
        actions.tidy(code)
        row = _row(one)
        kept = store.keep(file, row.file)
        try:
            opened = statement.verified(row)
            current.adopt(row.id, opened)
            with journal.writing():
                row.source = sources.take_from_centre(one.source)
                before = list(ListVersion.objects.filter(source_id=code, number=one.number))
                ListVersion.objects.filter(pk__in=[was.pk for was in before]).delete()
                before += versions.take_into_use(row, outdates=False)
                versions.note(kinds.VERSION_TAKEN, row, act)
                _keep_erased(row)
                gone = [was.file for was in before if was.file]
                transaction.on_commit(lambda: versions.discard(gone))
        except BaseException:
            kept.replace(file)
            raise
    return row


def _row(one: Offered) -> ListVersion:
    source = ListSource(code=one.source.code, register=one.source.register)
    version = uuid7()
    return ListVersion(
        id=version,
        source=source,
        number=one.number,
        file=f"{one.source.code}-{one.number}.{version.hex[-8:]}.list",
        sha256=one.sha256,
        size_bytes=one.size_bytes,
        key_id=one.signature.key_id,
        signature=one.signature.raw,
        rules_version=one.rules_version,
        records=one.records,
        counts={**one.counts, "records": one.records},
        as_of=one.as_of,
        loaded_at=timezone.now(),
        loaded_by=sources.CENTRE,
        secret=wrapped(version, one.secret) if one.secret else b"",
    )


def _keep_erased(row: ListVersion) -> None:
    """Of the records that are hidden here, those stay hidden that the centre has not taken out yet."""
    marks = set(ErasedRecord.objects.filter(source_id=row.source_id).values_list("key", flat=True))
    file = current.opened(row.id)
    if not marks or file is None:
        return
    left = {
        key
        for record_id in file.record_ids()
        if (key := erasing_key(register_secret(), subject_bytes(file.place, record_id))) in marks
    }
    ErasedRecord.objects.filter(source_id=row.source_id, key__in=marks - left).delete()
    ListSource.objects.filter(pk=row.source_id).update(erasing=bool(left))


def withdraw(code: str) -> bool:
    """Put a list out of force that the centre offers no more, and do away with its file; whether there was one."""
    with store.only_one(code):
        row = versions.in_use(code)
        if row is None:
            return False
        name = row.file
        with journal.writing():
            ListVersion.objects.filter(pk=row.pk).update(state="superseded", file="")
            epochs.bump("lists")
            versions.note(kinds.VERSION_WITHDRAWN, row, act_for(sources.as_source(row.source)))
            transaction.on_commit(lambda: versions.discard((name,)))
    return True


def is_whole(code: str) -> bool:
    """Whether a version of the source is in use here, and its file is the one that was signed. Reads it, where this process has not."""
    row = versions.in_use(code)
    if row is None:
        return False
    if current.opened(row.id) is not None:
        return True
    try:
        current.adopt(row.id, statement.verified(row))
    except XeniaError as error:
        return error.code not in ("list-file", "list-signature")
    return True


def in_force() -> frozenset[str]:
    """The sources of which a version is in use here."""
    return frozenset(ListVersion.objects.filter(state="current").values_list("source_id", flat=True))


def act_for(source: Source) -> Act:
    """The unit's own act about a list of its centre."""
    return Act(sources.CENTRE, source.owner, PURPOSE, "", f"list:{source.code}", node())
