"""The register of stays, as the one search asks it: it knows the traveller and warns of nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from xenia.identity.claim import Claimed
from xenia.registers.port import Age, Candidate, Probe
from xenia.registers.stays import lookup
from xenia.registers.stays.lookup import Person

if TYPE_CHECKING:
    from xenia.registers.live.lookup import LiveFound

MOST = 25


@dataclass(frozen=True)
class StaysRegister:
    """Entries, exits and refusals recorded by this installation. Always of this moment: it has no list and no age."""

    name: str = "stays"
    groups: frozenset[str] = frozenset({"flag", "identity", "document", "crossing", "status"})

    @property
    def label(self) -> str:
        """Name for people, in the reader's language."""
        return str(_("Stays"))

    def look_up(self, probes: Sequence[Probe], live: LiveFound) -> list[list[Candidate]]:
        """Candidates for each probe, best first. Two queries by document, whether anybody is found or not."""
        found = lookup.find(probes)
        return [
            [_candidate(one, probe.on) for one in persons[:MOST]] for probe, persons in zip(probes, found, strict=True)
        ]

    def ages(self, now: datetime) -> tuple[Age, ...]:
        """None: what is known is known live."""
        return ()


def _candidate(person: Person, on: date) -> Candidate:
    file = person.file
    status = lookup.status(person, on)
    claim = file.kept.claim if file.kept else Claimed(())
    return Candidate(
        register="stays",
        source="",
        record_id=str(file.id),
        subject=file.id,
        owner=file.owner,
        match=person.match,
        category="stays",
        handling=file.handling,
        severity="info",
        second_line=False,
        fields={
            "flag": {"register": "stays"},
            "identity": identity_fields(claim),
            "document": {
                "documents": [
                    {"type": d.type, "issuing_state": d.issuing_state, "number": d.number} for d in claim.documents
                ]
            },
            "crossing": {"stays": [stay[:2] for stay in status["stays"]]},
            "status": status,
        },
    )


def identity_fields(claim: Claimed) -> Mapping[str, Any]:
    """The identity group of a claim."""
    name = claim.main_name()
    shown = ", ".join(part for part in (name.surname, name.given_names) if part) or name.full
    return {
        "name": shown,
        "birth_date": claim.birth_date.iso() if claim.birth_date else "",
        "sex": claim.sex,
        "nationality": claim.nationality,
    }


STAYS = StaysRegister()
