"""Publications whose end has not come: up to which day they count, and the one that stands where no new one may leave.

Facts come in all the time. A publication of all that is known would differ from the one an hour ago by a few facts, which the two
together would show. So it counts whole days that are over; and where even then too few came, what was published stands.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Final

from xenia.insight.question import Question

UNTIL: Final = "Days that are not over, or of which not every post has told, are left out."
STANDS: Final = "As published on {day}: what came since cannot be shown beside it."


def up_to(asked: Question, ends: date | None) -> Question:
    """The question up to a day, where its own end has not come; as it is where it has, or where it begins later than that."""
    if ends is None or (asked.until and asked.until <= ends) or (asked.since and asked.since >= ends):
        return asked
    return replace(asked, until=ends)
