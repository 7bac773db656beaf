"""Who may work at a unit, as its centre says: authorities, the post with its lanes, the policy in force, officers and roles.

What a unit is told is what it needs: the whole tree of authorities (the policy decides by the kind of a record's owner), its
own post, and open accounts of persons that hold a role at that post, or everywhere a role that works at lanes (one with a
`frontier.` permission) if their authority may stand there. No password, no second factor; of sign-in codes the hash.
What is not in it any more is not in force any more.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db.models import Q

from xenia.access import epochs, standing
from xenia.access.models import Account, Assignment, Authority, Lane, PolicyVersion, Post
from xenia.access.rules import ANY
from xenia.errors import BadInput
from xenia.journal import canonical, clock
from xenia.units.down import offers
from xenia.units.down.manifest import Item
from xenia.units.models import SignInCode, Unit

NAME: Final = "access"
FORMAT: Final = "xenia/access/1"
LIMIT: Final = 16 * 1024 * 1024
AT_LANES: Final = "frontier."
PARTS: Final[Mapping[str, frozenset[str]]] = {
    "authorities": frozenset({"code", "name", "parent", "kind"}),
    "lanes": frozenset({"code", "direction", "closed_at"}),
    "accounts": frozenset({"id", "username", "name", "authority"}),
    "roles": frozenset({"id", "account", "role", "post", "valid_from", "valid_to"}),
    "codes": frozenset({"id", "account", "hash", "until"}),
}
POST: Final = frozenset({"code", "name", "authority", "zone", "border", "requires_devices", "closed_at"})
POLICY: Final = frozenset(
    {"number", "content", "hash", "previous_hash", "reason", "proposed_by", "approved_by", "made_at"}
)

_held: dict[str, tuple[tuple[int, int], datetime | None, tuple[Item, Path]]] = {}


def offer(unit: Unit) -> list[tuple[Item, Path]]:
    """The offer to this unit; made anew only when accounts, posts, codes or policy changed, or something ran out."""
    counted, now = epochs.read(), clock.now()
    state = (counted["accounts"], counted["policy"])
    held = _held.get(unit.name)
    if held is None or held[0] != state or (held[1] is not None and held[1] <= now) or not held[2][1].exists():
        said = content(unit, now)
        version = f"{said['policy']['number']}-{state[0]}"
        made = offers.kept_for(
            unit, NAME, canonical.json_bytes(said), version=version, max_age_s=int(offers.lease().total_seconds()),
            about={"pins": bool(settings.XENIA_PIN_OPENS)},
        )  # fmt: skip
        _held[unit.name] = held = (state, _runs_out(said), made)
    return [held[2]]


def content(unit: Unit, now: datetime) -> dict[str, Any]:
    """What the item says, in canonical order."""
    post, policy = Post.objects.get(pk=unit.post), PolicyVersion.objects.order_by("-number")[0]
    roles = _roles(post, policy.content, now)
    people = sorted({one.account_id for one in roles}, key=str)
    accounts = Account.objects.filter(pk__in=people).order_by("username")
    codes = SignInCode.objects.filter(unit=unit.name, account__in=people, used_at=None, until__gt=now)
    return {
        "format": FORMAT,
        "unit": unit.name,
        "authorities": [
            _told(one, PARTS["authorities"], parent=one.parent_id) for one in Authority.objects.order_by("code")
        ],
        "post": _told(post, POST, authority=post.authority_id),
        "lanes": [_told(one, PARTS["lanes"]) for one in Lane.objects.filter(post=post).order_by("code")],
        "policy": _told(policy, POLICY),
        "accounts": [
            {"id": str(one.pk), "username": one.username, "name": one.display_name, "authority": one.authority_id}
            for one in accounts
        ],
        "roles": [_told(one, PARTS["roles"], account=str(one.account_id), post=one.post_id) for one in roles],
        "codes": [_told(one, PARTS["codes"]) for one in codes.order_by("id")],
    }


def _told(row: Any, names: frozenset[str], **instead: Any) -> dict[str, Any]:
    """These columns of a row as JSON says them."""
    found = {name: instead[name] if name in instead else getattr(row, name) for name in sorted(names)}
    return {name: _plain(value) for name, value in found.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return canonical.moment(value)
    return value if value is None or isinstance(value, bool | int | str | dict) else str(value)


def _roles(post: Post, policy: Mapping[str, Any], now: datetime) -> list[Assignment]:
    """The roles that count at this post, now or later."""
    above = standing.ancestors(post.authority_id)
    everywhere = Q(post=None, role__in=lane_roles(policy), account__authority__in=above)
    lasting = Q(valid_to=None) | Q(valid_to__gt=now)
    people = Q(account__kind="person", account__is_active=True)
    return list(Assignment.objects.filter(lasting, people, Q(post=post) | everywhere).order_by("id"))


def lane_roles(policy: Mapping[str, Any]) -> list[str]:
    """The roles that work at lanes under this policy."""
    return [
        word
        for word, role in policy["roles"].items()
        if any(one == ANY or one.startswith(AT_LANES) for one in role["permissions"])
    ]


def people(unit: Unit, now: datetime) -> list[Account]:
    """The officers that this unit is told of, by name."""
    policy = PolicyVersion.objects.order_by("-number")[0]
    wanted = {one.account_id for one in _roles(Post.objects.get(pk=unit.post), policy.content, now)}
    return list(Account.objects.filter(pk__in=wanted).order_by("display_name", "username"))


def _runs_out(said: Mapping[str, Any]) -> datetime | None:
    """When the first of it runs out, and so the item must be made anew."""
    ends = [one["valid_to"] for one in said["roles"]] + [one["until"] for one in said["codes"]]
    return min((moment(one) for one in ends if one is not None), default=None)


def moment(text: str) -> datetime:
    """A moment as the item says it. Raises `ValueError`."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%f%z")


def read(raw: bytes, unit: str, post: str) -> dict[str, Any]:
    """What an item says, of the shape that this version knows, for this unit and post. Raises `BadInput` (code `bad-access`)."""
    try:
        said: Any = json.loads(raw) if len(raw) <= LIMIT else None
        whole = set(said) == {"format", "unit", "post", "policy", *PARTS} and said["format"] == FORMAT
        shapes = all(frozenset(row) == names for part, names in PARTS.items() for row in said[part])
        if not whole or not shapes or frozenset(said["post"]) != POST or frozenset(said["policy"]) != POLICY:
            raise ValueError
        if (said["unit"], said["post"]["code"]) != (unit, post):
            raise ValueError
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise bad() from error
    return dict(said)


def bad() -> BadInput:
    """What came down cannot be taken into use."""
    return BadInput(
        "What came down about officers cannot be read.", "Update Xenia here or at the centre.", code="bad-access"
    )
