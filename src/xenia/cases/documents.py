"""Documents of a case: size and type are checked, pictures written anew; kept as blobs sealed for the main person."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from xenia import pictures
from xenia.access import policy
from xenia.access.standing import Standing
from xenia.cases import kinds, reach
from xenia.cases.models import KEY, Case, CaseDocument
from xenia.errors import BadInput, NotFound
from xenia.journal import blobs, clock, data_keys
from xenia.journal.act import Act
from xenia.journal.actions import append, record_read, writing
from xenia.journal.ids import uuid7

MOST_BYTES: Final = 16 << 20
LONGEST_NAME: Final = 160
OTHER: Final = "other"
# First bytes of what is taken. Source: ISO 32000-1 (PDF), ISO/IEC 10918-1 (JPEG), ISO/IEC 15948 (PNG), RFC 9649 (WebP).
STARTS: Final = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"RIFF": "image/webp",
    b"%PDF-": "application/pdf",
}
PICTURE: Final = "image/jpeg"
PLAIN: Final = "text/plain"
UNKNOWN: Final = "application/octet-stream"


def attach(standing: Standing, case_id: UUID, kind: str, name: str, media_type: str, data: bytes) -> CaseDocument:
    """A document is put to the case. Pictures become JPEG without hidden data; PDF and plain text stay as they are.

    Raises `BadInput` (`case-document-kind`, `case-document-type`, `case-document-size`, `not-a-photograph`).
    """
    policy.require(standing, reach.WORK)
    case, procedure = reach.find(standing, case_id)
    if kind not in procedure.documents and kind != OTHER:
        raise BadInput(_("The procedure has no such document."), _("Choose its kind."), code="case-document-kind")
    reach.require_kept(case)
    kept, made = checked(media_type, data)
    if kind in procedure.documents and procedure.documents[kind].picture and made != PICTURE:
        raise BadInput(_("This must be a picture."), _("Send JPEG, PNG or WebP."), code="case-document-type")
    act, now = reach.act_of(standing, case, procedure), clock.now()
    there = CaseDocument.objects.filter(case=case, kind=kind, sha256=hashlib.sha256(kept).hexdigest()).first()
    return there or _keep(case, kind, name, made, kept, act, now, None)


def checked(media_type: str, data: bytes) -> tuple[bytes, str]:
    """The bytes as they are kept, and their media type. Raises `BadInput`."""
    if not data or len(data) > MOST_BYTES:
        raise BadInput(
            _("The file is empty or larger than 16 MB."), _("Send a smaller one."), code="case-document-size"
        )
    found = _sniffed(data)
    if found.startswith("image/"):
        return pictures.remake(data).large, PICTURE
    if found != UNKNOWN:
        return data, found
    if media_type.split(";")[0].strip().lower() == PLAIN and b"\x00" not in data:
        try:
            data.decode("utf-8")
            return data, PLAIN
        except UnicodeDecodeError:
            pass
    raise BadInput(
        _("This type of file is not taken."), _("Send PDF, JPEG, PNG or plain text."), code="case-document-type"
    )


def _keep(
    case: Case, kind: str, name: str, media_type: str, data: bytes, act: Act, now: datetime, message: UUID | None
) -> CaseDocument:
    address, size = blobs.write(data, case.about, KEY)
    with writing(), data_keys.held():
        blobs.claim(address, size, case.about, KEY)
        row = CaseDocument(
            id=uuid7(),
            case=case,
            kind=kind,
            address=address,
            sha256=hashlib.sha256(data).hexdigest(),
            size_bytes=len(data),
            media_type=media_type,
            name=data_keys.seal(case.about, KEY, _clean(name).encode()),
            by=act.actor,
            added_at=now,
            message=message,
        )
        row.save(force_insert=True)
        body = {
            "case": str(case.pk),
            "document": str(row.pk),
            "kind": kind,
            "address": address,
            "sha256": row.sha256,
            "size_bytes": row.size_bytes,
            "media_type": media_type,
        }
        append(kinds.ATTACHED, body, act, subjects=[case.identity] if case.identity else [], occurred_at=now)
    return row


def _clean(name: str) -> str:
    """A file's name without its way and without control characters."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(letter for letter in last if letter.isprintable())[:LONGEST_NAME]


def keep_received(
    case: Case, kind: str, name: str, data: bytes, message: UUID, act: Act, received_at: datetime
) -> None:
    """What was enclosed in a message is kept as it came: its hash is what was signed. Inside `writing()`.

    Its media type is what its first bytes say, never what the sender says.
    """
    if CaseDocument.objects.filter(case=case, kind=kind, sha256=hashlib.sha256(data).hexdigest()).exists():
        return
    _keep(case, kind, name, _sniffed(data), data, act, received_at, message)


def _sniffed(data: bytes) -> str:
    return next((media_type for start, media_type in STARTS.items() if data.startswith(start)), UNKNOWN)


def show(standing: Standing, case_id: UUID, document_id: UUID) -> tuple[CaseDocument, str, bytes]:
    """A document with its name and bytes; the read is journalled first. Raises `NotFound` (code `no-case-document`)."""
    case, procedure = reach.find(standing, case_id)
    row = CaseDocument.objects.filter(pk=document_id, case=case).first()
    if row is None:
        raise NotFound(_("There is no such document."), _("Go back to the case."), code="no-case-document")
    act = reach.act_of(standing, case, procedure)
    body = {"cases": [str(case.pk)], "document": str(row.pk)}
    record_read(kinds.SHOWN, body, act, subjects=[case.identity] if case.identity else [])
    name = data_keys.unseal(case.about, KEY, bytes(row.name)).decode() if row.name else ""
    return row, name or f"{row.kind}", blobs.get(row.address)
