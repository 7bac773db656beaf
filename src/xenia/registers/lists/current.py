"""The list versions in use, open for searching. Asking costs no query beyond the counters that a request reads anyway.

The counter `lists` goes up with every published version. A file is verified once per process: its hash and the
signature over it. While a new version of a list that is already open is verified, in the background, the version
before it goes on answering, with its own age; so a load never delays a check.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import connection

from xenia.access import epochs
from xenia.errors import Unavailable, XeniaError
from xenia.identity.keys import register_secret
from xenia.registers.lists import statement
from xenia.registers.lists.file import ListFile
from xenia.registers.lists.models import ErasedRecord, ListVersion
from xenia.registers.lists.subjects import erasing_key, subject_bytes

log = logging.getLogger("xenia.lists")


@dataclass(frozen=True)
class OpenList:
    """One list version in use. `as_of`: the moment whose state the list tells; `max_age_hours`: older is too old. `owner`: authority code."""

    source_code: str
    register: str
    version: UUID
    number: int
    as_of: datetime
    max_age_hours: int
    file: ListFile
    owner: str = ""


@dataclass
class _State:
    epoch: int = -1
    lists: dict[str, tuple[OpenList, ...]] = field(default_factory=dict)
    broken: dict[str, XeniaError] = field(default_factory=dict)
    missing: dict[str, tuple[str, ...]] = field(default_factory=dict)


_lock = threading.Lock()
_state = _State()
_verified: dict[UUID, ListFile] = {}
_opening: dict[UUID, threading.Thread] = {}


def current(register: str) -> tuple[OpenList, ...]:
    """The list versions in use of one register, in the order of their sources.

    Raises `Unavailable` (`list-file`, `list-signature`, `list-rules`) where one of them cannot be trusted or searched:
    a register that is not whole does not answer.
    """
    state = _fresh()
    if register in state.broken:
        error = state.broken[register]
        raise Unavailable(error.message, error.what_to_do, code=error.code)
    return state.lists.get(register, ())


def readable(register: str) -> tuple[OpenList, ...]:
    """As `current`, without those that lie here as keys only: there is no record in them that anybody could read."""
    return tuple(one for one in current(register) if not one.file.keyed)


def usable(register: str) -> tuple[OpenList, ...]:
    """As `current`, without those that cannot be trusted: to tell their ages on a page, never to search. Never raises."""
    return _fresh().lists.get(register, ())


def missing(register: str) -> tuple[str, ...]:
    """At a unit: sources of the register that came down once and that the centre offers no more. Never raises."""
    return _fresh().missing.get(register, ())


def warm() -> None:
    """Opens and verifies every list in use, so that the first check does not have to. Never raises."""
    try:
        _fresh()
    except XeniaError as error:
        log.warning("lists not ready", extra={"code": error.code})


def settle(timeout_s: float = 60) -> None:
    """Waits until the versions that came into use are verified and open; then the next question sees them."""
    warm()
    for thread in list(_opening.values()):
        thread.join(timeout_s)


def adopt(version: UUID, file: ListFile) -> None:
    """Gives a file that this process has verified already, so that it is not read again."""
    _verified[version] = file


def opened(version: UUID) -> ListFile | None:
    """This process's open file of a version, if it has one."""
    return _verified.get(version)


def forget() -> None:
    """Closes nothing, forgets everything: the next question opens and verifies anew. For tests and restores."""
    global _state
    with _lock:
        _state = _State()
        _verified.clear()


def _fresh() -> _State:
    global _state
    state, epoch = _state, epochs.read()["lists"]
    if state.epoch == epoch:
        return state
    with _lock:
        if _state.epoch != epoch:
            _state = _read(epoch, _state)
        return _state


def _read(epoch: int, before: _State) -> _State:
    found = ListVersion.objects.filter(state__in=["current", "waiting"]).select_related("source").order_by("source_id")
    rows = [row for row in found if row.state == "current"]
    answering = {one.source_code: one for lists in before.lists.values() for one in lists}
    state = _State(epoch)
    # A version that waits was verified when it was built: when a second person approves it, it answers at once.
    kept: set[UUID] = {row.id for row in found if row.state == "waiting"}
    for row in rows:
        register = row.source.register
        try:
            one = _open(row, answering.get(row.source_id))
        except XeniaError as error:
            log.error("list not usable", extra={"source": row.source_id, "code": error.code})
            state.broken[register] = error
            continue
        _hide(one, _erasing(row.source_id) if row.source.erasing else frozenset())
        state.lists[register] = (*state.lists.get(register, ()), one)
        kept |= {one.version, row.id}
    for version in [version for version in _verified if version not in kept]:
        del _verified[version]
    state.missing = _missing({row.source_id for row in rows}) if settings.XENIA_UNIT else {}
    return state


def _missing(in_use: set[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    once = ListVersion.objects.exclude(source_id__in=in_use).order_by("source_id")
    for source, register in once.values_list("source_id", "source__register").distinct():
        found[register] = (*found.get(register, ()), source)
    return found


def _open(row: ListVersion, before: OpenList | None) -> OpenList:
    """The row's file if this process has it verified, else the one that answered before while it is verified."""
    file = _verified.get(row.id)
    if file is None and before is not None:
        _verify_later(row)
        return before
    if file is None:
        file = _verified[row.id] = statement.verified(row)
    return _listed(row, file)


def _listed(row: ListVersion, file: ListFile) -> OpenList:
    source = row.source
    return OpenList(
        source.code, source.register, row.id, row.number, row.as_of, source.max_age_hours, file, source.owner
    )


def _verify_later(row: ListVersion) -> None:
    if row.id in _opening:
        return
    thread = _opening[row.id] = threading.Thread(target=_verify, args=(row,), name="list-opener", daemon=True)
    thread.start()


def _verify(row: ListVersion) -> None:
    """Verifies a version beside the work, then lets the next question see it, or see that it is broken."""
    global _state
    try:
        _verified[row.id] = statement.verified(row)
    except XeniaError as error:
        if ListVersion.objects.filter(pk=row.pk, state="current").exists():  # else it was replaced meanwhile
            with _lock:
                _state.broken[row.source.register] = error
            log.error("list not usable", extra={"source": row.source_id, "code": error.code})
    else:
        with _lock:
            _state = _State(-1, _state.lists)
    finally:
        _opening.pop(row.id, None)
        connection.close()


def _erasing(source: str) -> frozenset[int]:
    return frozenset(ErasedRecord.objects.filter(source_id=source).values_list("key", flat=True))


def _hide(one: OpenList, keys: Iterable[int]) -> None:
    secret, place = register_secret(), one.file.place
    one.file.hidden_key = lambda record_id: erasing_key(secret, subject_bytes(place, record_id))
    one.file.hidden = frozenset(keys)
