"""A program for tests, run in a home: `python -m tests.units.down.awaited DO ...`; it prints one line.

At a centre: `expect REFERENCE NUMBER SURNAME GIVEN BORN POINT` confirms a readmission; `case REFERENCE` tells how it stands;
`end REFERENCE` has it fail. At a unit: `arrives NUMBER SURNAME GIVEN BORN` reads a traveller, `admitted` lets the last one in.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, date, datetime
from typing import Any

from tests.units.lane import LANE, POST


def expect(reference: str, number: str, surname: str, given: str, born: str, point: str) -> dict[str, Any]:
    from xenia.access import actions as access
    from xenia.cases import catalogue, expected, facts
    from xenia.cases.models import Case, CaseKey
    from xenia.exchange.models import Partner
    from xenia.formats.dates import PartialDate
    from xenia.identity import actions as identity
    from xenia.identity.claim import Claimed, Document, Name
    from xenia.journal import actions as journal

    procedure, now = catalogue.latest("readmission"), datetime.now(UTC)
    act = access.operator_standing("operator").act("readmission", "case:test", owner="UTO-BG")
    papers = (Document("P", "UTO", number),) if number else ()
    claim = Claimed((Name(surname, given),), PartialDate.parse(born), "F", "UTO", papers)
    with journal.writing():
        Partner.objects.get_or_create(
            address="CHE/SEM", defaults={"name": "Invented", "state": "CHE", "opened_at": now}
        )
        who, entry = identity.note(claim, act, source="case", now=now, delete_on=date(2036, 1, 1))
        journal.append_many([entry])
        case = Case(
            reference=reference, procedure=procedure.id, version=procedure.version, hash=procedure.hash,
            profile=sorted(procedure.profiles)[0], side="requested", state="transfer_confirmed", owner="UTO-BG",
            counterpart="CHE/SEM", identity=who, opened_at=now, changed_at=now,
        )  # fmt: skip
        plan = {"date": date.today().isoformat(), "border_point": point}
        case.sealed = facts.seal(case, {"application": {"category": "own_national"}, "transfer": plan})
        case.save(force_insert=True)
        CaseKey.objects.bulk_create(CaseKey(case=case, kind=k, key=key) for k, key in facts.search_keys(claim))
        expected.note(procedure, "requested", "", case.state)
    return {"case": str(case.id)}


def case(reference: str) -> dict[str, Any]:
    from xenia.cases.models import Case
    from xenia.work.models import WorkItem

    row = Case.objects.get(reference=reference)
    tasks = WorkItem.objects.filter(kind="cases.task", subject=str(row.id))
    return {"state": row.state, "tasks": [one.body["why"] for one in tasks if "why" in one.body]}


def end(reference: str) -> dict[str, Any]:
    from xenia.cases import catalogue, expected
    from xenia.cases.models import Case
    from xenia.journal import actions as journal

    with journal.writing():
        row = Case.objects.get(reference=reference)
        Case.objects.filter(pk=row.pk).update(state="transfer_failed")
        expected.note(catalogue.latest("readmission"), "requested", row.state, "transfer_failed")
    return {}


def arrives(number: str, surname: str, given: str, born: str) -> dict[str, Any]:
    from xenia.access import standing
    from xenia.frontier import checking
    from xenia.frontier.check import Typed
    from xenia.registers.live.models import LiveRecord

    here = standing.by_name("ada", POST, LANE)
    typed = Typed(surname, given, born, "F", "UTO", "P", "UTO", number, "2031-01-01")
    view = checking.check_typed(here, LANE, typed, "entry")
    rows = list(LiveRecord.objects.filter(register="expected").values())
    return {
        "check": str(view.id), "told": [fact for fact in view.facts if "Expected" in fact], "rows": json.dumps(rows, default=str),
        "hits": len(view.hits), "refuse": view.keys["refuse"].allowed, "count": len(rows),
    }  # fmt: skip


def admitted(check: str) -> dict[str, Any]:
    from uuid import UUID

    from xenia.access import standing
    from xenia.frontier import actions

    return {"crossing": str(actions.admit(standing.by_name("ada", POST, LANE), UUID(check)))}


def noted() -> dict[str, Any]:
    from dataclasses import asdict

    from xenia.frontier.second import receipts

    return asdict(receipts.counts(datetime.now(UTC)))


def main(words: list[str]) -> None:
    from xenia.site import setup

    setup.start_django()
    setup.ensure(lambda text: None)
    does = {one.__name__: one for one in (expect, case, end, arrives, admitted, noted)}
    found = does[words[0]](*words[1:])
    setup.settle()
    print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
