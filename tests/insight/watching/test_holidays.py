"""Holidays are proposed, never applied: days that move, days of the states around, and a person's yes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from holidays.calendars.islamic import _IslamicLunar

from tests.insight.watching.conftest import LAST, NOW
from xenia.insight.warehouse import Warehouse
from xenia.insight.watching import feasts, looking, proposing
from xenia.insight.watching.models import KnownEvent, Signal
from xenia.journal.models import Entry

URL = "/statistics/watch/holidays/"


@pytest.mark.parametrize(
    ("year", "western", "eastern"),
    [  # as the churches had or announced them
        (2019, "2019-04-21", "2019-04-28"),
        (2024, "2024-03-31", "2024-05-05"),
        (2025, "2025-04-20", "2025-04-20"),
        (2026, "2026-04-05", "2026-04-12"),
        (2038, "2038-04-25", "2038-04-25"),
    ],
)
def test_easter_falls_where_the_churches_have_it(year: int, western: str, eastern: str) -> None:
    assert feasts.easter(year) == date.fromisoformat(western)
    assert feasts.eastern_easter(year) == date.fromisoformat(eastern)


def test_reckoned_eids_are_within_a_day_of_those_that_were_announced() -> None:
    months, off = _IslamicLunar(), []
    for year in range(2000, 2076):
        found = feasts.feasts(date(year, 1, 1), date(year, 12, 31))
        for name, known in (
            ("eid-al-fitr", months.eid_al_fitr_dates(year)),
            ("eid-al-adha", months.eid_al_adha_dates(year)),
        ):
            reckoned = {one.first for one in found if one.name == name}
            near = [day for day, _sure in known if date(year, 1, 4) < day < date(year, 12, 28)]
            off += [min(abs((day - one).days) for one in reckoned) for day in near]
    assert len(off) > 140 and max(off) == 1


def test_days_that_touch_a_period_are_found_over_the_turn_of_a_year() -> None:
    (turn,) = feasts.feasts(date(2027, 1, 2), date(2027, 1, 2))
    assert (turn.name, turn.first) == ("new-year", date(2026, 12, 31))
    assert [one.name for one in feasts.feasts(date(2026, 3, 21), date(2026, 3, 21))] == ["eid-al-fitr", "novruz"]


@pytest.mark.django_db
def test_neighbours_are_those_of_the_map(settings) -> None:
    settings.XENIA_STATE = "GEO"
    assert proposing.usual_states() == ["GEO", "ARM", "AZE", "RUS", "TUR"]
    settings.XENIA_STATE = "UTO"
    assert proposing.usual_states() == ["UTO"] and proposing.unlisted(["UTO", "GEO"]) == ["UTO"]


def test_what_a_state_announced_replaces_what_was_reckoned() -> None:
    spring = date(2026, 3, 1), date(2026, 4, 30)
    alone = {one.label: one for one in proposing.proposals([], *spring)}
    assert alone["Eid al-Fitr"].doubt and not alone["Easter (eastern)"].doubt
    around = proposing.proposals(["GEO", "TUR"], *spring)
    (eid,) = [one for one in around if "Eid" in one.name]
    assert (eid.label, eid.first, eid.last, eid.doubt) == (
        "Eid al-Fitr (TUR)",
        date(2026, 3, 20),
        date(2026, 3, 22),
        False,
    )
    labels = [one.label for one in around]
    assert "Easter (eastern)" in labels and not [one for one in labels if "Holy Saturday" in one]
    later = proposing.proposals(["AZE"], date(2027, 3, 1), date(2027, 3, 15))
    assert [one.doubt for one in later if "Eid" in one.name] == [True]  # nobody has announced that one


@pytest.mark.django_db
def test_they_are_noted_with_a_persons_yes_and_not_before(house, settings) -> None:
    settings.XENIA_STATE = "GEO"
    client = house.client("ana", "analyst")
    page = client.get(URL)
    assert page.status_code == 200 and "Nothing here is applied by itself" in page.content.decode()
    assert KnownEvent.objects.count() == 0
    easter = next(one for one in page.context["found"] if one.name == "Easter (eastern)")
    assert client.post(URL, {"states": "GEO ARM"}).status_code == 302 and KnownEvent.objects.count() == 0
    assert client.post(URL, {"states": "GEO ARM", "take": [easter.key, "2026-01-01/2026-12-31/All"]}).status_code == 302
    event = KnownEvent.objects.get()
    assert (event.label, event.first, event.last) == (easter.label, easter.first, easter.last)
    assert Entry.objects.filter(kind="watch.event-set").count() == 1
    again = client.get(URL + "?states=GEO+ARM")
    assert easter.key not in [one.key for one in again.context["found"]]
    odd = client.get(URL + "?states=GEO+QQQ+UTO").content.decode()
    assert "No codes of states:" in odd and "No public holidays are known here of:" in odd


@pytest.mark.django_db
def test_who_may_not_watch_notes_none(house) -> None:
    guard = house.client("guard", "first-line-officer")
    assert guard.get(URL).status_code == 403 and guard.post(URL, {"take": ["x"]}).status_code == 403


@pytest.mark.django_db
def test_a_signal_on_a_holiday_that_nobody_noted_says_so(world: Callable[..., Warehouse], house) -> None:
    good_friday = date(2026, 4, 10)
    world({(good_friday, "UTO-AP1", "ARC"): 4.0}, until=good_friday)
    now = NOW - (LAST - good_friday)
    looking.step(now)
    signal = Signal.objects.get(post="UTO-AP1", nationality="ARC", indicator="entries")
    client = house.client("ana", "analyst")
    url = f"/statistics/watch/signals/{signal.pk}/"
    page = client.get(url).content.decode()
    assert "the day may be a holiday: Easter (eastern)" in page and signal.event == "" and signal.level == "alarm"
    KnownEvent.objects.create(
        first=good_friday, last=good_friday + timedelta(days=3), label="Easter at home", set_by=signal.pk, set_at=now
    )
    Signal.objects.all().delete()
    looking.step(now)
    signal = Signal.objects.get(post="UTO-AP1", nationality="ARC", indicator="entries")
    page = client.get(f"/statistics/watch/signals/{signal.pk}/").content.decode()
    assert "A known event fell on the day: Easter at home" in page and "may be a holiday" not in page
    assert ", <bdi>Easter at home</bdi></td>" in page
