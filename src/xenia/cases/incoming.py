"""Messages from the other authority: each is an action of its case, a new case, or a work item for a person.

A message is one action with the form its body brings; the receipt is another, with the receipt's time, on both sides.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.utils.translation import get_language

from xenia.cases import applying, bodies, catalogue, clock, documents, kinds, opening, reach, speaking, tasks
from xenia.cases.applying import Deed
from xenia.cases.definition import Action, Procedure
from xenia.cases.models import Case, CaseEvent
from xenia.errors import NotFound
from xenia.exchange import threads
from xenia.exchange.envelope import Message, Receipt
from xenia.exchange.port import Handler, Refused, register_handler
from xenia.exchange.spoken import NOT_SPOKEN
from xenia.journal import data_keys
from xenia.journal.act import Act
from xenia.journal.actions import append


def register() -> None:
    """Make the messages of every procedure known to the exchange, by the names of their folders."""
    for name in catalogue.names():
        register_handler(Handler(f"{name}/", schema, accept, receipted, dead, tasks.ROLE, label, partial(speaks, name)))


def speaks(name: str) -> dict[str, list[int]]:
    """The messages of every installed version of a procedure, with their versions."""
    found: dict[str, set[int]] = {}
    for key, one in catalogue.procedures().items():
        if key[0] == name:
            for message in one.messages.values():
                found.setdefault(f"{name}/{message.name}", set()).update(message.versions)
    return {type: sorted(versions) for type, versions in found.items()}


def label(type: str) -> str:
    """`Transfer notice (Readmission)`, in the reader's language."""
    name, _slash, message = type.partition("/")
    known, language = catalogue.latest(name), get_language() or "en"
    return f"{known.text(f'message.{message}', language)} ({known.text('procedure', language)})"


def schema(type: str, version: int) -> Mapping[str, Any] | None:
    """The schema of that version of a message, as whichever installed version of the procedure knows it; newest first."""
    name, _slash, message = type.partition("/")
    for key in sorted((key for key in catalogue.procedures() if key[0] == name), reverse=True):
        found = catalogue.procedures()[key].messages.get(message)
        shape = found.schema_of(version) if found else None
        if shape is not None:
            return shape
    return None


def accept(message: Message, enclosed: Mapping[str, bytes], received_at: datetime, act: Act) -> None:
    """Do to the case what the message says, in the transaction that stores it. Raises `port.Refused`."""
    name, _slash, word = message.type.partition("/")
    case = (
        Case.objects.select_for_update()
        .filter(thread=message.thread, procedure=name, counterpart=message.sender)
        .first()
    )
    try:
        procedure = catalogue.of(case) if case else catalogue.latest(name)
    except NotFound as error:
        raise Refused("no-procedure") from error
    action = procedure.with_message(word)
    if action is None:
        raise Refused("unknown-message", "No action of the procedure has this message.")
    if case is not None and case.erased_at is not None:
        raise Refused("no-case", "The case is over and was erased.")  # nothing would ever erase what came now
    with data_keys.held():
        if case is None:
            _opened(procedure, action, word, message, enclosed, received_at, act)
        else:
            _happened(case, procedure, action, word, message, enclosed, received_at, act)


def _act(case: Case, procedure: Procedure, message: Message, act: Act) -> Act:
    law = reach.basis(procedure, case.profile)[:500]
    return Act(act.actor, case.owner, procedure.purpose, law, reach.reference(case), act.origin)


def _placed(message: Message) -> dict[str, Any]:
    shape = schema(message.type, message.version)
    return bodies.placed(shape, message.body) if shape else {}


def _told(procedure: Procedure, placed: Mapping[str, Any]) -> dict[str, Any]:
    """The forms that a message brings."""
    return {form: value for form, value in placed.items() if form in procedure.forms}


def _opened(
    procedure: Procedure,
    action: Action,
    word: str,
    message: Message,
    enclosed: Mapping[str, bytes],
    received_at: datetime,
    act: Act,
) -> None:
    """A case at this side, by the other side's first message."""
    if not procedure.messages[word].opens:
        raise Refused("no-case", "There is no case of this thread.")
    placed = _placed(message)
    told, about = _told(procedure, placed), placed.get("case", {})
    case = opening.blank(procedure, opening.owner_here(procedure, act.owner), received_at)
    case.side = next((one for one in procedure.sides if one != action.side), "")
    case.profile = _profile(procedure, str(about.get("profile", "")))
    if not reach.are_parties(procedure, case.profile, message.sender):
        raise Refused("no-party", "One of us is no party to the agreement.")
    case.counterpart, case.thread, case.their_reference = message.sender, message.thread, message.case_ref[:64]
    case.urgent = bool(about.get("urgent", message.priority == "urgent"))
    case.previous = _known(case, _as_thread(about.get("previous_thread")))
    case.main_thread = _as_thread(about.get("main_thread"))
    case.parent = _known(case, case.main_thread)
    own = _act(case, procedure, message, act)
    opening.save(case, procedure, told, own)
    # Threads have no order between them: members' cases may have come first.
    waiting = Case.objects.filter(main_thread=case.thread, counterpart=case.counterpart, parent=None)
    waiting.exclude(pk=case.pk).update(parent=case.pk)
    threads.about(message.thread, case.about)
    at = min(message.created, received_at)
    _deed(case, procedure, action, message, told, at, own)
    _keep(case, procedure, placed, message, enclosed, own, received_at)
    receipt(case, procedure, word, received_at, message.id, own)


def _profile(procedure: Procedure, said: str) -> str:
    if said in procedure.profiles:
        return said
    if not procedure.profiles:
        return ""
    if not said and len(procedure.profiles) == 1:
        return next(iter(procedure.profiles))
    raise Refused("unknown-profile", "The agreement is not known here.")


def _as_thread(said: Any) -> UUID | None:
    try:
        return UUID(str(said)) if said else None
    except ValueError:
        return None


def _known(case: Case, thread: UUID | None) -> UUID | None:
    """The case of that thread with the same authority, where there is one here."""
    if thread is None or thread == case.thread:
        return None
    return Case.objects.filter(thread=thread, counterpart=case.counterpart).values_list("id", flat=True).first()


def _happened(
    case: Case,
    procedure: Procedure,
    action: Action,
    word: str,
    message: Message,
    enclosed: Mapping[str, bytes],
    received_at: datetime,
    act: Act,
) -> None:
    """An action of a case that is known here; out of place it becomes a work item and changes nothing."""
    own, placed = _act(case, procedure, message, act), _placed(message)
    # Whatever the sender dates it: what was due before the message came has happened, and a case never goes back in time.
    clock.catch_up(case, received_at)
    at = max(min(message.created, received_at), _last(case))
    if not case.their_reference and message.case_ref:
        Case.objects.filter(pk=case.pk).update(their_reference=message.case_ref[:64])
        case.their_reference = message.case_ref[:64]
    theirs = not action.side or action.side != case.side
    if not theirs or (case.state not in action.from_ and case.state not in action.late):
        return _stray(case, procedure, action.name, message.id, own, at)
    _keep(case, procedure, placed, message, enclosed, own, received_at)
    _deed(case, procedure, action, message, _told(procedure, placed), at, own)
    receipt(case, procedure, word, received_at, message.id, own)
    return None


def _last(case: Case) -> datetime:
    """When the case last moved."""
    last = CaseEvent.objects.filter(case=case).order_by("-number").values_list("at", flat=True).first()
    return last or case.opened_at


def _deed(
    case: Case, procedure: Procedure, action: Action, message: Message, told: Mapping[str, Any], at: datetime, own: Act
) -> None:
    if case.moves == 0:
        # Whatever happened over there before its first message is theirs to know.
        case.state = action.from_[0] if action.from_ else ""
        Case.objects.filter(pk=case.pk).update(state=case.state)
    applying.apply(case, procedure, Deed(action, "message", own, at, told=told, message=message.id))


def _keep(
    case: Case,
    procedure: Procedure,
    placed: Mapping[str, Any],
    message: Message,
    enclosed: Mapping[str, bytes],
    own: Act,
    received_at: datetime,
) -> None:
    """What is enclosed becomes documents of the case; a kind that the procedure does not know is `other`."""
    said = placed.get("case", {}).get("documents", [])
    by_hash = {str(one.get("sha256")): one for one in said if isinstance(one, Mapping)}
    for sha256, data in enclosed.items():
        one = by_hash.get(sha256, {})
        kind = str(one.get("kind", ""))
        kind = kind if kind in procedure.documents else documents.OTHER
        documents.keep_received(case, kind, str(one.get("name", "")), data, message.id, own, received_at)


def receipt(case: Case, procedure: Procedure, word: str, at: datetime, message: UUID, act: Act) -> CaseEvent | None:
    """The action that a receipt of this message stands for is done, with the receipt's time; None where there is none."""
    wanted = next((one for one in procedure.actions.values() if one.by == "receipt" and one.of == word), None)
    if wanted is None or (case.state not in wanted.from_ and case.state not in wanted.late):
        return None
    own = Act("system:exchange", act.owner, act.purpose, act.legal_basis, act.reference, act.origin)
    return applying.apply(case, procedure, Deed(wanted, "receipt", own, at, message=message))


def receipted(message: Message, answer: Receipt, act: Act) -> bool:
    """A signed receipt of an own message: `accepted` moves the case, `refused` asks its people.

    A version that is not read over there is said again in an older one, where there is one: True, and nobody is asked unless
    something had to be left out.
    """
    name, _slash, word = message.type.partition("/")
    case = (
        Case.objects.select_for_update()
        .filter(thread=message.thread, procedure=name, counterpart=message.recipient)
        .first()
    )
    if case is None:
        return False
    procedure = catalogue.of(case)
    own = _act(case, procedure, message, act)
    with data_keys.held():
        if answer.kind == "accepted":
            clock.catch_up(case, answer.at)
            receipt(case, procedure, word, answer.at, message.id, own)
        elif answer.kind == "refused":
            if answer.code == NOT_SPOKEN and speaking.in_an_older_version(case, procedure, message.id, own):
                return True
            body = {"message": str(message.id), "why": "refused-over-there", "code": answer.code}
            tasks.open_for(tasks.STRAY, case, procedure, own, body=body)
    return False


def dead(message: Message, cause: str, act: Act) -> None:
    """An own message was not delivered in its time. The exchange's own work item says so; the case is marked as well."""
    name = message.type.partition("/")[0]
    case = Case.objects.filter(thread=message.thread, procedure=name, counterpart=message.recipient).first()
    if case is not None:
        procedure = catalogue.of(case)
        own = _act(case, procedure, message, act)
        tasks.open_for(tasks.STRAY, case, procedure, own, body={"message": str(message.id), "why": "not-delivered"})


def _stray(case: Case, procedure: Procedure, action: str, message: UUID, act: Act, at: datetime) -> None:
    body = {"case": str(case.pk), "action": action, "state": case.state, "message": str(message)}
    about = [case.identity] if case.identity else []
    append(kinds.STRAYED, body, act, subjects=about, occurred_at=at)
    more = {"message": str(message), "why": "out-of-place", "action": action, "state": case.state}
    tasks.open_for(tasks.STRAY, case, procedure, act, body=more)
