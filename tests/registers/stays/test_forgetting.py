"""What is held about somebody is found, handed out, erased, and goes when its time is over."""

from __future__ import annotations

from datetime import UTC, date, datetime

from tests.registers.stays.conftest import move, traveller
from xenia.journal import actions as journal
from xenia.journal import forgetting
from xenia.journal.forgetting import Wanted
from xenia.journal.models import DataKey
from xenia.oversight import cleaning, running
from xenia.registers.stays import actions, retention
from xenia.registers.stays.forgetting import StaysPart
from xenia.registers.stays.models import RefusalRecord, StayFile, StayKey, StayRecord

PART = StaysPart()


def test_a_file_is_found_by_document_and_by_name(enter):
    enter(traveller(), "2026-01-01")
    enter(traveller("BERG", "OLE", "XA0000001"), "2026-01-01")
    by_document = list(PART.find(Wanted(document_number="XA1234567", issuing_state="XXB")))
    by_name = list(PART.find(Wanted(surname="Lind", given_names="Asta", birth_date="1990-05-17")))
    assert [one.label for one in by_document] == [one.label for one in by_name] == ["LIND ASTA, 1990-05-17, XXB"]


def test_files_linked_to_it_are_found_too(enter, act):
    from xenia.registers.stays import linking

    enter(traveller(), "2026-01-01")
    enter(traveller(number="XB7654321"), "2026-02-01")
    with journal.writing():
        linking.link(*StayFile.objects.order_by("recorded_at"), act)
    assert len(list(PART.find(Wanted(document_number="XB7654321", issuing_state="XXB")))) == 2


def test_the_export_tells_stays_and_refusals(enter, act):
    enter(traveller(), "2026-01-01", basis="visa", visa_sticker="VS1")
    with journal.writing():
        actions.record_refusal(move(traveller(), "2026-05-01"), ["F"], act)
    told = PART.export(StayFile.objects.get().id)
    assert told["stays"][0]["entry_on"] == "2026-01-01"
    assert told["refusals"][0]["codes"] == ["F"]
    assert told["visa_stickers"] == ["VS1"]
    assert told["claim"]["names"][0]["surname"] == "LIND"


def test_erasing_leaves_nothing(enter, act):
    enter(traveller(), "2026-01-01")
    file = StayFile.objects.get().id
    with journal.writing():
        for part in forgetting.parts():
            part.erase([file], act)
    assert not StayFile.objects.exists()
    assert not StayRecord.objects.exists()
    assert not StayKey.objects.exists()
    assert not DataKey.objects.filter(subject=file).exists()
    assert PART.export(file) == {}


def test_stays_go_three_years_after_the_exit_and_the_file_a_day_later(enter, leave):
    enter(traveller(), "2022-01-01")
    leave(traveller(), "2022-01-10")
    stay, file = StayRecord.objects.get(), StayFile.objects.get()
    assert (stay.delete_on, file.delete_on) == (date(2025, 1, 10), date(2025, 1, 11))
    assert [due.subject for due in PART.due(date(2025, 1, 10))] == [stay.id]
    assert PART.kept([stay.id, file.id], date(2025, 1, 10)) == {file.id}
    assert {due.subject for due in PART.due(date(2025, 1, 11))} == {stay.id, file.id}


def test_without_an_exit_the_file_stays_five_years_after_the_authorised_stay(enter):
    enter(traveller(), "2026-01-01")
    assert StayFile.objects.get().delete_on == date(2031, 4, 1)
    assert next(iter(PART.due(date(2031, 4, 1)))).retention_class == "crossing-without-exit"


def test_a_retention_run_deletes_what_is_over(enter, leave, act, monkeypatch):
    from xenia.access import actions as access

    monkeypatch.setattr("xenia.oversight.cleaning.clean", lambda **_: cleaning.Cleaned(True, ""))

    enter(traveller(), "2020-01-01")
    leave(traveller(), "2020-01-10")
    with journal.writing():
        actions.record_refusal(move(traveller("BERG", "OLE", "XA0000001"), "2020-05-01"), ["F"], act)
    enter(traveller("MOE", "IDA", "XA0000002"), "2026-10-01")
    running.run(access.operator_standing("operator"), dry_run=False, now=datetime.now(UTC))
    assert StayFile.objects.count() == 1
    assert RefusalRecord.objects.count() == 0
    assert StayRecord.objects.get().state == "open"


def test_a_leap_day_ends_on_the_last_of_february():
    assert retention.after("record-kept", date(2024, 2, 29)) == date(2027, 2, 28)
