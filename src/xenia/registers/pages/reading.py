"""Reading records for a page: for which purpose, cut to what policy opens, written down before it is shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from xenia.access import policy
from xenia.access.policy import Decision
from xenia.access.standing import Standing
from xenia.errors import NotAllowed
from xenia.journal import actions as journal
from xenia.registers import kinds
from xenia.registers.lists.current import OpenList
from xenia.registers.lists.models import ListSource
from xenia.registers.lists.subjects import record_subject
from xenia.registers.live.actions import Live
from xenia.registers.pages.faces import Face, Fields
from xenia.registers.port import Candidate

NOT_FOR_PAGES = frozenset({"border-first-line", "oversight", "operation", "statistics", "data-subject-request"})
"""Purposes under which nobody browses: the booth asks about one traveller, the others have pages of their own."""


@dataclass(frozen=True)
class Purposed:
    """The purpose under which a reader sees a register, chosen from the reader's roles."""

    word: str
    label: str
    decision: Decision


@dataclass(frozen=True)
class Row:
    """One record cut to what its reader may see. `source` empty: entered here; `version`: of the list it is in."""

    subject: UUID
    source: str
    record_id: str
    owner: str
    title: str
    detail: tuple[str, ...]
    category: str
    label: str
    handling: str
    fields: Fields
    valid_from: str = ""
    valid_until: str = ""
    entered_at: datetime | None = None
    version: int | None = None
    as_of: datetime | None = None
    list_name: str = ""
    band: str = ""
    own: bool = False


def purpose(standing: Standing, register: str) -> Purposed | None:
    """The purpose of the reader's roles that opens most of this register, or None where none opens its fields."""
    known = policy.current().purposes
    found = [
        Purposed(word, _(known[word].label), policy.decide(standing, word, register))
        for word in policy.purposes(standing)
        if word not in NOT_FOR_PAGES
    ]
    open_ones = [one for one in found if one.decision.outcome == "fields"]
    return max(open_ones, key=_openness, default=None)


def _openness(one: Purposed) -> tuple[bool, bool, int]:
    return "*" in one.decision.handling, "*" in one.decision.categories, len(one.decision.groups)


def required(standing: Standing, register: str) -> Purposed:
    """The purpose for this register. Raises `NotAllowed` (`register-closed`) where no purpose of the reader opens it."""
    policy.require(standing, "registers.read")
    found = purpose(standing, register)
    if found is None:
        raise NotAllowed(
            "No purpose of your roles opens this register.",
            "Ask your administrator what your task is.",
            code="register-closed",
        )
    return found


def of_live(standing: Standing, face: Face, why: Purposed, live: Live) -> Row | None:
    """A record of the main database as this reader may see it; None where it may not exist for the reader."""
    row = live.row
    made = _row(standing, face, why, row.id, row.source, row.record_id, row.owner, live.body)
    return made and replace(made, entered_at=row.recorded_at, own=not row.source)


def of_list(
    standing: Standing, face: Face, why: Purposed, one: OpenList, record_id: str, body: Mapping[str, Any]
) -> Row | None:
    """A record of a list as this reader may see it; None where it may not exist for the reader."""
    subject = record_subject(face.name, one.source_code, record_id)
    made = _row(standing, face, why, subject, one.source_code, record_id, one.owner, body)
    return made and replace(made, version=one.number, as_of=one.as_of)


def _row(
    standing: Standing,
    face: Face,
    why: Purposed,
    subject: UUID,
    source: str,
    record_id: str,
    owner: str,
    body: Mapping[str, Any],
) -> Row | None:
    decision = policy.decide(standing, why.word, face.name, owner)
    shown = face.register.present(body)
    if decision.outcome != "fields" or not decision.sees(shown.handling) or not decision.shows(shown.category):
        return None
    fields = {group: values for group, values in shown.fields.items() if group in decision.groups}
    return built(
        face, fields, subject=subject, source=source, record_id=record_id, owner=owner, category=shown.category,
        handling=shown.handling, valid_from=str(body.get("valid_from") or ""), valid_until=str(body.get("valid_until") or ""),
    )  # fmt: skip


def of_candidate(standing: Standing, face: Face, why: Purposed, one: Candidate) -> Row | None:
    """What a search found, as this reader may see it; None where it may not exist for the reader."""
    decision = policy.decide(standing, why.word, face.name, one.owner)
    if decision.outcome != "fields" or not decision.sees(one.handling) or not decision.shows(one.category):
        return None
    fields = {group: values for group, values in one.fields.items() if group in decision.groups}
    return built(
        face, fields, subject=one.subject, source=one.source, record_id=one.record_id, owner=one.owner,
        category=one.category, handling=one.handling, band=str(one.match.band or ""),
        valid_until=str(fields.get("status", {}).get("valid_until") or ""),
    )  # fmt: skip


def built(face: Face, fields: Fields, *, category: str, **more: Any) -> Row:
    """A row out of the fields that are open; what is not open is said to be so."""
    tells = bool(fields.keys() & {"instruction", "reason", "document", "status"})
    return Row(
        title=face.title(fields) or _("not shown to you"),
        detail=face.detail(fields),
        category=category,
        label=face.categories().get(category, category) if tells else "",
        fields=fields,
        **more,
    )


def note(standing: Standing, face: Face, why: Purposed, rows: Iterable[Row]) -> None:
    """One read entry that names every record on the page; also where a search found nothing."""
    subjects = [row.subject for row in rows]
    act = standing.act(why.word, f"register:{face.name}", legal_basis=why.decision.legal_basis)
    body = {"register": face.name, "records": [str(one) for one in subjects]}
    journal.record_read(kinds.LISTED, body, act, subjects=subjects)


def in_validity(body: Mapping[str, Any], wanted: str, today: date) -> bool:
    """Whether a record is `in-force`, `over` or `not-yet` on the day; everything for ""."""
    day = today.isoformat()
    begins, ends = str(body.get("valid_from") or ""), str(body.get("valid_until") or "9999-12-31")
    state = "not-yet" if begins > day else "over" if ends < day else "in-force"
    return wanted in ("", state)


def status_of(body: Mapping[str, Any]) -> str:
    """The status word of a body, whatever kind it is."""
    return str(body.get("status") or "")


def names_of(rows: Sequence[Row]) -> dict[str, str]:
    """The names of the list sources that the rows come from, by code. One query, or none."""
    return source_names(tuple({row.source for row in rows if row.source}))


def source_names(codes: Sequence[str]) -> dict[str, str]:
    """The names of these list sources by code. One query, or none."""
    return dict(ListSource.objects.filter(code__in=codes).values_list("code", "name")) if codes else {}
