"""Whom the rules of entry are for: the territory and the categories of travellers, as data with source (`territory.json`).

Pure but for reading that file once. The installation's own state is given by the caller.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from xenia.frontier import inforce

CATEGORIES = (
    "own-national", "free-movement", "permit-holder", "crew", "diplomat", "service-passport",
    "refugee-document", "stateless", "transit", "visa-exempt", "visa-required", "visa-rule-unknown",
)  # fmt: skip
NOT_SUBJECT = frozenset({"own-national", "free-movement"})
"""Categories that leave no record of a stay: neither visa nor days are asked of them."""
ORGANISATIONS = frozenset({"UNO", "UNA", "EUE", "XOM", "XPO", "XCE"})
# ICAO Doc 9303 part 3 section 5: persons without a nationality of a state.
STATELESS, REFUGEES = frozenset({"XXA"}), frozenset({"XXB", "XXC"})


@dataclass(frozen=True)
class Territory:
    """One profile for one state. `states`: count stays together with it; `visa_required` None: not known here."""

    own: str
    states: frozenset[str]
    free_movement: frozenset[str]
    visa_required: frozenset[str] | None
    transit_visa_required: frozenset[str]
    exempt_documents: frozenset[str]

    def has(self, code: str) -> bool:
        """Whether a document of this code is of a participating state."""
        return code in self.states

    def visa_rule(self, nationality: str) -> str:
        """`visa-required`, `visa-exempt`, or `visa-rule-unknown` where the lists say nothing."""
        if self.visa_required is None or not nationality:
            return "visa-rule-unknown"
        return "visa-required" if nationality in self.visa_required else "visa-exempt"


@inforce.cached
def territory_of(own: str) -> Territory:
    """The profile of a state: the one that names it, else the one of a state for itself."""
    profiles: list[dict[str, Any]] = json.loads(inforce.text("territory.json"))["profiles"]
    return _of(next((one for one in profiles if own in one["states"]), profiles[-1]), own)


def read(text: str) -> list[Territory]:
    """Every profile of a text. Raises `ValueError` and its like where it is none."""
    found = [_of(one, "") for one in json.loads(text)["profiles"]]
    if not found:
        raise ValueError("no profile")
    return found


def _of(found: dict[str, Any], own: str) -> Territory:
    required = found["visa_required"]
    states = frozenset(found["states"]) | {own}
    return Territory(
        own=own,
        states=states,
        free_movement=frozenset(found["free_movement"]) | states,
        visa_required=None if required is None else frozenset(required),
        transit_visa_required=frozenset(found["transit_visa_required"]),
        exempt_documents=frozenset(name for name, yes in found["exempt_documents"].items() if yes),
    )


def category(
    territory: Territory, nationality: str, document_code: str, issuing_state: str, *, crew: bool = False
) -> str:
    """What a document by itself makes of its holder. Permits, long-stay visas and transit are for `conditions`.

    Letters of passports as ICAO Doc 9303 part 4 fixes them from 2026 (D, S, R, T), and `AC` for crew cards.
    """
    code = document_code.upper()
    if nationality in STATELESS or code == "PT":
        return "stateless"
    if nationality in REFUGEES or code == "PR":
        return "refugee-document"
    if nationality == territory.own:
        return "own-national"
    if nationality in territory.free_movement:
        return "free-movement"
    if crew or code in ("AC", "CR"):
        return "crew"
    if code == "PD":
        return "diplomat"
    if code == "PS" or issuing_state in ORGANISATIONS:
        return "service-passport"
    return territory.visa_rule(nationality)


def is_residence_card(territory: Territory, nationality: str, document_code: str, issuing_state: str) -> bool:
    """Whether a card was issued by a participating state to a national of none of them."""
    card = document_code[:1] in ("A", "I", "C") and document_code.upper() not in ("AC", "CR")
    return card and territory.has(issuing_state) and nationality not in territory.free_movement


def at_home(direction: str, category: str) -> bool:
    """Whether somebody enters the own state, which nobody may be refused.

    Source: Protocol No. 4 to the European Convention on Human Rights, Art. 3(2).
    """
    return direction == "entry" and category == "own-national"


def is_visa(document_code: str) -> bool:
    """Whether these are the lines of a visa (ICAO Doc 9303 part 7)."""
    return document_code[:1] == "V"
