"""PINs of officers at a unit: what may be one, choosing one with a code of the centre, changing it, signing in with it.

A PIN is worth something at one unit only: it is kept as argon2 of the PIN under a key that this unit made for itself.
It stands where the password stands at a centre. It is one factor: a role that asks for two asks for the second one here too.
"""

from __future__ import annotations

import hashlib
import hmac
from itertools import pairwise
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.http import HttpRequest

from xenia.access import sign_in
from xenia.access.entries import note
from xenia.access.models import Account
from xenia.errors import BadInput, NotAllowed
from xenia.journal import clock
from xenia.journal.actions import writing
from xenia.journal.data_keys import secret
from xenia.units import codes, kinds, lease
from xenia.units.models import Pin, SignInCode
from xenia.units.store import keyring

KEY: Final = "unit-pin"
SHORTEST, LONGEST = 6, 12
CODE_LETTERS: Final = 10


def why_not(pin: str) -> str:
    """Why this is no PIN: `shape` (6 to 12 digits), `run` (one digit again and again, or digits in a row); "" where it is one."""
    if not (SHORTEST <= len(pin) <= LONGEST and pin.isascii() and pin.isdigit()):
        return "shape"
    steps = {(int(later) - int(former)) % 10 for former, later in pairwise(pin)}
    return "run" if steps in ({0}, {1}, {9}) else ""


def plain_code(typed: str) -> str:
    """A sign-in code as it is hashed: small letters, spaces and hyphens do not matter."""
    return typed.upper().translate(codes.ALIKE)[: CODE_LETTERS + 1]


def _mixed(account: UUID, pin: str) -> str:
    """What is hashed: worth nothing without this unit's own key, and different for each officer."""
    return hmac.digest(secret(KEY), account.bytes + pin.encode(), hashlib.sha256).hex()


def person(username: str) -> Account | None:
    """The open account of an officer of this name."""
    name = username.replace("\0", "").strip().lower()[:64]
    return Account.objects.filter(username=name, kind="person", is_active=True).first()


def offered(account: Account | None, typed: str) -> SignInCode | None:
    """The code that this officer was given for this unit, if that is it and it may still be used. One hash is computed in any case."""
    now, text = clock.now(), plain_code(typed)
    rows = SignInCode.objects.filter(account=account.pk, used_at=None, until__gt=now) if account else ()
    found = [one for one in rows if check_password(text, one.hash)]
    if not rows:
        make_password(text)
    return found[0] if found else None


def begin(account: Account, code: SignInCode, pin: str) -> None:
    """The officer signs in here with this PIN from now on; the code is used up. Raises `BadInput` (`bad-pin`), `NotAllowed` (`sign-in-code`)."""
    hashed = _hashed(account, pin)
    keyring.add_pin(account.username, pin)
    with writing():
        if not SignInCode.objects.filter(pk=code.pk, account=account.pk, used_at=None).update(used_at=clock.now()):
            raise NotAllowed("The code was used already.", "Ask for a new one.", code="sign-in-code")
        _keep(account, hashed, str(code.pk))


def change(account: Account, pin: str) -> None:
    """Another PIN. Raises `BadInput` (`bad-pin`)."""
    hashed = _hashed(account, pin)
    keyring.add_pin(account.username, pin)
    with writing():
        _keep(account, hashed, None)


def _hashed(account: Account, pin: str) -> str:
    if why_not(pin):
        raise BadInput("That is no PIN.", "Use 6 to 12 digits that are not in a row.", code="bad-pin")
    return make_password(_mixed(account.pk, pin))


def _keep(account: Account, hashed: str, code: str | None) -> None:
    Pin.objects.update_or_create(account=account.pk, defaults={"hash": hashed, "set_at": clock.now()})
    note(kinds.PIN_SET, account.pk, account.authority_id, {"code": code})


class Backend(sign_in.Backend):
    """At a unit: officers by user name and PIN. At a centre nobody."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> Account | None:
        """The account, or None: unknown name, wrong or no PIN, an officer of whom the centre tells no more, a lease that is over."""
        if not settings.XENIA_UNIT or password is None or lease.lapsed() is not None:
            return None
        account = person(username or "")
        held = Pin.objects.filter(pk=account.pk).first() if account else None
        if account is None or held is None:
            make_password(password[:LONGEST])
            return None
        if not check_password(_mixed(account.pk, password), held.hash):
            return None
        if keyring.is_there() and not keyring.opens_for(account.username):
            keyring.add_pin(account.username, password)  # its lock was lost: too many wrong tries, or an older backup
        return account
