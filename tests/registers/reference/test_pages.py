"""Pages of reference data and printers: browsed in every language, changed by two persons, loaded from a file."""

from __future__ import annotations

import html

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests import people
from tests.access.test_places import second_factor, text
from tests.access.test_policy_changes import sent
from xenia.errors import BadInput, NotAllowed
from xenia.registers.reference import actions, files, printing, read
from xenia.registers.reference.models import Printer, ReferenceRow
from xenia.work import proposals
from xenia.work.models import Proposal

HOME = "/administration/reference/"


@pytest.fixture
def world(db: None) -> people.World:
    made = people.build()
    actions.install()
    return made


@pytest.fixture
def admin(world: people.World) -> Client:
    return second_factor(world.client("ann", "administrator"))


def approve(world: people.World) -> None:
    proposals.approve(world.standing("bea", "administrator"), Proposal.objects.get(state="waiting").pk)


def carrier(**more: str) -> dict[str, str]:
    said = {
        "code": "XX", "label_en": "Utopian Airways", "label_ar": "الخطوط اليوتوبية", "order": "10", "source": "Invented licence 4",
        "confidence": "decided", "reason": "It flies here now.", "attribute_contact": "ops@example.utopia",
    }  # fmt: skip
    return {**said, **more}


def test_a_term_is_searched_in_every_language_and_list(admin: Client):
    assert "purpose-of-travel/terms/tourism" in text(admin.get(f"{HOME}?q=touris"))
    assert "No term holds that." in text(admin.get(f"{HOME}?q=zzzz"))
    page = text(admin.get(f"{HOME}visa-type/?q=long"))
    assert "Long stay" in page
    assert "Airport transit" not in page


def test_a_term_is_added_checked_and_approved(world: people.World, admin: Client):
    check = admin.post(f"{HOME}carrier/new/", {**carrier(), "step": "check"})
    page = text(check)
    assert "1 new, 0 changed, 0 as before." in page
    assert "الخطوط اليوتوبية" in page
    assert Proposal.objects.count() == 0
    admin.post(f"{HOME}carrier/new/", sent(page, step="propose"))
    assert read.term("carrier", "XX") is None
    approve(world)
    found = read.term("carrier", "XX")
    assert found is not None
    assert found.label("ar") == "الخطوط اليوتوبية"
    assert found.attributes == {"contact": "ops@example.utopia"}
    again = admin.post(f"{HOME}carrier/new/", {**carrier(), "step": "check"})
    assert again.status_code == 422
    assert text(again).count("There is already a term of that code.") == 2


def test_a_term_is_ended_and_its_history_says_who(world: people.World, admin: Client):
    first = text(admin.get(f"{HOME}officer-duty/terms/office/"))
    said = {
        "label_en": "Office",
        "order": "100",
        "source": "own list",
        "confidence": "design",
        "valid_to": "2026-01-31",
    }
    page = text(admin.post(f"{HOME}officer-duty/terms/office/", {**said, "reason": "No more.", "step": "check"}))
    assert "came with Xenia" in first
    admin.post(f"{HOME}officer-duty/terms/office/", sent(page, step="propose"))
    approve(world)
    assert "office" not in dict(read.choices("officer-duty"))
    page = text(admin.get(f"{HOME}officer-duty/terms/office/"))
    assert "proposed by Person Ann, approved by Person Bea" in page
    assert "until" in text(admin.get(f"{HOME}officer-duty/"))


def test_nothing_changed_is_said(admin: Client):
    page = admin.get(f"{HOME}visa-type/terms/A/")
    assert page.status_code == 200
    term = read.term("visa-type", "A")
    assert term is not None
    said = {f"label_{language}": words for language, words in term.labels.items()}
    said |= {
        "order": str(term.order),
        "source": term.source,
        "confidence": term.confidence,
        "reason": "x",
        "step": "check",
    }
    answer = admin.post(f"{HOME}visa-type/terms/A/", said)
    assert answer.status_code == 422
    assert "This changes nothing." in text(answer)


def test_a_file_goes_out_and_comes_back_the_same(admin: Client):
    raw = admin.get(f"{HOME}notice-colour/export.csv").content
    contents = files.contents("notice-colour", files.text_of(raw))
    assert len(contents) == len(read.terms("notice-colour"))
    assert actions.changed(contents) == []


def test_a_file_is_shown_before_it_is_proposed(world: people.World, admin: Client):
    raw = admin.get(f"{HOME}visa-type/export.csv").content.decode("utf-8-sig")
    changed = (
        raw.replace("Short stay", "Short visit")
        + "R,Return visa"
        + "," * (raw.splitlines()[0].count(",") - 2)
        + "Invented,decided\r\n"
    )
    file = SimpleUploadedFile("types.csv", changed.encode(), content_type="text/csv")
    page = text(admin.post(f"{HOME}visa-type/load/", {"file": file, "reason": "Our words.", "step": "check"}))
    assert "1 new, 1 changed, 3 as before." in page
    assert "Short visit" in page
    said = {name: [html.unescape(one) for one in values] for name, values in sent(page, step="propose").items()}
    assert admin.post(f"{HOME}visa-type/load/", said).status_code == 302
    approve(world)
    assert read.label("visa-type", "C", "en") == "Short visit"
    assert read.label("visa-type", "R", "en") == "Return visa"


@pytest.mark.parametrize(
    "raw",
    [
        b"\xff\xfe",
        b"",
        b"colour,code\nred,1",
        b"code,label_en\nA,One,Two\n",
        b"code,label_en,source,confidence\nA,,x,design\n",
        b"x" * 300_001,
    ],
)
def test_a_file_that_is_no_list_is_refused_at_its_field(admin: Client, raw: bytes):
    file = SimpleUploadedFile("types.csv", raw, content_type="text/csv")
    answer = admin.post(f"{HOME}visa-type/load/", {"file": file, "reason": "x", "step": "check"})
    assert answer.status_code == 422
    assert 'class="error"' in text(answer)


def test_lists_with_a_page_of_their_own_are_not_changed_here(world: people.World, admin: Client):
    content = {
        "list": "retention-period", "code": "read", "labels": {"en": "x"}, "attributes": {"period": "P1D", "warn": "P1D"},
        "source": "x", "confidence": "decided",
    }  # fmt: skip
    with pytest.raises(BadInput) as refused:
        actions.propose(world.standing("ann"), [content], "Short.")
    assert refused.value.code == "own-page"


def test_who_may_not_propose_only_looks(world: people.World):
    officer = second_factor(world.client("dpo", "data-protection-officer"))
    assert officer.get(f"{HOME}visa-type/").status_code == 200
    assert officer.get(f"{HOME}visa-type/new/").status_code == 403
    assert "Propose a change" not in text(officer.get(f"{HOME}visa-type/terms/A/"))
    assert world.client("otto", "first-line-officer").get(HOME).status_code == 403


def test_a_printer_takes_its_letters_from_the_others(world: people.World, admin: Client):
    said = {"post": "UTO-AP1", "name": "Booth 1", "paper": "roll-80", "letters": ["visa-slip"]}
    assert admin.post("/administration/printers/new/", said).status_code == 302
    assert printing.paper_for("UTO-AP1", "visa-slip") == printing.Paper("roll-80", "Booth 1")
    assert printing.paper_for("UTO-AP1", "refusal-form") == printing.Paper("a4")
    assert printing.paper_for(None, "visa-slip").roll is False
    assert admin.post("/administration/printers/new/", said).status_code == 422
    admin.post("/administration/printers/new/", {**said, "name": "Booth 2", "paper": "roll-58"})
    assert printing.paper_for("UTO-AP1", "visa-slip").name == "Booth 2"
    one = Printer.objects.get(name="Booth 2")
    page = text(admin.get(f"/administration/printers/{one.pk}/test/"))
    assert 'class="roll-58"' in page
    admin.post(f"/administration/printers/{one.pk}/", {"act": "close"})
    assert printing.paper_for("UTO-AP1", "visa-slip").kind == "a4"
    assert ReferenceRow.objects.filter(list="carrier").count() == 0


def test_only_administrators_name_printers(world: people.World):
    with pytest.raises(NotAllowed):
        printing.put(world.standing("otto", "first-line-officer"), "UTO-AP1", "Mine", "a4", [])
