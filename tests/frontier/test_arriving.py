"""What a unit did, here: the same checks, crossings and stays, and nothing that is not the unit's to say."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests import coming
from tests.frontier.conftest import passport, person, today
from tests.frontier.test_stays_at_the_lane import guest, sticker, visa
from xenia.access import actions as access
from xenia.access.standing import Standing
from xenia.errors import Conflict, NotAllowed, NotFound, XeniaError
from xenia.frontier import actions, kinds, queries, record
from xenia.frontier.check import Typed
from xenia.frontier.checking import With
from xenia.frontier.models import Check, Crossing
from xenia.frontier.second import cases
from xenia.frontier.shift.chores import count_days
from xenia.frontier.shift.models import DayCount
from xenia.frontier.trip import Trip
from xenia.identity import actions as identity
from xenia.identity.models import PURPOSE, Identity, IdentityKey
from xenia.journal import actions as journal
from xenia.journal import clock, data_keys, entries, forgetting, rebuild, sealer
from xenia.journal import kinds as known
from xenia.journal.arriving import Came, effect_of
from xenia.journal.models import Entry
from xenia.journal.verify import verify
from xenia.registers.stays.models import RefusalRecord, StayFile, StayRecord
from xenia.work.models import WorkItem

__all__ = ["visa"]

Stand = Callable[..., Standing]
UNIT, OTHER = "unit-1", "unit-2"
ONLY_HERE = {"node", "asking", "asked_at", "sealed", "sealed_details", "sealed_trip", "check_made", "decided_at"}


@pytest.fixture
def whole(post: str) -> Iterator[None]:
    """After the test: the journal is whole, and every table of this room and of stays says what its entries say."""
    yield
    sealer.seal_now()
    report = verify()
    assert report.is_whole, report.to_json()
    for projection in rebuild.projections():
        if projection.name in ("crossings", "stays", "work items", "days of a post"):
            assert rebuild.check(projection)[2] == [], projection.name


def _values(row: Any) -> dict[str, Any]:
    return {one.name: getattr(row, one.name) for one in row._meta.concrete_fields if one.name not in ONLY_HERE}


def _opened(identity_id: Any, sealed: Any) -> Any:
    return json.loads(data_keys.unseal(identity_id, PURPOSE, bytes(sealed))) if sealed else None


def rows() -> dict[str, Any]:
    """Everything that pages and registers read of travellers, opened; without what is of one installation alone."""
    return {
        "checks": {
            str(row.id): (_values(row), record.unseal(row.identity, bytes(row.sealed)))
            for row in Check.objects.order_by("id")
        },
        "crossings": {
            str(row.id): (
                _values(row) | {"check": row.check_made_id, "at": row.decided_at},
                _opened(row.identity, row.sealed_details),
                _opened(row.identity, row.sealed_trip),
            )
            for row in Crossing.objects.order_by("id")
        },
        "identities": {row.id: _values(row) for row in Identity.objects.all()},
        "claims": identity.read(Identity.objects.values_list("id", flat=True)),
        "keys": sorted(IdentityKey.objects.values_list("identity_id", "kind", "key")),
        "stays": sorted(
            StayRecord.objects.values_list(
                "state", "basis", "entry_crossing", "entry_on", "exit_crossing", "exit_on", "visa_key", "visa_until",
                "visa_days", "authorised_until", "overstay", "delete_on",
            ), key=str,
        ),
        "refusals": sorted(RefusalRecord.objects.values_list("crossing", "on", "post", "codes"), key=str),
        "files": sorted(StayFile.objects.values_list("nationality", "refusals", "last_refusal_on", "delete_on"), key=str),
    }  # fmt: skip


@pytest.fixture
def there(at_lane: Stand, alert: Callable[..., str], visa: Callable[..., str]) -> Iterator[Any]:
    """Does a shift's work at a unit; gives back what came and the rows as they were there."""

    def work(done: Callable[[], object], name: str = UNIT) -> tuple[coming.Batch, dict[str, Any]]:
        batch = coming.away(lambda: (done(), rows()), name)
        return batch, batch.made[1]

    return work


def _admitted(at_lane: Stand, alert: Any, visa: Any) -> None:
    first = at_lane("first")
    view = actions.check_text(first, "L1", passport(guest()), "entry", With(vehicle="UTO AB123", crew=True))
    actions.admit(first, view.id, Trip(purpose="tourism", carrier="XQ", flight="XQ 204", address="Quay 4", days=9))


def _admitted_on_a_visa(at_lane: Stand, alert: Any, visa: Any) -> None:
    one, first = guest("AZE", number="UX7700001"), at_lane("first")
    visa(one)
    view = actions.check_text(first, "L1", passport(one), "entry")
    view = actions.check_text(first, "L1", sticker(one), "entry", With(after=view.id))
    actions.say_trip(first, view.id, Trip(purpose="business", address="Quay 9"))
    actions.admit(first, view.id)


def _admitted_on_a_visa_that_was_issued_meanwhile(at_lane: Stand, alert: Any, visa: Any) -> None:
    """What the check keeps is older than what was decided on: the crossing itself must say it."""
    one, first = guest("AZE", number="UX7700002"), at_lane("first")
    view = actions.check_text(first, "L1", passport(one), "entry")
    visa(one, "V55500012", days=7)
    actions.admit(first, view.id)
    assert StayRecord.objects.get().visa_days == 7


def _own_national(at_lane: Stand, alert: Any, visa: Any) -> None:
    first = at_lane("first")
    actions.admit(first, actions.check_text(first, "L1", passport(person(nationality="UTO")), "entry").id)


def _refused(at_lane: Stand, alert: Any, visa: Any) -> None:
    first = at_lane("first")
    view = actions.check_text(first, "L1", passport(guest()), "entry")
    actions.refuse(first, view.id, ["E", "G"], {"E": "return ticket"})


def _entered_and_left(at_lane: Stand, alert: Any, visa: Any) -> None:
    _admitted(at_lane, alert, visa)
    both = at_lane("first", "L2")
    actions.admit(both, actions.check_text(both, "L2", passport(guest()), "exit").id)


def _taken_back(at_lane: Stand, alert: Any, visa: Any) -> None:
    first = at_lane("first")
    view = actions.check_text(first, "L1", passport(guest()), "entry")
    actions.take_back(first, actions.admit(first, view.id))


def _taken_back_and_admitted_again(at_lane: Stand, alert: Any, visa: Any) -> None:
    _taken_back(at_lane, alert, visa)
    actions.admit(at_lane("first"), Check.objects.get().id)


def _put_aside(at_lane: Stand, alert: Any, visa: Any) -> None:
    first = at_lane("first")
    actions.put_aside(first, actions.check_text(first, "L1", passport(guest()), "entry").id)


def _typed_and_left_open(at_lane: Stand, alert: Any, visa: Any) -> None:
    typed = Typed(surname="Rey", given_names="Ola", birth_date="1980", nationality="GEO", other_names=("OLA REI",))
    actions.check_typed(at_lane("first"), "L1", typed, "entry")


def _dismissed(at_lane: Stand, alert: Any, visa: Any) -> None:
    alert(person(given="Tessa"), "REF-B", birth_dates=["1992"], nationalities=[])
    first = at_lane("first")
    view = actions.check_text(first, "L1", passport(person()), "entry")
    actions.dismiss(first, view.id, 1, "another birth year")
    actions.admit(first, view.id)


def _referred(at_lane: Stand, alert: Any, visa: Any) -> None:
    alert(person(), "REF-B")
    first = at_lane("first")
    view = actions.check_text(first, "L1", passport(person()), "entry")
    actions.refer(first, view.id, "Calm. New passport.", Trip(purpose="tourism", address="Quay 4"))


def _referred_and_refused(at_lane: Stand, alert: Any, visa: Any) -> None:
    _referred(at_lane, alert, visa)
    item, second = WorkItem.objects.get(), at_lane("second", None)
    actions.claim_referral(second, item.id)
    cases.walk(second, Check.objects.get().id, {"compare": "same", "permit": "none"})
    actions.answer_referral(second, item.id, "refuse", "Ban runs to March.", ["H"], {"H": "national"})


def _handed_over(at_lane: Stand, alert: Any, visa: Any) -> None:
    first, second = at_lane("first"), at_lane("second", None)
    view = actions.check_text(first, "L1", passport(guest()), "entry")
    actions.refer(first, view.id, "")
    item = WorkItem.objects.get()
    actions.claim_referral(second, item.id)
    actions.answer_referral(second, item.id, "hand-over", "To the police.")


def _group(at_lane: Stand, alert: Any, visa: Any) -> None:
    first = at_lane("first")
    parent = actions.check_text(first, "L1", passport(guest()), "entry")
    child = Typed(surname="Halvorsen", given_names="Pim", birth_date=(today() - timedelta(days=2000)).isoformat())
    actions.add_child(first, parent.id, child)
    actions.admit_group(first, parent.id, Trip(purpose="tourism", carrier="XQ"))


SHIFTS = [
    _admitted, _admitted_on_a_visa, _admitted_on_a_visa_that_was_issued_meanwhile, _own_national, _refused, _entered_and_left, _taken_back, _taken_back_and_admitted_again,
    _put_aside, _typed_and_left_open, _dismissed, _referred, _referred_and_refused, _handed_over, _group,
]  # fmt: skip


@pytest.mark.parametrize("shift", SHIFTS, ids=lambda one: one.__name__.strip("_"))
def test_every_row_of_the_unit_is_the_same_here(
    shift: Any, there: Any, at_lane: Stand, alert: Any, visa: Any, whole: None
) -> None:
    batch, before = there(lambda: shift(at_lane, alert, visa))
    assert not Check.objects.exists()
    coming.arrive(batch)
    now = rows()
    assert len(before["checks"]) == Check.objects.filter(node=UNIT).count() >= 1
    for table in before:
        assert now[table] == before[table], table
    own = Entry.objects.filter(node="hq").values_list("kind", flat=True)
    assert not {"frontier.checked", "crossing.admitted", "identity.claimed"} & set(own), "only stays are written anew"


def test_a_lane_of_the_centre_writes_none_of_what_only_units_tell(at_lane: Stand, alert: Any, visa: Any) -> None:
    _admitted_on_a_visa(at_lane, alert, visa)
    assert not Entry.objects.filter(kind=kinds.KEPT).exists()
    assert journal_body("crossing.admitted")["sealed"] == ""


def journal_body(kind: str) -> dict[str, Any]:
    return entries.body(Entry.objects.get(kind=kind))


def test_whether_a_unit_tells_more_says_nothing_of_a_discreet_hit(there: Any, at_lane: Stand, alert: Any) -> None:
    def shift() -> None:
        first = at_lane("first")
        actions.admit(first, actions.check_text(first, "L1", passport(person()), "entry").id)

    plain, _ = there(shift)
    alert(person(), "CHK-D", handling="discreet")
    discreet, _ = there(shift)
    assert plain.kinds == discreet.kinds


def test_what_is_said_of_the_person_travels_sealed(there: Any, at_lane: Stand, alert: Any, visa: Any) -> None:
    batch, _ = there(lambda: (_admitted_on_a_visa(at_lane, alert, visa), _admitted(at_lane, alert, visa)))
    plain = b"".join(bytes(one.body) for one in batch.entries if one.key is None)
    for word in (b"Quay", b"V55500011", b"HALVORSEN", b"UX7700001", b"AB123"):
        assert word not in plain


# ---------- order ----------


@pytest.mark.parametrize("order", ["as it was", "the exit first"])
def test_an_exit_of_one_unit_may_come_before_the_entry_of_another(
    there: Any, at_lane: Stand, order: str, whole: None
) -> None:
    def entry() -> None:
        first = at_lane("first")
        actions.admit(first, actions.check_text(first, "L1", passport(guest()), "entry").id)

    def leave() -> None:
        both = at_lane("first", "L2")
        actions.admit(both, actions.check_text(both, "L2", passport(guest()), "exit").id)

    came = [there(entry)[0], there(leave, OTHER)[0]]
    for batch in came if order == "as it was" else came[::-1]:
        coming.arrive(batch)
    (stay,) = StayRecord.objects.all()
    assert stay.state == "closed" and stay.entry_at < stay.exit_at
    by_direction = dict(Crossing.objects.values_list("direction", "id"))
    assert (stay.entry_crossing, stay.exit_crossing) == (by_direction["entry"], by_direction["exit"])
    assert StayFile.objects.count() == 1, "the units' own entries about stays did nothing"
    acts = Entry.objects.filter(node="hq", kind__in=["stay.entered", "stay.exited"]).values_list("actor", "origin")
    assert {origin for _, origin in acts} == {"unit-1/UTO-T1/L1", "unit-2/UTO-T1/L2"}, "the author is fixed at capture"
    assert {actor for actor, _ in acts} == {at_lane("first").actor}


def test_a_crossing_taken_back_in_a_later_batch_takes_its_stay_along(there: Any, at_lane: Stand, whole: None) -> None:
    batch, _ = there(lambda: _taken_back(at_lane, None, None))
    cut = batch.kinds.index("crossing.taken-back")
    head, tail = batch.entries[:cut], batch.entries[cut:]
    batch.entries = head
    coming.arrive(batch)
    assert StayRecord.objects.get().state == "open" and Check.objects.get().state == "admitted"
    coming.arrive(coming.Batch(UNIT, tail))
    assert not StayRecord.objects.exists() and Crossing.objects.get().taken_back_at is not None
    assert Check.objects.get().state == "open"


def test_a_day_that_was_counted_is_counted_again_however_late(there: Any, at_lane: Stand, whole: None) -> None:
    batch, _ = there(lambda: _admitted(at_lane, None, None))
    until = clock.now() + timedelta(days=6)
    DayCount.objects.create(
        post="UTO-T1",
        on=today(),
        crossings=0,
        taken_back=0,
        made_at=clock.now(),
        delete_on=today() + timedelta(days=99),
    )
    coming.arrive(batch)
    assert count_days(until) >= 1
    row = DayCount.objects.get(on=today())
    assert (row.crossings, row.again) == (1, False)


# ---------- looking at it here ----------


def test_the_check_can_be_looked_at_here_and_is_decided_there(there: Any, at_lane: Stand, alert: Any) -> None:
    batch, _ = there(lambda: _typed_and_left_open(at_lane, alert, None))
    coming.arrive(batch)
    check, first = Check.objects.get(), at_lane("first")
    view = queries.check(first, check.id)
    assert view.document.surname == "Rey" and not any(key.allowed for key in view.keys.values())
    for act in (
        lambda: actions.admit(first, check.id),
        lambda: actions.refer(first, check.id, ""),
        lambda: actions.put_aside(first, check.id),
    ):
        with pytest.raises(NotAllowed) as refused:
            act()
        assert refused.value.code == "checked-at-unit"


def test_nobody_takes_back_here_what_a_unit_decided(there: Any, at_lane: Stand) -> None:
    coming.arrive(there(lambda: _admitted(at_lane, None, None))[0])
    with pytest.raises(NotFound):
        actions.take_back(at_lane("first"), Crossing.objects.get().id)


# ---------- a unit in wrong hands ----------


def _forged(kind: str, body: dict[str, Any], origin: str, at_lane: Stand, seal_for: Any = None) -> coming.Batch:
    """An entry that a unit never wrote honestly."""

    def write() -> None:
        act = at_lane("first").act("border-first-line", "check:x")
        act = type(act)(act.actor, act.owner, act.purpose, act.legal_basis, act.reference, origin)
        with journal.writing():
            journal.append(kind, body, act, subjects=[seal_for[0]] if seal_for else [], sealed_for=seal_for)

    return coming.away(write, OTHER)


def test_a_unit_speaks_of_no_check_or_crossing_but_its_own(there: Any, at_lane: Stand, whole: None) -> None:
    batch, _ = there(lambda: _admitted(at_lane, None, None))
    coming.arrive(batch)
    first = at_lane("first")
    ours = actions.check_text(first, "L1", passport(guest(number="UX5550001")), "entry")
    actions.admit(first, ours.id)
    before = rows()
    for check in Check.objects.all():
        crossing = Crossing.objects.get(check_made=check)
        other, place = {"check": str(check.id)}, "unit-2/UTO-T1/L1"
        who = {"identity": str(check.identity)}
        forged = [
            _forged("check.put-aside", other, place, at_lane),
            _forged("crossing.taken-back", {"crossing": str(crossing.id), "reverses": "", **who}, place, at_lane),
            _forged("referral.answered", {**other, "item": "", "outcome": "hand-over"}, place, at_lane),
            _forged("check.kept", {**other, **who, "kept": {}}, place, at_lane),
        ]
        for bad in forged:
            with pytest.raises(XeniaError) as refused:
                coming.do(bad.entries)
            assert refused.value.code in ("no-check", "no-crossing", "not-its-own")
    assert rows() == before


def test_a_unit_begins_no_check_about_somebody_elses_identity(there: Any, at_lane: Stand, whole: None) -> None:
    first = at_lane("first")
    ours = Check.objects.get(id=actions.check_text(first, "L1", passport(guest()), "entry").id)
    batch, _ = there(lambda: _typed_and_left_open(at_lane, None, None))
    kept = next(one for one in batch.entries if one.kind == kinds.KEPT)
    coming.arrive(coming.Batch(UNIT, [one for one in batch.entries if one is not kept], batch.keys))
    body = {**entries.body(kept), "identity": str(ours.identity)}
    effect = effect_of(kinds.KEPT)
    assert effect is not None
    with journal.writing(), pytest.raises(Conflict) as refused:
        effect(Came(kept, body))
    assert refused.value.code == "not-its-own" and Check.objects.count() == 1


def test_a_crossing_cannot_name_another_lane_than_its_check(there: Any, at_lane: Stand) -> None:
    batch, _ = there(lambda: _admitted(at_lane, None, None))
    at = batch.kinds.index("crossing.admitted")
    coming.arrive(coming.Batch(UNIT, batch.entries[:at], batch.keys))
    body = {**entries.body(batch.entries[at]), "post": "UTO-T9"}
    effect = effect_of("crossing.admitted")
    assert effect is not None
    with journal.writing(), pytest.raises(Conflict):
        effect(Came(batch.entries[at], body))
    assert not Crossing.objects.exists()


def test_a_crossing_of_the_schema_before_still_counts(there: Any, at_lane: Stand, visa: Any) -> None:
    """A unit of the release before sends no sealed part: the visa is the one that the check keeps."""
    batch, before = there(lambda: _admitted_on_a_visa(at_lane, None, visa))
    at = batch.kinds.index("crossing.admitted")
    coming.arrive(coming.Batch(UNIT, batch.entries[:at], batch.keys))
    older = {name: value for name, value in entries.body(batch.entries[at]).items() if name != "sealed"}
    effect = effect_of("crossing.admitted")
    assert effect is not None
    with journal.writing():
        effect(Came(batch.entries[at], known.upcast("crossing.admitted", 2, older)))
    assert rows()["stays"] == before["stays"]


# ---------- erasure ----------


def test_erasing_a_traveller_here_clears_what_the_unit_wrote_and_leaves_all_whole(there: Any, at_lane: Stand) -> None:
    batch, _ = there(lambda: (_admitted(at_lane, None, None), _refused(at_lane, None, None)))
    coming.arrive(batch)
    gone = Identity.objects.order_by("id").first()
    assert gone is not None
    about = [one.id for one in batch.entries if gone.id in entries.subjects(one)]
    act = access.operator_standing("operator").act("data-subject-request", "external:test")
    with journal.writing():
        for part in forgetting.parts():
            part.erase([gone.id], act)
    personal = Entry.objects.filter(id__in=about).exclude(retention_class="read")
    assert personal.count() >= 4 and not personal.filter(body__isnull=False).exists()
    assert (
        not Check.objects.filter(identity=gone.id).exists() and not Crossing.objects.filter(identity=gone.id).exists()
    )
    sealer.seal_now()
    assert verify().is_whole
    for projection in rebuild.projections():
        if projection.name in ("crossings", "days of a post"):
            assert rebuild.check(projection)[2] == []
