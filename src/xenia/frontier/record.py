"""What a check keeps sealed under the identity's data key: the document as read, and which records were hit."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from xenia.identity.models import PURPOSE
from xenia.journal import data_keys
from xenia.registers.search import Answer, Hit

PAD_TO = 512


@dataclass(frozen=True)
class KeptHit:
    """A reference to one record that was hit. `dismissed`: the reason, once somebody has settled it.

    `category`: as the officer might see it; checks of earlier versions kept none. `late`: found here after a unit's check.
    """

    subject: str
    register: str
    band: str
    second_line: bool
    severity: str
    dismissed: str = ""
    category: str = ""
    late: bool = False


@dataclass(frozen=True)
class Kept:
    """All of it. `note`: what the officer wrote on referral. `silent`: hits that the booth must not notice.

    `trip`: what the traveller said; `visa`: a second document read with this one, as `document`; `vehicle`: plate or VIN;
    `crew`: read from a crew list; `entitled`: by what right and until when the stay is, as last worked out;
    `findings`: codes of what was found about document, visa and stay, the gravest first.
    """

    document: dict[str, Any]
    hits: tuple[KeptHit, ...]
    silent: tuple[KeptHit, ...] = field(default=())
    note: str = ""
    trip: dict[str, Any] = field(default_factory=dict)
    visa: dict[str, Any] = field(default_factory=dict)
    vehicle: str = ""
    crew: bool = False
    entitled: dict[str, Any] = field(default_factory=dict)
    findings: tuple[str, ...] = ()

    def dismissal(self, subject: UUID) -> str:
        """Why this record was dismissed on this check; empty where it was not."""
        return next((hit.dismissed for hit in self.hits if hit.subject == str(subject)), "")

    def with_dismissed(self, subject: UUID, reason: str) -> Kept:
        """The same with one hit settled."""
        hits = tuple(replace(h, dismissed=reason) if h.subject == str(subject) else h for h in self.hits)
        return replace(self, hits=hits)


LATER = ("trip", "visa", "vehicle", "crew", "entitled", "findings")
"""Fields that checks of the first version did not keep; written only where they say something."""


def kept(document: dict[str, Any], answer: Answer) -> Kept:
    """What to keep of an answer: what warns. What a register merely knows is asked again."""
    return Kept(document, tuple(_kept(hit) for hit in answer.warnings), tuple(_kept(hit) for hit in answer.silent))


def _kept(hit: Hit) -> KeptHit:
    return KeptHit(str(hit.subject), hit.register, hit.band, hit.second_line, hit.severity, category=hit.category)


def with_late(what: Kept, answer: Answer) -> Kept:
    """The same with the hits of a later answer that are not among its own."""
    there = {hit.subject for hit in (*what.hits, *what.silent)}
    late = kept({}, answer)
    return replace(
        what,
        hits=(*what.hits, *(replace(hit, late=True) for hit in late.hits if hit.subject not in there)),
        silent=(*what.silent, *(replace(hit, late=True) for hit in late.silent if hit.subject not in there)),
    )


def _plain(hit: KeptHit) -> dict[str, Any]:
    return {name: value for name, value in vars(hit).items() if name != "late" or value}


def seal(identity: UUID, what: Kept, *, fresh: bool = False) -> bytes:
    """Sealed bytes, padded so that silent hits do not show in their length."""
    text = json.dumps(to_json(what), ensure_ascii=False).encode()
    padded = text.ljust(-(-(len(text) + 1) // PAD_TO) * PAD_TO)
    return data_keys.seal(identity, PURPOSE, padded, fresh=fresh)


def to_json(what: Kept) -> dict[str, Any]:
    """The plain form that `from_json` reads back."""
    return {
        "document": what.document,
        "hits": [_plain(h) for h in what.hits],
        "silent": [_plain(h) for h in what.silent],
        "note": what.note,
        **{name: list(value) if name == "findings" else value for name in LATER if (value := getattr(what, name))},
    }


def unseal(identity: UUID, sealed: bytes) -> Kept:
    """What `seal` kept. Raises `Erased` once the person was forgotten."""
    data = json.loads(data_keys.unseal(identity, PURPOSE, sealed))
    return from_json(data)


def unseal_many(rows: Sequence[tuple[UUID, bytes]]) -> list[Kept | None]:
    """As `unseal` for many with one query; None for the forgotten."""
    plain = data_keys.unseal_many([(identity, PURPOSE, sealed) for identity, sealed in rows])
    return [from_json(json.loads(text)) if text is not None else None for text in plain]


def from_json(data: dict[str, Any]) -> Kept:
    """The kept check in its plain form."""
    return Kept(
        data["document"],
        tuple(KeptHit(**h) for h in data["hits"]),
        tuple(KeptHit(**h) for h in data["silent"]),
        data["note"],
        **{name: data[name] for name in LATER if name in data and name != "findings"},
        findings=tuple(data.get("findings", ())),
    )
