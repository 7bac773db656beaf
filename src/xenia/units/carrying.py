"""The way without any line: what waits at a unit goes to the centre in an encrypted file, and a signed answer comes back.

A file holds the same batches that would go over the line, and both ends put them through the same two state machines. So a file
that is late, that comes twice, or that the line overtook does no harm; a lost one is written anew. Documents of these entries and of
earlier ones fill what room is left. Outside, the file is a JWE for
the centre's box key; inside it is signed by the unit as a whole, since what it tells beside its entries no head covers.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from xenia.access import policy
from xenia.access.standing import Standing
from xenia.errors import BadInput, Conflict, NotFound
from xenia.exchange import jose, own
from xenia.journal import canonical, clock, signing
from xenia.journal.actions import append, writing
from xenia.journal.models import Entry
from xenia.journal.tree import Frontier
from xenia.units import actions, bounds, card, kinds, letter, receiving, sending, servers, serving, stored, wire
from xenia.units.blobs import carried, queue
from xenia.units.image import contact, releasing
from xenia.units.models import Line, Unit
from xenia.units.protocol import up

PARCELS: Final = "xenia/unit-backlog/1"
ANSWER: Final = "xenia/unit-backlog-answer/1"
FILE_LIMIT: Final = 200 << 20
MOST_BYTES: Final = 96 << 20
"""Of one file's batches and documents; what is more goes into the next file. Own choice: below what a file is read up to."""
ANSWER_LIMIT: Final = 32 << 20
TAKES: Final = ["letter", "generation"]
"""What this release understands in an answer, beside what every one does."""
TAKE: Final = "units.read"
REFERENCE: Final = "unit-file"


@dataclass(frozen=True)
class Exported:
    """A file that was written. `left`, `documents_left`: entries and documents that did not fit and go into the next one."""

    token: str
    first: int
    last: int
    parcels: int
    left: int
    documents: int
    documents_left: int


@dataclass(frozen=True)
class Imported:
    """A file that was taken in. `gained`: entries that were new; `documents`: how each stands; `answer`: the signed file."""

    unit: Unit
    kind: str
    received: int
    gained: int
    answer: bytes
    documents: Mapping[str, str]


# At the unit: out


def export(standing: Standing, most_bytes: int = 0) -> Exported:
    """Everything that is sealed here and that the centre has not acknowledged, as one encrypted file; nothing is forgotten by it.

    `most_bytes`: before encryption; entries go first, documents into what is left of it. 0: as much as a file takes.
    Raises `NotAllowed`, `NotFound` (`no-unit`), `Conflict` (`no-box-key`, `unit-forked`, `nothing-waits`).
    """
    policy.require(standing, TAKE)
    known, held = card.needed(), sending.line()
    last, most = sending.sealed(known.node), most_bytes or MOST_BYTES
    if not known.box:
        raise Conflict(
            "This unit was enrolled before its centre gave units a key for files.",
            "Let the line carry its entries, or enrol it anew.",
            code="no-box-key",
        )
    if held.halted == up.FORKED:
        raise _forked()
    parcels, end = _parcels(known.node, held, last, most)
    documents = carried.pick(known.node, end, most - sum(len(one) for one in parcels))
    if not parcels and not documents:
        raise Conflict("The centre has acknowledged everything.", "There is nothing to carry.", code="nothing-waits")
    said: dict[str, Any] = {
        "format": PARCELS,
        "node": known.node,
        "made": canonical.moment(clock.now()),
        "parcels": [base64.b64encode(one).decode() for one in parcels],
    }
    said |= {"takes": TAKES}
    said |= {"blobs": carried.written(documents)} if documents else {}
    said |= {"contact": contact.told()} if contact.is_open() else {}
    plain = _signed(said)
    token = jose.encrypt(plain, {name: known.box[name] for name in ("crv", "kty", "x", "y")}, known.box["kid"])
    body = {"first": held.acknowledged + 1, "last": end, "file": hashlib.sha256(plain).hexdigest()}
    with writing():
        append(kinds.CARRIED_OUT, body, standing.act("operation", REFERENCE))
    left = queue.backlog().count - len(documents)
    return Exported(token, held.acknowledged + 1, end, len(parcels), last - end, len(documents), left)


def _parcels(node: str, held: Line, last: int, most_bytes: int) -> tuple[list[bytes], int]:
    """The batches from where the centre stands, by a machine of their own: the line's goes its own way meanwhile."""
    machine = up.Sending(held.acknowledged, Frontier.unpack(held.acknowledged, bytes(held.frontier)))
    made: list[bytes] = []
    told, size, now = sending.told_of(held, last), 0, time.monotonic()
    while (due := machine.due(last, now)) is not None and size < most_bytes:
        entries = bounds.fitting(stored.own(node, due.start, due.stop - 1))
        parcel = sending.parcel(machine, node, entries, told, now)
        made.append(parcel.to_bytes())
        size += len(made[-1])
        end = machine.acknowledged + len(entries)
        machine.answered(up.Answer(up.RECEIVED, end), last, lambda one, other: stored.leaves(node, one, other), now)
    return made, machine.acknowledged


def _signed(said: Mapping[str, Any]) -> bytes:
    text = canonical.json_bytes(said)
    made = signing.sign(text)
    return json.dumps({"said": text.decode(), "key": made.key_id, "signature": signing.unpadded(made.raw)}).encode()


def _opened(raw: bytes, key: Mapping[str, str]) -> dict[str, Any]:
    """What was signed with that key. Raises `ValueError` and its like for anything else."""
    outer: Any = json.loads(raw)
    said, pinned = outer["said"].encode(), dict(key)
    signed = outer["key"] == signing.thumbprint(pinned) and signing.check_with(
        pinned, said, signing.padded(outer["signature"])
    )
    found = json.loads(said)
    if not signed or not isinstance(found, dict):
        raise ValueError
    return found


def _forked() -> Conflict:
    return Conflict(
        "This unit has written another past than the one that its centre holds.",
        "Keep the machine as it is and ask the centre; it is enrolled anew.",
        code="unit-forked",
    )


# At the centre: in


def take(standing: Standing, token: str, now: datetime) -> Imported:
    """Take a unit's file in, batch after batch, as if it had come over the line; and the answer that goes back.

    Taking it again changes nothing. Raises `NotAllowed`, `BadInput` (`bad-token`, `bad-header`, `unknown-key`, `bad-backlog`),
    `NotFound` (`no-such-unit`), `Conflict` (`unit-state`, `backlog-gap`); then nothing is taken.
    """
    policy.require(standing, actions.MANAGE)
    if len(token) > FILE_LIMIT:
        raise _bad("is too large")
    plain = jose.decrypt(token.strip(), lambda kid: own.private("box", kid))
    _introduced(plain, now)
    unit, parcels, documents, takes = _read(plain)
    before = unit.received
    first = wire.read(parcels[0]).first if parcels else before + 1
    if first > before + 1:
        raise Conflict(
            f"Entries {before + 1} to {first - 1} of {unit.name} are missing before this file.",
            "Import the earlier file first, or export anew at the unit.",
            code="backlog-gap",
        )
    answer = up.Answer(up.RECEIVED, before)
    for parcel in parcels:
        answer = receiving.take_in(unit, parcel, now)
        if answer.kind != up.RECEIVED:
            break
    unit.refresh_from_db()
    states = carried.take(unit, documents, now) if answer.kind == up.RECEIVED and unit.state == "active" else {}
    gained = unit.received - before
    digest = hashlib.sha256(plain).hexdigest()
    body = {
        "unit": str(unit.pk), "node": unit.name, "first": first, "received": unit.received, "gained": gained,
        "answer": answer.kind, "file": digest,
    }  # fmt: skip
    with writing():
        append(kinds.CARRIED_IN, body, standing.act("operation", f"unit:{unit.name}", owner=unit.owner))
    said = {
        "format": ANSWER, "node": unit.name, "kind": answer.kind, "received": unit.received, "file": digest,
        "root": Frontier.unpack(unit.received, bytes(unit.frontier)).root().hex(), "made": canonical.moment(now),
    }  # fmt: skip
    said |= {"blobs": states} if states else {}
    said |= {"generation": serving.now().generation} if "generation" in takes else {}
    said |= {"letter": letter.write(unit, now).decode()} if "letter" in takes else {}
    return Imported(unit, answer.kind, unit.received, gained, _signed(said), states)


def _bad(what: str) -> BadInput:
    return BadInput(f"The file {what}.", "Export again at the unit.", code="bad-backlog")


def _introduced(plain: bytes, now: datetime) -> None:
    """A unit of an image that no line has reached yet shows itself in its first file. Raises `NotAllowed` (`unit-code`), `BadInput`."""
    try:
        said = json.loads(json.loads(plain)["said"]).get("contact")
        raw, proof = (said["raw"].encode(), str(said["proof"])) if said else (b"", "")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _bad("is none of a unit") from error
    if raw:
        releasing.hear(raw, proof, now)


def _read(plain: bytes) -> tuple[Unit, list[bytes], dict[str, bytes], list[str]]:
    """The unit that signed the file, its batches, documents, and what it understands in an answer."""
    try:
        name = json.loads(json.loads(plain)["said"])["node"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _bad("is none of a unit") from error
    unit = Unit.objects.filter(name=str(name)[:32]).exclude(key="").first()
    if unit is None:
        raise NotFound("The file is of a unit that is not known here.", "Look at xenia unit list.", code="no-such-unit")
    try:
        said = _opened(plain, json.loads(unit.key))
        if (
            set(said) - {"blobs", "contact", "takes"} != {"format", "node", "made", "parcels"}
            or said["format"] != PARCELS
        ):
            raise ValueError
        if not said["parcels"] and not said.get("blobs"):
            raise ValueError
        documents = carried.read(said.get("blobs", {}))
        raws = [base64.b64decode(one, validate=True) for one in said["parcels"]]
        takes = [str(one) for one in said.get("takes", [])]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, binascii.Error) as error:
        raise _bad("was altered, or is not signed by its unit") from error
    if unit.state not in ("active", "quarantined"):
        raise Conflict(f"{unit.name} is not at work.", "Admit the machine first; nothing was taken.", code="unit-state")
    for raw in raws:
        parcel = wire.read(raw)
        if parcel.node != unit.name or not parcel.entries:
            raise _bad("holds batches that are not its unit's")
    return unit, raws, documents, takes


# At the unit: back


def acknowledge(standing: Standing, raw: bytes) -> int:
    """Take the centre's answer to a file; how many more entries are acknowledged by it. A stopped unit halts, another works on.

    One of a server that has been replaced, of an older generation than the unit has heard of, acknowledges nothing. Raises `NotAllowed`, `NotFound` (`no-unit`), `BadInput` (`bad-backlog-answer`, `answer-of-another-unit`), `Conflict`
    (`answer-old`, `unit-forked`), `Unavailable` (`old-generation`).
    """
    policy.require(standing, TAKE)
    known, held = card.needed(), sending.line()
    said = _read_answer(raw, known.key)
    if said["node"] != known.node:
        raise BadInput(
            f"The answer is for the unit {said['node']}.", "Carry it to that unit.", code="answer-of-another-unit"
        )
    servers.heard(known, str(said.get("generation", 0)))
    works_on = _renewed(said.get("letter"))
    answer, last = up.Answer(said["kind"], said["received"]), sending.sealed(known.node)
    if answer.received <= last:
        if _root(known.node, held, answer.received, said["root"]) != said["root"]:
            answer = up.Answer(up.FORKED, answer.received)
        elif (
            not carried.heard(said.get("blobs", {}))
            and _is_old(known.node, held, answer, said["file"])
            and not (works_on and answer.kind == up.RECEIVED)
        ):
            raise Conflict(
                f"The answer is older than what is known: {held.acknowledged:,} entries are acknowledged already.",
                "Nothing was changed. Take the answer to the newest file.",
                code="answer-old",
            )
    gained = sending.heard(answer)
    body = {"answer": answer.kind, "received": answer.received, "gained": gained, "file": said["file"]}
    with writing():
        append(kinds.CARRIED_BACK, body, standing.act("operation", REFERENCE))
    if sending.line().halted == up.FORKED:
        raise _forked()
    return gained


def _renewed(text: str | None) -> bool:
    """Whether the letter in an answer says until when this unit may work, and later than what was heard."""
    try:
        return text is not None and letter.take(text.encode()) is not None
    except Conflict:
        return False


def _read_answer(raw: bytes, key: Mapping[str, str]) -> dict[str, Any]:
    try:
        if len(raw) > ANSWER_LIMIT:
            raise ValueError
        said = _opened(raw, key)
        sound = (
            set(said) - {"blobs", "letter", "generation"}
            == {"format", "node", "kind", "received", "file", "root", "made"}
            and said["format"] == ANSWER
            and said["kind"] in wire.KINDS
            and type(said["received"]) is int
            and said["received"] >= 0
            and type(said.get("generation", 0)) is int
            and 0 <= said.get("generation", 0) <= servers.HIGHEST
        )
        if not sound:
            raise ValueError
        carried.read_states(said.get("blobs", {}))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BadInput(
            "That is no answer of this unit's centre, or it was altered.",
            "Import the file again at the centre.",
            code="bad-backlog-answer",
        ) from error
    return said


def _root(node: str, held: Line, size: int, otherwise: str) -> str:
    """The root of the own tree up to there; `otherwise` below what is acknowledged, where both sides have agreed before."""
    if size < held.acknowledged:
        return otherwise
    tree = Frontier.unpack(held.acknowledged, bytes(held.frontier))
    for leaf in stored.leaves(node, held.acknowledged + 1, size):
        tree.add(leaf)
    return tree.root().hex()


def _is_old(node: str, held: Line, answer: up.Answer, file: str) -> bool:
    """Whether an answer says nothing new: of entries that are acknowledged, or a stop that was answered to a file before them."""
    if answer.kind not in up.STOPPING:
        return answer.received < held.acknowledged or (answer.received == held.acknowledged and not held.halted)
    files = Entry.objects.filter(node=node, kind=kinds.CARRIED_OUT).order_by("-recorded_at")[:100]
    last = next(
        (said["last"] for one in files if (said := json.loads(bytes(one.body or b"{}"))).get("file") == file), 0
    )
    return int(last) <= held.acknowledged


__all__ = ["Exported", "Imported", "acknowledge", "export", "take"]
