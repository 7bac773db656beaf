"""What a server that waits says at its real door: to people in their language, to machines as JSON, without any database."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest
from django.conf import settings

from tests.browser.authority import free_ports
from xenia.site.standby import standing, waiting


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch) -> Iterator[httpx.Client]:
    """The test has no database at all: whatever asks for one fails."""
    monkeypatch.setattr(standing, "look", lambda: standing.Standing(standing.FOLLOWS, 3, paired=True))
    standing.forget()
    (port,) = free_ports(1)
    doors = waiting._doors(("127.0.0.1", port), (None, None), "")
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
            yield client
    finally:
        for one in doors:
            one.stop()
        standing.forget()


def test_people_read_in_their_language_what_to_do(door: httpx.Client) -> None:
    said = set()
    for code, _name in settings.LANGUAGES:
        answer = door.get("/sign-in/?next=/work/", headers={"Accept-Language": code})
        assert answer.status_code == 503 and answer.headers["Retry-After"] == "10"
        assert (
            answer.headers["Cache-Control"] == "no-store" and "default-src" in answer.headers["Content-Security-Policy"]
        )
        assert f'lang="{code}" dir="{"rtl" if code == "ar" else "ltr"}"' in answer.text
        assert "<bdi>standby</bdi>" in answer.text and 'href="/sign-in/?next=/work/"' in answer.text
        said.update(re.findall(r"<h1>(.+?)</h1>", answer.text))
    assert len(said) == len(settings.LANGUAGES)
    look = re.search(r'href="(/static/xenia/look\.css[^"]*)"', answer.text)
    assert look and door.get(look[1]).status_code == 200


def test_machines_are_told_in_json_and_watchers_that_it_lives(door: httpx.Client) -> None:
    answer = door.post("/api/v1/checks", json={"any": "thing"})
    assert answer.status_code == 503 and answer.headers["Retry-After"] == "10"
    assert answer.json().keys() == {"code", "message", "what_to_do"} and answer.json()["code"] == "not-serving"
    assert (door.get("/health/live").status_code, door.get("/health/live").text) == (200, "live\n")
    ready = door.get("/health/ready")
    assert ready.status_code == 503 and "standby" in ready.text and "<" not in ready.text
    assert door.get("/metrics").status_code == 503


def test_nothing_that_is_sent_is_done_but_language_and_light(door: httpx.Client) -> None:
    kept = door.post("/language/", data={"language": "fr", "next": "/sign-in/"})
    assert kept.status_code == 302 and kept.headers["Location"] == "/sign-in/"
    assert 'lang="fr"' in door.get("/").text
    assert 'data-theme="dark"' not in door.get("/").text
    door.post("/theme/", data={"theme": "dark"})
    assert 'data-theme="dark"' in door.get("/").text
    sent = door.post("/sign-in/", data={"login": "ada", "password": "x"})
    assert sent.status_code == 503 and 'href="/"' in sent.text and "sessionid" not in sent.headers.get("Set-Cookie", "")
    part = door.get("/console/", headers={"HX-Request": "true"})
    assert part.status_code == 503 and "<html" not in part.text and "alert" in part.text


def test_in_the_moment_between_it_lets_nobody_in(door: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standing, "now", lambda: standing.SINGLE)
    answer = door.get("/sign-in/", headers={"Accept-Language": "en"})
    assert answer.status_code == 503 and "begins its work" in answer.text
