"""The list of what is in force for a unit, signed by the centre: the unit takes nothing that is not on it.

A manifest says of each item its version, its SHA-256 and how old it may become. It is made anew each time it is asked for, so
its time is the time at which the centre said: this is how things are. Whatever the line or a stick did on the way, the key that
the unit pinned at its enrolment decides.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from xenia.errors import BadInput
from xenia.journal import canonical, signing

FORMAT: Final = "xenia/manifest/1"
LIMIT: Final = 1024 * 1024
MOST_ITEMS: Final = 200
NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,31}(:[A-Za-z0-9_.-]{1,64})?")
SHA256: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Item:
    """One thing in force. `name`: its kind, and which: `lists:UTO-STOLEN`, `access`. `max_age_s`: older, it is not to be
    relied on; None: no limit. `about`: what its taker must know, codes and numbers only.
    """

    name: str
    version: str
    sha256: str
    size: int
    max_age_s: int | None = None
    about: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Manifest:
    """`node`: the unit that it is for. `made_at`: the centre's time. `until`: the unit's lease: after it, nothing here holds."""

    node: str
    made_at: datetime
    until: datetime
    items: tuple[Item, ...]

    def to_bytes(self) -> bytes:
        """The canonical bytes that are signed."""
        return canonical.json_bytes(
            {
                "format": FORMAT,
                "node": self.node,
                "made_at": canonical.moment(self.made_at),
                "until": canonical.moment(self.until),
                "items": [
                    {
                        "name": one.name, "version": one.version, "sha256": one.sha256, "size": one.size,
                        "max_age_s": one.max_age_s, "about": dict(one.about),
                    }
                    for one in self.items
                ],
            }
        )  # fmt: skip


def signed(made: Manifest) -> bytes:
    """The manifest as it travels, signed with this installation's key."""
    said = made.to_bytes()
    signature = signing.sign(said)
    return json.dumps(
        {"said": said.decode(), "key": signature.key_id, "signature": signing.unpadded(signature.raw)}
    ).encode()


def read(raw: bytes, key: Mapping[str, str], node: str) -> Manifest:
    """The manifest, if that key signed it for this node. Raises `BadInput` (code `bad-manifest`)."""
    try:
        outer: Any = json.loads(raw) if len(raw) <= LIMIT else None
        said = outer["said"].encode()
        pinned = dict(key)
        if outer["key"] != signing.thumbprint(pinned) or not signing.check_with(
            pinned, said, signing.padded(outer["signature"])
        ):
            raise ValueError
        found = json.loads(said)
        if (
            set(found) != {"format", "node", "made_at", "until", "items"}
            or found["format"] != FORMAT
            or found["node"] != node
        ):
            raise ValueError
        items = tuple(_item(one) for one in found["items"])
        if len(items) > MOST_ITEMS or len({one.name for one in items}) != len(items):
            raise ValueError
        made_at, until = (_time(found[name]) for name in ("made_at", "until"))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BadInput(
            "That is no list of what is in force.", "It is asked for again by itself.", code="bad-manifest"
        ) from error
    return Manifest(node, made_at, until, items)


def _time(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%f%z")


def _item(said: Mapping[str, Any]) -> Item:
    age = said["max_age_s"]
    one = Item(said["name"], said["version"], said["sha256"], said["size"], age, said["about"])
    sound = (
        NAME.fullmatch(one.name)
        and SHA256.fullmatch(one.sha256)
        and isinstance(one.version, str)
        and type(one.size) is int
        and one.size >= 0
        and (age is None or (type(age) is int and age > 0))
        and isinstance(one.about, dict)
    )
    if not sound:
        raise ValueError
    return one


@dataclass(frozen=True)
class Age:
    """How old something at the unit is. `is_past`: older than it may become."""

    age: timedelta
    is_past: bool


def age(as_of: datetime, max_age_s: int | None, now: datetime) -> Age:
    """The age of something that the centre confirmed at `as_of`. A clock that runs behind makes nothing younger than new."""
    old = max(timedelta(0), now - as_of)
    return Age(old, max_age_s is not None and old > timedelta(seconds=max_age_s))
