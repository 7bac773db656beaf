"""What the second line of a unit did: at the centre as it was there, once, for those whom policy lets see it."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError

from tests import coming
from tests.frontier.conftest import person
from tests.frontier.second.conftest import at_desk, browser, lost, others, refer
from tests.frontier.second.test_interview import jpeg
from xenia.errors import Conflict, NotFound, XeniaError
from xenia.frontier import actions, referrals
from xenia.frontier.models import Check
from xenia.frontier.second import cases, handover, interview, papers, queries
from xenia.frontier.second.models import HandOver, HitCase, HitStep, InterviewNote, Paper, Photograph
from xenia.identity.models import PURPOSE, Identity
from xenia.journal import awaited, blobs, data_keys, entries, rebuild, sealer
from xenia.journal.models import AwaitedBlob
from xenia.work.models import WorkItem

__all__ = ["at_desk", "lost", "others", "refer"]
SECRET = "Asks for protection."


def _rows() -> dict[str, Any]:
    """Everything of it as pages read it, opened."""
    out = {
        "identity_id",
        "sealed",
        "node",
        "item",
        "waits_until",
        "record_owner",
    }  # the last two are for messages, sent there
    found: dict[str, Any] = {}
    for model in (HitCase, HitStep, InterviewNote, Photograph, Paper, HandOver):
        for row in model.objects.all():  # type: ignore[attr-defined]
            said = {one.name: getattr(row, one.attname) for one in row._meta.concrete_fields if one.name not in out}
            whose = row.hit.identity if isinstance(row, HitStep) else row.identity
            sealed = getattr(row, "sealed", None)
            found[str(row)] = (said, data_keys.unseal(whose, PURPOSE, bytes(sealed)) if sealed else None)
    return found


@pytest.fixture
def shift(refer: Any, lost: Any, at_lane: Any, others: Any) -> Any:
    """At a unit: one whose document is reported, steps done, noted, photographed, refused and signed; and one handed over."""

    def work() -> dict[str, Any]:
        second = at_lane("second", None)
        one = person("UX1111111", "Testson")
        lost(one)
        sent = refer(one)
        actions.claim_referral(second, sent.item.id)
        item, check = referrals.find(second, sent.item.id)
        interview.note(second, item, check, "Found it on a train.", "purpose")
        interview.photograph(second, item, check, jpeg((900, 600)), "data-page")
        case = HitCase.objects.get()
        task = cases.next_task(case, [])
        cases.do(
            second,
            case.id,
            task.code,
            choice=task.choices[-1].code if task.choices else "",
            text="Compared.",
            to="phone",
        )
        other = refer(person("UX2222222", "Handed"))
        actions.claim_referral(second, other.item.id)
        item, check = referrals.find(second, other.item.id)
        interview.note(second, item, check, "Says: danger.")
        interview.photograph(second, item, check, jpeg((700, 500)), "visa")
        referrals.hand_over(second, other.item.id, "asylum", "UTO-AS", SECRET)
        third = refer(person("UX3333333", "Turned"))
        actions.claim_referral(second, third.item.id)
        referrals.answer_referral(second, third.item.id, "refuse", "", ["E"])
        papers.sign(second, third.check.id, "refused")
        return _rows()

    return coming.away(work)


def test_everything_is_here_as_it_was_there(shift: coming.Batch, at_lane: Any, at_desk: Any) -> None:
    coming.arrive(shift)
    here = _rows()
    assert here == shift.made
    assert len(here) == 1 + 1 + 2 + 2 + 1 + 1
    sealer.seal_now()
    for one in rebuild.projections():
        if one.name in ("hits", "interviews", "papers", "photographs", "handovers"):
            compared, _erased, wrong = rebuild.check(one)
            assert compared and wrong == [], one.name
    assert {row.officer for row in InterviewNote.objects.all()} == {at_lane("second", None).account}


def test_who_receives_has_an_item_and_sees_all_of_it(shift: coming.Batch, at_desk: Any) -> None:
    coming.arrive(shift)
    row = HandOver.objects.get()
    item = WorkItem.objects.get(id=row.item)
    assert (item.kind, item.owner, item.about) == ("handover.asylum", "UTO-AS", row.identity)
    assert Identity.objects.get(id=row.identity).delete_on == row.delete_on
    officer = at_desk("asyl")
    view = handover.show(officer, row.id)
    assert view.note == SECRET and view.notes[0]["text"] == "Says: danger."
    assert view.claimed.main_name().surname == "HANDED"
    with pytest.raises(awaited.Awaited):
        handover.picture(officer, row.id, 0)
    handover.receive(officer, row.id)
    with pytest.raises(NotFound):
        handover.show(at_desk("pol"), row.id)
    assert AwaitedBlob.objects.count() == 2 + 2 + 1


def test_a_hit_of_a_unit_is_looked_at_here_and_not_worked_on(
    shift: coming.Batch, at_lane: Any, third: Any = None
) -> None:
    coming.arrive(shift)
    case, here = HitCase.objects.get(), at_lane("third", None)
    assert case.node == coming.UNIT and case.steps.count() == 1
    with pytest.raises(Conflict) as refused:
        cases.do(here, case.id, "compare", text="x")
    assert refused.value.code == "checked-at-unit"
    assert queries.open_hits(here.post) == []


def test_the_same_twice_is_put_aside_and_changes_nothing(shift: coming.Batch) -> None:
    coming.arrive(shift)
    before, items = _rows(), WorkItem.objects.count()
    for entry in shift.entries:
        if entry.kind in ("interview.noted", "page.photographed", "hit.opened", "hit.moved", "handover.made"):
            with pytest.raises((XeniaError, IntegrityError)), coming.writing():
                coming.do([entry])
    assert _rows() == before and WorkItem.objects.count() == items


def test_out_of_its_order_nothing_is_made_up(shift: coming.Batch) -> None:
    """An entry before the check that it speaks of, a step before its hit, a hand-over before its claim."""
    coming.arrive(shift, effects=False)
    for kind, code in (
        ("interview.noted", "no-check"), ("hit.opened", "no-check"), ("hit.moved", "no-hit"), ("handover.made", "no-check"),
        ("refusal.signed", "no-check"),
    ):  # fmt: skip
        with pytest.raises(NotFound) as refused, coming.writing():
            coming.do([next(one for one in shift.entries if one.kind == kind)])
        assert refused.value.code == code, kind
    assert _rows() == {}


def _said(shift: coming.Batch, **changed: Any) -> str:
    entry = next(one for one in shift.entries if one.kind == "handover.made")
    at = shift.entries.index(entry)
    coming.arrive(replace(shift, entries=shift.entries[:at]))
    body = entries.bodies([entry])[entry.id]
    entry.owner, entry.origin = changed.pop("owner", entry.owner), changed.pop("origin", entry.origin)
    said = json.loads(data_keys.unseal(UUID(body["identity"]), PURPOSE, b64decode(body["sealed"])))
    if changed.get("sealed"):
        sealed = data_keys.seal(UUID(body["identity"]), PURPOSE, json.dumps(said | changed["sealed"]).encode())
        changed["sealed"] = b64encode(sealed).decode()
    try:
        coming.arriving.effect_of(entry.kind)(coming.arriving.Came(entry, body | changed))  # type: ignore[misc]
    except XeniaError as error:
        return error.code
    return ""


OTHER = "0190b0b0-0000-7000-8000-000000000002"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"check": OTHER}, "no-check"),
        ({"origin": f"{coming.UNIT}/UTO-ELSEWHERE"}, "no-check"),
        ({"identity": OTHER}, "no-handover"),
        ({"to": "circus"}, "no-handover"),
        ({"owner": "UTO-PO"}, "no-handover"),
        ({"photographs": []}, "no-handover"),
        ({"sealed": {"photographs": ["a" * 64]}}, "no-handover"),
        ({"sealed": {"note": "x" * 5000}}, "no-handover"),
        ({"sealed": {"notes": [{"at": "", "text": 7}]}}, "no-handover"),
        ({}, ""),
    ],
)
def test_a_hand_over_says_only_what_is_its_own(shift: coming.Batch, changed: dict[str, Any], code: str) -> None:
    try:
        with coming.writing():
            assert _said(shift, **changed) == code
            if code:
                raise KeyError
    except KeyError:
        pass
    assert HandOver.objects.count() == (0 if code else 1)


def test_files_that_go_with_a_person_open_with_its_key(shift: coming.Batch) -> None:
    coming.arrive(shift)
    row = HandOver.objects.get()
    (wanted,) = json.loads(data_keys.unseal(row.identity, PURPOSE, bytes(row.sealed)))["photographs"]
    assert AwaitedBlob.objects.get(address=wanted).subject == row.identity
    assert blobs.path(wanted).exists()  # the unit's own file, since both are one home here


def test_the_page_of_a_later_finding_shows_what_was_done_at_the_unit(shift: coming.Batch) -> None:
    coming.arrive(shift)
    check = Check.objects.get(id=HitCase.objects.get().check_made)
    from tests.frontier.second.test_photographs_of_units import _found_later

    someone, item = browser("third", "UTO-T1"), _found_later(check)
    someone.post(f"/second-line/{item.id}/claim/")
    page = someone.get(f"/second-line/{item.id}/").content.decode()
    assert "Found it on a train." in page and "Compared." in page
