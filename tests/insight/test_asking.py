"""Asking on the page: the address is the question, the answer is a table."""

from __future__ import annotations

import pytest
from django.test import Client

from tests import people
from tests.insight import facts
from xenia.insight import actions, loading

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def analyst(settings, tmp_path) -> Client:
    settings.XENIA_HOME, settings.XENIA_DEMO = tmp_path, True  # signs in without a second factor
    world = people.build()
    return world.client("ana", "analyst")


def fill(tmp_path) -> None:
    loading.load(actions.warehouse(), facts.write(tmp_path / "facts.csv", facts.many()), facts.SECRET)


def test_before_there_are_facts_the_page_says_so(analyst: Client) -> None:
    page = analyst.get("/statistics/").content.decode()
    assert "No facts yet" in page and '<form class="ask' not in page


def test_the_address_is_the_question(analyst: Client, tmp_path) -> None:
    fill(tmp_path)
    page = analyst.get("/statistics/?measure=crossings&by=month&by=post&period=all")
    assert page.status_code == 200
    text = page.content.decode()
    assert "Crossings by: Month, Post" in text and "Jan 2026" in text and "UTO-BG" in text and "Total" in text
