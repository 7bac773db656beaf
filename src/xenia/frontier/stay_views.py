"""What the page shows of a visa and of the days of stay. Pure."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _

from xenia.frontier.assessing import Weighed
from xenia.frontier.check import StayView, VisaView
from xenia.frontier.facts import StaysKnown
from xenia.registers.reference import read as reference
from xenia.registers.stays import rules as stays_rules


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


def stay_view(weighed: Weighed) -> StayView | None:
    """How the days stand; None where none are counted."""
    found, case = weighed.found, weighed.case
    if found.situation is None:
        return None
    law = stays_rules.short_stay(case.on)
    known = case.stays or StaysKnown()
    since = case.on - timedelta(days=law.window_days - 1)
    # Before the decision the day of entry is not used yet, unless an earlier stay touches it.
    touched = any(one.counted and one.entry <= case.on <= (one.exit or case.on) for one in known.stays)
    used = found.situation.used_days - (case.direction == "entry" and not touched)
    return StayView(
        on=case.on,
        used=used,
        limit=law.days,
        window=law.window_days,
        until=found.until,
        left=(found.until - case.on).days + 1 if found.until else 0,
        by=limit_words(found.by) if found.until else "",
        stays=tuple(
            (stay.entry, stay.exit) for stay in known.stays if stay.counted and (stay.exit or case.on) >= since
        ),
        lawful=found.situation.lawful,
        open_since=known.open_since if known.inside else None,
    )


def limit_words(by: str) -> str:
    """Which limit is the lowest."""
    words = {
        "short-stay": _("short-stay rule"),
        "visa-days": _("days of the visa"),
        "visa-validity": _("validity of the visa"),
    }
    return words.get(by, "")
