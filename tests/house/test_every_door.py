"""Every address, every operation and every command, as every role: no path to personal data without purpose and entry.

Invented people with unmistakable names are planted in every register and table. Whoever asks for whatever: where such a
name or number comes back, an entry with purpose and reference names that person; and nobody gets an error of ours.
"""

from __future__ import annotations

import argparse
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.frontier.conftest import at_lane, passport, person, post, today
from xenia.access import actions as access
from xenia.access import place_actions, policy, standing
from xenia.access.models import Account
from xenia.access.views import gate_of
from xenia.cases import actions as cases
from xenia.cases.models import Case, CaseDocument
from xenia.commands import Call
from xenia.formats.dates import PartialDate
from xenia.frontier import actions as frontier
from xenia.frontier import referrals
from xenia.frontier.models import Check, Crossing
from xenia.frontier.second.models import HandOver, HitCase
from xenia.frontier.shift import incidents
from xenia.frontier.shift.models import Incident
from xenia.identity.claim import Claimed, Document, Name
from xenia.journal import actions as journal
from xenia.journal.ids import uuid7
from xenia.journal.models import Entry, EntrySubject
from xenia.registers.alerts import actions as alerts
from xenia.registers.lists import actions as lists
from xenia.registers.lists.models import ListSource, ListVersion, LoadRun
from xenia.registers.lists.subjects import record_subject
from xenia.registers.live.models import LiveRecord
from xenia.registers.stays import actions as stays
from xenia.registers.stays.actions import Movement
from xenia.registers.stays.models import StayFile, StayRecord
from xenia.site import cli
from xenia.site.cli.index import INDEX
from xenia.site.demo import lists as demo_lists
from xenia.work import proposals
from xenia.work.models import Proposal, WorkItem

__all__ = ["at_lane", "post"]

TRAVELLER, REFERRED, ALERTED, LISTED, PROPOSED = "Qvarnstedt", "Ruvenholt", "Zelwickham", "Ybrantor", "Xantevoort"
STAYING, HANDED, NOTED, CASED = "Okkermund", "Pellwijck", "Vlinderhag", "Quillsworthy"
FINE = {200, 204, 301, 302, 303, 400, 401, 403, 404, 405, 409, 410, 422, 503}
ELSEWHERE = {
    "asylum-officer": "UTO-AS", "police-officer": "UTO-PO", "case-officer": "UTO-MG", "case-lead": "UTO-MG",
    "consular-officer": "UTO-MG",
}  # fmt: skip
PASSWORD = "amber-birch-cedar-delta-7"


@dataclass
class World:
    """What was planted: a marker's subjects, and arguments for the addresses, by their names there."""

    subjects: dict[str, set[UUID]] = field(default_factory=dict)
    ids: dict[str, list[str]] = field(default_factory=dict)
    roles: tuple[str, ...] = ()


@pytest.fixture
def world(post: str, at_lane: Any, tmp_path: Path) -> World:
    """One of everything that can hold a person."""
    operator, first = access.operator_standing("operator"), at_lane("first")
    body = {
        "category": "REF-B",
        "names": [{"surname": ALERTED, "given_names": "Oda", "kind": "main"}],
        "birth_dates": ["1971-02-03"],
        "sex": "F",
        "nationalities": ["UTO"],
        "reason": "Invented",
        "legal_basis": "Invented Act",
        "decision": "1",
    }
    made = alerts.propose_entry(at_lane("editor", None), body, reason="Invented", reference="external:1")
    proposals.approve(at_lane("approver", None), made.pk)
    waiting = dict(body, names=[{"surname": PROPOSED, "given_names": "Ib", "kind": "main"}])
    proposed = alerts.propose_entry(at_lane("editor", None), waiting, reason="Invented", reference="external:2")
    file = tmp_path / "alerts.csv"
    listed = person("UX7777777", LISTED, "Ulla")
    demo_lists.write(file, demo_lists.PERSON_COLUMNS, [demo_lists.person_row("L-1", listed, "REF-B", today())])
    lists.load(operator, "alerts-csv", file)
    admitted = frontier.check_text(first, "L1", passport(person("UX1111111", TRAVELLER, "Ida")), "entry")
    frontier.admit(first, admitted.id)
    stopped = frontier.check_text(first, "L1", passport(person("UX2222222", REFERRED, "Ane")), "entry")
    frontier.refer(first, stopped.id, "Invented note.")
    _plant_more(at_lane)
    world = World(roles=tuple(policy.current().roles))
    handed = HandOver.objects.get()
    world.subjects = {
        CASED: set(Case.objects.values_list("identity", flat=True)),
        STAYING: set(StayFile.objects.values_list("id", flat=True)),
        HANDED: {handed.identity, Check.objects.get(id=handed.check_made).identity},
        NOTED: set(),
        TRAVELLER: {Check.objects.get(id=admitted.id).identity},
        REFERRED: {Check.objects.get(id=stopped.id).identity},
        ALERTED: set(LiveRecord.objects.values_list("id", flat=True)),
        PROPOSED: {proposed.subject},
        LISTED: {record_subject("alerts", "alerts-csv", "L-1")},
    }
    world.ids = _arguments(world)
    assert ListSource.objects.exists()
    return world


def _plant_more(at_lane: Any) -> None:
    """Somebody who stays, somebody who was handed over, an incident that names somebody."""
    operator = access.operator_standing("operator")
    for code, kind in (("UTO-AS", "asylum"), ("UTO-PO", "police"), ("UTO-MG", "migration")):
        place_actions.make_authority(operator, code, code, kind=kind)
    claimed = Claimed(
        (Name(STAYING, "Una"),), PartialDate.parse("1990-05-17"), "F", "XXB", (Document("P", "XXB", "XB3333333"),)
    )
    came = datetime.now(UTC) - timedelta(days=120)
    moved = Movement(uuid7(), uuid7(), claimed, came, came.date(), "Asia/Tbilisi", "UTO-T1", "short-stay")
    with journal.writing():
        stays.record_entry(moved, operator.act("border-first-line", "check:walk", owner="UTO-BG"))
    first, second = at_lane("first"), at_lane("second", None)
    sent = frontier.check_text(first, "L1", passport(person("UX4444444", HANDED, "Wanda")), "entry")
    item = frontier.refer(first, sent.id, "Invented note.")
    frontier.claim_referral(second, item)
    referrals.hand_over(second, item, "asylum", "UTO-AS", f"{HANDED} asks for protection.")
    made = access.make_account(operator, "chief", "Chief", authority="UTO-BG", password=PASSWORD)
    access.give_role(operator, made.account.pk, "shift-supervisor", post="UTO-T1")
    incidents.log(
        standing.by_name("chief", "UTO-T1"), "other", datetime.now(UTC), f"{NOTED} fell on the stairs.", str(sent.id)
    )
    _plant_case(operator)


def _plant_case(operator: standing.Standing) -> None:
    """A readmission case with a note and a document."""
    made = access.make_account(operator, "worker", "Worker", authority="UTO-MG", password=PASSWORD)
    access.give_role(operator, made.account.pk, "case-officer", post=None)
    worker = standing.by_name("worker")
    who = {"surname": CASED, "given_names": "Idris", "nationality": "AZE", "birth_date": "1990-04-02"}
    form = {"category": "own_national", "person": who, "interview_requested": True}
    case = cases.start(
        worker, "readmission", side="requesting", profile="UTO-ARC", counterpart="ARC/MS", form=form, urgent=True
    )
    cases.note(worker, case.pk, f"{CASED} was called.")
    cases.attach(worker, case.pk, "evidence_copy", f"{CASED}.pdf", "application/pdf", b"%PDF-1.7 invented")


def _arguments(world: World) -> dict[str, list[str]]:
    """What stands for each argument of the addresses; a stranger's id comes with each, to ask for what is not there."""
    records = [one for name in (ALERTED, PROPOSED, LISTED) for one in world.subjects[name]]
    found: dict[str, list[Any]] = {
        "check_id": [*Check.objects.values_list("id", flat=True)],
        "crossing_id": [*Crossing.objects.values_list("id", flat=True)],
        "item_id": [*WorkItem.objects.values_list("id", flat=True)],
        "hit_id": [*HitCase.objects.values_list("id", flat=True)],
        "handover_id": [*HandOver.objects.values_list("id", flat=True)],
        "proposal_id": [*Proposal.objects.values_list("id", flat=True)],
        "proposal": [*Proposal.objects.values_list("id", flat=True)],
        "account_id": [*Account.objects.values_list("id", flat=True)[:2]],
        "record": records,
        "subject": records,
        "run_id": [*LoadRun.objects.values_list("id", flat=True), *ListVersion.objects.values_list("id", flat=True)],
        "file": [*StayFile.objects.values_list("id", flat=True)],
        "stay": [*StayRecord.objects.values_list("id", flat=True)],
        "case_id": [*Case.objects.values_list("id", flat=True)],
        "document_id": [*CaseDocument.objects.values_list("id", flat=True)],
        "incident_id": [*Incident.objects.values_list("id", flat=True)],
    }
    strangers = {name: [*map(str, ids), str(uuid7())] for name, ids in found.items()}
    return {
        **strangers,
        "name": ["alerts", "visas", "vehicles", "registers.alerts", "incident-kind", "checks"],
        "code": ["alerts-csv", "UTO-T1", "UTO-BG"],
        "kind": ["pem"],
        "act": ["lock", "remove"],
        "lane": ["L1"],
        "word": ["first-line-officer"],
        "procedure": ["readmission"],
        "action": ["create", "submit"],
        "what": ["quarantine", "settle"],
        "number": ["1"],
        "rule": ["P1-01"],
        "form": ["csv", "pdf"],
        "uuid": [str(uuid7())],
        "uuidstr": [str(uuid7())],  # of the API
        "digest": ["0" * 64],
        "str": ["csv"],
        "int": ["1"],
    }


def _addresses(resolver: URLResolver, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for one in resolver.url_patterns:
        here = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from _addresses(one, here)
        else:
            yield here, one


def _paths(route: str, world: World) -> list[str]:
    """The address with its arguments filled in, every one with every other."""
    found = re.search(r"<(?:(\w+):)?(\w+)>", route)
    if found is None:
        return ["/" + route]
    values = world.ids[found[2]] if found[2] in world.ids else world.ids[found[1]]
    return [path for value in values for path in _paths(route.replace(found[0], value, 1), world)]


def _client(role: str, number: int) -> Client:
    operator = access.operator_standing("operator")
    name = f"walker-{number}"
    made = access.make_account(operator, name, name, authority=ELSEWHERE.get(role, "UTO-BG"), password=PASSWORD)
    access.give_role(operator, made.account.pk, role, post=None)
    client = Client(raise_request_exception=False)
    client.post("/sign-in/", {"login": name, "password": PASSWORD})
    session = client.session
    session["second_factor"], session["post"], session["lane"] = True, "UTO-T1", "L1"
    session.save()
    return client


def _reconcile(text: str, since: datetime, world: World, where: str) -> None:
    """Each planted person that came back is named by a new entry with purpose and reference."""
    seen = [marker for marker in world.subjects if marker.lower() in text.lower()]
    if not seen:
        return
    fresh = Entry.objects.filter(recorded_at__gte=since)
    assert not fresh.filter(purpose="").exists() and not fresh.filter(reference="").exists(), where
    named = set(EntrySubject.objects.filter(entry_id__in=fresh.values("id")).values_list("subject", flat=True))
    for marker in seen:
        told = world.subjects[marker] & named if world.subjects[marker] else fresh.exists()
        assert told, f"{where} shows {marker} and no entry says so"


def test_no_address_shows_a_person_without_an_entry(world: World) -> None:
    for number, role in enumerate(world.roles):
        if role != "operator":
            _walk(role, number, world)


def _walk(role: str, number: int, world: World) -> None:
    client, seen = _client(role, number), 0
    for route, pattern in _addresses(get_resolver()):
        gate = gate_of(pattern.callback)
        assert gate is not None, f"{route} has no gate"
        if "sign-out" in route or "static" in route:
            continue
        may = not gate.any_of or any(word in policy.current().roles[role].permissions for word in gate.any_of)
        paths = _paths(route.replace("^", "").replace("$", ""), world)
        for path in paths if may else paths[:1]:
            since = datetime.now(UTC)
            answer = client.get(path)
            where = f"{role}: GET {path}: {answer.status_code}"
            assert answer.status_code in FINE, where
            text = (
                b"".join(answer.streaming_content).decode("utf-8", "replace")
                if answer.streaming
                else answer.content.decode("utf-8", "replace")
            )
            assert "Traceback" not in text, where
            _reconcile(text, since, world, where)
            assert may or answer.status_code in (302, 403), f"{where}: {gate.any_of}"
            seen += answer.status_code == 200
    assert seen > 3


DOCUMENT = passport(person("UX8888888", LISTED, "Ulla"))
FORMS: dict[str, list[dict[str, str]]] = {
    "console/read/": [{"document": DOCUMENT, "direction": "entry"}],
    "console/typed/": [
        {
            "surname": ALERTED, "given_names": "Oda", "birth_date": "3 2 1971", "nationality": "UTO", "direction": "entry",
            "document_code": "P", "issuing_state": "UTO", "document_number": "UX9", "expiry_date": "1 1 2031",
        }
    ],
    "cases/": [{"text": f"{CASED} Idris"}],
    "registers/<slug:name>/": [{"text": f"{ALERTED}, Oda", "birth": "3 2 1971"}, {"text": "L-1"}],
    "subjects/": [
        {"surname": surname, "given_names": given, "reference": "walk"}
        for surname, given in ((TRAVELLER, "Ida"), (ALERTED, "Oda"), (LISTED, "Ulla"))
    ],
}  # fmt: skip


def test_no_form_or_operation_answers_with_a_person_without_an_entry(world: World) -> None:
    """Every address is sent a form, and every operation of the API a question, by every role."""
    named = 0
    for number, role in enumerate(role for role in world.roles if role != "operator"):
        client = _client(role, number)
        for route, pattern in _addresses(get_resolver()):
            if not any(part in route for part in ("sign-out", "lock/", "locked/", "static", "own/")):
                named += _send_forms(client, role, route, pattern, world)
        for purpose in ("border-first-line", "border-second-line", "alert-management"):
            named += _ask(client, role, purpose, world)
    assert named > 5


def _send_forms(client: Client, role: str, route: str, pattern: URLPattern, world: World) -> int:
    """How many answers named somebody. Where the role may not pass, one address of each kind is enough."""
    named, gate = 0, gate_of(pattern.callback)
    assert gate is not None, f"{route} has no gate"
    may = not gate.any_of or any(word in policy.current().roles[role].permissions for word in gate.any_of)
    paths = _paths(route.replace("^", "").replace("$", ""), world)
    for path in paths if may else paths[:1]:
        for form in FORMS.get(route, [{}]):
            since = datetime.now(UTC)
            answer = client.post(path, form)
            where = f"{role}: POST {path}: {answer.status_code}"
            assert answer.status_code in (FINE if may else {302, 403}), where
            text = "" if answer.streaming else answer.content.decode("utf-8", "replace")
            assert "Traceback" not in text, where
            for typed in form.values():  # the field of a search holds what was typed into it
                text = text.replace(f'value="{typed}"', "")
            if answer.status_code != 422:  # a form sent back repeats what was typed into it
                _reconcile(text, since, world, where)
            named += any(marker.lower() in text.lower() for marker in world.subjects)
    return named


def _ask(client: Client, role: str, purpose: str, world: World) -> int:
    """The number of persons that the API named, each on record; 403 where the role may not ask."""
    questions = [json.loads(line) for line in QUESTIONS.splitlines()]
    since = datetime.now(UTC)
    body = json.dumps({"purpose": purpose, "reference": "walk", "questions": questions})
    answer = client.post("/api/v1/ask", body, content_type="application/json")
    text, where = answer.content.decode(), f"{role}: ask for {purpose}: {answer.status_code}"
    assert answer.status_code == (200 if _may_ask(role, purpose) else 403), where
    _reconcile(text, since, world, where)
    return sum(marker.lower() in text.lower() for marker in world.subjects)


def _may_ask(role: str, purpose: str) -> bool:
    known = policy.current().roles[role]
    return "ask" in known.permissions and purpose in known.purposes


def test_nobody_who_has_not_signed_in_sees_anything(world: World) -> None:
    client = Client(raise_request_exception=False)
    for route, pattern in _addresses(get_resolver()):
        gate = gate_of(pattern.callback)
        for path in _paths(route.replace("^", "").replace("$", ""), world)[:3]:
            answer = client.get(path)
            assert answer.status_code in FINE, path
            if gate is not None and not gate.open:
                assert answer.status_code in (302, 401, 403, 405), f"{path}: {answer.status_code}"
            for marker in world.subjects:
                assert answer.streaming or marker.lower().encode() not in answer.content.lower()


WORDS: dict[str, list[list[str]]] = {
    "ask": [
        ["--purpose", "border-first-line", "--reference", "walk"],
        ["--purpose", "border-second-line", "--reference", "walk"],
        ["--purpose", "oversight", "--reference", "walk"],
    ],
    "lists status": [[]],
    "journal head": [[]],
    "journal verify": [[]],
    "rebuild": [["--check"]],
    "subject find": [["--surname", name, "--reference", "walk"] for name in (TRAVELLER, REFERRED, ALERTED, LISTED)],
    "work list": [[]],
    "proposals list": [[]],
    "accounts list": [[]],
    "doctor": [[]],
    "retention run": [["--dry-run"]],
    "setup": [[]],
}
# Commands that act as nobody: they show no personal data.
NOBODYS = {"doctor"}
QUESTIONS = "".join(
    json.dumps({"id": "q", "surname": n, "given_names": g}) + "\n"
    for n, g in ((ALERTED, "Oda"), (LISTED, "Ulla"), (TRAVELLER, "Ida"))
)


def _run(words: list[str]) -> tuple[int, str]:
    out, err = io.StringIO(), io.StringIO()
    call = Call(argparse.Namespace(), io.BytesIO(QUESTIONS.encode()), out, err)
    return cli.run(words, call, Path.cwd()), out.getvalue() + err.getvalue()


def test_no_command_shows_a_person_without_an_entry(world: World) -> None:
    operator, answered = access.operator_standing("operator"), 0
    for number, role in enumerate(world.roles):
        name = "operator"
        if role != "operator":
            name = f"caller-{number}"
            made = access.make_account(operator, name, name, authority="UTO-BG", password=PASSWORD)
            access.give_role(operator, made.account.pk, role, post="UTO-T1")
        for command, choices in WORDS.items():
            for words in choices:
                since = datetime.now(UTC)
                acting = [] if command in NOBODYS else ["--as", name]
                code, text = _run([*command.split(), *words, *acting])
                where = f"{role}: xenia {command} {' '.join(words)}: {code}"
                assert code in (0, 1), f"{where}\n{text}"
                assert "something went wrong inside" not in text and "Traceback" not in text, f"{where}\n{text}"
                _reconcile(text, since, world, where)
                answered += code == 0
    assert answered > 20


def test_every_command_that_reads_the_home_asks_for_a_permission() -> None:
    for place in INDEX.values():
        for command in cli.commands_of(place):
            assert (
                command.permission is not None
                or not command.needs_home
                or command.name in ("serve", "worker", "unit run", "unit unpack")
            ), command.name
