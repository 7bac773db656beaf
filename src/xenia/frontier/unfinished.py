"""What an officer leaves open at a lane: said before signing out."""

from __future__ import annotations

from django.utils.translation import ngettext

from xenia.access import ports
from xenia.access.standing import Standing
from xenia.frontier.models import Check


def at_lane(here: Standing) -> list[str]:
    """Today's checks at this lane that this officer has not decided, in words; names nobody."""
    if not here.post or not here.lane:
        return []
    number = Check.objects.filter(post=here.post, lane=here.lane, officer=here.account, state="open", node="").count()
    if not number:
        return []
    words = ngettext(
        "%(number)s traveller at this lane is not decided yet.",
        "%(number)s travellers at this lane are not decided yet.",
        number,
    )
    return [words % {"number": number}]


def register() -> None:
    """Make it known to the page of signing out."""
    if at_lane not in ports.unfinished:
        ports.unfinished.append(at_lane)
