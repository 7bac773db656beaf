"""Forms made from schemas: what is asked, how answers become data, and what is said about the ones that cannot be."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xenia.cases.pages.answering import Answers, belongs, typed
from xenia.cases.pages.forms import Form, plain
from xenia.cases.pages.questions import pages, read

SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "additionalProperties": False,
    "required": ["person", "category", "accelerated"],
    "properties": {
        "person": {
            "type": "object",
            "x-group": "person",
            "additionalProperties": False,
            "required": ["surname", "birth_date"],
            "properties": {
                "surname": {"type": "string", "minLength": 1, "maxLength": 60, "x-name": "surname"},
                "birth_date": {"type": "string", "pattern": "^[0-9]{4}(-[0-9]{2}){0,2}$", "x-name": "birth_date"},
                "sex": {"enum": ["F", "M", "X"]},
                "nationality": {"$ref": "#/$defs/state", "x-name": "nationality"},
            },
        },
        "category": {"enum": ["own", "third-country", "stateless"], "x-group": "category"},
        "accelerated": {"type": "boolean", "x-group": "category"},
        "needs_help": {"type": "boolean", "x-group": "category"},
        "documents": {
            "type": "array",
            "x-group": "documents",
            "items": {
                "type": "object",
                "required": ["number"],
                "additionalProperties": False,
                "properties": {
                    "number": {"type": "string", "x-widget": "code"},
                    "issued": {"type": "string", "format": "date"},
                },
            },
        },
        "evidence": {"type": "array", "items": {"enum": ["passport", "letter"]}, "x-group": "documents"},
        "seen_at": {"type": "string", "format": "date-time", "x-group": "documents"},
        "days": {"type": "integer", "minimum": 1, "x-group": "documents"},
        "version": {"const": 1},
    },
    "$defs": {"state": {"type": "string", "pattern": "^[A-Z]{1,3}$"}},
}
GOOD: dict[str, Any] = {
    "person.surname": "  Okoro ", "person.birth_date": "2 4 1990", "person.nationality": "uto", "category": "own",
    "accelerated": "no", "documents#": "3", "documents.0.number": "UX1", "documents.2.number": "UX2",
    "documents.2.issued": "14 6 2021", "evidence": ["passport"], "seen_at": "24 11 2026 16:00", "days": "3",
}  # fmt: skip


def test_one_group_of_questions_is_one_page() -> None:
    assert [page.name for page in pages(SCHEMA)] == ["person", "category", "documents"]


def test_an_object_whose_parts_name_groups_stands_on_several_pages() -> None:
    parts = {"a": {"type": "string", "x-group": "one"}, "b": {"type": "string", "x-group": "two"}}
    found = pages({"properties": {"whole": {"type": "object", "properties": parts}}})
    assert [(page.name, [part.key for part in page.questions[0].parts]) for page in found] == [
        ("one", ["whole.a"]),
        ("two", ["whole.b"]),
    ]
    assert belongs("whole.a", found[0].questions)
    assert not belongs("whole.b", found[0].questions)


def test_answers_become_the_data_that_the_schema_wants() -> None:
    found = Answers(SCHEMA, GOOD, "Europe/Zurich")
    assert found.problems == {}
    assert found.data == {
        "person": {"surname": "Okoro", "birth_date": "1990-04-02", "nationality": "UTO"},
        "category": "own",
        "accelerated": False,
        "needs_help": False,
        "documents": [{"number": "UX1"}, {"number": "UX2", "issued": "2021-06-14"}],
        "evidence": ["passport"],
        "seen_at": "2026-11-24T16:00:00+01:00",
        "days": 3,
        "version": 1,
    }


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"person.surname": ""}, "person.surname", "required"),
        ({"person.birth_date": "31 2 1990"}, "person.birth_date", "partial"),
        ({"category": "made-up"}, "category", "enum"),
        ({"accelerated": ""}, "accelerated", "required"),
        ({"documents.2.number": ""}, "documents.2.number", "required"),
        ({"documents.2.issued": "2021"}, "documents.2.issued", "date"),
        ({"evidence": ["passport", "rumour"]}, "evidence", "enum"),
        ({"seen_at": "tomorrow"}, "seen_at", "moment"),
        ({"days": "three"}, "days", "integer"),
        ({"days": "0"}, "days", "minimum"),
        ({"person.nationality": "Utopia"}, "person.nationality", "pattern"),
    ],
)
def test_what_is_wrong_is_told_at_the_field_where_it_was_typed(change: dict[str, Any], field: str, code: str) -> None:
    assert Answers(SCHEMA, {**GOOD, **change}).problems == {field: code}


def test_nothing_typed_names_every_answer_that_is_needed() -> None:
    found = Answers(SCHEMA, {})
    assert set(found.problems) == {"person.surname", "person.birth_date", "category", "accelerated"}


def test_a_page_shows_only_its_own_problems_and_links_to_them() -> None:
    form = Form("application", SCHEMA, lambda key: {"field.application.person.surname": "Family name"}.get(key, ""))
    page, answers = form.pages[0], Answers(SCHEMA, {})
    items = form.shown(page, {}, form.problems_of(page, answers))
    problems = form.summary(items)
    assert [one.id for one in problems] == ["f-person-surname", "f-person-birth_date"]
    assert problems[0].text == "Family name: the answer is missing"


def test_a_list_shows_as_many_rows_as_were_asked_for() -> None:
    form = Form("application", SCHEMA, lambda key: "")
    rows = form.shown(form.pages[2], {"documents#": "2"}, {})[0]
    assert [row.name for row in rows.parts] == ["documents.0", "documents.1"]
    assert rows.removable
    assert rows.parts[0].parts[0].name == "documents.0.number"


def test_answers_are_read_back_in_words() -> None:
    form = Form("application", SCHEMA, lambda key: {"value.application.category.own": "Own national"}.get(key, ""))
    sections = form.sections(Answers(SCHEMA, GOOD).data)
    said = {one.label: one.value for section in sections for one in section.answers}
    assert said["Category"] == "Own national"
    assert said["Birth date"] == "2 Apr 1990"
    assert said["Accelerated"] == "no"
    assert said["Documents 2: Issued"] == "14 Jun 2021"


@given(
    st.fixed_dictionaries(
        {
            "surname": st.text("abcö é", min_size=1, max_size=20).filter(lambda text: text.strip()),
            "day": st.dates(),
            "days": st.integers(1, 500),
            "numbers": st.lists(st.text("ABC123", min_size=1, max_size=9), max_size=5),
            "yes": st.booleans(),
        }
    )
)
def test_data_typed_again_is_the_same_data(made: dict[str, Any]) -> None:
    data = {
        "person": {"surname": " ".join(made["surname"].split()), "birth_date": f"{made['day']:%Y-%m-%d}".zfill(10)},
        "category": "own",
        "accelerated": made["yes"],
        "needs_help": made["yes"],
        "days": made["days"],
        "version": 1,
    } | ({"documents": [{"number": one} for one in made["numbers"]]} if made["numbers"] else {})
    again = Answers(SCHEMA, typed(SCHEMA, data))
    if made["day"].year >= 1000:
        assert again.problems == {}
        assert again.data == data


@given(st.dictionaries(st.sampled_from([*GOOD, "person", "documents"]), st.text(max_size=30), max_size=12))
def test_whatever_is_typed_is_read_without_an_error_of_ours(raw: dict[str, str]) -> None:
    assert isinstance(Answers(SCHEMA, raw).problems, dict)


def test_every_question_has_a_kind_that_a_page_can_show() -> None:
    assert {one.kind for one in read(SCHEMA)} == {
        "object", "radios", "yesno", "check", "rows", "many", "moment", "integer", "fixed",
    }  # fmt: skip


def test_a_name_is_written_for_people() -> None:
    assert plain("birth_date") == "Birth date"
