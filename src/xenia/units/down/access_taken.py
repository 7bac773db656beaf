"""At a unit: officers, roles, the post and the policy as the centre says, written in one transaction under the centre's own ids.

The unit's own operator account is never touched. An officer who is not told of any more is closed here, and the PIN is gone.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import DatabaseError
from django.db.models import F

from xenia.access import epochs, rules
from xenia.access.models import Account, Assignment, Authority, Lane, PolicyVersion, Post
from xenia.access.policy_actions import policy_hash
from xenia.journal import at_rest, clock
from xenia.journal.act import Act
from xenia.journal.actions import append, writing
from xenia.journal.node import node
from xenia.units import card, kinds
from xenia.units.down import access
from xenia.units.down.access import moment
from xenia.units.down.manifest import Item
from xenia.units.models import Pin, SignInCode
from xenia.units.store import keyring

ACTOR: Final = "system:units"
BASIS: Final = "operation of the installation"
Rows = list[dict[str, Any]]


def take(item: Item, path: Path) -> None:
    """What the item says is in force here from now on. Raises `BadInput` (`bad-access`, `bad-policy`): then nothing is changed."""
    known, now = card.needed(), clock.now()
    said = access.read(at_rest.read_bytes(path), known.node, known.post)
    try:
        with writing():
            closed = _write(said, now)
            counts: dict[str, Any] = {part: len(said[part]) for part in access.PARTS if part != "authorities"}
            body = {
                "version": item.version,
                "sha256": item.sha256,
                "policy": said["policy"]["number"],
                "closed": closed,
            }
            act = Act(ACTOR, said["post"]["authority"], "operation", BASIS, "access", node())
            append(kinds.ACCESS_TAKEN, body | counts, act)
    except (ValueError, KeyError, TypeError, AttributeError, DatabaseError) as error:
        raise access.bad() from error
    keyring.keep_only(_with_pins())
    path.unlink(missing_ok=True)  # the tables hold it; names lie in no second place


def _with_pins() -> list[str]:
    """The names of the officers who have a PIN here still."""
    held = Account.objects.filter(is_active=True, pk__in=Pin.objects.values_list("account", flat=True))
    return list(held.values_list("username", flat=True))


def _write(said: Mapping[str, Any], now: datetime) -> int:
    """All of it; how many officers were closed."""
    _authorities(said["authorities"])
    _place(said["post"], said["lanes"])
    _policy(said["policy"])
    closed = _accounts(said["accounts"], now)
    _roles(said["roles"], now)
    _codes(said["unit"], said["codes"])
    for name in ("accounts", "policy"):
        epochs.bump(name)
    return closed


def _authorities(rows: Rows) -> None:
    """The tree; one that is gone there stays here as a name, with nobody in it."""
    made = [Authority(code=one["code"], name=one["name"], kind=one["kind"]) for one in rows]
    Authority.objects.bulk_create(
        made, update_conflicts=True, unique_fields=["code"], update_fields=["name", "kind", "parent"]
    )
    for one in rows:
        if one["parent"] is not None:
            Authority.objects.filter(pk=one["code"]).update(parent=one["parent"])


def _place(post: Mapping[str, Any], lanes: Rows) -> None:
    """The post and its lanes; a lane that the centre does not name is closed."""
    Post.objects.update_or_create(
        code=post["code"],
        defaults={
            "name": post["name"], "authority_id": post["authority"], "zone": post["zone"], "border": post["border"],
            "requires_devices": post["requires_devices"], "closed_at": _moment(post["closed_at"]),
        },
    )  # fmt: skip
    for one in lanes:
        values = {"direction": one["direction"], "closed_at": _moment(one["closed_at"])}
        Lane.objects.update_or_create(post_id=post["code"], code=one["code"], defaults=values)
    others = Lane.objects.filter(post=post["code"], closed_at=None).exclude(code__in=[one["code"] for one in lanes])
    others.update(closed_at=clock.now())


def _policy(said: Mapping[str, Any]) -> None:
    """Exactly the version that is in force at the centre, under its number."""
    if policy_hash(said["content"]) != said["hash"]:
        raise ValueError
    rules.check(said["content"])
    PolicyVersion.objects.exclude(number=said["number"], hash=said["hash"]).delete()
    PolicyVersion.objects.get_or_create(
        number=said["number"],
        hash=said["hash"],
        defaults={
            "content": said["content"], "previous_hash": said["previous_hash"], "reason": said["reason"],
            "proposed_by": said["proposed_by"], "approved_by": said["approved_by"], "made_at": moment(said["made_at"]),
        },
    )  # fmt: skip


def _accounts(rows: Rows, now: datetime) -> int:
    ids = [UUID(one["id"]) for one in rows]
    own = Account.objects.filter(kind="system")
    if own.filter(pk__in=ids).exists() or own.filter(username__in=[one["username"] for one in rows]).exists():
        raise ValueError
    gone = Account.objects.filter(kind="person").exclude(pk__in=ids)
    for one in gone.filter(username__in=[one["username"] for one in rows]):
        Account.objects.filter(pk=one.pk).update(username=f"gone-{one.pk.hex}")
    closed = gone.filter(is_active=True).update(is_active=False, closed_at=now)
    Pin.objects.exclude(account__in=ids).delete()
    Account.objects.bulk_create(
        [
            Account(
                id=pk, username=one["username"], display_name=one["name"], authority_id=one["authority"], created_at=now,
                password=make_password(None),
            )
            for pk, one in zip(ids, rows, strict=True)
        ],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=[
            "username", "display_name", "authority", "is_active", "closed_at", "password", "password_is_initial",
        ],
    )  # fmt: skip
    return closed


def _roles(rows: Rows, now: datetime) -> None:
    """The roles that count; any other of an officer ends now."""
    Assignment.objects.bulk_create(
        [
            Assignment(
                id=UUID(one["id"]), account_id=UUID(one["account"]), role=one["role"], post_id=one["post"],
                valid_from=moment(one["valid_from"]), valid_to=_moment(one["valid_to"]),
            )
            for one in rows
        ],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["account", "role", "post", "valid_from", "valid_to"],
    )  # fmt: skip
    others = Assignment.objects.filter(account__kind="person").exclude(id__in=[UUID(one["id"]) for one in rows])
    others.filter(valid_from__gt=now).update(valid_to=F("valid_from"))
    others.filter(valid_from__lte=now).exclude(valid_to__lte=now).update(valid_to=now)


def _codes(unit: str, rows: Rows) -> None:
    """The codes that may still be used; one that was used here stays used."""
    ids = [UUID(one["id"]) for one in rows]
    SignInCode.objects.exclude(id__in=ids).delete()
    here = set(SignInCode.objects.values_list("id", flat=True))
    SignInCode.objects.bulk_create(
        SignInCode(id=pk, unit=unit, account=UUID(one["account"]), hash=one["hash"], until=moment(one["until"]))
        for pk, one in zip(ids, rows, strict=True)
        if pk not in here
    )


def _moment(text: str | None) -> datetime | None:
    return None if text is None else moment(text)
