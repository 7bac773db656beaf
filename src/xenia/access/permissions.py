"""Every permission by its word, with the sentence that `docs/reference/permissions.md` explains.

A permission opens an act; what the act may then see of a person is decided by purpose, in `policy.py`.
"""

from __future__ import annotations

from typing import Final

PERMISSIONS: Final[dict[str, str]] = {
    "accounts.approve": "Approve that somebody gets a role that approves, or that such an account is given a password.",
    "accounts.manage": "Create, close and unlock accounts, give roles at posts, make posts and lanes.",
    "alerts.approve": "Approve or reject what an alert editor proposed.",
    "alerts.propose": "Propose to enter, change or delete an alert.",
    "alerts.read": "Read alerts on the alert pages.",
    "ask": "Ask the registers outside a border check, one question or a batch.",
    "bench": "Measure speed with invented records.",
    "frontier.admit": "Admit a traveller.",
    "frontier.check": "Check a travel document at a lane.",
    "frontier.refer": "Send a traveller to the second line.",
    "frontier.refuse": "Refuse entry or exit with a reason.",
    "frontier.second_line": "Take a referred traveller and answer the referral.",
    "frontier.take_back": "Take back one's own decision within a minute, by a reversing entry.",
    "frontier.today": "See today's counts of a lane or post.",
    "journal.read": "Read the journal: who did what, when, by what right.",
    "journal.verify": "Verify the journal's seals and prove entries.",
    "keeping.backup": "Make an encrypted backup.",
    "keeping.doctor": "Look at the health of the installation.",
    "keeping.restore": "Restore a backup.",
    "lists.approve_removal": "Approve a list version that removes more than its set share.",
    "lists.approve_source": "Approve a new list source.",
    "lists.load": "Load a version from an approved list source.",
    "lists.propose_source": "Propose a new list source.",
    "lists.read": "See list sources, versions, ages and loads.",
    "policy.approve": "Approve or reject a proposed change of policy.",
    "policy.propose": "Propose a change of policy.",
    "policy.read": "Read the policy: roles, purposes, the matrix, its versions.",
    "retention.run": "Delete what is past its time.",
    "subject.erase": "Erase what is held about a person.",
    "subject.export": "Export what is held about a person.",
    "subject.find": "Find what is held about a person.",
    "work.claim": "Claim, release and answer work items of one's roles.",
    "work.read": "See the work list and the proposals that one may decide.",
}

# What a second person does: whoever could get two accounts with these would be both persons.
APPROVING: Final = frozenset(
    {
        "accounts.approve",
        "alerts.approve",
        "frontier.second_line",
        "lists.approve_removal",
        "lists.approve_source",
        "policy.approve",
        "subject.erase",
    }
)


def known(word: str) -> str:
    """`word` itself. Raises `ValueError` for a word that is not described here: add it, with its sentence."""
    if word not in PERMISSIONS:
        raise ValueError(
            f"{word!r} is no permission: describe it in access/permissions.py and docs/reference/permissions.md"
        )
    return word
