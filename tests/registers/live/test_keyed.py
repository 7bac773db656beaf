"""Records that officers entered, as keys: nothing of anybody in what travels or in the table, found all the same, one flag only."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection

from tests.registers.lists.test_keyed import born, held, surname
from xenia.errors import BadInput
from xenia.formats.dates import PartialDate
from xenia.identity.claim import Document
from xenia.journal import rebuild
from xenia.journal.act import Act
from xenia.journal.actions import writing
from xenia.journal.models import Entry
from xenia.registers.alerts.register import ALERTS
from xenia.registers.lists import at_units
from xenia.registers.lists.keyed import What
from xenia.registers.live import actions, keyed, taking
from xenia.registers.live.lookup import LiveFound
from xenia.registers.live.models import LiveKey, LiveRecord, Withheld
from xenia.registers.search.ask import probe
from xenia.registers.search.question import Question
from xenia.units.down.live import by_other_rules
from xenia.units.down.taking import look
from xenia.units.holding import live_confirmed
from xenia.units.models import Taken

pytestmark = pytest.mark.django_db
AT, ON = datetime(2026, 11, 1, 12, tzinfo=UTC), date(2026, 11, 2)
ACT = Act("account:0", "UTO-BG", "alert-management", "", "case:1", "centre/UTO-HQ")
WHAT = What(frozenset({"chk-d"}), frozenset({"open", "specific"}), "2026-11-02")


@pytest.fixture(autouse=True)
def nobody_else(settings: Any) -> Iterator[None]:
    settings.XENIA_UNIT = True
    yield
    cleared()


def cleared() -> None:
    with writing():
        actions.remove(list(LiveRecord.objects.values_list("pk", flat=True)))
        Withheld.objects.all().delete()


def entered(number: int, *, at: datetime = AT, pk: UUID | None = None, **more: Any) -> UUID:
    made = pk or uuid4()
    body = {
        "category": "REF-B", "names": [{"surname": surname(number), "given_names": f"Tamri{number:04}ko"}],
        "birth_dates": [born(number)], "documents": [{"type": "P", "issuing_state": "UTO", "number": f"X{number:07}"}],
    } | more  # fmt: skip
    with writing():
        return actions.put("alerts", str(made), body, ACT, now=at, category=body["category"], record=made)


def told(what: What | None = WHAT) -> list[Any]:
    return [json.loads(json.dumps(taking.told(one, what))) for one in taking.buckets(["alerts"])]


def take(said: list[Any]) -> tuple[int, int]:
    counts = [taking.take(*taking.read(one, ("alerts",))) for one in said]
    return sum(one[0] for one in counts), sum(one[1] for one in counts)


def comes_down(what: What | None = WHAT) -> list[Any]:
    """What the centre says; afterwards this is a unit, which has taken it and nothing else."""
    said = told(what)
    cleared()
    take(said)
    return said


def found(name: str = "", birth: str = "", number: str = "", on: date = ON) -> keyed.Found | None:
    papers = [Document("P", "UTO", number)] if number else []
    some = keyed.search("alerts", [name] if name else [], PartialDate.parse(birth) if birth else None, papers, on)
    return some[0] if some else None


def person(number: int) -> str:
    return f"{surname(number)} Tamri{number:04}ko"


def test_nothing_of_anybody_travels_or_lies_in_the_table() -> None:
    ids = [entered(number) for number in range(60)]
    said = json.dumps(told(None)).encode(), json.dumps(comes_down()).encode()
    words = [
        word for n in range(60) for word in (surname(n), f"Tamri{n:04}ko", born(n), f"X{n:07}", str(ids[n]), ids[n].hex)
    ]
    rows = json.dumps([list(LiveRecord.objects.values()), list(LiveKey.objects.values())], default=str).encode()
    assert len(held(words, said[0])) >= 300
    assert held(words, said[1]) == [] and held(words, rows) == []
    assert not any(word in said[1] + rows for word in (b"REF-B", b"UTO-HQ", b"2026-11-01"))
    assert LiveRecord.objects.filter(state="withheld").count() == 60
    assert keyed.known()["alerts"].secret not in bytes(Withheld.objects.get().secret)


def test_a_person_is_found_by_document_by_name_and_by_a_variant_and_nobody_else() -> None:
    for number in range(60):
        entered(number)
    comes_down()
    by_paper = found(number="X0000007")
    assert by_paper and by_paper.strength == 5 and by_paper.may_be == {"*"}
    one = by_paper.row.pk
    variants = [person(7), person(7).replace("Z", "S"), " ".join(person(7).split()[::-1])]
    named = [found(name, born(7)) for name in variants]
    assert [hit and hit.row.pk for hit in named] == [one] * 3
    assert found("Quellfurt Amandine", born(7)) is None and found(number="X9999999") is None


def test_the_register_answers_with_a_flag_and_nothing_else() -> None:
    entered(7, valid_from="2026-01-01", valid_until="2027-01-01")
    comes_down()
    asked = {"id": "1", "name": person(7), "birth_date": born(7)}
    nothing_live = LiveFound([{}])
    ((hit,),) = ALERTS.look_up([probe(Question.from_json(asked, ON))], nothing_live)
    assert (hit.withheld, hit.category, hit.fields, str(hit.match.band), hit.severity) == (
        True,
        "",
        {},
        "POSSIBLE",
        "look",
    )
    late = Question.from_json(asked, date(2027, 1, 2))
    assert ALERTS.look_up([probe(late)], nothing_live) == [[]]


def test_discreet_ended_and_other_categories_tell_nothing_not_even_that_something_came() -> None:
    entered(1)
    before = told()
    entered(2, category="CHK-D")
    entered(3, handling="discreet")
    entered(4, valid_until="2026-10-01")
    assert told() == before
    only = What(frozenset(), frozenset({"*"}), "2026-11-02", frozenset({"ARR"}), frozenset({"arr"}))
    entered(5, category="ARR")
    comes_down(only)
    assert found(number="X0000001") is None
    hit = found(number="X0000005")
    assert hit and hit.may_be == {"ARR"}


def test_a_corrected_record_is_another_one_and_one_taken_off_is_gone_with_its_keys() -> None:
    kept, gone, wrong = (entered(number) for number in (1, 2, 3))
    before = told()
    with writing():
        actions.remove([gone])
    entered(4, at=AT + timedelta(hours=1), pk=wrong)
    after = told()
    cleared()
    assert take(before) == (3, 0) and take(before) == (0, 0)
    assert take(after) == (1, 2)
    assert [bool(found(number=f"X{n:07}")) for n in (1, 2, 3, 4)] == [True, False, False, True]
    assert LiveKey.objects.values("record").distinct().count() == 2
    assert Entry.objects.filter(kind="register.taken").count() == 2
    projection = next(one for one in rebuild.projections() if one.name == "alerts")
    assert rebuild.check(projection)[::2] == (0, [])
    assert kept


def test_names_that_lay_here_go_when_they_are_withheld_and_come_back_when_they_are_not() -> None:
    entered(1)
    whole, keys = told(None), told()
    cleared()
    take(whole)
    assert take(keys) == (1, 1)
    assert set(LiveRecord.objects.values_list("state", flat=True)) == {"withheld"} and found(number="X0000001")
    assert take(whole) == (1, 1)
    assert set(LiveRecord.objects.values_list("state", flat=True)) == {"present"} and not Withheld.objects.exists()
    assert found(number="X0000001") is None


def test_nobody_is_missing_while_many_names_become_keys_and_names_again() -> None:
    for number in range(taking.AT_ONCE + 20):
        entered(number)
    whole, keys = told(None), told()
    cleared()
    take(whole)
    for said in (keys, whole):
        before, seen = set(LiveRecord.objects.values_list("pk", flat=True)), list[set[UUID]]()

        def watch(run: Any, sql: str, *more: Any, seen: list[set[UUID]] = seen) -> Any:
            if sql.startswith("INSERT INTO journal_entry ("):  # the last word of each transaction
                seen.append(set(LiveRecord.objects.values_list("pk", flat=True)))
            return run(sql, *more)

        with connection.execute_wrapper(watch):
            take(said)
        after = set(LiveRecord.objects.values_list("pk", flat=True))
        assert len(seen) > 1 and len(after) == len(before) == taking.AT_ONCE + 20 and not before & after
        assert all(before <= one or after <= one for one in seen)


def test_what_lies_over_a_list_that_is_held_whole_stays_as_it_is() -> None:
    entered(1)
    with writing():
        actions.hide("alerts", "alerts-csv", "A-7", ACT, now=AT)
    (said,) = comes_down()
    assert [one["record_id"] for one in said["records"]] == ["A-7"] and len(said["keys"]["records"]) == 1
    assert sorted(LiveRecord.objects.values_list("state", flat=True)) == ["removed", "withheld"]


def test_an_alert_is_not_hidden_by_another_owners_or_by_one_that_is_over() -> None:
    entered(1)
    LiveRecord.objects.filter(pk=entered(1)).update(owner="UTO-AS")
    entered(2, valid_until="2026-11-03")
    entered(3, documents=[{"type": "P", "issuing_state": "UTO", "number": "X0000009"}])
    comes_down()
    both = keyed.search("alerts", [], None, [Document("P", "UTO", "X0000001")], ON)
    assert sorted(one.row.owner for one in both) == ["UTO-AS", "UTO-BG"]
    assert found(person(3), born(3), number="X0000002") is not None
    later = date(2026, 11, 4)  # the one with that paper is over by then; the one of that name is not
    assert found(number="X0000002", on=later) is None
    assert found(person(3), born(3), number="X0000002", on=later) is not None


def test_a_number_typed_with_o_for_0_is_found() -> None:
    entered(1, documents=[{"type": "P", "issuing_state": "UTO", "number": "XOO77I1"}])
    comes_down()
    assert found(number="X0077I1") and found(number="XO07711") and found(number="X0077I2") is None


def test_keys_made_by_other_rules_are_refused_for_nobody_is_found_by_them() -> None:
    entered(1)
    (said,) = told()
    said["keys"]["rules"] += 1
    with pytest.raises(BadInput) as refused:
        taking.read(said, ("alerts",))
    assert refused.value.code == "live-records"


def test_keys_of_another_release_are_fetched_again_and_their_age_says_never() -> None:
    entered(1)
    comes_down()
    said = {"version": "1", "sha256": "0" * 64, "as_of": AT, "taken_at": AT}
    for name in ("live:alerts.16.3", "live:visas"):
        Taken.objects.update_or_create(name=name, defaults=said)
    assert by_other_rules(frozenset(["live:alerts.16.3", "live:visas"])) == frozenset()
    LiveRecord.objects.update(rules_version=0)
    assert look() == ["live:alerts.16.3"]
    assert live_confirmed("alerts") == (None, 72 * 3600)
    Taken.objects.all().delete()


@pytest.mark.parametrize(
    "change", [{"secret": "!"}, {"secret": "AAAA"}, {"shown": 7}, {"records": [{}]}, {"records": 1}]
)
def test_what_are_no_keys_is_refused(change: dict[str, Any]) -> None:
    entered(1)
    (said,) = told()
    for one in ({**said, "keys": said["keys"] | change}, {**said, "format": taking.FORMAT}):
        with pytest.raises(BadInput) as refused:
            taking.read(one, ("alerts",))
        assert refused.value.code == "live-records"


@pytest.mark.parametrize(
    ("register", "lists", "encrypted", "held_here"),
    [
        ("alerts", [], True, "keyed"),
        ("alerts", ["whole"], True, "whole"),
        ("alerts", ["whole", "keyed"], True, "keyed"),
        ("alerts", ["none"], True, "keyed"),
        ("lost_documents", [], False, "whole"),
        ("lost_documents", ["keyed"], True, "keyed"),
        ("visas", ["whole"], True, "whole"),
        ("visas", ["none"], True, "none"),
    ],
)
def test_units_hold_what_officers_enter_as_the_strictest_list_of_the_register(
    register: str, lists: list[str], encrypted: bool, held_here: str
) -> None:
    assert at_units.entered(register, lists, encrypted=encrypted) == held_here
