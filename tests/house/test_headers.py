"""Headers that every answer carries, whoever asks: content policy, no frames, no sniffing; nothing personal is kept."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.frontier.conftest import at_lane, passport, person, post
from xenia.access.views import gate_of
from xenia.frontier.models import Check

__all__ = ["at_lane", "post"]

PASSWORD = "amber-birch-cedar-delta-7"
NEEDED = ("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'")


@pytest.fixture(params=["first", "second", "editor", "approver", ""])
def client(request: pytest.FixtureRequest, post: str) -> Client:
    """An officer's browser, or nobody's."""
    made = Client(raise_request_exception=False)
    if request.param:
        made.post("/sign-in/", {"login": request.param, "password": PASSWORD})
        session = made.session
        session["second_factor"] = True
        session.save()
        made.post("/console/lanes/", {"place": f"{post}/L1/entry"})
    return made


def _addresses(resolver: URLResolver, before: str = "") -> list[tuple[str, URLPattern]]:
    found: list[tuple[str, URLPattern]] = []
    for one in resolver.url_patterns:
        here = before + str(one.pattern)
        found += _addresses(one, here) if isinstance(one, URLResolver) else [(here, one)]
    return found


def _path(route: str, check: str) -> str:
    known = {"uuid": check, "int": "1", "slug": "alerts-csv", "str": "alerts"}
    return "/" + re.sub(r"<(?:(\w+):)?\w+>", lambda found: known.get(found[1] or "str", "x"), route).strip("^$")


def test_every_answer_carries_its_headers(client: Client) -> None:
    read = client.post("/console/read/", {"document": passport(person())}, headers={"HX-Request": "true"})
    check = Check.objects.values_list("id", flat=True).first()
    paths = [(_path(route, str(check or "0" * 8)), one) for route, one in _addresses(get_resolver())]
    answers = [("read", None, read)] + [
        (path, one, client.get(path, headers=more)) for path, one in paths for more in ({}, {"HX-Request": "true"})
    ]
    for path, one, answer in [*answers, ("/nowhere", None, client.get("/nowhere"))]:
        policy = answer.get("Content-Security-Policy", "")
        assert all(part in policy for part in NEEDED), (path, policy)
        assert "unsafe" not in policy and "http:" not in policy, (path, policy)
        assert answer.get("X-Content-Type-Options") == "nosniff", path
        assert answer.get("X-Frame-Options") == "DENY", path
        assert answer.get("Referrer-Policy") == "same-origin", path
        gate = gate_of(one.callback) if one is not None else None
        if answer.status_code == 200 and gate is not None and not gate.open:
            assert "no-store" in answer.get("Cache-Control", ""), (path, "a page behind the door may be kept")
        assert not {"Server", "X-Powered-By"} & set(answer.headers), path


def test_cookies_are_for_this_site_and_not_for_scripts(post: str) -> None:
    client = Client()
    client.get("/sign-in/")
    client.post("/sign-in/", {"login": "first", "password": PASSWORD})
    assert {"csrftoken", "sessionid"} <= set(client.cookies)
    for cookie in client.cookies.values():
        assert cookie["samesite"] == "Strict", cookie
    assert client.cookies["sessionid"]["httponly"]
