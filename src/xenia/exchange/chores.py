"""What the serving process does again and again for this room: messages that are due go out, each partner in its own thread,
and what was held for too long is let go."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Final
from uuid import UUID

from django.db import close_old_connections

from xenia.exchange import delivery, keeping
from xenia.exchange.models import Outgoing, Partner
from xenia.journal import clock

log = logging.getLogger("xenia.exchange")
_busy: set[UUID] = set()
_door = threading.Lock()


def _run(partner: Partner) -> None:
    try:
        delivery.deliver(partner=partner)
    except Exception:
        log.exception("delivery failed")
    finally:
        close_old_connections()
        with _door:
            _busy.discard(partner.pk)


def deliver_due() -> int:
    """Starts a delivery for each partner with something due that has none under way; how many. One statement where nothing waits."""
    now = clock.now()
    if not Outgoing.objects.filter(state="waiting", next_at__lte=now).exists():
        return delivery.bury(now)
    started = 0
    for partner in Partner.objects.filter(pk__in=delivery.due(now).order_by().values("thread__partner")):
        with _door:
            if partner.pk in _busy:
                continue
            _busy.add(partner.pk)
        threading.Thread(target=_run, args=(partner,), name=f"xenia-to-{partner.address}", daemon=True).start()
        started += 1
    return started + delivery.bury(now)


CHORES: Final[tuple[tuple[str, float, Callable[[], int]], ...]] = (
    ("exchange.deliver", 1.0, deliver_due),
    ("exchange.lapse", 3600.0, keeping.lapse),
)
