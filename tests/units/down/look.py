"""A program for tests, run in a unit's home: `python -m tests.units.down.look DO ...`.

`down`: one turn of what comes down; what lies half fetched. `news COUNT`: so many times asked whether there is news.
`hits NUMBER...`: what an officer is told of these passports. At a centre: `alert NUMBER...` and `off ID...`.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from tests.units.lane import LANE, POST


def down() -> dict[str, Any]:
    from xenia.journal import at_rest
    from xenia.units import sending
    from xenia.units.down import taking
    from xenia.units.models import Taken

    before = {path.name: at_rest.size(path) for path in taking.folder().iterdir()}
    taken = taking.step()
    after = {path.name: at_rest.size(path) for path in taking.folder().iterdir()}
    trouble = type(sending.line()).objects.get(pk=1).down_trouble
    held = dict(Taken.objects.values_list("name", "version"))
    return {"taken": taken, "held": held, "trouble": trouble, "before": before, "after": after}


def start() -> dict[str, Any]:
    """As a unit does that starts: what is torn is found, and fetched again."""
    from xenia.registers.lists import current
    from xenia.units.down import taking

    again = taking.look()
    return {"again": again, "missing": list(current.missing("alerts")), **down()}


def hits(*numbers: str) -> dict[str, Any]:
    from xenia.access import standing
    from xenia.registers import catalogue
    from xenia.registers.lists import current
    from xenia.registers.search import ask
    from xenia.registers.search.question import Question

    current.settle()
    here = standing.by_name("ada", POST, LANE)
    papers = [{"type": "P", "issuing_state": "UTO", "number": number} for number in numbers]
    asked = [Question.from_json({"id": one["number"], "document": one}, date.today()) for one in papers]
    answers = ask(asked, here, "border-first-line", "check:1")
    ages = catalogue.register("alerts").ages(datetime.now(UTC))
    return {
        "hits": {one.id: [hit.record for hit in one.hits] for one in answers},
        "ages": {one.source: one.as_of.isoformat() if one.as_of else one.state for one in ages},
    }


def news(count: str) -> dict[str, Any]:
    from xenia.units.down import news

    return {"news": [news.step() for _one in range(int(count))]}


def alert(*numbers: str) -> dict[str, Any]:
    from xenia.access import actions as access
    from xenia.journal.actions import writing
    from xenia.registers.live import actions as live

    act = access.operator_standing("operator").act("alert-management", "external:test", owner="UTO-BG")
    made = []
    for number in numbers:
        body = {
            "category": "REF-B", "names": [{"surname": f"Zorbek{number}", "given_names": "Tamriko"}],
            "birth_dates": ["1980-01-02"], "documents": [{"type": "P", "issuing_state": "UTO", "number": number}],
        }  # fmt: skip
        with writing():
            made.append(live.put("alerts", f"E-{number}", body, act, now=datetime.now(UTC), category="REF-B"))
    return {"ids": [str(one) for one in made]}


def off(*ids: str) -> dict[str, Any]:
    from xenia.journal.actions import writing
    from xenia.registers.live import actions as live

    with writing():
        return {"gone": live.remove([UUID(one) for one in ids])}


def main(words: list[str]) -> None:
    from xenia.site import setup

    setup.start_django()
    setup.ensure(lambda text: None)
    found = {"down": down, "start": start, "hits": hits, "news": news, "alert": alert, "off": off}[words[0]](*words[1:])
    setup.settle()
    print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
