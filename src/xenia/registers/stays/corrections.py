"""Corrections of stays and links between files: proposed by one person, approved by another."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from xenia.access import policy
from xenia.access.standing import Standing
from xenia.errors import BadInput, Conflict, NotFound
from xenia.journal import actions as journal
from xenia.journal.act import Act
from xenia.registers.stays import kinds, linking, retention, words
from xenia.registers.stays.actions import BASES
from xenia.registers.stays.models import StayRecord
from xenia.registers.stays.rules import local_day
from xenia.work import proposals
from xenia.work.models import Proposal
from xenia.work.proposals import Line

PURPOSE = "border-second-line"
CORRECT, LINK, PART = "stays.correct", "stays.link", "stays.part"
PROPOSES, APPROVES = "stays.correct", "stays.approve"


def register_actions() -> None:
    """Make the proposals known; called when Django starts."""
    for name, execute, label, render in (
        (CORRECT, _correct, _("Correct a stay"), _show_correct),
        (LINK, _link, _("Link the stays of two documents"), _show_link),
        (PART, _part, _("Part linked stays"), _show_link),
    ):
        proposals.register_action(proposals.ProposalAction(name, PROPOSES, APPROVES, execute, label, PURPOSE, render))


def propose_correction(
    standing: Standing,
    stay: UUID,
    *,
    entry_on: date,
    exit_on: date | None,
    authorised_until: date | None,
    basis: str,
    void: bool = False,
    reason: str,
    reference: str,
) -> Proposal:
    """Propose what a stay really was: its days, the end of the authorised stay, its basis, or that there was none (`void`).

    So a missing exit or entry is rebutted: `reason` names the evidence. Raises `BadInput` (`bad-correction`),
    `NotFound` (`no-stay`), `NotAllowed`.
    """
    policy.require(standing, PROPOSES)
    policy.require_purpose(standing, PURPOSE, reference)
    row = _row(stay)
    today = local_day(datetime.now(UTC), standing.zone)
    if exit_on is not None and exit_on < entry_on:
        raise BadInput("The stay would end before it begins.", "Correct the days.", code="bad-correction")
    if max(entry_on, exit_on or entry_on) > today:
        raise BadInput("A day lies in the future.", "Give days up to today.", code="bad-correction")
    if exit_on is None and row.state != "open" and not void:
        raise BadInput("The day of exit is missing.", "Only a stay that still lasts has none.", code="bad-correction")
    if basis not in BASES:
        raise BadInput("There is no such basis of stay.", "Choose one of the list.", code="bad-correction")
    arguments = {
        "stay": str(row.id),
        "file": str(row.file_id),
        "seen": _seen(row),
        "entry_on": entry_on.isoformat(),
        "exit_on": exit_on.isoformat() if exit_on else None,
        "authorised_until": authorised_until.isoformat() if authorised_until else None,
        "basis": basis,
        "void": void,
    }
    return proposals.propose(standing, CORRECT, arguments, reason=reason, reference=reference, subject=row.file_id)


def propose_link(standing: Standing, file: UUID, other: UUID, *, reason: str, reference: str) -> Proposal:
    """Propose that two files are of one human. Raises `BadInput` (`bad-link`), `NotFound`, `NotAllowed`."""
    return _propose_link(standing, LINK, file, other, reason, reference)


def propose_part(standing: Standing, file: UUID, *, reason: str, reference: str) -> Proposal:
    """Propose that a file, linked before, stands for itself again."""
    return _propose_link(standing, PART, file, file, reason, reference)


def _propose_link(standing: Standing, action: str, file: UUID, other: UUID, reason: str, reference: str) -> Proposal:
    policy.require(standing, PROPOSES)
    policy.require_purpose(standing, PURPOSE, reference)
    one, two = linking.file(file), linking.file(other)
    if action == LINK and one.person_id == two.person_id:
        raise BadInput("These stays are linked already.", "Choose another file.", code="bad-link")
    if action == PART and not linking.others(one):
        raise BadInput("This file is linked to none.", "There is nothing to part.", code="bad-link")
    arguments = {"file": str(file), "other": str(other)}
    return proposals.propose(standing, action, arguments, reason=reason, reference=reference, subject=file)


def _row(stay: UUID) -> StayRecord:
    row = StayRecord.objects.select_related("file").filter(id=stay).first()
    if row is None:
        raise NotFound("There is no such stay.", "Go back to the file.", code="no-stay")
    return row


def _seen(row: StayRecord) -> list[str]:
    days = (row.entry_on, row.exit_on, row.authorised_until)
    return [row.state, row.basis, *(day.isoformat() if day else "" for day in days)]


def _correct(arguments: Mapping[str, Any], standing: Standing, act: Act) -> None:
    """Write the approved correction; runs in the transaction of the approval."""
    row = _row(UUID(arguments["stay"]))
    if _seen(row) != arguments["seen"]:
        raise Conflict("This stay has changed since.", "Reject it and propose it anew.", code="stay-changed")
    crossing = row.entry_crossing or row.exit_crossing
    if arguments["void"]:
        row.delete()
        state = "void"
    else:
        state = apply(row, arguments)
        row.save(force_update=True)
    body = {
        "file": str(row.file_id),
        "stay": arguments["stay"],
        "crossing": str(crossing) if crossing else None,
        "state": state,
        **{name: arguments[name] for name in ("entry_on", "exit_on", "authorised_until", "basis")},
    }
    linking.keep(row.file.person_id)
    journal.append(kinds.CORRECTED, body, act, subjects=[row.file_id, UUID(arguments["stay"])])


def apply(row: StayRecord, arguments: Mapping[str, Any]) -> str:
    """Bring the row to what was approved; gives back its state. One that still lasts stays open, any other is fixed."""
    row.entry_on = date.fromisoformat(arguments["entry_on"])
    row.exit_on = date.fromisoformat(arguments["exit_on"]) if arguments["exit_on"] else None
    until = arguments["authorised_until"]
    row.authorised_until = date.fromisoformat(until) if until else None
    row.basis = arguments["basis"]
    row.state = "corrected" if row.exit_on else "open"
    row.overstay = bool(row.exit_on and row.authorised_until and row.exit_on > row.authorised_until)
    row.delete_on = retention.record_until(row.state, row.entry_on, row.exit_on, row.authorised_until)
    return row.state


def _link(arguments: Mapping[str, Any], standing: Standing, act: Act) -> None:
    linking.link(linking.file(UUID(arguments["file"])), linking.file(UUID(arguments["other"])), act)


def _part(arguments: Mapping[str, Any], standing: Standing, act: Act) -> None:
    linking.part(linking.file(UUID(arguments["file"])), act)


def _show_correct(arguments: Mapping[str, Any]) -> list[Line]:
    """What the approver sees of a correction."""
    state, basis, entry_on, exit_on, until = arguments["seen"]
    if arguments["void"]:
        return [Line(str(_("This stay never was")), f"{entry_on} / {exit_on}", words.state(state))]
    rows = (
        (_("Entry"), arguments["entry_on"], entry_on),
        (_("Exit"), arguments["exit_on"] or str(_("still inside")), exit_on or str(_("none recorded"))),
        (_("Authorised until"), arguments["authorised_until"] or "–", until or "–"),
        (_("Basis"), words.basis(arguments["basis"]), words.basis(basis)),
        (_("State"), words.state("corrected" if arguments["exit_on"] else "open"), words.state(state)),
    )
    return [Line(str(label), after, before if before != after else "") for label, after, before in rows]


def _show_link(arguments: Mapping[str, Any]) -> list[Line]:
    """What the approver sees of a link: who is meant on either side."""
    names = linking.described({UUID(arguments["file"]), UUID(arguments["other"])})
    return [
        Line(str(label), names.get(UUID(arguments[which]), str(_("erased"))))
        for label, which in ((_("This file"), "file"), (_("The other"), "other"))
    ]
