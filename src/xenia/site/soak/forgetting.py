"""The proof of forgetting: persons are planted everywhere, found, erased, and then looked for in every byte.

Run by `xenia soak forgetting` in a scratch installation.
"""

from __future__ import annotations

import argparse
import io
import json
import logging
import subprocess
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.test import Client

from xenia.journal import sealer, verify
from xenia.journal.forgetting import Wanted
from xenia.journal.models import DataKey, Entry, EntrySubject
from xenia.oversight import rights
from xenia.site.keeping import backup, logs, sealing, snapshot
from xenia.site.keeping.archive import members
from xenia.site.soak import planting
from xenia.site.soak.planting import Crew, Person
from xenia.site.soak.scanning import Residue, Scanner, needles

REFERENCE = "external:proof-of-forgetting"
KEPT = 20
ZIPPED = snapshot.POSTGRESQL
Wrapped = list[bytes]


@dataclass
class Proof:
    """What was planted, what was seen before, what was left. `residues`: the first of what was found afterwards."""

    persons: int
    subjects: int = 0
    unfound: int = 0
    seen_before: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    scanned_bytes: int = 0
    residues: list[Residue] = field(default_factory=list)
    journal_whole: bool = False
    seconds: dict[str, float] = field(default_factory=dict)
    not_scanned: str = ""

    @property
    def holds(self) -> bool:
        """Whether everybody was found, seen before, and nothing was left of anybody."""
        return not self.unfound and not self.residues and self.journal_whole and self.seen_before > 0

    def to_json(self) -> dict[str, Any]:
        """As the command prints it."""
        left = [{"where": one.where, "offset": one.offset, "word": one.word} for one in self.residues[:KEPT]]
        return {
            "persons": self.persons, "subjects": self.subjects, "unfound": self.unfound, "seen_before": self.seen_before,
            "erased": self.counts, "scanned_bytes": self.scanned_bytes, "residues": len(self.residues), "first_residues": left,
            "journal_whole": self.journal_whole, "not_scanned": self.not_scanned, "seconds": self.seconds, "holds": self.holds,
        }  # fmt: skip


def prove(here: Crew, people: Sequence[Person], folder: Path) -> Proof:
    """Plant, find, erase, scan. `folder`: for what is made on the way, outside the home."""
    proof = Proof(len(people))
    home = Path(settings.XENIA_HOME)
    with _timed(proof, "plant"), _logged(home):
        planting.plant(here, people, folder)
        _browse(people)
    sealer.seal_now()
    with _timed(proof, "find"):
        subjects = _found(here, people, proof)
    keys = _keys(subjects)
    scanner = Scanner(needles(chain.from_iterable(person.secrets for person in people), keys))
    with _timed(proof, "scan before"):
        proof.seen_before = len({one.word for one in _everywhere(scanner, home, proof, folder / "before.backup")})
    with _timed(proof, "erase"):
        done = rights.erase(
            here.operator,
            subjects,
            reason="invented",
            reference=REFERENCE,
            rewrite=connection.vendor != "sqlite",
        )
    proof.counts = done.counts
    sealer.seal_now()
    proof.scanned_bytes = 0
    with _timed(proof, "scan after"):
        proof.residues = list(_everywhere(scanner, home, proof, folder / "after.backup"))
    with _timed(proof, "verify"):
        proof.journal_whole = verify.verify().is_whole
    return proof


def _found(here: Crew, people: Sequence[Person], proof: Proof) -> list[UUID]:
    """Every subject that a request of one of the persons turns up."""
    found: set[UUID] = set()
    for person in people:
        asked = Wanted(surname=person.surname, given_names=person.given_names, birth_date=person.birth_date)
        numbered = Wanted(document_number=person.document_number, issuing_state="UTO")
        mine = {
            one.subject for wanted in (asked, numbered) for one in rights.find(here.of("officer-dp"), wanted, REFERENCE)
        }
        proof.unfound += not mine
        found |= mine
    proof.subjects = len(found)
    return sorted(found)


def _keys(subjects: Sequence[UUID]) -> Wrapped:
    """Wrapped data keys of the subjects and salts of their entries: with them what was sealed or hashed could be opened or guessed."""
    found: Wrapped = []
    for at in range(0, len(subjects), 400):
        page = subjects[at : at + 400]
        found += [
            bytes(wrapped) for wrapped in DataKey.objects.filter(subject__in=page).values_list("wrapped", flat=True)
        ]
        about = EntrySubject.objects.filter(subject__in=page).values("entry_id")
        personal = Entry.objects.filter(id__in=about).exclude(retention_class="read").exclude(salt=None)
        found += [bytes(salt) for kind, salt in personal.values_list("kind", "salt") if salt and _personal(kind)]
    return found


def _personal(kind: str) -> bool:
    from xenia.journal import kinds

    return kinds.named(kind).personal


def _browse(people: Sequence[Person]) -> None:
    """Requests with names in address, form and header, so that the logs are tempted."""
    browser = Client(headers={"host": "localhost"})
    for person in people[:20]:
        browser.get(
            f"/nowhere/{person.surname}/", {"name": person.given_names}, headers={"user-agent": person.document_number}
        )
        browser.post("/subjects/", {"surname": person.surname, "document_number": person.document_number})


class _logged:  # noqa: N801 - reads as a phrase in `with`
    """Everything that is logged meanwhile goes into a file of the home, from DEBUG upwards."""

    def __init__(self, home: Path) -> None:
        (home / "logs").mkdir(exist_ok=True)
        self._handler = logging.FileHandler(home / "logs" / "xenia.log", encoding="utf-8")
        self._handler.setFormatter(logs.JsonLines())

    def __enter__(self) -> None:
        root = logging.getLogger()
        self._before = root.level, root.handlers[:]
        root.handlers[:] = [self._handler]
        root.setLevel(logging.DEBUG)

    def __exit__(self, *_: object) -> None:
        root = logging.getLogger()
        root.setLevel(self._before[0])
        root.handlers[:] = self._before[1]
        self._handler.close()


class _timed:  # noqa: N801 - reads as a phrase in `with`
    def __init__(self, proof: Proof, name: str) -> None:
        self._proof, self._name = proof, name

    def __enter__(self) -> None:
        self._began = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        self._proof.seconds[self._name] = round(time.perf_counter() - self._began, 1)


def _everywhere(scanner: Scanner, home: Path, proof: Proof, target: Path) -> Iterator[Residue]:
    """The home's files, the database, and a fresh backup, opened."""
    for path in sorted(home.rglob("*")):
        if path.is_file() and not path.is_symlink():
            proof.scanned_bytes += path.stat().st_size
            yield from scanner.file(path)
    yield from scanner.scan("names of files", ["\n".join(str(path) for path in home.rglob("*")).encode()])
    if connection.vendor == "sqlite":
        yield from _named(scanner, Path(connection.settings_dict["NAME"]), home, proof)
    else:
        yield from _table_files(scanner, proof)
    yield from _backup(scanner, home, proof, target)


def _named(scanner: Scanner, database: Path, home: Path, proof: Proof) -> Iterator[Residue]:
    """The database file and its log where they lie outside the home, as in tests."""
    for path in database.parent.glob(f"{database.name}*"):
        if home not in path.parents:
            proof.scanned_bytes += path.stat().st_size
            yield from scanner.file(path)


def _table_files(scanner: Scanner, proof: Proof) -> Iterator[Residue]:
    """The files of every table and index, where this process may read the server's folder."""
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
        cursor.execute("SHOW data_directory")
        folder = Path(cursor.fetchone()[0])
        cursor.execute(
            "SELECT pg_relation_filepath(oid) FROM pg_class WHERE relkind IN ('r', 'i', 't') AND relnamespace <> 11"
        )
        names = [name for (name,) in cursor.fetchall() if name]
    try:
        for name in names:
            for path in sorted((folder / name).parent.glob(f"{Path(name).name}*")):
                proof.scanned_bytes += path.stat().st_size
                yield from scanner.file(path)
    except PermissionError:
        proof.not_scanned = "table files: this user may not read the server's folder"


def _backup(scanner: Scanner, home: Path, proof: Proof, target: Path) -> Iterator[Residue]:
    """A backup made now, decrypted member by member."""
    key = sealing.Key(sealing.RAW, bytes(32))
    target.unlink(missing_ok=True)
    database = {**settings.DATABASES["default"], "NAME": connection.settings_dict["NAME"]}
    backup.back_up(backup.Source(home, database), target, key, say=lambda text: None)
    with target.open("rb") as file:
        for member in members(file, key):
            pieces: Iterable[bytes] = _unzipped(member.pieces) if member.name == ZIPPED else member.pieces
            yield from scanner.scan(f"backup: {member.name}", _counted(pieces, proof))
    target.unlink()


def _counted(pieces: Iterable[bytes], proof: Proof) -> Iterator[bytes]:
    for piece in pieces:
        proof.scanned_bytes += len(piece)
        yield piece


def _unzipped(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """A dump in PostgreSQL's custom format as plain SQL."""
    dump = b"".join(pieces)
    done = subprocess.run([snapshot.tool("pg_restore"), "--file=-"], input=dump, capture_output=True, check=True)
    plain = io.BytesIO(done.stdout)
    yield from iter(lambda: plain.read(1 << 20), b"")


def main(arguments: Sequence[str]) -> int:
    """In the scratch installation: prove it with so many persons. One line of JSON; exit code 1 if the proof fails."""
    import tempfile

    from xenia.site import setup

    parser = argparse.ArgumentParser()
    parser.add_argument("--persons", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    options = parser.parse_args(arguments)
    setup.ensure(lambda text: None)
    with tempfile.TemporaryDirectory(prefix="xenia-proof-") as folder:
        proof = prove(planting.crew(), planting.persons(options.persons, options.seed), Path(folder))
    print(
        json.dumps(
            {
                "schema": "xenia/soak-forgetting/1",
                "seed": options.seed,
                "database": connection.vendor,
                **proof.to_json(),
            }
        )
    )
    return 0 if proof.holds else 1
