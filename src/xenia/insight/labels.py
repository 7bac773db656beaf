"""What measures, breakdowns and their members are called in the reader's language. Codes that have no name stay codes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, pgettext
from django.utils.translation import gettext_lazy as _

from xenia.access import standing
from xenia.insight import procedures, words
from xenia.insight.declarations import Dimension, Fact, Measure
from xenia.registers.reference import read

WORDS: Mapping[str, Mapping[str, str | Promise]] = {
    "direction": {"entry": _("Entry"), "exit": _("Exit")},
    "outcome": {"admitted": _("Admitted"), "refused": _("Refused")},
    "sex": {"F": _("Female"), "M": _("Male"), "X": _("Unspecified")},
    "timely": {"in_time": _("In time"), "late": _("Late")},
    "step": {
        "lodged": _("Lodged"), "decided": _("Decided"), "settled": _("Settled"), "reason": _("Reason given"),
        "reached": _("State reached"), "limit": _("Time limit ended"), "closed": _("Closed"),
    },
    "done_by": {
        "person": _("a person"), "clock": _("the clock"), "receipt": _("a receipt"), "message": _("a message"),
        "border": _("the border"),
    },
    "mode": {"air": _("Air"), "land": _("Land"), "sea": _("Sea"), "rail": _("Rail")},
}  # fmt: skip
YES_NO: Mapping[str, str | Promise] = {"yes": _("Yes"), "no": _("No")}
"""Names of members by column, where no list of reference data has them."""
NATIONALITIES = (
    "nationality", "citizenship", "country", "state", "partner", "partner_state", "destination", "transit_destination"
)  # fmt: skip


def listed(names: Iterable[str]) -> str:
    """Names one after the other, parted as the language does."""
    return ("، " if get_language() == "ar" else ", ").join(names)


def word(labels: Mapping[str, str], language: str | None = None) -> str:
    """A declared label in the reader's language, else in English."""
    return labels.get((language or get_language() or "en").split("-")[0]) or labels["en"]


def measure(fact: Fact, name: str) -> str:
    """What a measure is called."""
    return word(fact.measures[name].labels)


def said(measure: Measure) -> Measure:
    """The measure with its definition, unit, source and legal basis in the reader's language, where they are translated."""
    unit, definition, source, basis = (
        gettext(text) for text in (measure.unit, measure.definition, measure.source, measure.legal_basis)
    )
    return replace(measure, unit=unit, definition=definition, source=source, legal_basis=basis)


def dimension(fact: Fact, name: str) -> str:
    """What a breakdown is called."""
    return word(fact.dimensions[name].labels)


def is_state(one: Dimension) -> bool:
    """Whether its members are states, which a map can show."""
    return one.column in NATIONALITIES


def member(one: Dimension, code: str | None) -> str:
    """What a member is called; None is the total, "" what is not known."""
    if code is None:
        return gettext("Total")
    if code == "":
        return gettext("not known")
    if one.grain:
        return moment(one.grain, code)
    if code in WORDS.get(one.column, {}):
        return str(WORDS[one.column][code])
    named = _post(code) if one.column == "post" else read.state_name(code) if is_state(one) else ""
    if not named and code in YES_NO:
        return str(YES_NO[code])
    return (
        named or words.member(one.column, code) or procedures.member(one.column, code, get_language() or "en") or code
    )


def _post(code: str) -> str:
    place = standing.places().get(code)
    return place.name if place else ""


def moment(grain: str, code: str) -> str:
    """A hour, day, week, month, quarter or year as it is written; what is none comes back as it is."""
    try:
        if grain == "hour":
            return f"{_date(date.fromisoformat(code[:10]))}, {code[11:13]}:00"
        if grain == "day":
            return _date(date.fromisoformat(code))
        if grain == "month":
            return date_format(date.fromisoformat(code + "-01"), "M Y")
        if grain == "week":
            return gettext("Week %(week)d, %(year)s") % {"week": int(code[6:]), "year": code[:4]}
        if grain == "quarter":
            return pgettext("quarter of a year", "Q%(number)s %(year)s") % {"number": code[6:], "year": code[:4]}
    except ValueError:
        pass
    return code


def _date(day: date) -> str:
    return date_format(day, "j M Y")
