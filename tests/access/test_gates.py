from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver, path

from tests import people
from xenia.access import views
from xenia.access.permissions import PERMISSIONS
from xenia.errors import Conflict, NotAllowed, Unavailable
from xenia.journal.models import Entry
from xenia.site.urls import urlpatterns as real


def unmarked(request) -> HttpResponse:
    return HttpResponse("secret")


@views.needs("frontier.check", "frontier.today")
def checked(request) -> HttpResponse:
    return HttpResponse("checked")


@views.open_to_all("a test")
def opened(request) -> HttpResponse:
    return HttpResponse("open")


@views.signed_in("a test")
def anybody(request) -> HttpResponse:
    return HttpResponse("anybody")


@views.signed_in("a test")
def failing(request, how: str) -> HttpResponse:
    raise {"conflict": Conflict("Somebody was first.", "Load again."), "gone": Unavailable("No disk.", "Wait.")}[how]


def operation(request) -> HttpResponse:
    return HttpResponse("operation")


machine = [path("operation/", operation)]
views.gate_urls(machine, views.Gate(why="a test", machine=True))
urlpatterns: list[Any] = [
    path("unmarked/", unmarked),
    path("checked/", checked),
    path("opened/", opened),
    path("anybody/", anybody),
    path("failing/<how>/", failing),
    *machine,
    *real,
]
handler403 = "xenia.site.pages.not_allowed"


@pytest.fixture(autouse=True)
def _urls(settings) -> Iterator[None]:
    settings.XENIA_DEMO = True
    with override_settings(ROOT_URLCONF=__name__):
        yield


def test_a_view_that_says_nothing_is_denied_to_everybody(world: people.World) -> None:
    for client in (Client(), world.client("ada", "first-line-officer"), world.client("adm", "administrator")):
        answer = client.get("/unmarked/")
        assert answer.status_code == 403 and b"secret" not in answer.content


def test_a_view_asks_for_one_of_its_permissions(world: people.World) -> None:
    assert world.client("ada", "first-line-officer").get("/checked/").content == b"checked"
    assert world.client("sup", "shift-supervisor").get("/checked/").content == b"checked"
    assert world.client("adm", "administrator").get("/checked/").status_code == 403
    assert world.client("none").get("/checked/").status_code == 403
    assert Client().get("/checked/").status_code == 302


def test_open_and_signed_in(world: people.World) -> None:
    assert Client().get("/opened/").content == b"open"
    assert Client().get("/anybody/").status_code == 302
    assert world.client("none").get("/anybody/").content == b"anybody"


def test_a_machine_is_told_in_json(world: people.World) -> None:
    refused = Client().get("/operation/")
    assert refused.status_code == 401 and refused.json()["code"] == "not-signed-in"
    assert world.client("ada", "first-line-officer").get("/operation/").content == b"operation"


@pytest.mark.parametrize(
    ("how", "status", "words"), [("conflict", 409, "Somebody was first."), ("gone", 503, "No disk.")]
)
def test_xenia_s_errors_are_pages(world: people.World, how: str, status: int, words: str) -> None:
    answer = world.client("ada", "first-line-officer").get(f"/failing/{how}/")
    assert answer.status_code == status and words in answer.content.decode()


def test_a_decorated_view_refuses_even_without_the_middleware(world: people.World, rf) -> None:
    request = rf.get("/checked/")
    request.user, request.session = world.person("none"), {}
    with pytest.raises(NotAllowed):
        checked(request)


def test_a_permission_that_nobody_described_is_a_mistake() -> None:
    with pytest.raises(ValueError, match=r"frontier\.fly"):
        views.needs("frontier.fly")
    with pytest.raises(ValueError, match="at least one"):
        views.needs()


def every(patterns: list[Any], prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from every(pattern.url_patterns, prefix + str(pattern.pattern))
        else:
            yield prefix + str(pattern.pattern), pattern


@override_settings(ROOT_URLCONF="xenia.site.urls")
def test_every_address_of_the_site_says_who_may_pass() -> None:
    silent = [name for name, pattern in every(get_resolver().url_patterns) if views.gate_of(pattern.callback) is None]
    assert silent == []


@override_settings(ROOT_URLCONF="xenia.site.urls")
def test_what_is_open_to_all_is_little_and_says_why() -> None:
    gates = {name: views.gate_of(pattern.callback) for name, pattern in every(get_resolver().url_patterns)}
    opened_to_all = {name for name, gate in gates.items() if gate and gate.open}
    assert opened_to_all <= {
        "sign-in/",
        "sign-in/code/",
        "sign-in/inactive/",
        "language/",
        "theme/",
        "health",
        "health/live",
        "health/ready",
        "metrics",
        "certificates/",
        "certificates/ca.<slug:kind>",
        "sign-in/passkey/",
        "this-device/",
        "units/enrol/",
        "units/contact/",
        "demo/",
        "sign-in/first/",
    }
    assert "sign-in/" in opened_to_all
    assert all(gate.why for gate in gates.values() if gate)


@pytest.mark.parametrize("permission", sorted(PERMISSIONS))
def test_every_permission_has_a_sentence(permission: str) -> None:
    assert PERMISSIONS[permission].endswith(".")


def test_what_was_refused_is_written_down_without_values(world: people.World) -> None:
    client = world.client("ada", "first-line-officer")
    client.get("/accounts/01900000-0000-7000-8000-000000000000/")
    entry = Entry.objects.get(kind="access.refused")
    assert json.loads(bytes(entry.body)) == {
        "account": str(world.made["ada"].pk),
        "code": "no-permission",
        "method": "GET",
        "route": "accounts/<uuid:account_id>/",
    }
