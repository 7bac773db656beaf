"""Every permission by its word, with the sentence that `docs/reference/permissions.md` explains.

A permission opens an act; what the act may then see of a person is decided by purpose, in `policy.py`.
"""

from __future__ import annotations

from typing import Final


def _(sentence: str) -> str:
    """Marks a sentence for the translators; needs no settings."""
    return sentence


PERMISSIONS: Final[dict[str, str]] = {
    "accounts.approve": _(
        "Approve that somebody gets a role that approves, or that such an account is given a password."
    ),
    "accounts.manage": _("Create, close and unlock accounts, give roles at posts, make posts and lanes."),
    "alerts.approve": _("Approve or reject what an alert editor proposed."),
    "alerts.propose": _("Propose to enter, change or delete an alert."),
    "alerts.read": _("Read alerts on the alert pages."),
    "ask": _("Ask the registers outside a border check, one question or a batch."),
    "bench": _("Measure speed with invented records."),
    "cases.decide": _("Decide on what a colleague prepared in a case: the second pair of eyes."),
    "cases.import": _("Bring running cases in from a spreadsheet."),
    "cases.read": _("See the cases of one's own authority, as far as the purpose allows."),
    "cases.work": _("Open cases and act in them."),
    "devices.manage": _("Bind devices to lanes, and take them back."),
    "exchange.approve": _("Approve or reject a change of a partner authority, its keys or its address."),
    "exchange.propose": _("Propose a partner authority, a new key of one, or that one is revoked."),
    "exchange.read": _("See messages with other authorities: what was sent, what arrived, which receipts there are."),
    "frontier.admit": _("Admit a traveller."),
    "frontier.check": _("Check a travel document at a lane."),
    "frontier.close_shift": _("Close the shift of a post and make its report."),
    "frontier.incidents": _("Write into the incident log of a post, and read it."),
    "frontier.refer": _("Send a traveller to the second line."),
    "frontier.refuse": _("Refuse entry or exit with a reason."),
    "frontier.second_line": _("Take a referred traveller and answer the referral."),
    "frontier.supervise": _("See a post's lanes, officers on duty, waiting times and open hits."),
    "frontier.take_back": _("Take back one's own decision within a minute, by a reversing entry."),
    "frontier.today": _("See today's counts of a lane or post."),
    "handover.asylum": _("Take over a person whom the border handed over to the asylum authority."),
    "handover.police": _("Take over a person whom the border handed over to the police."),
    "insight.exact": _("Get exact statistical counts, with a reason that is kept."),
    "insight.load": _("Load facts without persons from elsewhere into the warehouse."),
    "insight.read": _("Ask for statistical tables that protect persons, and publish them."),
    "insight.watch": _("Say what a signal of the watch was, and set its rules and known events."),
    "journal.read": _("Read the journal: who did what, when, by what right."),
    "journal.verify": _("Verify the journal's seals and prove entries."),
    "keeping.backup": _("Make an encrypted backup."),
    "keeping.certificates": _("Make the certificate authority; issue, renew and revoke certificates."),
    "keeping.doctor": _("Look at the health of the installation."),
    "keeping.restore": _("Restore a backup."),
    "keeping.standby": _("Say which of two servers serves, and that one goes on alone."),
    "lists.approve_removal": _("Approve a list version that removes more than its set share."),
    "lists.approve_source": _("Approve a new list source."),
    "lists.load": _("Load a version from an approved list source."),
    "lists.propose_source": _("Propose a new list source."),
    "lists.read": _("See list sources, versions, ages and loads."),
    "policy.approve": _("Approve or reject a proposed change of policy."),
    "policy.propose": _("Propose a change of policy."),
    "policy.read": _("Read the policy: roles, purposes, the matrix, its versions."),
    "reference.approve": _("Approve a change of reference data."),
    "reference.propose": _("Propose a change of reference data: labels, codes, numbers of law, retention periods."),
    "registers.approve": _(
        "Approve or reject that a record of a register is entered, corrected, deleted, or that records are exported."
    ),
    "registers.propose": _("Propose to enter, correct or delete a record of a register, or to export records."),
    "registers.read": _("Browse and search registers on their pages, as far as the purpose allows."),
    "reports.read": _("See a post's reports: counts by day, week and month, and their files."),
    "retention.run": _("Delete what is past its time."),
    "stays.approve": _(
        "Approve or reject that a stay is corrected, or that two documents' stays are linked to one person."
    ),
    "stays.correct": _("Propose to correct a stay, or to link two documents' stays to one person."),
    "stays.read": _("See stays and the list of overstayers, as far as the purpose allows."),
    "subject.erase": _("Erase what is held about a person."),
    "subject.export": _("Export what is held about a person."),
    "subject.find": _("Find what is held about a person."),
    "units.approve": _("Admit a machine as a unit, release one from quarantine, settle entries that were put aside."),
    "units.manage": _(
        "Give out enrolment codes for units and sign-in codes for officers there, quarantine and revoke units."
    ),
    "units.read": _("See the units: their lines, what waits at them, their alarms."),
    "work.claim": _("Claim, release and answer work items of one's roles."),
    "work.read": _("See the work list and the proposals that one may decide."),
}

# What a second person does: whoever could get two accounts with these would be both persons.
APPROVING: Final = frozenset(
    {
        "accounts.approve",
        "alerts.approve",
        "cases.decide",
        "exchange.approve",
        "frontier.second_line",
        "lists.approve_removal",
        "lists.approve_source",
        "policy.approve",
        "reference.approve",
        "registers.approve",
        "stays.approve",
        "subject.erase",
        "units.approve",
    }
)

# Who asks, and who decides it: whoever decides, and could take over an account that asks, would be both persons too.
ANSWERED_BY: Final = {
    "accounts.manage": "accounts.approve",
    "alerts.propose": "alerts.approve",
    "cases.import": "cases.decide",
    "cases.work": "cases.decide",
    "exchange.propose": "exchange.approve",
    "frontier.check": "frontier.second_line",
    "lists.load": "lists.approve_removal",
    "lists.propose_source": "lists.approve_source",
    "policy.propose": "policy.approve",
    "reference.propose": "reference.approve",
    "registers.propose": "registers.approve",
    "stays.correct": "stays.approve",
    "subject.erase": "subject.erase",
    "units.manage": "units.approve",
}


def known(word: str) -> str:
    """`word` itself. Raises `ValueError` for a word that is not described here: add it, with its sentence."""
    if word not in PERMISSIONS:
        raise ValueError(
            f"{word!r} is no permission: describe it in access/permissions.py and docs/reference/permissions.md"
        )
    return word
