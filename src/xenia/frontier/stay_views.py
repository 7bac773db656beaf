"""What the page shows of a visa and of the days of stay. Pure."""

from __future__ import annotations

from django.utils.translation import gettext as _

from xenia.frontier.assessing import Weighed
from xenia.frontier.check import StayView, Verdict, VisaView
from xenia.frontier.facts import StaysKnown
from xenia.registers.reference import read as reference
from xenia.registers.stays.ruler import ruler


def visa_view(weighed: Weighed) -> VisaView | None:
    """The visa or permit that the traveller would use; None where none is known."""
    visa = weighed.found.visa
    if visa is None:
        return None
    used = (weighed.case.stays or StaysKnown()).on_visa(visa.sticker)
    return VisaView(
        sticker=visa.sticker,
        issuing_state=visa.issuing_state,
        type=visa.type,
        type_label=reference.label("visa-type", visa.type),
        valid_from=visa.valid_from,
        valid_until=visa.valid_until,
        entries=visa.entries,
        used=len(used),
        days=visa.days,
        read=visa.read,
        registered=visa.registered,
    )


def stay_view(weighed: Weighed, verdict: Verdict) -> StayView | None:
    """How the days stand; None where none are counted, or where something else than the days stops the traveller."""
    found, case = weighed.found, weighed.case
    stops = [one.code for one in found.findings if one.severity == "stop"]
    if found.situation is None or (verdict == "stop" and stops != ["stay-used-up"]):
        return None
    known = case.stays or StaysKnown()
    until = found.until if case.direction == "entry" else known.authorised_until
    drawn = ruler(known.stays, case.on, authorised_until=until, entering=case.direction == "entry")
    return StayView(drawn, limit_words(found.by) if found.until else "")


def limit_words(by: str) -> str:
    """Which limit is the lowest."""
    words = {
        "short-stay": _("short-stay rule"),
        "visa-days": _("days of the visa"),
        "visa-validity": _("validity of the visa"),
    }
    return words.get(by, "")
