"""The unit and the centre of `xenia bench sync`, each in a process and a home of its own; not part of the command line."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable
from typing import Any

from xenia.site.soak import pair


def centre() -> None:
    """Take batches in and add up what that costs."""
    used = 0.0

    def about(_raw: bytes, take: Callable[[], Any]) -> Any:
        nonlocal used
        began = time.process_time()
        answer = take()
        used += time.process_time() - began
        return answer

    unit = pair.centre_ready()
    pair.take_in(unit, about)
    pair.say(received=unit.received, aside=unit.aside.count(), cpu_s=used)


def unit(travellers: int) -> None:
    """Admit travellers, seal; then send all of it up and add up what that costs."""
    from xenia.journal import sealer
    from xenia.site.soak import far_post
    from xenia.units import sending, stored

    pair.unit_ready()
    sending.step()  # what was there before any traveller
    first, chance, began = sending.line().acknowledged + 1, random.Random(1), time.perf_counter()
    for _one in range(travellers):
        far_post.traveller(chance)
    sealer.seal_now()
    pair.say(made_s=time.perf_counter() - began)
    pair.heard()
    sent: list[int] = []
    carried = sending.carry

    def counted(raw: bytes, known: Any) -> Any:
        sent.append(len(raw))
        return carried(raw, known)

    sending.carry = counted
    before = time.process_time()
    sending.step()
    used = time.process_time() - before
    entries = stored.own(pair.NODE, first, sending.sealed(pair.NODE))
    size = sum(
        sum(len(part) for part in (one.salt, one.key, one.subjects, one.body or b"", one.content))
        + sum(len(text) for text in (one.kind, one.owner, one.origin, one.actor, one.purpose, one.legal_basis, one.reference))
        for one in entries
    )  # fmt: skip
    pair.say(
        **pair.sent_up(), entries=len(entries), batches=len(sent), cpu_s=used, sent_bytes=sum(sent), stored_bytes=size
    )


if __name__ == "__main__":
    pair.start()
    if sys.argv[1] == "unit":
        unit(int(sys.argv[2]))
    else:
        centre()
