from __future__ import annotations

from datetime import timedelta

from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from tests import people
from xenia.access import actions, chores
from xenia.access.forgetting import Part
from xenia.access.models import Account
from xenia.journal.actions import writing
from xenia.journal.forgetting import Wanted


def test_an_officer_finds_the_own_account(world: people.World) -> None:
    account = world.person("ada", "first-line-officer")
    assert [found.subject for found in Part().find(Wanted(surname="ADA"))] == [account.pk]
    assert [found.subject for found in Part().find(Wanted(subject=account.pk))] == [account.pk]
    assert list(Part().find(Wanted())) == [] and list(Part().find(Wanted(surname="ADA", document_number="X1"))) == []
    exported = Part().export(account.pk)
    assert exported["username"] == "ada" and exported["roles"][0]["role"] == "first-line-officer"
    assert "password" not in str(exported)


def test_only_a_closed_account_is_erased(world: people.World) -> None:
    account, act = world.person("ada", "first-line-officer"), world.operator.act("data-subject-request", "case:1")
    with writing():
        assert Part().erase([account.pk], act) == {"account": 0}
    actions.close_account(world.operator, account.pk, "left")
    with writing():
        assert Part().erase([account.pk], act) == {"account": 1}
    gone = Account.objects.get(pk=account.pk)
    assert gone.display_name == "-" and "ada" not in gone.username and not gone.has_usable_password()
    assert list(Part().find(Wanted(subject=account.pk))) == []


def test_old_failures_and_sessions_are_forgotten(world: people.World, settings) -> None:
    settings.XENIA_DEMO = True
    world.person("ada", "first-line-officer")
    people.sign_in(Client(), "ada", "wrong")
    people.sign_in(Client(), "ada")
    people.sign_in(Client(), "ada", "wrong")
    assert chores.forget_failures() == 0 and chores.forget_sessions() == 0
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert chores.forget_failures() == 1 and chores.forget_sessions() >= 1
    assert not AccessAttempt.objects.exists() and not Session.objects.exists()
