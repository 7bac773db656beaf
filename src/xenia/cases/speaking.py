"""In which version a message is told: the newest that the other side reads, what an older one cannot carry, telling it again.

A body of an older version is made from the same facts by its own closed schema: it never holds what that schema does not
name, whoever says which version is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from xenia.cases import bodies, kinds, tasks
from xenia.cases.definition import MessageType, Procedure
from xenia.cases.models import Case, CaseDocument, CaseEvent
from xenia.errors import Conflict, XeniaError
from xenia.exchange import again, spoken
from xenia.journal.act import Act
from xenia.journal.actions import append

Facts = Mapping[str, Any]
OPEN_TO_SAY_AGAIN = frozenset({spoken.NOT_SPOKEN, "no-case"})
"""Refusals after which the same may be said again: it was not read, or what it belongs to was not."""


@dataclass(frozen=True)
class Told:
    """A message as it is told. `left_out`: paths of facts that the newest version would carry and this one cannot.

    `enclosed`: SHA-256 of the documents that it names.
    """

    version: int
    body: dict[str, Any]
    left_out: tuple[str, ...]
    enclosed: frozenset[str]


def worded(procedure: Procedure, message: MessageType, facts: Facts, partner: str) -> Told:
    """The message for that partner. Where it reads no version that can say this, the newest: a refusal then asks people."""
    return _told(message, facts, _version(procedure, message, partner))


def _version(procedure: Procedure, message: MessageType, partner: str) -> int | None:
    return spoken.best(partner, f"{procedure.id}/{message.name}", message.versions)


def _told(message: MessageType, facts: Facts, version: int | None) -> Told:
    newest = _body(message.schema, facts)
    whole = bodies.placed(message.schema, newest)
    if version is not None and version != message.version:
        shape = message.schema_of(version) or {}
        made = bodies.fitted(shape, _body(shape, facts))
        if made is not None:
            said = bodies.placed(shape, made)
            return Told(version, made, tuple(dict.fromkeys(bodies.left_out(whole, said))), _enclosed(said))
    return Told(message.version, newest, (), _enclosed(whole))


def _body(shape: Mapping[str, Any], facts: Facts) -> dict[str, Any]:
    """The body of that schema, with the documents whose kinds it names."""
    case = facts.get("case", {})
    wanted = bodies.document_kinds(shape) or frozenset()
    documents = [one for one in case.get("documents", ()) if one.get("kind") in wanted]
    return bodies.body(shape, {**facts, "case": {**case, "documents": documents or None}})


def _enclosed(said: Facts) -> frozenset[str]:
    documents = said.get("case", {}).get("documents", [])
    return frozenset(str(one["sha256"]) for one in documents if isinstance(one, Mapping) and "sha256" in one)


def older(procedure: Procedure, message: MessageType, facts: Facts, partner: str) -> Told | None:
    """What would be told now, if that is an older version; None where the newest goes. For pages, before it is sent."""
    version = _version(procedure, message, partner)
    if version is None or version == message.version:
        return None
    told = _told(message, facts, version)
    return None if told.version == message.version else told


def labels(procedure: Procedure, paths: tuple[str, ...], language: str) -> tuple[str, ...]:
    """What was left out, in words."""
    return tuple(dict.fromkeys(_label(procedure, path, language) for path in paths))


def _label(procedure: Procedure, path: str, language: str) -> str:
    if path == bodies.DOCUMENTS:
        return _("Documents")
    text = procedure.text(f"field.{path}", language)
    return path.rpartition(".")[2].replace("_", " ").capitalize() if text.startswith("field.") else text


def note(case: Case, event: CaseEvent, told: Told, before: UUID | None, act: Act) -> None:
    """Write down at the event, and in the journal, what went in which version. `before`: the message said again. Inside `writing()`."""
    CaseEvent.objects.filter(pk=event.pk).update(told=told.version, left_out=list(told.left_out))
    body = {
        "case": str(case.pk),
        "event": str(event.pk),
        "message": str(event.message),
        "before": str(before) if before else None,
        "version": told.version,
        "left_out": list(told.left_out),
    }
    append(kinds.CONVEYED, body, act, subjects=[case.identity] if case.identity else [])


# Telling again


def in_an_older_version(case: Case, procedure: Procedure, message: UUID, act: Act) -> bool:
    """Say what was refused in the newest version that may be read; whether it could be. Inside `writing()`.

    What it had to leave out becomes a work item: a person tells it otherwise.
    """
    try:
        told = _again(case, procedure, message, act)
    except XeniaError:
        return False
    if told is not None and told.left_out:
        body = {"message": str(message), "why": "older-version", "left_out": list(told.left_out)}
        tasks.open_for(tasks.STRAY, case, procedure, act, body=body)
    return told is not None


def say_again(case: Case, procedure: Procedure, message: UUID, act: Act) -> Told:
    """A person has it sent again, the newest version first. Inside `writing()`. Raises `Conflict` (`not-refused`, `case-message`)."""
    said = again.refused(message)
    spoken.ask_anew(said.row.thread.partner, said.row.type)
    told = _again(case, procedure, message, act)
    if told is None:
        raise Conflict(
            _("This message cannot be sent again as it is."), _("Send it by other means."), code="case-message"
        )
    return told


def _again(case: Case, procedure: Procedure, message: UUID, act: Act) -> Told | None:
    """The refused message of the case in the version that its partner may read; None where there is none, or no such event."""
    said = again.fullest(again.refused(message))
    kind = procedure.messages.get(said.row.type.partition("/")[2])
    event = CaseEvent.objects.filter(case=case, message=message).exclude(by="message").order_by("number").first()
    shape = kind.schema_of(said.message.version) if kind else None
    version = _version(procedure, kind, case.counterpart) if kind else None
    if kind is None or event is None or shape is None or version is None:
        return None
    facts = bodies.placed(shape, said.message.body)
    told = _told(kind, facts, version)
    if told.version != version:
        return None  # that version cannot say it
    made = again.say(said, told.version, told.body, told.enclosed, act)
    for old, new in made.items():
        CaseEvent.objects.filter(case=case, message=old).exclude(by="message").update(message=new)
        CaseDocument.objects.filter(case=case, message=old).update(message=new)
    event.message = made[message]
    # What does not fit an older version may leave with a later message that names its kind.
    gone = set(said.enclosed) - told.enclosed
    CaseDocument.objects.filter(case=case, message=event.message, sha256__in=gone).update(message=None)
    CaseDocument.objects.filter(case=case, message=None, sha256__in=told.enclosed).update(message=event.message)
    note(case, event, told, message, act)
    return told


def may_be_said_again(case: Case, state: str, code: str) -> bool:
    """Whether a message in that state, refused with that code, is one that a person may send again."""
    return state == "refused" and code in OPEN_TO_SAY_AGAIN and case.closed_at is None and case.erased_at is None
