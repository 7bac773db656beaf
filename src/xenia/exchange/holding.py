"""Messages that came before an earlier one of their thread: how many of a partner are kept.

A sender repeats what was not settled until it is over, so that nothing is lost by not taking it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.db.models import Sum

from xenia.errors import Unavailable
from xenia.exchange import threads
from xenia.exchange.models import Incoming, Partner
from xenia.journal.models import BlobReference

MOST: Final = 200
BYTES: Final = 512 << 20
"""Held messages of one partner, and their sealed bytes; own choice: a partner sends in order, gaps are an accident."""


@dataclass(frozen=True)
class Held:
    """What is held of one partner."""

    count: int
    size_bytes: int

    @property
    def full(self) -> bool:
        """Whether no more is held."""
        return self.count >= MOST or self.size_bytes >= BYTES


def of(partner: Partner) -> Held:
    """What is held of that partner; two statements, one where nothing is."""
    rows = Incoming.objects.filter(partner=partner, state="held")
    count = rows.count()
    if not count:
        return Held(0, 0)
    kept = BlobReference.objects.filter(purpose=threads.KEY, address__in=rows.values("blob"))
    return Held(count, kept.aggregate(sum=Sum("size_bytes"))["sum"] or 0)


def check(partner: Partner) -> None:
    """One more may be held. Raises `Unavailable` (`too-many-held`): the sender tries again later, earlier messages first."""
    if of(partner).full:
        raise Unavailable(
            "Too many messages wait for an earlier one.", "Send the earlier ones first.", code="too-many-held"
        )
