"""Locking a workplace, opening it again, and handing it to another officer; and the note between two officers.

A locked session keeps its lane and its page and can do nothing until it is opened. The only writer of lane notes.
"""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from axes.models import AccessAttempt
from django.contrib.auth import authenticate, logout
from django.http import HttpRequest
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from xenia.access import lockout, standing
from xenia.access.entries import note
from xenia.access.epochs import bump
from xenia.access.models import LaneNote
from xenia.access.standing import Standing
from xenia.errors import BadInput
from xenia.journal.actions import append, record_read, writing
from xenia.journal.data_keys import destroy, seal, unseal
from xenia.journal.ids import uuid7

PURPOSE: Final = "operation"
NOTE_PURPOSE: Final = "access.lane-note"
NOTE_LONGEST: Final = 1000
NOTE_KEPT: Final = timedelta(hours=72)  # own choice: a weekend; a note is for the next shift


def is_locked(request: HttpRequest) -> bool:
    """Whether the session is locked."""
    return "locked" in request.session


def lock(request: HttpRequest, why: str, back: str = "/") -> None:
    """The session can do nothing until it is opened. `why`: `self` or `idle`. A locked one stays as it is."""
    if is_locked(request):
        return
    here = standing.for_request(request)
    request.session["locked"] = {"at": int(time.time()), "why": why, "back": back}
    note("access.screen_locked", here.account, here.authority, {"why": why, "post": here.post, "lane": here.lane})


def where_from(request: HttpRequest) -> str:
    """The page of this site that the officer comes from, as a path; "/" where it isn't known."""
    came = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(came, {request.get_host()}, request.is_secure()):
        return "/"
    parts = urlsplit(came)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def opens(request: HttpRequest, password: str) -> bool:
    """Whether this is the password of the officer who locked. Failures count towards the lock-out like those at sign-in."""
    username = request.user.get_username()
    found = authenticate(request, username=username, password=password)
    return found is not None and found.pk == request.user.pk


def unlock(request: HttpRequest, by: str) -> str:
    """The session works again; gives back the path where it was, never one of another site. `by`: `password` or `passkey`."""
    held: dict[str, Any] = request.session.pop("locked", {})
    request.session["seen_at"] = int(time.time())
    here = standing.for_request(request)
    with writing():
        AccessAttempt.objects.filter(username=here.username, ip_address=lockout.address(request)).delete()
    note("access.screen_unlocked", here.account, here.authority, {"by": by, "post": here.post, "lane": here.lane})
    back = str(held.get("back", "/"))
    return back if url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()) else "/"


def hand_over(request: HttpRequest) -> None:
    """The officer leaves; whoever signs in next in this browser stands at the same lane. What is open stays open."""
    here = standing.for_request(request)
    kept = {"post": here.post, "lane": here.lane, "direction": request.session.get("direction", "entry")}
    request._signed_out_because = "switch"  # type: ignore[attr-defined]
    logout(request)
    request.session["switch"] = kept


def waiting_place(request: HttpRequest) -> tuple[str, str]:
    """Post and lane that the next officer here will stand at, by name: of the bound device, or as handed over; else empty."""
    bound = standing.lane_of_device(request)
    kept = request.session.get("switch") or {}
    code, lane = bound or (kept.get("post") or "", kept.get("lane") or "")
    if bound and not lane and kept.get("post") == code:
        lane = kept.get("lane") or ""
    place = standing.places().get(code)
    return (place.name, lane) if place else ("", "")


def arrive(request: HttpRequest) -> None:
    """Whoever has just signed in stands where the device or the officer before says, as far as the account may."""
    kept = request.session.pop("switch", None) or {}
    bound = standing.lane_of_device(request)
    post, lane = kept.get("post"), kept.get("lane")
    if bound is not None:
        post, lane = bound[0], bound[1] or (lane if post == bound[0] else None)
    allowed = {place.code: place for place in standing.posts_of(request.user.pk)}  # type: ignore[arg-type]
    if post not in allowed or (lane is not None and lane not in allowed[post].lanes):
        return
    if standing.device_trouble(request, post, lane) is not None:
        return
    standing.choose_place(request, post, lane, kept.get("direction", "entry"))


# Notes between officers


@dataclass(frozen=True)
class Note:
    """A note as it is read."""

    id: UUID
    text: str
    by: str
    at: datetime


def leave_note(here: Standing, text: str) -> None:
    """Words for the next officer at this lane; kept sealed for three days at most. Raises `BadInput` (`bad-note`)."""
    text = text.strip()
    if not text or len(text) > NOTE_LONGEST or not here.post or not here.lane:
        raise BadInput(
            _("The note is missing or too long, or you stand at no lane."),
            _("Write up to 1,000 letters at your lane."),
            code="bad-note",
        )
    with writing():
        made = uuid7()
        LaneNote.objects.create(
            id=made,
            post_id=here.post,
            lane=here.lane,
            written_by_id=here.account,
            written_at=timezone.now(),
            sealed=seal(made, NOTE_PURPOSE, text.encode(), fresh=True),
        )
        bump("accounts")
        append("access.note_left", _body(made, here), here.act(PURPOSE, f"note:{made}"))


def _body(made: UUID, here: Standing) -> dict[str, Any]:
    return {"note": str(made), "post": here.post, "lane": here.lane}


def notes_for(here: Standing) -> list[Note]:
    """What officers before left at this lane, oldest first; that it was read is written down."""
    if not here.post or not here.lane or not standing.note_waits(here.post, here.lane):
        return []
    rows = LaneNote.objects.filter(post=here.post, lane=here.lane).select_related("written_by")
    found = [
        Note(row.pk, words(row), row.written_by.display_name, row.written_at) for row in rows.order_by("written_at")
    ]
    for one in found:
        record_read("access.note_read", _body(one.id, here), here.act(PURPOSE, f"note:{one.id}"))
    return found


def words(row: LaneNote) -> str:
    """What the note says."""
    return unseal(row.pk, NOTE_PURPOSE, bytes(row.sealed)).decode()


def put_away(here: Standing, read: Collection[str]) -> int:
    """The notes of this lane with these ids were read and go: words and key; one left since stays. Gives back how many."""
    with writing():
        rows = [row for row in LaneNote.objects.filter(post=here.post, lane=here.lane) if str(row.pk) in read]
        forget_notes(rows)
        for row in rows:
            append("access.note_put_away", _body(row.pk, here), here.act(PURPOSE, f"note:{row.pk}"))
    return len(rows)


def forget_notes(rows: list[LaneNote]) -> None:
    """These notes are gone, with the keys that open them. Inside `writing()`."""
    if not rows:
        return
    destroy([row.pk for row in rows])
    LaneNote.objects.filter(pk__in=[row.pk for row in rows]).delete()
    bump("accounts")
