"""Entries and exits become stays; what is missing is kept and flagged; what is taken back is as if it had not been."""

from __future__ import annotations

from datetime import date

import pytest

from tests.registers.stays.conftest import move, traveller
from xenia.errors import BadInput
from xenia.formats.dates import PartialDate
from xenia.identity.claim import Document
from xenia.journal import actions as journal
from xenia.journal import entries
from xenia.journal.models import Entry
from xenia.registers.stays import actions, files, kinds
from xenia.registers.stays.models import RefusalRecord, StayFile, StayKey, StayRecord


def rows():
    return [
        (row.state, row.entry_on.isoformat(), row.exit_on.isoformat() if row.exit_on else None)
        for row in StayRecord.objects.order_by("begins_at")
    ]


def test_entry_and_exit_make_one_closed_stay(enter, leave):
    enter(traveller(), "2026-01-01")
    matched = leave(traveller(), "2026-01-10")
    assert rows() == [("closed", "2026-01-01", "2026-01-10")]
    assert (matched.missing_entry, matched.days, matched.overstay_days) == (False, 10, 0)
    assert StayFile.objects.count() == 1


def test_a_first_short_stay_is_authorised_for_ninety_days(enter):
    enter(traveller(), "2026-01-01")
    assert StayRecord.objects.get().authorised_until == date(2026, 3, 31)


def test_earlier_stays_shorten_the_next(enter, leave):
    enter(traveller(), "2026-01-01")
    leave(traveller(), "2026-03-01")
    enter(traveller(), "2026-05-15")
    assert StayRecord.objects.get(state="open").authorised_until == date(2026, 6, 13)


@pytest.mark.parametrize(
    ("more", "until"),
    [
        ({"basis": "permit"}, None),
        ({"basis": "permit", "visa_until": date(2028, 1, 1)}, date(2028, 1, 1)),
        ({"basis": "exempt"}, None),
        ({"basis": "visa", "visa_sticker": "V1", "visa_until": date(2026, 1, 20)}, date(2026, 1, 20)),
        ({"basis": "visa", "visa_sticker": "V1", "visa_days": 15}, date(2026, 1, 15)),
        ({"basis": "limited-territory", "visa_sticker": "V1", "visa_days": 15}, date(2026, 1, 15)),
        ({"authorised_until": date(2026, 2, 2)}, date(2026, 2, 2)),
    ],
)
def test_what_ends_the_authorised_stay(enter, more, until):
    enter(traveller(), "2026-01-01", **more)
    assert StayRecord.objects.get().authorised_until == until


def test_days_under_a_permit_leave_the_allowance_whole(enter, leave):
    enter(traveller(), "2026-01-01", basis="permit")
    leave(traveller(), "2026-05-31")
    enter(traveller(), "2026-06-01")
    assert StayRecord.objects.get(state="open").authorised_until == date(2026, 8, 29)


def test_entering_again_leaves_the_earlier_stay_without_an_exit(enter, leave):
    enter(traveller(), "2026-01-01")
    enter(traveller(), "2026-06-01")
    assert rows() == [("missing-exit", "2026-01-01", "2026-06-01"), ("open", "2026-06-01", None)]
    assert StayRecord.objects.get(state="missing-exit").overstay
    leave(traveller(), "2026-06-02")
    assert rows()[1] == ("closed", "2026-06-01", "2026-06-02")


def test_a_short_gap_without_exit_is_no_overstay(enter):
    enter(traveller(), "2026-01-01")
    enter(traveller(), "2026-02-01")
    assert not StayRecord.objects.get(state="missing-exit").overstay


def test_an_exit_without_entry_is_kept_as_such(leave):
    matched = leave(traveller(), "2026-02-10")
    assert matched.missing_entry
    assert rows() == [("missing-entry", "2026-02-10", "2026-02-10")]


def test_leaving_late_is_said(enter, leave):
    enter(traveller(), "2026-01-01")
    matched = leave(traveller(), "2026-04-05")
    assert (matched.days, matched.overstay_days) == (95, 5)
    assert StayRecord.objects.get().overstay


def test_same_day_turnarounds_are_two_stays(enter, leave):
    enter(traveller(), "2026-02-01", 8)
    leave(traveller(), "2026-02-01", 9)
    enter(traveller(), "2026-02-01", 10)
    leave(traveller(), "2026-02-01", 11)
    assert rows() == [("closed", "2026-02-01", "2026-02-01")] * 2


def test_a_crossing_recorded_late_finds_its_place(enter, leave):
    enter(traveller(), "2026-01-01")
    leave(traveller(), "2026-02-10")
    enter(traveller(), "2026-02-05")
    leave(traveller(), "2026-01-20")
    assert rows() == [("closed", "2026-01-01", "2026-01-20"), ("closed", "2026-02-05", "2026-02-10")]


def test_a_late_entry_fills_an_exit_without_one(enter, leave):
    leave(traveller(), "2026-02-10")
    enter(traveller(), "2026-02-01")
    assert rows() == [("closed", "2026-02-01", "2026-02-10")]
    assert StayRecord.objects.count() == 1


def test_taking_back_an_entry(enter, act):
    made = enter(traveller(), "2026-02-01")
    with journal.writing():
        actions.take_back(made.crossing, act)
    assert rows() == []
    assert StayFile.objects.get().delete_on <= date.today()  # noqa: DTZ011


def test_taking_back_an_exit_opens_the_stay_again(enter, act):
    enter(traveller(), "2026-02-01")
    made = move(traveller(), "2026-02-10")
    with journal.writing():
        actions.record_exit(made, act)
        actions.take_back(made.crossing, act)
    assert rows() == [("open", "2026-02-01", None)]


def test_taking_back_an_entry_mends_the_stay_before(enter, act):
    enter(traveller(), "2026-02-01")
    made = enter(traveller(), "2026-02-10")
    with journal.writing():
        actions.take_back(made.crossing, act)
    assert rows() == [("open", "2026-02-01", None)]


def test_taking_back_what_is_no_stay_does_nothing(act):
    with journal.writing():
        actions.take_back(move(traveller(), "2026-01-01").crossing, act)
    assert rows() == []
    assert not Entry.objects.filter(kind="stay.taken_back").exists()


def test_a_refusal_stands_beside_the_stays(act):
    refused = move(traveller(), "2026-02-01")
    with journal.writing():
        actions.record_refusal(refused, ["F", "G"], act)
        actions.record_refusal(move(traveller(), "2026-03-01"), ["F"], act)
    file = StayFile.objects.get()
    assert (file.refusals, file.last_refusal_on, file.delete_on) == (2, date(2026, 3, 1), date(2029, 3, 2))
    with journal.writing():
        actions.take_back(refused.crossing, act)
    file.refresh_from_db()
    assert (file.refusals, RefusalRecord.objects.count()) == (1, 1)


def test_another_document_is_another_file(enter):
    enter(traveller(), "2026-01-01")
    enter(traveller(number="XA7654321"), "2026-01-05")
    assert StayFile.objects.count() == 2


def test_two_persons_on_one_document_are_two_files(enter):
    enter(traveller(), "2026-01-01")
    child = traveller(given="OLE", birth_date=PartialDate.parse("2020-02-02"))
    enter(child, "2026-01-01", 11)
    enter(child, "2026-02-01", 11)
    assert StayFile.objects.count() == 2
    assert [state for state, *_ in rows()] == ["open", "missing-exit", "open"]


def test_without_a_document_number_each_crossing_is_a_file(enter):
    enter(traveller(documents=(Document("P", "XXB", ""),)), "2026-01-01")
    assert StayKey.objects.filter(kind="d").count() == 0


def test_the_name_and_the_sticker_are_sealed(enter):
    enter(traveller(), "2026-01-01", basis="visa", visa_sticker="VS1234567")
    file = StayFile.objects.get()
    assert b"LIND" not in bytes(file.sealed)
    assert b"VS1234567" not in bytes(file.sealed)
    kept = files.opened([file])[0].kept
    assert kept.claim.main_name().surname == "LIND"
    assert list(kept.stickers.values()) == ["VS1234567"]
    for entry in Entry.objects.all():
        assert b"LIND" not in bytes(entry.body or b"")
        assert b"VS1234567" not in bytes(entry.body or b"")


def test_a_new_sticker_is_noted_once(enter, leave):
    enter(traveller(), "2026-01-01")
    leave(traveller(), "2026-01-02")
    enter(traveller(), "2026-02-01", basis="visa", visa_sticker="VS1")
    leave(traveller(), "2026-02-02")
    enter(traveller(), "2026-03-01", basis="visa", visa_sticker="VS1")
    assert Entry.objects.filter(kind=kinds.FILE_NOTED).count() == 2


def test_each_crossing_has_one_entry_with_its_file_and_stay(enter):
    made = enter(traveller(), "2026-01-01")
    entry = Entry.objects.get(kind=kinds.ENTERED)
    body = entries.body(entry)
    assert body["crossing"] == str(made.crossing)
    assert body["authorised_until"] == "2026-03-31"
    assert {str(one) for one in entries.subjects(entry)} == {body["file"], body["stay"]}


@pytest.mark.parametrize(
    "more", [{"basis": "holiday"}, {"at": move(traveller(), "2026-01-01").at.replace(tzinfo=None)}]
)
def test_a_movement_that_is_none_is_refused(enter, more):
    with pytest.raises(BadInput) as error:
        enter(traveller(), "2026-01-01", **more)
    assert error.value.code == "bad-movement"


def test_stays_are_written_inside_writing_only(act):
    with pytest.raises(RuntimeError):
        actions.record_entry(move(traveller(), "2026-01-01"), act)


@pytest.mark.parametrize(
    ("lived", "kept"),
    [
        (["2026-01-01"], date(2031, 4, 1)),
        (["2026-01-01", "2026-02-01"], date(2029, 2, 2)),
    ],
)
def test_how_long_a_file_is_kept(enter, leave, lived, kept):
    enter(traveller(), lived[0])
    for day in lived[1:]:
        leave(traveller(), day)
    assert StayFile.objects.get().delete_on == kept


def test_statements_of_a_crossing(enter, leave, django_assert_max_num_queries):
    enter(traveller(), "2026-01-01")
    with django_assert_max_num_queries(9):
        leave(traveller(), "2026-01-10")
    with django_assert_max_num_queries(9):
        enter(traveller(), "2026-02-10")
