"""A program for tests: the second line, at a unit or its centre. `python -m tests.units.second "DO [WORD]" ...`, at a home of `lane.py`.

`place`: at a centre, a second-line officer, an asylum authority with an officer, and an alert for persons of a number.
`refer NUMBER`: at a unit, a traveller is checked and referred, the second line takes it, and its hit begins. `steps`: where each hit stands.
`step`: the oldest open hit does its next step. `hand-over NUMBER`: another is noted, photographed and handed over. `told`: what the
receiver sees at the centre. `receive`: the receiver has the person. `received`: what a unit knows of that, and shows. `rules`: what is in force here.
"""

from __future__ import annotations

import io
import json
import sys
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.units.lane import LANE, PASSWORD, POST
from xenia.site.soak import far_post

MORE = {"bea": ("second-line-officer", "UTO-BG", POST), "asyl": ("asylum-officer", "UTO-AS", None)}
LOST = "UX5000001"


def place() -> dict[str, Any]:
    from xenia.access import actions as access
    from xenia.access import place_actions
    from xenia.journal import actions as journal
    from xenia.registers.live import actions as live

    operator = access.operator_standing("operator")
    place_actions.make_authority(operator, "UTO-AS", "Asylum Office", kind="asylum")
    for name, (role, authority, post) in MORE.items():
        made = access.make_account(operator, name, name.title(), authority=authority, password=PASSWORD)
        access.give_role(operator, made.account.pk, role, post=post)
    act = operator.act("alert-management", "external:test", owner=far_post.AUTHORITY)
    for number in (LOST, f"{LOST[:-1]}2"):
        body = {
            "documents": [{"type": "P", "issuing_state": "UTO", "number": number}], "status": "stolen",
            "event_on": "2026-03-14", "owner": "ZBUREAU", "reference": "R-77",
        }  # fmt: skip
        with journal.writing():
            live.put("lost_documents", f"D-{number}", body, act, now=datetime.now(UTC), category="stolen")
    return {}


def _referred(number: str) -> tuple[Any, Any]:
    """The item, taken by the second line, and its check."""
    from xenia.access import standing
    from xenia.frontier import actions, checking, referrals
    from xenia.site.demo import scenario
    from xenia.site.demo.people import Person

    one = Person("Testson", "Tessa", "F", date(1991, 6, 8), "UTO", number, date.today() + timedelta(days=1500))
    first = standing.by_name("ada", POST, LANE)
    view = checking.check_text(first, LANE, "\n".join(scenario.passport(one)), "entry")
    item = actions.refer(first, view.id, "Calm.")
    second = _second()
    actions.claim_referral(second, item)
    return referrals.find(second, item)


def _second() -> Any:
    from xenia.access import standing

    return standing.by_name("bea", POST, None)


def refer(number: str) -> dict[str, Any]:
    _referred(number)
    return steps()


def steps() -> dict[str, Any]:
    from xenia.frontier.second import cases
    from xenia.frontier.second.models import HitCase

    def one(row: HitCase) -> dict[str, Any]:
        task = cases.next_task(row, row.steps.all())
        written = cases.words_of(list(row.steps.order_by("id")), row.identity)
        return {
            "edition": row.edition, "state": row.state, "next": task.code if task else "", "node": row.node,
            "done": [said["text"] for said in written], "officers": [str(done.officer) for done in row.steps.order_by("id")],
        }  # fmt: skip

    return {"hits": [one(row) for row in HitCase.objects.order_by("opened_at")]}


def step() -> dict[str, Any]:
    from xenia.frontier.second import cases
    from xenia.frontier.second.models import HitCase

    case = HitCase.objects.order_by("opened_at")[0]
    task = cases.next_task(case, case.steps.all())
    assert task is not None
    cases.do(_second(), case.id, task.code, choice=task.choices[0].code if task.choices else "", text="As before.")
    return steps()


def hand_over(number: str) -> dict[str, Any]:
    from PIL import Image

    from xenia.frontier import referrals
    from xenia.frontier.second import interview
    from xenia.frontier.second.models import InterviewNote

    item, check = _referred(number)
    interview.note(_second(), item, check, "Says: Vorgrund.", "purpose")
    picture = io.BytesIO()
    Image.new("RGB", (700, 500), "white").save(picture, "JPEG")
    interview.photograph(_second(), item, check, picture.getvalue(), "visa")
    referrals.hand_over(_second(), item.id, "asylum", "UTO-AS", "Asks for protection.")
    return {"notes": InterviewNote.objects.count()}


def told() -> dict[str, Any]:
    from xenia.access import standing
    from xenia.access.models import Account
    from xenia.frontier.second import handover
    from xenia.frontier.second.models import HandOver, InterviewNote, Photograph
    from xenia.journal import rebuild
    from xenia.work.models import WorkItem

    officer = standing.of(Account.objects.get(username="asyl").pk)
    tables = ("hits", "interviews", "photographs", "handovers")
    folded = [rebuild.check(one) for one in rebuild.projections() if one.name in tables]
    views = [handover.show(officer, row.id) for row in handover.waiting(officer)]
    return {
        "views": [{"note": one.note, "notes": [said["text"] for said in one.notes], "by": str(one.row.officer)} for one in views],
        "rows": [HandOver.objects.count(), InterviewNote.objects.count(), Photograph.objects.count()],
        "folded": [[compared, len(wrong)] for compared, _erased, wrong in folded],
        "items": WorkItem.objects.filter(kind="handover.asylum", owner="UTO-AS", answered_at=None).count(),
    }  # fmt: skip


def receive() -> dict[str, Any]:
    from xenia.access import standing
    from xenia.access.models import Account
    from xenia.frontier.second import handover

    officer = standing.of(Account.objects.get(username="asyl").pk)
    for row in handover.waiting(officer):
        handover.receive(officer, row.id)
    return {}


def received() -> dict[str, Any]:
    from dataclasses import asdict

    from django.template.loader import render_to_string

    from xenia.frontier.second import handover, receipts
    from xenia.frontier.second.models import HandOver
    from xenia.journal import rebuild
    from xenia.units import here

    now, check = datetime.now(UTC), HandOver.objects.get().check_made
    counts = receipts.counts(now)
    page = render_to_string("units/here_now.html", {"here": here.look(now), "receipts": counts})
    (folded,) = [rebuild.check(one) for one in rebuild.projections() if one.name == "handovers"]
    return {
        "at": str(handover.received_at(check) or ""), "counts": asdict(counts), "wrong": len(folded[2]),
        "page": "1, of whom received: 1" in page,
    }  # fmt: skip


def rules() -> dict[str, Any]:
    from xenia.frontier import terms
    from xenia.frontier.second import interview, procedures
    from xenia.journal.models import Entry

    return {
        "edition": procedures.load()["lost-document"].edition,
        "questions": sorted(one.code for one in interview.every_question()),
        "reasons": list(terms.refusal_reasons()),
        "taken": Entry.objects.filter(kind="procedures.taken").count(),
    }


def main(words: list[str]) -> None:
    from xenia.site import setup

    setup.start_django()
    setup.ensure(lambda text: None)
    does: dict[str, Any] = {
        "place": place, "refer": refer, "steps": steps, "step": step, "hand-over": hand_over, "told": told, "rules": rules,
        "receive": receive, "received": received,
    }  # fmt: skip
    found = [does[one.split()[0]](*one.split()[1:]) for one in words]
    setup.settle()
    print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
