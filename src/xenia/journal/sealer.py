"""The sealer: gives committed entries their positions, grows the tree and signs its head. One per node at a time.

A pass reads the entries without position, computes leaves, frontier, head and signature outside any transaction, then
writes them in one short transaction, which first asks whether the newest head is still the one it began with: so two
sealers never both win, and a kill at any moment leaves either the whole batch sealed or all of it waiting.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings
from django.db import connection, connections

from xenia.errors import Conflict, XeniaError
from xenia.journal import heads, kinds, signing
from xenia.journal.act import Act
from xenia.journal.models import Entry, Head, KeyRecord
from xenia.journal.node import ensure
from xenia.journal.node import node as own_node
from xenia.journal.stream import Hashed, reader, waiting_rows
from xenia.journal.tree import Frontier
from xenia.journal.writing import writing

log = logging.getLogger(__name__)
BATCH = 2000
ADVISORY_LOCK = 0x58656E69
"""`pg_advisory_xact_lock` key of sealing: "Xeni"."""

_passing = threading.Lock()


@dataclass
class State:
    """What health and metrics ask: how the last pass went."""

    sealed: int = 0
    last_head_at: datetime | None = None
    trouble: str = ""


state = State()


def pending() -> int:
    """How many entries wait to be sealed."""
    return Entry.objects.filter(position__isnull=True).count()


def _introduce() -> None:
    """Records the present signing key and its `key.introduced` entry, once."""
    from xenia.journal.actions import append

    key = signing.own_key()
    key_id = signing.thumbprint(key)
    if KeyRecord.objects.filter(pk=key_id).exists():
        return
    node = own_node()
    act = Act("system:sealer", "", "operation", "", "set-up", node)
    with writing():
        if not KeyRecord.objects.filter(pk=key_id).exists():
            entry = append(kinds.KEY_INTRODUCED.name, {"key": key_id, "public_key": key}, act)
            KeyRecord.objects.create(
                key_id=key_id, node=node, jwk=json.dumps(key), introduced_at=datetime.now(UTC), entry_id=entry
            )


def _grown(last: Head | None) -> Frontier:
    if last is None:
        return Frontier()
    frontier = Frontier.unpack(last.size, bytes(last.frontier))
    if frontier.root() != bytes(last.root):
        raise Conflict(
            "The newest head of the journal was altered.",
            "Run xenia journal verify; nothing is sealed.",
            code="head-altered",
        )
    return frontier


def _alone() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ADVISORY_LOCK])


def _place(node: str, batch: Sequence[Hashed], first: int) -> None:
    """Sets the positions of a batch, from `first` on, and keeps its leaves."""
    ids, leaves = [entry.id for entry in batch], [entry.leaf for entry in batch]
    positions = range(first, first + len(batch))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "UPDATE journal_entry SET position = placed.position"
                " FROM unnest(%s::uuid[], %s::bigint[]) AS placed(id, position) WHERE journal_entry.id = placed.id",
                [ids, list(positions)],
            )
            cursor.execute(
                "INSERT INTO journal_leaf (node, position, entry_id, hash)"
                " SELECT %s, * FROM unnest(%s::bigint[], %s::uuid[], %s::bytea[])",
                [node, list(positions), ids, leaves],
            )
        else:
            cursor.executemany(
                "UPDATE journal_entry SET position = %s WHERE id = %s", list(zip(positions, ids, strict=True))
            )
            cursor.executemany(
                "INSERT INTO journal_leaf (node, position, entry_id, hash) VALUES (%s, %s, %s, %s)",
                [(node, *row) for row in zip(positions, ids, leaves, strict=True)],
            )


def _seal_batch(node: str, size: int) -> int | None:
    """Seals up to `size` waiting entries of a node; how many. None if another sealer was quicker."""
    _introduce()
    last = heads.latest_row(node)
    read = reader(node)
    batch = [entry for entry in map(read, waiting_rows(node, size)) if entry.leaf is not None]
    if not batch:
        return 0
    frontier = _grown(last)
    first = frontier.size + 1
    for entry in batch:
        frontier.add(entry.leaf or b"")
    head = heads.signed(node, frontier.size, frontier.root(), frontier.pack())
    with writing():
        _alone()
        newest = list(Head.objects.filter(node=node).order_by("-size")[:2])
        if (newest[0].size if newest else 0) != first - 1:
            return None
        _place(node, batch, first)
        head.save(force_insert=True)
        if len(newest) == 2 and heads.is_passing(newest[1], newest[0], head):
            Head.objects.filter(node=node, size=newest[0].size).delete()
    state.last_head_at = head.signed_at
    state.sealed += len(batch)
    return len(batch)


def seal_now() -> int:
    """Seals everything that is committed and waits; how many entries. For commands and tests; safe beside the thread."""
    with _passing:
        sealed = 0
        waiting = Entry.objects.filter(position__isnull=True).order_by()
        if waiting.exists() or KeyRecord.objects.exists():
            _introduce()  # also when the key was changed
        for node in list(waiting.values_list("node", flat=True).distinct()):
            count: int | None = BATCH
            while count is None or count == BATCH:
                count = _seal_batch(node, BATCH)
                sealed += count or 0
        return sealed


class _Sealer(threading.Thread):
    def __init__(self) -> None:
        super().__init__(name="xenia-sealer", daemon=True)
        self.woken = threading.Event()
        self.stopped = threading.Event()

    def run(self) -> None:
        pause_s = max(settings.XENIA_SEAL_MS, 1) / 1000
        try:
            while not self.stopped.is_set():
                begun = time.monotonic()
                self.woken.clear()
                self._pass()
                self.stopped.wait(max(0.0, pause_s - (time.monotonic() - begun)))
                if connection.vendor == "sqlite":  # nobody else writes: sleep until something was committed
                    self.woken.wait(timeout=5)
        finally:
            connections.close_all()

    def _pass(self) -> None:
        try:
            seal_now()
            state.trouble = ""
        except XeniaError as error:
            state.trouble = error.code
            log.error("sealing failed: %s", error.code)
        except Exception as error:
            state.trouble = type(error).__name__
            log.exception("sealing failed")
            connection.close()


_thread: _Sealer | None = None
_starting = threading.Lock()


def start() -> None:
    """Starts the sealer's thread, once per process. Raises what `node.ensure` raises, such as `Unavailable` (`key-rights`)."""
    global _thread
    ensure()
    with _starting:
        if _thread is None or not _thread.is_alive():
            _thread = _Sealer()
            _thread.start()


def stop() -> None:
    """Ends the thread after its pass, then seals what still waits."""
    global _thread
    with _starting:
        thread, _thread = _thread, None
    if thread is not None:
        thread.stopped.set()
        thread.woken.set()
        thread.join()
        seal_now()


def running() -> bool:
    """Whether the sealer's thread runs in this process."""
    return _thread is not None and _thread.is_alive()


def wake() -> None:
    """Tells the thread, if there is one, that something was committed."""
    thread = _thread
    if thread is not None:
        thread.woken.set()
