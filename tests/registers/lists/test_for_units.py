"""Who may not learn of a category gets no "possible" from it: such records are in no file of keys, and an older file answers nothing."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.registers.lists.test_keyed import asked, built, planted
from xenia.access import epochs
from xenia.access.models import PolicyVersion
from xenia.access.policy import Decision
from xenia.journal.actions import writing
from xenia.matching import Band, Match
from xenia.registers.lists import for_units, keyed
from xenia.registers.lists.keyed import What
from xenia.registers.port import Candidate
from xenia.registers.search.ask import _may_learn

pytestmark = pytest.mark.django_db
ONLY = What(frozenset(), frozenset({"*"}), "2026-06-01", frozenset({"REF-B"}), frozenset({"ref-b"}))


@pytest.fixture
def limited(world: object) -> None:
    """The first line may learn of two categories of alerts only."""

    def changed(content: dict[str, Any]) -> None:
        for row in content["rows"]:
            if row["purpose"] == "border-first-line" and row["register"] == "alerts":
                row["categories"] = ["REF-B", "ARR"]

    policy_with(changed)


def policy_with(changed: Any) -> None:
    last = PolicyVersion.objects.order_by("-number").first()
    assert last is not None
    content = copy.deepcopy(last.content)
    changed(content)
    values = {field.attname: getattr(last, field.attname) for field in PolicyVersion._meta.concrete_fields}
    with writing():
        PolicyVersion.objects.create(
            **{**values, "number": last.number + 1, "content": content, "hash": uuid4().hex * 2}
        )
        epochs.bump("policy")


def test_records_of_other_categories_are_not_in_the_file_also_where_nobody_knows_the_category(tmp_path: Path) -> None:
    records = planted(5)
    records[1].body["category"] = "RET"
    records[2].body["category"] = "XYZ"
    records[3].body["category"] = ""
    records[4].body.update(category="RET", handling="specific")
    file = built(tmp_path / "keys", records, what=ONLY)
    found = [asked(file, "", number=f"X{number:07}") is not None for number in range(5)]
    assert found == [True, False, False, False, False]
    assert keyed.may_be(file) == {"REF-B"}
    assert keyed.may_be(built(tmp_path / "every", records)) == {"*"}


def test_what_units_get_follows_the_policy(world: object) -> None:
    before = for_units.what("alerts")
    assert before.shown == {"*"} and not before.said_as


def test_what_units_get_is_what_every_role_of_the_first_line_may_learn_of(limited: None) -> None:
    what = for_units.what("alerts")
    assert (what.shown, what.said_as) == ({"REF-B", "ARR"}, {"ref-b", "arr"})
    assert for_units.what("notices").shown == {"*"}
    assert "shown:ARR" in for_units.words(what)


@pytest.mark.parametrize(
    ("may_be", "categories", "learns"),
    [
        ({"*"}, {"*"}, True),
        ({"REF-B"}, {"*"}, True),
        ({"REF-B"}, {"REF-B", "ARR"}, True),
        ({"REF-B", "RET"}, {"REF-B", "ARR"}, False),
        ({"*"}, {"REF-B", "ARR"}, False),
        (set(), {"*"}, False),
    ],
)
def test_a_possible_is_told_only_to_who_may_learn_of_all_that_it_may_be(
    may_be: set[str], categories: set[str], learns: bool
) -> None:
    one = Candidate(
        "alerts", "alerts-csv", "x", uuid4(), "UTO-BG", Match(0.4, Band.POSSIBLE, ()), "", "open", "look", True, {},
        withheld=True, may_be=frozenset(may_be),
    )  # fmt: skip
    decision = Decision("fields", handling=frozenset({"*"}), categories=frozenset(categories))
    assert _may_learn(decision, one) is learns
    assert not _may_learn(Decision("deny"), one)
