"""Which versions of a type of message a partner reads, by what it said itself: its card, its receipts, its messages.

Only what the partner signed counts, or what two persons pinned from its card. What it was heard to read or to send, it
reads. What it refused, it does not read for `BELIEVED`: then the newest is tried again, at the price of one refusal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

from xenia.exchange.models import Partner, Spoken
from xenia.exchange.port import spoken_here
from xenia.journal import clock

NOT_SPOKEN: Final = "unknown-type"
"""The code of a refusal that says: this type, or this version of it, is not read here."""
BELIEVED: Final = timedelta(days=30)


def best(partner: str, type: str, versions: Sequence[int]) -> int | None:
    """The newest of `versions` (newest first) that the partner of this address reads, as far as it has said; else None.

    A version of which nothing is known may be read: it is tried.
    """
    since = clock.now() - BELIEVED
    rows = Spoken.objects.filter(partner__address=partner, type=type, speaks=False, learned_at__gt=since)
    refused = set(rows.values_list("version", flat=True))
    return next((one for one in versions if one not in refused), None)


def learn(partner: Partner, type: str, version: int, *, speaks: bool) -> None:
    """The partner has shown that it reads this version, or signed that it does not. Inside `writing()`."""
    known = Spoken.objects.filter(partner=partner, type=type, version=version)
    if speaks and known.filter(speaks=True).exists():
        return
    values = {"speaks": speaks, "learned_at": clock.now()}
    Spoken.objects.update_or_create(partner=partner, type=type, version=version, defaults=values)


def listed(partner: Partner, speaks: Mapping[str, Sequence[int]]) -> None:
    """What the partner's card says of its versions. A type of ours that the card leaves out stays as it was. Inside `writing()`."""
    for type, ours in spoken_here().items():
        if type in speaks:
            for version in sorted({*ours, *speaks[type]}):
                learn(partner, type, version, speaks=version in speaks[type])


def ask_anew(partner: Partner, type: str) -> None:
    """Whatever the partner refused of this type is tried again. Inside `writing()`."""
    Spoken.objects.filter(partner=partner, type=type, speaks=False).delete()
