"""A list of cases that leaves the house: asked for by one person, approved by another, for its proposer alone and 24 hours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from xenia.access import policy
from xenia.access.standing import Standing
from xenia.cases import catalogue, kinds, queries, reach, showing
from xenia.errors import BadInput, Conflict, NotFound
from xenia.formats.tables import Sheet, xlsx_bytes
from xenia.journal.act import Act
from xenia.journal.actions import record_read
from xenia.work import proposals
from xenia.work.models import Proposal

ACTION: Final = "cases.export"
KEPT: Final = timedelta(hours=24)
MOST_ROWS: Final = 5_000
PER_PAGE: Final = 500
COLUMNS: Final = (
    _("Case"), _("Their reference"), _("Name"), _("State"), _("Agreement"), _("Other state"), _("Opened"),
    _("Deadline"), _("Due"), _("With"),
)  # fmt: skip


def register() -> None:
    """Make the proposal known; called when Django starts."""
    proposals.register_action(
        proposals.ProposalAction(
            name=ACTION,
            propose=reach.WORK,
            approve=reach.DECIDE,
            execute=_approved,
            label=_("Export a list of cases"),
            purpose="operation",
            render=_lines,
        )
    )


def ask(standing: Standing, procedure: str, which: str, state: str, reason: str) -> Proposal:
    """Ask a second person for a list of one procedure. Raises `BadInput` (`bad-export`, or a missing reason)."""
    known = catalogue.latest(procedure)
    policy.require(standing, reach.READ)
    if which not in queries.WHICH or (state and state not in known.states):
        raise BadInput("There is no such list.", "Choose from the page.", code="bad-export")
    arguments = {"procedure": procedure, "which": which, "state": state}
    act = standing.act(known.purpose, "cases")
    return proposals.propose(standing, ACTION, arguments, reason=reason, reference="cases", act=act)


def _approved(arguments: Mapping[str, Any], standing: Standing, act: Act) -> None:
    """Nothing leaves yet: from now on the proposer may fetch the list."""
    catalogue.latest(str(arguments["procedure"]))


def _lines(arguments: Mapping[str, Any]) -> Sequence[proposals.Line]:
    known, language = catalogue.latest(str(arguments["procedure"])), get_language() or "en"
    lines = [
        proposals.Line(str(_("Procedure")), known.text("procedure", language)),
        proposals.Line(str(_("Columns")), ", ".join(str(one) for one in COLUMNS)),
        proposals.Line(str(_("Who receives it")), str(_("only the person who asks for it, for 24 hours"))),
    ]
    if arguments["state"]:
        lines.insert(1, proposals.Line(str(_("State")), showing.state(known, str(arguments["state"]), language)))
    return lines


def mine(standing: Standing) -> list[Proposal]:
    """Lists that the officer asked for in the last 24 hours and that may be fetched now."""
    since = timezone.now() - KEPT
    rows = Proposal.objects.filter(action=ACTION, proposer=standing.account, state="approved", closed_at__gt=since)
    return list(rows.order_by("-closed_at")[:10])


def download(standing: Standing, proposal_id: UUID) -> tuple[str, bytes]:
    """Name and bytes of the workbook, for its proposer; every case in it is named in the journal as read.

    Raises `NotFound` (`no-export`), `Conflict` (`not-approved`, `export-over`), `BadInput` (`export-too-long`).
    """
    row = Proposal.objects.filter(
        pk=proposal_id, action=ACTION, proposer=standing.account, owner=standing.authority
    ).first()
    if row is None:
        raise NotFound("There is no such export of yours.", "Ask for it.", code="no-export")
    if row.state != "approved" or row.approver in (None, row.proposer) or row.closed_at is None:
        raise Conflict("Nobody has approved this export.", "Wait for the second person.", code="not-approved")
    if timezone.now() >= row.closed_at + KEPT:
        raise Conflict("The 24 hours of this export are over.", "Ask for it again.", code="export-over")
    arguments = proposals.arguments_of(row)
    rows = list(_rows(standing, arguments))
    known = catalogue.latest(str(arguments["procedure"]))
    body = {"proposal": str(row.pk), "cases": len(rows)}
    record_read(kinds.EXPORTED, body, standing.act(known.purpose, f"proposal:{row.pk}"))
    sheet = Sheet(str(arguments["procedure"]), [str(one) for one in COLUMNS], rows)
    return f"{arguments['procedure']}-{row.closed_at:%Y-%m-%d}.xlsx", xlsx_bytes([sheet])


def _rows(standing: Standing, arguments: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    number, language = 1, get_language() or "en"
    while True:
        page = queries.work(
            standing,
            str(arguments["which"]),
            procedure=str(arguments["procedure"]),
            state=str(arguments["state"]),
            page=number,
            per_page=PER_PAGE,
        )
        if page.total > MOST_ROWS:
            raise BadInput(
                f"An export holds at most {MOST_ROWS} cases.", "Narrow it and ask again.", code="export-too-long"
            )
        for one in page.rows:
            case, known, limit = one.case, catalogue.of(one.case), one.deadline
            yield (
                case.reference, case.their_reference, one.name, showing.state(known, case.state, language), case.profile,
                case.counterpart, case.opened_at.date(), known.text(f"deadline.{limit.rule}", language) if limit else "",
                limit.due_on if limit else None, one.assigned,
            )  # fmt: skip
        if not page.has_next:
            return
        number += 1
