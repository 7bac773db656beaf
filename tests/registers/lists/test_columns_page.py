"""Choosing the columns of a file on a page: headings and first rows, a trial, the proposal, and changing it later."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests import people
from tests.formats.lists.test_xlsx import book
from xenia.access.standing import Standing
from xenia.journal.models import Entry
from xenia.registers.lists import actions, current, source_pages, store, uploads
from xenia.registers.lists.actions import LoadReport
from xenia.registers.lists.models import ListSource
from xenia.work import proposals
from xenia.work.models import Proposal

Load = Callable[..., LoadReport]
TEXT = "Number;Family name;First name;Date of birth;Colour of hair\n7;ZORBEK;Tamriko;12.08.1974;red\n8;PRUEBA;Ana;31.02.1980;\n"
SAID = {
    "code": "police-csv",
    "name": "Alerts of the police",
    "register": "alerts",
    "format": "csv-mapped",
    "max_age_hours": "12",
    "removal_share": "10",
    "by_itself": "on",
    "reason": "They send it every morning.",
}
HOW = {"encoding": "utf-8", "separator": ";", "heading_line": "1", "dates": "dmy", "between": "|", "minimum_rows": "1"}


@pytest.fixture
def client(world: people.World) -> Client:
    return world.client("edita", "alert-editor")


@pytest.fixture(autouse=True)
def second_factor_is_no_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xenia.access.middleware._unsettled", lambda request, gate: None)


def begun(client: Client, **more: str) -> str:
    answer = client.post("/lists/new/", {**SAID, **more})
    assert answer.status_code == 302
    return str(answer["Location"])


def send(client: Client, page: str, do: str, content: bytes | None = None, **more: str):  # type: ignore[no-untyped-def]
    file = {} if content is None else {"file": SimpleUploadedFile("example.csv", content)}
    return client.post(page, {**HOW, **file, **more, "do": do})


CHOSEN = {"column-0": "record_id", "column-1": "surname", "column-2": "given_names", "column-3": "birth_date"}


def test_columns_are_chosen_tried_and_proposed(
    client: Client, world: people.World, approver: Standing, load: Load
) -> None:
    page = begun(client)
    assert client.get(page).status_code == 200
    assert send(client, page, "read", TEXT.encode()).status_code == 302
    shown = client.get(page).content.decode()
    for words in ("Family name", "Colour of hair", "ZORBEK", "12.08.1974"):
        assert words in shown
    assert '<option value="surname" selected>' in shown
    assert Entry.objects.filter(kind="list.file-looked-at").exists()
    tried = send(client, page, "try", **CHOSEN).content.decode()
    assert "1 records are taken, 1 rows refused" in tried
    assert "That is not a date" in tried
    assert not ListSource.objects.filter(code="police-csv").exists()
    assert send(client, page, "propose", **CHOSEN).status_code == 302
    assert client.get(page).status_code == 404
    assert list(uploads.folder().iterdir()) == []
    source = ListSource.objects.get(code="police-csv")
    assert source.mapping["columns"] == dict(
        zip(["Number", "Family name", "First name", "Date of birth"], CHOSEN.values(), strict=True)
    )
    assert source.proposal is not None
    lines = {line.label: line.after for line in proposals.show(approver, source.proposal).lines}
    assert (lines["Column Family name"], lines["Loads by itself"]) == ("surname", "yes")
    proposals.approve(approver, source.proposal)
    assert load(TEXT.encode(), "police-csv").state == "published"
    body = current.current("alerts")[0].file.get("7")
    assert body is not None
    assert body["birth_dates"] == ["1974-08-12"]


def test_a_spreadsheet_is_described_by_its_sheet(client: Client, world: people.World) -> None:
    page = begun(client, format="xlsx")
    raw = book(["Number", "Family name"], [1, "ZORBEK"], title="Persons")
    assert send(client, page, "read", raw, sheet="").status_code == 302
    shown = client.get(page).content.decode()
    assert "Persons" in shown
    assert "Encoding" not in shown
    assert send(client, page, "propose", **{"column-0": "record_id", "column-1": "surname"}).status_code == 302


def test_what_cannot_be_read_is_said_on_the_page(client: Client, world: people.World) -> None:
    page = begun(client)
    assert "Choose the file" in send(client, page, "read").content.decode()
    odd = send(client, page, "read", TEXT.replace("Tamriko", "é").encode("latin-1"))
    assert odd.status_code == 422
    assert "is not in the encoding of this source" in odd.content.decode()
    assert client.get(page).status_code == 200
    assert send(client, page, "read", TEXT.encode()).status_code == 302
    missing = send(client, page, "propose", **{"column-1": "surname"})
    assert missing.status_code == 422
    assert "No column holds record_id" in missing.content.decode()
    assert "Write each line as the example shows" in send(client, page, "try", words="status stolen").content.decode()


def test_whoever_may_not_see_the_records_sees_the_headings_only(
    client: Client, world: people.World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source_pages, "_may_see", lambda standing, register: False)
    page = begun(client)
    send(client, page, "read", TEXT.encode())
    shown = client.get(page).content.decode()
    assert "Family name" in shown
    assert "ZORBEK" not in shown
    assert not Entry.objects.filter(kind="list.file-looked-at").exists()


def test_a_draft_is_somebodys_own(client: Client, world: people.World) -> None:
    page = begun(client)
    assert world.client("otto", "alert-editor").get(page).status_code == 404
    assert world.client("selma", "shift-supervisor").get(page).status_code == 403


def test_a_source_is_changed_by_two_persons_and_its_columns_stay(
    client: Client, world: people.World, approver: Standing, load: Load
) -> None:
    page = begun(client)
    send(client, page, "read", TEXT.encode())
    send(client, page, "propose", **CHOSEN)
    proposals.approve(approver, ListSource.objects.get(code="police-csv").proposal)
    said = {**SAID, "max_age_hours": "48", "reason": "They send it less often."}
    answer = client.post("/lists/police-csv/change/", said)
    assert answer.status_code == 302
    page = str(answer["Location"])
    assert "Family name" in client.get(page).content.decode()
    kept = ListSource.objects.get(code="police-csv").mapping["columns"]  # a database may give them in another order
    chosen = {f"column-{place}": field for place, (name, field) in enumerate(kept.items()) if name != "First name"}
    assert send(client, page, "propose", **chosen).status_code == 302
    assert ListSource.objects.get(code="police-csv").max_age_hours == 12
    waiting = Proposal.objects.get(state="waiting", action="lists.source-change")
    lines = {line.label: (line.before, line.after) for line in proposals.show(approver, waiting.pk).lines}
    assert lines["Too old after hours"] == ("12", "48")
    assert "Column First name" not in lines
    with pytest.raises(Exception, match="own proposal"):
        proposals.approve(world.standing("edita", "alert-editor"), waiting.pk)
    proposals.approve(approver, waiting.pk)
    row = ListSource.objects.get(code="police-csv")
    assert (row.max_age_hours, "First name" in row.mapping["columns"]) == (48, False)
    assert Entry.objects.filter(kind="list.source-changed").count() == 1


def test_a_source_of_a_fixed_format_is_changed_at_once_into_a_proposal(client: Client, world: people.World) -> None:
    shown = client.get("/lists/alerts-csv/change/").content.decode()
    assert 'value="24"' in shown
    answer = client.post("/lists/alerts-csv/change/", SAID)
    assert answer.status_code == 302
    assert Proposal.objects.get().action == "lists.source-change"


def test_the_report_names_what_changed_as_policy_allows(client: Client, world: people.World, load: Load) -> None:
    from tests.registers.lists.worlds import csv_list, csv_numbers, csv_row
    from xenia.registers.lists.models import LoadRun

    load(csv_numbers(range(10)))
    discreet = csv_row(12).replace("REF-B", "CHK-D")
    load(
        csv_list(*(csv_row(n) for n in range(1, 9)), csv_row(9, "Other"), csv_row(11), discreet, "A-13,x"), dry_run=True
    )
    run = LoadRun.objects.latest("started_at")
    added = client.get(f"/lists/loads/{run.pk}/report/?what=added").content.decode()
    assert "Zorbek11, Tamriko" in added
    assert "1980-01-02" in added
    assert "A-12" in added
    assert "Zorbek12" not in added
    changed = client.get(f"/lists/loads/{run.pk}/report/?what=changed").content.decode()
    for words in ("A-9", "Names", "Tamriko Zorbek9", "Tamriko Other"):
        assert words in changed
    assert "Zorbek0" in client.get(f"/lists/loads/{run.pk}/report/?what=removed").content.decode()
    refused = client.get(f"/lists/loads/{run.pk}/report/?what=refused").content.decode()
    assert "another number of columns" in refused
    assert client.get(f"/lists/loads/{run.pk}/report/?what=noted").status_code == 200
    assert Entry.objects.filter(kind="list.report-read").count() == 5
    assert world.client("selma", "shift-supervisor").get(f"/lists/loads/{run.pk}/report/").status_code == 403


def samples(project: Path) -> Path:
    path = project.parent / "shared/samples/names"
    if not path.is_dir():
        pytest.skip("the samples are not there")
    return path


def test_the_samples_are_loaded_and_found(project: Path, world: people.World, editor: Standing) -> None:
    folder = samples(project)
    ListSource.objects.filter(code="notices-un-xml").update(max_age_hours=24 * 365 * 90)
    un = actions.load(editor, "notices-un-xml", folder / "un_consolidated_2018_cut.xml")
    assert (un.result.counts["records"], un.result.counts["passed_over"]) == (54, 20)
    ofac = actions.load(editor, "notices-ofac", folder / "ofac_sdn_cut.csv")
    assert (ofac.result.counts["records"], ofac.result.counts["noted"]) == (150, 0)
    notices = actions.load(editor, "notices-json", folder / "synthetic_notices.json")
    assert (notices.result.counts["records"], notices.result.counts["noted"]) == (8, 1)
    assert {one.source_code: one.file.count for one in current.current("notices")} == {
        "notices-json": 8,
        "notices-ofac": 150,
        "notices-un-xml": 54,
    }


def test_the_three_files_of_ofac_are_uploaded_together(
    project: Path, client: Client, world: people.World, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = samples(project)
    begin, threads = actions.load_in_background, []
    monkeypatch.setattr(actions, "load_in_background", lambda *args: threads.append(begin(*args)))
    files = [
        SimpleUploadedFile(f"{part}.csv", (folder / f"ofac_{part}_cut.csv").read_bytes())
        for part in ("sdn", "alt", "add")
    ]
    assert client.post("/lists/alerts-csv/load/", {"file": files}).status_code == 422
    files = [SimpleUploadedFile(str(one.name), one.file.getvalue()) for one in files]
    answer = client.post("/lists/notices-ofac/load/", {"file": files})
    threads[0].join(60)
    shown = client.get(answer["Location"]).content.decode()
    assert "in use" in shown
    assert "sdn.csv, alt.csv, add.csv" in shown
    assert current.current("notices")[0].file.count == 150
    assert list(uploads.folder().iterdir()) == []


def test_drafts_and_folders_of_uploads_are_swept(client: Client, world: people.World) -> None:
    begun(client)
    assert store.sweep_uploads(-10) == 1
    assert list(uploads.folder().iterdir()) == []
