"""Two people at the same moment: one is first, the other is told; nothing is half done."""

from __future__ import annotations

from threading import Barrier, Thread

import pytest
from django.db import connection

from tests import people
from tests.cases.engine import FORM, PERMIT
from xenia.access.standing import Standing
from xenia.cases import actions, catalogue
from xenia.cases.models import Case, CaseEvent
from xenia.errors import XeniaError


@pytest.mark.django_db(transaction=True)
def test_two_officers_at_once_make_one_move() -> None:
    world = people.build()
    both = [world.standing(name, "case-officer", authority="UTO-MG") for name in ("olga", "otto")]
    with catalogue.reading(PERMIT):
        case = actions.start(both[0], "permit", form=FORM)
        for round_number in range(3):
            told = _race(both, case, ("file", "end") if round_number == 0 else ("end", "ask"))
            held = Case.objects.get(pk=case.pk)
            assert held.moves == CaseEvent.objects.filter(case=case).count()
            assert len(told) >= 1
            if held.closed_at:
                break


def _race(both: list[Standing], case: Case, wanted: tuple[str, str]) -> list[str]:
    """Codes of what the slower one was told."""
    start, told, seen = Barrier(2), [], Case.objects.get(pk=case.pk).moves

    def run(who: Standing, action: str) -> None:
        start.wait()
        try:
            actions.act(who, case.pk, action, seen=seen)
        except XeniaError as error:
            told.append(error.code)
        finally:
            connection.close()

    threads = [Thread(target=run, args=pair) for pair in zip(both, wanted, strict=True)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert set(told) <= {"case-moved", "case-state", "database-busy"}, told
    return told
