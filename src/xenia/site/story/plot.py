"""What happens in the story of a readmission: a silence, a refusal, a second application, papers that run out, and the border."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from xenia.site.story.pair import Pair

FIRST = {"surname": "Qvarnsteli", "given_names": "Tamaz Orlo", "birth_date": "1984-05-06", "sex": "M"}
SECOND = {"surname": "Belduramir", "given_names": "Ilka Noemi", "birth_date": "1991-11-23", "sex": "F"}
EXPLAINED = "The register shows nobody of this name and birth date."
PASSPORT, PAPER, RENEWED = "UX4400117", "UX9000001", "UX9000002"


@dataclass(frozen=True)
class Agreement:
    """What the story needs to know of the agreement. `reply_days`: after how many days a silence is certainly one.

    `own`: deadlines that only one side has, since what begins them is not sent.
    """

    profile: str
    requesting: str
    requested: str
    silence_is_consent: bool
    reply_days: int
    own: frozenset[str] = frozenset()


def application(person: Mapping[str, str], of: Agreement, *, proof: str) -> dict[str, Any]:
    """Answers of the application for an own national of the requested state."""
    return {
        "category": "own_national",
        "known_on": "+0",
        **{f"person.{name}": value for name, value in person.items()},
        "person.nationality": of.requested,
        "document.type": "P",
        "document.number": PASSPORT,
        "document.issuing_state": of.requested,
        "document.copy": True,
        "evidence.nationality_prima_facie": [proof],
        "stateless": False,
        "accelerated": False,
    }


def tell(pair: Pair, of: Agreement, *, short: bool = False) -> None:
    """The whole story; `short`: without the silence and the refusal."""
    if not short:
        silence(pair, of)
        refusal(pair, of)
    transfer(pair, of, previous="" if short else pair.thread)


def silence(pair: Pair, of: Agreement) -> None:
    """An application that nobody answers."""
    pair.chapter = "Nobody answers"
    _apply(pair, of, FIRST, proof="own_statement")
    pair.pass_days(of.reply_days)
    title = "The time to reply passes in silence"
    note = (
        "Silence is consent under this agreement."
        if of.silence_is_consent
        else "This agreement has no consent by silence: the case waits for its reply."
    )
    pair.tell(title, "the clock, both", note)
    if not of.silence_is_consent:
        pair.act("requesting", "officer", "withdraw", "The application is withdrawn")


def refusal(pair: Pair, of: Agreement) -> None:
    """An application that is refused with a reason."""
    pair.chapter = "A refusal"
    _apply(pair, of, SECOND, proof="own_statement")
    pair.act("requested", "officer", "verify", "The registers are asked")
    said = {"reasons": ["evidence_insufficient"], "explanation": EXPLAINED}
    pair.act("requested", "lead", "refuse", "Refused, with a reason", said)


def transfer(pair: Pair, of: Agreement, previous: str = "") -> None:
    """New evidence, consent, travel document, renewal, transfer, arrival."""
    pair.chapter = "New evidence, and the way home"
    pair.pass_days(2)
    _apply(pair, of, SECOND, proof="copy_of_proof", previous=previous)
    pair.act("requested", "officer", "verify", "The registers are asked again")
    pair.pass_days(3)
    pair.act("requested", "lead", "accept", "Accepted", {"ground": "own_national", "document_needed": True})
    _papers(pair)
    pair.act("requesting", "officer", "plan", "The flight is booked", flight(of))
    pair.act("requesting", "lead", "notify", "The transfer is announced")
    pair.act("requested", "officer", "confirm", "The transfer is confirmed")
    pair.pass_days(12)
    who = {**SECOND, "nationality": of.requested, "number": RENEWED}
    seen = pair.sides["requested"].ask("at_the_border", **who)
    expected = next((fact for fact in seen["facts"] if "xpected" in fact), "")
    pair.tell("Admitted at the lane; the case knows", "border officer, requested", f"The officer read: {expected}")
    pair.do("requesting", "officer", "close")
    pair.do("requested", "officer", "close")
    pair.tell("Closed on both sides", "officer, both")


def _apply(pair: Pair, of: Agreement, person: Mapping[str, str], *, proof: str, previous: str = "") -> None:
    title = "Applied for again, with new evidence" if previous else "A case is opened"
    pair.create(title, of.profile, application(person, of, proof=proof), previous)
    pair.sides["requesting"].ask(
        "attach_photograph", who="officer", thread=pair.thread, name=f"{person['surname']} {person['given_names']}"
    )
    pair.act("requesting", "lead", "submit", "Submitted; the signed receipt starts the clock")


def _papers(pair: Pair) -> None:
    pair.act("requesting", "officer", "request_document", "A travel document is asked for", {"needed_by": "+20"})
    paper: dict[str, Any] = {"issued_on": "+0", "valid_until": "+14"}
    pair.act("requested", "consul", "issue", "A travel document is issued", {"number": PAPER, **paper})
    pair.pass_days(16)
    pair.tell("The travel document runs out unused", "the clock, both")
    paper = {"issued_on": "+0", "valid_until": "+60", "renewed": True}
    pair.act("requested", "consul", "issue", "Renewed", {"number": RENEWED, **paper})


def flight(of: Agreement) -> dict[str, Any]:
    """Answers of the notice of a transfer by air, without escort."""
    return {
        "date": "+12",
        "time": "14:20",
        "border_point": f"{of.requested}-AP1",
        "mode": "air",
        "flight": "XQ 204",
        "voluntary": False,
        "persons": 1,
    }
