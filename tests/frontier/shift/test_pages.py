"""The pages of the post, as the supervisor's browser gets them."""

from __future__ import annotations

import io
import re

import openpyxl

from tests.frontier.shift.conftest import PASSWORD, POST
from xenia.access import actions as access
from xenia.access import place_actions
from xenia.frontier.shift.models import LaneState
from xenia.journal.models import Entry
from xenia.registers.reference.models import Printer


def test_the_board_shows_lanes_waits_and_no_traveller(client_of, travellers) -> None:
    travellers.admitted()
    travellers.referred()
    page = client_of().get("/post/")
    text = page.content.decode()
    assert page.status_code == 200
    assert "Testing" in text and ">L1<" in text and "quorndale" not in text.lower()
    assert "Not enough past days" in text or "The day has just begun" in text
    assert "Too few crossings were measured" in text


def test_a_poll_without_news_is_empty_and_writes_nothing(client_of, travellers) -> None:
    client = client_of()
    mark = re.search(r"mark=(\w+)", client.get("/post/").content.decode())[1]
    before = Entry.objects.count()
    answers = {client.get(f"/post/?mark={mark}").status_code for _ in range(2)}
    assert answers <= {204, 200} and Entry.objects.count() == before
    travellers.admitted()
    fresh = client.get(f"/post/?mark={mark}")
    assert fresh.status_code == 200 and b"<html" not in fresh.content


def test_a_lane_is_closed_and_opened_on_its_page(client_of) -> None:
    client = client_of()
    assert client.get("/post/lanes/L1/").status_code == 200
    assert client.post("/post/lanes/L1/", {"state": "closed", "planned": ""}).status_code == 302
    assert not LaneState.objects.get(lane="L1").open
    assert ">closed<" in client.get("/post/").content.decode()
    assert client.get("/post/lanes/L9/").status_code == 404
    assert client.post("/post/lanes/L1/", {"state": "ajar"}).status_code == 422


def test_an_incident_is_written_down_followed_up_and_found(client_of) -> None:
    client = client_of()
    assert client.get("/post/incidents/new/").status_code == 200
    form = {
        "kind": "power",
        "on": "2026-01-02",
        "at": "10:30",
        "text": "Lights went out at the hall.",
        "check_made": "",
    }
    made = client.post("/post/incidents/new/", form)
    assert made.status_code == 302
    shown = client.get(made.url).content.decode()
    assert "Lights went out" in shown and "Power cut" in shown and "10:30" in shown
    assert client.post(made.url, {"on": "2026-01-02", "at": "11:00", "text": "Generator runs."}).status_code == 302
    log = client.post("/post/incidents/", {"text": "GENERATOR"}).content.decode()
    assert "Lights went out" in log and "Generator runs." in log
    assert "No incident fits" in client.post("/post/incidents/", {"text": "volcano"}).content.decode()
    wrong = client.post("/post/incidents/new/", dict(form, on="2999-01-01"))
    assert wrong.status_code == 422 and "lies ahead" in wrong.content.decode()


def test_a_shift_is_opened_handed_over_and_closed_on_pages(client_of, travellers, supervisors, settings) -> None:
    client = client_of()
    page = client.get("/post/shifts/")
    hours = dict(re.findall(r'name="(begin|end)" value="([\d:]+)"', page.content.decode()))
    opened = client.post("/post/shifts/", hours)
    assert opened.status_code == 302, opened.content.decode()
    travellers.admitted()
    page = client.get(opened.url)
    assert page.status_code == 200 and "Open now" in page.content.decode()
    assert client.get(f"{opened.url}close/").status_code == 200
    handed = client.post(
        f"{opened.url}hand-over/", {"to": str(supervisors[1].account), "note": "Reader of L2 is slow."}
    )
    assert handed.status_code == 302
    client.post("/sign-out/")
    client = client_of("next")
    page = client.get(opened.url).content.decode()
    assert "Reader of L2 is slow." in page
    end = re.search(r'name="end" value="([\d:]+)"', page)[1]
    taken = client.post(f"{opened.url}take-over/", {"end": end})
    assert taken.status_code == 302 and taken.url != opened.url
    assert "Taken over from" in client.get(taken.url).content.decode()
    assert client.post(f"{opened.url}close/").status_code == 302
    page = client.get(opened.url).content.decode()
    assert "SHA-256" in page and "Reader of L2" not in page.split("Handed over")[0]
    again = client.post(f"{opened.url}close/")
    assert again.status_code == 409 and "closed already" in again.content.decode()
    pdf = client.get(f"{opened.url}report.pdf")
    assert pdf.status_code == 200 and pdf.content.startswith(b"%PDF")
    assert client.get(f"{opened.url}report.pdf").content == pdf.content
    assert '<body class="a4">' in page
    Printer.objects.create(post=POST, name="Desk", paper="roll-80", letters=["shift-report"])
    assert '<body class="roll-80">' in client.get(opened.url).content.decode()
    assert client.get(f"{opened.url}report.pdf").content != pdf.content


def test_reports_are_shown_and_taken_in_three_forms(client_of, travellers) -> None:
    travellers.admitted()
    travellers.admitted(direction="exit", lane="L2")
    client = client_of()
    for period in ("day", "week", "month"):
        page = client.get(f"/post/reports/?period={period}")
        text = page.content.decode()
        assert (
            page.status_code == 200
            and "Not for publication" in text
            and "Germany" in text
            and "quorndale" not in text.lower()
        )
    csv = client.get("/post/reports/csv/?period=day")
    assert csv["Content-Type"].startswith("text/csv") and "Germany" in csv.content.decode("utf-8-sig")
    book = openpyxl.load_workbook(io.BytesIO(client.get("/post/reports/xlsx/?period=week").content))
    assert "Nationality" in book.sheetnames
    assert client.get("/post/reports/pdf/?period=month").content.startswith(b"%PDF")
    assert client.get("/post/reports/doc/").status_code == 404
    assert Entry.objects.filter(kind="report.taken").count() == 3


def test_an_officer_of_a_lane_sees_none_of_it(client_of, at_lane) -> None:
    client = client_of("first")
    for path in ("", "incidents/", "shifts/", "reports/", "reports/csv/", "lanes/L1/"):
        assert client.get(f"/post/{path}").status_code == 403


def test_a_supervisor_of_several_posts_is_led_to_choose_one(client, post) -> None:
    operator = access.operator_standing("operator")
    place_actions.make_post(operator, "UTO-T2", "Second", authority="UTO-BG", zone="Asia/Tbilisi", border="land")
    made = access.make_account(operator, "both", "Both", authority="UTO-BG", password=PASSWORD)
    for one in (post, "UTO-T2"):
        access.give_role(operator, made.account.pk, "shift-supervisor", post=one)
    client.post("/sign-in/", {"login": "both", "password": PASSWORD})
    session = client.session
    session["second_factor"] = True
    session.save()
    answer = client.get("/post/")
    page = answer.content.decode()
    assert answer.status_code == 403 and "Choose your post first." in page and "/own/place/?next=%2Fpost%2F" in page
    assert client.post("/own/place/", {"post": "UTO-T2", "lane": "", "next": "/post/"}).url == "/post/"
    assert client.get("/post/").status_code == 200
    refused = client.get("/administration/printers/")
    assert refused.status_code == 403 and "Choose your post first." not in refused.content.decode()
