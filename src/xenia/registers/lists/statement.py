"""What is signed about a list version, and the proof that a file is the one that was signed."""

from __future__ import annotations

import json
from pathlib import Path

from xenia.errors import Unavailable
from xenia.journal import signing
from xenia.journal.signing import Signature
from xenia.matching.keys import RULES_VERSION
from xenia.registers.lists import store
from xenia.registers.lists.file import ListFile, file_hash
from xenia.registers.lists.models import ListVersion

SCHEMA = "xenia/list-version/1"


def statement(register: str, source: str, number: int, sha256: str, records: int) -> bytes:
    """The bytes under the signature: which list, which version, which file."""
    said = {
        "number": number,
        "records": records,
        "register": register,
        "schema": SCHEMA,
        "sha256": sha256,
        "source": source,
    }
    return json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def signed(register: str, source: str, number: int, sha256: str, records: int) -> Signature:
    """This installation's signature over the statement."""
    return signing.sign(statement(register, source, number, sha256, records))


def verified(row: ListVersion) -> ListFile:
    """The version's file, open, after its hash and signature were found right.

    Raises `Unavailable`: `list-file` (missing, damaged), `list-signature` (changed, or signed by another),
    `list-rules` (its search keys are of an older release: build it again).
    """
    path = store.file_path(row.file)
    if not row.file or not path.is_file():
        raise Unavailable(f"The file of list {row.source_id} is missing.", "Load the list again.", code="list-file")
    check(path, row)
    file = ListFile.open(path)
    if file.persons and file.rules_version != RULES_VERSION:
        raise Unavailable(
            f"The search keys of list {row.source_id} are of an older release.",
            "Run `xenia lists rebuild`.",
            code="list-rules",
        )
    return file


def check(path: Path, row: ListVersion) -> None:
    """Whether the file is the one that was signed. Raises `Unavailable` (code `list-signature`)."""
    said = statement(row.source.register, row.source_id, row.number, row.sha256, row.records)
    good = file_hash(path) == row.sha256 and signing.check(said, Signature(row.key_id, bytes(row.signature)))
    if not good:
        raise Unavailable(
            f"The file of list {row.source_id} is not the one that was signed.",
            "Somebody has changed it. Keep it aside, tell your administrator, and load the list again.",
            code="list-signature",
        )
