"""A handful of readmission cases between the demo and its neighbour, moved by the same actions that officers use.

Each person of the cast has a state at which the case is left for whoever looks at the demonstration.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings

from xenia.access import standing as access
from xenia.cases import actions, catalogue
from xenia.cases.models import Case
from xenia.exchange.models import Partner
from xenia.identity import actions as identity
from xenia.journal import clock
from xenia.site.demo import neighbour, portraits, world
from xenia.site.story import forms, plot
from xenia.work import proposals
from xenia.work.models import Proposal

PROCEDURE, PROFILE = "readmission", "UTO-ARC"
OTHER: Final = {world.STATE: neighbour.STATE, neighbour.STATE: world.STATE}


@dataclass(frozen=True)
class Person:
    """Somebody invented. `asked_by`: the requesting state; `until`: the state in which the case is left."""

    surname: str
    given_names: str
    birth_date: str
    sex: str
    asked_by: str
    until: str
    refused: bool = False


CAST: Final = (
    Person("Orvaneli", "Sabet Lun", "1989-03-14", "M", neighbour.STATE, "received"),
    Person("Tindaros", "Mela", "1996-07-02", "F", neighbour.STATE, "verifying"),
    Person("Hasvikar", "Dorn Ilo", "1978-12-19", "M", neighbour.STATE, "td_pending"),
    Person("Belduramir", "Ilka Noemi", "1991-11-23", "F", neighbour.STATE, "transfer_confirmed"),
    Person("Quessimo", "Tarl", "1984-01-30", "M", neighbour.STATE, "refused", refused=True),
    Person("Vandemeer", "Osk Henrik", "1990-09-09", "M", world.STATE, "accepted"),
    Person("Lissander", "Cora", "2001-05-21", "F", world.STATE, "draft"),
)


@dataclass(frozen=True)
class Step:
    """What is done in a state: at which side, by whom, with which answers."""

    side: str
    who: str
    action: str
    said: Mapping[str, Any]


def more() -> int:
    """One step in each case that has not come to where it is left; new cases where some are missing. How many steps were done.

    What has once come there is never touched again: it is for whoever looks at the demonstration.
    """
    left = _left()
    waiting = [person for person in CAST if person.surname not in left]
    if not waiting or settings.XENIA_STATE not in OTHER or not Partner.objects.filter(closed_at=None).exists():
        return 0
    known = _cases()
    done = 0
    for person in waiting:
        case = known.get(person.surname)
        if case is None:
            done += _open(person) if person.asked_by == settings.XENIA_STATE else 0
        elif case.state == person.until:
            _keep(left := left | {person.surname})
        else:
            done += _move(person, case)
    return done


def _file() -> Path:
    return Path(settings.XENIA_HOME) / "demo-readmissions.json"


def _left() -> set[str]:
    """Who has come to the state in which the case is left."""
    return set(json.loads(_file().read_text(encoding="utf-8"))) if _file().exists() else set()


def _keep(left: set[str]) -> None:
    _file().write_text(json.dumps(sorted(left)), encoding="utf-8")


def _cases() -> dict[str, Case]:
    found = Case.objects.filter(procedure=PROCEDURE, closed_at=None)
    rows = {row.identity: row for row in found if row.identity is not None}
    claims = identity.read(list(rows))
    return {claim.main_name().surname: rows[one] for one, claim in claims.items()}


def _open(person: Person) -> int:
    other = OTHER[person.asked_by]
    partner = Partner.objects.filter(closed_at=None, address__startswith=f"{other}/").first()
    if partner is None:
        return 0
    who = {name: getattr(person, name) for name in ("surname", "given_names", "birth_date", "sex")}
    passport = {"document.number": f"UX44{10 + CAST.index(person):02d}117"}
    form = _form("application", plot.application(who, _agreement(person), proof="copy_of_proof") | passport)
    actions.start(
        access.by_name("tamsin"), PROCEDURE, side="requesting", profile=PROFILE, counterpart=partner.address, form=form
    )
    return 1


def _agreement(person: Person) -> plot.Agreement:
    return plot.Agreement(PROFILE, person.asked_by, OTHER[person.asked_by], silence_is_consent=True, reply_days=15)


def _step(person: Person, case: Case) -> Step | None:
    paper = {"number": f"UX9{case.id.int % 10**6:06d}", "issued_on": "+0", "valid_until": "+60"}
    reply = (
        Step("requested", "lead", "refuse", {"reasons": ["evidence_insufficient"], "explanation": plot.EXPLAINED})
        if person.refused
        else Step("requested", "lead", "accept", {"ground": "own_national", "document_needed": True})
    )
    return {
        "draft": Step("requesting", "lead", "submit", {}),
        "received": Step("requested", "tamsin", "verify", {}),
        "verifying": reply,
        "accepted": Step("requesting", "tamsin", "request_document", {"needed_by": "+20"}),
        "td_pending": Step("requested", "consul", "issue", paper),
        "td_issued": Step("requesting", "lead", "notify", plot.flight(_agreement(person))),
        "transfer_notified": Step("requested", "tamsin", "confirm", {}),
    }.get(case.state)


def _move(person: Person, case: Case) -> int:
    step = _step(person, case)
    if step is None or step.side != case.side:
        return 0
    if case.identity is None or Proposal.objects.filter(subject=case.identity, state="waiting").exists():
        return 0
    if step.action == "notify":
        actions.act(access.by_name("tamsin"), case.id, "plan", _form("transfer", step.said))
    if step.action == "submit" and not case.documents.filter(kind="photograph").exists():
        picture = portraits.photograph(f"{person.surname} {person.given_names}")
        actions.attach(access.by_name("tamsin"), case.id, "photograph", "photograph.png", "image/png", picture)
    name = catalogue.of(case).actions[step.action].form
    done = actions.act(access.by_name(step.who), case.id, step.action, _form(name, step.said) if name else None)
    if done.proposal is not None:
        proposals.approve(access.by_name("lead2"), done.proposal.pk)
    return 1


def _form(name: str, said: Mapping[str, Any]) -> dict[str, Any]:
    today = clock.now().astimezone(ZoneInfo(world.ZONE)).date()
    return forms.fill(catalogue.latest(PROCEDURE).forms[name], said, today)
