"""The pages of the watch: what they show, that they work without script, what is typed wrong."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from tests.insight.watching.conftest import LAST, NOW
from xenia.insight.warehouse import Warehouse
from xenia.insight.watching import looking, pages
from xenia.insight.watching.models import KnownEvent, RuleSet, Signal
from xenia.journal.models import Entry

pytestmark = pytest.mark.django_db

WATCH = "/statistics/watch/"
INFLUX = {(LAST, "UTO-AP1", "ARC"): 4.0}


@pytest.fixture
def client(house) -> Client:
    return house.client("ana", "analyst")


def test_the_list_says_what_an_empty_one_means(client: Client, world: Callable[..., Warehouse]) -> None:
    assert "Nothing was looked at yet." in client.get(WATCH).content.decode()
    world()
    looking.step(NOW)
    page = client.get(WATCH).content.decode()
    assert "Nothing rings." in page and "That is no all-clear" in page
    assert "No signal fits." in client.get(WATCH + "?level=alarm").content.decode()


def test_signals_are_listed_filtered_searched_and_taken(client: Client, world: Callable[..., Warehouse]) -> None:
    world(INFLUX)
    looking.step(NOW)
    count = Signal.objects.count()
    page = client.get(WATCH).content.decode()
    assert page.count('<th scope="row">') == count and "All posts and nationalities" in page
    only = client.get(WATCH + "?post=UTO-AP1&nationality=ARC").content.decode()
    assert only.count('<th scope="row">') == 1
    assert (
        client.get(WATCH + "?q=ap1").content.decode().count('<th scope="row">')
        == Signal.objects.exclude(post="").count()
    )
    assert client.get(WATCH + "?level=nonsense&page=999&q=%00").status_code == 200
    taken = client.get(WATCH + "signals.csv?nationality=ARC")
    assert taken["Content-Type"].startswith("text/csv")
    assert len(taken.content.decode().splitlines()) == 1 + Signal.objects.filter(nationality="ARC").count()
    assert Entry.objects.filter(kind="watch.exported").count() == 1


def test_a_signal_explains_itself_and_takes_what_people_say(client: Client, world: Callable[..., Warehouse]) -> None:
    world(INFLUX)
    looking.step(NOW)
    signal = Signal.objects.get(post="UTO-AP1", nationality="ARC")
    url = f"{WATCH}signals/{signal.pk}/"
    page = client.get(url).content.decode()
    for words in (
        "Why it rang",
        "were usual, and from",
        "series were looked at together",
        "2 of 2 posts had reported",
        "<svg",
    ):
        assert words in page
    assert "Days end at 24:00 UTC." in page
    assert page.count('class="bar out"') == 1 and "Rang at the same time" in page
    assert client.post(url, {"do": "assess"}).status_code == 422
    assert client.post(url, {"do": "assess", "assessment": "real", "note": "Turned-round <flights>"}).status_code == 302
    said = client.get(url).content.decode()
    assert "It was real" in said and "&lt;flights&gt;" in said
    assert client.post(url, {"do": "take-back"}).status_code == 302
    assert "It was real</strong>" not in client.get(url).content.decode()
    assert client.post(url, {"do": "acknowledge"}).status_code == 409
    assert client.get(f"{WATCH}signals/{Entry.objects.first().pk}/").status_code == 404


def test_rules_and_events_are_set_on_a_page(client: Client, house) -> None:
    url = WATCH + "rules/"
    assert "with source and how sure they are" in client.get(url).content.decode()
    wanted = {"do": "rules", "main": "farrington", "smoothing": "0.3", "limit": "3", "alpha": "0.01", "share": "0.05"}
    assert client.post(url, wanted).status_code == 422
    assert client.post(url, {**wanted, "reason": "Too late.", "limit": "99"}).status_code == 422
    assert client.post(url, {**wanted, "reason": "Too late."}).status_code == 302
    assert RuleSet.objects.get().main == "farrington" and "Too late." in client.get(url).content.decode()
    event = {
        "do": "event",
        "event-first": "2026-06-01",
        "event-last": "2026-06-03",
        "event-label": "Fair",
        "event-post": "",
    }
    assert client.post(url, {**event, "event-last": "2026-05-01"}).status_code == 422
    assert client.post(url, event).status_code == 302
    assert client.post(url, {"do": "remove", "event": "nonsense"}).status_code == 404
    assert client.post(url, {"do": "remove", "event": str(KnownEvent.objects.get().pk)}).status_code == 302
    assert "None is noted." in client.get(url).content.decode()


def test_who_may_not_watch_sees_no_button_and_sets_nothing(house, world: Callable[..., Warehouse]) -> None:
    guard = house.client("guard", "first-line-officer")
    assert guard.get(WATCH).status_code == 403 and guard.post(WATCH + "rules/", {"do": "rules"}).status_code == 403
    assert guard.get(WATCH + "queue/?total=100").status_code == 403


def test_a_forecast_is_shown_or_said_not_to_be(client: Client, world: Callable[..., Warehouse], monkeypatch) -> None:
    monkeypatch.setattr(pages, "last_closed", lambda now: LAST)
    url = WATCH + "forecast/"
    assert "Nothing was looked at yet." in client.get(url).content.decode()
    quiet = {(LAST - timedelta(days=back), post, "ARC"): 0.3 for back in range(120) for post in ("UTO-AP1", "UTO-BG")
             if (LAST - timedelta(days=back)).weekday() >= 5}  # fmt: skip
    world(quiet, days=120)
    looking.step(NOW)
    page = client.get(url).content.decode()
    assert "Model:" in page and page.count('<th scope="row">') == 14
    assert "Too little data" in client.get(url + "?post=UTO-BG&nationality=PAN").content.decode()
    assert client.get(url + "?indicator=nonsense&post=%3Cb%3E").status_code == 200


def test_a_queue_is_reckoned_from_the_address(client: Client) -> None:
    url = WATCH + "queue/"
    assert "Lanes needed" not in client.get(url).content.decode()
    asked = "?total=2400&profile=rushes&group=1&target=15&staff=3&name1=All&share1=100&lanes1=4&minutes1=1"
    page = client.get(url + asked).content.decode()
    assert page.count('<th scope="row">') == 24 and "4 lanes are open, but only 3 officers are there." in page
    two = client.get(url + asked + "&name2=Families&share2=40&lanes2=2&minutes2=2").content.decode()
    assert "The shares must be 100 % together." in two
    odd = client.get(url + "?arrivals=1+2+3&share1=100&lanes1=1&minutes1=1")
    assert odd.status_code == 422 and "Write 24 whole numbers" in odd.content.decode()
    hours = "+".join(["0"] * 12 + ["600"] + ["0"] * 11)
    rush = client.get(url + f"?arrivals={hours}&share1=100&lanes1=1&minutes1=1&target=5").content.decode()
    assert '<td class="num">1,000 %</td>' in rush or "1000 %" in rush


def test_a_queue_begins_with_what_was_measured(client: Client, world: Callable[..., Warehouse]) -> None:
    from datetime import UTC, datetime

    world(days=70, until=datetime.now(UTC).date())
    page = client.get(WATCH + "queue/?measured=UTO-AP1").content.decode()
    assert "Filled in: the mean day of the last whole month" in page and "the minutes are an assumption" in page
    hours = page.split('name="arrivals"')[1].split("</textarea>")[0].split(">")[1].split()
    assert len(hours) == 24 and 80 <= sum(map(int, hours)) <= 100  # 60 and 30 a day, by the clock of the post
    assert Entry.objects.filter(kind="insight.released").count() == 2
