"""What cases count for: a small world of applications worked here, counted by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests import people
from tests.cases.engine import decide, do, lead, officer, sweep, world
from tests.exchange import pair
from tests.exchange.pair import NOW, Other, take
from tests.insight import journals
from xenia.access.standing import Standing
from xenia.cases.models import Case
from xenia.errors import BadInput
from xenia.insight import declarations, procedures, question
from xenia.insight.release import release
from xenia.insight.tailing import following
from xenia.insight.tailing.models import Waiting
from xenia.journal import clock as moment

__all__ = ["lead", "officer", "world"]
REASONS = {"reasons": ["not_national", "evidence_insufficient"], "explanation": "Not found in our registers."}


@pytest.fixture
def other(world: people.World) -> Iterator[Other]:
    made = Other()
    with moment.at(NOW):
        pair.pin(made, world.operator)
    yield made


def _came(other: Other, day: int, **person: Any) -> Case:
    """An application of the other side that came on a day."""
    other.thread, other.number = uuid4(), 0
    at = NOW + timedelta(days=day)
    who = {"surname": f"Invented {day}", "given_names": "Elvin", "birth_date": "1990-04-12", "sex": "M", **person}
    form = {"category": "own_national", "person": {"nationality": "UTO", **who}}
    body = {"application": {**form, "evidence": {"nationality_prima_facie": ["copy_of_proof"]}}, "profile": "UTO-ARC"}
    message = other.message(
        type="readmission/application", body=body, created=at, expires=at + timedelta(days=14), purpose="readmission"
    )
    with moment.at(at):
        assert take(other.packed(message), at).kind == "accepted"
    return Case.objects.get(thread=other.thread)


@pytest.fixture
def facts(other: Other, officer: Standing, lead: Standing) -> journals.Facts:
    """Four applications: accepted after 3 days, refused after 5 for two reasons, silent until the clock, withdrawn."""
    first, second = _came(other, 0), _came(other, 0, sex="F", birth_date="2015-01-01")
    _silent = _came(other, 1)
    for case, day, action, form in (
        (first, 3, "accept", {"ground": "own_national"}), (second, 5, "refuse", REASONS),
    ):  # fmt: skip
        at = NOW + timedelta(days=day)
        do(officer, case, "verify", at=at)
        decide(officer, lead, case, action, form, at)
    _came(other, 2)
    told = other.message(type="readmission/withdrawal", body={}, created=NOW + timedelta(days=4), purpose="readmission")
    with moment.at(NOW + timedelta(days=4)):
        assert take(other.packed(told), NOW + timedelta(days=4)).kind == "accepted"
    sweep(NOW + timedelta(days=20))
    return journals.facts()


def _steps(facts: journals.Facts, *columns: str, step: str) -> Counter[tuple[Any, ...]]:
    return Counter(tuple(row[one] for one in columns) for _fact, row in facts if row["step"] == step)


def test_each_case_is_lodged_once_with_what_its_procedure_lets_count(facts: journals.Facts) -> None:
    found = _steps(facts, "agreement", "partner", "side", "application_category", "sex", "age_group", step="lodged")
    same = ("UTO-ARC", "ARC", "requested", "own_national")
    assert found == {(*same, "M", "35-64"): 3, (*same, "F", "0-13"): 1}


def test_decisions_are_counted_with_outcome_time_and_timeliness(facts: journals.Facts) -> None:
    assert _steps(facts, "outcome", "timely", "days", "done_by", step="decided") == {
        ("accepted", "in_time", 3, "person"): 1,
        ("refused", "in_time", 5, "person"): 1,
        ("deemed_accepted", "late", 15, "clock"): 1,
    }


def test_a_refusal_for_two_reasons_counts_under_each(facts: journals.Facts) -> None:
    assert _steps(facts, "reason", step="reason") == {("not_national",): 1, ("evidence_insufficient",): 1}


def test_every_case_is_settled_once_also_by_withdrawal(facts: journals.Facts) -> None:
    found = _steps(facts, "outcome", step="settled")
    assert found == {("accepted",): 1, ("refused",): 1, ("deemed_accepted",): 1, ("withdrawn",): 1}


def test_limits_that_were_kept_or_passed(facts: journals.Facts) -> None:
    found = _steps(facts, "limit_name", "timely", step="limit")
    assert found == {("reply", "in_time"): 3, ("reply", "late"): 1}


def test_no_fact_holds_a_name_or_a_number(facts: journals.Facts) -> None:
    said = " ".join(str(value) for _fact, row in facts for value in row.values())
    assert "Invented" not in said and "Elvin" not in said and "1990-04" not in said
    cases = [str(one) for one in Case.objects.values_list("id", flat=True)]
    assert cases and not [one for one in cases if one in said]


def test_stock_and_ratios_are_those_counted_by_hand(facts: journals.Facts, tmp_path: Path) -> None:
    made = journals.warehouse(tmp_path, facts)

    def value(measure: str, until: int, **more: Any) -> Any:
        asked = question.asked(measure, [], [], None, NOW.date() + timedelta(days=until), **more)
        (cell,) = release(made, asked, "exact", "ada").cells
        return cell.shown

    # lodged on days 0, 0, 1, 2; settled on 3, 4 (withdrawn), 5 and, as the clock says, at the end of 16
    assert [value("cases_pending", day) for day in (1, 2, 3, 4, 5, 6, 17, 18)] == [2, 3, 4, 3, 2, 1, 1, 0]
    assert value("decision_days_median", 30) == 5
    assert value("acceptance_rate", 30) is None  # under 20 decisions no ratio is given


def test_a_stock_is_asked_for_a_day_and_a_ratio_not_by_itself() -> None:
    for measure, by, code in (("cases_pending", ["month"], "stock-by-time"), ("timeliness", ["timely"], "ratio-by")):
        with pytest.raises(BadInput) as told:
            question.asked(measure, by)
        assert told.value.code == code


def test_the_noise_of_a_stock_is_that_of_the_cases_that_are_open(tmp_path: Path) -> None:
    """A case that came and went leaves no trace in the noise of those that stayed."""
    stay = journals.many(30, "case_step", step="lodged", hour="2026-01-01T00:00")
    gone = [("case_step", {**row, "record": row["record"] + 1}) for _fact, row in stay[:10]]
    over = [("case_step", {**row, "step": "settled", "hour": "2026-02-01T00:00"}) for _fact, row in gone]
    asked = question.asked("cases_pending", [], [], None, date(2026, 3, 1))
    plain = release(journals.warehouse(tmp_path / "a", list(stay)), asked, "interactive", "ada")
    mixed = release(journals.warehouse(tmp_path / "b", [*stay, *gone, *over]), asked, "interactive", "ada")
    assert plain.cells == mixed.cells


def test_a_ratio_hides_where_either_side_is_hidden_and_what_lies_between(tmp_path: Path) -> None:
    when = {"step": "decided", "hour": "2026-01-05T00:00"}
    rows = [
        *journals.many(40, "case_step", **when, partner="AAA", outcome="accepted"),
        *journals.many(20, "case_step", **when, partner="AAA", outcome="refused"),
        *journals.many(50, "case_step", **when, partner="BBB", outcome="accepted"),
        *journals.many(2, "case_step", **when, partner="BBB", outcome="refused"),  # 96.2 % would say: 2
        *journals.many(30, "case_step", **when, partner="CCC", outcome="accepted"),
        *journals.many(30, "case_step", **when, partner="CCC", outcome="refused"),
        *journals.many(9, "case_step", **when, partner="DDD", outcome="accepted"),
    ]
    made = journals.warehouse(tmp_path, rows)
    asked = question.asked("acceptance_rate", ["partner"])
    found = {one.members[0]: one.shown for one in release(made, asked, "publication", "ada").cells}
    assert found["BBB"] is None and found["DDD"] is None
    shown = {name: value for name, value in found.items() if value is not None}
    assert shown.items() <= {"AAA": 66.7, "CCC": 50.0, None: 71.3}.items() and shown
    exact = {one.members[0]: one.shown for one in release(made, asked, "exact", "ada").cells}
    assert exact == {"AAA": 66.7, "BBB": 96.2, "CCC": 50.0, "DDD": None, None: 71.3}


def test_the_breakdowns_of_procedures_come_by_their_declaration() -> None:
    fact = declarations.facts()["case_step"]
    assert fact.dimensions["application_category"].labels["en"] == "Who is to be readmitted"
    assert {"transit_destination", "failure_reason", "transfer_mode"} <= set(fact.dimensions)
    assert all(label for label in fact.dimensions["failure_reason"].labels.values())
    assert procedures.member("application_category", "own_national", "en") == "National of the requested state"
    assert procedures.member("outcome", "refused", "fr") and procedures.member("reason", "not_national", "az")


def test_an_empty_table_may_be_published_beside_others(tmp_path: Path) -> None:
    rows = journals.many(20, "case_step", step="lodged", hour="2026-01-05T00:00", sex="M")
    made = journals.warehouse(tmp_path, list(rows))
    for sex in ("M", "F", "F"):
        asked = question.asked("cases_lodged", ["partner"], [f"sex={sex}"])
        assert release(made, asked, "publication", "ada").cells[-1].shown == (20 if sex == "M" else 0)


def test_whoever_follows_the_journal_makes_the_same_facts(facts: journals.Facts) -> None:
    while following.step():
        pass
    found = [(one.fact, one.row) for one in Waiting.objects.order_by("position", "pk")]
    key = lambda one: (one[0], sorted((name, str(value)) for name, value in one[1].items()))  # noqa: E731
    assert sorted(map(key, found)) == sorted(map(key, facts)) and len(found) > 20
