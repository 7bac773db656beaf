"""Corrections, rebuttals and links take two persons, and the journal tells the same as the tables."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tests.registers.stays.conftest import move, traveller
from xenia.errors import BadInput, Conflict, NotAllowed, NotFound
from xenia.journal import actions as journal
from xenia.journal import rebuild
from xenia.journal.ids import uuid7
from xenia.journal.models import Entry
from xenia.registers.stays import actions, corrections, kinds, linking, overstays
from xenia.registers.stays.models import StayFile, StayRecord
from xenia.work import proposals


def rows():
    return [
        (row.state, row.entry_on.isoformat(), row.exit_on.isoformat() if row.exit_on else None, row.overstay)
        for row in StayRecord.objects.order_by("begins_at")
    ]


def same():
    """Whether the journal folds to what the tables hold."""
    projection = next(one for one in rebuild.projections() if one.name == "stays")
    compared, _, differences = rebuild.check(projection)
    return compared, differences


def correct(standing, row, **more):
    wanted = {
        "entry_on": row.entry_on,
        "exit_on": row.exit_on,
        "authorised_until": row.authorised_until,
        "basis": row.basis,
        "reason": "Exit stamp of the neighbouring post, page 12",
        "reference": "external:12/2026",
        **more,
    }
    return corrections.propose_correction(standing, row.id, **wanted)


def test_a_missing_exit_is_rebutted_by_two_persons(enter, officers):
    enter(traveller(), "2026-01-01")
    enter(traveller(), "2026-06-01")
    row = StayRecord.objects.get(state="missing-exit")
    made = correct(officers["second"], row, exit_on=date(2026, 1, 20))
    assert rows()[0] == ("missing-exit", "2026-01-01", "2026-06-01", True)
    proposals.approve(officers["boss"], made.pk)
    assert rows()[0] == ("corrected", "2026-01-01", "2026-01-20", False)
    assert same() == (2, [])


def test_a_missing_entry_is_rebutted(leave, officers):
    leave(traveller(), "2026-02-10")
    made = correct(officers["second"], StayRecord.objects.get(), entry_on=date(2026, 2, 1))
    proposals.approve(officers["boss"], made.pk)
    assert rows() == [("corrected", "2026-02-01", "2026-02-10", False)]
    assert same() == (1, [])


def test_an_extension_ends_the_overstay_and_the_exit_still_finds_the_stay(enter, leave, officers):
    enter(traveller(), "2026-01-01")
    assert overstays.mark(datetime(2026, 5, 1, tzinfo=UTC)) == 1
    row = StayRecord.objects.get()
    made = correct(officers["second"], row, authorised_until=date(2026, 6, 30), exit_on=None)
    proposals.approve(officers["boss"], made.pk)
    assert rows() == [("open", "2026-01-01", None, False)]
    assert leave(traveller(), "2026-06-15").overstay_days == 0
    assert rows() == [("closed", "2026-01-01", "2026-06-15", False)]
    assert same() == (1, [])


def test_a_stay_that_never_was_goes(enter, officers):
    enter(traveller(), "2026-01-01")
    made = correct(officers["second"], StayRecord.objects.get(), exit_on=None, void=True)
    proposals.approve(officers["boss"], made.pk)
    assert rows() == []
    assert same() == (0, [])


def test_taking_back_a_crossing_of_a_corrected_stay_leaves_journal_and_tables_alike(enter, leave, officers, act):
    first = enter(traveller(), "2026-01-01")
    last = move(traveller(), "2026-01-10")
    with journal.writing():
        actions.record_exit(last, act)
    made = correct(officers["second"], StayRecord.objects.get(), exit_on=date(2026, 1, 8))
    proposals.approve(officers["boss"], made.pk)
    with journal.writing():
        actions.take_back(last.crossing, act)
    assert rows() == [] and first.crossing != last.crossing
    assert same() == (0, [])


def test_nobody_corrects_alone(enter, officers):
    enter(traveller(), "2026-01-01")
    made = correct(officers["second"], StayRecord.objects.get(), exit_on=date(2026, 1, 5))
    for name in ("second", "third"):
        with pytest.raises((NotAllowed, NotFound)):
            proposals.approve(officers[name], made.pk)
    assert rows()[0][0] == "open"


def test_the_first_line_does_not_propose(enter, at_lane):
    enter(traveller(), "2026-01-01")
    with pytest.raises(NotAllowed):
        correct(at_lane("first"), StayRecord.objects.get(), exit_on=date(2026, 1, 5))


def test_a_stay_that_changed_meanwhile_is_not_overwritten(enter, leave, officers):
    enter(traveller(), "2026-01-01")
    made = correct(officers["second"], StayRecord.objects.get(), exit_on=date(2026, 1, 5))
    leave(traveller(), "2026-01-10")
    with pytest.raises(Conflict) as error:
        proposals.approve(officers["boss"], made.pk)
    assert error.value.code == "stay-changed"


@pytest.mark.parametrize(
    "wrong",
    [
        {"exit_on": date(2025, 12, 31)},
        {"exit_on": date(2999, 1, 1)},
        {"basis": "holiday"},
    ],
)
def test_what_cannot_be_is_refused(enter, officers, wrong):
    enter(traveller(), "2026-01-01")
    with pytest.raises(BadInput) as error:
        correct(officers["second"], StayRecord.objects.get(), **wrong)
    assert error.value.code == "bad-correction"


def test_today_is_the_local_day_of_the_post(enter, officers, monkeypatch):
    class Night(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime(2026, 10, 1, 21, 30, tzinfo=UTC)

    enter(traveller(), "2026-01-01")
    row = StayRecord.objects.get()
    monkeypatch.setattr(corrections, "datetime", Night)
    with pytest.raises(BadInput):
        correct(officers["second"], row, exit_on=date(2026, 10, 3))
    assert correct(officers["second"], row, exit_on=date(2026, 10, 2)).state == "waiting"


def test_only_a_stay_that_lasts_has_no_exit(enter, leave, officers):
    enter(traveller(), "2026-01-01")
    leave(traveller(), "2026-01-05")
    with pytest.raises(BadInput):
        correct(officers["second"], StayRecord.objects.get(), exit_on=None)


def test_what_the_approver_sees(enter, officers):
    enter(traveller(), "2026-01-01")
    made = correct(officers["second"], StayRecord.objects.get(), exit_on=date(2026, 1, 5))
    shown = proposals.show(officers["boss"], made.pk)
    assert ("Exit", "2026-01-05", "none recorded") in [(one.label, one.after, one.before) for one in shown.lines]


def test_two_documents_of_one_person_are_linked_and_parted(enter, leave, officers):
    old, new = traveller(), traveller(number="XB7654321")
    enter(old, "2026-01-01")
    leave(new, "2026-01-20")
    assert [state for state, *_ in rows()] == ["open", "missing-entry"]
    one, two = StayFile.objects.order_by("recorded_at")
    made = corrections.propose_link(
        officers["second"], one.id, two.id, reason="Passport renewed", reference="external:1"
    )
    assert "XB7654321" in [line.after for line in proposals.show(officers["boss"], made.pk).lines][1]
    proposals.approve(officers["boss"], made.pk)
    assert rows() == [("closed", "2026-01-01", "2026-01-20", False)]
    assert same() == (1, [])
    enter(new, "2026-02-01")
    leave(old, "2026-02-05")
    assert rows()[1] == ("closed", "2026-02-01", "2026-02-05", False)
    made = corrections.propose_part(officers["second"], one.id, reason="Two persons after all", reference="external:1")
    proposals.approve(officers["boss"], made.pk)
    assert sorted(rows()) == [
        ("closed", "2026-01-01", "2026-02-05", False),
        ("missing-entry", "2026-01-20", "2026-01-20", False),
        ("open", "2026-02-01", None, False),
    ]
    assert same() == (3, [])


def test_links_that_cannot_be_are_refused(enter, officers):
    enter(traveller(), "2026-01-01")
    file = StayFile.objects.get()
    for wrong in (
        lambda: corrections.propose_link(officers["second"], file.id, file.id, reason="x", reference="external:1"),
        lambda: corrections.propose_part(officers["second"], file.id, reason="x", reference="external:1"),
    ):
        with pytest.raises(BadInput) as error:
            wrong()
        assert error.value.code == "bad-link"
    with pytest.raises(NotFound):
        corrections.propose_link(officers["second"], file.id, uuid7(), reason="x", reference="external:1")


def test_the_journal_tells_the_same_after_a_life(enter, leave, act, officers):
    enter(traveller(), "2026-01-01")
    enter(traveller(), "2026-02-01")
    leave(traveller(), "2026-02-10")
    leave(traveller(), "2026-02-20")
    late = enter(traveller(), "2026-02-15")
    with journal.writing():
        actions.record_refusal(move(traveller(), "2026-03-01"), ["F"], act)
        actions.take_back(late.crossing, act)
    assert same() == (4, [])


def test_overstays_are_marked_by_the_local_day_of_the_post(enter, leave):
    enter(traveller(), "2026-01-01")
    last = datetime(2026, 3, 31, 19, 59, tzinfo=UTC)  # 23:59 of the last day at the post
    assert overstays.mark(last) == 0
    assert overstays.mark(last.replace(hour=20, minute=1)) == 1
    assert overstays.mark(last.replace(hour=21)) == 0
    assert Entry.objects.filter(kind=kinds.OVERSTAYS).count() == 1
    leave(traveller(), "2026-04-02")
    assert rows() == [("closed", "2026-01-01", "2026-04-02", True)]


def test_a_file_whose_leader_is_erased_leads_itself(enter, act, officers):
    enter(traveller(), "2026-01-01")
    enter(traveller(number="XB7654321"), "2026-02-01")
    one, two = StayFile.objects.order_by("recorded_at")
    with journal.writing():
        linking.link(one, two, act)
        linking.leave([one.id])
    two.refresh_from_db()
    assert two.person_id == two.id
