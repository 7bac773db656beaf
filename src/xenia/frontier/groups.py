"""Those who travel together: children on one document, families, one decision for all where nothing speaks against it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from xenia.frontier import assessing
from xenia.frontier.check import CheckView, MemberView
from xenia.frontier.models import Check
from xenia.frontier.reading import ReadDocument
from xenia.frontier.rules import LISTS
from xenia.frontier.terms import term

MOST = 60
STATES = ("open", "admitted", "referred", "refused", "handed-over")


def of(check: Check) -> list[Check]:
    """The others of the check's group, in the order in which they were read. One query; none without a group."""
    if check.group is None:
        return []
    rows = Check.objects.filter(group=check.group, post=check.post, state__in=STATES).exclude(id=check.id)
    return list(rows.order_by("read_at")[:MOST])


def waits(row: Check, beside: Check) -> bool:
    """Whether one of the group still waits for a decision at the lane of this one."""
    return row.state == "open" and row.lane == beside.lane


def is_adult(document: ReadDocument, on: date) -> bool:
    """Whether the holder is certainly of age."""
    birth = assessing.latest_birth(document.claimed)
    years = term("minor-age-years", on)
    return birth is not None and (on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))) >= years


def accompanied(documents: Sequence[ReadDocument], on: date) -> list[bool]:
    """For each of a group, whether somebody else in it is of age."""
    adults = [is_adult(one, on) for one in documents]
    return [any(adults[:at] + adults[at + 1 :]) for at in range(len(adults))]


def is_ready(view: CheckView) -> bool:
    """Whether one key may admit this traveller with the others: nothing found but lists that were never loaded."""
    quiet = all(one.code in LISTS for one in view.findings)
    return view.keys["admit"].allowed and quiet and all(hit.dismissed for hit in view.hits)


def members(view: CheckView, name: str, others: Sequence[tuple[Check, CheckView, str]]) -> tuple[MemberView, ...]:
    """All of a group in the order in which they were read, the one on the page among them."""
    rows = [(view.read_at, MemberView(view.id, name, view.verdict, _state(view), True, is_ready(view)))]
    rows += [
        (row.read_at, MemberView(row.id, words, one.verdict, row.state, False, is_ready(one)))
        for row, one, words in others
    ]
    return tuple(member for _, member in sorted(rows, key=lambda pair: pair[0]))


def _state(view: CheckView) -> str:
    return view.decision.outcome if view.decision else "open"
