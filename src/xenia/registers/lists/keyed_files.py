"""At a centre: the files of keys that units get of lists whose names they may not hold, made beside the work and kept up to date."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from django.utils import timezone

from xenia.access import epochs
from xenia.errors import Conflict, XeniaError
from xenia.identity.keys import register_secret
from xenia.journal import actions as journal
from xenia.journal.ids import uuid7
from xenia.registers.lists import child, for_units, keyed, sources, statement, store, versions
from xenia.registers.lists.job import DELTA, Job, Result
from xenia.registers.lists.models import KeyedList, ListSource, ListVersion
from xenia.registers.live import actions as live
from xenia.registers.live.models import LiveRecord

log = logging.getLogger("xenia.lists")
FOLDER: Final = "units"


def make_due(codes: Iterable[str]) -> int:
    """Makes the files of these sources that are missing or not of what is in force now. Gives back how many.

    Not inside `writing()`. A list that is being taken out of use or rebuilt waits for the next turn.
    """
    made = 0
    for code in codes:
        try:
            made += make(code)
        except Conflict:
            continue
        except XeniaError as error:
            log.error("a list as keys could not be made", extra={"source": code, "code": error.code})
    return made


def make(code: str) -> bool:
    """Makes the file of one source anew where it is not of what is in force; whether it was made.

    Raises `Conflict` (`list-busy`), `Unavailable` (`load-stopped`, `list-signature`).
    """
    row = versions.in_use(code)
    if row is None or row.source.erasing:
        return False
    over = _laid_over(row.source)
    what = for_units.what(row.source.register)
    laid = (f"{one.pk} {one.recorded_at.isoformat()} {one.state}" for one in over)
    made_of = keyed.made_of(row.sha256, [*for_units.words(what), *laid])
    before = KeyedList.objects.filter(source=code).first()
    if before is not None and before.made_of == made_of and path_of(before).is_file():
        return False
    with store.only_one(f"{code}.{FOLDER}"):
        _tidy(code, before)
        folder = store.run_folder(f"{code}.{FOLDER}", uuid7())
        try:
            result = _built(row, over, before, folder)
            _take(row, before, made_of, result, folder)
        finally:
            store.discard_folder(folder)
    return True


def path_of(row: KeyedList) -> Path:
    """Where the file lies, whether it is there or not."""
    return store.file_path(row.file)


def of(row: ListVersion) -> KeyedList | None:
    """The file of keys of a source, of the version in use or, while that is being made, of the one before; None before the first."""
    found = KeyedList.objects.filter(source=row.source_id).first()
    return found if found is not None and path_of(found).is_file() else None


def secret_of(code: str) -> bytes:
    """What the keys of a source are made with; units that hold it as keys are told."""
    return keyed.list_secret(register_secret(), code)


def _laid_over(source: ListSource) -> list[LiveRecord]:
    return list(LiveRecord.objects.filter(register=source.register, source=source.code).order_by("id"))


def _built(row: ListVersion, over: list[LiveRecord], before: KeyedList | None, folder: Path) -> Result:
    path = store.file_path(row.file)
    statement.check(path, row)
    what = for_units.what(row.source.register)
    beside = folder / "laid-over.jsonl"
    beside.touch(mode=0o600)
    beside.write_text("".join(_lines(over)), encoding="utf-8")
    job = Job(
        task="keyed",
        folder=str(folder),
        register=row.source.register,
        source=row.source_id,
        kind=sources.KIND_OF_REGISTER[row.source.register],
        format=row.source.format,
        input=str(path),
        old=str(path_of(before)) if before is not None and path_of(before).is_file() else "",
        out=str(folder / "new.list"),
        meta={"number": str(row.number)},
        laid_over=str(beside),
        quiet=tuple(sorted(what.quiet)),
        noticed=tuple(sorted(what.noticed)),
        shown=tuple(sorted(what.shown)),
        said_as=tuple(sorted(what.said_as)),
    )
    return child.run(job, register_secret())


def _lines(over: list[LiveRecord]) -> Iterable[str]:
    bodies: dict[Any, Mapping[str, Any]] = {}
    for start in range(0, len(over), 400):
        present = [one for one in over[start : start + 400] if one.state == "present"]
        bodies |= {one.row.pk: one.body for one in live.opened(present)}
    for one in over:
        yield json.dumps({"record_id": one.record_id, "body": bodies.get(one.pk)}, ensure_ascii=False) + "\n"


def _take(row: ListVersion, before: KeyedList | None, made_of: str, result: Result, folder: Path) -> None:
    code, now = row.source_id, timezone.now()
    name = f"{FOLDER}/{code}-{row.number}-{result.sha256[:12]}.list"
    store.file_path(FOLDER).mkdir(exist_ok=True, mode=0o700)
    store.keep(folder / "new.list", name)
    if (made := folder / DELTA).exists():
        store.keep(made, store.delta_name(name))
    signature = statement.signed(row.source.register, code, row.number, result.sha256, result.counts["records"])
    fresh = KeyedList(
        source=row.source,
        number=row.number,
        made_of=made_of,
        file=name,
        sha256=result.sha256,
        size_bytes=result.size_bytes,
        key_id=signature.key_id,
        signature=signature.raw,
        rules_version=result.rules_version,
        records=result.counts["records"],
        as_of=row.as_of,
        since=before.since if before is not None and before.number == row.number else now,
    )
    with journal.writing():
        fresh.save()
        epochs.bump("lists")
    if before is not None and before.file != name:
        _discard(before.file)


def _tidy(code: str, kept: KeyedList | None) -> None:
    """Clears what stopped runs left: folders, and files that no row names."""
    for folder in store.run_folders(f"{code}.{FOLDER}"):
        store.discard_folder(folder)
    named = {kept.file, store.delta_name(kept.file)} if kept is not None else set()
    for path in store.file_path(FOLDER).glob(f"{code}-*.list*"):
        number = path.name.removeprefix(f"{code}-").partition("-")[0]
        if number.isdigit() and f"{FOLDER}/{path.name}" not in named:
            path.unlink(missing_ok=True)


def _discard(name: str) -> None:
    store.discard_file(name)
    store.discard_file(store.delta_name(name))


def drop_unwanted(wanted: frozenset[str]) -> int:
    """Does away with files of sources that no unit holds as keys any more. Gives back how many."""
    rows = list(KeyedList.objects.exclude(source__in=wanted))
    for row in rows:
        with journal.writing():
            row.delete()
        _discard(row.file)
    return len(rows)
