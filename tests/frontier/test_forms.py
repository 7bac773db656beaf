"""What officers type, and what becomes of it."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xenia.frontier.forms import AnswerForm, DismissForm, RefuseForm, TypedForm, detail_words
from xenia.frontier.terms import refusal_reasons
from xenia.identity.forms import partial_date


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("8 6 1991", "1991-06-08"),
        ("08.06.1991", "1991-06-08"),
        ("8/6/1991", "1991-06-08"),
        ("1991-06-08", "1991-06-08"),
        ("6 1991", "1991-06"),
        ("1991-06", "1991-06"),
        ("1991", "1991"),
        (" 29 2 2024 ", "2024-02-29"),
    ],
)
def test_dates_are_read_as_day_month_year(text, iso):
    assert partial_date(text) == iso


@pytest.mark.parametrize(
    "text", ["", "8 6 91", "30 2 1991", "31 13 1991", "8 June 1991", "1 2 3 1991", "6/8", "x", "1991 1991"]
)
def test_what_is_no_date_is_refused(text):
    with pytest.raises(ValueError):
        partial_date(text)


@given(st.text(max_size=40))
def test_any_text_gets_an_answer(text):
    with contextlib.suppress(ValueError):
        assert len(partial_date(text)) in (4, 7, 10)


def typed(**fields):
    return TypedForm({"document_code": "P", "nationality": "uto", "surname": "Vale", **fields})


def test_a_typed_document_becomes_what_the_check_takes():
    form = typed(document_number="ux 72 04816", birth_date="6 1991", issuing_state="uto", expiry_date="14 3 2031")
    assert form.is_valid()
    what = form.typed()
    assert (what.document_number, what.birth_date, what.nationality, what.issuing_state, what.expiry_date) == (
        "UX7204816",
        "1991-06",
        "UTO",
        "UTO",
        "2031-03-14",
    )


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"surname": ""}, "surname"),
        ({"nationality": ""}, "nationality"),
        ({"nationality": "U1"}, "nationality"),
        ({"birth_date": "yesterday"}, "birth_date"),
        ({"expiry_date": "3 2031"}, "expiry_date"),
        ({"sex": "Q"}, "sex"),
    ],
)
def test_a_field_that_is_wrong_is_named(fields, wrong):
    form = typed(**fields)
    assert not form.is_valid() and list(form.errors) == [wrong]


def test_given_names_alone_are_enough():
    assert typed(surname="", given_names="Amsel").is_valid()


def test_every_reason_is_on_the_form_with_its_sub_field():
    rows = RefuseForm().rows()
    assert [row["code"] for row in rows] == list(refusal_reasons())
    assert {row["code"] for row in rows if row["detail"]} >= {"E", "H", "I"}


@pytest.mark.parametrize("code", [row["code"] for row in RefuseForm().rows() if row["detail"]])
def test_a_reason_asks_for_its_sub_field(code):
    form = RefuseForm({"reasons": [code]})
    assert not form.is_valid() and list(form.errors) == [f"detail_{code}"]


def test_details_hold_only_what_belongs_to_the_chosen_reasons():
    form = RefuseForm(
        {"reasons": ["A", "H"], "detail_H": ["sis", "national"], "detail_E": "left over", "comments": "Calm."}
    )
    assert form.is_valid()
    assert form.details() == {"H": "sis,national", "comments": "Calm."}
    assert detail_words("H", "sis,national") == "In the SIS, In the national register"
    assert detail_words("E", "Return ticket, hotel") == "Return ticket, hotel"


def test_a_dismissal_keeps_code_and_words():
    form = DismissForm({"reason": "birth-date", "more": "  born\n1991 "})
    assert form.is_valid() and form.words() == "birth-date: born 1991"
    assert not DismissForm({"more": "x"}).is_valid()


@pytest.mark.parametrize("outcome", ["admit", "hand-over", "noted"])
def test_every_answer_needs_a_note(outcome):
    assert not AnswerForm({"outcome": outcome, "note": " "}).is_valid()
    assert AnswerForm({"outcome": outcome, "note": "The consulate confirms."}).is_valid()
