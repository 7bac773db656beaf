"""The only writer of authorities, posts and lanes. None is ever deleted: crossings name them. They are closed."""

from __future__ import annotations

import re
from typing import Final
from zoneinfo import available_timezones

from django.utils import timezone

from xenia.access import policy, presence
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
    policy.require_own(standing, "accounts.manage")
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
    policy.require_own(standing, "accounts.manage")
    _known_place(zone, border)
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
    policy.require_own(standing, "accounts.manage")
    _known_direction(direction)
    with writing():
        at = Post.objects.filter(pk=post).first()
        if at is None:
            raise NotFound(f"There is no post {post}.", "Make it first.", code="no-post")
        if at.closed_at is not None:
            raise Conflict(f"The post {post} is closed.", "Open it first.", code="post-closed")
        if Lane.objects.filter(post=at, code=_code(code)).exists():
            raise Conflict(f"There is already a lane {code} at {post}.", "Choose another code.", code="already-there")
        made = Lane.objects.create(post=at, code=code, direction=direction)
        append(
            "lane.made",
            {"post": post, "code": code, "direction": direction},
            _act(standing, f"post:{post}", at.authority_id),
        )
    return made


def _known_place(zone: str, border: str) -> None:
    if zone not in available_timezones():
        raise BadInput(f"{zone[:40]!r} is no time zone.", "Use an IANA name such as Europe/Tirane.", code="bad-zone")
    if border not in dict(Post.BORDER_KINDS):
        raise BadInput(f"{border[:40]!r} is no kind of border.", "Use land, air, sea or none.", code="bad-border")


def _known_direction(direction: str) -> None:
    if direction not in dict(Lane.DIRECTIONS):
        raise BadInput(f"{direction[:40]!r} is no direction.", "Use entry, exit or both.", code="bad-direction")


def known_authority(code: str) -> str:
    """The code itself. Raises `NotFound` (code `no-authority`) where there is no such authority."""
    if not Authority.objects.filter(pk=code).exists():
        raise NotFound(f"There is no authority {code}.", "Make it first.", code="no-authority")
    return code


# Changes


def name_authority(standing: Standing, code: str, name: str) -> Authority:
    """The authority has this name from now on. Raises `NotFound` (`no-authority`), `BadInput`, `Conflict` (`already-there`)."""
    policy.require_own(standing, "accounts.manage")
    with writing():
        known = Authority.objects.filter(pk=code).first()
        if known is None:
            raise NotFound(f"There is no authority {code}.", "Look at the list.", code="no-authority")
        changes = _changes(known, {"name": _name(name)})
        append(
            "authority.changed",
            {"code": code, "changes": changes},
            _act(standing, f"authority:{known.code}", known.code),
        )
    return known


def change_post(standing: Standing, code: str, *, name: str, zone: str, border: str) -> Post:
    """The post says this from now on; what was counted in its old zone stays. Raises as `make_post`, `Conflict` (`already-there`)."""
    policy.require_own(standing, "accounts.manage")
    _known_place(zone, border)
    with writing():
        known = found_post(code)
        changes = _changes(known, {"name": _name(name), "zone": zone, "border": border})
        append(
            "post.changed",
            {"code": known.code, "changes": changes},
            _act(standing, f"post:{known.code}", known.authority_id),
        )
    return known


def change_lane(standing: Standing, post: str, code: str, direction: str) -> Lane:
    """The lane is for this direction from now on. Raises as `make_lane`, `Conflict` (`already-there`)."""
    policy.require_own(standing, "accounts.manage")
    _known_direction(direction)
    with writing():
        known = found_lane(post, code)
        changes = _changes(known, {"direction": direction})
        body = {"post": known.post_id, "code": known.code, "changes": changes}
        append("lane.changed", body, _act(standing, f"post:{known.post_id}", known.post.authority_id))
    return known


def close_post(standing: Standing, code: str, *, even_in_use: bool = False) -> None:
    """Nobody stands at the post any more; who stands there now loses it at the next request. Raises `Conflict` (`in-use`, `already-there`)."""
    policy.require_own(standing, "accounts.manage")
    with writing():
        known = found_post(code)
        _not_in_use(presence.at(known.code), even_in_use)
        _switch(known, True)
        append("post.closed", {"code": known.code}, _act(standing, f"post:{known.code}", known.authority_id))


def open_post(standing: Standing, code: str) -> None:
    """A closed post is worked at again. Raises `Conflict` (`already-there`)."""
    policy.require_own(standing, "accounts.manage")
    with writing():
        known = found_post(code)
        _switch(known, False)
        append("post.opened", {"code": known.code}, _act(standing, f"post:{known.code}", known.authority_id))


def close_lane(standing: Standing, post: str, code: str, *, even_in_use: bool = False) -> None:
    """The lane is offered to nobody any more. Raises `Conflict` (`in-use` where somebody stands there, `already-there`)."""
    policy.require_own(standing, "accounts.manage")
    with writing():
        known = found_lane(post, code)
        _not_in_use(presence.at(known.post_id, known.code), even_in_use)
        _switch(known, True)
        body = {"post": known.post_id, "code": known.code}
        append("lane.closed", body, _act(standing, f"post:{known.post_id}", known.post.authority_id))


def open_lane(standing: Standing, post: str, code: str) -> None:
    """A closed lane is offered again. Raises `Conflict` (`already-there`)."""
    policy.require_own(standing, "accounts.manage")
    with writing():
        known = found_lane(post, code)
        _switch(known, False)
        body = {"post": known.post_id, "code": known.code}
        append("lane.opened", body, _act(standing, f"post:{known.post_id}", known.post.authority_id))


def found_post(code: str) -> Post:
    """The post. Raises `NotFound` (`no-post`)."""
    known = Post.objects.filter(pk=code).first()
    if known is None:
        raise NotFound(f"There is no post {code[:32]}.", "Look at the list of posts.", code="no-post")
    return known


def found_lane(post: str, code: str) -> Lane:
    """The lane. Raises `NotFound` (`no-lane`)."""
    known = Lane.objects.select_related("post").filter(post_id=post, code=code).first()
    if known is None:
        raise NotFound(f"There is no lane {code[:32]} at {post[:32]}.", "Look at the post.", code="no-lane")
    return known


def _name(name: str) -> str:
    name = name.strip()
    if not 1 <= len(name) <= 200 or not name.isprintable():
        raise BadInput("The name is missing or too long.", "Use 1 to 200 letters.", code="bad-name")
    return name


def _changes(known: Authority | Post | Lane, wanted: dict[str, str]) -> dict[str, list[str]]:
    """The fields that differ, old and new, saved. Raises `Conflict` (`already-there`) where none does."""
    changes = {
        field: [getattr(known, field), value] for field, value in wanted.items() if getattr(known, field) != value
    }
    if not changes:
        raise Conflict("It is already so.", "Change a field first.", code="already-there")
    for field, (_old, new) in changes.items():
        setattr(known, field, new)
    known.save(update_fields=list(changes))
    return changes


def _switch(known: Post | Lane, closed: bool) -> None:
    if (known.closed_at is not None) == closed:
        raise Conflict("It is already so.", "Load the page again.", code="already-there")
    known.closed_at = timezone.now() if closed else None
    known.save(update_fields=["closed_at"])


def _not_in_use(there: list[presence.Present], even_in_use: bool) -> None:
    if there and not even_in_use:
        names = ", ".join(one.name for one in there[:5])
        raise Conflict(f"Somebody stands there: {names}.", "Ask them to leave first, or tick the box.", code="in-use")
