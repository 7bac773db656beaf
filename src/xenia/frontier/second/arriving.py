"""What photographs of a unit do here: the same row, and their files are awaited. The files come later, and by themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from xenia import pictures
from xenia.errors import Conflict, NotFound
from xenia.frontier import record
from xenia.frontier.models import Check
from xenia.frontier.second import interview, kinds
from xenia.frontier.second.models import Photograph
from xenia.identity.models import PURPOSE
from xenia.journal import arriving, awaited
from xenia.journal.arriving import Came
from xenia.journal.awaited import Reference

FORM: Final = "photograph"


def refers(body: dict[str, Any]) -> Sequence[Reference]:
    """The two files of a photograph."""
    return (
        Reference(body["small"], body["small_bytes"], small=True, form=FORM),
        Reference(body["address"], body["size_bytes"], form=FORM),
    )


def photographed(came: Came) -> None:
    """A page that was photographed at a unit, of a check of its own. Those of hits that it saw itself come before the others."""
    body = came.body
    check = Check.objects.filter(id=UUID(body["check"]), node=came.entry.node).first()
    if check is None or came.entry.origin.split("/")[:2] != [check.node, check.post]:
        raise NotFound("There is no such check of this unit.", "Look at what came before it.", code="no-check")
    if Photograph.objects.filter(check_made=check.id).count() >= interview.MOST_PHOTOGRAPHS:
        raise Conflict("There are enough photographs of this document.", code="too-many-photographs")
    kept = record.unseal(check.identity, bytes(check.sealed))
    awaited.expect(came, check.identity, PURPOSE, urgent=any(not hit.late for hit in kept.hits))
    Photograph(
        id=UUID(body["id"]), check_made=check.id, identity=check.identity, page=str(body["page"])[:16],
        address=body["address"], small=body["small"], width=body["width"], height=body["height"],
        officer=UUID(came.entry.actor.removeprefix("account:")), made_at=came.entry.occurred_at,
    ).save(force_insert=True)  # fmt: skip


def register() -> None:
    """Make it known; called when Django starts."""
    awaited.register(kinds.PHOTOGRAPHED, refers)
    awaited.register_form(FORM, pictures.is_as_kept)
    arriving.register(kinds.PHOTOGRAPHED, photographed)
