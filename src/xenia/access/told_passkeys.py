"""Passkeys of the centre at its units: their public parts come down, and open there without a line.

What comes down is what a signature is checked with: the credential's id and public key, the account, how often it signed. No name of a
device, no maker. A unit says with each use what was signed, so that the centre checks it too and learns the count: a unit in
wrong hands can neither use a key that it only knows the public part of, nor make the centre believe that it was used.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth
from cryptography.exceptions import InvalidSignature
from django.conf import settings
from fido2.utils import websafe_decode
from fido2.webauthn import Aaguid, AttestedCredentialData, AuthenticationResponse, AuthenticatorData

from xenia.access import ports
from xenia.access.entries import note
from xenia.access.models import Account, ToldPasskey
from xenia.errors import BadInput, NotFound, XeniaError
from xenia.journal import arriving
from xenia.journal.actions import writing
from xenia.journal.arriving import Came
from xenia.journal.node import is_unit

USED: Final = "access.passkey-used"
COUNT: Final = "sign_count"
MOST: Final = 20_000
LONGEST: Final = 4096
DOMAIN: Final = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")
PARTS: Final = frozenset({"account", "data", "count"})
Row = dict[str, Any]


def count_of(found: Authenticator) -> int:
    """How often a passkey that was enrolled here has signed, as far as is known."""
    return int(found.data.get(COUNT, found.wrap().authenticator_data.counter))


def _bare(found: Authenticator) -> AttestedCredentialData | None:
    """What a signature is checked with; the maker's id is zero, as for one that says none."""
    held = found.wrap().authenticator_data.credential_data
    return AttestedCredentialData.create(Aaguid.NONE, held.credential_id, held.public_key) if held else None


def name_of(credential_id: bytes) -> str:
    """What a credential is called here."""
    return hashlib.sha256(credential_id).hexdigest()


def told(accounts: Iterable[UUID]) -> list[Row]:
    """At a centre: the passkeys of these officers, for a unit. None where no domain is set that units could be reached under."""
    if not settings.XENIA_RP_ID:
        return []
    rows = Authenticator.objects.filter(user__in=list(accounts), type=Authenticator.Type.WEBAUTHN).order_by("pk")
    found = []
    for one in rows:
        if (data := _bare(one)) is not None:
            raw = base64.b64encode(bytes(data)).decode()
            found.append({"account": str(one.user_id), "data": raw, "count": count_of(one)})
    return found


def take(domain: str, rows: Sequence[Row]) -> int:
    """At a unit: these are the centre's passkeys, and no others open; how many. Counts never go back.

    Raises `BadInput` (code `bad-passkeys`): then nothing is changed.
    """
    try:
        made = {one.credential: one for one in (_row(domain, row) for row in rows)}
        if len(made) > MOST or len(made) != len(rows) or (made and not DOMAIN.fullmatch(domain)):
            raise ValueError
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise BadInput(
            "What came down about passkeys cannot be read.", "Update Xenia here or at the centre.", code="bad-passkeys"
        ) from error
    with writing():
        before = dict(ToldPasskey.objects.values_list("credential", "count"))
        ToldPasskey.objects.exclude(credential__in=list(made)).update(data=b"")
        for one in made.values():
            one.count = max(one.count, before.get(one.credential, 0))
        ToldPasskey.objects.bulk_create(
            made.values(), update_conflicts=True, unique_fields=["credential"],
            update_fields=["account", "domain", "data", "count"],
        )  # fmt: skip
    return len(made)


def _row(domain: str, row: Row) -> ToldPasskey:
    raw = base64.b64decode(row["data"], validate=True)
    if frozenset(row) != PARTS or len(raw) > LONGEST or not (type(row["count"]) is int and 0 <= row["count"] < 2**32):
        raise ValueError
    data = AttestedCredentialData(raw)
    return ToldPasskey(
        credential=name_of(data.credential_id),
        account=UUID(row["account"]),
        domain=domain,
        data=raw,
        count=row["count"],
    )


def domain() -> str:
    """At a unit: the domain of the centre's passkeys that open here; "" where there is none."""
    held = ToldPasskey.objects.exclude(data=b"")
    return held.order_by("domain").values_list("domain", flat=True).first() or ""


def domains() -> list[str]:
    """At a unit: every domain that the centre's passkeys had, also where it tells of them no more."""
    return sorted(set(ToldPasskey.objects.values_list("domain", flat=True)))


def of_account(account: Account) -> list[bytes]:
    """At a unit: the ids of the officer's passkeys at the centre; none elsewhere."""
    held = ToldPasskey.objects.filter(account=account.pk).exclude(data=b"") if is_unit() else ()
    return [AttestedCredentialData(bytes(one.data)).credential_id for one in held]


def anybody(domain: str) -> bool:
    """Whether a passkey of the centre for this domain opens this unit."""
    held = ToldPasskey.objects.filter(domain=domain).exclude(data=b"")
    return (
        is_unit()
        and held.filter(account__in=Account.objects.filter(is_active=True, kind="person").values("pk")).exists()
    )


@dataclass(frozen=True)
class Told:
    """A passkey of the centre that answered. It stands where allauth's row stands, and is none."""

    user: Account
    pk: None = None
    type: str = Authenticator.Type.WEBAUTHN

    @property
    def user_id(self) -> UUID:
        """Whose it is."""
        return self.user.pk

    def record_usage(self) -> None:
        """Nothing: `shown` has written it down."""


def named(shown: Any) -> ToldPasskey | None:
    """The centre's passkey that a browser's answer names; None where it names another, or nothing. Proves nothing yet."""
    if not is_unit():
        return None
    try:
        name = name_of(websafe_decode(str(shown["rawId"])))
    except (ValueError, TypeError, KeyError):
        return None
    return ToldPasskey.objects.filter(credential=name).first()


def proved(row: ToldPasskey, shown: Mapping[str, Any]) -> Told:
    """The officer whose passkey answered this page's challenge, asked for its owner, and was never behind. A challenge is used up by it.

    Raises `ValidationError` where anything of it is not so: one and the same words for all.
    """
    state, wrong = auth.get_state(), get_adapter().validation_error("incorrect_code")
    auth.clear_state()
    response = auth.parse_authentication_response(shown)
    account = Account.objects.filter(pk=row.account, kind="person", is_active=True).first()
    if not state or not row.data or account is None or auth.extract_user_from_response(dict(shown)).pk != account.pk:
        raise wrong
    try:
        ports.may_ask()
        auth.get_server().authenticate_complete(state, [AttestedCredentialData(bytes(row.data))], shown)
    except (ValueError, XeniaError) as error:
        raise wrong from error
    if not response.response.authenticator_data.is_user_verified():
        raise wrong
    _moved_on(row.credential, account, response)
    return Told(account)


def _moved_on(credential: str, account: Account, response: AuthenticationResponse) -> None:
    """Keep the count, and write down what was signed. Raises `ValidationError` where the key signed more often before: there are two of it."""
    signed = response.response
    count = signed.authenticator_data.counter
    with writing():
        row = ToldPasskey.objects.select_for_update().get(pk=credential)
        fits = bool(row.data) and (count > row.count or count == row.count == 0)
        if fits:
            ToldPasskey.objects.filter(pk=credential).update(count=count)
            body = {
                "credential": credential,
                "authenticator_data": base64.b64encode(bytes(signed.authenticator_data)).decode(),
                "client_data_sha256": signed.client_data.hash.hex(),
                "signature": base64.b64encode(signed.signature).decode(),
            }
            note(USED, account.pk, account.authority_id, body)
    if not fits:
        from xenia.access.signals import write_failure

        write_failure(account.username, {"factor": "passkey-copy"})
        raise get_adapter().validation_error("incorrect_code")


def used(came: Came) -> None:
    """At the centre: a passkey was used at a unit. What was signed is checked again; then the count is known here too.

    Raises `NotFound` (`no-passkey`) for one that is not of the author, `BadInput` (`bad-passkey-use`) where the signature is not the key's.
    """
    body, author = came.body, came.entry.actor.removeprefix("account:")
    held = Authenticator.objects.select_for_update().filter(type=Authenticator.Type.WEBAUTHN, user=UUID(author))
    found = next(
        (one for one in held if (data := _bare(one)) and name_of(data.credential_id) == body["credential"]), None
    )
    if found is None:
        raise NotFound(
            "The officer has no such passkey here.", "It may have been removed meanwhile.", code="no-passkey"
        )
    data = _bare(found)
    assert data is not None
    try:
        raw = base64.b64decode(body["authenticator_data"], validate=True)
        signature = base64.b64decode(body["signature"], validate=True)
        data.public_key.verify(raw + bytes.fromhex(body["client_data_sha256"]), signature)
        signed = AuthenticatorData(raw)
        if signed.rp_id_hash != hashlib.sha256(settings.XENIA_RP_ID.encode()).digest():
            raise ValueError
    except (InvalidSignature, ValueError, TypeError) as error:
        raise BadInput(
            "What a unit says was signed with a passkey was not.", "Look at the unit.", code="bad-passkey-use"
        ) from error
    if signed.counter > count_of(found):
        found.data[COUNT] = signed.counter
        found.save(update_fields=["data"])


def register() -> None:
    """Make it known; called when Django starts."""
    arriving.register(USED, used)
