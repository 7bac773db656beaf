"""What takes two persons on the pages of this room: erasing somebody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from xenia.access.standing import Standing
from xenia.errors import BadInput
from xenia.oversight import rights
from xenia.work.models import Proposal
from xenia.work.proposals import Line, ProposalAction, propose, register_action

ERASE = "subject.erase"
MOST = 200


def _lines(arguments: Mapping[str, Any]) -> list[Line]:
    """Ids and counts only: who it is stands on the page of the subject, whose reading is journalled for itself."""
    subjects = arguments["subjects"]
    return [
        Line(_("Subjects"), ", ".join(subjects[:5]) + (" ..." if len(subjects) > 5 else "")),
        Line(_("How many"), str(len(subjects))),
        Line(_("Reason"), str(rights.REASONS[arguments["reason"]])),
    ]


def propose_erasure(standing: Standing, subjects: list[str], *, reason: str, reference: str, why: str) -> Proposal:
    """A proposal to erase these subjects; a second person of the data-protection office decides it.

    Raises `BadInput` (`erase-reason`, `nothing-asked`, `reference-names-person`).
    """
    if reason not in rights.REASONS:
        raise BadInput(_("Choose a reason from the list."), code="erase-reason")
    wanted = list(dict.fromkeys(rights.subject_of(one) for one in subjects))
    if not wanted or len(wanted) > MOST:
        raise BadInput(_("Choose between 1 and %(most)d subjects.") % {"most": MOST}, code="nothing-asked")
    rights.reference_names_nobody(wanted, f"{reference} {why}")
    arguments = {"subjects": [str(one) for one in wanted], "reason": reason}
    return propose(standing, ERASE, arguments, reason=why, reference=rights.external(reference))


def register() -> None:
    """Make the action known; called when Django starts."""
    register_action(
        ProposalAction(
            name=ERASE,
            propose="subject.erase",
            approve="subject.erase",
            execute=rights.erase_proposed,
            label="Erase a person",
            purpose=rights.PURPOSE,
            render=_lines,
            scope="installation",
        )
    )
