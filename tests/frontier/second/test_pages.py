from __future__ import annotations

import io

import pypdf
import pytest

from tests.frontier.conftest import POST, passport, person
from tests.frontier.second.conftest import browser
from xenia.frontier import actions
from xenia.frontier.models import Check, Crossing
from xenia.frontier.second import cases, papers
from xenia.frontier.second.models import HitCase, Paper
from xenia.journal.models import Entry
from xenia.registers.reference import read as reference
from xenia.registers.reference.models import Printer
from xenia.registers.reference.terms import Term


@pytest.fixture
def taken(refer, alert, at_lane):
    foreigner = person(nationality="IND")
    alert(foreigner, "REF-B")
    made = refer(foreigner)
    actions.claim_referral(at_lane("second", None), made.item.id)
    return made


def test_the_page_shows_one_next_step_and_does_it(taken):
    client = browser("second", POST)
    address = f"/second-line/{taken.item.id}/"
    page = client.get(address).content.decode()
    assert page.count("Next step") == 1 and "Is it the same person?" in page
    assert 'aria-disabled="true" aria-describedby="why-not" data-key="F2"' in page
    case = HitCase.objects.get()
    step = f"/second-line/hits/{case.id}/"
    assert client.post(step, {"task": "compare", "choice": "same"}).status_code == 302
    page = client.get(address).content.decode()
    assert "Does a permit, long-stay visa or exemption stand against it?" in page
    assert client.post(step, {"task": "permit", "choice": "none"}).status_code == 302
    refused = client.post(
        f"{address}refuse/",
        {"reasons": ["H"], "detail_H": ["national"], "carrier": "Meridian Air", "means_of_transport": "MA 1234",
         "birth_place": "Port Meridian", "comments": "Ban runs."},
    )  # fmt: skip
    assert refused.status_code == 302, refused.content.decode()
    assert Crossing.objects.get().outcome == "refused"


def test_the_page_of_an_own_national_without_a_hit_says_why_refusing_is_closed(refer, at_lane):
    made = refer(person(nationality="UTO"))
    actions.claim_referral(at_lane("second", None), made.item.id)
    page = browser("second", POST).get(f"/second-line/{made.item.id}/")
    assert page.status_code == 200 and "An own national is not refused entry." in page.content.decode()


def refuse(taken, at_lane, **details):
    second = at_lane("second", None)
    cases.walk(second, taken.check.id, {"compare": "same", "permit": "none"})
    given = {"H": "national", "carrier": "Meridian Air", "means_of_transport": "MA 1234", **details}
    actions.answer_referral(second, taken.item.id, "refuse", "Ban.", ["H", "E"], given)


def words(data: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages).split())


def test_the_form_is_made_in_the_language_of_the_person_and_of_the_state(taken, at_lane):
    refuse(taken, at_lane, E='#read("/etc/passwd") \\ [return ticket]')
    client = browser("second", POST)
    page = client.get(f"/console/checks/{taken.check.id}/refusal/").content.decode()
    assert "Form as PDF" in page and "Notice to the carrier as PDF" in page
    for language in ("en", "fr", "ar", "az", "ru", "ka"):
        answer = client.get(f"/console/checks/{taken.check.id}/refusal/letter.pdf?language={language}")
        assert answer.status_code == 200 and answer["Content-Type"] == "application/pdf"
        reader = pypdf.PdfReader(io.BytesIO(answer.content))
        assert reader.trailer["/Root"]["/Lang"] == language
        shown = words(answer.content)
        assert "HALVORSEN" in shown and "Refusal of entry" in shown, language
        # Beside Arabic the reader of the test swaps brackets; the letter sets them right.
        assert "#read" in shown and '"/etc/passwd"' in shown and "root:" not in shown
    assert client.get(f"/console/checks/{taken.check.id}/refusal/letter.pdf?language=xx").status_code == 422


def test_the_printed_page_is_the_whole_form_with_the_notice_on_data(taken, at_lane):
    refuse(
        taken, at_lane, resident_in="Norvia", visa_number="V7654321", national_law="Aliens Act 12", comments="Ban runs."
    )
    page = browser("second", POST).get(f"/console/checks/{taken.check.id}/refusal/").content.decode()
    for shown in ("Resident in", "Norvia", "Birth place", "Issued in, on", "V7654321", "Aliens Act 12", "Ban runs."):
        assert shown in page, shown
    assert "Entry/Exit System and kept for three years" in page and "One copy for the person" in page


def test_the_form_says_names_dates_and_what_is_not_set_up_in_the_language_of_the_person(taken, at_lane):
    refuse(taken, at_lane, document_issued_on="2021-03-15", visa_valid_from="2026-11-02", visa_valid_until="2026-12-31")
    client, address = browser("second", POST, "L2"), f"/console/checks/{taken.check.id}/refusal/"
    page = client.get(address).content.decode().split("<article")[1]
    for shown in (
        "Utopia, Border Guard",
        "Testing, lane L1",
        "Passport (P)",
        "15 March 2021",
        "2 November 2026 – 31 December 2026",
    ):
        assert shown in page, shown
    assert "UTO-BG" not in page and "lane L2" not in page
    for honest in (
        "None is set up for this authority.",
        "No address for an appeal is set up",
        "No contact points are set up",
    ):
        assert honest in page, honest
    row = Crossing.objects.get()
    assert (row.post, row.lane) == (POST, "L1")
    russian = words(client.get(f"{address}letter.pdf?language=ru").content)
    assert "15 марта 2021" in russian and "2 ноября 2026" in russian and "Ноябрь" not in russian
    assert "Индия (IND)" in russian and "India (IND)" in russian, "each part in its own language"
    assert "2 novembre 2026" in words(client.get(f"{address}letter.pdf?language=fr").content)


def test_the_form_says_where_to_appeal_and_who_helps_as_reference_data_know(taken, at_lane, monkeypatch):
    refuse(taken, at_lane)
    attributes = {"authority": "*", "court": "Court of Meridian", "address": "Quay 1", "law": "Aliens Act 12"}
    terms = {
        name: (Term(name, "1", {"en": label}, None, None, "", "", 1, attributes),)
        for name, label in (("refusal-remedy", "You may appeal."), ("contact-point", "Harbour Aid"))
    }
    monkeypatch.setattr(reference, "terms", lambda name, on=None: terms[name])
    page = browser("second", POST).get(f"/console/checks/{taken.check.id}/refusal/").content.decode()
    for shown in ("Court of Meridian; Quay 1", "Aliens Act 12", "Harbour Aid"):
        assert shown in page, shown
    assert "set up for this authority" not in page


def printer(paper, *kinds):
    Printer.objects.create(post=POST, name=paper, paper=paper, letters=list(kinds))


def width_mm(data: bytes) -> int:
    return round(float(pypdf.PdfReader(io.BytesIO(data)).pages[0].mediabox.width) / 72 * 25.4)


def test_each_letter_goes_to_the_paper_that_the_post_named(taken, at_lane):
    refuse(taken, at_lane)
    printer("roll-80", "refusal-form")
    client, address = browser("second", POST), f"/console/checks/{taken.check.id}/refusal/"
    assert '<body class="roll-80">' in client.get(address).content.decode()
    slip = client.get(f"{address}letter.pdf").content
    assert width_mm(slip) == 80 and "HALVORSEN" in words(slip)
    assert width_mm(client.get(f"{address}carrier.pdf").content) == 210


def test_the_carrier_learns_no_reason_and_no_birth_date(taken, at_lane):
    refuse(taken, at_lane, comments="Entry ban of the north.")
    client = browser("second", POST)
    shown = words(client.get(f"/console/checks/{taken.check.id}/refusal/carrier.pdf").content)
    assert "Meridian Air" in shown and "MA 1234" in shown and "take the person back" in shown
    for hidden in ("Entry ban", "1991", "national register", "Nationality"):
        assert hidden not in shown


def test_a_refused_signature_is_noted_on_the_next_copy(taken, at_lane):
    refuse(taken, at_lane)
    client = browser("second", POST)
    assert (
        client.post(f"/console/checks/{taken.check.id}/refusal/signature/", {"signature": "refused"}).status_code == 302
    )
    assert Paper.objects.get().signature == "refused"
    assert "refused to sign" in words(client.get(f"/console/checks/{taken.check.id}/refusal/letter.pdf").content)
    assert (
        client.post(f"/console/checks/{taken.check.id}/refusal/signature/", {"signature": "maybe"}).status_code == 422
    )


def test_a_signature_is_noted_under_the_purpose_of_who_notes_it(post, at_lane):
    first = at_lane("first")
    check = actions.check_text(first, "L1", passport(person(nationality="IND")), "entry")
    actions.refuse(first, check.id, ["E"], {"E": "Return ticket"})
    papers.sign(first, check.id, "signed")
    papers.sign(at_lane("second", None), check.id, "refused")
    noted = list(Entry.objects.filter(kind="refusal.signed").order_by("id").values_list("purpose", flat=True))
    assert noted == ["border-first-line", "border-second-line"]


def test_the_gravest_stand_first_in_the_queue(refer, alert):
    calm, grave = person("UX0000001", "Calmly"), person("UX0000002", "Gravely")
    refer(calm)
    alert(grave, "ARR")
    refer(grave)
    page = browser("second", POST).get("/second-line/").content.decode()
    assert page.index("GRAVELY") < page.index("CALMLY")


def test_the_lane_hears_what_second_line_answered(taken, at_lane):
    first = browser("first", POST, "L1")
    ask = {"HTTP_HX_REQUEST": "true"}
    assert first.get("/console/news/?mark=", **ask).status_code == 204
    refuse(taken, at_lane)
    answer = first.get("/console/news/?mark=", **ask)
    page = answer.content.decode()
    assert "HALVORSEN" in page and "Refused" in page and "Ban." in page
    mark = page.split("mark=")[1].split('"')[0]
    assert first.get(f"/console/news/?mark={mark}", **ask).status_code == 204
    assert "HALVORSEN" in first.get("/console/news/").content.decode(), "works without script"
    assert "HALVORSEN" not in browser("other", POST, "L1").get("/console/news/").content.decode()
    assert first.post("/console/news/").status_code == 302
    assert "HALVORSEN" not in first.get("/console/news/").content.decode()
    assert Check.objects.get().state == "refused"
