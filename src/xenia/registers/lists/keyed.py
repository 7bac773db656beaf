"""A list as keys only, for units that may not hold its names: written from the version in use, searched in place.

The file is of the same tables as any list file. A record keeps from when to when it is in force and whether a birth date is
known, nothing else: its id is a hash, its names, dates and numbers are keys made with a secret that is not in the file. Records
that the first line must not notice, or of whose category one of its roles may not learn, are left out: nothing at the unit tells of
them, and the centre finds them when the check arrives. `meta` keeps of which categories the records may be, `shown`.

No Django here: the worker writes these files.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from xenia.formats.dates import PartialDate
from xenia.formats.lists.records import PERSON, Record, Refused, papers
from xenia.matching import DocumentKeys, withheld
from xenia.matching.keys import RULES_VERSION
from xenia.matching.numbers import document_keys
from xenia.registers.lists import build, codec
from xenia.registers.lists.build import Built, Progress
from xenia.registers.lists.claims import claim_of
from xenia.registers.lists.file import KEYED, KINDS, NUMBERS, ListFile, file_hash
from xenia.registers.lists.subjects import place_of, subject_bytes

DATED = "b"
KEPT = ("valid_from", "valid_until")
OPEN = "open"
SAYS = ("category", "colour", "status")
"""The fields that say what a record means, in the registers that have them."""
EVERY = "*"


def list_secret(secret: bytes, source: str) -> bytes:
    """What the keys of one source are made with, of the installation's own secret: the same in every version."""
    return hmac.digest(secret, b"xenia/keyed-list/1|" + source.encode(), "sha256")


def pseudonym(secret: bytes, subject: bytes) -> str:
    """The id of a record where its own may not be known: 120 bits."""
    return hmac.digest(secret, b"record|" + subject, "sha256")[:15].hex()


@dataclass(frozen=True)
class What:
    """What the worker needs to leave records out. `quiet`: words of `SAYS` whose records the first line must not notice or that
    warn of nothing. `noticed`: handling codes that it may notice, `*` for all. `on`: the day on which records out of force are left out, ISO.
    `shown`: the categories that all its roles may learn of, `*` for all; `said_as`: the words that mean one of these.
    """

    quiet: frozenset[str]
    noticed: frozenset[str]
    on: str
    shown: frozenset[str] = frozenset({EVERY})
    said_as: frozenset[str] = frozenset()

    def leaves(self, body: dict[str, Any]) -> bool:
        """Whether a record is not for units."""
        handling = str(body.get("handling") or "")
        words = {str(body.get(name) or "").lower() for name in SAYS}
        hidden = not self.noticed & {"*", handling} if handling else bool(words & self.quiet)
        hidden = hidden or not (EVERY in self.shown or words & self.said_as)
        return hidden or str(body.get("valid_until") or "9999") < self.on


def write(
    path: Path, records: Iterable[Record], meta: dict[str, str], secret: bytes, what: What, tell: Progress
) -> Built:
    """The file of keys at `path`, with its counts and hash. `secret`: of this list (`list_secret`). `records`: each record once.

    Until it is whole, nothing stands there.
    """
    part, stage = path.with_name(path.name + ".part"), path.with_name(path.name + ".stage")
    build._remove(part, stage)
    try:
        with closing(build._fresh(part)) as out, closing(build._fresh(stage)) as staged:
            out.executescript(build._TABLES)
            staged.execute(build._STAGE)
            out.execute("BEGIN")
            staged.execute("BEGIN")
            filing = _Filing(place_of(meta["register"], meta["source"]), secret, what, tell)
            staged.executemany("INSERT INTO record VALUES (?, ?, ?, ?, ?, ?, ?)", filing.rows(records))
            staged.execute("COMMIT")
            order = build._Order(staged, tell, _twice)
            out.executemany("INSERT INTO record VALUES (?, ?, ?, ?, ?)", order.rows())
            for table, keys in (("name_key", filing.names), ("document_key", filing.documents)):
                build._write_keys(out, table, keys, order.number_of, tell)
            counts = {kind: count for kind, count in zip(KINDS, order.counts, strict=True) if count}
            said: dict[str, Any] = {"shown": " ".join(sorted(what.shown))}
            said |= {"schema": KEYED, "rules_version": RULES_VERSION, "numbers": NUMBERS, "records": sum(order.counts)}
            named = {**meta, **{name: str(value) for name, value in {**said, **counts}.items()}}
            out.executemany("INSERT INTO meta VALUES (?, ?)", sorted(named.items()))
            out.execute("COMMIT")
        build._synced(part)
        digest = file_hash(part)
        part.replace(path)
        build._synced(path.parent)
    finally:
        build._remove(part, stage)
    return Built(counts, digest, path.stat().st_size)


def _twice(refused: Refused) -> None:
    """Two records under one hash: the second is left out; at 120 bits it never comes to that."""


class _Filing:
    """Records on their way into the stage, without anything that names anybody."""

    def __init__(self, place: str, secret: bytes, what: What, tell: Progress) -> None:
        self.place, self.secret, self.what, self.tell = place, secret, what, tell
        self.names, self.documents = build._Keys(), build._Keys()

    def rows(self, records: Iterable[Record]) -> Iterator[tuple[int, bytes, str, int, str, str, int]]:
        wanted = (record for record in records if not self.what.leaves(record.body))
        for row, record in enumerate(wanted, 1):
            called = pseudonym(self.secret, subject_bytes(self.place, record.record_id))
            kept = {name: record.body[name] for name in KEPT if record.body.get(name)}
            packed = codec.pack(called, record.kind, kept, lambda text: -1)
            self.documents.add(self._papers(record), row)
            subject = subject_bytes(self.place, called)
            yield row, subject, called, KINDS.index(record.kind), packed, self._filed(record, row), 0
            if row % build._TELL_EVERY == 0:
                self.tell("reading", row)

    def _papers(self, record: Record) -> list[int]:
        found = papers(record.kind, record.body)
        return [document_keys(self.secret, one["issuing_state"], one["type"], one["number"]).exact for one in found]

    def _filed(self, record: Record, row: int) -> str:
        if record.kind != PERSON:
            return ""
        claim = claim_of(record.body)
        births = (claim.birth, *claim.births) if claim.birth else ()
        self.names.add(withheld.filed(self.secret, claim.whole_names(), births), row)
        return DATED if births else ""


@dataclass(frozen=True)
class Found:
    """A record that may be meant. `strength`: 1 to 5, a document's key being the surest."""

    record_id: str
    body: dict[str, Any]
    strength: int


def search(
    file: ListFile, names: Sequence[str], birth: PartialDate | None, documents: Iterable[DocumentKeys],
    in_force: Callable[[dict[str, Any]], bool],
) -> Found | None:  # fmt: skip
    """The record that is most surely meant, None where none may be. One is enough: it says no more than that the centre is to be asked."""
    for keys in documents:
        for record_id, body in file.search_document(keys):
            if in_force(body):
                return Found(record_id, body, 5)
    numbers = _by_name(file, names, birth) if names else []
    for number, strength in numbers:
        record_id, body = _at(file, number)
        if in_force(body):
            return Found(record_id, body, strength)
    return None


def _by_name(file: ListFile, names: Sequence[str], birth: PartialDate | None) -> list[tuple[int, int]]:
    """Numbers of records that may be meant with their strength, the strongest first, then by number."""
    kinds = withheld.asked(file.document_secret, names, birth)
    shared = withheld.shared(_postings(file, kinds), kinds)
    dated = _dated(file, shared)
    judge = partial(withheld.strength, asked_dated=birth is not None and birth.year is not None)
    judged = [(number, judge(one, filed_dated=number in dated)) for number, one in shared.items()]
    return sorted((one for one in judged if one[1]), key=lambda one: (-one[1], one[0]))


def _postings(file: ListFile, keys: Iterable[int]) -> Iterator[tuple[int, list[int]]]:
    """Keys with the numbers of their records; those that too many records share say nothing."""
    sql = "SELECT key, records FROM name_key WHERE key IN (SELECT value FROM json_each(?))"
    for key, records in file._connection().execute(sql, (json.dumps(list(keys)),)):
        if isinstance(records, int):
            yield key, [records]
        elif len(records) <= file._stop_bytes:
            yield key, np.frombuffer(records, dtype="<u4").tolist()


def _dated(file: ListFile, numbers: Iterable[int]) -> frozenset[int]:
    """Those of which a birth date is known."""
    sql = "SELECT n FROM record WHERE prepared = ? AND n IN (SELECT value FROM json_each(?))"
    return frozenset(row[0] for row in file._connection().execute(sql, (DATED, json.dumps(list(numbers)))))


def _at(file: ListFile, number: int) -> tuple[str, dict[str, Any]]:
    sql = "SELECT record_id FROM record WHERE n = ?"
    return file._connection().execute(sql, (number,)).fetchone()[0], file.body(number)


def may_be(file: ListFile) -> frozenset[str]:
    """The categories of which the records of a file may be, `*` for all: also where the file is of an earlier release."""
    return frozenset(file.meta.get("shown", EVERY).split())


def made_of(version: str, laid_over: Iterable[str]) -> str:
    """Names what a file of keys was made of: the hash of the version, and each record that lies over it."""
    return sha256("\n".join([str(RULES_VERSION), version, *sorted(laid_over)]).encode()).hexdigest()
