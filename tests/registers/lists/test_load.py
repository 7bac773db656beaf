"""Loading: versions are built aside, swapped at once, and whatever goes wrong the version in use stays."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import people
from tests.registers.lists.worlds import csv_list, csv_numbers, csv_row, documents_csv
from xenia import matching
from xenia.access import epochs
from xenia.access.standing import Standing
from xenia.errors import BadInput, Conflict, NotAllowed, Unavailable, XeniaError
from xenia.identity import keys
from xenia.journal.actions import writing
from xenia.journal.models import Entry
from xenia.registers.lists import actions, current, statement, store, versions
from xenia.registers.lists.actions import LoadReport
from xenia.registers.lists.models import ListSource, ListVersion, LoadRun
from xenia.work import proposals

Load = Callable[..., LoadReport]


def in_use(register: str = "alerts") -> list[str]:
    return sorted(record_id for one in current.current(register) for record_id in one.file.record_ids())


def counts(report: LoadReport) -> dict[str, int]:
    return {name: report.result.counts[name] for name in ("added", "changed", "removed", "refused")}


def test_a_first_version_is_searched_at_once(load: Load) -> None:
    report = load(csv_numbers(range(20)))
    assert (report.state, report.number) == ("published", 1)
    assert counts(report) == {"added": 20, "changed": 0, "removed": 0, "refused": 0}
    (one,) = current.current("alerts")
    keys_of = matching.query_keys(["Zorbek7 Tamriko"], None)
    assert "A-7" in [record_id for record_id, _ in one.file.search_names(keys_of)]
    exact = keys.document_keys("UTO", "P", "X0000007")
    assert [record_id for record_id, _ in one.file.search_document(exact)] == ["A-7"]


def test_the_next_version_says_what_changed_and_replaces_the_file(load: Load) -> None:
    load(csv_numbers(range(20)))
    report = load(csv_list(*(csv_row(n) for n in range(1, 19)), csv_row(19, "Otherwise"), csv_row(30)))
    assert counts(report) == {"added": 1, "changed": 1, "removed": 1, "refused": 0}
    assert {name: list(report.changes.ids(name)) for name in ("added", "changed", "removed")} == {
        "added": ["A-30"],
        "changed": ["A-19"],
        "removed": ["A-0"],
    }
    assert in_use() == sorted(f"A-{n}" for n in [*range(1, 20), 30])
    assert [path.name for path in store.folder().glob("*.list")] == ["alerts-csv-2.list"]
    assert list(ListVersion.objects.order_by("number").values_list("state", "file")) == [
        ("superseded", ""),
        ("current", "alerts-csv-2.list"),
    ]


def test_the_journal_names_source_number_hash_and_counts_and_nobody(load: Load) -> None:
    load(csv_numbers(range(5)))
    entry = Entry.objects.get(kind="list.version-published")
    body = json.loads(bytes(entry.body or b""))
    assert (body["source"], body["register"], body["number"], len(body["sha256"])) == ("alerts-csv", "alerts", 1, 64)
    assert body["counts"]["records"] == 5
    assert "Zorbek" not in json.dumps(body)


def test_a_dry_run_says_the_same_and_changes_nothing(load: Load) -> None:
    load(csv_numbers(range(10)))
    before = epochs.read()["lists"]
    report = load(csv_numbers(range(1, 12)), dry_run=True)
    assert (report.state, report.number) == ("tried", None)
    assert counts(report) == {"added": 2, "changed": 0, "removed": 1, "refused": 0}
    assert in_use() == sorted(f"A-{n}" for n in range(10))
    assert epochs.read()["lists"] == before
    assert ListVersion.objects.count() == 1
    assert LoadRun.objects.filter(state="tried").count() == 1


@pytest.mark.parametrize(
    ("slip", "reason"),
    [
        (("1980-01-02", "someday"), "date"),
        (("Zorbek4", "Zor,bek4"), "columns"),
        (("Zorbek4", '"Zorbek4'), "quote-open"),
    ],
)
def test_a_refused_row_never_removes_a_listed_person(load: Load, slip: tuple[str, str], reason: str) -> None:
    load(csv_numbers(range(10)))
    bad = csv_row(4).replace(*slip)
    report = load(csv_list(*(csv_row(n) for n in range(10) if n != 4), bad))
    assert counts(report) == {"added": 0, "changed": 0, "removed": 0, "refused": 1}
    assert report.result.counts["kept"] == 1
    assert "A-4" in in_use()
    (refused,) = report.changes.refused()
    assert (refused.line, refused.record_id, refused.reason) == (11, "A-4", reason)


def test_documents_and_the_un_list_are_loaded(load: Load, samples: Path) -> None:
    assert load(documents_csv(range(100)), "lost-documents-csv").state == "published"
    exact = keys.document_keys("UTO", "P", "U00000042")
    assert len(current.current("lost_documents")[0].file.search_document(exact)) == 1
    raw = (samples / "names" / "un_consolidated_2018_cut.xml").read_bytes()
    ListSource.objects.filter(code="notices-un-xml").update(max_age_hours=24 * 365 * 90)
    report = load(raw, "notices-un-xml")
    assert (report.result.counts["records"], report.result.counts["passed_over"]) == (54, 20)
    assert ListVersion.objects.get(source_id="notices-un-xml").as_of.year == 2018


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "list-columns"),
        (csv_numbers(range(5))[:-12], "list-cut"),
        (csv_numbers(range(5)).replace(b"Zorbek3", "Zörbek".encode("latin-1")), "list-encoding"),
        (csv_numbers(range(5)).replace(b"surname", b"colour"), "list-columns"),
        (csv_list(*(csv_row(n).replace("1980", "year") for n in range(5))), "list-empty"),
        (csv_list(csv_row(1), end=",9999-01-01T00:00:00Z"), "list-as-of"),
        (csv_list(csv_row(1), end=",soon"), "list-as-of"),
    ],
)
def test_a_bad_list_is_refused_whole_and_the_one_before_stays(load: Load, content: bytes, code: str) -> None:
    load(csv_numbers(range(8)))
    with pytest.raises(BadInput) as error:
        load(content)
    assert error.value.code == code
    assert error.value.what_to_do
    assert len(in_use()) == 8
    run = LoadRun.objects.latest("started_at")
    assert (run.state, run.problem) == ("failed", code)
    assert store.run_folders("alerts-csv") == [] or not list(store.run_path("alerts-csv", run.id).glob("*"))


def test_an_xml_bomb_is_refused_in_the_worker(load: Load) -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "xxxxxxxxxx"><!ENTITY b "&a;&a;&a;&a;">]><CONSOLIDATED_LIST>&b;</CONSOLIDATED_LIST>'
    with pytest.raises(BadInput) as error:
        load(bomb, "notices-un-xml")
    assert error.value.code == "list-xml"


def test_a_version_that_removes_much_waits_for_a_second_person(
    load: Load, editor: Standing, approver: Standing
) -> None:
    load(csv_numbers(range(100)))
    report = load(csv_numbers(range(70)))
    assert (report.state, report.number) == ("waiting", 2)
    assert len(in_use()) == 100
    waiting = ListVersion.objects.get(number=2)
    with pytest.raises(NotAllowed):
        proposals.approve(editor, waiting.proposal)
    proposals.approve(approver, waiting.proposal)
    current.settle()
    assert len(in_use()) == 70
    assert [path.name for path in store.folder().glob("*.list")] == ["alerts-csv-2.list"]


def test_a_share_exactly_at_the_limit_needs_nobody_else(load: Load) -> None:
    load(csv_numbers(range(100)))
    assert load(csv_numbers(range(80))).state == "published"
    assert load(csv_numbers(range(63))).state == "waiting"


def test_a_rejected_version_is_put_away(load: Load, approver: Standing) -> None:
    load(csv_numbers(range(100)))
    load(csv_numbers(range(10)))
    proposals.reject(approver, ListVersion.objects.get(number=2).proposal, "cut by mistake")
    assert versions.reject_decided() == 1
    assert ListVersion.objects.get(number=2).state == "rejected"
    assert [path.name for path in store.folder().glob("*.list")] == ["alerts-csv-1.list"]
    assert len(in_use()) == 100


def test_a_waiting_version_that_was_overtaken_is_not_published(load: Load, approver: Standing) -> None:
    load(csv_numbers(range(100)))
    load(csv_numbers(range(10)))
    waiting = ListVersion.objects.get(number=2)
    load(csv_numbers(range(99)))
    with pytest.raises(XeniaError) as error:
        proposals.approve(approver, waiting.proposal)
    assert error.value.code == "list-outdated"
    assert len(in_use()) == 99


def test_two_loads_at_once_are_a_conflict(load: Load) -> None:
    with store.only_one("alerts-csv"), pytest.raises(Conflict) as error:
        load(csv_numbers(range(3)))
    assert error.value.code == "list-busy"
    assert load(csv_numbers(range(3))).state == "published"


def test_a_load_is_cancelled_and_leaves_nothing(load: Load) -> None:
    load(csv_numbers(range(3)))
    with pytest.raises(Conflict) as error:
        load(csv_numbers(range(4)), cancelled=lambda: True)
    assert error.value.code == "load-cancelled"
    assert LoadRun.objects.latest("started_at").state == "cancelled"
    assert in_use() == ["A-0", "A-1", "A-2"]
    assert [path.name for path in store.folder().glob("*.list*")] == ["alerts-csv-1.list"]


def test_who_may_not_load_does_not(world: people.World, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(csv_numbers(range(3)))
    officer = world.standing("offa", "first-line-officer")
    with pytest.raises(NotAllowed) as error:
        actions.load(officer, "alerts-csv", path)
    assert error.value.code == "no-permission"


def test_a_source_that_is_not_approved_is_not_loaded(load: Load) -> None:
    ListSource.objects.filter(pk="alerts-csv").update(state="proposed")
    with pytest.raises(NotAllowed) as error:
        load(csv_numbers(range(3)))
    assert error.value.code == "source-not-approved"


def test_defaults_of_a_source_fill_what_the_file_leaves_empty(load: Load) -> None:
    ListSource.objects.filter(pk="alerts-csv").update(defaults={"instruction_first": "Call me.", "category": "CHK"})
    load(csv_list(csv_row(1), csv_row(2, more="Mine.")))
    file = current.current("alerts")[0].file
    bodies = [file.get("A-1"), file.get("A-2")]
    assert [body["instruction_first"] for body in bodies if body] == ["Call me.", "Mine."]
    assert [body["category"] for body in bodies if body] == ["REF-B", "REF-B"]


@pytest.mark.parametrize("part", ["middle", "end", "missing", "another", "signature"])
def test_a_tampered_file_does_not_answer(load: Load, part: str) -> None:
    load(csv_numbers(range(200)))
    row = ListVersion.objects.get()
    path = store.file_path(row.file)
    if part == "missing":
        path.unlink()
    elif part == "another":
        load(csv_numbers(range(5)), "notices-csv")
        path.write_bytes(store.file_path("notices-csv-1.list").read_bytes())
    elif part == "signature":
        ListVersion.objects.update(signature=b"\x01" * 64)
    else:
        with path.open("r+b") as file:
            file.seek(-20 if part == "end" else path.stat().st_size // 2, 2 if part == "end" else 0)
            file.write(b"Z")
    current.forget()
    with pytest.raises(Unavailable) as error:
        current.current("alerts")
    assert error.value.code == ("list-file" if part == "missing" else "list-signature")
    current.warm()


def test_a_version_number_or_source_cannot_be_swapped_for_another(load: Load) -> None:
    load(csv_numbers(range(5)))
    row = ListVersion.objects.select_related("source").get()
    row.number = 7
    with pytest.raises(Unavailable):
        statement.check(store.file_path("alerts-csv-1.list"), row)


def test_asking_again_costs_no_query_but_the_counters_and_one_after_a_change(
    load: Load, django_assert_num_queries: Callable
) -> None:
    load(csv_numbers(range(5)))
    current.current("alerts")
    with django_assert_num_queries(1):
        current.current("alerts")
    with epochs.one_request(), django_assert_num_queries(1):
        for register in ("alerts", "notices", "lost_documents", "alerts"):
            current.current(register)
    with writing():
        epochs.bump("lists")
    with epochs.one_request(), django_assert_num_queries(2):
        for register in ("alerts", "notices", "lost_documents", "alerts"):
            current.current(register)


def test_a_swap_while_others_search_gives_no_error_and_no_mixed_answer(load: Load) -> None:
    """Even versions name everybody Evenson, odd ones Oddson; each answer is all of one version."""
    rows = 300

    def version(name: str) -> bytes:
        return csv_list(*(csv_row(n, f"{name}{n}") for n in range(rows)))

    load(version("Evenson"))
    keys_of = [keys.document_keys("UTO", "P", f"X{n:07}") for n in (0, 299)]
    wrong: list[object] = []
    stop = threading.Event()

    def search() -> None:
        from django.db import connection

        try:
            while not stop.is_set():
                with epochs.one_request():
                    (one,) = current.current("alerts")
                    found = [one.file.search_document(key)[0] for key in keys_of]
                    bodies = [one.file.get("A-150"), *(body for _, body in found)]
                names = {body["names"][0]["surname"].rstrip("0123456789") for body in bodies if body}
                if len(names) != 1 or None in bodies:
                    wrong.append(names)
        except Exception as error:
            wrong.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=search) for _ in range(4)]
    for thread in threads:
        thread.start()
    for turn in range(4):
        load(version("Oddson" if turn % 2 == 0 else "Evenson"))
    stop.set()
    for thread in threads:
        thread.join()
    assert wrong == []
