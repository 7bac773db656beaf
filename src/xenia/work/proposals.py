"""Four eyes: one proposes, another approves, and what was proposed happens in the transaction of the approval."""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError
from django.utils import timezone
from django.utils.functional import Promise

from xenia.access import epochs, policy
from xenia.access.standing import Standing, ancestors
from xenia.errors import BadInput, Conflict, NotAllowed, NotFound
from xenia.journal import data_keys
from xenia.journal.act import Act
from xenia.journal.actions import append, writing
from xenia.journal.canonical import json_bytes
from xenia.journal.ids import uuid7
from xenia.journal.node import node
from xenia.work import rules
from xenia.work.models import Proposal

KEY: Final = "proposal"
REASON_LIMIT: Final = 2000
WHOLE_INSTALLATION: Final = "installation"


@dataclass(frozen=True)
class Line:
    """One line of what is proposed, as the page shows it. `before` is empty for something new."""

    label: str
    after: str
    before: str = ""


Execute = Callable[[Mapping[str, Any], Standing, Act], Any]
Render = Callable[[Mapping[str, Any]], Sequence[Line]]


@dataclass(frozen=True)
class ProposalAction:
    """Something that takes two people, registered by the room that does it.

    `execute(arguments, standing, act)` runs when the second person approves, inside `writing()`; what it raises
    leaves the proposal waiting. `render` says in lines what is proposed. `scope`: `owner` (people of the proposer's
    authority and above decide) or `installation` (whoever holds `approve`). `approve_purpose`: the purpose under which
    the second person decides, where it is another than the one it is proposed for.
    """

    name: str
    propose: str
    approve: str
    execute: Execute
    label: str | Promise
    purpose: str = "operation"
    render: Render | None = None
    scope: str = "owner"
    days: int = rules.PROPOSAL_DAYS
    approve_purpose: str = ""


_actions: dict[str, ProposalAction] = {}


def register_action(action: ProposalAction) -> None:
    """Make an action known; a room registers its actions when its app is ready."""
    if _actions.setdefault(action.name, action) != action:
        raise ValueError(f"The action {action.name} is registered twice with different meanings.")


def action_named(name: str) -> ProposalAction:
    """The action of that name. Raises `NotFound` (code `unknown-action`)."""
    if name not in _actions:
        raise NotFound(f"No action is called {name}.", "Register it in its room.", code="unknown-action")
    return _actions[name]


def _digest(raw: bytes) -> str:
    return hmac.new(data_keys.secret("proposal"), raw, "sha256").hexdigest()


def _about(subject: UUID | None) -> list[UUID]:
    return [subject] if subject is not None else []


def propose(
    standing: Standing,
    action: str,
    arguments: Mapping[str, Any],
    *,
    reason: str,
    reference: str,
    subject: UUID | None = None,
    act: Act | None = None,
) -> Proposal:
    """A proposal that waits for a second person. `arguments`: JSON without floats; sealed for `subject` (a person) if given.

    Raises `NotAllowed` (`no-permission`, `purpose-not-allowed`, `no-reference`), `BadInput` (`no-reason`, `bad-body`).
    """
    known = action_named(action)
    policy.require(standing, known.propose)
    made = act or standing.act(known.purpose, reference or " ")
    policy.require_purpose(standing, made.purpose, reference)
    if not reason.strip() or len(reason) > REASON_LIMIT:
        raise BadInput(
            "A proposal needs a reason.", f"Say why, in at most {REASON_LIMIT} characters.", code="no-reason"
        )
    raw, proposal_id, now = json_bytes(arguments), uuid7(), timezone.now()
    with writing():
        sealed, sealed_reason = data_keys.seal_many(
            [(subject or proposal_id, KEY, raw), (subject or proposal_id, KEY, reason.strip().encode())]
        )
        proposal = Proposal.objects.create(
            id=proposal_id,
            action=action,
            subject=subject or proposal_id,
            owner=made.owner,
            purpose=made.purpose,
            legal_basis=made.legal_basis,
            reference=reference,
            arguments=sealed,
            arguments_hash=_digest(raw),
            reason=sealed_reason,
            proposer=standing.account,
            proposed_at=now,
            expires_at=now + timedelta(days=known.days),
            sequence=epochs.bump("work"),
        )
        _note_made(proposal, reason.strip(), subject, made)
    return proposal


def _note_made(proposal: Proposal, reason: str, subject: UUID | None, act: Act) -> None:
    body = {
        "proposal": str(proposal.pk),
        "action": proposal.action,
        "arguments_hash": proposal.arguments_hash,
        "subject": str(subject) if subject else None,
    }
    append("proposal.made", body, act, subjects=_about(subject))
    noted = {"proposal": str(proposal.pk), "reason": reason}
    append("proposal.noted", noted, act, subjects=_about(subject), sealed_for=(proposal.subject, KEY))


def arguments_of(proposal: Proposal) -> dict[str, Any]:
    """What was proposed. Raises `Erased`, or `Conflict` (code `proposal-altered`) where it is not what was proposed."""
    raw = data_keys.unseal(proposal.subject, KEY, bytes(proposal.arguments))
    if not hmac.compare_digest(_digest(raw), proposal.arguments_hash):
        raise Conflict("The proposal is not what was proposed.", "Run xenia journal verify.", code="proposal-altered")
    found: dict[str, Any] = json.loads(raw)
    return found


def _sees(standing: Standing, proposal: Proposal) -> bool:
    action = _actions.get(proposal.action)
    if action is None:
        return False
    if proposal.proposer == standing.account:
        return True
    if not standing.may(action.approve) or not _of_their_purpose(standing, proposal, action):
        return False
    return action.scope == WHOLE_INSTALLATION or standing.authority in ancestors(proposal.owner)


def _of_their_purpose(standing: Standing, proposal: Proposal, action: ProposalAction) -> bool:
    """Whether they could decide it at all: what is proposed is not to be read under another purpose."""
    return (action.approve_purpose or proposal.purpose) in policy.purposes(standing)


def get(standing: Standing, proposal_id: UUID) -> Proposal:
    """The proposal, whatever its state. Raises `NotFound` (code `no-proposal`) also for what this standing may not see."""
    proposal = Proposal.objects.filter(pk=proposal_id).first()
    if proposal is None or not _sees(standing, proposal):
        raise NotFound("There is no such proposal.", "Load the list again.", code="no-proposal")
    return proposal


def waiting(standing: Standing, limit: int = 500) -> list[Proposal]:
    """Proposals that wait and that this standing made or may decide, the oldest first; expired ones left out."""
    found = Proposal.objects.filter(state="waiting", expires_at__gt=timezone.now()).order_by("proposed_at")[:limit]
    return [proposal for proposal in found if _sees(standing, proposal)]


@dataclass(frozen=True)
class Shown:
    """A proposal with what it says: lines, reason, and whether this standing may decide it."""

    proposal: Proposal
    label: str
    lines: tuple[Line, ...]
    reason: str
    mine: bool
    may_decide: bool


def show(standing: Standing, proposal_id: UUID) -> Shown:
    """What is proposed, opened. The read is journalled first. Raises `NotFound`, `Erased`."""
    from xenia.journal.actions import record_read

    proposal = get(standing, proposal_id)
    action = action_named(proposal.action)
    act = standing.act(
        proposal.purpose, f"proposal:{proposal.pk}", owner=proposal.owner, legal_basis=proposal.legal_basis
    )
    about = [] if proposal.subject == proposal.pk else [proposal.subject]
    record_read("proposal.read", {"proposals": [str(proposal.pk)]}, act, subjects=about)
    arguments = arguments_of(proposal)
    lines = (
        action.render(arguments) if action.render else [Line(name, _text(value)) for name, value in arguments.items()]
    )
    reason = data_keys.unseal(proposal.subject, KEY, bytes(proposal.reason)).decode()
    mine = proposal.proposer == standing.account
    open_still = proposal.state == "waiting" and proposal.expires_at > timezone.now()
    return Shown(
        proposal,
        str(action.label),
        tuple(lines),
        reason,
        mine,
        open_still and not mine and standing.may(action.approve),
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _close(standing: Standing, proposal: Proposal, state: str) -> None:
    """One statement decides who was first: it changes only a proposal that still waits."""
    approver = standing.account if state == "approved" else None
    try:
        changed = Proposal.objects.filter(pk=proposal.pk, state="waiting").update(
            state=state,
            approver=approver,
            closed_by=standing.account,
            closed_at=timezone.now(),
            sequence=epochs.bump("work"),
        )
    except IntegrityError as error:
        raise NotAllowed("Nobody decides the own proposal.", "Ask a second person.", code="own-proposal") from error
    if not changed:
        raise Conflict("Somebody else has just decided this.", "Load the list again.", code="already-decided")


def _to_decide(standing: Standing, proposal_id: UUID) -> tuple[Proposal, ProposalAction, Act]:
    proposal = get(standing, proposal_id)
    action = action_named(proposal.action)
    rules.may_decide(proposal.state, proposal.expires_at, proposal.proposer, standing.account, timezone.now())
    policy.require(standing, action.approve)
    purpose = action.approve_purpose or proposal.purpose
    policy.require_purpose(standing, purpose, f"proposal:{proposal.pk}")
    act = standing.act(purpose, f"proposal:{proposal.pk}", owner=proposal.owner, legal_basis=proposal.legal_basis)
    return proposal, action, act


def approve(standing: Standing, proposal_id: UUID) -> Any:
    """What was proposed has happened; gives back what its `execute` gave. All in one transaction.

    Raises `NotAllowed` (`own-proposal`, `no-permission`), `Conflict` (`already-decided`, `proposal-expired`), `Erased`,
    and what `execute` raises; then nothing has happened and the proposal still waits.
    """
    with writing():
        proposal, action, act = _to_decide(standing, proposal_id)
        _close(standing, proposal, "approved")
        body = {
            "proposal": str(proposal.pk),
            "action": proposal.action,
            "arguments_hash": proposal.arguments_hash,
            "proposer": f"account:{proposal.proposer}",
        }
        about = [] if proposal.subject == proposal.pk else [proposal.subject]
        append("proposal.approved", body, act, subjects=about)
        return action.execute(arguments_of(proposal), standing, act)


def reject(standing: Standing, proposal_id: UUID, why: str) -> Proposal:
    """The proposal will not happen. Raises as `approve` does, and `BadInput` (`no-reason`)."""
    if not why.strip() or len(why) > REASON_LIMIT:
        raise BadInput(
            "A rejection needs a reason.", f"Say why, in at most {REASON_LIMIT} characters.", code="no-reason"
        )
    with writing():
        proposal, _, act = _to_decide(standing, proposal_id)
        return _closed_with(standing, proposal, "rejected", act, why.strip())


def withdraw(standing: Standing, proposal_id: UUID) -> Proposal:
    """The proposer takes the proposal back. Raises `NotAllowed` (`not-your-proposal`), `Conflict` (`already-decided`)."""
    with writing():
        proposal = get(standing, proposal_id)
        if proposal.proposer != standing.account:
            raise NotAllowed("Only who proposed it takes it back.", "Reject it instead.", code="not-your-proposal")
        act = standing.act(
            proposal.purpose, f"proposal:{proposal.pk}", owner=proposal.owner, legal_basis=proposal.legal_basis
        )
        return _closed_with(standing, proposal, "withdrawn", act, "")


def _closed_with(standing: Standing, proposal: Proposal, state: str, act: Act, why: str) -> Proposal:
    _close(standing, proposal, state)
    about = [] if proposal.subject == proposal.pk else [proposal.subject]
    append(f"proposal.{state}", {"proposal": str(proposal.pk), "action": proposal.action}, act, subjects=about)
    if why:
        noted = {"proposal": str(proposal.pk), "reason": why}
        append("proposal.noted", noted, act, subjects=about, sealed_for=(proposal.subject, KEY))
    proposal.refresh_from_db()
    return proposal


def expire_due() -> int:
    """Proposals past their time are closed as expired. Gives back how many; writes nothing where there are none."""
    due = Proposal.objects.filter(state="waiting", expires_at__lte=timezone.now())
    closed = 0
    for proposal in list(due[:100]):
        with writing():
            fields = {"state": "expired", "closed_at": timezone.now()}
            if Proposal.objects.filter(pk=proposal.pk, state="waiting").update(sequence=epochs.bump("work"), **fields):
                act = Act(
                    "system:work",
                    proposal.owner,
                    proposal.purpose,
                    proposal.legal_basis,
                    f"proposal:{proposal.pk}",
                    node(),
                )
                append("proposal.expired", {"proposal": str(proposal.pk), "action": proposal.action}, act)
                closed += 1
    return closed
