"""Opening and closing lanes: what the supervisor says of a lane, for officers and hall to follow. Stops no check."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from xenia.access import policy, standing
from xenia.access.models import Assignment
from xenia.access.standing import Standing
from xenia.errors import BadInput, NotFound
from xenia.frontier.shift import board, kinds
from xenia.frontier.shift.models import LaneState
from xenia.journal import actions as journal

PURPOSE = "supervision"


def set_lane(standing_: Standing, lane: str, *, is_open: bool, planned: UUID | None = None) -> None:
    """Say that a lane of this post is open or closed, and who is planned there. Nothing is written where all is as it was.

    Raises `NotFound` (`no-lane`), `BadInput` (`not-at-this-post`) for an officer who does not work at this post.
    """
    policy.require(standing_, "frontier.supervise")
    place = board.here(standing_)
    if lane not in place.lanes:
        raise NotFound(_("There is no such lane at your post."), _("Go back to the board."), code="no-lane")
    if planned is not None and planned not in dict(officers_of(place.code)):
        raise BadInput(_("That officer does not work at this post."), code="not-at-this-post")
    now = timezone.now()
    act = standing_.act(PURPOSE, f"lane:{place.code}/{lane}")
    with journal.writing():
        held = LaneState.objects.filter(post=place.code, lane=lane).first()
        if (held.open if held else True, held.planned if held else None) == (is_open, planned):
            return
        values = {"open": is_open, "planned": planned, "changed_at": now, "changed_by": standing_.account}
        LaneState.objects.update_or_create(post=place.code, lane=lane, defaults=values)
        body = {"post": place.code, "lane": lane, "open": is_open, "planned": str(planned) if planned else None}
        journal.append(kinds.LANE, body, act, occurred_at=now)


def officers_of(post: str) -> list[tuple[UUID, str]]:
    """Accounts that may work at the post now, with their names, in order of name."""
    place, now, found = standing.places().get(post), timezone.now(), {}
    if place is None:
        return []
    assigned = Assignment.objects.filter(Q(post=post) | Q(post__isnull=True))
    for account in assigned.values_list("account_id", flat=True).distinct():
        known = standing.known(account)
        row = known.account() if known else None
        if known is None or row is None or not row.is_active or row.kind != "person":
            continue
        if row.authority_id in standing.ancestors(place.authority) and standing.roles_at(known, post, now):
            found[row.pk] = row.display_name
    return sorted(found.items(), key=lambda one: one[1].casefold())
