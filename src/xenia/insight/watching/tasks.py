"""What the watch puts on work lists: a signal that somebody should look at. Its answer is its assessment."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from xenia.access.standing import Standing
from xenia.insight.watching.models import ASSESSMENTS, Signal
from xenia.journal.act import Act
from xenia.work import items
from xenia.work.models import WorkItem

SIGNAL: Final = "watch.signal"
ROLE: Final = "analyst"
OVER: Final = "over"
TAKEN: Final = "acknowledged"


def register() -> None:
    """Make the kind known; called when Django starts."""
    items.register_kind(
        items.ItemKind(SIGNAL, _("Arrivals not as usual"), _url, ROLE, "statistics", ASSESSMENTS, _answered)
    )


def _url(item: WorkItem) -> str:
    from django.urls import reverse

    return reverse("insight:watch-signal", args=[item.subject])


def _answered(item: WorkItem, outcome: str, note: str, standing: Standing, act: Act) -> None:
    from xenia.insight.watching import actions

    signal = Signal.objects.filter(pk=UUID(item.subject)).first()
    if signal is not None:
        actions.write_assessment(signal, outcome, note, standing, act)


def raised(signal: Signal, act: Act) -> None:
    """A signal waits for whoever watches. Inside `writing()`."""
    if not WorkItem.objects.filter(kind=SIGNAL, subject=str(signal.pk), answered_at=None).exists():
        body = {"indicator": signal.indicator, "post": signal.post, "nationality": signal.nationality}
        urgency = 0 if signal.level == "alarm" else 1
        items.open_item(SIGNAL, signal.pk, owner=act.owner, act=act, urgency=urgency, body=body)


def settled(signal: Signal, outcome: str, act: Act, note: str = "") -> None:
    """The signal is over or was looked at. Inside `writing()`."""
    items.settle(SIGNAL, signal.pk, outcome, act, note)
