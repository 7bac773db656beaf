"""What people do to cases. With `clock` and `incoming` the only writers; each is one transaction with compare-and-swap."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from xenia.access import policy
from xenia.access import standing as access
from xenia.access.standing import Standing
from xenia.cases import applying, catalogue, clock, facts, forms, kinds, reach, speaking, tasks, telling
from xenia.cases.applying import Deed
from xenia.cases.definition import Action, Procedure
from xenia.cases.documents import attach
from xenia.cases.models import Case, CaseDocument, CaseEvent, CaseNote
from xenia.cases.opening import start
from xenia.cases.speaking import Told
from xenia.cases.versions import migrate
from xenia.errors import BadInput, Conflict, NotFound
from xenia.journal import clock as moment
from xenia.journal import data_keys
from xenia.journal.act import Act
from xenia.journal.actions import append, writing
from xenia.journal.ids import uuid7
from xenia.work import proposals
from xenia.work.models import Proposal

__all__ = [
    "Done", "Offer", "act", "approved", "arrived", "assign", "attach", "available", "migrate", "note", "offers", "older_version", "send_again", "start",
]  # fmt: skip
LONGEST_NOTE = 4000


@dataclass(frozen=True)
class Done:
    """What came of it: an event, or a proposal that waits for a second person."""

    case: Case
    event: CaseEvent | None = None
    proposal: Proposal | None = None


@dataclass(frozen=True)
class Offer:
    """An action that may be begun now. `form`: name of its form or ""; `blocked`: why it cannot be done yet, or "".

    `missing`: the kinds of documents that it waits for.
    """

    action: str
    label: str
    four_eyes: bool
    form: str
    blocked: str = ""
    role: str = ""
    missing: tuple[str, ...] = ()


def act(
    standing: Standing,
    case_id: UUID,
    action: str,
    form: Mapping[str, Any] | None = None,
    *,
    reason: str = "",
    at: datetime | None = None,
    seen: int | None = None,
) -> Done:
    """Do an action; where the procedure wants four eyes, propose it: it happens when a second person approves.

    `at`: when it happened, if not now. `seen`: `case.moves` of the page; somebody quicker is then a `Conflict`.
    Raises `NotAllowed` (`no-permission`, `purpose-not-allowed`, `case-role`), `NotFound` (`no-case`, `no-case-action`),
    `BadInput` (`case-form`, `case-time`), `Conflict` (`case-moved`, `case-state`, `case-condition`, `case-document`, `case-waits`).
    """
    policy.require(standing, reach.WORK)
    case, procedure = reach.find(standing, case_id)
    wanted = _personal(procedure, action)
    when = _time(case, at)
    clock.catch_up(case, moment.now())
    if wanted.four_eyes:
        return _propose(standing, case, procedure, wanted, form, reason, seen)
    reach.require_role(standing, procedure, wanted)
    done = reach.act_of(standing, case, procedure)
    expected = case.moves if seen is None else seen
    with writing(), data_keys.held():
        held = reach.locked(case.pk)
        _nothing_waits(held)
        deed = Deed(wanted, "person", done, when, form, reason=reason.strip(), seen=expected)
        event = applying.apply(held, procedure, deed)
    return Done(held, event)


def _personal(procedure: Procedure, name: str) -> Action:
    found = procedure.actions.get(name)
    if found is None or found.by != "person" or found.opens:
        raise NotFound(_("There is no such action."), _("Go back to the case."), code="no-case-action")
    return found


def _time(case: Case, at: datetime | None) -> datetime:
    """Now, or the time given: not to come, and not before the case last moved."""
    now = moment.now()
    if at is None:
        return now
    if at.tzinfo is None or at > now:
        raise BadInput(_("The time is still to come."), _("Give a time in the past."), code="case-time")
    if CaseEvent.objects.filter(case=case, at__gt=at).exists():
        raise BadInput(
            _("The case has moved since that time."), _("Give a time after its last step."), code="case-time"
        )
    return at


def _nothing_waits(case: Case) -> None:
    if tasks.waiting_proposal(case) is not None:
        raise Conflict(
            _("An action of this case waits for a second person."), _("Have it decided first."), code="case-waits"
        )


def _propose(
    standing: Standing,
    case: Case,
    procedure: Procedure,
    action: Action,
    form: Mapping[str, Any] | None,
    reason: str,
    seen: int | None,
) -> Done:
    """The first half: everything is checked as if it were done, then it waits."""
    if not reach.may_propose(standing, procedure, action):
        reach.require_role(standing, procedure, action)
    label = procedure.text(f"action.{action.name}")
    with writing():
        held = reach.locked(case.pk)
        if (case.moves if seen is None else seen) != held.moves:
            raise applying.moved()
        _nothing_waits(held)
        if held.state not in action.from_ or (action.side and held.side and action.side != held.side):
            raise applying.wrong_state(procedure, held, action)
        answers = forms.check(procedure, action, form)
        data = {**facts.opened(held), **({action.form: answers} if action.form else {})}
        applying.require(held, procedure, action, data, moment.now())
        arguments = {
            "case": str(held.pk),
            "action": action.name,
            "answers": answers,
            "reason": reason.strip(),
            "moves": held.moves,
            "hash": procedure.hash,
            "documents": _unsent(held),
        }
        proposal = proposals.propose(
            standing,
            tasks.ACTION,
            arguments,
            reason=reason.strip() or label,
            reference=reach.reference(held),
            subject=held.about,
            act=reach.act_of(standing, held, procedure),
        )
    return Done(held, None, proposal)


def _unsent(case: Case) -> list[str]:
    """The documents that may leave with a message: what a second person releases is what was proposed."""
    return sorted(str(one) for one in CaseDocument.objects.filter(case=case, message=None).values_list("id", flat=True))


def approved(arguments: Mapping[str, Any], standing: Standing, done: Act) -> Done:
    """The second half, in the transaction of the approval. The second person needs the action's role.

    Raises as `act` does; a case that moved since it was proposed is a `Conflict` (code `case-moved`).
    """
    case, procedure = reach.find(standing, UUID(arguments["case"]))
    action = _personal(procedure, arguments["action"])
    reach.require_role(standing, procedure, action)
    case = reach.locked(case.pk)
    if arguments["hash"] != procedure.hash or arguments["documents"] != _unsent(case):
        raise applying.moved()
    clock.catch_up(case, moment.now())
    proposal = UUID(done.reference.removeprefix("proposal:"))
    own = reach.act_of(standing, case, procedure)
    deed = Deed(
        action,
        "person",
        own,
        moment.now(),
        arguments["answers"] or None,
        reason=arguments["reason"],
        proposal=proposal,
        seen=arguments["moves"],
    )
    with data_keys.held():
        event = applying.apply(case, procedure, deed)
    return Done(case, event)


def arrived(standing: Standing, case_id: UUID, form: Mapping[str, Any], act: Act) -> Done:
    """The border admitted the person: the case's action `by: border` is done. Inside the caller's `writing()`.

    Raises `NotFound` (`no-case`, `no-case-action`), `Conflict` and `BadForm` as `act`.
    """
    case = reach.locked(case_id)
    procedure, now = catalogue.of(case), moment.now()
    clock.catch_up(case, now)
    wanted = next(
        (one for one in procedure.from_state(case.state) if one.by == "border" and one.side in ("", case.side)), None
    )
    if wanted is None:
        raise NotFound(
            _("The border has nothing to do in this case."), _("Tell whoever works it."), code="no-case-action"
        )
    own = Act(
        standing.actor,
        case.owner,
        procedure.purpose,
        reach.basis(procedure, case.profile)[:500],
        reach.reference(case),
        act.origin,
    )
    event = applying.apply(case, procedure, Deed(wanted, "border", own, now, form if wanted.form else None))
    return Done(case, event)


def available(standing: Standing, case: Case) -> tuple[Offer, ...]:
    """What this standing may begin with the case now, in the procedure's order. The caller journals the read."""
    there = set(CaseDocument.objects.filter(case=case).values_list("kind", flat=True))
    waits = tasks.waiting_proposal(case) is not None
    return offers(standing, case, facts.opened(case), there, waits=waits)


def offers(
    standing: Standing, case: Case, data: Mapping[str, Any], there: Collection[str], *, waits: bool
) -> tuple[Offer, ...]:
    """The same where the case's answers are open already. `there`: kinds of documents; `waits`: for a second person."""
    procedure, language = catalogue.of(case), get_language() or "en"
    if not standing.may(reach.WORK):
        return ()
    found = []
    for one in procedure.from_state(case.state):
        if one.by != "person" or (one.side and case.side and one.side != case.side):
            continue
        if not reach.may_propose(standing, procedure, one):
            continue
        why = (
            _("An action of this case waits for a second person.")
            if waits
            else _blocked(case, procedure, one, data, there)
        )
        label = procedure.text(f"action.{one.name}", language)
        missing = applying.missing_documents(case, procedure, one, there)
        found.append(Offer(one.name, label, one.four_eyes, one.form, why, one.role, missing))
    return tuple(found)


def _blocked(case: Case, procedure: Procedure, action: Action, data: Mapping[str, Any], there: Collection[str]) -> str:
    from xenia.cases.definition import paths

    reads_own = action.form and any(path.text.startswith(f"{action.form}.") for path in paths(action.when))
    if reads_own:
        return ""  # the condition is about answers still to be given
    try:
        applying.require(case, procedure, action, data, moment.now(), there=there)
    except Conflict as error:
        plain = error.code == "case-document" or applying.needs(procedure, action)
        return error.message if plain else str(error)  # where to put it right, a page says better
    return ""


def send_again(standing: Standing, case_id: UUID, message: UUID) -> Told:
    """Have a refused message sent again as it was released, in the newest version first: the partner may read it by now.

    Raises `NotFound` (`no-case`), `NotAllowed` (`case-role`), `Conflict` (`not-refused`, `case-message`).
    """
    policy.require(standing, reach.WORK)
    case, procedure = reach.find(standing, case_id)
    reach.require_kept(case)
    event = CaseEvent.objects.filter(case=case, message=message, by__in=telling.OWN_DEEDS).first()
    action = procedure.actions.get(event.action) if event else None
    if action is None:
        raise NotFound(_("The case has no such message."), _("Go back to the case."), code="no-case-message")
    reach.require_role(standing, procedure, action)
    with writing(), data_keys.held():
        held = reach.locked(case.pk)
        return speaking.say_again(held, procedure, message, reach.act_of(standing, held, procedure))


def older_version(case: Case, action: Action, answers: Mapping[str, Any]) -> tuple[int, tuple[str, ...]]:
    """Which older version the other side would be told, and in words what it leaves out; (0, ()) where it reads the newest.

    The caller journals the read.
    """
    procedure = catalogue.of(case)
    data = {**facts.opened(case), **({action.form: answers} if action.form else {})}
    known = facts.facts(case, data, procedure.profiles.get(case.profile), moment.now())
    told = telling.older(case, procedure, action, known)
    if told is None:
        return 0, ()
    return told.version, speaking.labels(procedure, told.left_out, get_language() or "en")


def note(standing: Standing, case_id: UUID, text: str) -> CaseNote:
    """A note for colleagues: it never leaves this authority. Raises `BadInput` (code `case-note`)."""
    policy.require(standing, reach.WORK)
    case, procedure = reach.find(standing, case_id)
    reach.require_kept(case)
    words = text.strip()
    if not words or len(words) > LONGEST_NOTE:
        raise BadInput(
            _("The note is empty or too long."), _("Use at most %(number)s characters.") % {"number": LONGEST_NOTE},
            code="case-note",
        )  # fmt: skip
    now = moment.now()
    with writing(), data_keys.held():
        row = CaseNote(id=uuid7(), case=case, account=standing.account, made_at=now, sealed=facts.seal(case, words))
        row.save(force_insert=True)
        body = {"case": str(case.pk), "note": str(row.pk), "text": words}
        act = reach.act_of(standing, case, procedure)
        about = [case.identity] if case.identity else []
        append(kinds.NOTED, body, act, subjects=about, occurred_at=now, sealed_for=(case.about, "case"))
    return row


def assign(standing: Standing, case_id: UUID, account: UUID | None) -> Case:
    """The case is this account's to work on, or nobody's. Raises `NotFound` (code `no-account`)."""
    policy.require(standing, reach.WORK)
    case, procedure = reach.find(standing, case_id)
    if account is not None:
        other = access.nowhere(account)
        reach.find(other, case_id)
    with writing():
        Case.objects.filter(pk=case.pk).update(assigned_to=account)
        body = {"case": str(case.pk), "account": str(account) if account else None}
        act = reach.act_of(standing, case, procedure)
        append(kinds.ASSIGNED, body, act, subjects=[case.identity] if case.identity else [])
    case.assigned_to = account
    return case
