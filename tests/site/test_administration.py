"""Administration: a card per subject for those who may; settings, health and languages to look at."""

from __future__ import annotations

import html
import re

import pytest
from django.test import Client

from tests import people
from tests.access.test_places import second_factor, text
from tools import messages
from xenia.registers.reference import actions as reference

PAGES = (
    "/administration/ /administration/settings/ /administration/health/ /administration/languages/ /administration/posts/"
    " /administration/authorities/ /administration/reference/ /administration/reference/purpose-of-travel/"
    " /administration/reference/purpose-of-travel/terms/tourism/ /administration/reference/carrier/new/"
    " /administration/reference/carrier/load/ /administration/reference/purpose-of-travel/export.csv"
    " /administration/printers/ /administration/printers/new/ /accounts/ /policy/ /policy/roles/ /policy/roles/new/"
    " /policy/roles/administrator/ /policy/rows/new/ /policy/rows/P1-01/ /policy/additions/ /devices/ /retention/ /retention/read/"
).split()


@pytest.fixture
def world(db: None) -> people.World:
    made = people.build()
    reference.install()
    return made


@pytest.fixture
def admin(world: people.World) -> Client:
    return second_factor(world.client("ann", "administrator"))


@pytest.mark.parametrize("path", PAGES)
def test_every_page_of_administration_answers(admin: Client, path: str):
    assert admin.get(path).status_code == 200


def test_the_overview_has_a_card_for_each_subject_that_one_may_open(world: people.World, admin: Client):
    page = text(admin.get("/administration/"))
    for path in (
        "/administration/posts/",
        "/accounts/",
        "/policy/roles/",
        "/lists/",
        "/retention/",
        "/administration/health/",
    ):
        assert f'href="{path}"' in page
    auditor = second_factor(world.client("aud", "auditor"))
    page = text(auditor.get("/administration/"))
    assert 'href="/policy/"' in page
    assert 'href="/administration/posts/"' not in page
    officer = world.client("otto", "first-line-officer")
    assert officer.get("/administration/").status_code == 403


def test_settings_are_shown_without_secrets(admin: Client, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("XENIA_METRICS_TOKEN", "very-secret-word")
    monkeypatch.setenv("XENIA_IDLE_MINUTES", "7")
    page = text(admin.get("/administration/settings/"))
    assert "very-secret-word" not in page
    assert "XENIA_METRICS_TOKEN" in page
    assert "environment" in page


def test_health_shows_what_the_doctor_finds(admin: Client):
    page = text(admin.get("/administration/health/"))
    assert "A synced write takes" in page
    assert "There is no backup yet" in page


def test_languages_tell_how_many_terms_have_words(admin: Client):
    page = text(admin.get("/administration/languages/"))
    assert "ქართული" in page
    assert "right to left" in page


def whole_texts(language: str) -> list[str]:
    """English texts of the catalogue that are long enough to be told from a name or a code, and are said otherwise."""
    return [
        one.id
        for one in messages.catalogue(language)
        if isinstance(one.id, str) and len(one.id) > 12 and " " in one.id and "%" not in one.id and one.string != one.id
    ]


# Still English: what a setting is for.
ENGLISH_YET = (".csv", "/settings/")
READ_HERE = [one for one in PAGES if not one.endswith(ENGLISH_YET)]


@pytest.mark.parametrize("path", READ_HERE)
def test_no_english_is_left_on_a_page_of_administration(admin: Client, path: str):
    admin.cookies["django_language"] = "ka"
    page = html.unescape(text(admin.get(path)))
    assert 'lang="ka"' in page
    shown = re.sub(r'<bdi lang="en">.*?</bdi>|<script.*?</script>|<option value="[^"]*" lang.*?</option>', "", page)
    assert [one for one in whole_texts("ka") if re.search(rf">[^<]*\b{re.escape(one)}", shown)] == []
