"""What the serving process does again and again for this room: name, seconds between, what."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone

from xenia.access import lock
from xenia.access.models import LaneNote
from xenia.journal.actions import writing

AT_ONCE: Final = 500


def _remove(rows: list[object], model: type[AccessAttempt] | type[Session]) -> int:
    if not rows:
        return 0
    with writing():
        removed: int = model.objects.filter(pk__in=rows).delete()[0]
    return removed


def forget_sessions() -> int:
    """Sessions that are over are removed. Gives back how many; writes nothing where there are none."""
    over = Session.objects.filter(expire_date__lt=timezone.now()).values_list("pk", flat=True)
    return _remove(list(over[:AT_ONCE]), Session)


def forget_failures() -> int:
    """Failed sign-ins that lock nobody out any more are removed, with the addresses that they came from."""
    before = timezone.now() - settings.AXES_COOLOFF_TIME
    return _remove(
        list(AccessAttempt.objects.filter(attempt_time__lt=before).values_list("pk", flat=True)[:AT_ONCE]),
        AccessAttempt,
    )


def forget_notes() -> int:
    """Notes between officers that nobody put away in three days are gone. Gives back how many."""
    over = list(LaneNote.objects.filter(written_at__lt=timezone.now() - lock.NOTE_KEPT)[:AT_ONCE])
    if over:
        with writing():
            lock.forget_notes(over)
    return len(over)


CHORES: Final[tuple[tuple[str, float, Callable[[], int]], ...]] = (
    ("access.forget-sessions", 600.0, forget_sessions),
    ("access.forget-failures", 600.0, forget_failures),
    ("access.forget-notes", 600.0, forget_notes),
)
