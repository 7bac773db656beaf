"""At a centre: its shares of the keys of its units' stores, and to whom they are given out.

A share opens nothing by itself: the lock lies on the unit's disk. It is given out through the unit's own pinned channel, to an active
unit, when an officer who may work there signs in with password and second factor, checked as at the centre's own sign-in and with the
same limits on guessing. The channel's certificate lies on the disk for whoever has it: so the door hears nothing else of a unit before
it says what only its open store knows (`require_open`).
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from allauth.core import context
from django.contrib.auth import authenticate
from django.http import HttpRequest

from xenia.access import lockout, policy, second_factor, standing
from xenia.access.entries import note
from xenia.access.models import Account
from xenia.access.signals import write_failure
from xenia.errors import BadInput, NotAllowed
from xenia.journal import data_keys
from xenia.journal.actions import append, writing
from xenia.journal.models import DataKey
from xenia.units import kinds, receiving
from xenia.units.down import access
from xenia.units.models import Unit

PATH: Final = "/units/1/open"
DEPOSIT: Final = "/units/1/store"
SAYS: Final = "HTTP_X_XENIA_STORE"
LIMIT: Final = 4096
BYTES: Final = 32


def require_open(unit: Unit, environ: Mapping[str, Any]) -> None:
    """Nothing, where the store of this unit is open, or it never had one. Raises `NotAllowed` (code `unit-locked`)."""
    said = hashlib.sha256(str(environ.get(SAYS, "")).encode()).hexdigest()
    if unit.store_token and not hmac.compare_digest(unit.store_token, said):
        raise NotAllowed("This unit is locked.", "Open it first.", code="unit-locked")


def deposit(unit: Unit, environ: Mapping[str, Any]) -> bytes:
    """Take a share into keeping. The first one is believed, and whoever says what its store says may put another in its place.

    Raises `BadInput` (`bad-opening`), `NotAllowed` (`unit-locked`).
    """
    said, token = _read(environ, {"share"}), str(environ.get(SAYS, ""))
    try:
        share = bytes.fromhex(said["share"])
        if len(share) != BYTES or len(bytes.fromhex(token)) != BYTES:
            raise ValueError
    except ValueError as error:
        raise _bad() from error
    with writing():
        unit = Unit.objects.select_for_update().get(pk=unit.pk)
        require_open(unit, environ)
        Unit.objects.filter(pk=unit.pk).update(
            store_share=data_keys.wrapped(unit.pk, share), store_token=hashlib.sha256(token.encode()).hexdigest()
        )
        append(kinds.STORE_SHARED, {"unit": str(unit.pk), "node": unit.name}, receiving.act_for(unit))
    return json.dumps({"answer": "kept"}).encode()


def answer(unit: Unit, environ: Mapping[str, Any], now: datetime) -> bytes:
    """What a locked unit hears: how it stands here, or the share for an officer who signs in. Raises `BadInput` (`bad-opening`)."""
    if environ["REQUEST_METHOD"] != "POST":
        return json.dumps({"state": unit.state}).encode()
    said = _read(environ, {"login", "password", "factor"})
    if unit.state != "active":
        return _said(unit.state)
    if not unit.store_share:
        return _said("not-deposited")
    why, account = _who(unit, said, now)
    if account is None:
        return _said(why)
    with writing():
        fresh = Unit.objects.select_for_update().get(pk=unit.pk)
        if fresh.state != "active":
            return _said(fresh.state)
        note(kinds.STORE_RELEASED, account.pk, account.authority_id, {"unit": str(unit.pk), "node": unit.name})
    share = data_keys.unwrapped(DataKey(id=unit.pk, wrapped=bytes(fresh.store_share)))
    return _said("released", share=share.hex())


def _said(word: str, **more: str) -> bytes:
    return json.dumps({"answer": word, **more}).encode()


def _read(environ: Mapping[str, Any], names: set[str]) -> dict[str, str]:
    length = str(environ.get("CONTENT_LENGTH") or "")
    if not length.isdecimal() or int(length) > LIMIT:
        raise _bad()
    try:
        said: dict[str, str] = json.loads(environ["wsgi.input"].read(int(length)))
        if set(said) != names or not all(isinstance(one, str) for one in said.values()):
            raise ValueError
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise _bad() from error
    return said


def _bad() -> BadInput:
    return BadInput("That opens no unit.", "Update the unit.", code="bad-opening")


def request_of(unit: Unit) -> HttpRequest:
    """What stands for the unit where failures are counted: an address of its own, whatever line it comes by."""
    request = HttpRequest()
    request.method = "POST"
    own = hashlib.sha256(b"xenia/unit-address/1" + unit.pk.bytes).digest()[:15]
    request.META = {"REMOTE_ADDR": str(ipaddress.IPv6Address(b"\xfd" + own)), "HTTP_USER_AGENT": "xenia unit"}
    return request


def _who(unit: Unit, said: Mapping[str, str], now: datetime) -> tuple[str, Account | None]:
    """The officer, or why not. Name, password and code fail alike; what a right password may know is said."""
    request, name = request_of(unit), said["login"].replace("\0", "").strip().lower()[:64]
    if lockout.is_locked(request, lockout.username(request, {"username": name})):
        return "locked-out", None
    found = authenticate(request, username=name, password=said["password"])
    if not isinstance(found, Account):
        return "refused", None
    if found.password_is_initial or found.pk not in {one.pk for one in access.people(unit, now)}:
        write_failure(found.username, {"factor": "unit", "unit": unit.name})
        return "refused", None
    why = _second(request, found, said["factor"].strip())
    return why, None if why else found


def _second(request: HttpRequest, account: Account, code: str) -> str:
    """Why the second factor does not suffice, "" where it does. Seeds stay here; a code is good once."""
    held = standing.known(account.pk)
    roles = frozenset(one.role for one in held.assignments) if held else frozenset()
    if not second_factor.has_one(account):
        return "no-factor" if policy.needs_second_factor(roles) else ""
    if lockout.is_locked(request, account.username):
        return "locked-out"
    with context.request_context(request):
        form = second_factor.AuthenticateForm(data={"code": code}, user=account)
        return "" if form.is_valid() else "refused"
