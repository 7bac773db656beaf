"""Why a traveller waits, in few words: the category of a hit, or what was found about document, visa and stay."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from xenia.frontier.record import Kept, KeptHit
from xenia.registers import catalogue
from xenia.registers.alerts.categories import categories
from xenia.registers.lost_documents.register import meanings as lost_meanings
from xenia.registers.meanings import Meaning
from xenia.registers.notices.register import meanings as notice_meanings
from xenia.registers.vehicles.register import meanings as vehicle_meanings
from xenia.registers.visas.register import meanings as visa_meanings

MEANINGS: Final[Mapping[str, Callable[[], Mapping[str, Meaning]]]] = {
    "lost_documents": lost_meanings,
    "notices": notice_meanings,
    "vehicles": vehicle_meanings,
    "visas": visa_meanings,
}
# Whose hits go before all others: persons who are wanted, missing or dangerous, and not documents.
OF_PERSONS: Final = frozenset({"alerts", "notices"})
FINDINGS: Final[Mapping[str, str | Promise]] = {
    "expired": _("The document has expired"),
    "expires-soon": _("The document expires within three months"),
    "check-digits": _("The check digits do not agree"),
    "lines": _("The lines are not as their standard wants"),
    "issuing-state": _("The issuing state is not in the list of codes"),
    "passport-old": _("The passport was issued too long ago"),
    "visa-missing": _("A visa is needed, none is known"),
    "visa-expired": _("The visa has expired"),
    "visa-not-yet": _("The visa is not yet valid"),
    "visa-territory": _("The visa does not hold here"),
    "visa-entries": _("The entries of the visa are used"),
    "visa-days": _("The days of the visa are used"),
    "visa-passport": _("The visa is in another passport"),
    "visa-unregistered": _("The visa read is not in the register of visas"),
    "visa-unknown": _("Whether there is a visa could not be asked"),
    "visa-rule": _("Whether a visa is needed is not known here"),
    "permit-expired": _("The residence permit has expired"),
    "transit-visa": _("No visa for airport transit"),
    "stay-used-up": _("No days of stay are left"),
    "fewer-days": _("Fewer days are left than asked for"),
    "still-inside": _("No exit recorded"),
    "no-entry": _("No entry is recorded"),
    "overstay": _("Stayed too long"),
    "refused-lately": _("Entry was refused lately"),
    "minor-alone": _("A minor who travels alone"),
}
REQUESTS: Final[Mapping[str, str | Promise]] = {
    "visa-at-border": _("Visa at the border"),
    "humanitarian": _("Entry on humanitarian grounds"),
    "transit-home": _("Transit to the state that issued a permit"),
}
MOST: Final = 3


def category_label(register: str, category: str) -> str:
    """What the category of a record is called; empty for one that nobody knows, or that may not be seen."""
    if register == "alerts":
        known = categories().get(category)
        return known.label_here() if known else ""
    meaning = MEANINGS[register]().get(category) if register in MEANINGS else None
    return meaning.label_here() if meaning else ""


def words(kept: Kept | None, *, silent: bool = False) -> tuple[str, ...]:
    """The gravest reasons of a referral, at most three; `Officer's doubt` where nothing else was found."""
    if kept is None:
        return (str(_("Officer's doubt")),)
    hits = sorted(kept.silent if silent else kept.hits, key=_weight)
    found = [category_label(hit.register, hit.category) or catalogue.register(hit.register).label for hit in hits]
    if not silent:
        found += [str(REQUESTS[word]) for word in (str(kept.trip.get("request", "")),) if word in REQUESTS]
        found += [str(FINDINGS[code]) for code in kept.findings if code in FINDINGS]
    return tuple(dict.fromkeys(found))[:MOST] or (str(_("Officer's doubt")),)


def _weight(hit: KeptHit) -> int:
    grave = hit.band != "POSSIBLE" and hit.severity == "stop"
    return 0 if grave and hit.second_line and hit.register in OF_PERSONS else 1 if grave else 3


def gravity(kept: Kept | None, verdict: str, *, silent: bool = False) -> int:
    """Who is seen first: 0 a wanted, missing or dangerous person, 1 another hit that stops, 2 what else stops, 3 to look at."""
    hits = () if kept is None else kept.silent if silent else kept.hits
    return min([2 if verdict == "stop" else 3, *(_weight(hit) for hit in hits)])
