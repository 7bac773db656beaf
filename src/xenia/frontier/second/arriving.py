"""What the second line of a unit did, done here: the same rows. Files of photographs come later, and by themselves.

A unit speaks of its own checks only. What it hands over is made for the authority that receives, with its item; nothing here can
be worked on that is worked on there.
"""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from xenia import pictures
from xenia.access.models import Authority
from xenia.errors import BadInput, Conflict, NotFound
from xenia.frontier import record
from xenia.frontier.models import Check
from xenia.frontier.second import handover, interview, kinds, papers, procedures
from xenia.frontier.second.models import HandOver, HitCase, HitStep, InterviewNote, Paper, Photograph
from xenia.identity import kinds as identity_kinds
from xenia.identity.models import PURPOSE, Identity
from xenia.journal import arriving, awaited, data_keys, entries
from xenia.journal.arriving import Came
from xenia.journal.awaited import Reference
from xenia.journal.models import Entry

FORM: Final = "photograph"
SAID: Final = frozenset({"document", "note", "notes", "photographs"})
LOOK: Final = "Look at what came before it."


def refers(body: dict[str, Any]) -> Sequence[Reference]:
    """The two files of a photograph."""
    return (
        Reference(body["small"], body["small_bytes"], small=True, form=FORM),
        Reference(body["address"], body["size_bytes"], form=FORM),
    )


def refers_with(body: dict[str, Any]) -> Sequence[Reference]:
    """The photographs that went with a person."""
    return [Reference(address, size, form=FORM) for address, size in body["photographs"]]


def photographed(came: Came) -> None:
    """A page that was photographed at a unit, of a check of its own. Those of hits that it saw itself come before the others."""
    body, check = came.body, _check(came)
    if Photograph.objects.filter(check_made=check.id).count() >= interview.MOST_PHOTOGRAPHS:
        raise Conflict("There are enough photographs of this document.", code="too-many-photographs")
    kept = record.unseal(check.identity, bytes(check.sealed))
    awaited.expect(came, check.identity, PURPOSE, urgent=any(not hit.late for hit in kept.hits))
    Photograph(
        id=UUID(body["id"]), check_made=check.id, identity=check.identity, page=str(body["page"])[:16],
        address=body["address"], small=body["small"], width=body["width"], height=body["height"],
        officer=_author(came), made_at=came.entry.occurred_at,
    ).save(force_insert=True)  # fmt: skip


def noted(came: Came) -> None:
    """A note of the interview, sealed anew for its person."""
    body, check = came.body, _check(came)
    words = str(body["text"])
    if not words or len(words) > interview.LONGEST:
        raise BadInput("The note is empty or too long.", "Look at the unit.", code="too-long")
    InterviewNote(
        id=UUID(body["id"]), check_made=check.id, identity=check.identity, purpose=interview.SECOND_LINE,
        question=str(body["question"])[:32], officer=_author(came), made_at=came.entry.occurred_at,
        sealed=data_keys.seal(check.identity, PURPOSE, words.encode()),
    ).save(force_insert=True)  # fmt: skip


def opened(came: Came) -> None:
    """A hit that the unit's second line took up. Where this centre opened one for the same record already, it is put aside."""
    body, check = came.body, _check(came)
    about = [one for one in entries.subjects(came.entry) if one != check.identity]
    if len(about) != 1 or UUID(body["identity"]) != check.identity:
        raise Conflict("The entry speaks of a record that is not its unit's.", "Look at the unit.", code="not-its-own")
    if HitCase.objects.filter(check_made=check.id, subject=about[0]).exists():
        raise Conflict("This hit was taken up already.", "Compare the two.", code="hit-moved")
    HitCase(
        id=UUID(body["hit"]), check_made=check.id, item=UUID(body["item"]), identity=check.identity, subject=about[0],
        register=str(body["register"])[:32], category=str(body["category"])[:32], band=str(body["band"])[:8],
        silent=body["silent"] is not False, procedure=str(body["procedure"])[:32], edition=str(body["edition"])[:16],
        state=str(body["state"])[:24], owner=check.owner, post=check.post, opened_at=came.entry.occurred_at,
        due_at=datetime.fromisoformat(body["due_at"]), node=came.entry.node,
    ).save(force_insert=True)  # fmt: skip


def moved(came: Came) -> None:
    """A step of such a hit: what was done and written, and where it stands."""
    body, at = came.body, came.entry.occurred_at
    case = HitCase.objects.select_for_update().filter(id=UUID(body["hit"]), node=came.entry.node).first()
    if case is None or case.post != _post(came):
        raise NotFound("There is no such hit of this unit.", LOOK, code="no-hit")
    if case.state != body["from"]:
        raise Conflict("Somebody else has moved this hit.", LOOK, code="hit-moved")
    words = {name: str(body["words"][name])[: interview.LONGEST] for name in ("text", "to")}
    HitStep(
        id=UUID(body["step"]), hit=case, task=str(body["task"])[:32], choice=str(body["choice"])[:24],
        before=case.state, after=str(body["to"])[:24], officer=_author(came), done_at=at,
        sealed=data_keys.seal(case.identity, PURPOSE, json.dumps(words, ensure_ascii=False).encode()),
    ).save(force_insert=True)  # fmt: skip
    case.state = str(body["to"])[:24]
    procedure = procedures.begun_with(case.procedure, case.edition)
    state = procedure.states.get(case.state) if procedure is not None else None
    if body["effect"] == "report":
        case.reported_at = at
    if state is not None and state.final:
        case.closed_at = at
    case.save(update_fields=["state", "reported_at", "closed_at"])


def signed(came: Came) -> None:
    """Whether the person signed the form of the refusal."""
    body, check = came.body, _check(came)
    if body["signature"] not in papers.SIGNATURES:
        raise BadInput("Say whether the person signed.", code="signature")
    values = {
        "identity": check.identity, "signature": body["signature"], "officer": _author(came),
        "noted_at": came.entry.occurred_at,
    }  # fmt: skip
    Paper.objects.update_or_create(check_made=check.id, defaults=values)


def handed_over(came: Came) -> None:
    """A person whom the unit handed to another authority: the hand-over with all that came with it, and the receiver's item.

    Its claim came before, owned by the receiver as this entry is. One for each check, and only while it is not decided.
    """
    body, check = came.body, _check(came)
    receiver, who = handover.RECEIVERS.get(body["to"]), UUID(body["identity"])
    mine = Identity.objects.filter(id=who, owner=came.entry.owner, source="handover").first()
    if receiver is None or mine is None or not mine.origin.startswith(f"{came.entry.node}/"):
        raise NotFound("There is no such person of this unit.", LOOK, code="no-handover")
    if check.state != "referred" or HandOver.objects.filter(check_made=check.id).exists():
        raise Conflict("This check has been decided already.", code="already-decided")
    sealed, until = b64decode(body["sealed"]), came.entry.occurred_at.date() + timedelta(days=handover.KEPT_DAYS)
    _sound(json.loads(data_keys.unseal(who, PURPOSE, sealed)), [one.address for one in refers_with(body)])
    if body["photographs"]:
        awaited.expect(came, who, PURPOSE, urgent=True)
    Identity.objects.filter(id=who).update(delete_on=until)
    made = UUID(body["handover"])
    HandOver(
        id=made, check_made=check.id, item=handover.open_item(receiver, made, came.entry.owner, who, came.act()), identity=who,
        kind=receiver.kind, owner=came.entry.owner, from_post=check.post, officer=_author(came),
        made_at=came.entry.occurred_at, sealed=sealed, delete_on=until,
    ).save(force_insert=True)  # fmt: skip


def _sound(said: Any, photographs: Sequence[str]) -> None:
    """That this is what goes with a person, and that no file is named but those of the entry."""
    notes = said["notes"] if isinstance(said, dict) and set(said) == SAID else None
    texts = (
        [said["note"], *(one[name] for one in notes for name in ("at", "text"))] if isinstance(notes, list) else [None]
    )
    longest = all(isinstance(one, str) and len(one) <= interview.LONGEST for one in texts)
    if not longest or not isinstance(said["document"], dict) or said["photographs"] != list(photographs):
        raise BadInput("That is not what goes with a person.", "Look at the unit.", code="no-handover")
    if len(photographs) > interview.MOST_PHOTOGRAPHS:
        raise Conflict("There are enough photographs of this document.", code="too-many-photographs")


def for_the_receiver(entry: Entry) -> bool:
    """Whether an entry of a hand-over is owned by an authority that takes persons over."""
    kind = Authority.objects.filter(pk=entry.owner).values_list("kind", flat=True).first()
    about = entry.reference.startswith(f"{handover.OPEN}:") and entry.purpose == interview.SECOND_LINE
    return about and kind in handover.RECEIVERS


def _check(came: Came) -> Check:
    """The check that an entry speaks of: of the same unit, at the same post. Raises `NotFound`."""
    check = Check.objects.filter(id=UUID(came.body["check"]), node=came.entry.node).first()
    if check is None or came.entry.origin.split("/")[:2] != [check.node, check.post]:
        raise NotFound("There is no such check of this unit.", LOOK, code="no-check")
    return check


def _post(came: Came) -> str:
    return (*came.entry.origin.split("/"), "")[1]


def _author(came: Came) -> UUID:
    return UUID(came.entry.actor.removeprefix("account:"))


def register() -> None:
    """Make it known; called when Django starts."""
    awaited.register(kinds.PHOTOGRAPHED, refers)
    awaited.register(kinds.HANDED_OVER, refers_with)
    awaited.register_form(FORM, pictures.is_as_kept)
    for kind, effect in (
        (kinds.PHOTOGRAPHED, photographed), (kinds.NOTED, noted), (kinds.HIT_OPENED, opened), (kinds.HIT_MOVED, moved),
        (kinds.SIGNED, signed), (kinds.HANDED_OVER, handed_over),
    ):  # fmt: skip
        arriving.register(kind, effect)
    for kind in (kinds.HANDED_OVER, identity_kinds.CLAIMED):
        arriving.register_owner(kind, for_the_receiver)
