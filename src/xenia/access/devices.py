"""Devices bound to lanes: made with a one-time code, bound by the booth's browser, renamed, taken back. The only writer of them.

A code is 40 bits, good once and for half an hour; the cookie is in `device_cookie.py`. Where the asking browser stands
says `standing.lane_of_device`.
"""

from __future__ import annotations

import hmac
import secrets
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from xenia.access import device_cookie, policy
from xenia.access.entries import note
from xenia.access.models import Device, Lane, Post
from xenia.access.standing import Bound, Standing
from xenia.errors import BadInput, Conflict, NotFound
from xenia.journal.actions import append, writing
from xenia.journal.data_keys import secret as installation_secret

PURPOSE: Final = "operation"
CODE_VALID: Final = timedelta(minutes=30)
LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that is mistaken for another
SEEN_EVERY_S: Final = 300
_seen: dict[UUID, float] = {}


@dataclass(frozen=True)
class Made:
    """A device that waits for its browser. `code` is shown once and kept nowhere."""

    device: Device
    code: str


def _fresh_code() -> str:
    letters = "".join(secrets.choice(LETTERS) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"


def _code_hash(code: str) -> str:
    plain = "".join(letter for letter in code.upper() if letter in LETTERS)
    return hmac.digest(installation_secret("device-code"), plain.encode(), "sha256").hex()


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not 1 <= len(name) <= 64 or not name.isprintable():
        raise BadInput(_("The name of the device is missing or too long."), _("Use 1 to 64 letters."), code="bad-name")
    return name


def make(here: Standing, post: str, lane: str, name: str) -> Made:
    """A device for this lane, or (lane "") for any lane of the post, and the code that binds a browser to it.

    Raises `NotFound` (`no-post`, `no-lane-there`), `BadInput` (`bad-name`).
    """
    policy.require(here, "devices.manage")
    name, code = _name(name), _fresh_code()
    now = timezone.now()
    with writing():
        at = Post.objects.filter(pk=post, closed_at=None).first()
        if at is None:
            raise NotFound(_("There is no such post."), _("Choose a post from the list."), code="no-post")
        if lane and not Lane.objects.filter(post=at, code=lane, closed_at=None).exists():
            raise NotFound(
                _("There is no such lane at this post."), _("Choose a lane from the list."), code="no-lane-there"
            )
        made = Device(
            name=name, post=at, lane=lane, made_at=now, code_hash=_code_hash(code), code_until=now + CODE_VALID
        )
        made.save(force_insert=True)
        _append("device.made", made, here)
    return Made(made, code)


def new_code(here: Standing, device: UUID) -> Made:
    """Another code for a device, bound or not: the next browser takes the place of the one before.

    Raises `NotFound` (`no-device`), `Conflict` (`taken-back`).
    """
    policy.require(here, "devices.manage")
    code = _fresh_code()
    with writing():
        found = _held(device)
        found.code_hash, found.code_until = _code_hash(code), timezone.now() + CODE_VALID
        found.save(update_fields=["code_hash", "code_until"])
        _append("device.code_given", found, here)
    return Made(found, code)


def bind(code: str) -> tuple[UUID, str]:
    """The device of this one-time code, and a fresh secret for its browser. Raises `NotFound` (`no-code`)."""
    with writing():
        found = Device.objects.filter(
            code_hash=_code_hash(code), code_until__gt=timezone.now(), taken_back_at=None, post__closed_at=None
        ).first()
        if found is None:
            raise NotFound(
                _("This code is not known, was used, or is more than half an hour old."),
                _("Ask the administrator for a new one."),
                code="no-code",
            )
        secret = device_cookie.fresh_secret()
        found.code_hash, found.code_until, found.secret_hash = "", None, device_cookie.hashed(secret)
        found.bound_at = found.last_seen_at = timezone.now()
        found.save()
        note("device.bound", None, found.post.authority_id, _body(found), by="system:sign-in")
    return found.pk, secret


def rename(here: Standing, device: UUID, name: str) -> None:
    """The device has another name. Raises `NotFound`, `BadInput` (`bad-name`), `Conflict` (`taken-back`)."""
    policy.require(here, "devices.manage")
    name = _name(name)
    with writing():
        found = _held(device)
        found.name = name
        found.save(update_fields=["name"])
        _append("device.renamed", found, here)


def take_back(here: Standing, device: UUID) -> None:
    """The device's cookie is worth nothing from now on. Raises `NotFound`, `Conflict` (`taken-back`)."""
    policy.require(here, "devices.manage")
    with writing():
        found = _held(device)
        found.taken_back_at, found.secret_hash, found.code_hash, found.code_until = timezone.now(), "", "", None
        found.save()
        _append("device.taken_back", found, here)


def require_at(here: Standing, post: str, required: bool) -> None:
    """Officers stand at this post only at a bound device, or at any again.

    Raises `NotFound` (`no-post`), `Conflict` (`already-there`; `no-device-yet` where none is bound: nobody could work).
    """
    policy.require(here, "devices.manage")
    with writing():
        at = Post.objects.filter(pk=post).first()
        if at is None:
            raise NotFound(_("There is no such post."), _("Choose a post from the list."), code="no-post")
        if at.requires_devices == required:
            raise Conflict(_("The post is already so."), _("Load the page again."), code="already-there")
        if required and not Device.objects.filter(post=at, taken_back_at=None).exclude(secret_hash="").exists():
            raise Conflict(
                _("No device is bound at this post yet: nobody could work there."),
                _("Bind a device first."),
                code="no-device-yet",
            )
        at.requires_devices = required
        at.save(update_fields=["requires_devices"])
        body = {"code": post, "required": required}
        append("post.devices_required", body, here.act(PURPOSE, f"post:{post}", owner=at.authority_id))


def _held(device: UUID) -> Device:
    found = Device.objects.select_related("post").filter(pk=device).first()
    if found is None:
        raise NotFound(_("There is no such device."), _("Look in the list of devices."), code="no-device")
    if found.taken_back_at is not None:
        raise Conflict(_("The device was taken back."), _("Make a new one."), code="taken-back")
    return found


def _body(device: Device) -> dict[str, str]:
    return {"device": str(device.pk), "post": device.post_id, "lane": device.lane}


def _append(kind: str, device: Device, here: Standing) -> None:
    append(kind, _body(device), here.act(PURPOSE, f"device:{device.pk}", owner=device.post.authority_id))


def seen(bound: Bound) -> None:
    """Keep when the device was last here, at most every five minutes; the journal needs no entry for it."""
    now = time.monotonic()
    if now - _seen.get(bound.id, float("-inf")) < SEEN_EVERY_S:
        return
    _seen[bound.id] = now
    with writing():
        Device.objects.filter(pk=bound.id).update(last_seen_at=timezone.now())
