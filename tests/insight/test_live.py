"""The live page: counted a moment after the decision, protected, renewed only where there is news."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.access.test_places import second_factor
from tests.insight.tailing import world
from tests.insight.tailing.conftest import warehouse_home  # noqa: F401
from tests.people import build
from xenia.insight.live import counting, showing
from xenia.insight.release import cell_keys
from xenia.insight.tailing.models import Count
from xenia.journal.actions import writing

NOW = datetime.now(UTC).replace(second=30, microsecond=0)


def test_sums_carry_the_noise_of_their_facts_and_are_rounded(warehouse_home: Path) -> None:  # noqa: F811
    for number in range(23):
        world.cross(NOW - timedelta(minutes=number % 10), f"UX{number}", nationality="ARC" if number % 3 else "PAN")
    world.cross(NOW, "UX99", outcome="refused", reasons=["E"], nationality="MOL")
    world.follow()
    made = showing.live("60", NOW)
    exact = {(one.direction, one.outcome): 0 for one in Count.objects.all()}
    keys = dict.fromkeys(exact, 0)
    for one in Count.objects.all():
        exact[one.direction, one.outcome] += one.n
        keys[one.direction, one.outcome] += one.key
    assert exact == {("entry", "admitted"): 23, ("entry", "refused"): 1}
    place = ("entry", "admitted")
    import numpy as np

    noisy = cell_keys.noisy(np.array([exact[place]]), np.array([keys[place]]))
    assert made.total.entries == int(cell_keys.rounded(noisy)[0]) and made.total.entries % 5 == 0
    assert abs(made.total.entries - 23) <= cell_keys.MOST + 2
    # 15 of ARC stand alone; 8 of PAN and the one of MOL are the others, in one line at the end
    assert [one.name for one in made.nationalities] == ["ARC", showing.OTHERS]


def test_a_post_of_which_nothing_is_shown_does_not_stand_there(warehouse_home: Path) -> None:  # noqa: F811
    """A line of noughts came with the first traveller of a quiet post: certain, and watched once a second."""
    for number in range(60):
        world.cross(NOW, f"UX{number}", post=f"UTO-{number:02}", nationality="PAN" if number % 2 else "ARC")
    world.follow()
    made = showing.live("60", NOW)
    assert 0 < len(made.posts) < 60 and len(made.nationalities) == 2
    assert all(one.entries or one.exits or one.refused for one in (*made.posts, *made.nationalities))


def test_minutes_before_the_window_are_not_in_it_and_old_ones_go(warehouse_home: Path) -> None:  # noqa: F811
    for ago in (5, 40, 2000):
        for number in range(12):
            world.cross(NOW - timedelta(minutes=ago), f"UX{ago}{number}")
    world.cross(NOW - timedelta(hours=60))  # a post that reports late: in the facts, not here
    world.follow()
    assert sum(Count.objects.values_list("n", flat=True)) == 36
    assert [showing.live(window, NOW).total.entries for window in ("15", "60")] != [0, 0]
    assert Count.objects.filter(minute__gte=showing.begins("15", NOW)).count() == 1
    with writing():
        assert counting.forget(NOW + timedelta(hours=48)) == 1


def test_the_page_says_nothing_new_until_something_is(warehouse_home: Path) -> None:  # noqa: F811
    people = build()
    client = second_factor(people.client("ann", "analyst", authority="UTO-MG"))
    page = client.get("/statistics/live/")
    assert page.status_code == 200 and b"<noscript><meta http-equiv" in page.content
    assert b"http-equiv" not in client.get("/statistics/live/?mark=0").content
    mark = page.context["mark"]
    again = client.get(f"/statistics/live/?window=60&mark={mark}")
    assert again.status_code in (204, 200) and (again.status_code == 204 or again.context["mark"] != mark)
    for number in range(30):
        world.cross(datetime.now(UTC), f"UX{number}")
    world.follow()
    news = client.get(f"/statistics/live/?window=60&mark={mark}")
    assert news.status_code == 200 and news.context["live"].total.entries >= 20
    assert b"UX1" not in news.content


@pytest.mark.parametrize("path", ["/statistics/live/", "/statistics/live/?mark=1"])
def test_it_is_for_those_who_may_see_statistics(db: None, path: str) -> None:
    client = build().client("bea", "first-line-officer")
    assert client.get(path).status_code in (302, 403)
