"""The tamperer: what somebody with the whole database in hand could do to a journal, and where that must be found.

Only for scratch databases: it takes the walls down. Used by `xenia soak tamper` and by the tests.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from django.db import connection, transaction

from xenia.journal import actions, canonical, entries, erasing, heads, kinds, sealer, signing, walls
from xenia.journal.act import Act
from xenia.journal.heads import SignedHead
from xenia.journal.ids import uuid7
from xenia.journal.models import Entry, Head, KeyRecord, Leaf
from xenia.journal.node import node
from xenia.journal.tree import Frontier
from xenia.journal.verify import verify

NOTED = kinds.Kind("soak.noted", retention_class="soak")
READ = kinds.Kind("soak.read", retention_class="soak", personal=False)


@dataclass
class Journal:
    """A planted journal: its size, a head kept when it was whole, and the ids by position (counted from 1)."""

    size: int
    kept: SignedHead
    ids: list[UUID]
    erased: frozenset[int]


@dataclass
class Expected:
    """Where and as what a tampering must be found. `positions`: one finding must cover one of them (none: anywhere).

    `entry`: the id that one of the findings should name. `kept`: it can only be seen with the kept head.
    """

    kinds: frozenset[str]
    positions: frozenset[int] = frozenset()
    entry: UUID | None = None
    kept: bool = False


Tampering = Callable[[Journal, random.Random], Expected]
TAMPERINGS: dict[str, Tampering] = {}


def tampering(function: Tampering) -> Tampering:
    """Adds a tampering to the table under its function's name."""
    TAMPERINGS[function.__name__] = function
    return function


def expect(*kinds: str, at: int | range = range(0), entry: UUID | None = None, kept: bool = False) -> Expected:
    """An expectation, briefly."""
    return Expected(frozenset(kinds), frozenset([at] if isinstance(at, int) else at), entry, kept)


def planted(size: int) -> Journal:
    """Writes and seals a journal of about `size` entries in several batches, some of them erased; takes the walls down."""
    kinds.register(NOTED, READ)
    people = [uuid7() for _ in range(16)]
    for number in range(size):
        act = Act(
            f"account:{people[0]}", "UTO-BG", "border-first-line", "Act 7", f"external:case {number}", "hq/UTO-AP1/L1"
        )
        with actions.writing():
            actions.append(
                (NOTED if number % 3 else READ).name, {"number": number, "text": "Пример " * (number % 5)}, act,
                subjects=people[number % 12 : number % 12 + number % 4],
            )  # fmt: skip
        if number % 40 == 39:
            sealer.seal_now()
    with actions.writing():
        erasing.erase_bodies(Act("system:soak", "UTO-BG", "operation", "", "set-up", "hq"), subjects=people[3:5])
    sealer.seal_now()
    walls.take_down(connection)
    rows = list(Entry.objects.order_by("position"))
    gone = frozenset(row.position or 0 for row in rows if row.body is None)
    return Journal(len(rows), heads.latest(), [row.id for row in rows], gone)


def attempt(journal: Journal, chance: random.Random) -> tuple[str, str]:
    """One random tampering, verified and taken back: its name, and what verification missed ("" if nothing)."""
    name = chance.choice(sorted(TAMPERINGS))
    return name, attempt_one(name, journal, chance)


def attempt_one(name: str, journal: Journal, chance: random.Random) -> str:
    """The tampering of that name, verified and taken back: what verification missed, "" if nothing."""
    with transaction.atomic():
        expected = TAMPERINGS[name](journal, chance)
        report = verify([journal.kept] if expected.kept else [])
        transaction.set_rollback(True)
    findings = report.findings.kept
    fitting = [finding for finding in findings if finding.kind in expected.kinds]
    if not findings:
        return "not found"
    if not fitting:
        return f"named otherwise: {sorted({finding.kind for finding in findings})}"
    spans = [
        (finding.position, finding.position if finding.last is None else finding.last)
        for finding in fitting
        if finding.position is not None
    ]
    if expected.positions and not any(first <= at <= last for first, last in spans for at in expected.positions):
        return f"located elsewhere: {spans} instead of {sorted(expected.positions)[:5]}"
    if expected.entry is not None and str(expected.entry) not in {finding.entry for finding in findings}:
        return "the entry is not named"
    return ""


@dataclass
class Stranger:
    """Somebody with a signing key of his own."""

    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def sign(self, head: Head) -> None:
        """Signs a stored head with this key."""
        head.key_id = signing.thumbprint(signing.jwk(self.key.public_key()))
        data = heads.statement(
            head.node, head.size, bytes(head.root).hex(), canonical.moment(head.signed_at), head.key_id
        )
        r, s = decode_dss_signature(self.key.sign(data, signing.ES256))
        head.signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")


def run(sql: str, *values: int | UUID) -> None:
    """One statement against the database, past all models. Ids and times are given as the database keeps them."""
    with connection.cursor() as cursor:
        cursor.execute(sql, [_raw(value) for value in values])


def _raw(value: int | UUID) -> int | str | UUID:
    return value.hex if isinstance(value, UUID) and connection.vendor == "sqlite" else value


def pick(journal: Journal, chance: random.Random, *, whole: bool = False, room: int = 1) -> int:
    """A random position with at least `room` - 1 positions after it; `whole`: one whose body is still there."""
    while True:
        position = chance.randint(1, journal.size - room + 1)
        if not (whole and position in journal.erased):
            return position


def at(position: int) -> Entry:
    """The entry at a position."""
    return Entry.objects.get(node=node(), position=position)


def leaves_from(position: int) -> range:
    """Positions that a tampering from `position` on may be located at: its batch and whatever comes after."""
    first = Head.objects.filter(size__lt=position).order_by("-size").values_list("size", flat=True).first() or 0
    return range(first + 1, 10_000)


def reseal(start: int = 1, sign: Callable[[Head], None] | None = None) -> None:
    """Makes all leaves from `start` and all heads fit the entries as they stand now; `sign` signs the heads anew."""
    leaf = Frontier()
    by_size = {head.size: head for head in Head.objects.all()}
    for entry in Entry.objects.filter(position__isnull=False).order_by("position"):
        hash = entries.leaf(entry)
        if (entry.position or 0) >= start:
            Leaf.objects.filter(position=leaf.size + 1).update(hash=hash, entry_id=entry.id)
        leaf.add(hash)
        head = by_size.get(leaf.size)
        if head is not None and leaf.size >= start:
            head.root, head.frontier = leaf.root(), leaf.pack()
            if sign is not None:
                sign(head)
            Head.objects.filter(size=head.size).update(
                root=head.root, frontier=head.frontier, key_id=head.key_id, signature=head.signature
            )


def own_hand(head: Head) -> None:
    """Signs a head with the installation's own, stolen key."""
    head.signature = signing.sign(
        heads.statement(head.node, head.size, bytes(head.root).hex(), canonical.moment(head.signed_at), head.key_id)
    ).raw


def rewrite(entry: Entry) -> None:
    """Another body, with its rightful body hash."""
    body, reference = b'{"number":-1}', entry.reference
    note = reference.removeprefix("external:").encode() if reference.startswith("external:") else b""
    key = entry.key.bytes if entry.key else b""
    hash = canonical.content_hash(bytes(entry.salt or b""), note, key, bytes(entry.subjects or b""), body)
    Entry.objects.filter(pk=entry.pk).update(body=body, body_hash=hash)


def releaf(position: int) -> None:
    """The leaf at a position made to fit the entry there."""
    entry = at(position)
    Leaf.objects.filter(position=position).update(hash=entries.leaf(entry), entry_id=entry.id)


def renumber(after: int, by: int, *, leaves: bool) -> None:
    """Moves the positions past `after` by `by`, of entries and, if asked, of leaves; two steps, for the constraint's sake."""
    for table in ("journal_entry", "journal_leaf") if leaves else ("journal_entry",):
        run(f"UPDATE {table} SET position = -position - 1000000 WHERE position > %s", after)
        run(f"UPDATE {table} SET position = -position - 1000000 + %s WHERE position < -1000000", by)


def forged(position: int | None, text: str = "forged") -> Entry:
    """A new entry that was never written by Xenia, put at `position`."""
    salt, body, now = os.urandom(16), canonical.json_bytes({"number": 0, "text": text}), datetime.now(UTC)
    return Entry.objects.create(
        id=uuid7(), node=node(), position=position, kind=NOTED.name, schema=1, owner="UTO-BG", origin="hq",
        actor="account:0", purpose="border-first-line", legal_basis="", reference="check:0", occurred_at=now,
        recorded_at=now, retention_class="soak", salt=salt, key=None, subjects=b"", body=body,
        body_hash=canonical.content_hash(salt, b"", b"", b"", body),
    )  # fmt: skip


def stranger_key(stranger: Stranger, *, introduced: bool) -> None:
    """Records a stranger's key; `introduced`: names another entry's body as its introduction."""
    jwk = signing.jwk(stranger.key.public_key())
    key_id = signing.thumbprint(jwk)
    entry = Entry.objects.filter(kind=kinds.KEY_INTRODUCED.name).first()
    assert entry is not None
    if introduced:
        entry.body = canonical.json_bytes({"key": key_id, "public_key": jwk})
        salt = bytes(entry.salt or b"")
        entry.body_hash = canonical.content_hash(salt, b"", b"", bytes(entry.subjects or b""), entry.body)
        Entry.objects.filter(pk=entry.id).update(body=entry.body, body_hash=entry.body_hash)
    KeyRecord.objects.create(
        key_id=key_id, node=node(), jwk=json.dumps(jwk), introduced_at=datetime.now(UTC), entry_id=entry.id
    )


def random_hash(chance: random.Random) -> bytes:
    """32 bytes that are the hash of nothing known."""
    return hashlib.sha256(chance.randbytes(8)).digest()


__all__ = ["TAMPERINGS", "Expected", "Journal", "attempt", "attempt_one", "planted"]
from xenia.journal import tamperings  # noqa: E402, F401  (fills the table)
