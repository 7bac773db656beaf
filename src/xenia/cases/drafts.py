"""Answers that an officer has begun to give, kept sealed between the pages of a form until the action is done.

A draft is nobody's record yet: it is no journal entry, only its officer reads it, and it goes after `KEPT` (chores).
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet

from xenia.access.standing import Standing
from xenia.cases.definition import Procedure
from xenia.cases.models import CaseDraft
from xenia.journal import clock, data_keys
from xenia.journal.actions import writing
from xenia.journal.data_keys import Erased
from xenia.journal.ids import uuid7

KEY: Final = "case-draft"
KEPT: Final = timedelta(days=30)


def _mine(standing: Standing, procedure: Procedure, action: str, case_id: UUID | None) -> QuerySet[CaseDraft]:
    rows = CaseDraft.objects.filter(account=standing.account, procedure=procedure.id, action=action)
    rows = rows.filter(case=None) if case_id is None else rows.filter(case_id=case_id)
    return rows.order_by("-changed_at")


def load(standing: Standing, procedure: Procedure, action: str, *, case_id: UUID | None = None) -> dict[str, Any]:
    """What the officer has answered up to now; {} where there is no draft, or its key is gone."""
    row = _mine(standing, procedure, action, case_id).first()
    if row is None:
        return {}
    try:
        return dict(json.loads(data_keys.unseal(row.pk, KEY, bytes(row.sealed))))
    except Erased:
        return {}


def save(
    standing: Standing, procedure: Procedure, action: str, answers: dict[str, Any], *, case_id: UUID | None = None
) -> CaseDraft:
    """Keep answers; JSON of any shape. One draft for each officer, case and action; without a case, for each action."""
    with writing():
        row = _mine(standing, procedure, action, case_id).first()
        row = row or CaseDraft(
            id=uuid7(), account=standing.account, procedure=procedure.id, action=action, case_id=case_id
        )
        row.sealed = data_keys.seal(row.pk, KEY, json.dumps(answers, ensure_ascii=False).encode())
        row.changed_at = clock.now()
        row.save()
    return row


def drop(standing: Standing, procedure: Procedure, action: str, *, case_id: UUID | None = None) -> None:
    """The draft and its key are gone."""
    rows = list(_mine(standing, procedure, action, case_id).values_list("pk", flat=True))
    if rows:
        with writing():
            CaseDraft.objects.filter(pk__in=rows).delete()
            data_keys.destroy(rows, KEY)


def kept_at(standing: Standing, procedure: Procedure, action: str, *, case_id: UUID | None = None) -> datetime | None:
    """When the draft was kept last; None where there is none."""
    return _mine(standing, procedure, action, case_id).values_list("changed_at", flat=True).first()


def mine(standing: Standing) -> list[CaseDraft]:
    """The officer's drafts, the newest first; at most 50."""
    return list(CaseDraft.objects.filter(account=standing.account).select_related("case").order_by("-changed_at")[:50])


def drop_old() -> int:
    """Drafts that nobody touched for `KEPT` go, with their keys; how many."""
    old = list(CaseDraft.objects.filter(changed_at__lt=clock.now() - KEPT).values_list("id", flat=True)[:500])
    if old:
        with writing():
            data_keys.destroy(old)
            CaseDraft.objects.filter(pk__in=old).delete()
    return len(old)
