"""The pages of the data-protection officer and the auditor, as they are asked for."""

import json
import time

import pytest
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.test import Client

from xenia.access.models import Account
from xenia.frontier.models import Check
from xenia.identity.models import Identity
from xenia.journal import entries, sealer
from xenia.journal.models import Entry
from xenia.oversight import kinds, viewing
from xenia.work.models import Proposal


@pytest.fixture
def signed_in(world, settings):
    """A browser of that officer, as after sign-in with a second factor."""

    def sign_in(username):
        browser = Client()
        account = Account.objects.get(username=username)
        Account.objects.filter(pk=account.pk).update(password_is_initial=False)
        account.refresh_from_db()
        session, now = browser.session, int(time.time())
        session.update({
            SESSION_KEY: str(account.pk), BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[-1], HASH_SESSION_KEY: account.get_session_auth_hash(),
            "signed_in_at": now, "seen_at": now, "second_factor": True,
        })  # fmt: skip
        session.save()
        return browser

    return sign_in


@pytest.fixture
def subject(world):
    return Check.objects.get(id=world.check("Quillfeather", "Orsolya", "X0000017").id).identity


FIND = {"surname": "Quillfeather", "given_names": "Orsolya", "birth_date": "1974-08-12", "reference": "DSR-17"}


def test_the_auditor_reads_the_journal_without_bodies(world, subject, signed_in):
    sealer.seal_now()
    page = signed_in("auditor").get("/journal/")
    text = page.content.decode()
    assert page.status_code == 200
    assert "QUILLFEATHER" not in text.upper() and "X0000017" not in text
    seen = entries.body(Entry.objects.get(kind=kinds.VIEWED))
    assert seen["rows"] >= 5 and seen["first"] == 1


@pytest.mark.parametrize("address", ["/journal/", "/subjects/"])
@pytest.mark.parametrize("who", ["first", "second", "editor", "approver", "admin"])
def test_others_see_neither_page(world, signed_in, address, who):
    assert signed_in(who).get(address).status_code == 403
    assert not Entry.objects.filter(kind__in=[kinds.VIEWED, kinds.FOUND]).exists()


def test_the_auditor_finds_nobody(world, subject, signed_in):
    browser = signed_in("auditor")
    assert browser.get("/subjects/").status_code == 403
    assert browser.post("/subjects/", FIND).status_code == 403
    assert browser.post("/subjects/export/", {"subject": str(subject), "reference": "x"}).status_code == 403


@pytest.mark.parametrize(
    ("query", "status"),
    [("?kind=check.made", 200), ("?kind=nonsense", 422), ("?account=first", 200), ("?account=nobody", 422), ("?before=-1", 422),
     ("?since=2026-01-02&until=2026-01-01", 422), ("?since=yesterday", 422), ("?before=99999999999999999999", 422), ("?until=2001-01-01", 200)],
)  # fmt: skip
def test_odd_filters_are_answered_in_words(world, subject, signed_in, query, status):
    sealer.seal_now()
    if "check.made" in query:
        query = f"?kind={Entry.objects.filter(retention_class='check').first().kind}"
    page = signed_in("auditor").get(f"/journal/{query}")
    assert page.status_code == status


def test_paging_by_position_shows_every_entry_once(world, subject, monkeypatch):
    monkeypatch.setattr(viewing, "PAGE", 7)
    sealer.seal_now()
    newest = Entry.objects.order_by("-position").first().position
    seen, before = [], None
    while True:
        page = viewing.page(world.of("auditor"), viewing.Asked(before=before))
        seen += [row.entry.position for row in page.rows]
        before = page.older
        if before is None:
            break
    assert seen == list(range(newest, 0, -1))


def test_a_rare_kind_is_found_beyond_the_window(world, subject, monkeypatch):
    monkeypatch.setattr(viewing, "WINDOW", 5)
    sealer.seal_now()
    first = Entry.objects.get(position=1)
    found, before = [], None
    while not found:
        page = viewing.page(world.of("auditor"), viewing.Asked(kind=first.kind, before=before))
        found, before = page.rows, page.older
    assert found[-1].entry.position == 1


def test_find_export_and_propose(world, subject, signed_in):
    browser = signed_in("dpo")
    assert browser.get("/subjects/").status_code == 200
    page = browser.post("/subjects/", FIND)
    assert page.status_code == 200 and str(subject) in page.content.decode()
    copy = browser.post("/subjects/export/", {"subject": str(subject), "reference": "DSR-17"})
    assert copy["Content-Disposition"].startswith("attachment") and copy["Cache-Control"] == "no-store"
    assert json.loads(copy.content)["subject"] == str(subject)
    asked = {"subject": [str(subject)], "reason": "request", "why": "asked in writing", "reference": "DSR-17"}
    assert browser.post("/subjects/erase/", asked, follow=True).status_code == 200
    assert Proposal.objects.get(action="subject.erase").state == "waiting"
    assert Identity.objects.filter(id=subject).exists()


@pytest.mark.parametrize(
    "wrong", [{"surname": "", "given_names": ""}, {"birth_date": "12.8.74"}, {"reference": ""}, {"surname": "x" * 101}]
)
def test_a_form_that_is_not_complete_says_so(world, subject, signed_in, wrong):
    page = signed_in("dpo").post("/subjects/", FIND | wrong)
    assert page.status_code == 422 and "Error:" in page.content.decode()
    assert not Entry.objects.filter(kind=kinds.FOUND).exists()


def test_an_odd_subject_is_answered_in_words(world, signed_in):
    browser = signed_in("dpo")
    assert browser.post("/subjects/export/", {"subject": "1; DROP", "reference": "x"}).status_code == 422
    assert (
        browser.post(
            "/subjects/erase/",
            {"subject": ["nonsense"], "reason": "request", "why": "w", "reference": "r"},
            follow=True,
        ).status_code
        == 200
    )
    assert not Proposal.objects.exists()
