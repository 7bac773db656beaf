"""What the serving process does again and again for this room: name, seconds between, what."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone

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


CHORES: Final[tuple[tuple[str, float, Callable[[], int]], ...]] = (
    ("access.forget-sessions", 600.0, forget_sessions),
    ("access.forget-failures", 600.0, forget_failures),
)
