"""The register pages: what each reader sees, that it is written down, and that nobody writes alone."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from tests.frontier.conftest import today
from tests.registers.samples import BODIES
from tests.registers.test_entered import enter
from xenia.access import actions as access
from xenia.access.standing import Standing
from xenia.journal.models import Entry, EntrySubject
from xenia.registers import entered
from xenia.registers.lists import actions as lists
from xenia.registers.lists.subjects import record_subject
from xenia.registers.live.models import LiveRecord
from xenia.registers.pages import browse, surname
from xenia.site.demo import lists as demo_lists
from xenia.site.demo import people
from xenia.work import proposals
from xenia.work.models import Proposal

Stand = Callable[..., Standing]
PASSWORD = "amber-birch-cedar-delta-7"
ANSWERS = {"why": "Needed", "file_reference": "File 7"}
VEHICLE_FORM = {
    "category": "stolen",
    "plate": "UX 777",
    "plate_state": "uto",
    "make": "Invented",
    "reason": "Taken",
    "legal_basis": "Invented Act",
    "proportionality": "Worth it",
} | ANSWERS


@pytest.fixture
def browser(at_lane: Stand) -> Callable[[str], Client]:
    """A signed-in browser of an officer: `browser("editor")`."""

    def of(name: str) -> Client:
        client = Client()
        client.post("/sign-in/", {"login": name, "password": PASSWORD})
        session = client.session
        session["second_factor"], session["post"] = True, "UTO-T1"
        session.save()
        return client

    return of


@pytest.fixture
def listed(post: str, tmp_path: Path) -> int:
    """A list of 60 alerts in use, one of them discreet; how many."""
    file, found = tmp_path / "alerts.csv", list(people.people(7, 60, today()))
    rows = [demo_lists.person_row(f"L{n:03}", one, "REF-B", today()) for n, one in enumerate(found[:-1])]
    rows.append(demo_lists.person_row("SECRET", found[-1], "CHK-D", today()))
    demo_lists.write(file, demo_lists.PERSON_COLUMNS, rows)
    lists.load(access.operator_standing("operator"), "alerts-csv", file).discard()
    return len(rows)


def text_of(answer: Any) -> str:
    return answer.content.decode()


def shown(kind: str = "register.shown") -> set[UUID]:
    entry = Entry.objects.filter(kind=kind).latest("recorded_at")
    return set(EntrySubject.objects.filter(entry_id=entry.id).values_list("subject", flat=True))


def test_the_overview_says_what_is_held_and_for_which_purpose(
    at_lane: Stand, browser: Callable[[str], Client], listed: int
) -> None:
    enter(at_lane, "vehicles")
    enter(at_lane, "visas")
    before = Entry.objects.filter(kind="register.shown").count()
    page = text_of(browser("editor").get("/registers/"))
    assert "Vehicles" in page and "Visas" in page and str(listed) in page
    assert "Oxenholm" not in page and Entry.objects.filter(kind="register.shown").count() == before


def test_browsing_walks_hand_entered_and_listed_records_once_each(
    at_lane: Stand, browser: Callable[[str], Client], listed: int, alert: Callable[..., str]
) -> None:
    editor, seen, address = browser("editor"), [], "/registers/alerts/"
    from tests.frontier.conftest import person

    mine = alert(person(), "REF-B")
    for _ in range(10):
        page = text_of(editor.get(address))
        here = re.findall(r"/registers/alerts/([0-9a-f-]{36})/", page)
        assert len(here) <= browse.PER_PAGE and shown() == {UUID(one) for one in here}
        seen += here
        following = re.search(r'rel="next" href="([^"]+)"', page)
        if not following:
            break
        address = "/registers/alerts/" + following[1].replace("&amp;", "&")
    assert len(seen) == len(set(seen)) == listed + 1 and seen[0] == mine


def test_oldest_first_walks_the_other_way(browser: Callable[[str], Client], listed: int) -> None:
    editor = browser("editor")
    there = re.findall(r"/registers/alerts/([0-9a-f-]{36})/", text_of(editor.get("/registers/alerts/?order=newest")))
    back = re.findall(r"/registers/alerts/([0-9a-f-]{36})/", text_of(editor.get("/registers/alerts/?order=oldest")))
    assert there and back and not set(there) & set(back)


def test_filters_show_only_what_fits(at_lane: Stand, browser: Callable[[str], Client], listed: int) -> None:
    enter(at_lane, "vehicles")
    editor = browser("editor")
    assert "UX 555" in text_of(editor.get("/registers/vehicles/?category=stolen&validity=in-force"))
    assert "UX 555" not in text_of(editor.get("/registers/vehicles/?category=evidence"))
    assert "UX 555" not in text_of(editor.get("/registers/vehicles/?validity=over"))
    found = re.findall(r"/registers/alerts/[0-9a-f-]{36}/", text_of(editor.get("/registers/alerts/?category=CHK-D")))
    assert len(found) == 1


def test_a_long_search_through_a_list_stops_and_offers_to_go_on(
    browser: Callable[[str], Client], listed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browse, "MOST_LOOKED", 30)
    editor = browser("editor")
    page = text_of(editor.get("/registers/alerts/?category=JUD"))
    assert "30 records were looked through" in page and "Look further" in page


def test_discreet_records_are_only_for_those_whose_policy_row_sees_them(
    at_lane: Stand, browser: Callable[[str], Client], listed: int
) -> None:
    secret = str(record_subject("alerts", "alerts-csv", "SECRET"))
    for name, sees in (("editor", True), ("second", True)):
        assert (browser(name).get(f"/registers/alerts/{secret}/").status_code == 200) == sees
    operator = access.operator_standing("operator")
    made = (
        access.make_account(operator, "case", "Case", authority="UTO-MIG", password=PASSWORD) if _migration() else None
    )
    assert made is not None
    access.give_role(operator, made.account.pk, "case-officer", post=None)
    case = Client()
    case.post("/sign-in/", {"login": "case", "password": PASSWORD})
    session = case.session
    session["second_factor"] = True
    session.save()
    assert case.get(f"/registers/alerts/{secret}/").status_code == 404
    page = text_of(case.get("/registers/alerts/?category=CHK-D"))
    assert secret not in page and "Look further" not in page


def _migration() -> bool:
    from xenia.access import place_actions

    place_actions.make_authority(access.operator_standing("operator"), "UTO-MIG", "Migration", kind="migration")
    return True


@pytest.mark.parametrize("text", ["Oxenholm, Ebba", "Ebba Oxenholm", "Оксенхольм Эбба"])
def test_a_name_finds_in_any_script_and_the_search_is_written_down(
    at_lane: Stand, browser: Callable[[str], Client], text: str
) -> None:
    record = enter(at_lane, "notices")
    answer = browser("editor").post("/registers/notices/", {"text": text})
    assert "Oxenholm" in text_of(answer) and shown() == {record}


@pytest.mark.parametrize("text", ["Oxenholm", "oxen", "Oxenholm,", "Оксенхольм"])
def test_a_surname_alone_finds_what_was_entered(at_lane: Stand, browser: Callable[[str], Client], text: str) -> None:
    record = enter(at_lane, "notices")
    editor = browser("editor")
    assert "Oxenholm" in text_of(editor.post("/registers/notices/", {"text": text})) and shown() == {record}
    for other in ("Ebba", "Xolm", "O"):
        assert str(record) not in text_of(editor.post("/registers/notices/", {"text": other})), other


def test_a_surname_alone_finds_in_lists_as_far_as_policy_shows(
    at_lane: Stand, browser: Callable[[str], Client], listed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor, found = browser("editor"), list(people.people(7, 60, today()))
    for number in (3, 41):
        page = text_of(editor.post("/registers/alerts/", {"text": found[number].surname}))
        assert str(record_subject("alerts", "alerts-csv", f"L{number:03}")) in page
        assert "There may be more" not in page
    monkeypatch.setattr(surname, "MOST_LISTED", 30)
    page = text_of(editor.post("/registers/alerts/", {"text": "Nowhereman"}))
    assert "Nothing found." in page and "30 records were looked through" in page and "There may be more" in page


@pytest.mark.parametrize(
    ("register", "text"),
    [
        ("visas", "UX5550001"),
        ("visas", "v555 0001"),
        ("vehicles", "ux555"),
        ("vehicles", "UXZZZ000000000001"),
        ("lost_documents", "UX5550002"),
    ],
)
def test_a_number_finds_without_its_state(
    at_lane: Stand, browser: Callable[[str], Client], register: str, text: str
) -> None:
    record = enter(at_lane, register)
    assert str(record) in text_of(browser("editor").post(f"/registers/{register}/", {"text": text}))
    assert str(record) in text_of(browser("editor").post(f"/registers/{register}/", {"text": text, "state": "UTO"}))


def test_a_record_is_found_by_its_own_number(browser: Callable[[str], Client], listed: int) -> None:
    page = text_of(browser("editor").post("/registers/alerts/", {"text": "L007"}))
    assert str(record_subject("alerts", "alerts-csv", "L007")) in page


def test_a_search_that_finds_nothing_is_written_down_too(at_lane: Stand, browser: Callable[[str], Client]) -> None:
    before = Entry.objects.filter(kind="register.shown").count()
    assert "Nothing found." in text_of(browser("editor").post("/registers/notices/", {"text": "Nobody"}))
    assert Entry.objects.filter(kind="register.shown").count() == before + 1
    assert browser("editor").post("/registers/notices/", {"text": ""}).status_code == 422


@pytest.mark.parametrize("register", list(BODIES))
def test_a_record_page_and_its_print_show_what_is_open_and_name_it(
    at_lane: Stand, browser: Callable[[str], Client], register: str
) -> None:
    record = enter(at_lane, register)
    for address in (f"/registers/{register}/{record}/", f"/registers/{register}/{record}/print/"):
        page = text_of(browser("editor").get(address))
        said = "Printed by Editor for: " if address.endswith("/print/") else "You read this record for: "
        assert said in page
        assert shown() == {record}
        assert ('<body class="a4">' in page) is address.endswith("/print/")
    page = text_of(browser("editor").get(f"/registers/{register}/{record}/"))
    assert "Proposed by Editor." in page and "Approved by Approver." in page


def test_a_listed_record_says_its_list_and_version(browser: Callable[[str], Client], listed: int) -> None:
    subject = record_subject("alerts", "alerts-csv", "L001")
    page = text_of(browser("editor").get(f"/registers/alerts/{subject}/"))
    assert "Alerts loaded by the operator" in page
    assert "L001" in page and "Propose a correction" not in page


def test_the_first_line_has_no_register_pages(at_lane: Stand, browser: Callable[[str], Client]) -> None:
    record = enter(at_lane, "vehicles")
    for address in ("/registers/", "/registers/vehicles/", f"/registers/vehicles/{record}/", "/registers/exports/"):
        assert browser("first").get(address).status_code == 403


def test_entering_checks_the_answers_before_it_proposes(at_lane: Stand, browser: Callable[[str], Client]) -> None:
    editor = browser("editor")
    assert editor.get("/registers/vehicles/new/").status_code == 200
    wrong = editor.post("/registers/vehicles/new/", {**VEHICLE_FORM, "plate": "", "reason": ""})
    assert wrong.status_code == 422 and "There is a problem" in text_of(wrong)
    check = editor.post("/registers/vehicles/new/", VEHICLE_FORM)
    assert "Check the answers" in text_of(check) and not Proposal.objects.exists()
    again = text_of(editor.post("/registers/vehicles/new/", {**VEHICLE_FORM, "step": "change"}))
    assert 'value="UX 777"' in again and not Proposal.objects.exists()
    assert editor.post("/registers/vehicles/new/", {**VEHICLE_FORM, "step": "send"}).status_code == 302
    made = Proposal.objects.get(action=entered.ENTER)
    assert not LiveRecord.objects.exists()
    proposals.approve(at_lane("approver", None), made.pk)
    assert LiveRecord.objects.get().category == "stolen"


def test_correcting_and_deleting_go_the_same_way(at_lane: Stand, browser: Callable[[str], Client]) -> None:
    editor, record = browser("editor"), enter(at_lane, "vehicles")
    form = text_of(editor.get(f"/registers/vehicles/{record}/correct/"))
    assert 'value="UX 555"' in form
    kept = {"plate": "UX 555", "vin": "UXZZZ000000000001", "event_on": "1 10 2026", "model": "Roadster"}
    sent = editor.post(
        f"/registers/vehicles/{record}/correct/", {**VEHICLE_FORM, **kept, "colour": "red", "step": "send"}
    )
    assert sent.status_code == 302
    proposals.approve(at_lane("approver", None), Proposal.objects.get(action=entered.CORRECT).pk)
    assert "red" in text_of(editor.get(f"/registers/vehicles/{record}/"))
    assert editor.post(f"/registers/vehicles/{record}/delete/", {}).status_code == 422
    assert editor.post(f"/registers/vehicles/{record}/delete/", ANSWERS).status_code == 302
    proposals.approve(at_lane("approver", None), Proposal.objects.get(action=entered.DELETE).pk)
    gone = editor.get(f"/registers/vehicles/{record}/")
    assert gone.status_code == 410 and "This record was deleted" in text_of(gone) and "UX 555" not in text_of(gone)


@pytest.mark.parametrize("register", list(BODIES))
def test_the_form_of_a_correction_shows_the_record_and_changes_nothing_by_itself(
    at_lane: Stand, browser: Callable[[str], Client], register: str
) -> None:
    from xenia.registers.pages import record as records
    from xenia.registers.pages.acts import merged
    from xenia.registers.pages.forms import of

    made = enter(at_lane, register)
    before = records.body_of(at_lane("editor", None), made)
    kind = of(register)
    form = kind({**kind.initial_of(before), **ANSWERS})
    assert form.is_valid(), form.errors
    after = entered.entering(register).check(merged(before, form.body()))
    assert entered.changed_fields(before, after) == []


def test_an_alert_is_corrected_by_two_persons_too(at_lane: Stand, browser: Callable[[str], Client]) -> None:
    from tests.registers.alerts.test_alerts import BODY
    from xenia.registers.alerts import actions as alerts

    editor, approver = at_lane("editor", None), at_lane("approver", None)
    made = alerts.propose_entry(editor, copy.deepcopy(BODY), reason="Needed", reference="external:7/2026")
    proposals.approve(approver, made.pk)
    changed = dict(copy.deepcopy(BODY), reason="Corrected")
    again = entered.propose_correction(editor, made.subject, changed, reason="Wrong", reference="external:8")
    proposals.approve(approver, again.pk)
    page = text_of(browser("editor").get(f"/registers/alerts/{made.subject}/"))
    assert "Corrected" in page and f"/alerts/{made.subject}/delete/" in page


def test_no_address_of_the_pages_holds_a_name_or_a_number(at_lane: Stand, browser: Callable[[str], Client]) -> None:
    for register in BODIES:
        enter(at_lane, register)
    for register in BODIES:
        page = text_of(browser("editor").get(f"/registers/{register}/"))
        assert re.search(rf'href="/registers/{register}/[0-9a-f-]{{36}}/"', page), "the record is on the page"
        assert not [one for one in re.findall(r'href="([^"]+)"', page) if "xenholm" in one.lower() or "UX555" in one]
