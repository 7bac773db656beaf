"""At a unit: reference data are what the centre's are, changed, added and ended there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests import people
from xenia.errors import BadInput, NotAllowed
from xenia.journal import rebuild
from xenia.journal.models import Entry
from xenia.registers.reference import actions, read, taking
from xenia.registers.reference.models import ReferenceRow

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> people.World:
    made = people.build()
    actions.install()
    return made


def check() -> list[Any]:
    return rebuild.check(next(one for one in rebuild.projections() if one.name == "reference"))[2]


def test_nothing_changes_where_all_is_so_already(world: people.World) -> None:
    assert taking.take(taking.read(taking.told())) == 0
    assert not Entry.objects.filter(kind="reference.taken").exists()


def test_terms_are_changed_added_and_ended_as_at_the_centre(world: people.World) -> None:
    terms = taking.read(taking.told())
    first, second, *rest = terms
    changed = replace(first, labels={**first.labels, "en": "Another word"})
    added = replace(second, code="X9", order=999)
    assert taking.take([changed, added, *rest]) == 3
    assert (read.label(first.list, first.code, "en"), read.term(second.list, second.code)) == ("Another word", None)
    assert read.label(added.list, "X9", "en") == second.label("en")
    assert taking.take([changed, second, *rest]) == 2  # what was ended begins again, under a number of its own
    row = ReferenceRow.objects.get(list=second.list, code=second.code, current=True)
    assert (row.version, row.made_by, read.term(added.list, "X9")) == (2, "system:centre", None)
    assert check() == []
    assert actions.install() == 0  # at the next start the words of this version do not come back
    assert read.label(first.list, first.code, "en") == "Another word"


def test_nobody_changes_them_at_the_unit(world: people.World) -> None:
    terms = taking.read(taking.told())
    taking.take([replace(terms[0], order=77), *terms[1:]])
    with pytest.raises(NotAllowed) as refused:
        actions.propose(world.operator, [{**terms[0].content(), "order": 3}], "why")
    assert refused.value.code == "reference-of-centre"


def test_a_term_that_this_version_does_not_know_is_left_out(world: people.World) -> None:
    said = taking.told()
    strange = [
        {**said["terms"][0], "list": "moods"},
        {**said["terms"][0], "code": "Z1", "attributes": {"mood": "good"}},
    ]
    found = taking.read({**said, "terms": [*said["terms"], *strange]})
    assert len(found) == len(said["terms"])


@pytest.mark.parametrize("change", [{"format": "x"}, {"terms": None}, {"terms": []}, {"terms": [1]}, {"terms": [{}]}])
def test_what_is_no_reference_data_is_refused(world: people.World, change: dict[str, Any]) -> None:
    with pytest.raises(BadInput) as refused:
        taking.read({**taking.told(), **change})
    assert refused.value.code == "reference-terms"
