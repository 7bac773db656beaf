"""Partners and their pinned keys. Changes take two persons (`changes.py`); only at set-up the operator pins alone."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db.models import Q

from xenia.errors import BadInput, Conflict, NotFound
from xenia.exchange import envelope, kinds, own, spoken
from xenia.exchange.models import Partner, PartnerKey
from xenia.journal import clock, signing
from xenia.journal.act import Act
from xenia.journal.actions import append, writing

CARD_LIMIT: Final = 64 * 1024
MOST_TYPES: Final = 2000
MOST_VERSIONS: Final = 100
NEWEST: Final = 9999
CARRIERS: Final = ("https", "file")


@dataclass(frozen=True)
class Card:
    """What a partner says it is: the public half of its keys. `sign`, `box`: JSON web keys by thumbprint; `tls`: PEM by fingerprint.

    `speaks`: the versions that it reads, by type of message; a type that is not there may be read.
    """

    address: str
    name: str
    state: str
    url: str
    sign: Mapping[str, Mapping[str, str]]
    box: Mapping[str, Mapping[str, str]]
    tls: Mapping[str, str]
    speaks: Mapping[str, Sequence[int]] = field(default_factory=dict)

    def listed(self) -> list[tuple[str, str, str]]:
        """(kind, name, value) of each."""
        found = [(kind, kid, json.dumps(dict(key))) for kind, keys in (("sign", self.sign), ("box", self.box)) for kid, key in keys.items()]  # fmt: skip
        return found + [("tls", name, pem) for name, pem in self.tls.items()]


def _bad(what: str) -> BadInput:
    return BadInput(f"The card {what}.", "Ask the partner for a new one: xenia exchange own.", code="bad-card")


def _jwks(rows: Any, what: str) -> dict[str, dict[str, str]]:
    if not isinstance(rows, list) or not 1 <= len(rows) <= 8:
        raise _bad(f"has no keys to {what} with, or too many")
    found = {}
    for row in rows:
        if not isinstance(row, dict) or set(row) - {"kid"} != {"kty", "crv", "x", "y"}:
            raise _bad("has a key that is not the public half of a P-256 key")
        key = {name: str(row[name]) for name in ("kty", "crv", "x", "y")}
        try:
            signing.from_jwk(key)
        except (ValueError, KeyError) as error:
            raise _bad("has a key that is not the public half of a P-256 key") from error
        found[signing.thumbprint(key)] = key
    return found


def _speaks(found: Any) -> dict[str, list[int]]:
    """What the card says of versions; an older release's card says nothing."""
    if not isinstance(found, dict) or len(found) > MOST_TYPES:
        raise _bad("has an odd list of what is spoken")
    for type, versions in found.items():
        numbers = isinstance(versions, list) and len(versions) <= MOST_VERSIONS
        numbers = numbers and all(one.__class__ is int and 1 <= one <= NEWEST for one in versions)
        if not numbers or not envelope.TYPE.fullmatch(type):
            raise _bad("has an odd list of what is spoken")
    return found


def read_card(raw: str | bytes) -> Card:
    """The card, every key checked and named by its own hash. Raises `BadInput` (code `bad-card`, `bad-address`)."""
    if len(raw) > CARD_LIMIT:
        raise _bad("is too large")
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise _bad("is no JSON") from error
    if not isinstance(found, dict) or found.get("format") != own.CARD:
        raise _bad("is of another format")
    texts = {name: found.get(name, "") for name in ("address", "name", "state", "url")}
    if any(not isinstance(text, str) or len(text) > 200 for text in texts.values()):
        raise _bad("has an odd name or address")
    address = own.check_address(texts["address"])
    url = texts["url"].rstrip("/")
    if url and not url.startswith("https://"):
        raise _bad("names a place that is not https")
    pems = found.get("tls")
    if not isinstance(pems, list) or len(pems) > 8 or not all(isinstance(one, str) for one in pems):
        raise _bad("has odd certificates")
    # Only the certificate whose fingerprint is shown is kept, whatever else the text holds.
    tls = {own.fingerprint(pem.encode()): own.alone(pem.encode()) for pem in pems}
    sign, box = _jwks(found.get("sign"), "sign"), _jwks(found.get("box"), "encrypt")
    speaks = _speaks(found.get("speaks", {}))
    return Card(address, texts["name"] or address, address[:3], url, sign, box, tls, speaks)


# Asking


def open_partner(address: str) -> Partner:
    """The partner of that address. Raises `NotFound` (`no-partner`), `Conflict` (`partner-closed`)."""
    row = Partner.objects.filter(address=address).first()
    if row is None:
        raise NotFound(
            f"No partner has the address {address}.", "See Administration, Other authorities.", code="no-partner"
        )
    if row.closed_at is not None:
        raise Conflict("Messages with this partner were stopped.", "Send by other means.", code="partner-closed")
    return row


def everybody() -> list[Partner]:
    """All partners by address, closed ones too."""
    return list(Partner.objects.order_by("address"))


def _valid(kind: str, at: datetime) -> Q:
    good = Q(kind=kind, valid_from__lte=at, partner__closed_at=None)
    return good & (Q(revoked_at=None) | Q(revoked_at__gt=at))


def key_of(kid: str, at: datetime) -> PartnerKey | None:
    """The pinned signing key of that id that is good at that time, with its partner."""
    return PartnerKey.objects.filter(_valid("sign", at), name=kid).select_related("partner").first()


def by_certificate(fingerprint: str, at: datetime) -> Partner | None:
    """The partner that pinned this certificate, or None."""
    row = PartnerKey.objects.filter(_valid("tls", at), name=fingerprint).select_related("partner").first()
    return row.partner if row else None


def certificates(at: datetime, partner: Partner | None = None) -> dict[str, str]:
    """Pinned certificates that are good now, PEM by fingerprint; of one partner or of all."""
    rows = PartnerKey.objects.filter(_valid("tls", at))
    if partner is not None:
        rows = rows.filter(partner=partner)
    return dict(rows.order_by("-valid_from", "-id").values_list("name", "value"))


def box_key(partner: Partner, at: datetime) -> tuple[str, dict[str, str]]:
    """Id and public key to encrypt for the partner with: the one that stands first on its newest card.

    Raises `Conflict` (code `no-box-key`).
    """
    row = PartnerKey.objects.filter(_valid("box", at), partner=partner).order_by("-valid_from", "id").first()
    if row is None:
        raise Conflict("The partner has no key to encrypt for.", "Ask for a new card.", code="no-box-key")
    return row.name, json.loads(row.value)


# Changing: these run inside `writing()`, from a proposal that two persons made, or from `trust`


def trust(card: Card, act: Act, *, carrier: str = "https") -> Partner:
    """Pins a partner that is not known yet. For set-up by the operator; later changes are proposed.

    Raises `Conflict` (`partner-known`), `BadInput` (`bad-card`).
    """
    with writing():
        known = Partner.objects.filter(address=card.address).first()
        if known is not None:
            raise Conflict(
                f"{card.address} is a partner already.",
                "Propose the change under Administration, Other authorities.",
                code="partner-known",
            )
        return pin(card, act, carrier=carrier)


def pin(card: Card, act: Act, *, carrier: str = "https") -> Partner:
    """The partner has this card's name, url and keys; keys pinned before stay good until revoked, revoked ones stay so. Inside `writing()`."""
    if card.address == own.address():
        raise _bad("is our own")
    if carrier not in CARRIERS:
        raise BadInput("There is no such carrier.", f"Use one of: {', '.join(CARRIERS)}.", code="bad-carrier")
    now = clock.now()
    values = {"name": card.name, "state": card.state, "url": card.url, "carrier": carrier, "closed_at": None}
    row, _ = Partner.objects.update_or_create(address=card.address, defaults=values, create_defaults={**values, "opened_at": now})  # fmt: skip
    known = {(one.kind, one.name): one for one in PartnerKey.objects.filter(name__in=[key[1] for key in card.listed()])}
    added = []
    for kind, name, value in card.listed():
        before = known.get((kind, name))
        if before is not None and before.partner_id != row.pk:
            raise _bad("has a key that another partner has")
        if before is None:
            PartnerKey.objects.create(partner=row, kind=kind, name=name, value=value, valid_from=now)
            added.append(f"{kind}:{name}")
    spoken.listed(row, card.speaks)
    _note(card.address, "pinned", added, act, carrier=carrier)
    return row


def revoke(address: str, names: Sequence[str], reason: str, act: Act) -> None:
    """These keys of the partner are worth nothing from now on. Inside `writing()`. Raises `NotFound` (`no-partner`, `no-key`)."""
    partner = Partner.objects.filter(address=address).first()
    if partner is None:
        raise NotFound(f"No partner has the address {address}.", "See the list of partners.", code="no-partner")
    rows = PartnerKey.objects.filter(partner=partner, name__in=list(names), revoked_at=None)
    if not names or rows.count() != len(set(names)):
        raise NotFound("There is no such key that is still good.", "See the partner's keys.", code="no-key")
    rows.update(revoked_at=clock.now(), reason=reason[:200])
    _note(address, "revoked", sorted(names), act)


def close(address: str, act: Act) -> None:
    """Nothing is taken from the partner and nothing sent to it from now on. Inside `writing()`."""
    if not Partner.objects.filter(address=address, closed_at=None).update(closed_at=clock.now()):
        raise NotFound("There is no such partner that is open.", "See the list of partners.", code="no-partner")
    _note(address, "closed", [], act)


def _note(address: str, change: str, names: Sequence[str], act: Act, carrier: str = "") -> None:
    append(kinds.PARTNER, {"partner": address, "change": change, "keys": list(names), "carrier": carrier}, act)
