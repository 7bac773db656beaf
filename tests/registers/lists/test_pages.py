"""The list pages: who may, loading with progress, refused rows that no spreadsheet runs, proposing a source."""

from __future__ import annotations

import csv
import io
import threading
from collections.abc import Callable, Iterator

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from tests import people
from tests.registers.lists.worlds import csv_list, csv_numbers, csv_row
from xenia.journal.models import Entry
from xenia.registers.lists import actions, current, safe_csv, store, uploads
from xenia.registers.lists.actions import LoadReport
from xenia.registers.lists.job import write_json
from xenia.registers.lists.models import ListSource, ListVersion, LoadRun
from xenia.work.models import Proposal

Load = Callable[..., LoadReport]


@pytest.fixture
def client(world: people.World) -> Client:
    return world.client("edita", "alert-editor")


@pytest.fixture(autouse=True)
def second_factor_is_no_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xenia.access.middleware._unsettled", lambda request, gate: None)


@pytest.fixture
def threads(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[threading.Thread]]:
    begun: list[threading.Thread] = []
    begin = actions.load_in_background

    def kept(*args: object) -> threading.Thread:
        thread = begin(*args)  # type: ignore[arg-type]
        begun.append(thread)
        return thread

    monkeypatch.setattr(actions, "load_in_background", kept)
    yield begun
    for thread in begun:
        thread.join(60)


def upload(client: Client, content: bytes, **more: str):  # type: ignore[no-untyped-def]
    file = SimpleUploadedFile("list.csv", content, content_type="text/csv")
    return client.post("/lists/alerts-csv/load/", {"file": file, **more})


def test_the_index_names_every_source_and_its_age(client: Client, load: Load) -> None:
    load(csv_numbers(range(3)))
    page = client.get("/lists/").content.decode()
    for name in ("Alerts loaded by the operator", "UN Security Council consolidated list", "never loaded"):
        assert name in page


def test_a_list_is_uploaded_and_in_use(client: Client, threads: list[threading.Thread]) -> None:
    answer = upload(client, csv_numbers(range(12)))
    run = LoadRun.objects.get()
    assert answer.status_code == 302
    assert answer["Location"] == f"/lists/loads/{run.pk}/"
    assert client.get(answer["Location"]).status_code == 200
    threads[0].join(60)
    page = client.get(answer["Location"]).content.decode()
    assert "in use" in page
    assert current.current("alerts")[0].file.count == 12
    assert list(uploads.folder().iterdir()) == []
    part = client.get(answer["Location"], headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "hx-trigger" not in part
    shown = client.get("/lists/alerts-csv/").content.decode()
    assert "version 1, 12 records" in shown


def test_a_dry_run_reports_and_changes_nothing(client: Client, load: Load, threads: list[threading.Thread]) -> None:
    load(csv_numbers(range(5)))
    upload(client, csv_numbers(range(1, 7)), dry_run="on")
    threads[0].join(60)
    run = LoadRun.objects.get(state="tried")
    assert "dry run" in client.get(f"/lists/loads/{run.pk}/").content.decode()
    answer = client.get(f"/lists/loads/{run.pk}/changes.csv")
    rows = list(csv.reader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))  # type: ignore[arg-type]
    assert rows == [["change", "record_id"], ["added", "A-5"], ["added", "A-6"], ["removed", "A-0"]]
    assert current.current("alerts")[0].file.count == 5


def test_refused_rows_are_downloaded_as_text_and_the_read_is_journalled(
    client: Client, threads: list[threading.Thread]
) -> None:
    formulas = ["=HYPERLINK(A0;A1)", "+1+1", "-2+3", "@SUM(A1)"]
    rows = [csv_row(1), *(csv_row(2 + n).replace("1980-01-02", f'"{text}"') for n, text in enumerate(formulas))]
    upload(client, csv_list(*rows))
    threads[0].join(60)
    run = LoadRun.objects.get()
    answer = client.get(f"/lists/loads/{run.pk}/refused.csv")
    text = b"".join(answer).decode("utf-8-sig")  # type: ignore[arg-type]
    found = list(csv.DictReader(io.StringIO(text)))
    assert [row["value"] for row in found] == ["'" + text for text in formulas]
    assert [row["line"] for row in found] == ["3", "4", "5", "6"]
    assert answer["Content-Disposition"].startswith("attachment")
    assert Entry.objects.filter(kind="list.refused-read").count() == 1


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", " =", "\ufeff="])
def test_no_cell_begins_like_a_formula(begin: str) -> None:
    assert safe_csv.safe(begin + "1").startswith("'")
    assert safe_csv.safe("A" + begin) == "A" + begin


def test_a_bad_file_says_why_and_the_version_stays(client: Client, load: Load, threads: list[threading.Thread]) -> None:
    load(csv_numbers(range(4)))
    upload(client, csv_numbers(range(9))[:-10])
    threads[0].join(60)
    run = LoadRun.objects.get(state="failed")
    page = client.get(f"/lists/loads/{run.pk}/").content.decode()
    assert "end row" in page
    assert "not touched" in page
    assert current.current("alerts")[0].file.count == 4


def test_without_a_file_the_page_says_so(client: Client, world: people.World) -> None:
    answer = client.post("/lists/alerts-csv/load/", {})
    assert answer.status_code == 422
    assert "Choose the file" in answer.content.decode()


def test_a_list_that_is_being_loaded_is_not_loaded_again(client: Client, world: people.World) -> None:
    with store.only_one("alerts-csv"):
        answer = upload(client, csv_numbers(range(4)))
    assert answer.status_code == 422
    assert "is being loaded" in answer.content.decode()
    assert not LoadRun.objects.exists()


def test_a_load_is_cancelled_from_its_page(client: Client, threads: list[threading.Thread]) -> None:
    answer = upload(client, csv_numbers(range(40_000)))
    run = LoadRun.objects.get()
    while not store.run_path("alerts-csv", run.pk).is_dir():
        assert threads[0].is_alive()
    assert client.post(f"/lists/loads/{run.pk}/cancel/").status_code == 302
    threads[0].join(60)
    run.refresh_from_db()
    assert run.state == "cancelled"
    assert "cancelled" in client.get(answer["Location"]).content.decode()
    assert client.post(f"/lists/loads/{run.pk}/cancel/").status_code == 409


def test_a_source_is_proposed_and_approved_by_another(client: Client, world: people.World, load: Load) -> None:
    said = {
        "code": "police-alerts",
        "name": "Alerts of the police",
        "register": "alerts",
        "format": "csv",
        "max_age_hours": "12",
        "removal_share": "10",
        "instruction_first": "Call the second line.",
        "reason": "They send it every morning.",
    }
    assert client.post("/lists/new/", said).status_code == 302
    assert client.post("/lists/new/", {**said, "code": "No Code"}).status_code == 422
    source = ListSource.objects.get(pk="police-alerts")
    assert source.state == "proposed"
    assert client.get("/lists/police-alerts/").status_code == 200
    upload(client, csv_numbers(range(2)))
    proposal = Proposal.objects.get(pk=source.proposal)
    approver = world.standing("aprona", "second-approver")
    actions.approve_source(approver, proposal.pk)
    source.refresh_from_db()
    assert (source.state, source.max_age_hours, source.removal_share) == ("approved", 12, 10)
    assert source.approved_by == approver.actor
    assert load(csv_numbers(range(2)), "police-alerts").state == "published"
    body = current.current("alerts")[-1].file.get("A-1")
    assert body is not None
    assert body["instruction_first"] == "Call the second line."


def test_a_version_that_removes_much_is_decided_on_its_page(
    client: Client, world: people.World, load: Load, threads: list[threading.Thread]
) -> None:
    load(csv_numbers(range(50)))
    answer = upload(client, csv_numbers(range(5)))
    threads[0].join(60)
    waiting = ListVersion.objects.get(state="waiting")
    page = f"/work/proposals/{waiting.proposal}/"
    assert page in client.get(answer["Location"]).content.decode()
    assert "Approve" not in client.get(page).content.decode()
    assert client.post(f"{page}decide/", {"decision": "approve"}).status_code == 403
    assert current.current("alerts")[0].file.count == 50
    other = world.client("aprona", "second-approver")
    shown = other.get(page).content.decode()
    for words in ("List version that removes much", "alerts-csv", "Removed", "45"):
        assert words in shown
    assert other.post(f"{page}decide/", {"decision": "approve"}).status_code == 302
    current.settle()
    assert current.current("alerts")[0].file.count == 5


def test_a_running_load_shows_how_far_it_is(client: Client, world: people.World) -> None:
    run = LoadRun(source_id="alerts-csv", started_by="account:x", started_at=timezone.now())
    run.save()
    folder = store.run_folder("alerts-csv", run.pk)
    assert "Beginning" in client.get(f"/lists/loads/{run.pk}/").content.decode()
    write_json(folder / "progress.json", {"step": "reading", "rows": 1_500, "bytes": 25, "of_bytes": 100})
    part = client.get(f"/lists/loads/{run.pk}/", headers={"HX-Request": "true"}).content.decode()
    assert '<progress max="100" value="25"' in part
    assert "hx-trigger" in part
    assert client.get(f"/lists/loads/{run.pk}/refused.csv").status_code == 404


def test_who_reads_lists_does_not_load_them(world: people.World, client: Client) -> None:
    run = LoadRun(source_id="alerts-csv", started_by="account:x", started_at=timezone.now(), state="published")
    run.save()
    reader = world.client("selma", "shift-supervisor")
    assert reader.get("/lists/").status_code == 200
    page = reader.get("/lists/alerts-csv/").content.decode()
    assert "Load a version" not in page
    assert upload(reader, csv_numbers(range(3))).status_code == 403
    assert reader.post(f"/lists/loads/{run.pk}/cancel/").status_code == 403
    assert reader.post("/lists/new/", {}).status_code == 403
    for what in ("refused", "changes"):
        assert reader.get(f"/lists/loads/{run.pk}/{what}.csv").status_code == 403
    assert list(uploads.folder().iterdir()) == []


@pytest.mark.parametrize("path", ["/lists/", "/lists/alerts-csv/", "/lists/new/"])
def test_who_may_not_sees_nothing(world: people.World, path: str) -> None:
    client = world.client("casey", "case-officer", authority="UTO-MG")
    assert client.get(path).status_code == 403
    assert Client().get(path).status_code == 302


def test_what_is_not_there_is_not_found(client: Client, world: people.World) -> None:
    nobody = "00000000-0000-7000-8000-000000000000"
    for path in ("/lists/nothing/", f"/lists/loads/{nobody}/", f"/lists/loads/{nobody}/refused.csv"):
        assert client.get(path).status_code == 404
