"""Records that officers entered, as keys only: for units that may not hold names. Told at the centre, kept and searched at the unit.

As in the files of keys of lists (`lists/keyed.py`): an id that is a hash, from when to when it is in force, and keys made with a
secret. When it was entered, by whom and of what category is not told; a corrected record is another one.
"""

from __future__ import annotations

import base64
import hmac
import struct
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from django.conf import settings

from xenia.access import epochs
from xenia.formats.dates import PartialDate
from xenia.formats.lists.records import PERSON
from xenia.identity.claim import Document
from xenia.identity.keys import register_secret
from xenia.journal import canonical, data_keys
from xenia.journal.ids import uuid7
from xenia.journal.models import DataKey
from xenia.matching import withheld
from xenia.matching.keys import RULES_VERSION
from xenia.matching.numbers import document_keys
from xenia.registers import bodies
from xenia.registers.lists.claims import claim_of
from xenia.registers.lists.keyed import What, list_secret
from xenia.registers.live.actions import Live
from xenia.registers.live.models import LiveKey, LiveRecord, Withheld

DATED, UNDATED, PAPER = "N", "U", "D"
KINDS: Final = (DATED, UNDATED, PAPER)
"""Of keys: by name where a birth date is known, by name where none is, by document."""
NO_TIME: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""In the place of when it was entered, with so many microseconds more as its content says: another content is another record's row."""
SAME_BITS: Final = 64
"""An id keeps so much of the record's own, that both fall into one bucket."""
DAYS: Final = ("valid_from", "valid_until")
MOST_SHARING: Final = 2_000
"""A key that more records share says nothing."""


@dataclass(frozen=True)
class Keying:
    """What the keys of a register are made with, and of which categories its records may be."""

    secret: bytes
    shown: frozenset[str]


# At the centre


def told(register: str, some: Iterable[Live], what: What) -> dict[str, Any]:
    """These records as keys, those left out that units get nothing of."""
    secret = secret_of(register)
    records = [_told(secret, one) for one in some if not what.leaves(dict(one.body))]
    shown = " ".join(sorted(what.shown))
    return said(secret, shown, records)


def said(secret: bytes, shown: str, records: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Records with what their keys are made with, and by which version of the rules."""
    some = sorted(records, key=lambda one: str(one["id"]))
    return {"secret": _packed(secret), "rules": RULES_VERSION, "shown": shown, "records": some}


def _told(secret: bytes, one: Live) -> dict[str, Any]:
    row = one.row
    found = {name: _numbers(keys) for name, keys in _keys(secret, one.body).items() if keys}
    days = {name: day.isoformat() for name in DAYS if (day := getattr(row, name)) is not None}
    return {"id": str(_pseudonym(secret, row)), "owner": row.owner, **days, "keys": found}


def _pseudonym(secret: bytes, row: LiveRecord) -> UUID:
    said = f"live|{row.pk}|{row.recorded_at.isoformat()}|{RULES_VERSION}"
    digest = int.from_bytes(hmac.digest(secret, said.encode(), "sha256")[:16])
    return UUID(int=digest - digest % SAME_BITS + row.pk.int % SAME_BITS)


def _keys(secret: bytes, body: Mapping[str, Any]) -> dict[str, Sequence[int]]:
    papers = {key for document in bodies.documents(body) for key in _papers(secret, document)}
    found: dict[str, Sequence[int]] = {PAPER: sorted(papers)}
    if bodies.kind(body) == PERSON:
        claim = claim_of(body)
        births = (claim.birth, *claim.births) if claim.birth else ()
        found[DATED if births else UNDATED] = withheld.filed(secret, claim.whole_names(), births)
    return found


def told_of(
    secret: bytes, names: Iterable[str], births: Sequence[PartialDate], documents: Iterable[Document]
) -> dict[str, str]:
    """The keys of a person, as they travel, by kind."""
    papers = sorted({_paper(secret, one) for one in documents if one.number})
    found = {PAPER: papers, DATED if births else UNDATED: withheld.filed(secret, names, births)}
    return {name: _numbers(keys) for name, keys in found.items() if keys}


def secret_of(register: str) -> bytes:
    """At the centre: what the keys of a register are made with."""
    return list_secret(register_secret(), f"live:{register}")


def _paper(secret: bytes, document: Document) -> int:
    return document_keys(secret, document.issuing_state, document.type, document.number).exact


def _papers(secret: bytes, document: Document) -> tuple[int, int]:
    """Of what officers typed: the keys as it is, and with O as 0 and I as 1."""
    keys = document_keys(secret, document.issuing_state, document.type, document.number)
    return keys.exact, keys.folded


def _packed(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _numbers(keys: Sequence[int]) -> str:
    return _packed(struct.pack(f">{len(keys)}q", *keys))


# At the unit: kept


def read(said: Mapping[str, Any], register: str) -> tuple[Keying, list[tuple[LiveRecord, dict[str, Any]]]]:
    """What was told. Raises `ValueError` and its like for anything else, and for keys of other rules: nobody is found by these."""
    if said["rules"] != RULES_VERSION:
        raise ValueError
    keying = Keying(base64.b64decode(said["secret"], validate=True), frozenset(said["shown"].split()))
    if len(keying.secret) < 16:
        raise ValueError
    return keying, [_read(one, register) for one in said["records"]]


def _read(said: Mapping[str, Any], register: str) -> tuple[LiveRecord, dict[str, Any]]:
    pk, owner, keys, says = UUID(said["id"]), said["owner"], [], said.get("says", {})
    if not isinstance(owner, str) or not isinstance(says, dict) or not set(said["keys"]) <= set(KINDS):
        raise ValueError
    for kind, text in said["keys"].items():
        raw = base64.b64decode(text, validate=True)
        if len(raw) % 8:
            raise ValueError
        keys += [(kind, key) for key in struct.unpack(f">{len(raw) // 8}q", raw)]
    days = {name: date.fromisoformat(said[name]) for name in DAYS if name in said}
    content = sha256(canonical.json_bytes([RULES_VERSION, said])).digest()
    row = LiveRecord(
        id=pk, register=register, record_id=pk.hex, state=LiveRecord.WITHHELD, owner=owner, origin="centre",
        recorded_at=NO_TIME + timedelta(microseconds=int.from_bytes(content[:6])), **days,
    )  # fmt: skip
    return row, {"keys": keys, "says": says}


def let_go(register: str) -> None:
    """Forget what keys are made with where none of the register lies here any more. Inside `writing()`."""
    left = LiveRecord.objects.filter(register=register, state=LiveRecord.WITHHELD).exists()
    if not left and Withheld.objects.filter(register=register).delete()[0]:
        epochs.bump("live")


def of_other_rules() -> frozenset[str]:
    """The registers of which records lie here as keys that an earlier or later release made: questions of this one find nobody by them."""
    rows = LiveRecord.objects.filter(state=LiveRecord.WITHHELD).exclude(rules_version=RULES_VERSION)
    return frozenset(rows.values_list("register", flat=True))


def keep(register: str, keying: Keying) -> None:
    """What the keys of a register are made with from now on. Inside `writing()`."""
    before = Withheld.objects.filter(register=register).first()
    if before is None or _opened(before) != keying:
        Withheld.objects.filter(register=register).delete()
        pk = uuid7()
        shown = " ".join(sorted(keying.shown))
        Withheld.objects.create(id=pk, register=register, secret=data_keys.wrapped(pk, keying.secret), shown=shown)
        epochs.bump("live")


def _opened(row: Withheld) -> Keying:
    return Keying(data_keys.unwrapped(DataKey(id=row.pk, wrapped=bytes(row.secret))), frozenset(row.shown.split()))


# At the unit: searched

_held: tuple[int, Mapping[str, Keying]] | None = None
_lock = threading.Lock()


def known() -> Mapping[str, Keying]:
    """The registers of which records lie here as keys; none at a centre. No query until the epoch moves."""
    global _held
    if not settings.XENIA_UNIT:
        return {}
    epoch = epochs.read()["live"]
    with _lock:
        if _held is None or _held[0] != epoch:
            _held = (epoch, {row.register: _opened(row) for row in Withheld.objects.all()})
        return _held[1]


@dataclass(frozen=True)
class Found:
    """A record that may be meant. `strength`: 1 to 5, a document's key being the surest. `may_be`: of which categories."""

    row: LiveRecord
    strength: int
    may_be: frozenset[str]


def search(
    register: str, names: Sequence[str], birth: PartialDate | None, documents: Iterable[Document], on: date
) -> list[Found]:
    """The record of each owner that is most surely meant on that day, the surest first: it says no more than to ask the centre.

    One owner's says nothing of another's: who is asked may be let to learn of one of them only. One query.
    """
    keying = known().get(register)
    if keying is None:
        return []
    papers = {key for one in documents if one.number for key in _papers(keying.secret, one)}
    kinds = withheld.asked(keying.secret, names, birth) if names else {}
    sharing = _sharing(register, KINDS, {*papers, *kinds})
    found = [(row, 5) for some in sharing.values() for row, kind in some if kind == PAPER]
    found += _by_name(sharing, kinds, dated=birth is not None and birth.year is not None)
    best: dict[str, tuple[LiveRecord, int]] = {}
    for row, strength in sorted(found, key=lambda one: (-one[1], -one[0].pk.int)):
        if _is_in_force(row, on):
            best.setdefault(row.owner, (row, strength))
    return [Found(row, strength, keying.shown) for row, strength in best.values()]


@dataclass(frozen=True)
class Near:
    """A record that shares keys with a question. `paper`: a document; `shares`: what of names and birth, `withheld.py`."""

    row: LiveRecord
    paper: bool
    shares: frozenset[str]


def near(register: str, names: Sequence[str], birth: PartialDate | None, documents: Iterable[Document]) -> list[Near]:
    """Every record that shares a key, in the order of their ids. Two queries; none where no keys of the register lie here."""
    keying = known().get(register)
    if keying is None:
        return []
    papers = {_paper(keying.secret, one) for one in documents if one.number}
    kinds = withheld.asked(keying.secret, names, birth)
    rows: dict[UUID, LiveRecord] = {}
    shares: dict[UUID, set[str]] = {}
    for key, some in _sharing(register, KINDS, {*papers, *kinds}).items():
        for row, kind in some:
            rows[row.pk] = row
            shares.setdefault(row.pk, set()).add("paper" if kind == PAPER else kinds.get(key, ""))
    return [Near(rows[pk], "paper" in shares[pk], frozenset(shares[pk]) - {"paper"}) for pk in sorted(rows)]


def _sharing(register: str, kinds: Iterable[str], keys: Iterable[int]) -> dict[int, list[tuple[LiveRecord, str]]]:
    """The records under each key, with the kind that it is there: one query."""
    found: dict[int, list[tuple[LiveRecord, str]]] = {}
    here = {"record__register": register, "record__state": LiveRecord.WITHHELD}
    for one in LiveKey.objects.filter(key__in=list(keys), kind__in=list(kinds), **here).select_related("record"):
        found.setdefault(one.key, []).append((one.record, one.kind))
    return found


def _by_name(
    sharing: Mapping[int, list[tuple[LiveRecord, str]]], kinds: Mapping[int, str], *, dated: bool
) -> list[tuple[LiveRecord, int]]:
    """The records that may be meant by their keys of names, with their strength."""
    named = {key: [one for one in sharing.get(key, ()) if one[1] != PAPER] for key in kinds}
    rows = {row.pk.int: (row, kind == DATED) for some in named.values() for row, kind in some}
    found = ((key, [row.pk.int for row, _kind in some]) for key, some in named.items() if 0 < len(some) <= MOST_SHARING)
    judge = partial(withheld.strength, asked_dated=dated)
    judged = ((*rows[number], one) for number, one in withheld.shared(found, kinds).items())
    return [(row, strength) for row, filed_dated, one in judged if (strength := judge(one, filed_dated=filed_dated))]


def _is_in_force(row: LiveRecord, on: date) -> bool:
    return (row.valid_from or date.min) <= on <= (row.valid_until or date.max)
