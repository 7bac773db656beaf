"""Invented persons, put into every corner of an installation through the actions that officers use. For the proof of forgetting."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from xenia.access import actions as access
from xenia.access import epochs, standing
from xenia.access.models import Authority, Lane, Post
from xenia.access.standing import Standing
from xenia.errors import NotAllowed
from xenia.formats import mrz
from xenia.formats.dates import PartialDate
from xenia.frontier import actions as frontier
from xenia.frontier.check import Typed
from xenia.frontier.models import Check
from xenia.journal import actions as journal
from xenia.journal import blobs
from xenia.registers import search
from xenia.registers.alerts import actions as alerts
from xenia.registers.lists import actions as lists
from xenia.registers.lists import sources
from xenia.registers.live import actions as live
from xenia.registers.search import Question
from xenia.work import proposals

GUARD, POST, LANE = "UTO-BG", "UTO-PM1", "L1"
ROLES = {
    "first": "first-line-officer",
    "second": "second-line-officer",
    "editor": "alert-editor",
    "approver": "second-approver",
    "officer-dp": "data-protection-officer",
}
CONSONANTS, VOWELS = "bdfgklmnprstvz", "aeiou"
TODAY = date(2026, 11, 21)


@dataclass(frozen=True)
class Person:
    """Somebody who does not exist. Names of 10 and 12 letters that no word is made of, a document of state UTO."""

    number: int
    surname: str
    given_names: str
    document_number: str
    birth_date: str

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must not be found any more."""
        return (self.surname, self.given_names, self.document_number)

    def body(self, category: str) -> dict[str, Any]:
        """The person as an alert."""
        return {
            "category": category,
            "names": [{"surname": self.surname, "given_names": self.given_names, "kind": "main"}],
            "birth_dates": [self.birth_date],
            "sex": "F",
            "nationalities": ["D"],
            "documents": [{"type": "P", "issuing_state": "UTO", "number": self.document_number}],
            "reason": f"Invented reason about {self.surname}",
            "legal_basis": "UTO Act 1",
            "decision": f"D-{self.number}",
        }


def persons(count: int, seed: int) -> list[Person]:
    """So many persons, all different; the same for the same seed."""
    chance, known, made = random.Random(seed), set[str](), []  # noqa: S311 - invented names, not secrets

    def word(length: int) -> str:
        while True:
            text = "".join(chance.choice(CONSONANTS if at % 2 == 0 else VOWELS) for at in range(length)).capitalize()
            if text not in known:
                known.add(text)
                return text

    for number in range(count):
        letters = "".join(chance.choice("ABCDEFGHKLMNPRSTUVWXYZ") for _ in range(2))
        document = f"{letters}{chance.randrange(10**7):07}"
        born = date(1950 + chance.randrange(50), 1 + chance.randrange(12), 1 + chance.randrange(28)).isoformat()
        made.append(Person(number, word(10), word(12), document, born))
    return made


@dataclass(frozen=True)
class Crew:
    """Standings of the officers who act."""

    operator: Standing

    def of(self, name: str) -> Standing:
        """One of `ROLES`, at the lane where the role stands there."""
        at_lane = name in ("first", "second")
        return standing.by_name(name, POST if at_lane else None, LANE if at_lane else None)


def crew() -> Crew:
    """Authorities, a lane and officers, made where they are missing."""
    access.install("operator")
    operator = access.operator_standing("operator")
    sources.install_sources(operator)
    with transaction.atomic():
        Authority.objects.get_or_create(code="UTO", defaults={"name": "Utopia", "kind": "state"})
        Authority.objects.get_or_create(
            code=GUARD, defaults={"name": "Border Guard", "parent_id": "UTO", "kind": "border"}
        )
        Post.objects.get_or_create(
            code=POST, defaults={"name": "Port Meridian", "authority_id": GUARD, "zone": "UTC", "border": "air"}
        )
        Lane.objects.get_or_create(post_id=POST, code=LANE, defaults={"direction": "both"})
        epochs.bump("accounts")
    for username, role in ROLES.items():
        made = access.make_account(operator, username, username.title(), authority=GUARD)
        access.give_role(operator, made.account.pk, role, post=POST if username in ("first", "second") else None)
    return Crew(operator)


def _typed(person: Person) -> Typed:
    return Typed(
        surname=person.surname, given_names=person.given_names, birth_date=person.birth_date, sex="F", nationality="D",
        issuing_state="UTO", document_number=person.document_number, expiry_date="2031-01-01",
    )  # fmt: skip


def _zone(person: Person) -> str:
    fields = mrz.Fields(
        document_code="P", issuing_state="UTO", document_number=person.document_number, surname=person.surname,
        given_names=person.given_names, nationality="D", birth_date=PartialDate.parse(person.birth_date), sex="F",
        expiry_date=PartialDate.parse("2031-01-01"),
    )  # fmt: skip
    return "\n".join(mrz.write("TD3", fields))


def _read(here: Crew, person: Person) -> Any:
    officer = here.of("first")
    if person.number % 2:
        return frontier.check_text(officer, LANE, _zone(person), "entry")
    return frontier.check_typed(officer, LANE, _typed(person), "entry")


def _admitted(here: Crew, person: Person) -> None:
    crossing = frontier.admit(here.of("first"), _read(here, person).id)
    if person.number % 3 == 0:
        frontier.take_back(here.of("first"), crossing)


def _refused(here: Crew, person: Person) -> None:
    details = {"E": f"{person.surname} could not show a ticket"}
    frontier.refuse(here.of("first"), _read(here, person).id, ["E"], details)


def _referred(here: Crew, person: Person) -> None:
    item = frontier.refer(here.of("first"), _read(here, person).id, f"{person.given_names} gave another name before")
    frontier.claim_referral(here.of("second"), item)
    frontier.answer_referral(here.of("second"), item, "admit", f"Spoke with {person.surname}; nothing against her")


def _put_aside(here: Crew, person: Person) -> None:
    frontier.put_aside(here.of("first"), _read(here, person).id)


def _alerted(here: Crew, person: Person) -> None:
    """Entered by two persons, then met at the booth; of some the alert is deleted again."""
    made = alerts.propose_entry(
        here.of("editor"), person.body("REF-B"), reason=f"{person.surname} is banned", reference="external:D-1"
    )
    proposals.approve(here.of("approver"), made.pk)
    with suppress(NotAllowed):  # as it should be: the alert forbids it
        frontier.admit(here.of("first"), _read(here, person).id)
    if person.number % 4 == 0:
        gone = alerts.propose_deletion(
            here.of("editor"), str(made.subject), reason=f"{person.given_names} won her case", reference="external:D-2"
        )
        proposals.approve(here.of("approver"), gone.pk)


def _proposed(here: Crew, person: Person) -> None:
    """Proposed only: some wait, some are rejected."""
    made = alerts.propose_entry(
        here.of("editor"), person.body("JUD"), reason=f"{person.surname} is a witness", reference="external:D-3"
    )
    if person.number % 2:
        proposals.reject(here.of("approver"), made.pk, f"{person.given_names} has testified already")


def _photographed(here: Crew, person: Person) -> None:
    """A blob and an entry that waits in the outbox, about the identity of a check."""
    identity = Check.objects.values_list("identity", flat=True).get(id=_read(here, person).id)
    act = here.of("first").act("border-first-line", f"external:picture of {person.surname}")
    address = blobs.put(
        f"not really a face of {person.surname} {person.document_number}".encode(), identity, "identity"
    )
    with journal.writing():
        body = {"proposal": address, "reason": f"{person.surname}, {person.given_names}"}
        journal.append("proposal.noted", body, act, subjects=[identity], outbox=["exchange"])


def _asked(here: Crew, person: Person) -> None:
    """Asked about in a batch from the command line; then checked."""
    question = Question.from_json(
        {
            "id": str(person.number),
            "surname": person.surname,
            "given_names": person.given_names,
            "birth_date": person.birth_date,
        },
        TODAY,
    )
    search.ask([question], here.operator, "border-second-line", f"external:batch-{person.number}")
    _put_aside(here, person)


DEEDS: tuple[Callable[[Crew, Person], None], ...] = (
    _admitted, _refused, _referred, _put_aside, _alerted, _proposed, _photographed, _asked,
)  # fmt: skip


def plant(here: Crew, people: Sequence[Person], folder: Path) -> None:
    """Each person gets one of the deeds; every third is then listed, some of these also laid over the list, and met again."""
    for person in people:
        DEEDS[person.number % len(DEEDS)](here, person)
    listed = [person for person in people if person.number % 3 == 0]
    _load(here, listed, folder)
    _overlay(here, [person for person in listed if person.number % 9 == 0])
    for person in listed[::2]:
        frontier.refer(here.of("first"), _read(here, person).id, f"{person.surname} stands in the list")


def _load(here: Crew, listed: Sequence[Person], folder: Path) -> None:
    heading = "record_id,category,surname,given_names,birth_date,documents,reason"
    rows = [
        f"L-{p.number},JUD,{p.surname},{p.given_names},{p.birth_date},P:UTO:{p.document_number},invented about {p.surname}"
        for p in listed
    ]
    rows += [
        f"KEEP-{number},JUD,Keptalways{number},Keptalways,1970-01-01,,kept" for number in range(max(len(listed), 20))
    ]
    path = folder / "alerts.csv"
    path.write_text("\n".join([heading, *rows, f"#end,{len(rows)}", ""]), encoding="utf-8")
    lists.load(here.operator, "alerts-csv", path, reference="external:list")
    path.unlink()


def _overlay(here: Crew, people: Sequence[Person]) -> None:
    act = here.of("editor").act("alert-management", "external:urgent")
    for person in people:
        with journal.writing():
            live.put(
                "alerts",
                f"L-{person.number}",
                person.body("JUD"),
                act,
                now=datetime.now(UTC),
                source="alerts-csv",
                category="JUD",
            )
