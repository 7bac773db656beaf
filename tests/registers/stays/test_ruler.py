"""The stay ruler says in figures and in places what the rule says."""

from __future__ import annotations

from datetime import date

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from tests.registers.stays.test_rules import day, stays
from xenia.registers.stays.ruler import ruler, unknown

ON = day("2026-11-21")


def bars(drawn):
    return [(bar.kind, bar.label) for bar in drawn.bars]


def test_who_may_stay_sees_how_long():
    drawn = ruler(stays("2026-06-28/2026-07-11", "2026-09-05/2026-09-23"), ON)
    assert (drawn.state, drawn.used_days, drawn.may_days) == ("may", 34, 71)
    assert drawn.leave_by == day("2027-01-30")
    assert bars(drawn) == [("used", "14"), ("used", "19"), ("used", ""), ("may", "")]


def test_the_lowest_limit_is_drawn():
    drawn = ruler([], ON, authorised_until=day("2026-11-30"))
    assert (drawn.may_days, drawn.leave_by) == (10, day("2026-11-30"))


def test_nothing_left():
    drawn = ruler(stays("2026-08-01/2026-10-29"), ON)
    assert (drawn.state, drawn.may_days, drawn.leave_by) == ("none", 0, None)
    assert drawn.reentry == day("2027-01-28")
    assert drawn.used_days == 90


def test_an_overstay_is_red_from_its_first_day():
    drawn = ruler(stays("2026-08-01"), ON)
    assert (drawn.state, drawn.over_days) == ("over", 23)
    assert [kind for kind, _ in bars(drawn)] == ["used", "over"]


def test_an_overstay_of_a_visa_is_red_though_days_are_left():
    drawn = ruler(stays("2026-11-01"), ON, authorised_until=day("2026-11-15"))
    assert (drawn.state, drawn.over_days) == ("over", 6)


def test_somebody_outside_is_promised_nothing():
    drawn = ruler(stays("2026-11-01/2026-11-05"), ON, present=False)
    assert (drawn.state, drawn.used_days, bars(drawn)) == ("none", 5, [("used", "")])


def test_time_runs_in_reading_direction():
    lived = stays("2026-06-28/2026-07-11")
    ltr, rtl = ruler(lived, ON, right_to_left=False), ruler(lived, ON, right_to_left=True)
    assert float(ltr.today_x) + float(rtl.today_x) == pytest.approx(880, abs=0.2)
    assert float(ltr.bars[0].x) < float(ltr.today_x)
    assert float(rtl.bars[0].x) > float(rtl.today_x)


@pytest.mark.parametrize("language", ["en", "ar", "fr", "ka"])
@pytest.mark.parametrize("lived", [[], ["2026-08-01/2026-10-29"], ["2026-08-01"]])
def test_the_part_draws_without_style_or_script(language, lived):
    with translation.override(language):
        html = render_to_string("xenia/parts/stay_ruler.html", {"ruler": ruler(stays(*lived), ON)})
    assert "<svg" in html
    assert "style=" not in html
    assert 'x=""' not in html
    assert "," not in html.split('width="')[1].split('"')[0]


def test_not_known_is_said():
    html = render_to_string("xenia/parts/stay_ruler.html", {"ruler": unknown(date(2026, 1, 1))})
    assert "not known" in html
    assert "<svg" not in html
