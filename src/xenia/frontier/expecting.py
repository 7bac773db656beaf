"""Travellers whom a case has announced: what the booth is told, and telling the case. Of cases nothing else is known here."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from xenia.access import epochs
from xenia.access.standing import Standing
from xenia.frontier.models import Check, Crossing
from xenia.journal.act import Act
from xenia.registers.search import Answer, Hit

REGISTER = "expected"


def hits(answer: Answer, direction: str) -> tuple[Hit, ...]:
    """The cases that wait for this traveller; only who enters can arrive."""
    return answer.known(REGISTER) if direction == "entry" else ()


def words(answer: Answer, direction: str) -> tuple[str, ...]:
    """What the officer reads of them: known, not a warning."""
    return tuple(hit.instruction or _("Expected at this border") for hit in hits(answer, direction))


def told(
    standing: Standing, check: Check, answer: Answer, outcome: str, now: datetime, act: Act, *, by_unit: bool = False
) -> int:
    """Tell the cases that their person was let in, or was not; how many noted the arrival.

    Inside `journal.writing()`, with the crossing itself. `by_unit`: on the word of a unit, which closes only what it could know of.
    """
    cases = [UUID(hit.record) for hit in hits(answer, check.direction)]
    if not cases:
        return 0
    from xenia.cases.expected import border

    if outcome == "admitted":
        return border.arrived(standing, cases, now, act, planned=by_unit)
    if outcome == "refused":
        border.not_let_in(cases, act)
    return 0


def taken_back(crossing: Crossing, act: Act, told_at: datetime | None = None) -> None:
    """An admission was taken back: a case that it closed is for its people to put right. Inside `journal.writing()`.

    `told_at`: when the case was told, where that was not with the decision itself.
    """
    if crossing.outcome != "admitted" or crossing.direction != "entry" or not epochs.read()[REGISTER]:
        return
    from xenia.cases.expected import border

    border.taken_back(crossing.officer, told_at or crossing.decided_at, act)
