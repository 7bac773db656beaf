"""Putting together what a page shows of one check."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from xenia.access.standing import Standing
from xenia.frontier import expecting, reasons, rules, saying
from xenia.frontier import stay_views as staying
from xenia.frontier import territory as land
from xenia.frontier.assessing import Weighed
from xenia.frontier.check import AskedView, CheckView, DecisionView, FeatureView, HitView, KeyName, KeyView
from xenia.frontier.conditions import waivable
from xenia.frontier.models import Check, Crossing
from xenia.frontier.terms import term
from xenia.matching import Feature
from xenia.registers.reference import read as reference
from xenia.registers.search import Answer, Asked, Hit

MARKS = {"same": "=", "alike": "≈", "different": "≠", "unknown": "·"}


def check_view(
    check: Check, weighed: Weighed, standing: Standing, *, decision: DecisionView | None = None
) -> CheckView:
    """The whole check as this standing sees it."""
    document, answer, kept = weighed.document, weighed.answer, weighed.kept
    hits = answer.warnings
    # A record that was dismissed as POSSIBLE and has become a closer or graver hit since is open again.
    dismissed = [bool(kept.dismissal(hit.subject)) and rules.may_dismiss(hit) for hit in hits]
    more = weighed.found
    found = rules.assess(document.facts, hits, dismissed, answer.asked, check.local_date, more.findings, weighed.beside)
    may: dict[KeyName, bool] = {name: standing.may(f"frontier.{name}") for name in ("admit", "refer", "refuse")}
    can_waive = check.direction == "entry" and waivable(found.findings)
    waived = can_waive and weighed.trip.request == "transit-home" and bool(weighed.trip.reason)
    expected = expecting.words(answer, check.direction)
    view = CheckView(
        id=check.id,
        read_at=check.read_at,
        zone=standing.zone,
        post=check.post,
        lane=check.lane,
        direction=check.direction,  # type: ignore[arg-type]
        purpose=check.purpose,
        verdict=found.verdict,
        headline=found.headline,
        instruction=found.instruction,
        facts=(*expected, *(more.notes if found.verdict == "stop" else more.facts), *found.facts),
        document=document.view,
        findings=found.findings,
        hits=tuple(
            _hit_view(no, hit, kept.dismissal(hit.subject) if gone else "")
            for no, (hit, gone) in enumerate(zip(hits, dismissed, strict=True), 1)
        ),
        asked=tuple(_asked_view(one, answer) for one in answer.asked),
        keys=rules.keys(
            found,
            hits,
            dismissed,
            may=may,
            waived=waived,
            at_home=land.at_home(check.direction, more.category),
            expected=bool(expected),
        ),
        decision=decision,
    )
    if check.node:
        there = KeyView(False, False, _("decided at a field unit"))
        view = replace(view, keys=dict.fromkeys(view.keys, there))
    return replace(view, **_conditions(check, weighed, view), waivable=can_waive)


def _conditions(check: Check, weighed: Weighed, view: CheckView) -> dict[str, Any]:
    """What the page shows of the conditions: category, visa, stay, trip."""
    found = weighed.found
    words, language = saying.sentence(view.verdict, check.direction, view.document.nationality, found.until)
    return {
        "border": check.border,
        "say": words,
        "say_language": language,
        "category": found.category,
        "category_label": reference.label("traveller-category", found.category),
        "until": found.until,
        "visa": staying.visa_view(weighed),
        "stay": staying.stay_view(weighed, view.verdict),
        "trip": weighed.trip,
        "vehicle": weighed.kept.vehicle,
        "crew": weighed.kept.crew,
        "half": any(one.code in rules.HALVES for one in found.findings),
        "group": check.group,
    }


def register_label(name: str) -> str:
    """A register's name in the reader's language."""
    from xenia.registers import catalogue

    return catalogue.register(name).label


def _hit_view(no: int, hit: Hit, dismissed: str) -> HitView:
    labels = {"EXACT": _("Exact"), "LIKELY": _("Likely"), "POSSIBLE": _("Possible")}
    return HitView(
        no=no,
        register=hit.register,
        register_label=register_label(hit.register),
        category=hit.category,
        category_label=_category_label(hit),
        band=hit.band,  # type: ignore[arg-type]
        band_label=_("Possible: ask the centre") if hit.withheld else labels[hit.band],
        severity="look" if hit.band == "POSSIBLE" else hit.severity,  # type: ignore[arg-type]
        name=hit.name,
        instruction=_instruction(hit),
        reason=str(hit.fields.get("reason", {}).get("reason", "")),
        features=tuple(_feature_view(f) for f in hit.features if f.name != "rarity"),
        details=_details(hit),
        may_dismiss=rules.may_dismiss(hit) and not dismissed,
        dismissed=dismissed,
        subject=hit.subject,
        withheld=hit.withheld,
    )


def _instruction(hit: Hit) -> str:
    """The alert's own words; at the booth a hit that may be somebody else is compared first."""
    if rules.may_dismiss(hit) and "reason" not in hit.groups:
        return _("Compare the traveller with the possible hit. Dismiss it with a reason, or refer.")
    return hit.instruction or _("Refer to second line.")


def _category_label(hit: Hit) -> str:
    return reasons.category_label(hit.register, hit.category) or register_label(hit.register)


def _details(hit: Hit) -> tuple[tuple[str, str], ...]:
    """Further fields that policy opened, as label and value."""
    labels = {
        "issuing_authority": _("Issued by"),
        "legal_basis": _("Legal basis"),
        "decision": _("Decision"),
        "status": _("Status"),
        "event_on": _("Reported for"),
        "event_place": _("Place"),
        "owner": _("Owner of the report"),
        "reference": _("Reference"),
        "review_on": _("Review on"),
        "source_id": _("Number at the source"),
    }
    pairs = (
        (name, value)
        for group in ("reason", "document", "handling")
        for name, value in hit.fields.get(group, {}).items()
    )
    return tuple((labels[name], str(value)) for name, value in pairs if name in labels and value)


def _feature_view(feature: Feature) -> FeatureView:
    labels = {
        "surname": _("Surname"),
        "given_names": _("Given names"),
        "name": _("Name"),
        "birth_date": _("Born"),
        "sex": _("Sex"),
        "nationality": _("Nationality"),
        "document": _("Document"),
    }
    return FeatureView(labels.get(feature.name, feature.name), MARKS[feature.verdict], feature.asked, feature.found)


def _asked_view(one: Asked, answer: Answer) -> AskedView:
    """What a register answered; one that merely knows the traveller, such as visas, says so calmly."""
    warned = any(hit.register == one.register for hit in answer.warnings)
    finding = _("found") if warned else _("known") if answer.known(one.register) else _("nothing found")
    if one.state == "never":
        finding = _("no list loaded")
    if one.state == "broken":
        finding = _("did not answer")
    live = one.state in ("live", "never", "broken")
    return AskedView(
        register=one.register,
        label=one.label,
        finding=finding,
        found=warned,
        as_of=one.as_of,
        age_s=None if live else one.age_s,
        part=None if live or not one.limit_s else round(one.age_s / one.limit_s, 3),
        state=one.state,  # type: ignore[arg-type]
    )


def decision_view(check: Check, crossing: Crossing | None, by: str, now: datetime) -> DecisionView | None:
    """What was decided on this check, or None while it is open."""
    if check.state == "open" and crossing is None:
        return None
    if crossing is None:
        return DecisionView(check.state, check.read_at, by)  # type: ignore[arg-type]
    until = take_back_until(crossing)
    outcome = "taken-back" if crossing.taken_back_at else crossing.outcome
    return DecisionView(
        outcome,  # type: ignore[arg-type]
        crossing.decided_at,
        by,
        tuple(crossing.reasons),
        crossing.id,
        until if until and until > now else None,
    )


def take_back_until(crossing: Crossing) -> datetime | None:
    """Until when the crossing can be taken back; None once it has been."""
    if crossing.taken_back_at is not None:
        return None
    return crossing.decided_at + timedelta(seconds=term("take-back-s", crossing.local_date))
