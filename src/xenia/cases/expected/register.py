"""The register of expected persons, as the one search asks it: it knows whom to expect, and nothing of the case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from xenia.cases import catalogue
from xenia.cases.expected import at_units, lookup
from xenia.matching import Match
from xenia.registers.live import ages
from xenia.registers.port import Age, Candidate, Probe
from xenia.registers.reference import read as reference

if TYPE_CHECKING:
    from xenia.registers.live.lookup import LiveFound

NAME = "expected"
MOST = 10


@dataclass(frozen=True)
class ExpectedRegister:
    """Persons whose transfer to this state is confirmed. At a centre always of this moment: it has no list and no age."""

    name: str = NAME
    groups: frozenset[str] = frozenset({"flag", "identity", "instruction"})

    @property
    def label(self) -> str:
        """Name for people, in the reader's language."""
        return str(_("Persons expected"))

    def fits(self, probe: Probe) -> bool:
        """Whether anybody is expected at all; where nobody is, nobody is asked about."""
        return at_units.fits() or bool(lookup.by_key())

    def look_up(self, probes: Sequence[Probe], live: LiveFound) -> list[list[Candidate]]:
        """Candidates for each probe, best first; EXACT and LIKELY only."""
        here = at_units.find(probes)
        return [
            [_candidate(one) for one in some[:MOST]] + [_without_a_name(one) for one in keys[:MOST]]
            for some, keys in zip(lookup.find(probes), here, strict=True)
        ]

    def ages(self, now: datetime) -> tuple[Age, ...]:
        """None: what is known is known live. At a unit as old as the centre's last word."""
        return ages.of(NAME, now)


def _candidate(found: lookup.Found) -> Candidate:
    claim = found.claim
    name = claim.main_name()
    identity = {
        "name": ", ".join(part for part in (name.surname, name.given_names) if part) or name.full,
        "birth_date": claim.birth_date.iso() if claim.birth_date else "",
        "sex": claim.sex,
        "nationality": claim.nationality,
    }
    return _of(found.expected, found.match, identity)


def _without_a_name(found: at_units.Here) -> Candidate:
    return _of(found.expected, found.match, {})


def _of(one: lookup.Expected, match: Match, identity: dict[str, str]) -> Candidate:
    words = sentence(one)
    return Candidate(
        register=NAME,
        source="",
        record_id=str(one.case),
        subject=one.identity,
        owner=one.owner,
        match=match,
        category=NAME,
        handling="open",
        severity="info",
        second_line=False,
        fields={
            "flag": {"register": NAME},
            "identity": identity,
            "instruction": {"first": words, "second": words},
        },
    )


def sentence(one: lookup.Expected) -> str:
    """What the officer reads: which case, and who hands over. Nothing of what the case holds."""
    procedure = catalogue.procedures().get(one.procedure)  # a unit may lack the pack
    called = procedure.text("procedure", get_language() or "en").lower() if procedure else one.procedure[0]
    return _("Expected: %(procedure)s %(reference)s, hand-over from %(state)s") % {
        "procedure": called,
        "reference": one.reference,
        "state": reference.state_name(one.state) or one.state,
    }


EXPECTED = ExpectedRegister()
