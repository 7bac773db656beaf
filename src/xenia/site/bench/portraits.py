"""At the unit of `bench sync`: portraits that wait, entries that go up beside them, and then the portraits alone."""

from __future__ import annotations

import random
import threading
import time
from io import BytesIO
from typing import Any, Final

OFFICER: Final = "sec"
OF_ONE: Final = 25
"""Portraits of one check."""
LOOKS_EVERY_S: Final = 0.02
EVERY_S: Final = 1.0
"""As the chore of a unit at work."""
WIDE, HIGH, COARSE = 480, 600, 96
"""Pixels of a portrait, and of the noise that it is made of: so it takes about as much as a face that is kept for a passport."""


def _portrait() -> Any:
    """One portrait as photographs are kept; sealed anew each time, so that no two are alike."""
    from PIL import Image

    from xenia import pictures

    chance, made = random.Random(1), BytesIO()
    coarse = Image.frombytes("RGB", (COARSE, COARSE), chance.randbytes(COARSE * COARSE * 3))
    coarse.resize((WIDE, HIGH)).save(made, "JPEG", quality=90)
    return pictures.remake(made.getvalue())


def capture(count: int) -> dict[str, Any]:
    """So many portraits taken and sealed here; how many files wait to go up, and bytes."""
    from xenia.access import standing
    from xenia.frontier.models import Check
    from xenia.frontier.second import interview
    from xenia.journal import sealer
    from xenia.site.soak import far_post
    from xenia.units.blobs import queue

    made, chance, here = _portrait(), random.Random(2), standing.by_name(OFFICER, far_post.POST, None)
    for number in range(count):
        if number % OF_ONE == 0:
            check = Check.objects.get(id=far_post.traveller(chance))
        interview.keep(here, check, made, "data-page")
    sealer.seal_now()
    queue.find(here.node)
    found = queue.backlog()
    return {"files": found.count, "bytes": found.size_bytes}


def make(count: int) -> dict[str, Any]:
    """As `capture`, and their entries are at the centre when this returns."""
    from xenia.units import sending

    said = capture(count)
    while _entries_left():
        sending.step()
    return said


def _entries_left() -> int:
    from xenia.journal.node import node
    from xenia.units import sending

    return sending.sealed(node()) - sending.line().acknowledged


def drain() -> dict[str, Any]:
    """Both lanes at once, as at a unit at work: when no entry waited any more, and when no portrait did."""
    from xenia.units import sending
    from xenia.units.blobs import going, line, queue

    pieces, carried, entries = list[float](), line.carry, _entries_left()

    def counted(what: Any, known: Any) -> Any:
        pieces.append(time.monotonic())
        return carried(what, known)

    line.carry = counted
    stop, began = threading.Event(), time.monotonic()
    lane = threading.Thread(target=_again_and_again, args=(going.step, stop))
    lane.start()
    while _entries_left():
        sending.step()
    gone = time.monotonic()
    first = sum(one < gone for one in pieces)
    while queue.backlog().count:
        time.sleep(LOOKS_EVERY_S)
    ended = time.monotonic()
    stop.set()
    lane.join()
    return {
        "entries": entries, "entries_s": gone - began, "pieces_before": first, "pieces": len(pieces), "seconds": ended - gone,
    }  # fmt: skip


def _again_and_again(step: Any, stop: threading.Event) -> None:
    from django.db import close_old_connections

    while not stop.wait(EVERY_S):
        step()
    close_old_connections()


def measured(unit: Any, count: int, crossings: int, relay: Any) -> dict[str, Any]:
    """Asked of the unit's process by whoever measures."""
    unit.say(portraits=count)
    said = unit.hear()
    unit.say(travellers=crossings)
    unit.hear()
    relay.bytes = 0
    unit.say(both=True)
    done = unit.hear()
    return {
        "count": count,
        "files": said["files"],
        "bytes": said["bytes"],
        "entries_per_s_meanwhile": round(done["entries"] / done["entries_s"]),
        "pieces_while_entries_waited": done["pieces_before"],
        "pieces": done["pieces"],
        "seconds": round(done["seconds"], 1),
        "wire_bytes_with_entries": relay.bytes,
    }
