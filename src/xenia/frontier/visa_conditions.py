"""What is asked of visas and permits, and what speaks against one. Pure.

Source: Regulation (EC) 810/2009 Art. 24 to 26, Regulation (EU) 2018/1806.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from xenia.frontier.check import FindingView
from xenia.frontier.facts import Case, StaysKnown, VisaKnown, day, finding
from xenia.frontier.territory import Territory
from xenia.registers.stays import rules as stays_rules

PERMITS = {"P": "permit", "D": "long-stay-visa"}
"""Kinds that give a right to live here, and the basis of a stay under each."""
GONE = ("revoked", "annulled", "falsified", "stolen", "lost")


def best_visa(visas: Sequence[VisaKnown], on: date) -> VisaKnown | None:
    """The one that the traveller would use: in force before coming, coming before over; permits first, then the longest."""

    def rank(visa: VisaKnown) -> tuple[bool, bool, bool, str, date]:
        over = visa.valid_until is not None and visa.valid_until < on
        kind = {"P": "3", "D": "2", "C": "1"}.get(visa.type, "0")
        return (visa.status not in GONE, in_force(visa, on), not over, kind, visa.valid_until or date.max)

    return max(visas, key=rank, default=None)


def in_force(visa: VisaKnown, on: date) -> bool:
    """Whether it holds on that day and was not taken away."""
    begun = visa.valid_from is None or visa.valid_from <= on
    return begun and (visa.valid_until is None or on <= visa.valid_until) and visa.status not in GONE


def needs_visa(case: Case, category: str) -> bool | None:
    """Whether a visa is asked for; None where the lists of this territory do not say."""
    who, own = case.who, case.territory
    if category == "permit-holder":
        return False
    if category in ("crew", "diplomat"):
        return False if category in own.exempt_documents else _by_rule(own, who.nationality)
    if category == "service-passport":
        return False if "service" in own.exempt_documents else _by_rule(own, who.nationality)
    if category in ("refugee-document", "stateless"):
        return False if own.has(who.issuing_state) else _by_rule(own, who.issuing_state)
    if category == "transit":
        return who.nationality in own.transit_visa_required
    return _by_rule(own, who.nationality)


def _by_rule(own: Territory, code: str) -> bool | None:
    return {"visa-required": True, "visa-exempt": False}.get(own.visa_rule(code))


def visa_findings(case: Case, category: str, visa: VisaKnown | None, known: StaysKnown) -> list[FindingView]:
    """What speaks against the visa, or that there is none where one is needed."""
    needed = needs_visa(case, category)
    if needed is None and visa is None:
        text, act = _("Whether a visa is needed is not known here"), _("Ask for visa or permit, and look at it.")
        return [finding("visa-rule", "look", text, act)]
    if not needed:
        return _expired_permit(case, category, visa)
    if visa is None:
        return [] if case.visa_warned else [_no_visa(case, category)]
    return [*_visa_dates(case, visa, known), *_visa_sticker(case, visa)]


def _expired_permit(case: Case, category: str, visa: VisaKnown | None) -> list[FindingView]:
    """A permit that is over is told also where its holder may enter without one."""
    if visa is None or visa.type not in PERMITS or category == "permit-holder" or visa.valid_until is None:
        return []
    text = _("The residence permit ended on %(date)s") % {"date": day(visa.valid_until)}
    return [finding("permit-over", "look", text, _("Days count as a short stay from now on. Tell the traveller."))]


def _no_visa(case: Case, category: str) -> FindingView:
    if not case.visas_asked:
        text, act = (
            _("Whether there is a visa could not be asked"),
            _("Look for the visa in the passport. Refer if in doubt."),
        )
        return finding("visa-unknown", "look", text, act)
    if category == "transit":
        text, act = _("No visa for airport transit"), _("Refer to second line.")
        return finding("transit-visa", "stop", text, act)
    text, act = (
        _("A visa is needed, none is known"),
        _("Look for a visa in this or another passport and read it. If there is none, refer."),
    )
    return finding("visa-missing", "stop", text, act)


def _visa_dates(case: Case, visa: VisaKnown, known: StaysKnown) -> list[FindingView]:
    second = _("Refer to second line.")
    if visa.valid_until is not None and visa.valid_until < case.on:
        permit = visa.type in PERMITS
        words = _("The residence permit ended on %(date)s") if permit else _("The visa ended on %(date)s")
        text = words % {"date": day(visa.valid_until)}
        return [finding("permit-expired" if permit else "visa-expired", "stop", text, second)]
    if visa.valid_from is not None and case.on < visa.valid_from:
        text = _("The visa begins on %(date)s") % {"date": day(visa.valid_from)}
        return [finding("visa-not-yet", "stop", text, second)]
    if visa.type == "A" and not case.transit:
        return [finding("visa-missing", "stop", _("The visa is for airport transit only"), second)]
    if visa.territory and case.territory.own not in visa.territory and not _whole_area(case, visa):
        text = _("The visa does not hold here, only in %(states)s") % {"states": ", ".join(visa.territory)}
        return [finding("visa-territory", "stop", text, second)]
    return _visa_used(case, visa, known)


def _whole_area(case: Case, visa: VisaKnown) -> bool:
    return bool({"ALL", "AREA", "SCHENGEN"} & set(visa.territory))


def _visa_used(case: Case, visa: VisaKnown, known: StaysKnown) -> list[FindingView]:
    used = known.on_visa(visa.sticker)
    if visa.entries is not None and len(used) >= visa.entries:
        words = ngettext(
            "The only entry of the visa is used", "All %(count)d entries of the visa are used", visa.entries
        )
        return [finding("visa-entries", "stop", words % {"count": visa.entries}, _("Refer to second line."))]
    terms = stays_rules.Visa(days=visa.days)
    if visa.days is not None and stays_rules.allowance((), case.on, terms, used, short=False).until is None:
        words = ngettext("The only day of the visa is used", "All %(count)d days of the visa are used", visa.days)
        return [finding("visa-days", "stop", words % {"count": visa.days}, _("Refer to second line."))]
    return []


def _visa_sticker(case: Case, visa: VisaKnown) -> list[FindingView]:
    found = []
    shown = case.who.document_number
    if visa.passport_number and shown and visa.passport_number != shown:
        text = _("The visa was issued in another passport, %(number)s") % {"number": visa.passport_number}
        found.append(finding("visa-passport", "look", text, _("Ask for that passport too, and compare the two.")))
    if visa.read and not visa.registered and case.visas_asked:
        text, act = (
            _("The visa read is not in the register of visas"),
            _("Look closely at the sticker. Refer if in doubt."),
        )
        found.append(finding("visa-unregistered", "look", text, act))
    return found


def with_document(visas: Sequence[VisaKnown], read: VisaKnown | None) -> tuple[VisaKnown, ...]:
    """The visas of the register, the one whose lines were read marked, or added where the register does not hold it."""
    if read is None:
        return tuple(visas)
    numbers = {one.sticker for one in visas}
    if read.sticker in numbers:
        return tuple(replace(one, read=True) if one.sticker == read.sticker else one for one in visas)
    return (*visas, read)
