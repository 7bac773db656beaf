"""The only writer of authorities, posts and lanes."""

from __future__ import annotations

import re
from typing import Final
from zoneinfo import available_timezones

from xenia.access import policy
from xenia.access.models import Authority, Lane, Post
from xenia.access.standing import Standing
from xenia.errors import BadInput, Conflict, NotFound
from xenia.journal.act import Act
from xenia.journal.actions import append, writing

INSTALLATION: Final = "installation"
CODE: Final = re.compile(r"[A-Z0-9][A-Za-z0-9._-]{0,31}")
PURPOSE: Final = "operation"


def _act(standing: Standing, reference: str, owner: str) -> Act:
    return standing.act(PURPOSE, reference, owner=owner)


def _code(code: str) -> str:
    if not CODE.fullmatch(code):
        raise BadInput(
            f"{code[:40]!r} is no code.",
            "Use 1 to 32 letters, digits, dots and hyphens; the first is a capital or digit.",
            code="bad-code",
        )
    return code


def make_authority(
    standing: Standing, code: str, name: str, *, kind: str, parent: str | None = INSTALLATION
) -> Authority:
    """A new authority in the tree. Raises `BadInput` (code `bad-code`), `NotFound` for the parent, `Conflict` if there is one."""
    policy.require(standing, "accounts.manage")
    with writing():
        if Authority.objects.filter(pk=_code(code)).exists():
            raise Conflict(f"There is already an authority {code}.", "Choose another code.", code="already-there")
        if parent is not None and not Authority.objects.filter(pk=parent).exists():
            raise NotFound(f"There is no authority {parent}.", "Make it first.", code="no-authority")
        made = Authority.objects.create(code=code, name=name, kind=kind, parent_id=parent)
        append(
            "authority.made", {"code": code, "kind": kind, "parent": parent}, _act(standing, f"authority:{code}", code)
        )
    return made


def make_post(standing: Standing, code: str, name: str, *, authority: str, zone: str, border: str) -> Post:
    """A new post. `zone`: IANA name; `border`: land, air, sea or none. Raises `BadInput` or `Conflict`."""
    policy.require(standing, "accounts.manage")
    if zone not in available_timezones():
        raise BadInput(f"{zone[:40]!r} is no time zone.", "Use an IANA name such as Europe/Tirane.", code="bad-zone")
    if border not in dict(Post.BORDER_KINDS):
        raise BadInput(f"{border[:40]!r} is no kind of border.", "Use land, air, sea or none.", code="bad-border")
    with writing():
        if Post.objects.filter(pk=_code(code)).exists():
            raise Conflict(f"There is already a post {code}.", "Choose another code.", code="already-there")
        made = Post.objects.create(
            code=code, name=name, authority_id=known_authority(authority), zone=zone, border=border
        )
        append(
            "post.made",
            {"code": code, "authority": authority, "zone": zone, "border": border},
            _act(standing, f"post:{code}", authority),
        )
    return made


def make_lane(standing: Standing, post: str, code: str, direction: str = "both") -> Lane:
    """A new lane at a post. `direction`: entry, exit or both. Raises `BadInput`, `NotFound` or `Conflict`."""
    policy.require(standing, "accounts.manage")
    if direction not in dict(Lane.DIRECTIONS):
        raise BadInput(f"{direction[:40]!r} is no direction.", "Use entry, exit or both.", code="bad-direction")
    with writing():
        at = Post.objects.filter(pk=post).first()
        if at is None:
            raise NotFound(f"There is no post {post}.", "Make it first.", code="no-post")
        if Lane.objects.filter(post=at, code=_code(code)).exists():
            raise Conflict(f"There is already a lane {code} at {post}.", "Choose another code.", code="already-there")
        made = Lane.objects.create(post=at, code=code, direction=direction)
        append(
            "lane.made",
            {"post": post, "code": code, "direction": direction},
            _act(standing, f"post:{post}", at.authority_id),
        )
    return made


def known_authority(code: str) -> str:
    """The code itself. Raises `NotFound` (code `no-authority`) where there is no such authority."""
    if not Authority.objects.filter(pk=code).exists():
        raise NotFound(f"There is no authority {code}.", "Make it first.", code="no-authority")
    return code
