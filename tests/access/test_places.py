"""Authorities, posts and lanes from pages: made, changed, closed instead of deleted, opened again."""

from __future__ import annotations

import pytest
from django.test import Client

from tests import people
from xenia.access import place_actions, presence, standing
from xenia.access.models import Authority, Lane, Post
from xenia.errors import Conflict, NotAllowed
from xenia.journal.models import Entry


@pytest.fixture
def admin(world: people.World) -> Client:
    return second_factor(world.client("ann", "administrator"))


def second_factor(client: Client) -> Client:
    """As after a code."""
    session = client.session
    session["second_factor"] = True
    session.save()
    return client


def text(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined]


def test_a_post_with_lanes_is_made_from_pages(admin: Client):
    assert admin.get("/administration/posts/new/").status_code == 200
    said = {"code": "UTO-LB7", "name": "River bridge", "authority": "UTO-BG", "zone": "Europe/Tirane", "border": "land"}
    answer = admin.post("/administration/posts/new/", said, follow=True)
    assert answer.redirect_chain[-1][0] == "/administration/posts/UTO-LB7/"
    assert "River bridge" in text(answer)
    admin.post("/administration/posts/UTO-LB7/", {"act": "lane", "code": "L1", "direction": "entry"})
    assert Lane.objects.get(post="UTO-LB7").direction == "entry"
    assert standing.places()["UTO-LB7"].lanes == {"L1": "entry"}
    assert "River bridge" in text(admin.get("/administration/posts/?q=river&state=open"))
    assert Entry.objects.filter(kind__in=("post.made", "lane.made"), owner="UTO-BG").count() >= 2


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("zone", "Moon/Sea", "is no time zone"),
        ("code", "no code", "is no code"),
        ("code", "UTO-AP1", "already a post"),
        ("name", "", "This field is required"),
    ],
)
def test_a_wrong_answer_comes_back_with_a_summary_and_the_same_words(admin: Client, field: str, value: str, words: str):
    said = {"code": "UTO-X1", "name": "X", "authority": "UTO-BG", "zone": "UTC", "border": "air", field: value}
    answer = admin.post("/administration/posts/new/", said)
    assert answer.status_code == 422
    page = text(answer)
    assert page.count(words) == 2, "in the summary and at the field"
    assert f'href="#id_{field}"' in page
    assert "<title>Error:" in page


def test_a_change_of_a_post_says_what_was_before(admin: Client):
    said = {"act": "change", "name": "Airport One", "zone": "Asia/Tbilisi", "border": "air"}
    assert admin.post("/administration/posts/UTO-AP1/", said).status_code == 302
    post = Post.objects.get(pk="UTO-AP1")
    assert (post.name, post.zone) == ("Airport One", "Asia/Tbilisi")
    assert standing.places()["UTO-AP1"].zone == "Asia/Tbilisi"
    assert admin.post("/administration/posts/UTO-AP1/", said).status_code == 422
    assert Entry.objects.filter(kind="post.changed").count() == 1


def test_a_closed_lane_is_not_offered_and_an_open_one_is_again(world: people.World, admin: Client):
    officer = world.person("otto", "first-line-officer", post="UTO-AP1")
    assert admin.post("/administration/posts/UTO-AP1/L1/", {"act": "close"}).status_code == 302
    assert "L1" not in standing.places()["UTO-AP1"].lanes
    with pytest.raises(NotAllowed):
        standing.of(officer.pk, "UTO-AP1", "L1")
    assert admin.post("/administration/posts/UTO-AP1/L1/", {"act": "close"}).status_code == 422
    assert admin.post("/administration/posts/UTO-AP1/L1/", {"act": "open"}).status_code == 302
    assert standing.of(officer.pk, "UTO-AP1", "L1").lane == "L1"
    assert Lane.objects.filter(post="UTO-AP1", code="L1").count() == 1


def test_a_lane_where_somebody_stands_is_closed_only_when_said_twice(world: people.World, admin: Client):
    client = world.client("otto", "first-line-officer")
    client.post("/own/place/", {"post": "UTO-AP1", "lane": "L1"})
    assert [(one.name, one.lane) for one in presence.at("UTO-AP1")] == [("Person Otto", "L1")]
    refused = admin.post("/administration/posts/UTO-AP1/L1/", {"act": "close"})
    assert refused.status_code == 422
    assert "Person Otto" in text(refused)
    assert Lane.objects.get(post="UTO-AP1", code="L1").closed_at is None
    sure = {"act": "close", "even_in_use": "on"}
    assert admin.post("/administration/posts/UTO-AP1/L1/", sure).status_code == 302
    assert client.get("/", follow=True).status_code == 200


def test_who_signs_out_is_there_no_longer(world: people.World):
    client = world.client("otto", "first-line-officer")
    client.post("/own/place/", {"post": "UTO-AP1", "lane": "L1"})
    client.post("/sign-out/")
    assert presence.everybody() == []


def test_nobody_stands_at_a_closed_post(world: people.World, admin: Client):
    officer = world.person("otto", "first-line-officer", post="UTO-AP1")
    admin.post("/administration/posts/UTO-AP1/", {"act": "close"})
    with pytest.raises(NotAllowed):
        standing.of(officer.pk, "UTO-AP1")
    with pytest.raises(Conflict):
        place_actions.make_lane(world.operator, "UTO-AP1", "L99")
    assert "closed since" in text(admin.get("/administration/posts/?state=closed"))
    admin.post("/administration/posts/UTO-AP1/", {"act": "open"})
    assert standing.of(officer.pk, "UTO-AP1").post == "UTO-AP1"


def test_an_authority_is_made_and_named_otherwise(admin: Client):
    said = {"code": "UTO-CU", "name": "Customs", "kind": "customs", "parent": "UTO-BG"}
    assert admin.post("/administration/authorities/new/", said).status_code == 302
    assert Authority.objects.get(pk="UTO-CU").parent_id == "UTO-BG"
    assert admin.post("/administration/authorities/UTO-CU/", {"name": "Customs service"}).status_code == 302
    assert "Customs service" in text(admin.get("/administration/authorities/"))
    assert Entry.objects.filter(kind="authority.changed").count() == 1


def test_only_administrators_change_places(world: people.World):
    supervisor = second_factor(world.client("sue", "shift-supervisor"))
    for path in ("posts/", "posts/new/", "posts/UTO-AP1/", "posts/UTO-AP1/L1/", "authorities/"):
        assert supervisor.get(f"/administration/{path}").status_code == 403
    with pytest.raises(NotAllowed):
        place_actions.close_lane(world.standing("sue"), "UTO-AP1", "L1")


def test_a_lane_brings_its_own_direction(world: people.World) -> None:
    place_actions.make_lane(world.operator, "UTO-AP1", "X1", "exit")
    place_actions.make_lane(world.operator, "UTO-AP1", "E1", "entry")
    client = world.client("ada", "first-line-officer")
    for path, sent, direction in (
        ("/own/place/", {"post": "UTO-AP1", "lane": "X1"}, "exit"),
        ("/own/place/", {"post": "UTO-AP1", "lane": "L1"}, "exit"),
        ("/console/lanes/", {"place": "UTO-AP1/L1/entry"}, "entry"),
        ("/console/lanes/", {"place": "UTO-AP1/X1/entry"}, "exit"),
        ("/own/place/", {"post": "UTO-AP1", "lane": "E1"}, "entry"),
    ):
        client.post(path, sent)
        assert client.session["direction"] == direction, (path, sent)
