"""Whoever is taken off a list is no hit any more in the very next question, also where a second person decided it."""

from __future__ import annotations

from collections.abc import Callable

from django.utils import timezone

from tests import people
from tests.registers.lists.worlds import csv_numbers
from xenia.access.standing import Standing
from xenia.registers.lists.actions import LoadReport
from xenia.registers.lists.models import ListVersion
from xenia.registers.search import Question, ask
from xenia.work import proposals

Load = Callable[..., LoadReport]


def hits(standing: Standing, number: int) -> list[str]:
    said = {"id": "1", "surname": f"Zorbek{number}", "given_names": "Tamriko", "birth_date": "1980-01-02"}
    document = {"type": "P", "issuing_state": "UTO", "number": f"X{number:07}"}
    question = Question.from_json({**said, "document": document}, timezone.localdate())
    (answer,) = ask([question], standing, "border-first-line", "check:x")
    return [hit.band or "" for hit in answer.hits if hit.record == f"A-{number}"]


def test_a_person_that_a_list_leaves_out_stops_hitting_at_once(load: Load, world: people.World) -> None:
    officer = world.standing("offa", "first-line-officer", lane="L1")
    load(csv_numbers(range(20)))
    assert hits(officer, 0) == ["EXACT"]
    load(csv_numbers(range(1, 20)))
    assert hits(officer, 0) == []
    assert hits(officer, 1) == ["EXACT"]


def test_it_stops_at_once_when_a_second_person_has_approved(
    load: Load, world: people.World, approver: Standing
) -> None:
    officer = world.standing("offa", "first-line-officer", lane="L1")
    load(csv_numbers(range(20)))
    load(csv_numbers(range(10, 20)))
    assert hits(officer, 0) == ["EXACT"]
    waiting = ListVersion.objects.get(state="waiting").proposal
    assert waiting is not None
    proposals.approve(approver, waiting)
    assert hits(officer, 0) == []
    assert hits(officer, 10) == ["EXACT"]
