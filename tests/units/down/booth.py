"""A program for tests, run in a home: `python -m tests.units.down.booth DO ... then DO ...`; it prints a line for each.

At a unit: `check NUMBER SURNAME GIVEN BORN` reads a traveller at the lane, and tells what the page, the answer and the journal show.
`kept`: words that stand in this unit's entries, opened. At a centre: `hold SOURCE WORD`, `hide SOURCE RECORD`, `forget SOURCE RECORD`.
`down`, `up`: as `look` and `lane` have them.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, date, datetime
from typing import Any

from tests.units.lane import LANE, POST


def check(number: str, surname: str, given: str, born: str) -> dict[str, Any]:
    from django.template.loader import render_to_string
    from django.utils import translation

    from xenia.access import standing
    from xenia.frontier import checking
    from xenia.frontier.check import Typed
    from xenia.registers.lists import current
    from xenia.registers.search import find
    from xenia.registers.search.question import Question

    current.settle()
    here = standing.by_name("ada", POST, LANE)
    typed = Typed(surname, given, born, "", "UTO", "P", "UTO", number, "2031-01-01")
    view = checking.check_typed(here, LANE, typed, "entry")
    asked = {"id": "1", "name": f"{given} {surname}", "birth_date": born}
    document = {"type": "P", "issuing_state": "UTO", "number": number}
    question = Question.from_json(asked | {"document": document}, date.today())
    (answer,) = find([question], here, "border-first-line", f"check:{view.id}")
    with translation.override("en"):
        pages = [render_to_string("xenia/parts/hit.html", {"hit": hit, "check": view}) for hit in view.hits]
    return {
        "check": str(view.id), "verdict": view.verdict, "page": "".join(pages), "instruction": view.instruction,
        "admit": view.keys["admit"].allowed, "refer": view.keys["refer"].first, "silent": len(answer.silent),
        "answer": answer.to_json()["hits"],
    }  # fmt: skip


def kept(*words: str) -> dict[str, Any]:
    """Which of the words stand in any entry of this node, opened, or in a check's sealed part."""
    from xenia.frontier import record
    from xenia.frontier.models import Check
    from xenia.journal import entries
    from xenia.journal.models import Entry

    said = [json.dumps(body, ensure_ascii=False) for body in entries.bodies(Entry.objects.all()).values()]
    said += [json.dumps(record.to_json(record.unseal(row.identity, bytes(row.sealed)))) for row in Check.objects.all()]
    return {"entries": len(said), "found": sorted({word for word in words if any(word in text for text in said)})}


def tables() -> dict[str, Any]:
    """Everything that the list files of this home hold, as text."""
    from xenia.registers.lists import current
    from xenia.registers.lists.models import ListVersion

    current.settle()
    found = ""
    for row in ListVersion.objects.filter(state="current"):
        file = current.opened(row.pk)
        assert file is not None
        for table in ("meta", "record", "text"):
            found += json.dumps(list(file._connection().execute(f"SELECT * FROM {table}")), ensure_ascii=False)
    return {"tables": found}


def hold(source: str, word: str) -> dict[str, Any]:
    from xenia.access import epochs
    from xenia.journal.actions import writing
    from xenia.registers.lists.models import ListSource

    with writing():
        ListSource.objects.filter(pk=source).update(at_units=word)
        epochs.bump("lists")
    return {}


def hide(source: str, record_id: str) -> dict[str, Any]:
    """Takes a listed record out at once, as an urgent change over its list."""
    from xenia.access import actions as access
    from xenia.journal.actions import writing
    from xenia.registers.live import actions as live

    act = access.operator_standing("operator").act("alert-management", "external:test", owner="UTO-BG")
    with writing():
        return {"id": str(live.hide("alerts", source, record_id, act, now=datetime.now(UTC)))}


def forget(source: str, record_id: str) -> dict[str, Any]:
    from xenia.access import actions as access
    from xenia.registers.lists import forgetting

    act = access.operator_standing("operator").act("data-protection", "external:test", owner="UTO-BG")
    return {"lost": forgetting.rebuild_without(source, [record_id], act)}


def main(words: list[str]) -> None:
    from tests.units import lane
    from tests.units.down import look
    from xenia.site import setup

    setup.start_django()
    setup.ensure(lambda text: None)
    does = {one.__name__: one for one in (check, kept, tables, hold, hide, forget, look.down, lane.up)}
    told = [does[some[0]](*some[1:]) for some in (part.split("\n") for part in "\n".join(words).split("\nthen\n"))]
    setup.settle()
    for one in told:
        print(json.dumps(one), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
