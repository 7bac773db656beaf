"""Locking a workplace, opening it, handing it over; what the server does when no script runs."""

from __future__ import annotations

import json
import re
import time
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests import people
from xenia.access import chores, lock, ports, standing
from xenia.access.models import LaneNote
from xenia.journal.models import DataKey, Entry


@pytest.fixture(autouse=True)
def demo(settings) -> None:
    settings.XENIA_DEMO = True


@pytest.fixture
def booth(world: people.World) -> Client:
    """Ada at lane 3."""
    client = world.client("ada", "first-line-officer")
    client.post("/own/place/", {"post": "UTO-AP1", "lane": "L3"})
    return client


def bodies(kind: str) -> list[dict]:
    return [json.loads(bytes(one.body)) for one in Entry.objects.filter(kind=kind).order_by("id")]


def test_a_locked_workplace_shows_and_does_nothing(booth: Client) -> None:
    assert booth.post("/lock/").headers["Location"] == "/locked/"
    for path in ("/", "/own/place/", "/console/", "/keys/", "/own/note/", "/own/password/"):
        assert booth.get(path).headers.get("Location") == "/locked/", path
    assert booth.get("/console/", headers={"HX-Request": "true"}).headers["HX-Redirect"] == "/locked/"
    answer = booth.post("/api/v1/ask", "{}", content_type="application/json")
    assert answer.status_code == 401 and answer.json()["code"] == "locked"
    assert bodies("access.screen_locked") == [
        {"account": booth.session["_auth_user_id"], "why": "self", "post": "UTO-AP1", "lane": "L3"}
    ]


def test_the_locked_page_names_the_lane_and_nobody(booth: Client) -> None:
    booth.post("/lock/")
    page = booth.get("/locked/").content.decode()
    assert "Port Meridian" in page and "L3" in page
    assert "ada" not in page.lower().replace("data", "") and "Person" not in page


def test_the_same_officer_opens_it_where_it_was(booth: Client) -> None:
    booth.post("/lock/", headers={"Referer": "http://testserver/own/place/?x=1"})
    wrong = booth.post("/locked/", {"password": "wrong"})
    assert wrong.status_code == 422 and "not the password" in wrong.content.decode()
    opened = booth.post("/locked/", {"password": people.PASSWORD})
    assert opened.headers["Location"] == "/own/place/?x=1"
    assert booth.get("/own/place/").status_code == 200
    assert booth.session["lane"] == "L3"
    assert bodies("access.screen_unlocked")[0]["by"] == "password"


def test_the_way_back_never_leaves_the_site(booth: Client) -> None:
    for came in ("https://evil.example/own/", "http://testserver//evil.example/own/"):
        booth.post("/lock/", headers={"Referer": came})
        assert booth.post("/locked/", {"password": people.PASSWORD}).headers["Location"] == "/", came


def test_five_wrong_passwords_lock_out_here_too(booth: Client) -> None:
    booth.post("/lock/")
    for _ in range(4):
        assert booth.post("/locked/", {"password": "wrong"}).status_code == 422
    assert booth.post("/locked/", {"password": "wrong"}).status_code == 429
    assert booth.post("/locked/", {"password": people.PASSWORD}).status_code == 429
    assert people.sign_in(Client(), "ada").status_code == 429, "and the same holds for the sign-in page"


def test_locking_twice_is_one_lock(booth: Client) -> None:
    booth.post("/lock/")
    booth.post("/lock/", {"why": "idle"})
    assert len(bodies("access.screen_locked")) == 1


def test_another_officer_lands_at_the_same_lane(booth: Client, world: people.World) -> None:
    world.person("ben", "first-line-officer")
    session = booth.session
    session["direction"] = "exit"
    session.save()
    booth.post("/lock/")
    assert booth.post("/locked/switch/").headers["Location"] == "/sign-in/"
    assert "_auth_user_id" not in booth.session
    page = booth.get("/sign-in/").content.decode()
    assert "Port Meridian" in page and "L3" in page and "Person Ada" not in page
    people.sign_in(booth, "ben")
    assert (booth.session["post"], booth.session["lane"], booth.session["direction"]) == ("UTO-AP1", "L3", "exit")
    assert bodies("access.signed_out")[-1]["why"] == "switch"
    assert bodies("access.place_chosen")[-1]["account"] == str(world.made["ben"].pk)


def test_an_officer_without_a_role_there_does_not_land_there(booth: Client, world: people.World) -> None:
    world.person("mia", "auditor", authority="UTO-MG")
    booth.post("/locked/switch/")
    people.sign_in(booth, "mia")
    assert "lane" not in booth.session and booth.get("/own/place/").status_code == 200


def idle(client: Client, settings) -> None:
    session = client.session
    session["seen_at"] = int(time.time()) - settings.XENIA_IDLE_MINUTES * 60 - 61
    session.save()


def test_without_script_an_idle_lane_locks_at_its_next_request(booth: Client, settings) -> None:
    idle(booth, settings)
    assert booth.get("/own/place/?x=2").headers["Location"] == "/locked/"
    assert "nothing happened for a while" in booth.get("/locked/").content.decode()
    assert booth.post("/locked/", {"password": people.PASSWORD}).headers["Location"] == "/own/place/?x=2"


def test_a_locked_session_still_ends_with_the_longest_time(booth: Client, settings) -> None:
    booth.post("/lock/")
    session = booth.session
    session["signed_in_at"] = int(time.time()) - settings.XENIA_SESSION_HOURS * 3600 - 1
    session.save()
    assert "ended=limit" in booth.get("/locked/").headers["Location"]


def test_what_a_page_asks_by_itself_keeps_nobody_awake(booth: Client) -> None:
    session = booth.session
    session["seen_at"] = before = int(time.time()) - 120
    session.save()
    booth.get("/own/place/", headers={"X-Unattended": "1"})
    assert booth.session["seen_at"] == before
    assert booth.post("/own/here/").status_code == 204
    assert booth.session["seen_at"] > before


def test_signing_out_warns_of_what_is_open(booth: Client, monkeypatch) -> None:
    monkeypatch.setattr(ports, "unfinished", [lambda here: [f"A check at lane {here.lane} is not decided."]])
    page = booth.get("/sign-out/").content.decode()
    assert "A check at lane L3 is not decided." in page
    assert "_auth_user_id" in booth.session, "asking signs nobody out"
    assert booth.post("/sign-out/").status_code == 302 and "_auth_user_id" not in booth.session


def shown(page: str) -> list[str]:
    """The notes that a page would put away."""
    return re.findall(r'name="note" value="([^"]+)"', page)


def test_a_note_left_while_the_page_was_open_is_not_put_away_with_it(booth: Client, world: people.World) -> None:
    here = standing.of(world.made["ada"].pk, "UTO-AP1", "L3")
    lock.leave_note(here, "The printer needs paper.")
    page = booth.get("/own/note/").content.decode()
    lock.leave_note(here, "The stamp is in the drawer.")
    booth.post("/own/note/put-away/", {"note": [*shown(page), "nonsense"]})
    assert [lock.words(one) for one in LaneNote.objects.all()] == ["The stamp is in the drawer."]
    assert len(bodies("access.note_put_away")) == 1


def test_a_note_is_for_the_next_officer_at_the_lane_only(booth: Client, world: people.World) -> None:
    booth.post("/sign-out/", {"note": "The printer needs paper."})
    assert b"printer" not in bytes(LaneNote.objects.get().sealed)
    other = world.client("cleo", "first-line-officer")
    other.post("/own/place/", {"post": "UTO-AP1", "lane": "L2"})
    assert "No note waits" in other.get("/own/note/").content.decode()
    following = world.client("ben", "first-line-officer")
    following.post("/own/place/", {"post": "UTO-AP1", "lane": "L3"})
    assert "Note for you" in following.get("/own/place/").content.decode()
    page = following.get("/own/note/").content.decode()
    assert "The printer needs paper." in page
    following.post("/own/note/put-away/", {"note": shown(page)})
    assert not LaneNote.objects.exists() and not DataKey.objects.filter(purpose=lock.NOTE_PURPOSE).exists()
    assert "Note for you" not in following.get("/own/place/").content.decode()
    kinds = Entry.objects.filter(kind__startswith="access.note").order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["access.note_left", "access.note_read", "access.note_put_away"]
    assert not any(b"printer" in bytes(one.body) for one in Entry.objects.filter(kind__startswith="access.note"))


def test_a_note_is_gone_after_three_days(booth: Client, world: people.World) -> None:
    lock.leave_note(standing.of(world.made["ada"].pk, "UTO-AP1", "L3"), "Old words.")
    assert chores.forget_notes() == 0
    LaneNote.objects.update(written_at=timezone.now() - lock.NOTE_KEPT - timedelta(minutes=1))
    assert chores.forget_notes() == 1 and not LaneNote.objects.exists()


def test_a_traveller_named_in_a_note_is_found_and_erased(booth: Client, world: people.World) -> None:
    from xenia.access.note_forgetting import Part
    from xenia.journal.actions import writing
    from xenia.journal.forgetting import Wanted

    here = standing.of(world.made["ada"].pk, "UTO-AP1", "L3")
    lock.leave_note(here, "Ostrander will come back with the letter.")
    assert list(Part().find(Wanted(surname="Nobody"))) == []
    (found,) = Part().find(Wanted(surname="OSTRANDER"))
    assert "letter" in Part().export(found.subject)["text"]
    with writing():
        assert Part().erase([found.subject], here.act("operation", "test")) == {"lane note": 1}
    assert not LaneNote.objects.exists() and Part().export(found.subject) == {}
