"""Folding entries again and comparing with what the table says."""

from __future__ import annotations

import pytest

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
