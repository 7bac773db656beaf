"""Many cases with their histories, written past the engine: for benches in scratch installations only, never for real people."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from xenia.cases import catalogue, facts
from xenia.cases.definition import Procedure
from xenia.cases.models import KEY, Case, CaseDeadline
from xenia.exchange.models import Partner
from xenia.identity.claim import Claimed, Document, Name
from xenia.identity.models import PURPOSE, Identity
from xenia.journal import data_keys
from xenia.journal.actions import writing
from xenia.journal.ids import uuid7
from xenia.journal.insert import rows as insert
from xenia.site.bench import case_papers
from xenia.site.demo import people
from xenia.site.story import forms

AT_ONCE = 1_000
DAYS = 700
EVENT = (
    "id", "case_id", "number", "action", "actor", "by", "before", "after", "moved", "at", "recorded_at", "sealed",
)  # fmt: skip


def write(count: int, actions: int, officers: Sequence[UUID], *, owner: str, counterpart: str, today: date, seed: int = 4,
          said: Callable[[int], None] = lambda done: None) -> None:  # fmt: skip
    """Write `count` cases with `actions` events in all; a tenth of them open, each open one with its papers."""
    procedure, draw = catalogue.latest("readmission"), random.Random(seed)
    partner = Partner.objects.create(address=counterpart, name="Invented authority", state=counterpart[:3],
                                     opened_at=datetime.now(UTC))  # fmt: skip
    made = Maker(procedure, officers, owner, partner, today, draw, max(1, actions // count))
    for begin in range(0, count, AT_ONCE):
        made.some(begin, min(AT_ONCE, count - begin))
        said(begin + AT_ONCE)


class Maker:
    """Makes cases of one procedure."""

    def __init__(self, procedure: Procedure, officers: Sequence[UUID], owner: str, partner: Partner, today: date,
                 draw: random.Random, each: int) -> None:  # fmt: skip
        self.procedure, self.officers, self.owner, self.partner = procedure, officers, owner, partner
        self.today, self.draw, self.each = today, draw, each
        self.profiles = sorted(procedure.profiles) or [""]
        self.open_states = [one.name for one in procedure.states.values() if not one.final]
        self.final = [one.name for one in procedure.states.values() if one.final]
        self.names = sorted(procedure.actions)
        opening = procedure.opening()[0]
        self.form = opening.form
        self.side = opening.side

    def some(self, begin: int, count: int) -> None:
        """Write so many cases in one transaction."""
        persons = [people.person(self.draw, self.today) for _ in range(count)]
        claims = [self._claim(one) for one in persons]
        whose = [uuid7() for _ in persons]
        answers = [{self.form: self._answers(one)} for one in persons]
        with writing():
            packed = [(id, KEY, facts.packed(one)) for id, one in zip(whose, answers, strict=True)]
            sealed = data_keys.seal_many(packed, fresh=True)
            known = data_keys.seal_many([(id, PURPOSE, facts.packed(one.to_json())) for id, one in zip(whose, claims, strict=True)],
                                        fresh=True)  # fmt: skip
            now = datetime.now(UTC)
            Identity.objects.bulk_create(
                Identity(id=id, owner=self.owner, origin="bench", source="typed", rules_version=1, sealed=one,
                         recorded_at=now, delete_on=self.today + timedelta(days=1800))
                for id, one in zip(whose, known, strict=True)
            )  # fmt: skip
            cases = [self._case(begin + n, id, box) for n, (id, box) in enumerate(zip(whose, sealed, strict=True))]
            Case.objects.bulk_create(cases)
            keys = [(case.id, kind, key) for case, claim in zip(cases, claims, strict=True)
                    for kind, key in facts.search_keys(claim)]  # fmt: skip
            insert("cases_casekey", ("case_id", "kind", "key"), keys)
            events = [event for case, box in zip(cases, sealed, strict=True) for event in self._events(case, box)]
            insert("cases_caseevent", EVENT, events)
            limits = [self._deadline(case, events[n * self.each][0]) for n, case in enumerate(cases)]
            CaseDeadline.objects.bulk_create(limits)
            case_papers.write([one for one in cases if one.closed_at is None], self.officers, self.partner, self.draw)

    def _claim(self, one: people.Person) -> Claimed:
        from xenia.formats.dates import PartialDate

        return Claimed(
            (Name(one.surname, one.given_names),), PartialDate.parse(one.born.isoformat()), one.sex, one.nationality,
            (Document("P", one.issuer, one.number),),
        )  # fmt: skip

    def _answers(self, one: people.Person) -> dict[str, Any]:
        said = {
            "person.surname": one.surname,
            "person.given_names": one.given_names,
            "person.birth_date": one.born.isoformat(),
            "person.sex": one.sex,
            "person.nationality": one.nationality,
        }
        return forms.fill(self.procedure.forms[self.form], said, self.today)

    def _case(self, number: int, identity: UUID, sealed: bytes) -> Case:
        closed = self.draw.random() > 0.1 and bool(self.final)
        opened = datetime.now(UTC) - timedelta(days=self.draw.randrange(DAYS), seconds=number % 86400)
        changed = opened + timedelta(days=min(30, (datetime.now(UTC) - opened).days))
        return Case(
            id=uuid7(), reference=f"B-{number:07}", procedure=self.procedure.id, version=self.procedure.version,
            hash=self.procedure.hash, profile=self.draw.choice(self.profiles), side=self.side,
            state=self.draw.choice(self.final if closed else self.open_states), moves=self.each, owner=self.owner,
            counterpart=self.partner.address, identity=identity, urgent=self.draw.random() < 0.05,
            assigned_to=self.draw.choice([*self.officers, None]), opened_at=opened, changed_at=changed,
            next_due_at=None if closed else changed + timedelta(days=self.draw.randrange(-2, 40)),
            closed_at=changed if closed else None, delete_on=self.today + timedelta(days=1800) if closed else None,
            result="transferred" if closed else "", sealed=sealed,
        )  # fmt: skip

    def _events(self, case: Case, sealed: bytes) -> list[tuple[Any, ...]]:
        who, draw = f"account:{self.draw.choice(self.officers)}", self.draw
        times = [case.opened_at + timedelta(hours=n) for n in range(self.each)]
        return [
            (
                uuid7(), case.id, n + 1, draw.choice(self.names), who, "person", case.state if n else "", case.state,
                True, at, at, None if n else sealed,
            )
            for n, at in enumerate(times)
        ]  # fmt: skip

    def _deadline(self, case: Case, event: UUID) -> CaseDeadline:
        due = case.next_due_at or case.changed_at
        return CaseDeadline(
            id=uuid7(), case=case, rule=next(iter(self.procedure.deadlines), "reply"), starts_at=case.opened_at,
            due_on=due.date(), due_at=due, acts=self.side, calendar="UTO", length="15 calendar days",
            computed_from_id=event, state="stopped" if case.closed_at else "running",
            ended_at=case.closed_at,
        )  # fmt: skip
