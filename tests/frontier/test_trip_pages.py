"""Pages of the lane about the trip, groups, children, crew lists and vehicles; with and without script."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from tests.frontier.conftest import passport, person, today
from xenia.access import actions as access
from xenia.access import place_actions
from xenia.frontier import assessing
from xenia.frontier.models import Check, Crossing
from xenia.frontier.trip import vehicle

PASSWORD = "amber-birch-cedar-delta-7"
INSIDE = {"HX-Request": "true"}


@pytest.fixture
def booth(post: str) -> Client:
    """An officer's browser at lane L1."""
    client = Client()
    client.post("/sign-in/", {"login": "first", "password": PASSWORD})
    client.post("/console/lanes/", {"place": f"{post}/L1/entry"})
    return client


def _read(client: Client, number: str = "UX1234567", **more: str) -> tuple[Check, str]:
    data = {"document": passport(person(number, nationality="GEO")), **more}
    html = client.post("/console/read/", data, headers=INSIDE).content.decode()
    check = Check.objects.order_by("-read_at").first()
    assert check is not None
    return check, html


def test_one_key_records_the_trip_and_the_flight_stays(booth: Client) -> None:
    check, html = _read(booth)
    assert 'name="purpose"' in html and f'name="after" value="{check.id}"' in html
    trip = {"purpose": "tourism", "days": "10", "carrier": "XQ", "flight": "xq  204", "address": "Quay 4"}
    assert booth.post(f"/console/checks/{check.id}/admit/", trip, headers=INSIDE).status_code == 200
    crossing = Crossing.objects.get()
    assert (crossing.purpose_of_travel, crossing.carrier, crossing.flight) == ("tourism", "XQ", "XQ 204")
    _, following = _read(booth, "UX2")
    assert 'value="XQ 204"' in following and "Quay 4" not in following


def test_more_days_than_are_left_are_shown_when_worked_out(booth: Client) -> None:
    check, _ = _read(booth)
    html = booth.post(f"/console/checks/{check.id}/trip/", {"days": "120"}, headers=INSIDE).content.decode()
    assert "120 days are asked for, 90 are left" in html and 'value="120"' in html


def test_what_is_no_number_of_days_is_said_and_nothing_is_decided(booth: Client) -> None:
    check, _ = _read(booth)
    answer = booth.post(f"/console/checks/{check.id}/admit/", {"days": "many"}, headers=INSIDE)
    assert answer.status_code == 422 and b"Days" in answer.content and b"Nothing was decided." in answer.content
    assert not Crossing.objects.exists()


def test_a_family_without_script(booth: Client) -> None:
    check, _ = _read(booth)
    page = booth.post(f"/console/checks/{check.id}/group/", follow=True).content.decode()
    assert f'name="group" value="{check.id}"' in page and "The next document joins this group." in page
    born = today() - timedelta(days=2000)
    child = {"given_names": "Mirel", "surname": "Halvorsen", "birth_date": f"{born.day} {born.month} {born.year}"}
    page = booth.post(f"/console/checks/{check.id}/child/", child, follow=True).content.decode()
    assert "Travelling together" in page
    _, html = _read(booth, "UX2", group=str(check.id), after=str(check.id))
    assert "all 3 of the group" in html
    last = Check.objects.order_by("-read_at").first()
    answer = booth.post(f"/console/checks/{last.id}/admit-group/", {"purpose": "family"}, follow=True)  # type: ignore[union-attr]
    assert Crossing.objects.count() == 3 and b"+2" in answer.content


def test_a_crew_list_begins_and_ends(booth: Client) -> None:
    assert "End the crew list" in booth.post("/console/crew/", follow=True).content.decode()
    check, html = _read(booth)
    assert check.category == "crew" and "crew list" in html and 'name="purpose"' in html
    assert "Read a crew list" in booth.post("/console/crew/", follow=True).content.decode()
    assert _read(booth, "UX2")[0].category == "visa-exempt"


def test_the_plate_is_asked_where_vehicles_cross_and_stays(booth: Client, post: str) -> None:
    assert 'name="vehicle"' not in booth.get("/console/").content.decode()
    operator = access.operator_standing("operator")
    place_actions.make_post(operator, "UTO-L1", "Bridge", authority="UTO-BG", zone="Asia/Tbilisi", border="land")
    place_actions.make_lane(operator, "UTO-L1", "C1", direction="both")
    driver = access.make_account(operator, "bridge", "Bridge", authority="UTO-BG", password=PASSWORD)
    access.give_role(operator, driver.account.pk, "first-line-officer", post="UTO-L1")
    client = Client()
    client.post("/sign-in/", {"login": "bridge", "password": PASSWORD})
    client.post("/console/lanes/", {"place": "UTO-L1/C1/entry"})
    assert 'name="vehicle"' in client.get("/console/").content.decode()
    _, html = _read(client, vehicle="UTO AB-123")
    assert "UTO AB-123" in html and 'name="flight"' not in html
    assert 'value="UTO AB-123"' in client.get("/console/").content.decode(), "the next one sits in the same car"
    before = Check.objects.count()
    for wrong in ("'; DROP TABLE--", "A" * 300, "--", "A_1"):
        answer = client.post("/console/read/", {"document": "x", "vehicle": wrong})
        assert answer.status_code == 422
        html = answer.content.decode()
        assert "This is no plate and no VIN." in html and 'aria-describedby="problem"' in html
    assert Check.objects.count() == before
    assert 'value="UTO AB-123"' in client.get("/console/").content.decode(), "what was refused is not kept"


@pytest.mark.parametrize("text", ["", "UTO AB-123", " ab  123 ", "А 123 ВС 77", "UXZZZ000000000001", "12345"])
def test_plates_of_any_script_are_taken(text: str) -> None:
    assert vehicle(text) == " ".join(text.split())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("UTO AB-123", [("PLATE", "UTO", "AB123")]),
        ("D M AB 1", [("PLATE", "D", "MAB1")]),
        ("ab123", [("PLATE", "UTO", "AB123")]),
        ("UXZZZ000000000001", [("VIN", "", "UXZZZ000000000001")]),
    ],
)
def test_what_is_typed_becomes_a_plate_or_a_vin(text: str, expected: list[tuple[str, str, str]]) -> None:
    found = assessing.vehicle_documents(text)
    assert [(one.type, one.issuing_state, one.number) for one in found] == expected
