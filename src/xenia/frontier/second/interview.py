"""What is said and seen in second line: notes, questions to suggest, photographs of pages. All sealed for the person."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xenia import pictures
from xenia.access import policy
from xenia.access.standing import Standing
from xenia.errors import BadInput, Conflict, NotAllowed, NotFound
from xenia.frontier import inforce
from xenia.frontier.models import Check
from xenia.frontier.second import kinds
from xenia.frontier.second.models import InterviewNote, Photograph
from xenia.identity.models import PURPOSE
from xenia.journal import actions as journal
from xenia.journal import blobs, data_keys
from xenia.journal.ids import uuid7
from xenia.work.models import WorkItem

SECOND_LINE: Final = "border-second-line"
LONGEST: Final = 4000
MOST_PHOTOGRAPHS: Final = 40
PAGES: Final = {
    "data-page": gettext_lazy("Data page"),
    "visa": gettext_lazy("Visa"),
    "stamps": gettext_lazy("Stamps"),
    "cover": gettext_lazy("Cover"),
    "other": gettext_lazy("Other page"),
}


@dataclass(frozen=True)
class Question:
    """A question that helps with a finding. `code` is kept with the answer."""

    code: str
    label: str

    def label_here(self) -> str:
        """The words in the reader's language."""
        return _(self.label)


@inforce.cached
def _questions() -> dict[str, tuple[Question, ...]]:
    return read(inforce.text("second/questions.json"))


def read(text: str) -> dict[str, tuple[Question, ...]]:
    """Questions by finding. Raises `ValueError` and its like where the text is none."""
    data: dict[str, Any] = json.loads(text)
    return {name: tuple(Question(**row) for row in rows) for name, rows in data["questions"].items()}


def questions(findings: Iterable[str]) -> tuple[Question, ...]:
    """What to ask about these findings (registers, categories, codes of document findings), the general ones last."""
    known, found = _questions(), dict[str, Question]()
    for name in (*findings, "*"):
        for question in known.get(name, ()):
            found.setdefault(question.code, question)
    return tuple(found.values())


def every_question() -> tuple[Question, ...]:
    """All questions that may be asked."""
    return questions(_questions())


def question(code: str) -> Question | None:
    """The question of this code."""
    return next((one for rows in _questions().values() for one in rows if one.code == code), None)


def note(standing: Standing, item: WorkItem, check: Check, text: str, code: str = "") -> UUID:
    """Keep a note of the interview, and the question it answers. Raises `BadInput` (`no-words`, `too-long`)."""
    _may(standing, item)
    words = text.strip()
    if not words:
        raise BadInput("The note is empty.", "Write what was said or seen.", code="no-words")
    if len(words) > LONGEST:
        raise BadInput("The note is too long.", f"Use at most {LONGEST} characters.", code="too-long")
    asked = code if question(code) else ""
    now, act = datetime.now(UTC), standing.act(SECOND_LINE, f"check:{check.id}")
    row = InterviewNote(
        id=uuid7(), check_made=check.id, identity=check.identity, purpose=SECOND_LINE, question=asked,
        officer=standing.account, made_at=now,
    )  # fmt: skip
    with journal.writing():
        row.sealed = data_keys.seal(check.identity, PURPOSE, words.encode())
        row.save(force_insert=True)
        body = {"id": str(row.id), "check": str(check.id), "question": asked, "text": words}
        journal.append(
            kinds.NOTED, body, act, subjects=[check.identity], occurred_at=now, sealed_for=(check.identity, PURPOSE)
        )
    return row.id


def photograph(standing: Standing, item: WorkItem, check: Check, data: bytes, page: str) -> UUID:
    """Keep a photograph of a page: decoded and written anew in a limited process, without hidden data.

    Raises `BadInput` (`not-a-photograph`, `too-many-photographs`).
    """
    _may(standing, item)
    if page not in PAGES:
        raise BadInput("Say which page this is.", code="not-a-photograph")
    if Photograph.objects.filter(check_made=check.id).count() >= MOST_PHOTOGRAPHS:
        raise BadInput("There are enough photographs of this document.", code="too-many-photographs")
    return keep(standing, check, pictures.remake(data), page)


def keep(standing: Standing, check: Check, made: pictures.Remade, page: str) -> UUID:
    """Keep a photograph that was written anew. Whoever calls has asked whether it may be."""
    now, act = datetime.now(UTC), standing.act(SECOND_LINE, f"check:{check.id}")
    large, large_size = blobs.write(made.large, check.identity, PURPOSE)
    small, small_size = blobs.write(made.small, check.identity, PURPOSE)
    row = Photograph(
        id=uuid7(), check_made=check.id, identity=check.identity, page=page, address=large, small=small,
        width=made.width, height=made.height, officer=standing.account, made_at=now,
    )  # fmt: skip
    with journal.writing():
        blobs.claim(large, large_size, check.identity, PURPOSE)
        blobs.claim(small, small_size, check.identity, PURPOSE)
        row.save(force_insert=True)
        body = {
            "id": str(row.id),
            "check": str(check.id),
            "page": page,
            "address": large,
            "small": small,
            "width": made.width,
            "height": made.height,
            "size_bytes": large_size,
            "small_bytes": small_size,
        }
        journal.append(kinds.PHOTOGRAPHED, body, act, subjects=[check.identity], occurred_at=now)
    return row.id


def picture(standing: Standing, photograph_id: UUID, *, small: bool) -> bytes:
    """A photograph as JPEG, for second line at its post; the look is written down first.

    Raises `NotFound`, `NotAllowed`, `Unavailable` (`blob-awaited`, `blob-lost`: it was made at a unit and is not here).
    """
    policy.require(standing, "frontier.second_line")
    row = Photograph.objects.filter(id=photograph_id).first()
    check = Check.objects.filter(id=row.check_made, post=standing.post or "").first() if row else None
    if row is None or check is None or check.state == "handed-over":
        raise NotFound("There is no such photograph at your post.", "Go back to the queue.", code="no-photograph")
    seen = policy.decide(standing, SECOND_LINE, "identity", check.owner)
    if "document" not in seen.groups:
        raise NotAllowed("Policy does not show you this photograph.", "Ask your supervisor.", code="not-allowed")
    act = standing.act(SECOND_LINE, f"check:{check.id}")
    body = {"photograph": str(row.id), "check": str(check.id), "small": small}
    journal.record_read(kinds.PHOTOGRAPH_SHOWN, body, act, subjects=[row.identity])
    return blobs.get(row.small if small else row.address)


def _may(standing: Standing, item: WorkItem) -> None:
    policy.require(standing, "frontier.second_line")
    if item.answered_at is not None:
        raise Conflict("Somebody has already answered this.", "Look at the answer.", code="already-answered")
    if item.claimed_by != standing.account:
        raise Conflict("You have not taken this referral.", "Take it first.", code="not-claimed")


def notes_of(check_id: UUID) -> list[tuple[InterviewNote, str]]:
    """The notes of a check for the second line's purpose, oldest first, with their words. The caller journals the read."""
    rows = list(InterviewNote.objects.filter(check_made=check_id, purpose=SECOND_LINE).order_by("made_at"))
    plain = data_keys.unseal_many([(row.identity, PURPOSE, bytes(row.sealed)) for row in rows]) if rows else []
    return [(row, text.decode() if text is not None else "") for row, text in zip(rows, plain, strict=True)]
