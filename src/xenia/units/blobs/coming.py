"""At the centre: blobs of a unit are taken piece by piece, where an entry of that unit refers to them, and kept once they are whole.

A unit's key may be in wrong hands: what no entry of its own refers to, what is larger than its entry says, what is not what its
address says, and what does not open with its person's key, or is not of its form, is not taken; a person sees that it was sent.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from xenia.errors import BadInput, XeniaError
from xenia.journal import awaited, blobs, data_keys
from xenia.journal.actions import append, writing
from xenia.journal.models import AwaitedBlob, DataKey
from xenia.units import kinds, receiving
from xenia.units.blobs import bounds, machine, parts, said
from xenia.units.blobs.machine import AWAITED, ERASED, KEPT, REFUSED, UNKNOWN, Answer, Wanted
from xenia.units.blobs.parts import Part
from xenia.units.blobs.said import Said
from xenia.units.models import Unit

log = logging.getLogger("xenia.units")
MOST_TRIES: Final = 3
"""So often what came may be other than its address says, before it is given up. Own choice."""


def hear(unit: Unit, raw: bytes, now: datetime) -> Answer:
    """The answer to a question or a piece. What it says is kept is on disk for good. Raises `BadInput` (code `bad-blobs`)."""
    if unit.state != "active":
        return Answer(later=True)
    if not bounds.took(unit.pk, len(raw), now):
        receiving.noticed(unit, "flooding", now)
        return Answer(later=True)
    try:
        heard = said.read(raw)
    except BadInput as error:
        receiving.noticed(unit, error.code, now)
        raise
    told: dict[str, str] = {}
    try:
        if heard.address:
            told[heard.address] = taken(unit, heard, now)
    except OSError:
        log.exception("a document of a unit could not be written")
        return Answer(later=True)
    _gone(unit, heard.gone)
    return Answer(told | states(unit, {*heard.about, *heard.gone}), wanted(unit))


def wanted(unit: Unit) -> tuple[Wanted, ...]:
    """What is to come next of this unit, and from where on."""
    rows = awaited.first(unit.name, machine.MOST_NEXT)
    return tuple(Wanted(row.address, parts.size(unit.name, row.address)) for row in rows)


def states(unit: Unit, addresses: Iterable[str]) -> dict[str, str]:
    """How these stand; what no entry of this unit refers to is unknown, whatever else is here."""
    rows = AwaitedBlob.objects.filter(node=unit.name, address__in=list(addresses)).values_list("address", "state")
    return dict.fromkeys(addresses, UNKNOWN) | dict(rows)


def _gone(unit: Unit, gone: Mapping[str, str]) -> None:
    if not gone:
        return
    with writing():
        for row in AwaitedBlob.objects.filter(node=unit.name, address__in=list(gone), state=AWAITED):
            _lost(unit, row, awaited.GONE, gone[row.address])


def _lost(unit: Unit, row: AwaitedBlob, state: str, why: str) -> None:
    """It will not come. Inside `writing()`."""
    awaited.lost(row, state, why)
    body = {"unit": str(unit.pk), "address": row.address, "state": state, "why": why}
    append(kinds.DOCUMENT_LOST, body, receiving.act_for(unit))


def taken(unit: Unit, heard: Said, now: datetime) -> str:
    """Take a piece; how its blob stands then. Raises `OSError` where the disk takes nothing."""
    row = AwaitedBlob.objects.filter(node=unit.name, address=heard.address).first()
    if row is None:
        receiving.noticed(unit, "blob-unasked", now)
        return UNKNOWN
    if row.state != AWAITED:
        return row.state
    size = row.size_bytes or heard.of
    with parts.held(unit.name, row.address) as part:
        row.refresh_from_db(fields=["state", "subject", "tries"])  # another request may have kept it
        if row.state != AWAITED:
            return row.state
        if 0 < size == part.size:
            return _whole(unit, row, part, now)  # it was whole, and this process ended before it was kept
        does = machine.look(part.size, size, heard.first, len(heard.piece))
        if does == machine.TOO_MUCH or heard.of != size or size > awaited.MOST_BYTES:
            return _refused(unit, row, "too-large", now)
        if does == machine.ELSEWHERE:
            return AWAITED
        part.append(heard.piece)
        return _whole(unit, row, part, now) if part.size == size else AWAITED


def _refused(unit: Unit, row: AwaitedBlob, why: str, now: datetime) -> str:
    log.error("a document of a unit was refused: %s", why)
    with writing():
        _lost(unit, row, REFUSED, why)
    receiving.noticed(unit, f"blob-{why}", now)
    return REFUSED


def _whole(unit: Unit, row: AwaitedBlob, part: Part, now: datetime) -> str:
    """All bytes are there: keep them if they are what they must be."""
    sealed = part.whole()
    if hashlib.sha256(sealed).hexdigest() != row.address:
        part.begin_anew()
        AwaitedBlob.objects.filter(pk=row.pk).update(tries=row.tries + 1)
        if row.tries + 1 >= MOST_TRIES:
            return _refused(unit, row, "content", now)
        receiving.noticed(unit, "blob-content", now)
        return AWAITED
    why = _odd(row, sealed)
    if why:
        return _refused(unit, row, why, now)
    part.keep(row.address)
    with writing():
        fresh = AwaitedBlob.objects.select_for_update().get(pk=row.pk)
        if fresh.state == KEPT:
            return KEPT
        if fresh.state == AWAITED and fresh.subject is not None and _has_key(fresh):
            blobs.claim(row.address, len(sealed), fresh.subject, row.purpose)
            AwaitedBlob.objects.filter(pk=row.pk).update(state=KEPT)
            return KEPT
        awaited.forget(row.address, row.purpose)  # its person was forgotten meanwhile: that wins
    blobs.remove_unclaimed(row.address)
    return ERASED


def _has_key(row: AwaitedBlob) -> bool:
    return row.subject is not None and DataKey.objects.filter(subject=row.subject, purpose=row.purpose).exists()


def _odd(row: AwaitedBlob, sealed: bytes) -> str:
    """Why it cannot be kept, as a code: it does not open as what its entry says, or is not of its form."""
    if row.subject is None or not _has_key(row):
        return ""  # was erased, which is looked at once more where it is kept
    try:
        plain = data_keys.unseal(row.subject, row.purpose, sealed)
    except XeniaError:
        return "" if not _has_key(row) else "sealed"
    return "" if awaited.fits(row.form, plain) else "form"
