"""The next step is the one that moves the case on; lights say how near a deadline is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.utils import translation

from xenia.cases import catalogue
from xenia.cases.actions import Offer
from xenia.cases.pages.lights import WORDS, light
from xenia.cases.pages.saying import length
from xenia.cases.pages.steps import next_step
from xenia.cases.pages.tasks import with_row, without_row

START = datetime(2026, 11, 2, 9, tzinfo=UTC)  # a Monday


def _offers(state: str, side: str, blocked: str = "") -> list[Offer]:
    known = catalogue.latest("readmission")
    return [
        Offer(one.name, one.name, one.four_eyes, one.form, "not yet" if one.name == blocked else "")
        for one in known.from_state(state)
        if one.by == "person" and one.side in ("", side)
    ]


@pytest.mark.parametrize(
    ("state", "side", "wanted"),
    [
        ("draft", "requesting", "submit"),
        ("received", "requested", "verify"),
        ("received", "requesting", None),
        ("closed", "requesting", None),
        ("td_issued", "requesting", "notify"),
        ("transfer_notified", "requesting", None),  # only “failed” is open, and that is no step to hurry to
        ("transfer_confirmed", "requested", None),  # the border is to move
        ("transferred", "requested", "close"),
    ],
)
def test_the_next_step_moves_the_case_on_and_is_no_way_out(state: str, side: str, wanted: str | None) -> None:
    step = next_step(catalogue.latest("readmission"), state, _offers(state, side))
    assert (step.first.action if step.first else None) == wanted
    assert step.stopped is None


def test_a_step_that_something_stands_in_the_way_of_is_named_with_what_helps() -> None:
    step = next_step(catalogue.latest("readmission"), "draft", _offers("draft", "requesting", "submit"))
    assert [one.action for one in step.shown] == ["change", "submit"]


def test_where_a_person_decides_no_answer_is_the_obvious_one() -> None:
    step = next_step(catalogue.latest("readmission"), "verifying", _offers("verifying", "requested"))
    assert step.first is None
    assert {one.action for one in step.decisions} == {"accept", "refuse"}


def test_steps_of_equal_rank_are_answers_between_which_a_person_decides() -> None:
    step = next_step(catalogue.latest("readmission"), "error_claimed", _offers("error_claimed", "requesting"))
    assert step.first is None
    assert {one.action for one in step.decisions} == {"take_back", "contest"}
    assert not step.two_persons  # a claim is contested by one


@pytest.mark.parametrize(
    ("language", "text", "said"),
    [
        ("en", "15 calendar days", "15 calendar days"),
        ("fr", "15 calendar days", "15 jours calendaires"),
        ("ru", "3 months", "3 месяца"),
        ("ar", "1 working day", "يوم عمل واحد (1)"),
        ("ar", "0 calendar days", ""),
        ("fr", "Invented (design)", "Invented (design)"),
    ],
)
def test_a_length_is_said_in_the_readers_language(language: str, text: str, said: str) -> None:
    with translation.override(language):
        assert length(text) == said


def test_every_light_has_its_word_in_every_language() -> None:
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            assert language == "en" or not {str(one) for one in WORDS.values()} & {
                "On time",
                "Soon",
                "Due now",
                "Overdue",
            }


@pytest.mark.parametrize(
    ("after", "colour"),
    [
        (timedelta(days=1), "green"),
        (timedelta(days=9), "amber"),
        (timedelta(days=14, hours=1), "red"),
        (timedelta(days=15), "black"),
        (timedelta(days=40), "black"),
    ],
)
def test_a_light_has_four_steps(after: timedelta, colour: str) -> None:
    shown = light(START, START + timedelta(days=15), START + after)
    assert shown.colour == colour
    assert shown.word
    assert shown.icon


def test_a_weekend_is_no_working_day_for_the_red_light() -> None:
    friday = datetime(2026, 11, 6, 9, tzinfo=UTC)
    monday = datetime(2026, 11, 9, 17, tzinfo=UTC)
    assert light(START, monday, friday).colour == "red"


def test_rows_move_up_when_one_is_taken_away() -> None:
    raw = with_row({"documents#": "2", "documents.0.number": "A", "documents.1.number": "B", "x": "y"}, "documents")
    assert raw["documents#"] == "3"
    assert without_row(raw, "documents.0") == {"documents#": "2", "documents.0.number": "B", "x": "y"}
    assert without_row(raw, "documents.9") == raw
    assert without_row(raw, "nonsense") == raw
