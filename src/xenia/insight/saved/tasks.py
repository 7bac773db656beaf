"""What a report that failed puts on work lists; it is answered by itself once the report can be made again."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from xenia.insight.saved.models import Saved
from xenia.journal.act import Act
from xenia.work import items
from xenia.work.models import WorkItem

FAILED: Final = "insight.report-failed"
ROLE: Final = "analyst"
MADE: Final = "made"


def register() -> None:
    """Make the kind known; called when Django starts."""
    items.register_kind(
        items.ItemKind(FAILED, _("Scheduled report could not be made"), _url, ROLE, "statistics", ("seen", MADE))
    )


def _url(item: WorkItem) -> str:
    from django.urls import reverse

    return reverse("insight:saved-one", args=[item.subject])


def failed(saved: Saved, code: str, act: Act) -> None:
    """Somebody should look. Inside `writing()`; one item for each question, however often it fails."""
    if not WorkItem.objects.filter(kind=FAILED, subject=str(saved.pk), answered_at=None).exists():
        items.open_item(FAILED, saved.pk, owner=saved.authority, act=act, body={"code": code})


def made(saved: Saved, act: Act) -> None:
    """It works again. Inside `writing()`."""
    if WorkItem.objects.filter(kind=FAILED, subject=str(saved.pk), answered_at=None).exists():
        items.settle(FAILED, saved.pk, MADE, act)
