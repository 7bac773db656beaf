"""Months against the same months of the two years before: known answers, quiet ones, planted ones, and too few of them."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
import pytest

from tests.insight import facts
from tests.insight.watching.conftest import COLUMNS, LAST, NOW
from xenia.insight import loading
from xenia.insight.warehouse import Warehouse, lines_of
from xenia.insight.watching import gathering, looking, month_pages, monthly, pages
from xenia.insight.watching.models import Month
from xenia.insight.watching.series import Numbers, Segment

URL = "/statistics/watch/months/"
UNTIL = date(2026, 5, 31)


def quiet(months: int, seed: int, mean: float = 2000) -> Numbers:
    """A season, growth of a tenth a year, and each month a tenth up or down by itself."""
    chance, at = np.random.default_rng(seed), np.arange(months)
    level = mean * np.exp(0.4 * np.sin(2 * np.pi * at / 12) + 0.1 * at / 12 + chance.normal(0, 0.1, months))
    return np.asarray((chance.poisson(level) + chance.integers(-3, 4, months) + 2) // 5 * 5, dtype=float)


def test_growth_is_taken_into_account() -> None:
    # By hand: 1,000 a month, then 1,100, then 1,210: a tenth more each year, nothing else.
    values = np.array([1000.0] * 12 + [1100.0] * 12 + [1210.0])
    one = monthly.judge(values)
    assert one.growth == pytest.approx(1.1, abs=0.001) and one.expected == pytest.approx(1210, abs=1)
    assert (one.state, one.known, one.year_ago, one.two_years_ago) == ("usual", 24, 1100, 1000)
    assert one.low < 1210 < one.high
    flat = monthly.judge(np.array([1000.0] * 12 + [1100.0] * 12 + [1000.0]))
    assert flat.state == "less" and flat.observed < flat.low


def test_quiet_months_are_seldom_called_more_or_less() -> None:
    states = [monthly.judge(quiet(25, seed)).state for seed in range(400)]
    assert sum(one in ("more", "less") for one in states) <= 8
    assert sum(one != "usual" for one in states) <= 40


def test_twice_as_many_are_noticed_and_half_as_many_again_perhaps() -> None:
    twice = half_again = 0
    for seed in range(100):
        values = quiet(25, seed)
        twice += monthly.judge(np.append(values[:-1], values[-1] * 2.2)).state == "more"
        half_again += monthly.judge(np.append(values[:-1], values[-1] * 1.6)).state in ("more", "perhaps-more")
    assert twice >= 85 and half_again >= 75


def test_fewer_than_24_whole_months_say_so() -> None:
    values = quiet(24, 3)
    values[-1] *= 9
    one = monthly.judge(values)
    assert (one.state, one.known) == ("too-little", 23) and math.isnan(one.expected) and one.year_ago == values[-13]
    gap = quiet(30, 3)
    gap[20] = np.nan
    assert (monthly.judge(gap).state, monthly.judge(gap).known) == ("too-little", 8)


def test_a_month_that_lacks_a_post_may_be_more_but_never_less_or_as_expected() -> None:
    values = quiet(25, 5)
    for times, state in ((0.3, "incomplete"), (1.0, "incomplete"), (3.0, "more")):
        shown = values.copy()
        shown[-1] *= times
        assert monthly.judge(shown, lacking=True).state == state


def years(made: Warehouse, folder, months: int, *, until: date = UNTIL, last: float = 1.0) -> None:
    """Months of ten days a month that count, the last one so many times as many; counting began on the first day."""
    first = until.replace(day=1)
    rows = [[f"{LAST}T10:00", "UTO-AP1", "entry", "admitted", "ARC", 300]]  # of the month that is not over
    for back in range(months):
        times = last if back == 0 else 1.0
        for day in (1, 5, 9, 13, 17, 21, 25):
            rows += [[f"{first.replace(day=day)}T10:00", "UTO-AP1", "entry", "admitted", code, round(number * times)]
                     for code, number in (("ARC", 300 + 7 * (day + back) % 40), ("PAN", 60))]  # fmt: skip
        first = (first - timedelta(days=1)).replace(day=1)
    loading.load(made, facts.write(folder / f"{months}-{last}.csv", rows, COLUMNS), facts.SECRET)


@pytest.mark.django_db
def test_months_come_from_totals_that_were_released_and_not_from_sums_of_days(
    world: Callable[..., Warehouse],
) -> None:
    world()
    looking.step(NOW)
    months, values = gathering.by_month("entries", Segment("UTO-AP1", "ARC"), LAST)
    assert months == [date(2026, 4, 1), date(2026, 5, 1)]  # in March counting began, June is not over
    assert all(one % 5 == 0 for one in values) and not np.isnan(values).any()
    daily = gathering.table("entries", LAST, Segment("UTO-AP1", "ARC"))
    sums = np.nansum(daily.values[0, daily.place(months[0]) : daily.place(months[1])])
    assert values[0] == pytest.approx(sums, rel=0.05)
    assert {one["grade"] for one in lines_of(gathering.warehouse().log)} == {"interactive"}


@pytest.mark.django_db
def test_years_are_fetched_a_few_at_a_look_and_judged(world, house, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(pages, "last_closed", lambda now: LAST)
    years(gathering.warehouse(), tmp_path, 27, last=2.0)
    client = house.client("ana", "analyst")
    looking.step(NOW)
    begun = Month.objects.filter(indicator="entries").count()
    looking.step(NOW + timedelta(hours=1))
    assert Month.objects.filter(indicator="entries").count() == begun + gathering.OLDER_A_LOOK
    some = client.get(URL).content.decode()
    assert "are needed: nothing is said." in some
    for hour in range(2, 12):
        looking.step(NOW + timedelta(hours=hour))
    page = client.get(URL).content.decode()
    assert "May 2026: more than in the same months of the two years before, growth taken into account." in page
    assert page.count('class="bar out"') == 1 and "<strong>more</strong>" in page
    assert "No whole month is known of it yet." in client.get(URL + "?post=UTO-BG").content.decode()
    assert client.get(URL + "?indicator=nonsense&post=%3Cb%3E").status_code == 200
    (month, one) = month_pages.judged("entries", Segment("", "PAN"), LAST)[-1]
    assert month == date(2026, 5, 1) and one.state == "more" and one.known >= 24


@pytest.mark.django_db
def test_months_are_whole_although_counting_began_in_the_season_of_the_year_before(house, tmp_path) -> None:
    years(gathering.warehouse(), tmp_path, 14)
    for hour in range(6):
        looking.step(NOW + timedelta(hours=hour))
    months, values = gathering.by_month("entries", Segment(), LAST)
    assert len(months) == 14 and not np.isnan(values).any()


@pytest.mark.django_db
def test_who_may_not_read_sees_none(house) -> None:
    assert house.client("guard", "first-line-officer").get(URL).status_code == 403
