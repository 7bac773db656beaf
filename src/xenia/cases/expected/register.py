"""The register of expected persons, as the one search asks it: it knows whom to expect, and nothing of the case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from xenia.cases import catalogue
from xenia.cases.expected import lookup
from xenia.registers.port import Age, Candidate, Probe
from xenia.registers.reference import read as reference

if TYPE_CHECKING:
    from xenia.registers.live.lookup import LiveFound

NAME = "expected"
MOST = 10


@dataclass(frozen=True)
class ExpectedRegister:
    """Persons whose transfer to this state is confirmed. Always of this moment: it has no list and no age."""

    name: str = NAME
    groups: frozenset[str] = frozenset({"flag", "identity", "instruction"})

    @property
    def label(self) -> str:
        """Name for people, in the reader's language."""
        return str(_("Persons expected"))

    def fits(self, probe: Probe) -> bool:
        """Whether anybody is expected at all; where nobody is, nobody is asked about."""
        return bool(lookup.by_key())

    def look_up(self, probes: Sequence[Probe], live: LiveFound) -> list[list[Candidate]]:
        """Candidates for each probe, best first; EXACT and LIKELY only."""
        return [[_candidate(one) for one in some[:MOST]] for some in lookup.find(probes)]

    def ages(self, now: datetime) -> tuple[Age, ...]:
        """None: what is known is known live."""
        return ()


def _candidate(found: lookup.Found) -> Candidate:
    one, claim = found.expected, found.claim
    name = claim.main_name()
    words = sentence(one)
    return Candidate(
        register=NAME,
        source="",
        record_id=str(one.case),
        subject=one.identity,
        owner=one.owner,
        match=found.match,
        category=NAME,
        handling="open",
        severity="info",
        second_line=False,
        fields={
            "flag": {"register": NAME},
            "identity": {
                "name": ", ".join(part for part in (name.surname, name.given_names) if part) or name.full,
                "birth_date": claim.birth_date.iso() if claim.birth_date else "",
                "sex": claim.sex,
                "nationality": claim.nationality,
            },
            "instruction": {"first": words, "second": words},
        },
    )


def sentence(one: lookup.Expected) -> str:
    """What the officer reads: which case, and who hands over. Nothing of what the case holds."""
    procedure = catalogue.procedures()[one.procedure]
    return _("Expected: %(procedure)s %(reference)s, hand-over from %(state)s") % {
        "procedure": procedure.text("procedure", get_language() or "en").lower(),
        "reference": one.reference,
        "state": reference.state_name(one.state) or one.state,
    }


EXPECTED = ExpectedRegister()
