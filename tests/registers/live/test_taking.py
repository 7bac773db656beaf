"""At a unit: live records of the centre are written, changed and taken away as they are there; own ones stay."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from xenia.errors import BadInput
from xenia.identity import keys
from xenia.journal import rebuild
from xenia.journal.act import Act
from xenia.journal.actions import writing
from xenia.journal.models import DataKey, Entry
from xenia.journal.node import node
from xenia.registers.live import actions, taking
from xenia.registers.live.models import LiveKey, LiveRecord

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 1, 12, tzinfo=UTC)
ACT = Act("account:0", "UTO-BG", "alert-management", "", "case:1", "centre/UTO-HQ")
HERE = ("alerts", "visas")


def body(name: str) -> dict[str, Any]:
    return {
        "category": "REF-B", "names": [{"surname": name, "given_names": "Tessa"}], "birth_dates": ["1991-06-08"],
        "documents": [{"type": "P", "issuing_state": "UTO", "number": f"X{name}"}], "handling": "open",
    }  # fmt: skip


def entered(name: str, *, at: datetime = AT, pk: UUID | None = None, act: Act = ACT) -> UUID:
    made = pk or uuid4()
    with writing():
        return actions.put("alerts", str(made), body(name), act, now=at, category="REF-B", record=made)


def at_the_centre(register: str = "alerts") -> list[Any]:
    """What the centre says of a register, as it comes out of the line."""
    return [json.loads(json.dumps(taking.told(one))) for one in taking.buckets([register])]


def cleared() -> None:
    with writing():
        actions.remove(list(LiveRecord.objects.values_list("pk", flat=True)))


def take(said: list[Any]) -> tuple[int, int]:
    counts = [taking.take(*taking.read(one, HERE)) for one in said]
    return sum(one[0] for one in counts), sum(one[1] for one in counts)


def names() -> set[str]:
    return {one.body["names"][0]["surname"] for one in actions.opened(list(LiveRecord.objects.filter(state="present")))}


@pytest.fixture(autouse=True)
def nobody_else() -> Iterator[None]:
    yield
    cleared()


def test_records_come_down_with_what_finds_them_and_are_not_written_twice() -> None:
    ids = [entered(name) for name in ("Halvorsen", "Okonkwo")]
    said = at_the_centre()
    cleared()
    assert take(said) == (2, 0)
    assert names() == {"Halvorsen", "Okonkwo"}
    assert {row.pk for row in LiveRecord.objects.all()} == set(ids)
    exact = keys.document_keys("UTO", "P", "XHalvorsen").exact
    assert list(LiveKey.objects.filter(key=exact, kind="d").values_list("record_id", flat=True)) == [ids[0]]
    assert take(said) == (0, 0)
    assert Entry.objects.filter(kind="register.taken").count() == 1
    assert b"Halvorsen" not in bytes(LiveRecord.objects.get(pk=ids[0]).sealed)


def test_a_corrected_record_is_corrected_and_a_removed_one_is_gone_with_its_key() -> None:
    kept, gone, corrected = (entered(name) for name in ("Kept", "Gone", "Wrong"))
    before = at_the_centre()
    with writing():
        actions.remove([gone])
    entered("Right", at=AT + timedelta(hours=1), pk=corrected)
    after = at_the_centre()
    cleared()
    assert take(before) == (3, 0)
    assert take(after) == (1, 1)
    assert names() == {"Kept", "Right"}
    assert not DataKey.objects.filter(subject=gone).exists()
    assert not LiveKey.objects.filter(record_id=gone).exists()
    assert take(before) == (2, 0)  # a centre that was set back is believed too
    assert names() == {"Kept", "Gone", "Wrong"} and LiveRecord.objects.filter(pk=kept).count() == 1


def test_what_was_entered_at_the_unit_stays() -> None:
    entered("Centre")
    said = at_the_centre()
    cleared()
    entered("Own", act=Act("account:0", "UTO-BG", "alert-management", "", "case:1", f"{node()}/UTO-AP1/L1"))
    assert take(said) == (1, 0)
    assert names() == {"Centre", "Own"}
    empty = [{**said[0], "records": []}]
    assert take(empty) == (0, 1)
    assert names() == {"Own"}


def test_a_record_hidden_over_a_list_comes_down_without_a_body() -> None:
    with writing():
        actions.hide("alerts", "alerts-csv", "A-7", ACT, now=AT)
    said = at_the_centre()
    cleared()
    assert take(said) == (1, 0)
    row = LiveRecord.objects.get()
    assert (row.source, row.record_id, row.state, bytes(row.sealed)) == ("alerts-csv", "A-7", "removed", b"")
    assert not LiveKey.objects.exists()


def test_many_records_come_in_buckets_and_a_change_moves_only_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taking, "SIZES", ((5, 1), (50, 16)))
    ids = [entered(f"Person{n}") for n in range(20)]
    before = {one.name: one.digest for one in taking.buckets(["alerts"])}
    assert set(before) == {f"alerts.16.{n}" for n in range(16)}
    said = at_the_centre()
    entered("Changed", at=AT + timedelta(hours=1), pk=ids[3])
    after = {one.name: one.digest for one in taking.buckets(["alerts"])}
    assert [name for name in before if before[name] != after[name]] == [f"alerts.16.{ids[3].int % 16}"]
    changed = at_the_centre()
    cleared()
    assert take(said) == (20, 0)
    assert take(changed) == (1, 0)
    assert len(names()) == 20 and "Changed" in names() and "Person3" not in names()
    with writing():
        actions.remove(ids[5:])
    few = at_the_centre()
    assert len(few) == 1
    cleared()
    take(changed)
    assert take(few) == (0, 15)


def test_the_table_follows_from_the_units_own_entries() -> None:
    gone = entered("Gone")
    entered("Kept")
    before = at_the_centre()
    with writing():
        actions.remove([gone])
    after = at_the_centre()
    cleared()
    take(before)
    take(after)
    projection = next(one for one in rebuild.projections() if one.name == "alerts")
    assert rebuild.check(projection)[::2] == (1, [])


@pytest.mark.parametrize(
    "change",
    [
        {"format": "xenia/live/2"}, {"register": "stays"}, {"bucket": 1}, {"of": 0}, {"of": 65}, {"records": None},
        {"bucket": True, "of": "x"},
    ],
)  # fmt: skip
def test_what_is_no_bucket_is_refused(change: dict[str, Any]) -> None:
    entered("Halvorsen")
    (said,) = at_the_centre()
    with pytest.raises(BadInput) as refused:
        taking.read({**said, **change}, HERE)
    assert refused.value.code == "live-records"


@pytest.mark.parametrize("field", ["id", "recorded_at", "state", "body", "owner", "valid_from"])
def test_what_is_no_record_is_refused(field: str) -> None:
    entered("Halvorsen")
    (said,) = at_the_centre()
    for value in (7, "odd", ["x"]):
        if (field, value) == ("owner", "odd"):
            continue
        with pytest.raises(BadInput):
            taking.read({**said, "records": [{**said["records"][0], field: value}]}, HERE)
