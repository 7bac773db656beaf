"""Devices bound to lanes: one-time codes, cookies, posts that ask for them, and what is said to whoever does not belong there."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests import people
from xenia.access import devices, place_actions, standing
from xenia.access.models import Device
from xenia.errors import BadInput, Conflict, NotFound
from xenia.journal.models import Entry


@pytest.fixture(autouse=True)
def demo(settings) -> None:
    settings.XENIA_DEMO = True


def bound(world: people.World, lane: str = "L3", post: str = "UTO-AP1") -> Client:
    """A booth's browser that was bound with its code."""
    made = devices.make(world.operator, post, lane, "Booth")
    browser = Client()
    assert browser.post("/this-device/", {"code": made.code.lower()}).status_code == 302
    return browser


def kinds() -> list[str]:
    found = Entry.objects.filter(kind__startswith="device.") | Entry.objects.filter(kind__startswith="post.devices")
    return list(found.order_by("id").values_list("kind", flat=True))


def test_the_device_chooses_the_lane_at_sign_in(world: people.World) -> None:
    booth = bound(world)
    world.person("ada", "first-line-officer")
    assert "Port Meridian" in booth.get("/sign-in/").content.decode()
    people.sign_in(booth, "ada")
    assert (booth.session["post"], booth.session["lane"]) == ("UTO-AP1", "L3")
    assert booth.get("/console/").status_code == 200
    assert kinds() == ["device.made", "device.bound"]


def test_a_device_cannot_be_moved_to_another_lane(world: people.World) -> None:
    booth = bound(world)
    world.person("ada", "first-line-officer")
    people.sign_in(booth, "ada")
    answer = booth.post("/own/place/", {"post": "UTO-AP1", "lane": "L1"})
    assert answer.status_code == 403 and "belongs to Port Meridian, L3" in answer.content.decode()
    assert booth.session["lane"] == "L3"


def test_a_device_of_the_post_alone_leaves_the_lane_free(world: people.World) -> None:
    booth = bound(world, lane="")
    world.person("ada", "first-line-officer")
    people.sign_in(booth, "ada")
    assert booth.post("/own/place/", {"post": "UTO-AP1", "lane": "L1"}).status_code == 302
    assert booth.post("/own/place/", {"post": "UTO-RD1", "lane": ""}).status_code == 403


def test_an_account_without_a_role_there_is_told(world: people.World) -> None:
    booth = bound(world)
    world.person("ruth", "first-line-officer", post="UTO-RD1")
    people.sign_in(booth, "ruth")
    answer = booth.get("/console/")
    assert answer.status_code == 403
    assert "belongs to Port Meridian, L3, and your account has no role there" in answer.content.decode()
    assert booth.get("/sign-out/").status_code == 200, "leaving is always possible"


def test_the_cookie_holds_a_secret_that_is_kept_as_a_hash_only(world: people.World) -> None:
    booth = bound(world)
    cookie = booth.cookies["device"]
    assert cookie["httponly"] and cookie["samesite"] == "Strict"
    secret = cookie.value.split(":")[0].split(".")[1]
    row = Device.objects.get()
    assert secret not in row.secret_hash and len(row.secret_hash) == 64
    assert row.code_hash == ""


def test_a_code_works_once_and_not_after_half_an_hour(world: people.World) -> None:
    made = devices.make(world.operator, "UTO-AP1", "L3", "Booth")
    devices.bind(made.code)
    with pytest.raises(NotFound):
        devices.bind(made.code)
    late = devices.make(world.operator, "UTO-AP1", "L2", "Booth 2")
    Device.objects.filter(pk=late.device.pk).update(code_until=timezone.now() - timedelta(seconds=1))
    with pytest.raises(NotFound):
        devices.bind(late.code)


def test_guessing_codes_locks_the_address_out(world: people.World) -> None:
    made = devices.make(world.operator, "UTO-AP1", "L3", "Booth")
    browser = Client()
    for _ in range(4):
        assert browser.post("/this-device/", {"code": "AAAA-AAAA"}).status_code == 422
    assert browser.post("/this-device/", {"code": "AAAA-AAAA"}).status_code == 429
    assert browser.post("/this-device/", {"code": made.code}).status_code == 429
    assert Client(REMOTE_ADDR="198.51.100.9").post("/this-device/", {"code": made.code}).status_code == 302


@pytest.mark.parametrize(
    "spoil", [lambda v: v[:-1] + ("A" if v[-1] != "A" else "B"), lambda v: "x" + v, lambda v: "", lambda v: "\0"]
)
def test_a_changed_cookie_is_no_device(world: people.World, spoil) -> None:
    booth = bound(world)
    booth.cookies["device"] = spoil(booth.cookies["device"].value)
    assert "bound to no post" in booth.get("/this-device/").content.decode()


def test_a_device_that_was_taken_back_is_none(world: people.World) -> None:
    booth = bound(world)
    world.person("ada", "first-line-officer")
    people.sign_in(booth, "ada")
    devices.take_back(world.operator, Device.objects.get().pk)
    assert "bound to no post" in booth.get("/this-device/").content.decode()
    assert booth.post("/own/place/", {"post": "UTO-AP1", "lane": "L1"}).status_code == 302
    with pytest.raises(Conflict):
        devices.rename(world.operator, Device.objects.get().pk, "Again")
    assert kinds()[-1] == "device.taken_back"


def test_a_post_that_asks_for_devices_lets_nobody_stand_without_one(world: people.World) -> None:
    with pytest.raises(Conflict) as none_yet:
        devices.require_at(world.operator, "UTO-AP1", True)
    assert none_yet.value.code == "no-device-yet"
    elsewhere = world.client("ada", "first-line-officer")
    elsewhere.post("/own/place/", {"post": "UTO-AP1", "lane": "L1"})
    booth = bound(world)
    devices.require_at(world.operator, "UTO-AP1", True)
    refused = elsewhere.post("/own/place/", {"post": "UTO-AP1", "lane": "L1"})
    assert refused.status_code == 403 and "its own devices only" in refused.content.decode()
    assert elsewhere.get("/console/").status_code == 302, "the session that stood there stands there no more"
    people.sign_in(booth, "ada")
    assert booth.get("/console/").status_code == 200
    assert kinds()[-1] == "post.devices_required"


def test_the_administrator_makes_renames_and_takes_back_on_the_page(world: people.World) -> None:
    root = world.client("root", "administrator")
    page = root.post("/devices/", {"name": "Booth 3, left", "place": "UTO-AP1/L3"}).content.decode()
    assert "One-time code for Booth 3, left" in page
    device = Device.objects.get()
    root.post(f"/devices/{device.pk}/rename/", {"name": "Booth 3, right"})
    assert "Booth 3, right" in root.get("/devices/?q=right").content.decode()
    assert "One-time code" in root.post(f"/devices/{device.pk}/code/").content.decode()
    root.post(f"/devices/{device.pk}/take-back/")
    assert "No device" in root.get("/devices/").content.decode()
    assert world.client("ada", "first-line-officer").get("/devices/").status_code == 403


@pytest.mark.parametrize("name", ["", " ", "x" * 65, "Booth\0", "Booth\u202e3"])
def test_a_device_has_a_name_that_can_be_read(world: people.World, name: str) -> None:
    with pytest.raises(BadInput) as refused:
        devices.make(world.operator, "UTO-AP1", "L3", name)
    assert refused.value.code == "bad-name" and not Device.objects.exists()


def test_a_bound_device_costs_no_more_queries(world: people.World, django_assert_num_queries) -> None:
    booth = bound(world)
    world.person("ada", "first-line-officer")
    people.sign_in(booth, "ada")
    booth.get("/own/place/")
    with django_assert_num_queries(2):  # the session, the counters
        booth.get("/own/place/")


def test_a_closed_lane_is_no_place_any_more(world: people.World) -> None:
    place_actions.close_lane(world.operator, "UTO-AP1", "L3")
    assert "L3" not in standing.places()["UTO-AP1"].lanes
    with pytest.raises(NotFound):
        devices.make(world.operator, "UTO-AP1", "L3", "Booth")
    assert not Device.objects.exists()


def test_the_entries_say_what_the_table_says(world: people.World) -> None:
    from xenia.journal import rebuild

    bound(world)
    devices.make(world.operator, "UTO-AP1", "L1", "Waiting")
    devices.take_back(world.operator, devices.make(world.operator, "UTO-AP1", "L2", "Gone").device.pk)
    table = next(one for one in rebuild.projections() if one.name == "devices")
    assert rebuild.check(table)[2] == []
