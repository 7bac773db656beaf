"""What the pages of cases cost the database, with everything in the case that a page shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.cases.pages.conftest import APPLICATION
from xenia.access.standing import Standing
from xenia.cases import actions
from xenia.cases.models import Case, CaseDocument
from xenia.exchange.models import Incoming, Outgoing, Partner, ReceiptRow, Thread

MOST = 15


def _cost(run: Callable[[], Any]) -> tuple[HttpResponse, list[str]]:
    with CaptureQueriesContext(connection) as asked:
        answer = run()
    # Opening, committing and savepoints ask for no rows.
    return answer, [q["sql"] for q in asked if not q["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))]


def _started(standing: Standing, **more: Any) -> Case:
    return actions.start(
        standing, "readmission", side="requesting", profile="CH-AZ", counterpart="AZE/SMS", form=APPLICATION, **more
    )


@pytest.fixture
def full(standing: Standing, case: Case) -> Case:
    """A case with a parent, a former case, a child, one that looks the same, notes, documents and messages both ways."""
    former, parent = _started(standing), _started(standing)
    _started(standing, parent=case.pk)
    Case.objects.filter(pk=case.pk).update(previous=former.pk, parent=parent.pk)
    for text in ("One note.", "Another note."):
        actions.note(standing, case.pk, text)
    for kind in ("photograph", "translation"):
        CaseDocument.objects.create(
            case=case, kind=kind, address=kind, sha256=kind, size_bytes=1, media_type="image/jpeg", by="partner:AZE/SMS",
            added_at=timezone.now(),
        )  # fmt: skip
    _messages(case)
    return case


def _messages(case: Case) -> None:
    partner, now = Partner.objects.get(), timezone.now()
    thread = Thread.objects.create(partner=partner, thread=case.thread, about=case.about)
    for number in (1, 2, 3):
        told = {"thread": thread, "number": number, "after": number - 1, "type": "readmission/question", "version": 1,
                "created": now, "hash": "0" * 64, "blob": "0" * 64, "state": "accepted"}  # fmt: skip
        ours = Outgoing.objects.create(id=uuid4(), priority="normal", expires=now, next_at=now, **told)
        theirs = Incoming.objects.create(id=uuid4(), partner=partner, carrier="https", received_at=now, **told)
        for one, own in ((ours, False), (theirs, True)):
            ReceiptRow.objects.create(message=one.id, ours=own, kind="accepted", at=now, by="AZE/SMS", hash="0" * 64)


def test_the_page_of_a_full_case_stays_within_its_queries(officer: Client, full: Case) -> None:
    at = f"/cases/{full.pk}/"
    officer.get(at)
    answer, asked = _cost(lambda: officer.get(at))
    text = answer.content.decode()
    assert answer.status_code == 200
    assert all(one in text for one in ("One note.", "Another note."))
    assert text.count("Question") >= 6
    assert len(asked) <= MOST, "\n".join(asked)


@pytest.mark.parametrize("which", ["mine", "unit", "urgent", "overdue", "all"])
def test_the_work_list_stays_within_its_queries(officer: Client, full: Case, which: str) -> None:
    at = f"/cases/?which={which}"
    officer.get(at)
    answer, asked = _cost(lambda: officer.get(at))
    assert answer.status_code == 200
    assert len(asked) <= MOST, "\n".join(asked)
