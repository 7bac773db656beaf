"""Letters of a case: made from its folder's template, and without what stays with the authority."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cases.engine import MONDAY, decide, filed, lead, officer, permit, world
from tests.cases.test_incoming import FORM
from xenia.access.standing import Standing
from xenia.cases import actions, catalogue, letters, showing
from xenia.errors import BadInput, NotFound
from xenia.journal import clock as moment
from xenia.journal.models import Entry

__all__ = ["lead", "officer", "permit", "world"]


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    with moment.at(MONDAY):
        yield


def test_a_letter_is_made_and_noted(permit: None, officer: Standing, lead: Standing) -> None:
    case = decide(officer, lead, filed(officer), "refuse", {"reasons": ["no_means"]})
    assert [one.name for one in letters.offered(case)] == ["answer"]
    assert letters.show(officer, case.pk, "answer", "en").startswith(b"%PDF-")
    assert Entry.objects.filter(kind="case.printed").count() == 1
    with pytest.raises(BadInput):
        letters.make(case, "answer", "fr")
    with pytest.raises(NotFound):
        letters.make(case, "nothing", "en")


def test_what_stays_here_is_on_no_letter(officer: Standing) -> None:
    form = {**FORM, "authority_file": "internal file 7"}
    case = actions.start(officer, "readmission", side="requesting", profile="UTO-ARC", counterpart="ARC/RET", form=form)
    procedure = catalogue.of(case)
    made = letters.content(case, procedure, procedure.letters["application"], "en", MONDAY)
    assert "internal" not in str(made["rows"]) and "internal" not in str(made["fields"])
    assert "Quliyev" in str(made["rows"])


def test_what_stays_is_taken_out_at_any_depth() -> None:
    part = {"properties": {"a": {}, "b": {"x-stays": True}}}
    schema = {"properties": {"one": part, "many": {"items": part}}}
    given = {"one": {"a": 1, "b": 2}, "many": [{"a": 1, "b": 2}], "unknown": 3}
    assert showing.leaving(schema, given) == {"one": {"a": 1}, "many": [{"a": 1}]}
