"""Searching one register: by name in any script through the same matching as a check, by number, by record id."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

from xenia.access.standing import Standing
from xenia.formats.dates import PartialDate
from xenia.formats.states import STATES
from xenia.identity.claim import Claimed, Document, Name
from xenia.registers.lists import current
from xenia.registers.live import actions as live
from xenia.registers.live import lookup
from xenia.registers.live.models import LiveRecord
from xenia.registers.pages import reading
from xenia.registers.pages.faces import Face
from xenia.registers.pages.reading import Purposed, Row
from xenia.registers.search import Question
from xenia.registers.search.ask import BANDS, USUAL_TYPES, probe

MOST_FOUND = 50


def find(
    standing: Standing, face: Face, why: Purposed, text: str, *, state: str = "", birth: str = "", today: date
) -> tuple[Row, ...]:
    """Records that the text may mean, surest first, at most 50; also those no longer in force. The caller writes the read down.

    A text with a digit in it is a number: of a document, sticker, plate, chassis, or of the record itself. Without
    `state` the number is tried with every state that issues documents.
    """
    found: dict[UUID, Row] = {}
    for row in _by_id(standing, face, why, text):
        found[row.subject] = row
    for row in _by_matching(standing, face, why, _claimed(face, text, state, birth), today):
        found.setdefault(row.subject, row)
    ordered = sorted(found.values(), key=lambda row: (BANDS.get(row.band, len(BANDS)), row.title))
    return tuple(ordered[:MOST_FOUND])


def _claimed(face: Face, text: str, state: str, birth: str) -> Claimed:
    if any(letter.isdigit() for letter in text):
        return Claimed((), documents=tuple(_documents(face, text, state)))
    surname, _, given_names = (part.strip() for part in text.partition(","))
    name = Name(surname, given_names) if given_names else Name(full=text)
    names = (name,) if face.register.searches_names else ()
    return Claimed(names, PartialDate.parse(birth) if birth else None)


def _documents(face: Face, text: str, state: str) -> list[Document]:
    types = sorted(face.register.document_types) or [one for one in USUAL_TYPES if one]
    states = [state, ""] if state else ["", *STATES]
    return [Document(kind, one, text) for kind in types for one in states]


def _by_id(standing: Standing, face: Face, why: Purposed, text: str) -> list[Row]:
    rows = LiveRecord.objects.filter(register=face.name, record_id=text, state="present")[:MOST_FOUND]
    found = [reading.of_live(standing, face, why, one) for one in live.opened(list(rows))]
    hidden = lookup.laid_over()
    for one in current.readable(face.name):
        body = one.file.get(text) if (face.name, one.source_code, text) not in hidden else None
        found.append(reading.of_list(standing, face, why, one, text, body) if body is not None else None)
    return [row for row in found if row is not None]


def _by_matching(standing: Standing, face: Face, why: Purposed, claimed: Claimed, today: date) -> list[Row]:
    if not claimed.names and not claimed.documents:
        return []
    probes = [probe(Question("page", claimed, today))]
    register = replace(face.register, knows_past=True)
    candidates = register.look_up(probes, lookup.find(probes, [face.name]))[0]
    seen = (reading.of_candidate(standing, face, why, one) for one in candidates)
    return [row for row in seen if row is not None]
