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
    "devices.manage": "Bind devices to lanes, and take them back.",
    "frontier.admit": "Admit a traveller.",
    "frontier.check": "Check a travel document at a lane.",
    "frontier.close_shift": "Close the shift of a post and make its report.",
    "frontier.incidents": "Write into the incident log of a post, and read it.",
    "frontier.refer": "Send a traveller to the second line.",
    "frontier.refuse": "Refuse entry or exit with a reason.",
    "frontier.second_line": "Take a referred traveller and answer the referral.",
    "frontier.supervise": "See a post's lanes, officers on duty, waiting times and open hits.",
    "frontier.take_back": "Take back one's own decision within a minute, by a reversing entry.",
    "frontier.today": "See today's counts of a lane or post.",
    "handover.asylum": "Take over a person whom the border handed over to the asylum authority.",
    "handover.police": "Take over a person whom the border handed over to the police.",
    "journal.read": "Read the journal: who did what, when, by what right.",
    "journal.verify": "Verify the journal's seals and prove entries.",
    "keeping.backup": "Make an encrypted backup.",
    "keeping.certificates": "Make the certificate authority; issue, renew and revoke certificates.",
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
    "reference.approve": "Approve a change of reference data.",
    "reference.propose": "Propose a change of reference data: labels, codes, numbers of law, retention periods.",
    "registers.approve": "Approve or reject that a record of a register is entered, corrected, deleted, or that records are exported.",
    "registers.propose": "Propose to enter, correct or delete a record of a register, or to export records.",
    "registers.read": "Browse and search registers on their pages, as far as the purpose allows.",
    "reports.read": "See a post's reports: counts by day, week and month, and their files.",
    "retention.run": "Delete what is past its time.",
    "stays.approve": "Approve or reject that a stay is corrected, or that two documents' stays are linked to one person.",
    "stays.correct": "Propose to correct a stay, or to link two documents' stays to one person.",
    "stays.read": "See stays and the list of overstayers, as far as the purpose allows.",
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
        "reference.approve",
        "registers.approve",
        "stays.approve",
        "subject.erase",
    }
)

# Who asks, and who decides it: whoever decides, and could take over an account that asks, would be both persons too.
ANSWERED_BY: Final = {
    "accounts.manage": "accounts.approve",
    "alerts.propose": "alerts.approve",
    "frontier.check": "frontier.second_line",
    "lists.load": "lists.approve_removal",
    "lists.propose_source": "lists.approve_source",
    "policy.propose": "policy.approve",
    "reference.propose": "reference.approve",
    "registers.propose": "registers.approve",
    "stays.correct": "stays.approve",
    "subject.erase": "subject.erase",
}


def known(word: str) -> str:
    """`word` itself. Raises `ValueError` for a word that is not described here: add it, with its sentence."""
    if word not in PERMISSIONS:
        raise ValueError(
            f"{word!r} is no permission: describe it in access/permissions.py and docs/reference/permissions.md"
        )
    return word
