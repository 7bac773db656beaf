"""Conditions of entry and exit: tables of cases, pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from xenia.frontier import territory as land
from xenia.frontier.conditions import Conditions, conditions, waivable
from xenia.frontier.facts import Case, Numbers, StaysKnown, Traveller, VisaKnown, stays_from, visa_from
from xenia.registers.stays.rules import Stay

OWN = land.territory_of("UTO")
ON = date(2026, 6, 29)
NUMBERS = Numbers(validity_left=90, issued_within_years=10, recent_refusal=30, minor=18)
LATER = date(2031, 1, 1)
VISA = VisaKnown(
    "V5550001", "UTO", "C", date(2026, 1, 1), date(2026, 12, 31), None, 90, (), passport_number="GX0000001"
)


def who(nationality: str = "GEO", code: str = "P", issuing: str = "", **more: object) -> Traveller:
    """An adult with a passport valid for years."""
    fields = {"birth": date(1990, 1, 1), "expiry": LATER, **more}
    return Traveller(nationality, code, issuing or nationality, "GX0000001", **fields)  # type: ignore[arg-type]


def case(traveller: Traveller, **more: object) -> Case:
    return Case(traveller, str(more.pop("direction", "entry")), ON, OWN, **more)  # type: ignore[arg-type]


def weigh(traveller: Traveller, **more: object) -> Conditions:
    return conditions(case(traveller, **more), NUMBERS)


def codes(found: Conditions) -> list[str]:
    return [one.code for one in found.findings]


def stays(*lines: tuple[date, date | None], sticker: str = "", **more: object) -> StaysKnown:
    return StaysKnown(
        tuple(Stay(entry, leave) for entry, leave in lines),
        tuple(sticker for _ in lines),
        **more,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("nationality", "code", "issuing", "category", "basis"),
    [
        ("UTO", "P", "UTO", "own-national", ""),
        ("D", "I", "D", "free-movement", ""),
        ("IRL", "P", "IRL", "free-movement", ""),
        ("GEO", "P", "GEO", "visa-exempt", "short-stay"),
        ("IND", "P", "IND", "visa-required", "short-stay"),
        ("IND", "PD", "IND", "diplomat", "exempt"),
        ("IND", "PS", "IND", "service-passport", "short-stay"),
        ("UNO", "P", "UNO", "service-passport", "short-stay"),
        ("IND", "AC", "IND", "crew", "exempt"),
        ("XXA", "P", "UTO", "stateless", "exempt"),
        ("XXB", "PR", "D", "refugee-document", "exempt"),
        ("XXB", "P", "IND", "refugee-document", "short-stay"),
    ],
)
def test_the_document_gives_the_category(nationality: str, code: str, issuing: str, category: str, basis: str) -> None:
    found = weigh(who(nationality, code, issuing))
    assert (found.category, found.basis) == (category, basis)


def test_every_category_has_a_label() -> None:
    from xenia.registers.reference.terms import shipped

    known = {term.code for term in shipped() if term.list == "traveller-category"}
    assert set(land.CATEGORIES) <= known


def test_a_state_for_itself_says_that_it_does_not_know_who_needs_a_visa() -> None:
    alone = land.territory_of("ATG")
    found = conditions(replace(case(who("IND")), territory=alone), NUMBERS)
    assert (found.category, codes(found)) == ("visa-rule-unknown", ["visa-rule"])
    assert conditions(replace(case(who("ATG")), territory=alone), NUMBERS).category == "own-national"


def test_who_is_not_subject_is_told_why_and_nothing_else() -> None:
    found = weigh(who("UTO", expiry=ON + timedelta(days=3)))
    assert found.findings == () and found.facts == ("Own national: no visa, no count of days",)
    assert found.situation is None and found.until is None


@pytest.mark.parametrize(
    ("visa", "more", "expected"),
    [
        (VISA, {}, []),
        (None, {}, ["visa-missing"]),
        (None, {"visas_asked": False}, ["visa-unknown"]),
        (None, {"visa_warned": True}, []),
        (replace(VISA, valid_from=ON + timedelta(days=1)), {}, ["visa-not-yet"]),
        (replace(VISA, valid_until=ON - timedelta(days=1)), {}, ["visa-expired"]),
        (replace(VISA, type="A"), {}, ["visa-missing"]),
        (replace(VISA, territory=("ESP", "FRA")), {}, ["visa-territory"]),
        (replace(VISA, territory=("UTO", "FRA")), {}, []),
        (replace(VISA, entries=1), {"stays": stays((date(2026, 3, 1), date(2026, 3, 2)), sticker="V5550001")}, ["visa-entries"]),
        (replace(VISA, entries=2), {"stays": stays((date(2026, 3, 1), date(2026, 3, 2)), sticker="V5550001")}, []),
        (replace(VISA, days=2), {"stays": stays((date(2026, 3, 1), date(2026, 3, 2)), sticker="V5550001")}, ["visa-days"]),
        (replace(VISA, days=3), {"stays": stays((date(2026, 3, 1), date(2026, 3, 2)), sticker="OTHER")}, []),
        (replace(VISA, passport_number="GX0000002"), {}, ["visa-passport"]),
        (replace(VISA, registered=False, read=True), {}, ["visa-unregistered"]),
        (replace(VISA, type="P", valid_until=ON - timedelta(days=1)), {}, ["permit-expired"]),
    ],
)  # fmt: skip
def test_what_speaks_against_a_visa(visa: VisaKnown | None, more: dict[str, object], expected: list[str]) -> None:
    assert codes(weigh(who("IND"), visas=(visa,) if visa else (), **more)) == expected


@pytest.mark.parametrize(
    ("kind", "category", "basis"), [("P", "permit-holder", "permit"), ("D", "permit-holder", "long-stay-visa")]
)
def test_a_permit_or_long_stay_visa_goes_before_the_nationality(kind: str, category: str, basis: str) -> None:
    used = stays((date(2026, 1, 1), date(2026, 6, 1)))
    found = weigh(who("IND"), visas=(replace(VISA, type=kind),), stays=used)
    assert (found.category, found.basis, codes(found)) == (category, basis, [])
    assert found.until == VISA.valid_until and found.situation is None


def test_the_visa_in_force_is_taken_before_one_that_comes_or_is_over() -> None:
    over = replace(VISA, sticker="V1", valid_until=date(2026, 6, 1))
    coming = replace(VISA, sticker="V2", valid_from=date(2026, 9, 1))
    found = weigh(who("IND"), visas=(over, coming, VISA))
    assert found.visa == VISA


@pytest.mark.parametrize(
    ("visa", "known", "until", "by"),
    [
        (None, None, date(2026, 9, 26), "short-stay"),
        (None, stays((date(2026, 1, 1), date(2026, 3, 30))), date(2026, 9, 26), "short-stay"),
        (replace(VISA, days=10), None, date(2026, 7, 8), "visa-days"),
        (replace(VISA, valid_until=date(2026, 7, 3)), None, date(2026, 7, 3), "visa-validity"),
        (replace(VISA, days=30), stays((date(2026, 6, 1), date(2026, 6, 20)), sticker="V5550001"), date(2026, 7, 8), "visa-days"),
    ],
)  # fmt: skip
def test_the_lowest_limit_says_until_when(
    visa: VisaKnown | None, known: StaysKnown | None, until: date, by: str
) -> None:
    found = weigh(who("IND" if visa else "GEO"), visas=(visa,) if visa else (), stays=known)
    assert (found.until, found.by) == (until, by)
    assert found.facts[0].startswith("May stay until ")


def test_a_limited_territory_visa_is_counted_by_its_own_terms() -> None:
    used = stays((date(2026, 1, 1), date(2026, 4, 15)))
    found = weigh(who("IND"), visas=(replace(VISA, ltv=True, days=15),), stays=used)
    assert (found.basis, found.until, codes(found)) == ("limited-territory", date(2026, 7, 13), [])


def test_days_used_up_stop_and_say_from_when_entry_is_possible() -> None:
    found = weigh(who(), stays=stays((date(2026, 1, 1), date(2026, 3, 31))))
    assert codes(found) == ["stay-used-up"] and found.until is None
    assert "30 June 2026" in found.findings[0].instruction


@pytest.mark.parametrize(("days", "expected"), [(None, []), (90, []), (91, ["fewer-days"])])
def test_more_days_than_are_left_are_told(days: int | None, expected: list[str]) -> None:
    assert codes(weigh(who(), days=days)) == expected


def test_still_inside_and_refused_lately_are_looked_at() -> None:
    known = stays((date(2026, 6, 1), None), inside=True, open_since=date(2026, 6, 1), last_refusal=date(2026, 6, 20))
    assert codes(weigh(who(), stays=known)) == ["still-inside", "refused-lately"]
    assert codes(weigh(who(), stays=replace(StaysKnown(), last_refusal=date(2026, 5, 1)))) == []


@pytest.mark.parametrize(
    ("more", "days", "expected"),
    [
        ({"issued_on": date(2016, 6, 29)}, None, []),
        ({"issued_on": date(2016, 6, 28)}, None, ["passport-old"]),
        ({"issued_on": date(2016, 2, 29)}, None, ["passport-old"]),
        ({"expiry": ON + timedelta(days=90)}, None, []),
        ({"expiry": ON + timedelta(days=89)}, None, ["expires-soon"]),
        ({"expiry": ON + timedelta(days=99)}, 10, []),
        ({"expiry": ON + timedelta(days=98)}, 10, ["expires-soon"]),
        ({"birth": date(2008, 6, 29)}, None, []),
        ({"birth": date(2008, 6, 30)}, None, ["minor-alone"]),
    ],
)
def test_the_document_and_age_of_who_is_subject(more: dict[str, object], days: int | None, expected: list[str]) -> None:
    assert codes(weigh(who(**more), days=days)) == expected


def test_a_minor_of_any_nationality_is_looked_after_unless_somebody_travels_along() -> None:
    child = who("UTO", birth=date(2015, 1, 1))
    assert codes(weigh(child)) == codes(weigh(child, direction="exit")) == ["minor-alone"]
    assert codes(weigh(child, accompanied=True)) == []


@pytest.mark.parametrize(
    ("known", "expected", "fact"),
    [
        (None, ["no-entry"], ""),
        (stays((date(2026, 6, 1), None), inside=True, open_since=date(2026, 6, 1)), [], "Entered 1 June 2026, 29 days here"),
        (stays((date(2026, 6, 1), None), inside=True, open_since=date(2026, 6, 1), authorised_until=date(2026, 6, 19)),
         ["overstay"], "Entered 1 June 2026, 29 days here"),
        (stays((date(2026, 3, 1), None), inside=True, open_since=date(2026, 3, 1)), ["overstay"], "Entered 1 March 2026, 121 days here"),
    ],
)  # fmt: skip
def test_an_exit_is_matched_to_its_entry(known: StaysKnown | None, expected: list[str], fact: str) -> None:
    found = weigh(who(), direction="exit", stays=known)
    assert codes(found) == expected and "".join(found.facts[:1]) == fact


def test_days_of_overstay_are_counted_from_what_was_authorised() -> None:
    known = stays(
        (date(2026, 6, 1), None), inside=True, open_since=date(2026, 6, 1), authorised_until=date(2026, 6, 19)
    )
    assert weigh(who(), direction="exit", stays=known).findings[0].text == "Overstayed by 10 days"


def test_an_own_national_leaves_without_a_question() -> None:
    assert weigh(who("UTO"), direction="exit").findings == ()


@pytest.mark.parametrize(
    ("nationality", "transit", "visa", "category", "expected"),
    [
        ("IND", True, None, "transit", []),
        ("PAK", True, None, "transit", ["transit-visa"]),
        ("PAK", True, replace(VISA, type="A"), "transit", []),
        ("UTO", True, None, "own-national", []),
    ],
)
def test_transit(nationality: str, transit: bool, visa: VisaKnown | None, category: str, expected: list[str]) -> None:
    found = weigh(who(nationality), transit=transit, visas=(visa,) if visa else ())
    assert (found.category, codes(found)) == (category, expected)


@pytest.mark.parametrize(
    ("code", "issuing", "expected"), [("V", "UTO", "visa-alone"), ("IR", "UTO", "card-alone"), ("I", "D", "card-alone")]
)
def test_half_a_document_is_no_document(code: str, issuing: str, expected: str) -> None:
    assert codes(weigh(who("IND", code, issuing))) == [expected]


def test_only_conditions_of_entry_can_be_waived() -> None:
    assert waivable(weigh(who("IND")).findings)
    assert not waivable(weigh(who("GEO")).findings), "where nothing stops there is nothing to waive"
    stolen = replace(weigh(who("IND")).findings[0], code="expired")
    assert not waivable((*weigh(who("IND")).findings, stolen))


def test_what_registers_tell_is_read_with_care() -> None:
    visa = visa_from(
        {"document": {"sticker_number": "V1"}, "status": {"entries": "2", "days": 0, "valid_until": "2026-01-01"}}
    )
    assert (visa.entries, visa.days, visa.valid_until, visa.type) == (2, None, date(2026, 1, 1), "C")
    assert visa_from({}).entries is None
    known = stays_from(
        [{"status": {"stays": [["2026-05-01", "2026-05-03", True, "V1"], ["2026-06-01", None, False, ""]], "inside": True,
                     "open_since": "2026-06-01", "authorised_until": "", "refusals": 1, "last_refusal": "2026-04-01"}}]
    )  # fmt: skip
    assert known is not None and known.inside and known.open_since == date(2026, 6, 1)
    assert known.on_visa("V1") == (Stay(date(2026, 5, 1), date(2026, 5, 3), True),)
    assert known.last_refusal == date(2026, 4, 1) and stays_from([{}]) is None
