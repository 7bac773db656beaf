"""Blobs: photographs, scans, messages, sealed with a data key and kept as files under the hash of their ciphertext."""

from __future__ import annotations

import hashlib
import os
import re
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction

from xenia.errors import NotFound, Unavailable
from xenia.journal import awaited, data_keys, files
from xenia.journal.models import BlobReference
from xenia.journal.writing import is_writing, writing

ADDRESS = re.compile(r"[0-9a-f]{64}")
ORPHAN_AGE_S = 3600


def folder() -> Path:
    """HOME/blobs."""
    return Path(settings.XENIA_HOME) / "blobs"


def path(address: str) -> Path:
    """Where the blob of that address lies: HOME/blobs/aa/bb/address. Raises `NotFound` for what is no address."""
    if not ADDRESS.fullmatch(address):
        raise NotFound("That is no address of a blob.", "", code="no-blob")
    return folder() / address[:2] / address[2:4] / address


def write(data: bytes, subject: UUID, purpose: str) -> tuple[str, int]:
    """Seals `data` and writes its file, on disk for good when this returns; address and size of the ciphertext.

    Not yet claimed: call `claim` within the hour, or the sweep takes it away.
    """
    with writing():
        sealed = data_keys.seal(subject, purpose, data)
    address = hashlib.sha256(sealed).hexdigest()
    place = path(address)
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    files.write_lasting(place, sealed)
    for parent in (place.parent.parent, folder()):
        files.sync_folder(parent)
    return address, len(sealed)


def claim(address: str, size_bytes: int, subject: UUID, purpose: str, sealed_for: str | None = None) -> None:
    """One purpose's claim on a written blob, inside `writing()`. `sealed_for`: the purpose it was sealed for, if another."""
    BlobReference.objects.get_or_create(
        address=address,
        purpose=purpose,
        defaults={
            "subject": subject,
            "sealed_for": sealed_for or purpose,
            "size_bytes": size_bytes,
            "made_at": datetime.now(UTC),
        },
    )


def put(data: bytes, subject: UUID, purpose: str) -> str:
    """Keeps `data` sealed for the subject and purpose; its address, the SHA-256 of the ciphertext in hexadecimal.

    The file is on disk before the row that claims it commits. Large data: `write` before `writing()`, `claim` in it.
    """
    address, size = write(data, subject, purpose)
    with writing():
        claim(address, size, subject, purpose)
    return address


def get(address: str) -> bytes:
    """The blob opened. The caller journals the read.

    Raises `NotFound` (`no-blob`), `Erased`, `Awaited`, or `Unavailable` (`blob-damaged`, `blob-lost`).
    """
    reference = BlobReference.objects.filter(address=address).first()
    if reference is None:
        if (elsewhere := awaited.missing(address)) is not None:
            raise elsewhere
        if awaited.is_erased(address):
            raise data_keys.Erased("These data were erased.", "Nobody can bring them back.")
        raise NotFound("There is no such blob.", "", code="no-blob")
    try:
        sealed = path(address).read_bytes()
    except FileNotFoundError as error:
        raise Unavailable(
            "The file of a blob is missing.", "Restore it from the backup.", code="blob-damaged"
        ) from error
    if hashlib.sha256(sealed).hexdigest() != address:
        raise Unavailable("The file of a blob was altered.", "Restore it from the backup.", code="blob-damaged")
    return data_keys.unseal(reference.subject, reference.sealed_for, sealed)


def remove_unclaimed(address: str) -> None:
    """Overwrites and unlinks a blob's file, if nobody claims it."""
    place = path(address)
    if BlobReference.objects.filter(address=address).exists() or not place.exists():
        return
    with place.open("r+b") as file:
        file.write(os.urandom(place.stat().st_size))
        file.flush()
        os.fsync(file.fileno())
    place.unlink(missing_ok=True)
    files.sync_folder(place.parent)


def forget(address: str, purpose: str) -> None:
    """Takes one purpose's claim away, inside `writing()`; after the commit an unclaimed file is overwritten and unlinked."""
    if not is_writing():
        raise RuntimeError("Blobs are forgotten inside journal.actions.writing() only.")
    BlobReference.objects.filter(address=address, purpose=purpose).delete()
    awaited.forget(address, purpose)
    transaction.on_commit(lambda: remove_unclaimed(address))


def forget_subjects(subjects: Sequence[UUID]) -> int:
    """Takes every claim about the subjects away, as `forget` does; how many."""
    gone = 0
    for start in range(0, len(subjects), 400):
        awaited.forget_subjects(subjects[start : start + 400])
        rows = list(BlobReference.objects.filter(subject__in=subjects[start : start + 400]))
        for row in rows:
            forget(row.address, row.purpose)
        gone += len(rows)
    return gone


def sweep(older_than_s: float = ORPHAN_AGE_S) -> int:
    """Removes files that nobody claims, left by a kill between file and row, and half-written ones; how many."""
    removed, before = 0, time.time() - older_than_s
    for place in folder().glob("??/??/*"):
        if place.stat().st_mtime >= before:
            continue
        if not ADDRESS.fullmatch(place.name):
            place.unlink(missing_ok=True)
            removed += 1
        elif not BlobReference.objects.filter(address=place.name).exists():
            remove_unclaimed(place.name)
            removed += 1
    return removed
