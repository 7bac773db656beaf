"""Visa, stay and trip at the lane: one verdict, and decisions that begin and end stays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from tests.frontier.conftest import passport, person, today
from xenia.access import actions as access
from xenia.access.standing import Standing
from xenia.errors import BadInput, NotAllowed
from xenia.formats import mrz
from xenia.frontier import actions, queries
from xenia.frontier.check import Typed
from xenia.frontier.checking import With
from xenia.frontier.models import Check, Crossing
from xenia.frontier.trip import Trip
from xenia.journal import actions as journal
from xenia.journal.models import Entry
from xenia.registers.live import actions as live
from xenia.registers.stays.models import RefusalRecord, StayRecord
from xenia.site.demo import scenario
from xenia.site.demo.people import Person
from xenia.work.models import WorkItem

Stand = Callable[..., Standing]


def guest(nationality: str = "GEO", **more: object) -> Person:
    """A national of another state."""
    return person(nationality=nationality, **more)


def sticker(one: Person, number: str = "V55500011") -> str:
    """The lines of a visa for this person."""
    fields = scenario.fields("V", one)
    return "\n".join(mrz.write("MRV-A", mrz.Fields(**{**vars(fields), "document_number": number})))


@pytest.fixture
def visa(post: str) -> Callable[..., str]:
    """Puts a visa into the register: `visa(person, days=10)`."""

    def enter(one: Person, number: str = "V55500011", **more: object) -> str:
        act = access.operator_standing("operator").act("alert-management", "external:test", owner="UTO-BG")
        body = {
            "names": [{"surname": one.surname, "given_names": one.given_names, "kind": "main"}],
            "birth_dates": [one.born.isoformat()],
            "sex": one.sex,
            "nationalities": [one.nationality],
            "documents": [{"type": "P", "issuing_state": "UTO", "number": one.number}],
            "sticker_number": number,
            "issuing_state": "UTO",
            "type": "C",
            "valid_from": (today() - timedelta(days=5)).isoformat(),
            "valid_until": (today() + timedelta(days=60)).isoformat(),
            "entries": "MULT",
            "days": 30,
            "territory": ["UTO"],
            "status": "issued",
            **more,
        }
        with journal.writing():
            return str(live.put("visas", number, body, act, now=datetime.now(UTC), category="visa"))

    return enter


def codes(view: object) -> set[str]:
    return {one.code for one in view.findings} - {"list-missing"}  # type: ignore[attr-defined]


def test_an_entry_begins_a_stay_and_an_exit_ends_it(at_lane: Stand) -> None:
    first, both = at_lane("first"), at_lane("first", "L2")
    view = actions.check_text(first, "L1", passport(guest()), "entry")
    assert view.category == "visa-exempt" and view.until == today() + timedelta(days=89)
    assert view.stay is not None and (view.stay.ruler.used_days, view.stay.ruler.may_days) == (0, 90)
    actions.admit(first, view.id, Trip(purpose="tourism", carrier="XQ", flight="XQ 204", address="Quay 4"))
    crossing = Crossing.objects.get()
    assert (crossing.basis, crossing.purpose_of_travel, crossing.flight) == ("short-stay", "tourism", "XQ 204")
    assert crossing.may_stay_until == view.until and crossing.nationality == "GEO"
    assert b"Quay" not in bytes(crossing.sealed_trip or b"") and crossing.sealed_trip
    assert StayRecord.objects.get().state == "open"
    leaving = actions.check_text(both, "L2", passport(guest()), "exit")
    assert codes(leaving) == set() and leaving.facts[0].startswith("Entered ")
    actions.admit(both, leaving.id)
    assert StayRecord.objects.get().state == "closed"


def test_own_nationals_leave_no_stay(at_lane: Stand) -> None:
    first = at_lane("first")
    actions.admit(first, actions.check_text(first, "L1", passport(person(nationality="UTO")), "entry").id)
    assert not StayRecord.objects.exists()
    assert (Crossing.objects.get().category, Crossing.objects.get().basis) == ("own-national", "")


def test_taking_back_takes_the_stay_back(at_lane: Stand) -> None:
    first = at_lane("first")
    view = actions.check_text(first, "L1", passport(guest()), "entry")
    actions.take_back(first, actions.admit(first, view.id))
    assert not StayRecord.objects.filter(state="open").exists()
    again = queries.check(first, view.id)
    assert again.stay is not None and again.stay.ruler.may_days == 90 and "still-inside" not in codes(again)


def test_a_refused_entry_is_told_at_the_next_one(at_lane: Stand) -> None:
    first = at_lane("first")
    actions.refuse(first, actions.check_text(first, "L1", passport(guest()), "entry").id, ["E"], {"E": "ticket"})
    assert RefusalRecord.objects.get().codes == ["E"]
    assert "refused-lately" in codes(actions.check_text(first, "L1", passport(guest()), "entry"))


def test_two_entries_without_an_exit_are_looked_at(at_lane: Stand) -> None:
    first = at_lane("first")
    actions.admit(first, actions.check_text(first, "L1", passport(guest()), "entry").id)
    assert "still-inside" in codes(actions.check_text(first, "L1", passport(guest()), "entry"))


def test_a_visa_is_found_by_the_passport_and_limits_the_stay(at_lane: Stand, visa: Callable[..., str]) -> None:
    visa(guest("IND"), days=10)
    view = actions.check_text(at_lane("first"), "L1", passport(guest("IND")), "entry")
    assert view.hits == () and codes(view) == set(), "a visa is known, it does not warn"
    assert view.visa is not None and view.visa.sticker == "V55500011"
    assert view.until == today() + timedelta(days=9) and view.keys["admit"].allowed


def test_without_a_visa_only_the_second_line_decides(at_lane: Stand, visa: Callable[..., str]) -> None:
    first = at_lane("first")
    view = actions.check_text(first, "L1", passport(guest("IND")), "entry")
    assert codes(view) <= {"visa-missing", "visa-unknown"} and codes(view)
    visa(guest("IND", number="UX0000077"), "V00000077")
    if "visa-missing" in codes(view):
        with pytest.raises(NotAllowed):
            actions.admit(first, view.id)


def test_a_visa_read_at_the_lane_joins_its_holders_check(at_lane: Stand, visa: Callable[..., str]) -> None:
    first = at_lane("first")
    old = guest("IND", number="UX7777777")
    visa(old)
    view = actions.check_text(first, "L1", passport(guest("IND")), "entry")
    joined = actions.check_text(first, "L1", sticker(guest("IND")), "entry")
    assert joined.id == view.id and Check.objects.count() == 1
    assert joined.visa is not None and joined.visa.read and "visa-passport" in codes(joined)
    assert Entry.objects.filter(kind="frontier.checked").count() == 2
    actions.admit(first, view.id)
    assert Crossing.objects.get().basis == "visa"


def test_a_passport_read_after_its_visa_takes_it_along(at_lane: Stand, visa: Callable[..., str]) -> None:
    first = at_lane("first")
    visa(guest("IND"))
    alone = actions.check_text(first, "L1", sticker(guest("IND")), "entry")
    assert "visa-alone" in codes(alone) and not alone.keys["admit"].allowed
    whole = actions.check_text(first, "L1", passport(guest("IND")), "entry", With(after=alone.id))
    assert whole.visa is not None and whole.visa.read and whole.keys["admit"].allowed
    assert Check.objects.get(id=alone.id).state == "put-aside"
    other = actions.check_text(
        first, "L1", passport(guest("GEO", number="UX9", surname="Else")), "entry", With(after=whole.id)
    )
    assert other.visa is None


def test_days_that_are_asked_for_are_worked_out(at_lane: Stand) -> None:
    first = at_lane("first")
    view = actions.check_text(first, "L1", passport(guest()), "entry")
    actions.say_trip(first, view.id, Trip(days=120))
    assert "fewer-days" in codes(queries.check(first, view.id))


def test_a_transit_is_admitted_with_a_reason_on_record(at_lane: Stand, visa: Callable[..., str]) -> None:
    first = at_lane("first")
    visa(guest("IND"), territory=["ESP"])
    view = actions.check_text(first, "L1", passport(guest("IND")), "entry")
    assert codes(view) == {"visa-territory"} and view.waivable
    with pytest.raises(NotAllowed):
        actions.admit(first, view.id, Trip(request="visa-at-border", reason="Invited"))
    actions.admit(first, view.id, Trip(request="transit-home", reason="Lives in Spain", days=2))
    crossing = Crossing.objects.get()
    assert crossing.exception == "transit-home" and crossing.may_stay_until == today() + timedelta(days=1)


def test_an_alert_is_never_waived(at_lane: Stand, visa: Callable[..., str], alert: Callable[..., str]) -> None:
    first = at_lane("first")
    visa(guest("IND"), territory=["ESP"])
    alert(guest("IND"), "REF-B")
    view = actions.check_text(first, "L1", passport(guest("IND")), "entry")
    with pytest.raises(NotAllowed):
        actions.admit(first, view.id, Trip(request="transit-home", reason="Lives in Spain"))


def test_a_request_goes_to_the_second_line_with_its_reason(at_lane: Stand) -> None:
    first = at_lane("first")
    view = actions.check_text(first, "L1", passport(guest("IND")), "entry")
    item = actions.refer(first, view.id, "Calm.", Trip(request="visa-at-border", reason="Funeral of the mother"))
    assert WorkItem.objects.get(id=item).kind == "frontier.referral"
    shown = queries.referral(at_lane("second", None), item)
    assert (shown.check.trip.request, shown.check.trip.reason) == ("visa-at-border", "Funeral of the mother")


def test_a_family_is_admitted_with_one_key_and_taken_back_with_one(at_lane: Stand) -> None:
    first = at_lane("first")
    mother = actions.check_text(first, "L1", passport(guest()), "entry")
    group = actions.start_group(first, mother.id)
    son = guest(number="UX5", given="Tomas", born=today() - timedelta(days=3000), sex="M")
    view = actions.check_text(first, "L1", passport(son), "entry", With(group=group))
    shown = queries.check(first, view.id)
    assert "minor-alone" not in codes(shown) and len(shown.members) == 2 and shown.group_ready
    made = actions.admit_group(first, view.id, Trip(purpose="family"))
    assert len(made) == 2 and set(Crossing.objects.values_list("group", flat=True)) == {group}
    assert StayRecord.objects.filter(state="open").count() == 2
    actions.take_back(first, made[0])
    assert not StayRecord.objects.filter(state="open").exists()
    assert Check.objects.filter(state="open").count() == 2


def test_children_are_let_through_together_only_where_somebody_of_age_is_with_them(at_lane: Stand) -> None:
    first, born = at_lane("first"), today() - timedelta(days=3000)
    elder = actions.check_text(first, "L1", passport(guest(number="UX4", born=born)), "entry")
    group = actions.start_group(first, elder.id)
    tomas = passport(guest(number="UX5", given="Tomas", born=born, sex="M"))
    shown = queries.check(first, actions.check_text(first, "L1", tomas, "entry", With(group=group)).id)
    assert len(shown.members) == 2 and not shown.group_ready and not any(one.ready for one in shown.members)
    with pytest.raises(NotAllowed):
        actions.admit_group(first, elder.id)
    mother = actions.check_text(first, "L1", passport(guest(number="UX6")), "entry", With(group=group))
    actions.admit(first, mother.id)
    assert queries.check(first, elder.id).group_ready, "who was let through a moment ago still travels with them"
    assert len(actions.admit_group(first, elder.id)) == 2


def test_a_group_with_a_hit_is_decided_one_by_one(at_lane: Stand, alert: Callable[..., str]) -> None:
    first = at_lane("first")
    alert(guest(number="UX5", given="Tomas"), "REF-B")
    view = actions.check_text(first, "L1", passport(guest()), "entry")
    group = actions.start_group(first, view.id)
    actions.check_text(first, "L1", passport(guest(number="UX5", given="Tomas")), "entry", With(group=group))
    assert not queries.check(first, view.id).group_ready
    with pytest.raises(NotAllowed):
        actions.admit_group(first, view.id)
    actions.admit(first, view.id)
    assert Crossing.objects.count() == 1


def test_a_child_on_a_parents_document_is_asked_and_has_a_stay_of_its_own(
    at_lane: Stand, alert: Callable[..., str]
) -> None:
    first, both = at_lane("first"), at_lane("first", "L2")
    parent = actions.check_text(first, "L1", passport(guest()), "entry")
    child = Typed("Halvorsen", "Mirel", (today() - timedelta(days=2000)).isoformat(), "F")
    view = queries.check(first, actions.add_child(first, parent.id, child).id)
    assert view.document.on_document_of == str(parent.id) and "typed" not in codes(view)
    assert "minor-alone" not in codes(view)
    actions.admit_group(first, view.id)
    assert StayRecord.objects.filter(state="open").count() == 2
    leaving = actions.check_text(both, "L2", passport(guest()), "exit")
    out = actions.add_child(both, leaving.id, child)
    assert "no-entry" not in codes(out), "the child's entry is found by its parent's document and its birth date"
    with pytest.raises(BadInput):
        actions.add_child(both, leaving.id, Typed("Halvorsen", "Mirel"))


def test_a_minor_alone_is_told(at_lane: Stand) -> None:
    child = guest(born=today() - timedelta(days=3000))
    assert "minor-alone" in codes(actions.check_text(at_lane("first"), "L1", passport(child), "entry"))


def test_crew_from_a_list_needs_no_visa(at_lane: Stand) -> None:
    first = at_lane("first")
    view = actions.check_text(first, "L1", passport(guest("IND")), "entry", With(crew=True))
    assert (view.category, view.crew) == ("crew", True) and codes(view) == set()
    actions.admit(first, view.id)
    assert Crossing.objects.get().basis == "exempt"


def test_seconds_are_measured_and_shown_to_nobody(at_lane: Stand) -> None:
    first = at_lane("first")
    view = actions.check_text(first, "L1", passport(guest()), "entry")
    Check.objects.update(read_at=datetime.now(UTC) - timedelta(seconds=19))
    actions.admit(first, view.id)
    assert 19 <= Crossing.objects.get().seconds <= 25 and 19 <= Check.objects.get().seconds <= 25  # type: ignore[operator]
    assert not any("seconds" in name for name in vars(queries.today(first, "L1")))


def test_the_second_line_admits_and_the_stay_begins(at_lane: Stand) -> None:
    first, second = at_lane("first"), at_lane("second", None)
    view = actions.check_text(first, "L1", passport(guest()), "entry")
    item = actions.refer(first, view.id, "", Trip(purpose="business"))
    actions.claim_referral(second, item)
    actions.answer_referral(second, item, "admit", "All in order.")
    crossing = Crossing.objects.get()
    assert (crossing.purpose_of_travel, crossing.basis) == ("business", "short-stay")
    assert crossing.referral_seconds is not None and StayRecord.objects.get().state == "open"
