from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests import people
from xenia.access import actions
from xenia.access.models import Account
from xenia.journal import canonical, rebuild
from xenia.journal.actions import append, writing
from xenia.journal.ids import uuid7
from xenia.journal.models import Entry
from xenia.work import forgetting, items, proposals
from xenia.work.models import Proposal

FIXTURES = Path(__file__).parents[1] / "journal" / "fixtures"
OURS = ("accounts", "roles", "policy", "work items", "proposals")
KIND = items.ItemKind("test.fold", "Fold", lambda item: "/", "second-line-officer", "border-second-line")
ACTION = proposals.ProposalAction(
    "test.fold", "alerts.propose", "alerts.approve", lambda *_: None, "Fold", "alert-management"
)


def differences() -> list[rebuild.Difference]:
    return [
        one for projection in rebuild.projections() if projection.name in OURS for one in rebuild.check(projection)[2]
    ]


@pytest.fixture
def lived(world: people.World) -> people.World:
    """A morning's work in every state."""
    items.register_kind(KIND)
    proposals.register_action(ACTION)
    editor, second = world.standing("ed", "alert-editor"), world.standing("sec", "second-approver")
    officer = world.standing("sl", "second-line-officer")
    made = [proposals.propose(editor, "test.fold", {}, reason="r", reference="x", subject=uuid7()) for _ in range(4)]
    proposals.approve(second, made[0].pk)
    proposals.reject(second, made[1].pk, "no")
    proposals.withdraw(editor, made[2].pk)
    for number in range(3):
        with writing():
            item = items.open_item(
                "test.fold", uuid7(), owner="UTO-BG", act=officer.act("border-second-line", "x"), about=uuid7()
            )
        if number:
            items.claim(officer, item.pk)
        if number == 2:
            items.answer(officer, item.pk, "done", "Papers in order.")
    actions.close_account(world.operator, world.person("gone").pk, "left")
    return world


def test_the_tables_say_what_the_entries_say(lived: people.World) -> None:
    assert differences() == []


def test_a_table_changed_by_hand_is_named(lived: people.World) -> None:
    waiting = Proposal.objects.get(state="waiting")
    Proposal.objects.filter(pk=waiting.pk).update(state="rejected")
    Account.objects.filter(username="gone").update(is_active=True)
    assert {(one.projection, one.kind) for one in differences()} == {
        ("proposals", "different"),
        ("accounts", "different"),
    }


def test_the_forgotten_are_no_difference(lived: people.World) -> None:
    subjects = [one.subject for one in Proposal.objects.all()]
    act = lived.operator.act("data-subject-request", "case:1")
    with writing():
        forgetting.Part().erase(subjects, act)
        append("subject.erased", {"entries": [], "subjects": [str(one) for one in subjects]}, act)
    assert differences() == []


def test_the_examples_have_the_fields_that_are_written(lived: people.World) -> None:
    checked = set()
    for entry in Entry.objects.filter(key__isnull=True):
        example = FIXTURES / f"{entry.kind}.{entry.schema}.json"
        if entry.kind.split(".")[0] in (
            "work",
            "proposal",
            "policy",
            "account",
            "assignment",
            "authority",
            "post",
            "lane",
            "access",
        ):
            body = json.loads(bytes(entry.body))
            assert set(body) == set(json.loads(example.read_text(encoding="utf-8"))), entry.kind
            checked.add(entry.kind)
            assert canonical.json_bytes(body)
    assert len(checked) > 12
