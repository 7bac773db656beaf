"""Lists that leave the house: asked for by one person, approved by another, sealed, downloadable for 24 hours.

There is no other way out: a file is made only for a proposal that a second person has approved, only its proposer opens
it, and every download is a read entry that names the records.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Final
from uuid import UUID

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from xenia.access import policy
from xenia.access.standing import Standing
from xenia.errors import BadInput, Conflict, NotAllowed, NotFound
from xenia.formats import tables
from xenia.journal import actions as journal
from xenia.journal import blobs, data_keys, entries
from xenia.journal.act import Act
from xenia.journal.models import BlobReference, Entry
from xenia.registers import kinds
from xenia.work import proposals
from xenia.work.models import Proposal
from xenia.work.proposals import Line

ACTION: Final = "registers.export"
BLOB: Final = "export"
APPROVER: Final = "alert-management"
"""The purpose under which the second person decides; the file is asked for and opened under the export's own."""
KEPT: Final = timedelta(hours=24)
MOST_ROWS: Final = 10_000
"""More records than this leave in several approved files: nobody carries a whole register away by one signature."""
FORMATS: Final = ("csv", "xlsx")
TYPES: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
Words = str | Promise


class About(tuple[str, ...]):
    """A row that says which record it is about, so that the download names it in the journal: `About(cells, subject)`."""

    subject: UUID

    def __new__(cls, cells: Iterable[str], subject: UUID) -> About:
        """The row with its subject."""
        made = super().__new__(cls, cells)
        made.subject = subject
        return made


Rows = Callable[[Standing, Mapping[str, Any]], Iterable[Sequence[str]]]


@dataclass(frozen=True)
class Export:
    """One list that may be exported. `rows(standing, filters)`: cells in the order of `columns`, cut to what policy opens.

    `permission`: what its proposer must hold besides `registers.propose`; `filters`: names of the filters it knows.
    """

    name: str
    label: Words
    purpose: str
    permission: str
    columns: tuple[Words, ...]
    rows: Rows
    filters: tuple[str, ...] = ()


_known: dict[str, Export] = {}


def register_export(export: Export) -> None:
    """Make an export known; a room registers its exports when its app is ready."""
    _known[export.name] = export


def export_named(name: str) -> Export:
    """The export of that name. Raises `NotFound` (`no-export`)."""
    if name not in _known:
        raise NotFound("There is no such export.", "Look at the list of exports.", code="no-export")
    return _known[name]


def open_to(standing: Standing) -> list[Export]:
    """The exports that this standing may ask for, by name."""
    return [one for _, one in sorted(_known.items()) if _may_ask(standing, one)]


def _may_ask(standing: Standing, export: Export) -> bool:
    return (
        standing.may("registers.propose")
        and standing.may(export.permission)
        and export.purpose in policy.purposes(standing)
    )


def register_action() -> None:
    """Make the proposal known; called when Django starts."""
    proposals.register_action(
        proposals.ProposalAction(
            ACTION,
            "registers.propose",
            "registers.approve",
            _approved,
            _("Export records"),
            APPROVER,
            _lines,
            approve_purpose=APPROVER,
        )
    )


def ask(
    standing: Standing, name: str, filters: Mapping[str, str], form: str, *, reason: str, reference: str
) -> Proposal:
    """Ask a second person for an export. Raises `NotAllowed`, `BadInput` (`bad-export`) for an unknown format or filter."""
    export = export_named(name)
    policy.require(standing, export.permission)
    if form not in FORMATS or set(filters) - set(export.filters):
        raise BadInput("This is no format or filter of the export.", "Choose from the page.", code="bad-export")
    act = standing.act(export.purpose, reference or " ")
    arguments = {"export": name, "filters": dict(filters), "format": form}
    return proposals.propose(standing, ACTION, arguments, reason=reason, reference=reference, act=act)


def _approved(arguments: Mapping[str, Any], standing: Standing, act: Act) -> None:
    """Nothing leaves yet: from now on, and for 24 hours, the proposer may have the file made and open it."""
    export_named(str(arguments["export"]))


def _lines(arguments: Mapping[str, Any]) -> Sequence[Line]:
    export = export_named(str(arguments["export"]))
    filters = ", ".join(f"{name}: {value}" for name, value in arguments["filters"].items() if value)
    return [
        Line(str(_("List")), str(export.label)),
        Line(str(_("Only")), filters or str(_("everything that the proposer may see"))),
        Line(str(_("Columns")), ", ".join(str(one) for one in export.columns)),
        Line(str(_("Format")), str(arguments["format"]).upper()),
        Line(str(_("Who receives it")), str(_("only the person who asks for it, for 24 hours"))),
    ]


@dataclass(frozen=True)
class Asked:
    """One export that was asked for. `until`: the moment until which it may be downloaded; None before it is approved."""

    proposal: UUID
    label: str
    format: str
    asked_at: datetime
    state: str
    until: datetime | None


def mine(standing: Standing) -> list[Asked]:
    """What this officer has asked for in the last 14 days, newest first."""
    since = timezone.now() - timedelta(days=14)
    rows = Proposal.objects.filter(action=ACTION, proposer=standing.account, proposed_at__gte=since)
    return [_asked(row) for row in rows.order_by("-proposed_at")[:50]]


def _asked(row: Proposal) -> Asked:
    arguments = proposals.arguments_of(row)
    known = _known.get(str(arguments["export"]))
    until = row.closed_at + KEPT if row.state == "approved" and row.closed_at else None
    over = until is not None and until <= timezone.now()
    label = str(known.label) if known else str(arguments["export"])
    return Asked(row.pk, label, str(arguments["format"]), row.proposed_at, "over" if over else row.state, until)


@dataclass(frozen=True)
class Download:
    """A file to hand to its proposer."""

    name: str
    media_type: str
    data: bytes
    rows: int


def download(standing: Standing, proposal_id: UUID) -> Download:
    """The file of an approved export, made at its first download and the same ever after. The download is journalled first.

    Raises `NotFound` (`no-export`) for anybody but its proposer, `Conflict` (`not-approved`, `export-over`),
    `NotAllowed` where the proposer may no longer see the list, `BadInput` (`export-too-long`).
    """
    row = Proposal.objects.filter(pk=proposal_id, action=ACTION, proposer=standing.account).first()
    if row is None:
        raise NotFound("There is no such export of yours.", "Look at the list of exports.", code="no-export")
    if row.state != "approved" or row.approver in (None, row.proposer) or row.closed_at is None:
        raise Conflict("Nobody has approved this export.", "Wait for the second person.", code="not-approved")
    if timezone.now() >= row.closed_at + KEPT:
        raise Conflict("The 24 hours of this export are over.", "Ask for it again.", code="export-over")
    arguments = proposals.arguments_of(row)
    export = export_named(str(arguments["export"]))
    if not _may_ask(standing, export):
        raise NotAllowed("Your roles no longer open this list.", "Ask for the role again.", code="no-permission")
    return _file(standing, row, export, arguments)


def _file(standing: Standing, row: Proposal, export: Export, arguments: Mapping[str, Any]) -> Download:
    kept = BlobReference.objects.filter(subject=row.pk, purpose=BLOB).first()
    found = list(islice(export.rows(standing, arguments["filters"]), MOST_ROWS + 1)) if kept is None else []
    if len(found) > MOST_ROWS:
        raise BadInput(
            f"An export holds at most {MOST_ROWS} records.", "Narrow it and ask again.", code="export-too-long"
        )
    form = str(arguments["format"])
    data = blobs.get(kept.address) if kept else _bytes(export, form, found)
    subjects = [one.subject for one in found if isinstance(one, About)]
    count = len(found)
    if kept and (first := _first(row)):
        subjects, count = entries.subjects(first), int(entries.body(first)["rows"])
    address, size = ("", 0) if kept else blobs.write(data, row.pk, BLOB)
    act = standing.act(row.purpose, f"proposal:{row.pk}", owner=row.owner, legal_basis=row.legal_basis)
    body = {
        "export": export.name,
        "proposal": str(row.pk),
        "format": form,
        "rows": count,
        "sha256": hashlib.sha256(data).hexdigest(),
        "first": kept is None,
    }
    with journal.writing():
        if kept is None:
            blobs.claim(address, size, row.pk, BLOB)
        journal.append(kinds.EXPORTED, body, act, subjects=subjects)
    return Download(f"{export.name.replace('.', '-')}.{form}", TYPES[form], data, count)


def _first(row: Proposal) -> Entry | None:
    """The entry of the first download."""
    return Entry.objects.filter(kind=kinds.EXPORTED, reference=f"proposal:{row.pk}").order_by("id").first()


def _bytes(export: Export, form: str, rows: Sequence[Sequence[str]]) -> bytes:
    headings = [str(one) for one in export.columns]
    if form == "csv":
        return tables.csv_bytes(headings, rows)
    return tables.xlsx_bytes([tables.Sheet(str(export.label), headings, rows)])


def forget_old() -> int:
    """Takes away the files whose 24 hours are over, with their keys; how many. A chore."""
    gone = 0
    for one in BlobReference.objects.filter(purpose=BLOB, made_at__lte=timezone.now() - KEPT)[:100]:
        with journal.writing():
            blobs.forget(one.address, BLOB)
            data_keys.destroy([one.subject], BLOB)
        gone += 1
    return gone
