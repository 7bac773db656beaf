"""At a unit: a list of the centre is verified with the centre's key, taken into use, replaced, withdrawn."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings

from tests import people
from tests.registers.lists.worlds import csv_numbers, documents_csv
from xenia.access.standing import Standing
from xenia.errors import BadInput, NotAllowed, XeniaError
from xenia.identity import keys
from xenia.journal import rebuild, signing
from xenia.journal.actions import writing
from xenia.journal.models import Entry
from xenia.registers import catalogue
from xenia.registers.lists import actions, current, forgetting, projection, statement, store, taking
from xenia.registers.lists.actions import LoadReport
from xenia.registers.lists.forgetting import ListsPart
from xenia.registers.lists.models import ErasedRecord, ListSource, ListVersion, LoadRun
from xenia.registers.lists.subjects import record_subject
from xenia.registers.lists.taking import Offered
from xenia.registers.live import ages
from xenia.registers.search import ask
from xenia.registers.search.question import Question

Load = Callable[..., LoadReport]
Made = tuple[dict[str, Any], Path, str]


@pytest.fixture
def unit(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """Makes this installation a unit of itself: nothing is loaded any more, and another secret keys its documents."""
    key = signing.own_key()

    def become() -> None:
        monkeypatch.setattr(settings, "XENIA_UNIT", {"node": "uto-ap1-u1"})
        monkeypatch.setattr(ages, "_at_unit", None)  # no live records came down here
        statement.believe_only(lambda key_id: key if key_id == signing.thumbprint(key) else None)
        for where in (keys, current, taking):
            monkeypatch.setattr(where, "register_secret", lambda: b"u" * 32)

    yield become
    statement.believe_only(None)


def made(load: Load, tmp_path: Path, content: bytes, source: str = "alerts-csv") -> Made:
    """A version as the centre offers it, and a copy of its file."""
    load(content, source)
    one, path = next(pair for pair in taking.offered() if pair[0].source.code == source)
    copy = tmp_path / f"{source}-{one.number}.came"
    shutil.copy(path, copy)
    return one.told(), copy, one.sha256


def read(one: Made) -> Offered:
    return taking.read(one[0], one[2], one[1].stat().st_size)


def cleared() -> None:
    """As at a unit to which nothing has come down yet."""
    LoadRun.objects.all().delete()
    ListVersion.objects.all().delete()
    ListSource.objects.all().delete()
    Entry.objects.filter(kind__startswith="list.").delete()
    current.forget()


def found(standing: Standing, number: str) -> list[str]:
    paper = {"id": "1", "document": {"type": "P", "issuing_state": "UTO", "number": number}}
    asked = Question.from_json(paper, date.today())
    (answer,) = ask([asked], standing, "border-first-line", "check:1")
    return [hit.record for hit in answer.hits]


def test_a_list_of_the_centre_is_searched_and_aged_as_there(
    world: people.World, load: Load, unit: Callable[[], None], tmp_path: Path
) -> None:
    guard = world.standing("gita", "first-line-officer")
    one = made(load, tmp_path, csv_numbers(range(30)))
    as_of = datetime.fromisoformat(one[0]["as_of"])
    cleared()
    unit()
    assert found(guard, "X0000007") == []
    row = taking.take(read(one), one[1])
    current.settle()
    assert found(guard, "X0000007") == ["A-7"]
    assert (row.as_of, row.loaded_by) == (as_of, "system:centre")
    (age,) = catalogue.register("alerts").ages(datetime.now(UTC))
    assert (age.source, age.as_of) == ("alerts-csv", as_of)
    assert not one[1].exists()
    with pytest.raises(NotAllowed) as refused:
        load(csv_numbers(range(5)))
    assert refused.value.code == "list-of-centre"


def test_a_new_version_takes_the_place_of_the_old_one_and_its_file_goes(
    world: people.World, load: Load, unit: Callable[[], None], tmp_path: Path
) -> None:
    guard = world.standing("gita", "first-line-officer")
    versions = [made(load, tmp_path, csv_numbers(range(start, start + 30))) for start in (0, 5)]
    cleared()
    unit()
    for one in versions:
        taking.take(read(one), one[1])
    current.settle()
    assert (found(guard, "X0000003"), found(guard, "X0000033")) == ([], ["A-33"])
    store.settle()
    assert len([path for path in store.folder().iterdir() if path.name.endswith(".list")]) == 1
    assert ListVersion.objects.filter(state="current").count() == 1
    folded = rebuild.check(projection.PROJECTION)
    assert (folded[0], folded[2]) == (2, [])


def test_a_list_that_is_offered_no_more_is_missing_and_not_old(
    world: people.World, load: Load, unit: Callable[[], None], tmp_path: Path
) -> None:
    guard = world.standing("gita", "first-line-officer")
    one = made(load, tmp_path, csv_numbers(range(30)))
    again = tmp_path / "again"
    shutil.copy(one[1], again)
    cleared()
    unit()
    taking.take(read(one), one[1])
    assert taking.in_force() == {"alerts-csv"}
    assert taking.withdraw("alerts-csv") and not taking.withdraw("alerts-csv")
    current.settle()
    assert found(guard, "X0000007") == []
    assert [(age.source, age.state) for age in catalogue.register("alerts").ages(datetime.now(UTC))] == [
        ("alerts-csv", "never")
    ]
    assert rebuild.check(projection.PROJECTION)[2] == []
    taking.take(taking.read(one[0], one[2], 1), again)  # and offered again, the same version
    current.settle()
    assert found(guard, "X0000007") == ["A-7"]
    assert [age.state for age in catalogue.register("alerts").ages(datetime.now(UTC))] == ["fresh"]
    assert rebuild.check(projection.PROJECTION)[2] == []


@pytest.mark.parametrize("how", ["file", "records", "number", "source", "key", "own-key"])
def test_what_the_centre_did_not_sign_is_not_taken(
    load: Load, unit: Callable[[], None], tmp_path: Path, how: str
) -> None:
    first, one = (made(load, tmp_path, csv_numbers(range(size))) for size in (20, 30))
    cleared()
    unit()
    taking.take(read(first), first[1])
    offered = read(one)
    if how == "file":
        with one[1].open("r+b") as file:
            file.seek(5000)
            file.write(b"another")
    elif how == "records":
        offered = replace(offered, records=31)
    elif how == "number":
        offered = replace(offered, number=99)
    elif how == "source":
        offered = replace(offered, source=replace(offered.source, code="alerts-other"))
    elif how == "key":
        statement.believe_only(lambda key_id: None)
    else:
        other = signing.jwk(ec.generate_private_key(ec.SECP256R1()).public_key())
        statement.believe_only(lambda key_id: other)
    with pytest.raises(XeniaError) as refused:
        taking.take(offered, one[1])
    assert refused.value.code == "list-signature"
    assert one[1].exists()
    assert [(row.number, row.state) for row in ListVersion.objects.all()] == [(1, "current")]
    assert ListSource.objects.count() == 1


@pytest.mark.parametrize("name", ["source", "number", "as_of", "signature", "records"])
def test_what_is_told_of_a_list_is_read_with_care(load: Load, tmp_path: Path, name: str) -> None:
    told, _path, sha256 = made(load, tmp_path, csv_numbers(range(3)))
    for value in (None, "x", [], -1, {}):
        if (name, value) == ("signature", "x"):
            continue
        with pytest.raises(BadInput) as refused:
            taking.read({**told, name: value}, sha256, 1)
        assert refused.value.code == "list-statement"


def test_every_register_of_lists_comes_down(
    world: people.World, load: Load, unit: Callable[[], None], tmp_path: Path
) -> None:
    guard = world.standing("gita", "first-line-officer")
    alerts = made(load, tmp_path, csv_numbers(range(5)))
    papers = made(load, tmp_path, documents_csv(range(5)), "lost-documents-csv")
    cleared()
    unit()
    for one in (alerts, papers):
        taking.take(read(one), one[1])
    current.settle()
    assert found(guard, "U00000003") == ["P:UTO:U00000003"]


def test_a_file_of_an_earlier_release_is_built_anew_before_units_get_it(
    load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(csv_numbers(range(5)))
    file = current.current("alerts")[0].file
    monkeypatch.setattr(file, "document_secret", b"")
    assert taking.offered() == []
    assert forgetting.rebuild_due() == 1
    current.settle()
    assert [one.number for one, _path in taking.offered()] == [2]
    assert forgetting.rebuild_due() == 0


def test_records_hidden_here_stay_hidden_until_the_centre_has_taken_them_out(
    world: people.World, load: Load, unit: Callable[[], None], tmp_path: Path
) -> None:
    guard = world.standing("gita", "first-line-officer")
    versions = [made(load, tmp_path, csv_numbers(numbers)) for numbers in (range(20), range(21), range(2, 21))]
    cleared()
    unit()
    taking.take(read(versions[0]), versions[0][1])
    current.settle()
    assert found(guard, "X0000001") == ["A-1"]
    with writing():
        ListsPart().erase([record_subject("alerts", "alerts-csv", "A-1")], guard.act("subject-rights", "case:1"))
    marked = []
    for one in versions[1:]:
        taking.take(read(one), one[1])
        current.settle()
        assert (found(guard, "X0000001"), found(guard, "X0000005")) == ([], ["A-5"])
        marked.append((ListSource.objects.get(pk="alerts-csv").erasing, ErasedRecord.objects.count()))
    assert marked == [(True, 1), (False, 0)]


def test_the_sources_of_a_unit_are_as_the_centre_has_them(
    editor: Standing, load: Load, unit: Callable[[], None], tmp_path: Path
) -> None:
    one = made(load, tmp_path, csv_numbers(range(3)))
    cleared()
    actions.install_sources(editor)  # what set-up gives a unit too
    unit()
    offered = read(one)
    taking.take(replace(offered, source=replace(offered.source, max_age_hours=7)), one[1])
    assert ListSource.objects.get(pk="alerts-csv").max_age_hours == 7


def test_the_next_version_is_made_of_the_one_in_use_and_its_difference(
    world: people.World, load: Load, unit: Callable[[], None], tmp_path: Path
) -> None:
    guard = world.standing("gita", "first-line-officer")
    first = made(load, tmp_path, csv_numbers(range(400)))
    assert taking.difference(store.file_path("alerts-csv-1.list")) is None
    second = made(load, tmp_path, csv_numbers(range(4, 404)))
    shorter = taking.difference(store.file_path("alerts-csv-2.list"))
    assert shorter is not None and (shorter.base, shorter.size_bytes * 4 < second[1].stat().st_size) == (first[2], True)
    kept = tmp_path / "difference"
    shutil.copy(shorter.path, kept)
    third = made(load, tmp_path, csv_numbers(range(8, 408)))
    store.settle()
    assert not shorter.path.exists()  # it went with its version
    cleared()
    unit()
    taking.take(read(first), first[1])
    assert taking.file_of("alerts-csv", third[2]) is None
    base = taking.file_of("alerts-csv", shorter.base)
    assert base is not None
    with pytest.raises(BadInput) as refused:
        taking.made_of(base, kept, third[2])
    assert refused.value.code == "bad-delta"
    second[1].write_bytes(taking.made_of(base, kept, second[2]))
    taking.take(read(second), second[1])
    current.settle()
    assert (found(guard, "X0000003"), found(guard, "X0000403")) == ([], ["A-403"])
