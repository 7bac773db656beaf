"""The pages of cases as a person drives them without script."""

from __future__ import annotations

import re
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from tests.cases.pages.conftest import browser, photographed
from tests.people import World
from xenia.access.standing import Standing
from xenia.cases import actions
from xenia.cases.models import Case, CaseDraft
from xenia.exchange.models import Partner
from xenia.journal.models import Entry, EntrySubject
from xenia.site.demo import portraits
from xenia.work import proposals
from xenia.work.models import Proposal

NAME = "Qvistgaard"
NEW = "/cases/new/readmission/create/"


def _text(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def _begun(officer: Client) -> None:
    answer = officer.post(NEW, {"profile": "CH-AZ", "counterpart": "AZE/SMS"})
    assert answer.status_code == 302, _text(answer)
    assert answer["Location"] == NEW + "0/"


def _answered(officer: Client) -> None:
    """Every page of the application, as it is asked."""
    said = {
        "category": "own_national", "person.surname": NAME, "person.given_names": "Anselm",
        "person.nationality": "aze", "person.birth_date": "2 4 1990", "interview_requested": "yes",
    }  # fmt: skip
    at = NEW + "0/"
    while not at.endswith("check/"):
        page = _text(officer.get(at))
        names = set(re.findall(r' name="([^"]+)"', page))
        answer = officer.post(at, {name: text for name, text in said.items() if name in names})
        assert answer.status_code == 302, re.findall(r'class="errors".*?</div>', _text(answer))
        at = answer["Location"]


def test_the_list_of_an_officer_without_cases_says_so(officer: Client) -> None:
    text = _text(officer.get("/cases/"))
    assert "Nothing is with you." in text
    assert "New case" in text


def test_a_case_is_opened_page_by_page_and_its_draft_is_sealed_between(officer: Client, standing: Standing) -> None:
    _begun(officer)
    _answered(officer)
    draft = CaseDraft.objects.get()
    assert NAME.encode() not in bytes(draft.sealed)
    check = _text(officer.get(NEW + "check/"))
    assert NAME in check
    assert "2 Apr 1990" in check
    answer = officer.post(NEW + "check/")
    assert answer.status_code == 302, re.findall(r'class="errors".*?</div>', _text(answer))
    case = Case.objects.get()
    assert answer["Location"] == f"/cases/{case.pk}/"
    assert (case.state, case.profile, case.counterpart) == ("draft", "CH-AZ", "AZE/SMS")
    assert not CaseDraft.objects.exists()
    assert NAME in _text(officer.get(answer["Location"]))


def test_an_answer_that_is_missing_is_said_in_the_summary_and_at_the_field(officer: Client) -> None:
    _begun(officer)
    answer = officer.post(NEW + "0/", {"_go": "next"})
    text = _text(answer)
    assert answer.status_code == 422
    assert "Error:" in text
    found = re.search(r'class="errors".*?<a href="#([^"]+)">([^<]+)</a>', text)
    assert found
    assert f'id="{found[1]}"' in text
    assert text.count(found[2]) >= 2


def test_a_draft_can_be_left_and_found_again(officer: Client) -> None:
    _begun(officer)
    assert officer.post(NEW + "0/", {"category": "own_national", "_go": "later"})["Location"] == "/cases/"
    text = _text(officer.get("/cases/"))
    assert "Your drafts" in text
    assert re.search(r'value="own_national" checked', _text(officer.get(NEW + "0/")))
    officer.post(NEW + "discard/")
    assert not CaseDraft.objects.exists()


def test_a_state_that_is_no_party_is_refused(officer: Client) -> None:
    Partner.objects.create(address="GEO/MIA", name="Ministry", state="GEO", opened_at=timezone.now())
    answer = officer.post(NEW, {"profile": "CH-AZ", "counterpart": "GEO/MIA"})
    assert answer.status_code == 422
    assert "no party to the agreement" in _text(answer)


def test_only_agreements_of_our_own_state_are_offered(officer: Client) -> None:
    text = _text(officer.get(NEW))
    assert 'value="CH-AZ"' in text
    assert 'value="EU-GE"' not in text


def test_what_is_incomplete_cannot_be_sent_from_the_last_page(officer: Client) -> None:
    _begun(officer)
    answer = officer.post(NEW + "check/")
    assert answer.status_code == 422
    assert f'href="{NEW}' in _text(answer)
    assert not Case.objects.exists()


def test_what_was_confirmed_before_somebody_else_moved_the_case_does_not_count(officer: Client, case: Case) -> None:
    at = f"/cases/{case.pk}/do/discard/check/"
    seen = re.search(r'name="seen" value="(\d+)"', _text(officer.get(at)))
    assert seen is not None
    Case.objects.filter(pk=case.pk).update(moves=case.moves + 1)
    answer = officer.post(at, {"seen": seen[1]})
    assert "Somebody else has moved this case" in _text(answer)
    case.refresh_from_db()
    assert case.state == "draft"
    assert f'name="seen" value="{case.moves}"' in _text(answer)


def test_a_case_is_found_by_name_without_the_name_in_an_address(officer: Client, case: Case) -> None:
    for text in (NAME.lower(), f"anselm {NAME}", case.reference, "AX7654321"):
        found = _text(officer.post("/cases/", {"text": text}))
        assert case.reference in found, text
    assert "No case was found" in _text(officer.post("/cases/", {"text": "Nobodyatall"}))


def test_the_list_is_cut_by_procedure_and_state(officer: Client, case: Case) -> None:
    assert case.reference in _text(officer.get("/cases/?which=mine&procedure=readmission&state=draft"))
    assert case.reference not in _text(officer.get("/cases/?which=mine&procedure=readmission&state=closed"))


def test_the_page_of_a_case_names_who_read_it(officer: Client, case: Case) -> None:
    text = _text(officer.get(f"/cases/{case.pk}/"))
    assert NAME in text
    assert "Next step" in text
    last = Entry.objects.filter(kind="case.shown").order_by("-id").first()
    assert last
    assert last.purpose == "readmission"
    assert last.reference == f"case:{case.reference}"
    assert EntrySubject.objects.filter(entry_id=last.pk, subject=case.identity).exists()


def test_four_eyes_end_in_a_proposal_that_another_person_releases(
    officer: Client, lead: Client, case: Case, standing: Standing
) -> None:
    photographed(standing, case)
    at = f"/cases/{case.pk}/do/submit/"
    check = officer.get(at)["Location"]
    assert "AZE/SMS" in _text(officer.get(check))
    assert officer.post(check).status_code == 422
    assert officer.post(check, {"why": "Complete."}).status_code == 302
    proposal = Proposal.objects.get()
    page = _text(officer.get(f"/cases/{case.pk}/"))
    assert f"/proposals/{proposal.pk}/" in page
    assert case.state == "draft"


def test_notes_and_who_has_the_case(officer: Client, lead: Client, case: Case, world: World) -> None:
    assert officer.post(f"/cases/{case.pk}/note/", {"text": ""}).status_code == 422
    officer.post(f"/cases/{case.pk}/note/", {"text": "Called the consulate."})
    assert "Called the consulate." in _text(officer.get(f"/cases/{case.pk}/"))
    officer.post(f"/cases/{case.pk}/assign/", {"to": str(world.made["lead"].pk)})
    case.refresh_from_db()
    assert case.assigned_to == world.made["lead"].pk
    lead.post(f"/cases/{case.pk}/assign/", {"to": ""})
    case.refresh_from_db()
    assert case.assigned_to is None


def test_a_document_is_kept_and_comes_back_as_a_download(officer: Client, case: Case) -> None:
    good = SimpleUploadedFile("copy.pdf", b"%PDF-1.7 invented", "application/pdf")
    answer = officer.post(f"/cases/{case.pk}/attach/", {"kind": "evidence_copy", "file": good})
    assert answer.status_code == 302, _text(answer)
    text = _text(officer.get(f"/cases/{case.pk}/"))
    at = re.search(rf"/cases/{case.pk}/documents/[0-9a-f-]+/", text)
    assert at
    answer = officer.get(at[0])
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer.content.startswith(b"%PDF-1.7")
    bad = SimpleUploadedFile("run.exe", b"MZ\x90\x00", "application/octet-stream")
    answer = officer.post(f"/cases/{case.pk}/attach/", {"kind": "evidence_copy", "file": bad})
    assert answer.status_code == 422


def test_the_print_view_has_the_deadlines_and_the_history(officer: Client, case: Case) -> None:
    text = _text(officer.get(f"/cases/{case.pk}/print/"))
    assert NAME in text
    assert "Printed by" in text


def test_the_page_of_a_procedure_is_made_from_its_folder(officer: Client, world: World) -> None:
    assert "/cases/procedures/readmission/" in _text(officer.get("/cases/procedures/"))
    text = _text(officer.get("/cases/procedures/readmission/"))
    assert "Send the application" in text
    assert "two persons" in text
    drawing = officer.get("/cases/procedures/readmission/diagram.svg")
    assert drawing["Content-Type"] == "image/svg+xml"
    assert b"<svg" in drawing.content


def test_who_does_not_work_cases_sees_none(world: World, case: Case) -> None:
    border = browser(world, "border", "first-line-officer", "UTO-BG")
    for at in ("/cases/", f"/cases/{case.pk}/", "/cases/new/", "/cases/import/", "/cases/procedures/"):
        assert border.get(at).status_code == 403, at


def test_list_and_case_cost_few_queries(officer: Client, case: Case, standing: Standing) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    for _number in range(3):
        actions.note(standing, case.pk, "Invented.")
    for at in ("/cases/", f"/cases/{case.pk}/"):
        officer.get(at)
        with CaptureQueriesContext(connection) as asked:
            officer.get(at)
        wanted = [one["sql"] for one in asked.captured_queries if one["sql"].startswith(("SELECT", "INSERT", "UPDATE"))]
        assert len(wanted) <= 40, "\n".join(wanted)


def test_running_cases_come_from_a_spreadsheet_after_a_look(lead: Client, world: World) -> None:
    from io import BytesIO

    from tests.cases.pages.test_sheets import GOOD
    from xenia.formats.tables import csv_bytes

    rows = [GOOD, {**GOOD, "reference": "OLD-2", "person.surname": "Second"}, {**GOOD, "state": "nowhere"}]
    file = SimpleUploadedFile("cases.csv", csv_bytes(list(GOOD), [list(row.values()) for row in rows]), "text/csv")
    answer = lead.post("/cases/import/", {"procedure": "readmission", "file": file})
    assert answer.status_code == 302, _text(answer)
    text = _text(lead.get(answer["Location"]))
    assert "Take 2 cases" in text
    assert not Case.objects.exists()
    errors = lead.get(answer["Location"] + "errors/")
    assert BytesIO(errors.content).read(2) == b"PK"
    lead.post(answer["Location"], {"_go": "take"})
    assert not Case.objects.exists()
    proposal = Proposal.objects.get(action="cases.import")
    lead.post(f"/work/proposals/{proposal.pk}/decide/", {"decision": "approve"})
    assert not Case.objects.exists()
    proposals.approve(world.standing("lead2", "case-lead", authority="UTO-MG"), proposal.pk)
    assert set(Case.objects.values_list("their_reference", "state")) == {("OLD-1", "verifying"), ("OLD-2", "verifying")}
    assert "1</span> have errors" in _text(lead.get(answer["Location"]))
    lead.post(answer["Location"], {"_go": "aside"})
    assert lead.get(answer["Location"]).status_code == 404
    assert lead.get("/cases/import/readmission/columns/").content.startswith(b"PK")


def test_a_list_leaves_only_when_a_second_person_has_approved(
    officer: Client, lead: Client, case: Case, world: World
) -> None:
    assert officer.post("/cases/export/", {"procedure": "readmission", "which": "all"}).status_code == 422
    officer.post("/cases/export/", {"procedure": "readmission", "which": "all", "why": "Monthly meeting."})
    proposal = Proposal.objects.get(action="cases.export")
    at = f"/cases/export/{proposal.pk}/"
    assert officer.post(at).status_code == 409
    officer.post(f"/work/proposals/{proposal.pk}/decide/", {"decision": "approve"})
    proposal.refresh_from_db()
    assert proposal.state == "waiting"
    proposals.approve(world.standing("lead", "case-lead", authority="UTO-MG"), proposal.pk)
    assert at in _text(officer.get("/cases/export/"))
    assert lead.post(at).status_code == 404
    fetched = officer.post(at)
    assert fetched.content.startswith(b"PK")
    assert EntrySubject.objects.filter(subject=case.identity, entry__kind="case.listed").exists()


def test_a_new_case_follows_one_that_is_over(officer: Client, case: Case, standing: Standing) -> None:
    actions.act(standing, case.pk, "discard")
    at = re.search(r'href="(/cases/new/[^"]+previous=[^"]+)"', _text(officer.get(f"/cases/{case.pk}/")))
    assert at
    assert case.reference in _text(officer.get(at[1]))
    officer.post(NEW, {"profile": "CH-AZ", "counterpart": "AZE/SMS", "previous": str(case.pk)})
    assert NAME in _text(officer.get(NEW + "check/"))
    officer.post(NEW + "check/")
    assert Case.objects.exclude(pk=case.pk).get().previous == case.pk
    assert officer.get(NEW + "?previous=nonsense").status_code == 404


def test_what_a_step_waits_for_is_said_and_the_form_for_it_stands_open(officer: Client, case: Case) -> None:
    page = f"/cases/{case.pk}/"
    shown = officer.get(page).content.decode()
    assert "A document is missing: Photograph" in shown and 'href="#add-document"' in shown
    assert '<details id="add-document" open>' in shown and '<option value="photograph" selected>' in shown
    assert officer.get(f"{page}do/submit/").status_code == 404
    picture = SimpleUploadedFile("p.png", portraits.photograph("Qvistgaard Anselm"), "image/png")
    assert officer.post(f"{page}attach/", {"kind": "photograph", "file": picture}).status_code == 302
    after = officer.get(page).content.decode()
    assert "is missing" not in after and '<details id="add-document">' in after
    assert f'href="{page}do/submit/"' in after


def test_a_letter_is_offered_once_its_action_was_done(
    officer: Client, case: Case, standing: Standing, world: World
) -> None:
    page = f"/cases/{case.pk}/"
    assert 'id="letters"' not in officer.get(page).content.decode()
    photographed(standing, case)
    done = actions.act(standing, case.pk, "submit")
    assert done.proposal is not None
    proposals.approve(world.standing("lead", "case-lead", authority="UTO-MG"), done.proposal.pk)
    shown = officer.get(page).content.decode()
    assert 'id="letters"' in shown and '<option value="ar" lang="ar">' in shown
    for language in ("en", "ar", "ka"):
        made = officer.get(f"{page}letter/", {"letter": "application", "language": language})
        assert made.status_code == 200 and made.content.startswith(b"%PDF-"), language
    assert officer.get(f"{page}letter/", {"letter": "reply", "language": "xx"}).status_code in (404, 422)
