"""Positions without gaps, heads that are signed, and nothing lost."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from xenia.journal import actions, heads, sealer
from xenia.journal.ids import uuid7
from xenia.journal.models import Entry, Head, Leaf


@pytest.mark.django_db
def test_an_entry_gets_its_position_and_a_signed_head(act):
    with actions.writing():
        made = actions.append("test.noted", {"what": "первый"}, act, subjects=[uuid7()], outbox=["unit"])
    assert Entry.objects.get(pk=made).position is None
    assert sealer.seal_now() == 2  # and the introduction of the key
    assert list(Entry.objects.order_by("position").values_list("position", "kind")) == [
        (1, "test.noted"),
        (2, "key.introduced"),
    ]
    assert heads.latest().is_signed() and heads.latest().size == 2
    assert Leaf.objects.count() == 2 and Head.objects.count() == 1
    assert sealer.seal_now() == 0


@pytest.mark.django_db(transaction=True)
def test_positions_have_no_gaps_with_eight_writers_and_rollbacks(act):
    def write(number: int) -> None:
        for turn in range(20):
            try:
                with actions.writing():
                    actions.append("test.noted", {"number": number, "turn": turn}, act)
                    if turn % 5 == 4:
                        raise KeyError
            except KeyError:
                pass
        connection.close()

    sealer.start()
    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sealer.stop()
    positions = list(Entry.objects.order_by("position").values_list("position", flat=True))
    assert positions == list(range(1, 8 * 16 + 2))
    assert heads.latest().size == len(positions)
