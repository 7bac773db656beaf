"""What is signed about a list version, and the proof that a file is the one that was signed."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

from xenia.errors import Unavailable
from xenia.journal import data_keys, signing
from xenia.journal.models import DataKey
from xenia.journal.signing import Signature
from xenia.matching.keys import RULES_VERSION
from xenia.registers.lists import store
from xenia.registers.lists.file import ListFile, file_hash
from xenia.registers.lists.models import ListVersion

SCHEMA = "xenia/list-version/1"
KeyOf = Callable[[str], Mapping[str, str] | None]
_of_centre: KeyOf | None = None


def believe_only(key_of: KeyOf | None) -> None:
    """Say who signs lists here: at a unit its centre, nobody else. `key_of` gives the public key of an id. None: this installation."""
    global _of_centre
    _of_centre = key_of


def is_signed(said: bytes, signature: Signature) -> bool:
    """Whether a statement was signed by whom this installation believes."""
    if _of_centre is None:
        return signing.check(said, signature)
    key = _of_centre(signature.key_id)
    return key is not None and signing.check_with(dict(key), said, signature.raw)


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
    if file.keyed:
        file.document_secret = _secret_of(row)
    if file.persons and file.rules_version != RULES_VERSION:
        raise Unavailable(
            f"The search keys of list {row.source_id} are of an older release.",
            "Run `xenia lists rebuild`.",
            code="list-rules",
        )
    return file


def _secret_of(row: ListVersion) -> bytes:
    """What the keys of a file of keys are made with; it came beside the file. Raises `Unavailable` (`list-file`, `master-key`)."""
    if not row.secret:
        how = "It is fetched again by itself."
        raise Unavailable(f"The list {row.source_id} came without what its keys are made with.", how, code="list-file")
    return data_keys.unwrapped(DataKey(id=row.id, wrapped=bytes(row.secret)))


def check(path: Path, row: ListVersion) -> None:
    """Whether the file is the one that was signed. Raises `Unavailable` (code `list-signature`)."""
    said = statement(row.source.register, row.source_id, row.number, row.sha256, row.records)
    good = file_hash(path) == row.sha256 and is_signed(said, Signature(row.key_id, bytes(row.signature)))
    if not good:
        raise Unavailable(
            f"The file of list {row.source_id} is not the one that was signed.",
            "Somebody has changed it. Keep it aside, tell your administrator, and load the list again.",
            code="list-signature",
        )
