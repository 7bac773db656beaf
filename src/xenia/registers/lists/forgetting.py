"""Taking persons out of list files: hidden at once, then the file is built anew without them and the old one destroyed.

Nothing of an erased record is kept. A later version from the same source brings the record back only if the source
still lists it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from xenia import matching
from xenia.access import epochs
from xenia.errors import Conflict, XeniaError
from xenia.identity import keys
from xenia.identity.forgetting import wanted_claim
from xenia.journal import actions as journal
from xenia.journal.act import Act
from xenia.journal.forgetting import Found, Wanted
from xenia.journal.ids import uuid7
from xenia.journal.node import node
from xenia.matching.keys import RULES_VERSION
from xenia.registers import bodies
from xenia.registers.lists import child, current, kinds, sources, statement, store, versions
from xenia.registers.lists.file import ListFile
from xenia.registers.lists.hits import hits
from xenia.registers.lists.job import Job, Result
from xenia.registers.lists.models import ErasedRecord, ListSource, ListVersion
from xenia.registers.lists.subjects import erasing_key, record_subject

log = logging.getLogger("xenia.lists")
MOST_FOUND = 100
_threads: set[threading.Thread] = set()


class ListsPart:
    """Records of list files."""

    room = "lists"

    def find(self, wanted: Wanted) -> Iterable[Found]:
        """Listed records of that subject, document or name."""
        for row, file in _files():
            for record_id, body in _found(file, wanted):
                subject = record_subject(row.source.register, row.source_id, record_id)
                yield Found(
                    subject,
                    self.room,
                    _label(record_id, body),
                    f"{row.source.register}: {row.source.name}",
                    row.loaded_at,
                )

    def export(self, subject: UUID) -> dict[str, Any]:
        """The record whole, from the first file that has it."""
        for row, file in _files():
            found = file.find_subject(subject.bytes)
            if found is not None:
                return {
                    "register": row.source.register,
                    "source": row.source_id,
                    "record": found[0],
                    "as_of": row.as_of.isoformat(),
                    "body": found[1],
                }
        return {}

    def erase(self, subjects: Sequence[UUID], act: Act) -> dict[str, int]:
        """Hides the records at once and has their files built anew after the commit. Inside `writing()`."""
        marks: dict[str, set[int]] = {}
        for row, file in _files():
            for subject in subjects:
                if file.find_subject(subject.bytes) is not None:
                    marks.setdefault(row.source_id, set()).add(erasing_key(keys.register_secret(), subject.bytes))
        return {"list_record": _mark(marks, act)}


def rebuild_without(source_code: str, record_ids: Iterable[str], act: Act) -> int:
    """Takes these records out of every file of a source, now. Gives back how many records the files lost.

    Not inside `writing()`. Raises `Conflict` (`list-busy`) while the list is loaded; the records are hidden even then.
    """
    source, secret = sources.one(source_code), keys.register_secret()
    subjects = (record_subject(source.register, source.code, record_id).bytes for record_id in record_ids)
    with journal.writing():
        _mark({source.code: {erasing_key(secret, subject) for subject in subjects}}, act, at_once=False)
    return rebuild(source.code, act)


def rebuild(source_code: str, act: Act | None = None) -> int:
    """Builds every file of a source anew without the records that wait to be erased; also renews its search keys.

    Gives back how many records the files lost. Raises `Conflict` (`list-busy`), `Unavailable` (`load-stopped`).
    """
    from xenia.registers.lists.actions import tidy

    source = sources.one(source_code)
    act = act or Act("system:lists", source.owner, sources.PURPOSE, "", f"list:{source_code}", node())
    lost = 0
    with store.only_one(source_code):
        tidy(source_code)
        marks = tuple(ErasedRecord.objects.filter(source=source).values_list("key", flat=True))
        rows = ListVersion.objects.filter(source=source, state__in=["current", "waiting"]).select_related("source")
        for row in rows.order_by("number"):
            lost += _rebuilt(row, marks, act)
        with journal.writing():
            ErasedRecord.objects.filter(source=source, key__in=marks).delete()
            left = ErasedRecord.objects.filter(source=source).exists()
            ListSource.objects.filter(pk=source.pk).update(erasing=left)
            epochs.bump("lists")
    return lost


def rebuild_due() -> int:
    """Rebuilds what waits to be rebuilt: erasures that were interrupted, and files with search keys of an older release."""
    done = 0
    for code in _due():
        try:
            rebuild(code)
            done += 1
        except Conflict:
            continue
        except XeniaError as error:
            log.error("list not rebuilt", extra={"source": code, "code": error.code})
    return done


def settle(timeout_s: float = 600) -> None:
    """Waits until erasures that were begun in this process are done."""
    for thread in list(_threads):
        thread.join(timeout_s)


def _due() -> list[str]:
    if settings.XENIA_UNIT:  # its files are the centre's: rebuilt there, they come down as a new version
        return []
    erasing = ListSource.objects.filter(erasing=True).values_list("code", flat=True)
    old = ListVersion.objects.filter(state__in=["current", "waiting"], counts__person__gt=0).exclude(
        rules_version=RULES_VERSION
    )
    keyless = {row.source_id for row, file in _files() if not file.document_secret}  # of an earlier release
    return sorted({*erasing, *old.values_list("source_id", flat=True), *keyless})


def _files() -> Iterator[tuple[ListVersion, ListFile]]:
    rows = ListVersion.objects.filter(state__in=["current", "waiting"]).select_related("source")
    for row in rows.order_by("source_id", "number"):
        path = store.file_path(row.file)
        file = current.opened(row.id) or (ListFile.open(path) if path.is_file() else None)
        if file is not None and not file.keyed:  # keys name nobody; whom they are about is found at the centre
            yield row, file


def _found(file: ListFile, wanted: Wanted) -> Iterator[tuple[str, dict[str, Any]]]:
    if wanted.subject is not None:
        one = file.find_subject(wanted.subject.bytes)
        if one is not None:
            yield one
        return
    found: dict[str, dict[str, Any]] = {}
    number = matching.normalised_number(wanted.document_number)
    for kind in ("P", "I", "V") if number else ():
        asked = keys.document_keys(wanted.issuing_state, kind, wanted.document_number)
        for record_id, body in file.search_document(asked):
            if any(matching.normalised_number(paper.number) == number for paper in bodies.documents(body)):
                found[record_id] = body
    claim = wanted_claim(wanted)
    if file.persons and claim.whole_names():
        for hit in hits(file, claim.for_matching(), keys.query_keys(claim), MOST_FOUND):
            found[hit.record_id] = hit.body
    yield from found.items()


def _label(record_id: str, body: dict[str, Any]) -> str:
    said = (bodies.main_name(body), *body.get("birth_dates", ()), body.get("number", ""))
    return ", ".join(part for part in (*said, record_id) if part)


def _mark(marks: dict[str, set[int]], act: Act, *, at_once: bool = True) -> int:
    """Writes the marks; from the next question on, the records are not found any more."""
    marks = {source: found for source, found in marks.items() if found}
    if not marks:
        return 0
    rows = [ErasedRecord(source_id=source, key=key) for source, found in marks.items() for key in sorted(found)]
    ErasedRecord.objects.bulk_create(rows, ignore_conflicts=True)
    ListSource.objects.filter(code__in=marks).update(erasing=True)
    epochs.bump("lists")
    if at_once and not settings.XENIA_UNIT:
        transaction.on_commit(lambda: _begin(tuple(marks), act))
    return len(rows)


def _begin(codes: tuple[str, ...], act: Act) -> None:
    """Rebuilds beside the work. Not a daemon thread: a command that erases ends when its erasure is done."""
    thread = threading.Thread(target=_rebuild_all, args=(codes, act), name="list-rebuild")
    _threads.add(thread)
    thread.start()


def _rebuild_all(codes: tuple[str, ...], act: Act) -> None:
    try:
        for code in codes:
            rebuild(code, act)
    except XeniaError as error:
        log.warning("list is rebuilt later", extra={"code": error.code})
    finally:
        connection.close()
        _threads.discard(threading.current_thread())


def _rebuilt(row: ListVersion, marks: tuple[int, ...], act: Act) -> int:
    """One version built anew and put in the place of the old one; how many records it lost."""
    number, run = versions.next_number(row.source_id), uuid7()
    folder = store.run_folder(row.source_id, run)
    try:
        result = _run(row, folder, number, marks)
        one = versions.Publishing(row.source, number, folder / "new.list", result, row.as_of)
        if row.state == "current":
            versions.publish(one, act, kind=kinds.RECORDS_ERASED)
        else:
            versions.replace_waiting(row, one, act)
    finally:
        store.discard_folder(folder)
    return result.counts["removed"]


def _run(row: ListVersion, folder: Any, number: int, marks: tuple[int, ...]) -> Result:
    path = store.file_path(row.file)
    statement.check(path, row)
    source = row.source
    job = Job(
        task="rebuild",
        folder=str(folder),
        register=source.register,
        source=source.code,
        kind=sources.KIND_OF_REGISTER[source.register],
        format=source.format,
        input="",
        old=str(path),
        out=str(folder / "new.list"),
        meta={"number": str(number)},
        erase=marks,
    )
    return child.run(job, keys.register_secret())
