"""The world of `two_persons`: a small post, travellers with every kind of hit, and one account for every role and for all.

`broken` says in words what came about although only one person acted.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.test import Client

from xenia.access import actions as access
from xenia.access import approving, place_actions, policy, standing
from xenia.access.models import Account, Assignment, PolicyVersion
from xenia.access.standing import Standing
from xenia.formats.dates import PartialDate
from xenia.frontier import record
from xenia.frontier.models import Check
from xenia.frontier.second.models import HitCase, HitStep
from xenia.frontier.shift.models import Shift
from xenia.identity.claim import Claimed, Document, Name
from xenia.journal import actions as journal
from xenia.journal.ids import uuid7
from xenia.journal.models import Entry
from xenia.oversight import kinds as oversight
from xenia.registers import kinds as registers
from xenia.registers.alerts import actions as alerts
from xenia.registers.lists import actions as lists
from xenia.registers.lists.models import ListSource, ListVersion
from xenia.registers.live.models import LiveRecord
from xenia.registers.reference.models import ReferenceRow
from xenia.registers.stays import actions as stays
from xenia.registers.stays.models import StayRecord
from xenia.site.demo import lists as demo_lists
from xenia.site.demo.people import Person
from xenia.work import proposals
from xenia.work.models import WorkItem

POST: Final = "UTO-S1"
LANES: Final = ("L1", "L2")
PASSWORD: Final = "invented-harbour-17-lantern"  # noqa: S105 - of invented accounts in a scratch installation
LIST: Final = "alerts-csv"
LISTED: Final = 10
ALL: Final = "every role at once"
BORN: Final = date(1984, 5, 6)
NATION: Final = "USA"  # neither own nationals nor in need of a visa


def person(number: str, surname: str, given_names: str) -> Person:
    """An invented traveller whose passport is valid for years."""
    until = datetime.now(UTC).date() + timedelta(days=1500)
    return Person(surname, given_names, "F", BORN, NATION, number, until)


TRAVELLERS: Final = {
    "alerted": ("UX4000001", "Zelwickham", "Oda Marit"),
    "listed": ("UX4000002", "Ybrantorsen", "Ulla Reet"),
    "unseen": ("UX4000003", "Xantevoort", "Ibsa Lenne"),
    "clear": ("UX4000004", "Qvarnstedt", "Ida Sunne"),
}


@dataclass
class Lone:
    """One person: the own account and those that this person made. `given`: shifts that were handed to somebody else."""

    name: str
    hands: list[UUID]
    given: set[UUID] = field(default_factory=set)
    client: Client | None = None

    def at(self, pick: int, lane: str | None = "L1") -> Standing:
        """The standing of one of the hands, at a lane if it may stand there."""
        return standing.of(self.hands[pick % len(self.hands)], POST, lane)

    def checks(self) -> list[Check]:
        """What this person read at the booth."""
        return list(Check.objects.filter(officer__in=self.hands).order_by("read_at"))


@dataclass
class World:
    """What was made, and how the things stood that take two persons."""

    folder: Path
    alert: UUID
    stay: UUID
    shift_to: UUID
    accounts: dict[str, UUID]
    body: dict[str, Any]
    before: dict[str, Any] = field(default_factory=dict)


def build(folder: Path) -> World:
    """The world, made by the operator in an installation that is set up."""
    operator = access.operator_standing("operator")
    place_actions.make_authority(operator, "UTO-BG", "Border Guard", kind="border")
    for code, kind in (("UTO-AS", "asylum"), ("UTO-PO", "police")):
        place_actions.make_authority(operator, code, f"{kind.title()} of Utopia", kind=kind)
    place_actions.make_post(operator, POST, "Soaking", authority="UTO-BG", zone="Asia/Tbilisi", border="air")
    for lane in LANES:
        place_actions.make_lane(operator, POST, lane)
    roles = [word for word in policy.current().roles if word != access.OPERATOR_ROLE]
    accounts = {role: _account(operator, f"only-{role}", [role]) for role in roles}
    accounts[ALL] = _account(operator, "every-role", roles)
    other = _account(operator, "colleague", ["second-line-officer", "shift-supervisor", "second-approver"])
    _account(operator, "editor", ["alert-editor"])
    alert, body = _alerts(other)
    world = World(folder, alert, _stay(), other, accounts, body)
    load(operator, folder, range(LISTED))
    world.before = facts(world)
    return world


def _account(operator: Standing, name: str, roles: Iterable[str]) -> UUID:
    made = access.make_account(operator, name, name.title(), authority="UTO-BG", password="")
    account = Account.objects.get(pk=made.account.pk)
    account.set_password(PASSWORD)
    account.password_is_initial = False
    account.save()
    Authenticator.objects.create(user=account, type=Authenticator.Type.TOTP, data={"secret": "AAAA"})
    for role in roles:
        access.give_role(operator, account.pk, role, post=None)
    return account.pk


def _alerts(colleague: UUID) -> tuple[UUID, dict[str, Any]]:
    """The alert that the booth sees, with its body; and one that it must not notice. Both by two persons."""
    made = []
    for which, category, handling in (("alerted", "REF-B", "open"), ("unseen", "CHK-D", "discreet")):
        _number, surname, given = TRAVELLERS[which]
        body: dict[str, Any] = {
            "category": category,
            "names": [{"surname": surname, "given_names": given, "kind": "main"}],
            "birth_dates": [BORN.isoformat()],
            "sex": "F",
            "nationalities": [NATION],
            "reason": "Invented",
            "legal_basis": "Invented Act",
            "proportionality": "Worth it",
            "decision": "Invented 1",
            "handling": handling,
        }
        known = set(LiveRecord.objects.values_list("id", flat=True))
        asked = alerts.propose_entry(standing.by_name("editor", POST), body, reason="Invented.", reference="external:s")
        proposals.approve(standing.of(colleague, POST), asked.pk)
        made.append((LiveRecord.objects.exclude(id__in=known).get().id, body))
    return made[0]


def _stay() -> UUID:
    claimed = Claimed(
        (Name("LIND", "ASTA"),), PartialDate.parse("1990-05-17"), "F", "XXB", (Document("P", "XXB", "XA1234567"),)
    )
    at = datetime.now(UTC) - timedelta(days=9)
    act = access.operator_standing("operator").act("border-first-line", "check:soak", owner="UTO-BG")
    with journal.writing():
        return stays.record_entry(stays.Movement(uuid7(), uuid7(), claimed, at, at.date(), "Asia/Tbilisi", POST), act)


def load(here: Standing, folder: Path, numbers: Iterable[int], surname: str = "") -> None:
    """Load the list with these of its ten records; the first is the listed traveller."""
    rows = []
    for one in numbers:
        made = person(f"UX41{one:05}", f"Quillon{'abcdefghij'[one]}", "Reva Lund")
        if one == 0:
            made = person(*TRAVELLERS["listed"])
        rows.append(demo_lists.person_row(f"L-{one}", made, "REF-B", datetime.now(UTC).date()))
    file = folder / f"{uuid7()}.csv"
    demo_lists.write(file, demo_lists.PERSON_COLUMNS, rows)
    lists.load(here, LIST, file)


def facts(world: World) -> dict[str, Any]:
    """How everything stands that one person alone must not move."""
    approvers = [one for one in Account.objects.order_by("pk") if approving.of_account(one.pk)]
    held = list(Assignment.objects.filter(valid_to=None).values_list("account", "role"))
    return {
        "a register record": sorted(LiveRecord.objects.values_list("id", "state", "recorded_at")),
        "a stay": list(
            StayRecord.objects.filter(pk=world.stay).values_list("state", "entry_on", "exit_on", "file__person")
        ),
        "the policy": PolicyVersion.objects.count(),
        "reference data": sorted(ReferenceRow.objects.filter(current=True).values_list("list", "code", "digest")),
        "a list source": sorted(
            ListSource.objects.filter(state="approved").values_list("code", "removal_share", "name", "max_age_hours")
        ),
        "an export": Entry.objects.filter(kind=registers.EXPORTED).count(),
        "an erasure": Entry.objects.filter(kind=oversight.ERASURE).count(),
        "a role that approves": sorted((str(pk), role) for pk, role in held if approving.is_approving([role])),
        "a password of who approves": [one.password for one in approvers],
        "a second factor": sorted(Authenticator.objects.values_list("user", "type", "pk")),
    }


def broken(world: World, lone: Lone) -> list[str]:
    """What came about by one person alone; empty where all is well."""
    now = facts(world)
    found = [f"{what} changed" for what, was in world.before.items() if now[what] != was]
    records = ListVersion.objects.filter(source=LIST, state="current").values_list("records", flat=True).first() or 0
    share = ListSource.objects.get(code=LIST).removal_share
    if records * 100 < LISTED * (100 - share):
        found.append(f"the list has {records} of {LISTED} records")
    for check in lone.checks():
        found += _settled(check, records == LISTED, world)
    if Shift.objects.filter(id__in=lone.given).exclude(state="running").exists():
        found.append("a shift ended that was handed to another")
    return found


def _settled(check: Check, listed: bool, world: World) -> list[str]:
    """`listed`: the list still holds all; a record that a list lost within its share warns of nobody any more."""
    kept = record.unseal(check.identity, bytes(check.sealed))
    hits = [hit for hit in kept.hits if listed or hit.subject == str(world.alert)]
    stern = any(hit.band != "POSSIBLE" or hit.second_line for hit in hits)
    found = []
    if stern and check.state not in ("open", "referred"):
        found.append(f"a stern hit is {check.state}")
    items = WorkItem.objects.filter(subject=str(check.id), kind__startswith="frontier.", answered_at__isnull=False)
    if items.exists():
        found.append("the own referral or unseen alert is answered")
    mine = HitCase.objects.filter(check_made=check.id)
    if HitStep.objects.filter(hit__in=mine).exists() or mine.filter(closed_at__isnull=False).exists():
        found.append("a hit of the own check was moved")
    return found


def alone(world: World, role: str) -> Lone:
    """The person who holds this role, or all of them, signed in with password and second factor."""
    account = world.accounts[role]
    client = Client(headers={"host": "localhost"}, raise_request_exception=False)
    factors, operator = Authenticator.objects.filter(user=account), Account.objects.get(kind="system").pk
    mine = list(factors.values_list("pk", flat=True))
    factors.update(user=operator)  # no code is typed here; the session says below that one was
    client.post("/sign-in/", {"login": Account.objects.get(pk=account).username, "password": PASSWORD})
    Authenticator.objects.filter(pk__in=mine).update(user=account)
    session = client.session
    session["second_factor"], session["post"], session["lane"] = True, POST, "L1"
    session.save()
    return Lone(role, [account], client=client)
