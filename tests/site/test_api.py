"""The API asks the same questions under the same decision table, and shows no trace of its inside."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from tests.frontier.conftest import alert, at_lane, person, post
from xenia.access.models import Account
from xenia.journal.models import Entry

__all__ = ["alert", "at_lane", "post"]
QUESTION = {"id": "q", "surname": "Halvorsen", "given_names": "Tessa Mirande", "birth_date": "1991-06-08"}


@pytest.fixture
def signed_in(post: str) -> Callable[[str], Client]:
    """A browser in which an officer has signed in."""

    def enter(name: str) -> Client:
        client = Client()
        client.post("/sign-in/", {"login": name, "password": "amber-birch-cedar-delta-7"})
        session = client.session
        session["second_factor"] = True
        session.save()
        assert Account.objects.filter(username=name).exists()
        return client

    return enter


def _ask(client: Client, **more: object):
    body = {"purpose": "border-second-line", "reference": "test", "questions": [QUESTION], **more}
    return client.post("/api/v1/ask", body, content_type="application/json")


def test_the_description_is_served_with_its_own_scripts_only(signed_in: Callable[[str], Client]) -> None:
    page = signed_in("second").get("/api/docs")
    assert page.status_code == 200
    assert b"cdn" not in page.content and b"swagger-ui-bundle.js" in page.content
    described = signed_in("second").get("/api/v1/openapi.json").json()
    assert "/api/v1/ask" in described["paths"]


def test_an_answer_comes_after_its_read_entry(signed_in: Callable[[str], Client], alert: Callable[..., str]) -> None:
    alert(person(), "REF-B")
    answer = _ask(signed_in("second"))
    assert answer.status_code == 200, answer.content
    hit = answer.json()["answers"][0]["hits"][0]
    assert (hit["register"], hit["band"], hit["record"]) == ("alerts", "EXACT", "T-UX1234567")
    entry = Entry.objects.get(kind="search.asked")
    assert (entry.purpose, entry.reference) == ("border-second-line", "external:test")


@pytest.mark.parametrize(
    ("more", "status", "code"),
    [
        ({"purpose": "readmission"}, 403, "purpose-not-allowed"),
        ({"reference": " "}, 403, "no-reference"),
        ({"questions": [{"id": "1"}]}, 422, "bad-question"),
        ({"questions": []}, 422, "bad-input"),
        ({"questions": [{"name": "x" * 400}]}, 422, "bad-input"),
        ({"questions": [{"name": "A", "birth_date": "31.2.1990"}]}, 422, "bad-date"),
    ],
)
def test_bad_requests_are_told_why(signed_in: Callable[[str], Client], more: dict, status: int, code: str) -> None:
    answer = _ask(signed_in("second"), **more)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not Entry.objects.filter(kind="search.asked").exists()


def test_nobody_asks_without_signing_in_or_without_the_permission(signed_in: Callable[[str], Client]) -> None:
    assert _ask(Client()).status_code == 401
    assert _ask(signed_in("first")).status_code == 403


def test_a_body_that_is_no_json_is_an_error_without_a_trace(signed_in: Callable[[str], Client]) -> None:
    answer = signed_in("second").post("/api/v1/ask", b"\xff{{{", content_type="application/json")
    assert answer.status_code in (400, 422)
    assert b"Traceback" not in answer.content
