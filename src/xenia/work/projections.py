"""What the entries say about items and proposals, to compare with the tables: `xenia rebuild --check`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from xenia.journal import rebuild
from xenia.journal.rebuild import ERASED, Happened
from xenia.work.models import Proposal, WorkItem

FORGOTTEN: Final = frozenset({"subject.erased", "retention.erased"})
ITEM_STATES: Final = {
    "work.opened": "waiting",
    "work.claimed": "claimed",
    "work.released": "waiting",
    "work.answered": "answered",
}
PROPOSAL_STATES: Final = {
    "proposal.made": "waiting",
    "proposal.approved": "approved",
    "proposal.rejected": "rejected",
    "proposal.withdrawn": "withdrawn",
    "proposal.expired": "expired",
}


def _folded(
    happened: Iterable[Happened], states: Mapping[str, str], key: str, about: tuple[str, ...]
) -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    of_subject: dict[str, list[str]] = {}
    for one in happened:
        body = one.body or {}
        if one.entry.kind in FORGOTTEN:
            for subject in body.get("subjects", ()):
                found.update(dict.fromkeys(of_subject.get(subject, ()), ERASED))
            continue
        found[body[key]] = states[one.entry.kind]
        for name in about:
            if body.get(name):
                of_subject.setdefault(body[name], []).append(body[key])
    return found


def _items(happened: Iterable[Happened]) -> Mapping[str, Any]:
    return _folded(happened, ITEM_STATES, "item", ("about", "subject"))


def _actual_items() -> Mapping[str, Any]:
    rows = WorkItem.objects.values_list("pk", "answered_at", "claimed_by")
    return {str(pk): "answered" if answered else "claimed" if claimed else "waiting" for pk, answered, claimed in rows}


def _proposals(happened: Iterable[Happened]) -> Mapping[str, Any]:
    return _folded(happened, PROPOSAL_STATES, "proposal", ("subject",))


def _actual_proposals() -> Mapping[str, Any]:
    return {str(pk): state for pk, state in Proposal.objects.values_list("pk", "state")}


def register() -> None:
    """Make both tables known to the check."""
    rebuild.register(rebuild.Projection("work items", frozenset(ITEM_STATES) | FORGOTTEN, _items, _actual_items))
    rebuild.register(
        rebuild.Projection("proposals", frozenset(PROPOSAL_STATES) | FORGOTTEN, _proposals, _actual_proposals)
    )
