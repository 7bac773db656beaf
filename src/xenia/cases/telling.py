"""What goes to the other authority with an action: the body its schema allows, and documents where the schema names them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from xenia.cases import bodies, reach, speaking
from xenia.cases.definition import Action, MessageType, Procedure
from xenia.cases.models import KEY, Case, CaseDocument, CaseEvent
from xenia.cases.speaking import Told
from xenia.journal import blobs, data_keys
from xenia.journal.act import Act

OWN_DEEDS = ("person", "border")


def send(
    case: Case, procedure: Procedure, action: Action, event: CaseEvent, facts: Mapping[str, Any], *, by: str, act: Act
) -> None:
    """Put the action's message into the outbox, if it has one and was done here. Inside `writing()`."""
    from xenia.exchange import sending
    from xenia.exchange.envelope import Enclosure

    if not action.message or by not in OWN_DEEDS or not case.counterpart:
        return
    message = procedure.messages[action.message]
    kinds = frozenset(kind for one in message.versions for kind in _kinds(message, one))
    documents = _documents(case, kinds)
    known = {**facts, "case": {**facts["case"], **_more(case, documents)}}
    told = speaking.worded(procedure, message, known, case.counterpart)
    documents = [(one, name) for one, name in documents if one.sha256 in told.enclosed]
    number = sending.send(
        type=f"{procedure.id}/{message.name}",
        version=told.version,
        thread=case.thread,
        recipient=case.counterpart,
        body=told.body,
        attachments=[Enclosure(one.media_type, blobs.get(one.address)) for one, _name in documents],
        purpose=procedure.purpose,
        legal_basis=reach.basis(procedure, case.profile)[:300],
        case_ref=case.reference,
        reply_to=_answered(case),
        act=act,
        priority="urgent" if case.urgent else "normal",
        classification=procedure.confidentiality,
        about=case.about,
        created=event.at,
    )
    CaseEvent.objects.filter(pk=event.pk).update(message=number)
    event.message = number
    CaseDocument.objects.filter(pk__in=[one.pk for one, _name in documents]).update(message=number)
    if told.version != message.version:
        speaking.note(case, event, told, None, act)


def older(case: Case, procedure: Procedure, action: Action, facts: Mapping[str, Any]) -> Told | None:
    """What the action's message would say now, if the other side reads an older version only; else None. Sends nothing."""
    if not action.message or not case.counterpart:
        return None
    message = procedure.messages[action.message]
    kinds = frozenset(kind for one in message.versions for kind in _kinds(message, one))
    known = {**facts, "case": {**facts["case"], **_more(case, _documents(case, kinds))}}
    return speaking.older(procedure, message, known, case.counterpart)


def _kinds(message: MessageType, version: int) -> frozenset[str]:
    return bodies.document_kinds(message.schema_of(version) or {}) or frozenset()


def _documents(case: Case, kinds: frozenset[str]) -> list[tuple[CaseDocument, str]]:
    """Documents of those kinds of this side that have not been sent yet, with their names."""
    if not kinds:
        return []
    rows = list(CaseDocument.objects.filter(case=case, message=None, kind__in=kinds).order_by("added_at"))
    plain = data_keys.unseal_many([(case.about, KEY, bytes(row.name or b"")) for row in rows if row.name])
    names = iter(plain)
    return [(row, (next(names) or b"").decode() if row.name else "") for row in rows]


def _more(case: Case, documents: list[tuple[CaseDocument, str]]) -> dict[str, Any]:
    return {
        "previous_thread": _thread(case.previous),
        "main_thread": _thread(case.parent),
        "documents": [
            {"kind": row.kind, "sha256": row.sha256, "media_type": row.media_type, "name": name}
            for row, name in documents
        ],
    }


def _thread(case: UUID | None) -> str | None:
    """The thread of another case of ours: by it the other side knows that case too."""
    thread = Case.objects.filter(pk=case).values_list("thread", flat=True).first() if case else None
    return str(thread) if thread else None


def _answered(case: Case) -> Any:
    """The last message of the other side: what this one answers."""
    rows = CaseEvent.objects.filter(case=case, by="message", message__isnull=False).order_by("-number")
    return rows.values_list("message", flat=True).first()
