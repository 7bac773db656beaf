"""The conditions of entry and exit: document against visa against stays, with what to do about each. Pure.

Source: Regulation (EU) 2016/399 Art. 6 and 8, Regulation (EU) 2017/2226 Art. 11, Regulation (EC) 810/2009 Art. 24, 25.
Alerts are not weighed here: `rules` puts hits and these findings into one verdict.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from xenia.frontier import territory as land
from xenia.frontier.check import FindingView
from xenia.frontier.facts import Case, Numbers, StaysKnown, VisaKnown, day, finding
from xenia.frontier.visa_conditions import PERMITS, best_visa, in_force, needs_visa, visa_findings
from xenia.registers.stays import rules as stays_rules
from xenia.registers.stays.rules import Allowance, Situation


@dataclass(frozen=True)
class Conditions:
    """What follows. `basis`: by what right the stay is, empty where none is counted; `until`: last lawful day, `by` which limit.

    `why`: why no conditions are asked, in words; `notes`: what else the page says calmly.
    """

    category: str
    basis: str
    why: str
    findings: tuple[FindingView, ...]
    notes: tuple[str, ...]
    visa: VisaKnown | None
    situation: Situation | None
    until: date | None
    by: str

    @property
    def facts(self) -> tuple[str, ...]:
        """Until when the traveller may stay, before the notes; not to be said where anything stops the traveller."""
        if self.until is None:
            return self.notes
        return (_("May stay until %(date)s") % {"date": day(self.until)}, *self.notes)


# Conditions of Art. 6(1) that Art. 6(5) lets be waived.
WAIVABLE = frozenset(
    {"visa-missing", "visa-not-yet", "visa-expired", "visa-territory", "visa-entries", "visa-days", "permit-expired",
     "stay-used-up", "passport-old", "transit-visa", "visa-unknown"}
)  # fmt: skip


def conditions(case: Case, numbers: Numbers) -> Conditions:
    """Category, findings and limits of one traveller."""
    who, own = case.who, case.territory
    alone = _half(case)
    if alone is not None:
        category = land.category(own, who.nationality, "P", "")
        return Conditions(category, "", "", (alone,), (), None, None, None, "")
    visa = best_visa(case.visas, case.on)
    category = category_of(case, visa)
    minor = _minor(case, numbers)
    if category in land.NOT_SUBJECT:
        return Conditions(category, "", why_not(category), minor, (why_not(category),), None, None, None, "")
    basis = _basis(case, category, visa)
    counted = case.stays or StaysKnown()
    law = stays_rules.short_stay(case.on)
    if case.direction == "exit":
        return _leaving(case, category, basis, visa, minor)
    allowed, situation = _allowed(case, basis, visa, counted)
    found = [
        *visa_findings(case, category, visa, counted),
        *_stay_findings(case, basis, situation, law, numbers),
        *_document_findings(case, numbers),
        *_asked_findings(case, allowed, numbers),
        *minor,
    ]
    if any(one.severity == "stop" for one in found):
        allowed = Allowance(None, allowed.by)
    notes = _entry_notes(category, basis)
    return Conditions(
        category, basis, why_not(category), tuple(found), notes, visa, situation, allowed.until, allowed.by
    )


def category_of(case: Case, visa: VisaKnown | None) -> str:
    """The category: what the document says, unless a valid permit, long-stay visa or transit decides first."""
    who = case.who
    category = land.category(case.territory, who.nationality, who.document_code, who.issuing_state, crew=case.crew)
    if category in land.NOT_SUBJECT:
        return category
    if visa is not None and visa.type in PERMITS and in_force(visa, case.on):
        return "permit-holder"
    if case.transit and category in ("visa-required", "visa-exempt", "visa-rule-unknown"):
        return "transit"
    return category


def why_not(category: str) -> str:
    """Why somebody of this category is not asked for a visa, or leaves no record of a stay; empty for the others."""
    words = {
        "own-national": _("Own national: no visa, no count of days"),
        "free-movement": _("Free movement: no visa, no count of days"),
        "permit-holder": _("Residence permit or long-stay visa: days are not counted"),
        "crew": _("Crew: no visa, days are not counted"),
        "diplomat": _("Diplomatic passport: no visa"),
    }
    return words.get(category, "")


def _half(case: Case) -> FindingView | None:
    """A visa or a residence card alone is no travel document."""
    who = case.who
    if land.is_visa(who.document_code):
        return finding("visa-alone", "look", _("Only the visa was read"), _("Read the passport too."))
    if land.is_residence_card(case.territory, who.nationality, who.document_code, who.issuing_state):
        return finding("card-alone", "look", _("Only the residence card was read"), _("Read the passport too."))
    return None


def _basis(case: Case, category: str, visa: VisaKnown | None) -> str:
    """By what right the stay is, as the register of stays names it."""
    if category == "permit-holder" and visa is not None:
        return PERMITS[visa.type]
    at_home = category in ("refugee-document", "stateless") and case.territory.has(case.who.issuing_state)
    if category in ("crew", "diplomat", "transit") or at_home:
        return "exempt"
    if visa is not None and visa.type == "C" and needs_visa(case, category) is not False:
        return "limited-territory" if visa.ltv else "visa"
    return "short-stay"


def _allowed(case: Case, basis: str, visa: VisaKnown | None, known: StaysKnown) -> tuple[Allowance, Situation | None]:
    """Until when, by the lowest of all limits; and how the days stand where they are counted."""
    if basis in ("permit", "long-stay-visa") and visa is not None:
        return Allowance(visa.valid_until, "visa-validity"), None
    if basis == "exempt":
        return Allowance(None, ""), None
    situation = stays_rules.situation(known.stays, case.on)
    terms: stays_rules.Visa | None = None
    on_visa: tuple[stays_rules.Stay, ...] = ()
    if basis in ("visa", "limited-territory") and visa is not None:
        terms = stays_rules.Visa(visa.valid_from, visa.valid_until, visa.days, visa.entries)
        on_visa = known.on_visa(visa.sticker)
    short = basis != "limited-territory"
    return stays_rules.allowance(known.stays, case.on, terms, on_visa, short=short), situation if short else None


def _stay_findings(
    case: Case, basis: str, situation: Situation | None, law: stays_rules.Limit, numbers: Numbers
) -> list[FindingView]:
    found, known = [], case.stays
    if situation is not None and not situation.lawful:
        text = _("All %(days)d days in %(window)d are used") % {"days": law.days, "window": law.window_days}
        again = situation.earliest_reentry
        act = (
            _("Refer to second line. Entry is possible again from %(date)s.") % {"date": day(again)}
            if again
            else _("Refer to second line.")
        )
        found.append(finding("stay-used-up", "stop", text, act))
    if known is None:
        return found
    if known.inside and known.open_since is not None:
        text = _("No exit was recorded after the entry of %(date)s") % {"date": day(known.open_since)}
        found.append(
            finding(
                "still-inside", "look", text, _("Ask when and where the traveller left. Refer if it cannot be shown.")
            )
        )
    if known.last_refusal is not None and (case.on - known.last_refusal).days <= numbers.recent_refusal:
        text = _("Entry was refused on %(date)s") % {"date": day(known.last_refusal)}
        found.append(finding("refused-lately", "look", text, _("Ask what has changed since. Refer if in doubt.")))
    return found


def _document_findings(case: Case, numbers: Numbers) -> list[FindingView]:
    """Art. 6(1)(a): issued within ten years, and valid three months after the intended departure."""
    who, found = case.who, []
    if who.issued_on is not None and _years_later(who.issued_on, numbers.issued_within_years) < case.on:
        text = ngettext(
            "The passport was issued more than a year ago",
            "The passport was issued more than %(count)d years ago",
            numbers.issued_within_years,
        )
        found.append(
            finding("passport-old", "stop", text % {"count": numbers.issued_within_years}, _("Refer to second line."))
        )
    leaving = case.on + timedelta(days=(case.days or 1) - 1)
    if who.expiry is not None and case.on <= who.expiry and (who.expiry - leaving).days < numbers.validity_left:
        act = (
            _("Ask when the traveller will leave again.")
            if case.days is None
            else _("Agree on an earlier departure, or refer.")
        )
        text = (
            _("The document expires within three months")
            if case.days is None
            else _("The document expires within three months of the departure")
        )
        found.append(finding("expires-soon", "look", text, act))
    return found


def _years_later(start: date, years: int) -> date:
    try:
        return start.replace(year=start.year + years)
    except ValueError:
        return start.replace(year=start.year + years, day=28)


def _asked_findings(case: Case, allowed: Allowance, numbers: Numbers) -> list[FindingView]:
    if case.days is None or allowed.until is None:
        return []
    may = (allowed.until - case.on).days + 1
    if case.days <= may:
        return []
    words = ngettext(
        "%(asked)d days are asked for, one is left", "%(asked)d days are asked for, %(count)d are left", may
    )
    text = words % {"asked": case.days, "count": may}
    act = _("Tell the traveller to leave by %(date)s. Refer if the trip needs more.") % {"date": day(allowed.until)}
    return [finding("fewer-days", "look", text, act)]


def _minor(case: Case, numbers: Numbers) -> tuple[FindingView, ...]:
    birth = case.who.birth
    if birth is None or case.accompanied or _years_later(birth, numbers.minor) <= case.on:
        return ()
    text, act = _("A minor who travels alone"), _("Ask who has custody and for their consent. Refer if in doubt.")
    return (finding("minor-alone", "look", text, act),)


def _leaving(
    case: Case, category: str, basis: str, visa: VisaKnown | None, minor: tuple[FindingView, ...]
) -> Conditions:
    """Exit: matched to the entry, and how long the stay was."""
    known, found, facts = case.stays, list(minor), []
    situation = None
    over = 0
    if known is not None and known.inside and known.open_since is not None:
        length = (case.on - known.open_since).days + 1
        words = ngettext("Entered %(date)s, one day here", "Entered %(date)s, %(count)d days here", length)
        facts.append(words % {"date": day(known.open_since), "count": length})
        over = _overstay(case, known)
    elif basis != "exempt":
        text, act = (
            _("No entry is recorded"),
            _("Ask when and where the traveller entered; look for a stamp. The exit is recorded either way."),
        )
        found.append(finding("no-entry", "look", text, act))
    if known is not None and basis in ("short-stay", "visa"):
        situation = stays_rules.situation(known.stays, case.on)
    if over > 0:
        words = ngettext("Overstayed by one day", "Overstayed by %(count)d days", over)
        found.append(
            finding(
                "overstay",
                "look",
                words % {"count": over},
                _("Refer to second line to have it recorded. Exit is not refused for it."),
            )
        )
    if why := why_not(category):
        facts.append(why)
    return Conditions(category, basis, why_not(category), tuple(found), tuple(facts), visa, situation, None, "")


def _overstay(case: Case, known: StaysKnown) -> int:
    """Days beyond what was authorised, or beyond the short-stay rule where nothing was said on entry."""
    if known.authorised_until is not None:
        return (case.on - known.authorised_until).days
    counted = [stay for stay in known.stays if stay.exit is None and stay.counted]
    if not counted:
        return 0
    situation = stays_rules.situation(known.stays, case.on)
    return 0 if situation.lawful else situation.used_days - stays_rules.short_stay(case.on).days


def _entry_notes(category: str, basis: str) -> tuple[str, ...]:
    if why := why_not(category):
        return (why,)
    if basis == "short-stay" and category in ("visa-exempt", "service-passport"):
        return (_("No visa needed"),)
    return ()


def waivable(findings: Sequence[FindingView]) -> bool:
    """Whether only conditions that Art. 6(5) lets be waived speak against entry."""
    stops = [one.code for one in findings if one.severity == "stop"]
    return bool(stops) and all(code in WAIVABLE for code in stops)
