"""Retention runs: what is due goes, what is not stays, an interruption loses nothing, a wrong clock deletes nothing."""

from datetime import UTC, date, datetime, timedelta

import pytest

from xenia.errors import Conflict, NotAllowed
from xenia.frontier import actions as frontier
from xenia.frontier.models import Check, Crossing
from xenia.frontier.terms import term
from xenia.identity.models import Identity
from xenia.journal import entries, forgetting, kinds, sealer, verify
from xenia.journal.forgetting import Wanted
from xenia.journal.models import Entry
from xenia.oversight import cleaning, retention, rights, running
from xenia.oversight import kinds as own
from xenia.registers.alerts import categories


@pytest.fixture(autouse=True)
def no_cleaning(monkeypatch):
    monkeypatch.setattr(cleaning, "clean", lambda **_: cleaning.Cleaned(True, ""))


def later(**by):
    return datetime.now(UTC) + timedelta(**by)


def run(world, **by):
    return running.run(world.of("dpo"), dry_run=False, now=later(**by), clock_checked=True)


@pytest.fixture
def travellers(world):
    """One who crossed, one who was only checked."""
    crossed = world.check("Quillfeather", "Orsolya", "X0000017")
    frontier.admit(world.of("first"), crossed.id)
    checked = world.check("Brandywine", "Theodric", "X0000018")
    return crossed.id, checked.id


def test_nothing_is_due_on_the_first_day(world, travellers):
    done = run(world, days=0)
    assert (done.subjects, done.entries, Identity.objects.count()) == ({}, {}, 2)


def test_a_check_without_crossing_goes_first(world, travellers):
    crossed, checked = travellers
    done = run(world, days=31)
    assert sum(done.subjects.values()) == 1
    assert set(Check.objects.values_list("id", flat=True)) == {crossed}
    sealer.seal_now()
    assert verify.verify().is_whole


def test_a_crossing_goes_after_three_years_and_a_day(world, travellers):
    run(world, days=1095)
    assert Crossing.objects.count() == 1
    done = run(world, days=1098)
    assert sum(done.subjects.values()) == 1
    assert not Identity.objects.exists() and not Crossing.objects.exists()
    sealer.seal_now()
    assert verify.verify().is_whole


def test_a_dry_run_only_counts(world, travellers):
    before = Entry.objects.count()
    done = running.run(world.of("dpo"), dry_run=True, now=later(days=1098), clock_checked=True)
    assert sum(done.subjects.values()) == 2
    assert Identity.objects.count() == 2
    assert Entry.objects.count() == before


def test_reads_are_forgotten_by_their_own_age(world, travellers):
    rights.find(world.of("dpo"), Wanted(surname="Quillfeather", given_names="Orsolya"), "external:DSR-1")
    sealer.seal_now()
    read = Entry.objects.get(kind=own.FOUND)
    run(world, days=1090)
    read.refresh_from_db()
    assert not read.is_erased
    done = run(world, days=1097)
    read.refresh_from_db()
    assert read.is_erased and done.entries["read"] >= 1
    assert read.reference == "external:"
    sealer.seal_now()
    assert verify.verify().is_whole
    assert Entry.objects.filter(kind=kinds.RETENTION_ERASED.name).exists()


def test_what_comes_next_is_on_the_warning_list(world, travellers):
    done = running.run(world.of("dpo"), dry_run=True, now=later(days=1020), clock_checked=True)
    assert done.warned.get("identity") == 1


def test_the_proof_holds_counts_only(world, travellers):
    done = run(world, days=1098)
    proof = Entry.objects.filter(kind=own.RUN).get()
    assert entries.body(proof) == done.to_json()


def test_an_interrupted_run_is_finished_by_the_next(world, travellers, monkeypatch):
    for number in range(5):
        world.check(f"Mallowby{'abcde'[number]}", "Ingeborg", f"X10000{number}")
    monkeypatch.setattr(running, "AT_ONCE", 2)
    real, calls = running._erase, []

    def breaks(batch, act, counts):
        if len(calls) == 2:
            raise KeyboardInterrupt
        calls.append(batch)
        real(batch, act, counts)

    monkeypatch.setattr(running, "_erase", breaks)
    with pytest.raises(KeyboardInterrupt):
        run(world, days=31)
    assert 0 < Identity.objects.count() < 7
    monkeypatch.setattr(running, "_erase", real)
    run(world, days=31)
    assert Identity.objects.count() == 1
    sealer.seal_now()
    assert verify.verify().is_whole


def test_a_subject_that_another_room_keeps_stays(world, travellers, monkeypatch):
    kept = Check.objects.get(id=travellers[1]).identity

    class Keeper:
        room = "keeper"

        def due(self, on):
            return []

        def kept(self, subjects, on):
            return set(subjects) & {kept}

    monkeypatch.setattr(forgetting, "retained", lambda real=forgetting.retained: (*real(), Keeper()))
    run(world, days=31)
    assert Identity.objects.filter(id=kept).exists()


def test_a_clock_that_jumped_by_years_deletes_nothing(world, travellers):
    sealer.seal_now()
    with pytest.raises(Conflict) as caught:
        running.run(world.of("dpo"), dry_run=False, now=later(days=1098))
    assert caught.value.code == "clock-jumped"
    with pytest.raises(Conflict) as caught:
        running.run(world.of("dpo"), dry_run=False, now=later(days=-1), clock_checked=True)
    assert caught.value.code == "clock-behind"
    assert Identity.objects.count() == 2


def test_who_may(world, travellers):
    for who in ("first", "auditor", "editor"):
        with pytest.raises(NotAllowed):
            running.run(world.of(who), dry_run=True)


@pytest.mark.django_db
def test_every_class_of_entry_has_a_rule_or_lasts_with_the_journal():
    classes = {kind.retention_class for kind in kinds.all_kinds() if not kind.name.startswith(("test.", "soak."))}
    known = {rule.retention_class for rule in retention.shipped()} | {"journal"}
    assert classes <= known, classes - known


def test_the_rules_agree_with_the_terms_of_the_border_and_of_alerts():
    rules = retention.on_day(retention.shipped(), date(2026, 11, 21))
    start = date(2026, 11, 21)
    assert abs((rules["identity"].period.after(start) - start).days - term("crossing-kept-days", start)) <= 1
    assert (rules["check"].period.after(start) - start).days == term("check-kept-days", start)
    for code, category in categories.categories().items():
        period = rules[f"alert-{code}"].period
        assert period.years * 12 + period.months == category.review_months, code


ALERT = {
    "category": "REF-B", "names": [{"surname": "Wexcombe", "given_names": "Petronel"}], "birth_dates": ["1969"], "reason": "entry ban",
    "legal_basis": "UTO Aliens Act 12", "decision": "D-77", "instruction_first": "", "instruction_second": "",
}  # fmt: skip


def test_the_history_of_a_deleted_alert_is_found_and_goes_after_three_years(world):
    from xenia.registers.alerts import actions as alerts
    from xenia.work import proposals

    made = alerts.propose_entry(world.of("editor"), ALERT, reason="ban", reference="external:D-77")
    asked = Wanted(surname="Wexcombe", given_names="Petronel")
    assert made.subject in {one.subject for one in rights.find(world.of("dpo"), asked, "external:DSR-2")}
    proposals.approve(world.of("approver"), made.pk)
    gone = alerts.propose_deletion(world.of("editor"), str(made.subject), reason="lifted", reference="external:D-78")
    proposals.approve(world.of("approver"), gone.pk)
    assert made.subject in {one.subject for one in rights.find(world.of("dpo"), asked, "external:DSR-2")}
    run(world, days=1090)
    assert rights.find(world.of("dpo"), asked, "external:DSR-2")
    done = run(world, days=1097)
    assert done.subjects.get("alert") == 1
    assert rights.find(world.of("dpo"), asked, "external:DSR-2") == []
    assert run(world, days=1097).subjects == {}
    sealer.seal_now()
    assert verify.verify().is_whole
