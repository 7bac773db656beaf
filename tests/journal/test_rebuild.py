"""Folding entries again and comparing with what the table says."""

from __future__ import annotations

import pytest

from tests import coming
from xenia.journal import actions, erasing, rebuild, sealer
from xenia.journal.ids import uuid7


@pytest.mark.django_db
def test_differences_are_named_and_erased_bodies_are_left_out(act, monkeypatch):
    monkeypatch.setattr(rebuild, "_projections", {})
    erased = uuid7()
    with actions.writing():
        for key, value, subject in [("a", 1, uuid7()), ("b", 2, uuid7()), ("c", 3, erased), ("a", 9, uuid7())]:
            made = actions.append("test.noted", {"key": key, "value": value}, act, subjects=[subject])
    sealer.seal_now()
    with actions.writing():
        actions.append("test.noted", {"key": "d", "value": 4}, act)
        erasing.erase_bodies(act, subjects=[erased])

    def fold(happened):
        table = {}
        for one in happened:
            if one.body is None:
                table["c"] = rebuild.ERASED
            else:
                table[one.body["key"]] = one.body["value"]
        return table

    table = {"a": 9, "b": 2, "d": 4}
    projection = rebuild.Projection("noted", frozenset({"test.noted"}), fold, lambda: table)
    rebuild.register(projection)
    assert rebuild.projections() == (projection,) and made
    assert rebuild.check(projection) == (3, 1, [])
    table |= {"b": 7, "e": 5}
    del table["d"]
    _, _, found = rebuild.check(projection)
    assert [(one.key, one.kind) for one in found] == [("b", "different"), ("d", "missing"), ("e", "unfounded")]


@pytest.mark.django_db
def test_each_node_is_folded_by_itself_and_only_where_the_table_asks_for_it(act):
    def note(*values):
        for value in values:
            with actions.writing():
                actions.append("test.noted", {"value": value}, act)

    with actions.writing():
        actions.append("test.noted", {"value": "here 1"}, act)
    sealer.seal_now()
    for name in ("unit-2", "unit-1"):  # their positions 1 to 3 stand beside our 1 and 2
        coming.arrive(coming.away(lambda name=name: note(*(f"{name} {at}" for at in (1, 2, 3))), name))
    note("here 2")
    sealer.seal_now()
    note("here 3")

    def values(**more):
        return [one.body["value"] for one in rebuild.happened(["test.noted"], **more)]

    own = ["here 1", "here 2", "here 3"]
    assert values() == own
    assert values(of_every_node=True) == [*own, *(f"unit-{unit} {at}" for unit in (1, 2) for at in (1, 2, 3))]
    assert rebuild.nodes() == ("hq", "unit-1", "unit-2")


@pytest.mark.django_db
def test_a_table_of_this_node_does_not_miss_what_only_came_and_one_of_every_node_does(act, monkeypatch):
    monkeypatch.setattr(rebuild, "_projections", {})

    def note():
        with actions.writing():
            actions.append("test.noted", {"value": "elsewhere"}, act)

    coming.arrive(coming.away(note))

    def fold(happened):
        return {one.body["value"]: 1 for one in happened}

    kinds = frozenset({"test.noted"})
    assert rebuild.check(rebuild.Projection("own", kinds, fold, dict)) == (0, 0, [])
    _, _, (missing,) = rebuild.check(rebuild.Projection("all", kinds, fold, dict, of_every_node=True))
    assert (missing.key, missing.kind) == ("elsewhere", "missing")
