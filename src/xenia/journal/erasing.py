"""Lawful erasure of bodies: the entry stays in its place with its hash, and a sealed entry names it as erased."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db import connection

from xenia.journal import actions, kinds
from xenia.journal.act import EXTERNAL, Act
from xenia.journal.models import Entry, EntrySubject, Outbox
from xenia.journal.writing import is_writing

NAMED = 5000
"""The most entries that one erasure entry names."""
AT_ONCE = 400


def _pieces(ids: Sequence[UUID], size: int) -> Iterable[Sequence[UUID]]:
    return (ids[at : at + size] for at in range(0, len(ids), size))


def entries_about(subjects: Sequence[UUID]) -> list[UUID]:
    """The entries of personal kinds about any of the subjects whose bodies are still there, in order of id."""
    personal = {kind.name for kind in kinds.all_kinds() if kind.personal}
    found: set[UUID] = set()
    for piece in _pieces(subjects, AT_ONCE):
        rows = Entry.objects.filter(about__subject__in=piece, body__isnull=False)
        found.update(pk for pk, kind in rows.values_list("id", "kind") if kind in personal)
    return sorted(found)


def _clear(ids: Sequence[UUID]) -> None:
    for piece in _pieces(ids, AT_ONCE):
        marks = ",".join(["%s"] * len(piece))
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE journal_entry SET salt = NULL, key = NULL, subjects = NULL, body = NULL, reference ="
                f" CASE WHEN substr(reference, 1, {len(EXTERNAL)}) = '{EXTERNAL}' THEN '{EXTERNAL}' ELSE reference END"
                f" WHERE body IS NOT NULL AND id IN ({marks})",
                [one.hex if connection.vendor == "sqlite" else one for one in piece],
            )
        EntrySubject.objects.filter(entry_id__in=piece).delete()
        Outbox.objects.filter(entry_id__in=piece).delete()


def erase_bodies(
    act: Act, *, entry_ids: Sequence[UUID] = (), subjects: Sequence[UUID] = (), kind: str = kinds.SUBJECT_ERASED.name
) -> dict[str, int]:
    """Erases salt, key, subjects and body of the entries named, and of those about the subjects; counts by table.

    Inside `writing()`. Writes entries of `kind` (`subject.erased` or `retention.erased`) that name them, and the
    subjects, by id only. Index rows of the subjects go too, also those of reads, whose bodies stay. Entries that say
    what was erased, or which key signs, are never erased: they are left out.
    """
    if not is_writing():
        raise RuntimeError("Bodies are erased inside journal.actions.writing() only.")
    if kind not in kinds.ERASURES:
        raise ValueError(f"{kind} is no kind of erasure.")
    chosen = sorted(
        pk
        for piece in _pieces(sorted({*entry_ids, *entries_about(subjects)}), AT_ONCE)
        for pk in Entry.objects.filter(id__in=piece, body__isnull=False)
        .exclude(kind__in=kinds.LASTING)
        .values_list("id", flat=True)
    )
    about = sorted(set(subjects))
    _name(chosen, about, act, kind)
    _clear(chosen)
    index = 0
    for piece in _pieces(about, AT_ONCE):
        index += EntrySubject.objects.filter(subject__in=piece).delete()[0]
    return {"entry": len(chosen), "entry_subject": index}


def _name(chosen: Sequence[UUID], about: Sequence[UUID], act: Act, kind: str) -> None:
    named: list[tuple[list[str], list[str]]] = [([str(one) for one in piece], []) for piece in _pieces(chosen, NAMED)]
    named += [([], [str(one) for one in piece]) for piece in _pieces(about, NAMED)]
    if len(chosen) + len(about) <= NAMED and named:
        named = [([str(one) for one in chosen], [str(one) for one in about])]
    actions.append_many([actions.prepare(kind, {"entries": ids, "subjects": who}, act) for ids, who in named])
