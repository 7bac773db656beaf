"""List versions: signed, taken into use by one small transaction, or kept waiting for a second person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xenia.access import epochs
from xenia.access.standing import Standing
from xenia.errors import Conflict
from xenia.journal import actions as journal
from xenia.journal.act import Act
from xenia.journal.ids import uuid7
from xenia.registers.lists import current, kinds, statement, store
from xenia.registers.lists.job import DELTA, Result
from xenia.registers.lists.models import ListSource, ListVersion
from xenia.registers.live import actions as live
from xenia.registers.live.models import LiveRecord
from xenia.work import proposals
from xenia.work.models import Proposal
from xenia.work.proposals import Line

ACTION = "lists.publish"
TOO_OLD = "list-too-old"
_ONE_DAY = timedelta(days=1)
OLD_STOPS = gettext_lazy("While this list is too old, every traveller is sent to second line.")


@dataclass(frozen=True)
class Publishing:
    """A finished file on its way into use. `built`: where the worker left it."""

    source: ListSource
    number: int
    built: Path
    result: Result
    as_of: datetime


def next_number(source: str) -> int:
    """The number of the version after the last one, whatever became of it."""
    last = ListVersion.objects.filter(source_id=source).aggregate(last=Max("number"))["last"]
    return int(last or 0) + 1


def in_use(source: str) -> ListVersion | None:
    """The version in use, or None."""
    return ListVersion.objects.filter(source_id=source, state="current").select_related("source").first()


def removes_too_much(source: ListSource, counts: Mapping[str, int]) -> bool:
    """Whether the version, with what one person took into use in the last day, removes more than the source's share.

    So nobody takes away slice by slice what needs a second person at once. Versions that two persons approved don't count.
    """
    since = timezone.now() - _ONE_DAY
    alone = ListVersion.objects.filter(source=source, proposal__isnull=True, loaded_at__gte=since)
    lately = [one.counts for one in alone.filter(state__in=("current", "superseded")).order_by("number")]
    lately.append(dict(counts))
    before = next((int(one["before"]) for one in lately if one.get("before")), 0)
    removed = sum(int(one.get("removed", 0)) for one in lately)
    return before > 0 and counts.get("removed", 0) > 0 and removed * 100 > source.removal_share * before


def too_old(source: ListSource, as_of: datetime) -> bool:
    """Whether a list of that moment is already older than the source allows: in use, it sends everybody to second line."""
    return timezone.now() - as_of > timedelta(hours=source.max_age_hours)


def _row(one: Publishing, loaded_by: str) -> ListVersion:
    """A signed row for a file that was moved to its place; not yet saved."""
    source, result = one.source, one.result
    name = f"{source.code}-{one.number}.list"
    store.keep(one.built, name)
    if (made := one.built.with_name(DELTA)).exists():
        store.keep(made, store.delta_name(name))
    signature = statement.signed(source.register, source.code, one.number, result.sha256, result.counts["records"])
    return ListVersion(
        id=uuid7(),
        source=source,
        number=one.number,
        file=name,
        sha256=result.sha256,
        size_bytes=result.size_bytes,
        key_id=signature.key_id,
        signature=signature.raw,
        rules_version=result.rules_version,
        records=result.counts["records"],
        counts=dict(result.counts),
        as_of=one.as_of,
        loaded_at=timezone.now(),
        loaded_by=loaded_by,
    )


def publish(one: Publishing, act: Act, *, kind: str = kinds.VERSION_PUBLISHED) -> ListVersion:
    """Signs, verifies, and takes the version into use. The caller holds `store.only_one(source)`."""
    row = _row(one, act.actor)
    file = statement.verified(row)
    current.adopt(row.id, file)
    with journal.writing():
        before = take_into_use(row, outdates=kind == kinds.VERSION_PUBLISHED)
        note(kind, row, act)
        transaction.on_commit(lambda: discard(_files(before)))
    return row


def wait(one: Publishing, standing: Standing, act: Act) -> ListVersion:
    """Keeps the version aside and proposes it to a second person. The caller holds `store.only_one(source)`."""
    row = _row(one, act.actor)
    row.state = "waiting"
    current.adopt(row.id, statement.verified(row))
    arguments = {
        "version": str(row.id),
        "source": row.source_id,
        "number": row.number,
        "sha256": row.sha256,
        "as_of": row.as_of.isoformat(),
        **_counts(row),
    }
    with journal.writing():
        reason = f"{row.counts['removed']} of {row.counts['before']} records are removed."
        if too_old(one.source, one.as_of):
            limit = one.source.max_age_hours
            reason = f"The list is of {one.as_of:%Y-%m-%d}, older than the {limit} hours allowed. {reason}"
        proposal = proposals.propose(
            standing, ACTION, arguments, reason=reason, reference=act.reference, subject=None, act=act
        )
        row.proposal = proposal.pk
        row.save(force_insert=True)
        note(kinds.VERSION_WAITING, row, act)
    return row


def replace_waiting(row: ListVersion, one: Publishing, act: Act) -> ListVersion:
    """Puts a rebuilt file in the place of a waiting version's; the proposal goes on waiting."""
    fresh, old = _row(one, row.loaded_by), row.file
    file = statement.verified(fresh)
    fresh.id, fresh.state, fresh.proposal, fresh.counts = (
        row.id,
        "waiting",
        row.proposal,
        {**row.counts, **fresh.counts},
    )
    current.adopt(fresh.id, file)
    with journal.writing():
        fresh.save(force_update=True)
        note(kinds.RECORDS_ERASED, fresh, act)
        transaction.on_commit(lambda: discard((old,)))
    return fresh


def execute(arguments: Mapping[str, Any], standing: Standing, act: Act) -> dict[str, Any]:
    """Takes a waiting version into use; runs in the transaction of the approval.

    Raises `Conflict` (code `list-outdated`) where a newer version is in use or the file is another by now.
    """
    row = ListVersion.objects.filter(pk=arguments["version"], state="waiting").select_related("source").first()
    newest = in_use(arguments["source"])
    if row is None or (newest is not None and newest.number > row.number):
        raise Conflict(
            "A newer version is in use, or this one is gone.", "Reject it; load the list again.", code="list-outdated"
        )
    before = take_into_use(row)
    note(kinds.VERSION_PUBLISHED, row, act)
    transaction.on_commit(lambda: discard(_files(before)))
    return {"source": row.source_id, "number": row.number}


def lines(arguments: Mapping[str, Any]) -> Sequence[Line]:
    """What the second person reads before a version that removes much is taken into use, in the reader's language."""
    named = (
        (_("List"), "source"),
        (_("Version"), "number"),
        (_("Records"), "records"),
        (_("Removed"), "removed"),
        (_("Added"), "added"),
        (_("Changed"), "changed"),
        (_("Refused rows"), "refused"),
    )
    shown = [*(Line(label, str(arguments[name])) for label, name in named), Line("SHA-256", arguments["sha256"])]
    moment = parse_datetime(arguments.get("as_of", ""))  # a proposal of an earlier release has none
    if moment is None:
        return shown
    source = ListSource.objects.filter(pk=arguments["source"]).first()
    old = source is not None and too_old(source, moment)
    said = f"{date_format(moment, 'DATE_FORMAT')}. {OLD_STOPS}" if old else date_format(moment, "DATE_FORMAT")
    return [Line(_("As of"), said), *shown]


def take_into_use(row: ListVersion, outdates: bool = True) -> tuple[ListVersion, ...]:
    """The swap itself: the version before is superseded, this one in use. Gives the rows whose files go. Inside `writing()`.

    `outdates`: versions that wait are older than what this one says, and go too.
    """
    before = list(ListVersion.objects.filter(source_id=row.source_id, state="current").exclude(pk=row.pk))
    waiting = ListVersion.objects.filter(source_id=row.source_id, state="waiting", number__lt=row.number)
    older = list(waiting) if outdates else []
    ListVersion.objects.filter(pk__in=[one.pk for one in before]).update(state="superseded", file="")
    ListVersion.objects.filter(pk__in=[one.pk for one in older]).update(state="superseded", file="")
    row.state = "current"
    row.save()
    laid_over = LiveRecord.objects.filter(
        register=row.source.register, source=row.source_id, recorded_at__lt=row.as_of
    ).values_list("id", flat=True)
    if laid_over:
        live.remove(list(laid_over))
    epochs.bump("lists")
    return (*before, *older)


def _counts(row: ListVersion) -> dict[str, int]:
    return {name: int(value) for name, value in sorted(row.counts.items())}


def note(kind: str, row: ListVersion, act: Act) -> None:
    """The entry about a version. Inside `journal.writing()`."""
    body = {"version": str(row.id), "source": row.source_id, "register": row.source.register, "number": row.number}
    journal.append(kind, {**body, "sha256": row.sha256, "counts": _counts(row)}, act)


def _files(rows: Iterable[ListVersion]) -> tuple[str, ...]:
    return tuple(row.file for row in rows)


def discard(files: Iterable[str]) -> None:
    """Does away with these files, and lets go of them here; threads that still search them are waited for."""
    for name in filter(None, files):
        store.discard_file(name)
        store.discard_file(store.delta_name(name))
    current.warm()


def reject_decided() -> int:
    """Waiting versions whose proposal was rejected, withdrawn or has expired are put away. Gives back how many."""
    rows = list(ListVersion.objects.filter(state="waiting").select_related("source"))
    open_still = set(
        Proposal.objects.filter(pk__in=[row.proposal for row in rows], state="waiting").values_list("pk", flat=True)
    )
    gone = [row for row in rows if row.proposal not in open_still]
    for row in gone:
        with journal.writing():
            if ListVersion.objects.filter(pk=row.pk, state="waiting").update(state="rejected", file=""):
                act = Act("system:lists", row.source.owner, "list-management", "", f"list:{row.source_id}", "lists")
                note(kinds.VERSION_REJECTED, row, act)
                transaction.on_commit(lambda name=row.file: discard((name,)))  # type: ignore[misc]
    return len(gone)


def version(pk: UUID) -> ListVersion | None:
    """The version of that id, or None."""
    return ListVersion.objects.filter(pk=pk).select_related("source").first()
