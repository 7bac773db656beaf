"""Every time limit of every agreement, against dates worked out by hand.

All limits begin with an event on Tuesday 1 September 2026, 10:00 UTC, or on the day named; no public holiday of the
acting states lies between but where a test says so. `None`: the agreement has no such rule.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import xenia.cases
from xenia.cases.definition import Procedure, load
from xenia.cases.definition.run import Refused, Standing, World, act, passed

FOLDER = Path(xenia.cases.__file__).parent / "procedures" / "readmission"
START = datetime(2026, 9, 1, 10, tzinfo=UTC)
LATER = datetime(2035, 1, 1, tzinfo=UTC)
PARTIES = {
    "EU-AZ": ("FRA", "AZE"), "EU-GE": ("FRA", "GEO"), "EU-AM": ("FRA", "ARM"), "EC-MD": ("FRA", "MDA"),
    "EC-UA": ("FRA", "UKR"), "EU-BY": ("FRA", "BLR"), "CH-AZ": ("CHE", "AZE"), "CH-MD": ("CHE", "MDA"),
    "KZ-BENELUX": ("NLD", "KAZ"),
}  # fmt: skip
ORDER = tuple(PARTIES)
WD3, WD5 = "2026-09-04", "2026-09-08"  # 3 and 5 working days after a Tuesday
TABLE: dict[str, tuple[str | None, ...]] = {
    # rule: EU-AZ, EU-GE, EU-AM, EC-MD, EC-UA, EU-BY, CH-AZ, CH-MD, KZ-BENELUX
    "reply": (
        "2026-09-16", "2026-09-13", "2026-09-13", "2026-09-16", "2026-09-15", "2026-09-11", "2026-09-26", "2026-09-16",
        "2026-09-22",
    ),
    "extended reply": (None, None, None, None, "2026-10-01", None, "2026-10-21", "2026-09-22", None),
    "reply_accelerated": (*["2026-09-03"] * 7, None, None),
    "interview": (WD5, "2026-09-05", None, WD3, None, None, None, WD3, None),
    "nationality_objection": (None, None, None, None, None, None, None, "2026-09-22", None),
    # found on Friday 4 September: 2 working days, but 2 calendar days with Georgia
    "submit_accelerated": ("2026-09-08", "2026-09-06", *["2026-09-08"] * 5, None, None),
    # known on Monday 2 March 2026: 6 months, 9 months, 1 year, 180 days
    "submit_tcn": (
        "2026-09-02", "2026-09-02", "2026-12-02", "2026-09-02", "2027-03-02", "2026-08-29", "2026-09-02", None, None,
    ),
    # these three run from the receipt of the other side, on 1 September; what was asked left on 28 August
    "travel_document": (WD5, WD3, WD3, WD3, WD3, WD3, WD5, WD3, WD5),
    "renewal": (WD5, WD3, WD3, WD3, "2026-09-15", None, WD5, "2026-09-15", None),
    "transfer": (
        "2026-12-01", "2026-12-01", "2026-12-01", "2026-12-01", "2026-11-30", None, "2026-12-01", None, "2026-10-01",
    ),
    # ten days of obstacle, 10 to 20 September
    "transfer with obstacle": (
        "2026-12-11", "2026-12-11", "2026-12-11", "2026-12-11", "2026-12-10", None, "2026-12-11", None, "2026-10-11",
    ),
    # transfer on Thursday 24 September: 23, 22, 21
    "transfer_notice": ("2026-09-21", "2026-09-21", None, "2026-09-21", None, None, "2026-09-21", None, None),
    "error_own_national": (
        "2027-03-01", "2027-03-01", "2027-03-01", "2026-12-01", "2026-12-01", None, "2027-03-01", None, "2026-12-01",
    ),
    "error_other_person": (
        "2027-09-01", "2027-09-01", "2027-09-01", "2026-12-01", "2026-12-01", None, "2027-09-01", None, "2026-12-01",
    ),
    "payment": (None, None, None, None, None, None, None, "2026-10-01", None),
}  # fmt: skip
ASKED_AT = datetime(2026, 8, 28, 10, tzinfo=UTC)
INVOICE = {"number": "1", "dated": "2026-08-28", "amount_minor": 100, "currency": "EUR"}
ASKED: dict[str, tuple[str, str, str, dict[str, Any], str]] = {
    "travel_document": ("request_document", "accepted", "requesting", {}, "receive_request"),
    "renewal": ("ask_renewal", "td_issued", "requesting", {}, "receive_renewal"),
    "payment": ("bill", "transferred", "requested", INVOICE, "receive_invoice"),
}
CALCULATED = {"document_validity", "own_document_validity"}  # dates that stand in the document itself
ROWS = [(rule, profile, day) for rule, days in TABLE.items() for profile, day in zip(ORDER, days, strict=True)]


@pytest.fixture(scope="module")
def rules() -> Procedure:
    return load(FOLDER)


def world(rules: Procedure, profile: str) -> World:
    requesting, requested = PARTIES[profile]
    return World(rules, rules.profiles[profile], {"requesting": requesting, "requested": requested})


def application(**more: Any) -> dict[str, Any]:
    person = {"surname": "Sample", "given_names": "Ana", "nationality": "UTO"}
    return {"category": "own_national", "person": person, "evidence": {"nationality_proof": ["passport"]}, **more}


def in_state(state: str, **data: Any) -> Standing:
    return Standing(state=state, data={"application": application(), **data}, opened_at=START)


def due(here: Standing, rule: str) -> str | None:
    found = here.running.get(rule)
    return found.due.on.isoformat() if found else None


def run(rules: Procedure, rule: str, profile: str) -> Standing:
    """The case right after the action that sets the rule."""
    here = world(rules, profile)
    opened: dict[str, dict[str, Any]] = {
        "submit_tcn": {"category": "direct_entry", "known_on": "2026-03-02"},
        "submit_accelerated": {"accelerated": True, "apprehended_on": "2026-09-04"},
    }
    if rule in opened:
        return act(here, Standing(), "create", START, side="requesting", form=application(**opened[rule]))
    received: dict[str, dict[str, Any]] = {
        "reply_accelerated": {"accelerated": True},
        "interview": {"interview_requested": True},
    }
    if rule in ("reply", "extended reply", "nationality_objection", *received):
        sent = Standing(state="submitted", data={"application": application(**received.get(rule, {}))}, opened_at=START)
        after = act(here, sent, "receive", START)
        if rule == "extended reply" and rules.profiles[profile].value("reply_extension"):
            return act(here, after, "extend", START, side="requested", form={"reason": "registers"})
        return after
    if rule in ("transfer", "transfer with obstacle"):
        after = act(here, in_state("verifying"), "accept", START, side="requested", form={"ground": "own_national"})
        if rule == "transfer":
            return after
        stopped = START.replace(day=10)
        form = {"began_on": "2026-09-10", "kind": "legal"}
        after = act(here, after, "record_obstacle", stopped, side="requesting", form=form)
        assert "transfer" not in after.running or after.running["transfer"].stopped_at == stopped
        ended = START.replace(day=20)
        return act(here, after, "end_obstacle", ended, side="requesting", form={"ended_on": "2026-09-20"})
    if rule in ASKED:
        name, state, side, form, receipt = ASKED[rule]
        asked = act(here, in_state(state), name, ASKED_AT, side=side, form=form)
        assert rule not in asked.running  # not before the other side has it
        return act(here, asked, receipt, START)
    other = {"application": application(category="direct_entry")} if rule == "error_other_person" else {}
    plan = {"date": "2026-09-24", "border_point": "UTO", "mode": "air"}
    deeds: dict[str, tuple[str, str, str, dict[str, Any]]] = {
        "transfer_notice": ("plan", "td_issued", "requesting", plan),
        "error_own_national": ("arrive", "transfer_confirmed", "requested", {}),
        "error_other_person": ("arrive", "transfer_confirmed", "requested", {}),
    }
    name, state, side, form = deeds[rule]
    return act(here, in_state(state, **other), name, START, side=side, form=form)


@pytest.mark.parametrize(("rule", "profile", "day"), ROWS)
def test_each_limit_of_each_agreement_ends_on_the_day_worked_out_by_hand(
    rules: Procedure, rule: str, profile: str, day: str | None
) -> None:
    if rule == "extended reply" and day is None:
        assert rules.profiles[profile].value("reply_extension") is None
        return
    name = {"extended reply": "reply", "transfer with obstacle": "transfer"}.get(rule, rule)
    assert due(run(rules, rule, profile), name) == day


def test_the_table_has_every_limit_and_every_agreement(rules: Procedure) -> None:
    assert set(TABLE) - {"extended reply", "transfer with obstacle"} | CALCULATED == set(rules.deadlines)
    assert set(PARTIES) == set(rules.profiles) - {"UTO-ARC"}  # invented, for demonstrations


@pytest.mark.parametrize("profile", ORDER)
def test_silence_is_consent_only_where_the_agreement_says_so(rules: Procedure, profile: str) -> None:
    here = passed(world(rules, profile), run(rules, "reply", profile), START.replace(month=11))
    expected = {"CH-AZ": "received", "CH-MD": "received"}.get(profile)
    assert here.state == expected if expected else "deem" in here.done


@pytest.mark.parametrize("profile", ORDER)
def test_a_late_document_allows_the_own_one_where_the_agreement_says_so(rules: Procedure, profile: str) -> None:
    here = passed(world(rules, profile), run(rules, "travel_document", profile), START.replace(month=11))
    assert here.state == ("eu_td_allowed" if profile.startswith("E") else "td_pending")
    here = passed(world(rules, profile), run(rules, "renewal", profile), START.replace(month=11))
    silent = profile in ("EU-BY", "CH-AZ", "KZ-BENELUX")
    assert here.state == ("td_pending" if silent else "eu_td_allowed")


@pytest.mark.parametrize("profile", ORDER)
def test_a_case_lapses_only_where_there_is_a_time_for_the_transfer(rules: Procedure, profile: str) -> None:
    here = passed(world(rules, profile), run(rules, "transfer", profile), LATER)
    assert here.state == ("accepted" if profile in ("EU-BY", "CH-MD") else "lapsed")


@pytest.mark.parametrize("state", ["transfer_notified", "transfer_confirmed"])
def test_an_announced_transfer_that_fails_after_its_time_lapses(rules: Procedure, state: str) -> None:
    here = world(rules, "EU-AZ")
    announced = replace(run(rules, "transfer", "EU-AZ"), state=state)
    failure = {"failed_on": "2026-09-02", "told": "carrier", "reason": "carrier"}
    in_time = act(here, announced, "fail", START, side="requesting", form=failure)
    assert (in_time.state, due(in_time, "transfer") is None) == ("transfer_failed", False)
    over = passed(here, announced, LATER)
    assert (over.state, over.missed) == (state, {"transfer"})
    assert act(here, over, "fail", LATER, side="requesting", form=failure).state == "lapsed"
    changed = act(here, over, "ask_change", LATER, side="requested", form={"asks": ["date"]})
    assert changed.state == "td_issued"  # who asks for another day doesn't end the case by it


def test_an_obstacle_that_stands_keeps_a_case_from_lapsing(rules: Procedure) -> None:
    here = world(rules, "EU-AZ")
    after = act(here, run(rules, "transfer", "EU-AZ"), "record_obstacle", START, form={"began_on": "2026-09-01"})
    assert passed(here, after, LATER).state == "accepted"


def test_a_time_with_switzerland_and_moldova_that_ends_on_a_saturday_moves_to_monday(rules: Procedure) -> None:
    here = world(rules, "CH-MD")  # Friday 4 September and 15 days: Saturday 19; and 6 more from Monday 21: Sunday 27
    after = act(here, in_state("submitted"), "receive", START.replace(day=4))
    assert due(after, "reply") == "2026-09-21"
    after = act(here, after, "extend", START.replace(day=4), form={"reason": "registers"})
    assert due(after, "reply") == "2026-09-28"
    assert due(act(here, after, "extend", START.replace(day=5), form={"reason": "registers"}), "reply") == "2026-09-28"


def test_a_holiday_of_the_acting_state_is_no_working_day(rules: Procedure) -> None:
    """Georgia, Wednesday 14 October 2026 (Svetitskhovloba): three working days after Monday 12 are 13, 15, 16."""
    here = world(rules, "EU-GE")
    asked = act(here, in_state("accepted"), "request_document", START.replace(month=10, day=9), form={})
    after = act(here, asked, "receive_request", START.replace(month=10, day=12))
    assert due(after, "travel_document") == "2026-10-16"


def test_the_day_counts_where_the_one_who_must_act_is(rules: Procedure) -> None:
    """At 21:00 UTC on 1 September it is already the 2nd in Baku; the reply is due there on the 17th, 20:00 UTC."""
    after = act(world(rules, "EU-AZ"), in_state("submitted"), "receive", START.replace(hour=21))
    assert after.running["reply"].due.at == datetime(2026, 9, 17, 20, tzinfo=UTC)


def test_an_interview_stops_the_clock_only_where_it_was_asked_in_writing(rules: Procedure) -> None:
    asked = {"mission": "Tbilisi", "on": "2026-09-09"}
    for profile, form, stands in (
        ("EU-GE", {**asked, "decide_after": True}, True), ("EU-GE", asked, False),
        ("EU-AZ", {**asked, "decide_after": True}, False),
    ):  # fmt: skip
        here = world(rules, profile)
        after = act(here, run(rules, "reply", profile), "schedule_interview", START, side="requested", form=form)
        assert (after.running["reply"].stopped_at is not None) is stands
        assert "deem" not in passed(here, after, LATER).done if stands else "deem" in passed(here, after, LATER).done


def test_a_document_that_expires_before_the_transfer_must_be_renewed(rules: Procedure) -> None:
    here, form = world(rules, "EC-UA"), {"number": "UTO1", "issued_on": "2026-09-01", "valid_until": "2026-09-10"}
    after = act(here, in_state("td_pending"), "issue", START, side="requested", form=form)
    assert due(after, "document_validity") == "2026-09-10"
    renewing = passed(here, after, START.replace(day=12))
    assert (renewing.state, due(renewing, "renewal")) == ("td_pending", "2026-09-25")  # expired as the 11th began
    late = passed(here, renewing, START.replace(day=26))
    assert late.state == "eu_td_allowed"
    counts = {"kind": "expired_document", "number": "UTO1", "issued_on": "2026-09-01", "valid_until": "2026-09-10"}
    ready = act(here, late, "issue_own", START.replace(day=27), side="requesting", form=counts)
    assert ready.state == "td_issued" and passed(here, ready, START.replace(month=11)).state == "td_issued"


LATE = datetime(2026, 12, 5, 10, tzinfo=UTC)


def announced(rules: Procedure, until: str) -> tuple[World, Standing]:
    """A transfer that is announced and confirmed, with a travel document good until that day."""
    here = world(rules, "EC-UA")
    paper = {"number": "UTO1", "issued_on": "2026-09-01", "valid_until": until}
    after = act(here, run(rules, "transfer", "EC-UA"), "request_document", START, form={})
    after = act(here, after, "issue", START, side="requested", form=paper)
    after = act(here, after, "plan", START, form={"date": "2026-09-24", "border_point": "UTO", "mode": "air"})
    return here, act(here, act(here, after, "notify", START), "confirm", START)


def test_nobody_is_announced_with_a_document_that_ran_out_meanwhile(rules: Procedure) -> None:
    here, after = announced(rules, "2026-09-20")
    day = START.replace(day=23)
    after = act(here, after, "ask_change", day, side="requested", form={"reason": "date"})
    assert after.state == "td_issued" and "document_validity" in after.passed
    plan = {"date": "2026-10-01", "border_point": "UTO", "mode": "air"}
    for name, form in (("plan", plan), ("notify", None)):
        with pytest.raises(Refused):
            act(here, after, name, day, form=form)
    after = act(here, act(here, after, "ask_renewal", day, form={}), "receive_renewal", day)
    own = {"kind": "expired_document", "number": "UTO1", "issued_on": "2026-09-01", "valid_until": "2026-09-20"}
    paper = {"number": "UTO2", "issued_on": "2026-09-24", "valid_until": "2026-12-01"}
    late = START.replace(month=10, day=20)
    for name, at, form in (("issue", day, paper), ("issue_own", late, own)):
        ready = act(here, after, name, at, form=form)
        assert act(here, act(here, ready, "plan", at, form=plan), "notify", at).state == "transfer_notified"


def test_a_transfer_that_failed_is_planned_again_within_its_time_only(rules: Procedure) -> None:
    here, after = announced(rules, "2027-06-01")
    failed = {"failed_on": "2026-09-24", "told": "not_boarded", "reason": "medical"}
    in_time = act(here, after, "fail", START.replace(day=24), form=failed)
    assert act(here, in_time, "plan_again", START.replace(day=25)).state == "td_issued"
    too_late = act(here, after, "fail", LATE, form=failed)
    assert act(here, too_late, "plan_again", LATE).state == "lapsed"
    assert act(here, too_late, "close", LATE).result == "lapsed"


def test_after_the_time_to_apply_an_application_needs_its_obstacle(rules: Procedure) -> None:
    here = world(rules, "EU-AZ")
    after = passed(here, run(rules, "submit_tcn", "EU-AZ"), LATE)
    assert (after.state, after.passed) == ("draft", {"submit_tcn"})
    with pytest.raises(Refused):
        act(here, after, "submit", LATE, side="requesting")
    form = application(category="direct_entry", known_on="2026-03-02", late_because="legal")
    assert act(here, act(here, after, "change", LATE, form=form), "submit", LATE).state == "submitted"


def test_the_accelerated_procedure_is_for_agreements_that_have_it_and_for_its_time(rules: Procedure) -> None:
    for profile, at, may in (("EU-AZ", START, True), ("EU-AZ", LATE, False), ("CH-MD", START, False)):
        here, drafted = world(rules, profile), run(rules, "submit_accelerated", profile)
        if may:
            assert act(here, drafted, "submit", at).state == "submitted"
            continue
        with pytest.raises(Refused):
            act(here, drafted, "submit", at)
        ordinary = act(here, drafted, "change", at, form=application(accelerated=False))
        assert act(here, ordinary, "submit", at).state == "submitted"


def test_an_accelerated_application_names_the_day_from_which_its_time_runs(rules: Procedure) -> None:
    here = world(rules, "EU-AZ")
    drafted = act(here, Standing(), "create", START, side="requesting", form=application(accelerated=True))
    with pytest.raises(Refused):
        act(here, drafted, "submit", START)
    dated = act(here, drafted, "change", START, form=application(accelerated=True, apprehended_on="2026-08-31"))
    assert act(here, dated, "submit", START).state == "submitted"


@pytest.mark.parametrize("profile", ORDER)
def test_an_accelerated_application_always_has_a_time_to_reply(rules: Procedure, profile: str) -> None:
    """Also where the agreement has no such procedure, whatever the other side sends."""
    sent = Standing(state="submitted", data={"application": application(accelerated=True)}, opened_at=START)
    after = act(world(rules, profile), sent, "receive", START)
    ordinary = profile in ("CH-MD", "KZ-BENELUX")
    assert due(after, "reply" if ordinary else "reply_accelerated") is not None
    assert due(after, "reply_accelerated" if ordinary else "reply") is None


def test_the_time_to_apply_follows_a_draft_that_is_changed(rules: Procedure) -> None:
    here = world(rules, "EU-AZ")
    after = act(here, Standing(), "create", START, form=application(category="direct_entry"))
    assert due(after, "submit_tcn") is None
    for form, day in (
        ({"category": "direct_entry", "known_on": "2026-08-20"}, "2027-02-20"),
        ({"category": "direct_entry", "known_on": "2026-08-10"}, "2027-02-10"),
        ({"category": "own_national"}, None),
    ):
        after = act(here, after, "change", START, form=application(**form))
        assert due(after, "submit_tcn") == day


@pytest.mark.parametrize("rule", ["error_own_national", "error_other_person"])
def test_an_error_is_claimed_within_its_time_only(rules: Procedure, rule: str) -> None:
    here, form = world(rules, "EU-AZ"), {"reasons": ["airside_transit"], "explanation": "Never left the airport."}
    arrived, last = (
        run(rules, rule, "EU-AZ"),
        datetime(2027, 3, 1 if rule == "error_own_national" else 31, 10, tzinfo=UTC),
    )
    assert act(here, arrived, "claim_error", last, side="requested", form=form).state == "error_claimed"
    with pytest.raises(Refused):
        act(here, arrived, "claim_error", LATER, side="requested", form=form)
