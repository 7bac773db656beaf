"""Periods, rules and the guard of the clock."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xenia.errors import BadInput, Conflict
from xenia.oversight import retention
from xenia.oversight.retention import Period

DAYS = st.dates(date(1970, 1, 1), date(2100, 1, 1))
PERIODS = st.builds(Period, st.integers(0, 30), st.integers(0, 30), st.integers(0, 400))


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("P3Y", "2023-05-01", "2026-05-01"),
        ("P3Y1D", "2023-05-01", "2026-05-02"),
        ("P1Y", "2024-02-29", "2025-02-28"),
        ("P1M", "2026-01-31", "2026-02-28"),
        ("P4M", "2026-11-30", "2027-03-30"),
        ("P1D", "2026-12-31", "2027-01-01"),
    ],
)
def test_a_period_ends_on_the_day_the_law_counts(text, start, end):
    assert Period.parse(text).after(date.fromisoformat(start)) == date.fromisoformat(end)


@pytest.mark.parametrize("text", ["", "P", "3Y", "P3", "P3H", "PT3H", "P-3Y", "P3Y ", "P9999Y", "P1D1Y"])
def test_odd_periods_are_refused(text):
    with pytest.raises(BadInput):
        Period.parse(text)


@given(PERIODS, DAYS)
def test_before_is_the_last_day_that_is_over(period, day):
    cutoff = period.before(day)
    assert period.after(cutoff) <= day < period.after(cutoff + timedelta(days=1))


@given(PERIODS, DAYS, DAYS)
def test_who_came_later_goes_no_earlier(period, first, second):
    first, second = sorted((first, second))
    assert period.after(first) <= period.after(second)


def test_every_shipped_rule_names_its_source():
    rules = retention.shipped()
    assert len({(rule.retention_class, rule.valid_from) for rule in rules}) == len(rules)
    for rule in rules:
        assert rule.source and rule.confidence in retention.CONFIDENCES and rule.period != Period()


def test_a_rule_without_source_is_refused():
    row = json.loads(retention.RULES_FILE.read_text())["rules"][0] | {"source": ""}
    with pytest.raises(BadInput, match=row["class"]):
        retention.parsed({"rules": [row]})


def test_an_installation_may_set_its_own_periods(tmp_path):
    shipped = retention.on_day(retention.shipped(), date(2026, 11, 21))
    row = {
        **json.loads(retention.RULES_FILE.read_text())["rules"][0],
        "class": "crossing",
        "period": "P2Y",
        "source": "UTO Border Act 7",
    }
    (tmp_path / "retention_rules.json").write_text(json.dumps({"rules": [row]}))
    own = retention.on_day(retention.installed(tmp_path), date(2026, 11, 21))
    assert own["crossing"].period == Period(2)
    assert own.keys() == shipped.keys()
    (tmp_path / "retention_rules.json").write_text("{")
    with pytest.raises(BadInput):
        retention.installed(tmp_path)


def test_the_newer_rule_is_in_force_from_its_day():
    (old, *_) = retention.shipped()
    new = retention.Rule(**{**old.__dict__, "period": Period(1), "valid_from": date(2030, 1, 1)})
    assert retention.on_day([new, old], date(2029, 12, 31))[old.retention_class] is old
    assert retention.on_day([new, old], date(2030, 1, 1))[old.retention_class] is new


NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("last", "code"),
    [
        (NOW, None),
        (NOW + timedelta(minutes=4), None),
        (NOW + timedelta(minutes=6), "clock-behind"),
        (NOW - timedelta(days=366), None),
        (NOW - timedelta(days=367), "clock-jumped"),
    ],
)
def test_a_clock_that_cannot_be_right_deletes_nothing(last, code):
    if code is None:
        retention.guard_clock(NOW, [last, last - timedelta(days=1)])
        return
    with pytest.raises(Conflict) as caught:
        retention.guard_clock(NOW, [last, NOW - timedelta(days=4000)])
    assert caught.value.code == code


def test_a_person_may_vouch_for_a_jump_forward_but_not_backward():
    retention.guard_clock(NOW, [NOW - timedelta(days=4000)], checked=True)
    with pytest.raises(Conflict):
        retention.guard_clock(NOW, [NOW + timedelta(days=1)], checked=True)


def test_an_empty_journal_says_nothing_about_the_clock():
    retention.guard_clock(NOW, [])
