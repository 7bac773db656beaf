"""A thread for a court: the signed bytes both ways, receipts, the directory of keys and journal proofs, to be checked without Xenia."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from xenia.errors import BadInput, Conflict, NotFound, XeniaError
from xenia.exchange import envelope, jose, kinds, own, receiving
from xenia.exchange.models import Incoming, Outgoing, PartnerKey, ReceiptRow, Thread
from xenia.journal import canonical, clock, entries, heads, proofs
from xenia.journal.act import Act, split_reference
from xenia.journal.actions import append, writing
from xenia.journal.models import Entry

HERE: Final = Path(__file__).parent / "for_a_court"
FORMAT: Final = "xenia/court/2"
AROUND: Final = (timedelta(seconds=5), timedelta(minutes=5))
"""How long before and after a message of ours was given its id the entry about it is looked for."""
Files = dict[str, bytes]


def export(thread: UUID, act: Act, partner: str = "") -> tuple[bytes, int]:
    """The archive (zip) and how many messages it holds. The reading is journalled first.

    `partner`: its address, where several partners have a thread of that id. Raises `NotFound` (`no-thread`),
    `BadInput` (`which-partner`), `Conflict` (`not-sealed`: an entry waits for its seal; try again).
    """
    chosen, rows = _chosen(thread, partner)
    journal = _journal(chosen.partner.address, rows)
    with writing():
        body = {"partner": chosen.partner.address, "thread": str(thread), "messages": [str(row.id) for row in rows], "receipts": 0}  # fmt: skip
        append(kinds.EXPORTED, body, act, subjects=[chosen.about] if chosen.about else [])
    files = {name: (HERE / name).read_bytes() for name in ("README.md", "check.py")}
    said = []
    for number, row in enumerate(rows, 1):
        said.append(_message(files, f"{number:04}", row))
    about = {"format": FORMAT, "thread": str(thread), "from": own.address(), "partner": chosen.partner.address}
    files["archive.json"] = _shown({**about, "made": envelope.moment(clock.now()), "messages": said})
    files["keys.json"] = _shown(_keys(chosen, journal["entries"]))
    files["journal.json"] = _shown(journal)
    listed = {"format": FORMAT, "files": {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}}
    files["manifest.jws"] = own.sign(canonical.json_bytes(listed), jose.ARCHIVE_TYPE).encode()
    return _zipped(files), len(rows)


def _chosen(thread: UUID, partner: str) -> tuple[Thread, list[Outgoing | Incoming]]:
    wanted = Thread.objects.filter(thread=thread).select_related("partner")
    found = list(wanted.filter(partner__address=partner) if partner else wanted)
    if len(found) > 1:
        names = ", ".join(sorted(one.partner.address for one in found))
        raise BadInput("Several partners have a thread of this id.", f"Add --partner: {names}.", code="which-partner")
    rows: list[Outgoing | Incoming] = [
        *Outgoing.objects.filter(thread__in=found).order_by("created", "number"),
        *Incoming.objects.filter(thread__in=found).order_by("received_at", "number"),
    ]
    if not rows:
        raise NotFound("There is no such thread.", "Copy its id from the message's page.", code="no-thread")
    return found[0], rows


def _shown(value: Any) -> bytes:
    return (json.dumps(value, indent=1, ensure_ascii=False, sort_keys=True) + "\n").encode()


def _zipped(files: Files) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return target.getvalue()


def _message(files: Files, place: str, row: Outgoing | Incoming) -> dict[str, Any]:
    """Adds the files of one message; what the archive says of it."""
    folder, erased = f"messages/{place}", False
    try:
        token, message, enclosed = receiving.content(row)
    except NotFound:  # what it says was erased at its day; its receipts stay
        erased = True
    else:
        files[f"{folder}/message.jws"] = token.encode()
        for one in message.attachments:
            files[f"{folder}/enclosed/{one.sha256}"] = enclosed[one.sha256]
    for receipt in ReceiptRow.objects.filter(message=row.id).exclude(token="").order_by("at"):
        files[f"{folder}/{receipt.kind}.jws"] = receipt.token.encode()
    shown = {"place": place, "id": str(row.id), "hash": row.hash, "number": row.number, "type": row.type}
    return {**shown, "ours": isinstance(row, Outgoing), "state": row.state, "erased": erased}


# Keys


def _keys(thread: Thread, recorded: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The directory: every signing key of both sides, also those that are no longer good, with its time."""
    changes = {(one["body"]["change"], one["body"]["key"]): one["recorded_at"] for one in recorded if one["kind"] == kinds.OWN_SET}  # fmt: skip
    found = []
    for one in own.key_files("sign"):
        named = f"sign:{one.name}"
        dates = {"from": changes.get(("made", named)), "until": changes.get(("retired", named)), "reason": ""}
        found.append({"address": own.address(), "kid": one.name, "key": own.public("sign", one.name), **dates})
    for row in PartnerKey.objects.filter(partner=thread.partner, kind="sign").order_by("valid_from", "name"):
        dates = {"from": _at(row.valid_from), "until": _at(row.revoked_at), "reason": row.reason}
        found.append({"address": thread.partner.address, "kid": row.name, "key": json.loads(row.value), **dates})
    return found


def _at(moment: datetime | None) -> str | None:
    return canonical.moment(moment) if moment else None


# What the journal says


def _journal(partner: str, rows: list[Outgoing | Incoming]) -> dict[str, Any]:
    """The key that signs the journal, and each entry about these messages and the keys of both sides, with content and proof."""
    found = {entry.id: entry for entry in (*_about(rows), *_changes(partner))}
    shown = [_disclosed(found[id]) for id in sorted(found)]
    return {"key": heads.latest().key, "entries": shown}


def _about(rows: list[Outgoing | Incoming]) -> Iterator[Entry]:
    ids = {str(row.id) for row in rows}
    wanted = {f"message:{one}" for one in ids}
    yield from Entry.objects.filter(kind__startswith="exchange.", reference__in=wanted).exclude(kind=kinds.EXPORTED)
    for row in rows:
        if isinstance(row, Outgoing):
            at = _made_at(row.id)
            near = Entry.objects.filter(kind=kinds.SENT, recorded_at__range=(at - AROUND[0], at + AROUND[1]))
            yield from (entry for entry in near if _body(entry).get("message") == str(row.id))


def _made_at(id: UUID) -> datetime:
    """When an id of ours was made. Source: RFC 9562 section 5.7, milliseconds in the first 48 bits."""
    return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=id.int >> 80)


def _changes(partner: str) -> Iterator[Entry]:
    yield from Entry.objects.filter(kind=kinds.OWN_SET)
    for entry in Entry.objects.filter(kind=kinds.PARTNER):
        if _body(entry).get("partner") == partner:
            yield entry


def _body(entry: Entry) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(bytes(entry.body)) if entry.body is not None and entry.key is None else {}
    return found


def _disclosed(entry: Entry) -> dict[str, Any]:
    """An entry with all that its hash covers, and its proof. Raises `Conflict` (`not-sealed`)."""
    shown: dict[str, Any] = {"entry": str(entry.id), "kind": entry.kind, "recorded_at": _at(entry.recorded_at)}
    try:
        shown["proof"] = proofs.prove(entry.id).to_json()
    except Conflict as error:
        if error.code == "not-sealed":
            raise
        shown["not_proved"] = error.code
    except XeniaError as error:
        shown["not_proved"] = error.code
    shown["body"] = _body(entry)
    if entry.body is not None:
        shown["salt"] = bytes(entry.salt or b"").hex()
        shown["note"] = split_reference(entry.reference)[1]
        shown["subjects"] = [str(one) for one in entries.subjects(entry)]
    return shown
