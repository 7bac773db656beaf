"""`xenia work list`, `xenia proposals list|approve|reject`."""

from __future__ import annotations

import argparse
from uuid import UUID

from xenia.access.standing import Standing
from xenia.commands import Call, Command
from xenia.errors import BadInput, NotAllowed
from xenia.work import items, proposals


def _standing(call: Call) -> Standing:
    if call.standing is None:
        raise NotAllowed("No account was named.", "Use --as.", code="not-signed-in")
    return call.standing


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise BadInput("This is no id.", "Copy it from the list.", code="bad-id") from error


def work_list(call: Call) -> int:
    """One line per waiting item."""
    for item in items.waiting(_standing(call)):
        call.answer(
            "xenia/work-item/1",
            {
                "item": str(item.pk),
                "kind": item.kind,
                "subject": item.subject,
                "owner": item.owner,
                "post": item.post,
                "role": item.role,
                "opened_at": item.opened_at.isoformat(),
                "due_at": item.due_at.isoformat() if item.due_at else None,
                "claimed_by": str(item.claimed_by) if item.claimed_by else None,
            },
        )
    return 0


def proposals_list(call: Call) -> int:
    """One line per waiting proposal; what it says is read on its page."""
    here = _standing(call)
    for one in proposals.waiting(here):
        call.answer(
            "xenia/proposal/1",
            {
                "proposal": str(one.pk),
                "action": one.action,
                "proposer": str(one.proposer),
                "mine": one.proposer == here.account,
                "proposed_at": one.proposed_at.isoformat(),
                "expires_at": one.expires_at.isoformat(),
            },
        )
    return 0


def proposals_approve(call: Call) -> int:
    """Approve one proposal; what was proposed is done."""
    proposals.approve(_standing(call), _id(call.options.proposal))
    call.answer("xenia/decision/1", {"proposal": call.options.proposal, "state": "approved"})
    return 0


def proposals_reject(call: Call) -> int:
    """Reject one proposal with a reason."""
    proposals.reject(_standing(call), _id(call.options.proposal), call.options.why)
    call.answer("xenia/decision/1", {"proposal": call.options.proposal, "state": "rejected"})
    return 0


def _one(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("proposal", metavar="PROPOSAL", help="id from `xenia proposals list`")


def _one_why(parser: argparse.ArgumentParser) -> None:
    _one(parser)
    parser.add_argument("--why", required=True, help="the reason, up to 2,000 characters")


COMMANDS: tuple[Command, ...] = (
    Command("work list", "What waits for the account's roles", work_list, "work.read", writes=False),
    Command(
        "proposals list", "Proposals that the account made or may decide", proposals_list, "work.read", writes=False
    ),
    Command("proposals approve", "Approve a proposal of somebody else", proposals_approve, "work.read", _one),
    Command("proposals reject", "Reject a proposal of somebody else", proposals_reject, "work.read", _one_why),
)
