"""A thread for a court: the signed bytes both ways, receipts, public keys and journal proofs, to be checked without Xenia."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from xenia.errors import NotFound, XeniaError
from xenia.exchange import kinds, own, receiving
from xenia.exchange.models import Incoming, Outgoing, PartnerKey, ReceiptRow, Thread
from xenia.journal import proofs, signing
from xenia.journal.act import Act
from xenia.journal.actions import append, writing
from xenia.journal.models import Entry

HERE: Final = Path(__file__).parent / "for_a_court"


def export(thread: UUID, act: Act) -> tuple[bytes, int]:
    """The archive (zip) and how many messages it holds. The reading is journalled first.

    Raises `NotFound` (`no-thread`), `Erased` where the messages were erased.
    """
    rows: list[Outgoing | Incoming] = [
        *Outgoing.objects.filter(thread__thread=thread).select_related("thread__partner").order_by("created"),
        *Incoming.objects.filter(thread__thread=thread).select_related("thread__partner").order_by("received_at"),
    ]
    if not rows:
        raise NotFound("There is no such thread.", "Copy its id from the message's page.", code="no-thread")
    about = sorted({one for row in rows if (one := row.thread.about) is not None})
    with writing():
        body = {"partner": rows[0].thread.partner.address, "thread": str(thread), "messages": [str(row.id) for row in rows], "receipts": 0}  # fmt: skip
        append(kinds.EXPORTED, body, act, subjects=about)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("README.md", "check.py"):
            archive.writestr(name, (HERE / name).read_text(encoding="utf-8"))
        for number, row in enumerate(rows, 1):
            _message(archive, f"messages/{number:04}", row)
        archive.writestr("keys.json", _shown(_keys(thread)))
        archive.writestr("journal.json", _shown(_proofs([row.id for row in rows])))
    return target.getvalue(), len(rows)


def _shown(value: Any) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _message(archive: zipfile.ZipFile, place: str, row: Outgoing | Incoming) -> None:
    token, message, enclosed = receiving.content(row)
    archive.writestr(f"{place}/message.jws", token)
    for one in message.attachments:
        archive.writestr(f"{place}/enclosed/{one.sha256}", enclosed[one.sha256])
    receipts = ReceiptRow.objects.filter(message=row.id).exclude(token="").order_by("at")
    for receipt in receipts:
        archive.writestr(f"{place}/{receipt.kind}.jws", receipt.token)


def _keys(thread: UUID) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {"address": own.address(), "kid": one.name, "key": own.public("sign", one.name)}
        for one in own.key_files("sign")
    ]
    partners = Thread.objects.filter(thread=thread).values("partner")
    for row in PartnerKey.objects.filter(partner__in=partners, kind="sign").select_related("partner"):
        dates = {
            "valid_from": row.valid_from.isoformat(),
            "revoked_at": row.revoked_at.isoformat() if row.revoked_at else None,
        }
        found.append({"address": row.partner.address, "kid": row.name, "key": json.loads(row.value), **dates})
    return found


def _proofs(ids: list[UUID]) -> dict[str, Any]:
    """The journal's own key and a proof of each entry about these messages; those not sealed yet are named."""
    wanted = {f"message:{one}" for one in ids}
    rows = list(Entry.objects.filter(kind__startswith="exchange.", reference__in=wanted).order_by("id"))
    found: list[dict[str, Any]] = []
    for row in rows:
        shown: dict[str, Any] = {"entry": str(row.id), "kind": row.kind, "recorded_at": row.recorded_at.isoformat()}
        try:
            shown["proof"] = proofs.prove(row.id).to_json()
        except XeniaError as error:
            shown["not_proved"] = error.code
        found.append(shown)
    return {"key": signing.own_key(), "entries": found}
