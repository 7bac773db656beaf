"""What a check finds, and that it is on record before it is answered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.frontier.conftest import passport, person, today
from xenia.access import epochs
from xenia.access.standing import Standing
from xenia.errors import BadInput, NotAllowed
from xenia.frontier import actions
from xenia.frontier.check import Typed
from xenia.frontier.models import Check
from xenia.identity.models import Identity
from xenia.journal.models import Entry, EntrySubject

Stand = Callable[..., Standing]


def test_a_traveller_of_whom_nothing_is_known_is_clear_but_for_missing_lists(at_lane: Stand) -> None:
    view = actions.check_text(at_lane("first"), "L1", passport(person()), "entry")
    assert (view.verdict, view.hits) == ("look", ())
    assert {finding.code for finding in view.findings} == {"list-missing"}
    assert view.keys["admit"].allowed


def test_an_expired_document_goes_to_second_line(at_lane: Stand) -> None:
    view = actions.check_text(at_lane("first"), "L1", passport(person(expires=today() - timedelta(days=1))), "entry")
    assert view.verdict == "stop"
    assert "expired" in {finding.code for finding in view.findings}
    assert not view.keys["admit"].allowed
    assert view.keys["refer"].first


def test_a_document_is_still_valid_on_its_last_day(at_lane: Stand) -> None:
    view = actions.check_text(at_lane("first"), "L1", passport(person(expires=today(), nationality="GEO")), "entry")
    assert "expired" not in {finding.code for finding in view.findings}
    assert "expires-soon" in {finding.code for finding in view.findings}


def test_an_alert_stops_with_its_reasons(at_lane: Stand, alert: Callable[..., str]) -> None:
    alert(person(), "REF-B")
    view = actions.check_text(at_lane("first"), "L1", passport(person()), "entry")
    assert view.verdict == "stop"
    hit = view.hits[0]
    assert (hit.register, hit.band) == ("alerts", "EXACT")
    assert {feature.mark for feature in hit.features} == {"="}
    assert hit.instruction == "Refer to second line. Do not admit."
    assert hit.reason == "" and hit.details == (), "the first line sees no reason of an alert"


def test_an_alert_out_of_force_is_no_hit(at_lane: Stand, alert: Callable[..., str]) -> None:
    alert(person(), "REF-B", valid_until=(today() - timedelta(days=1)).isoformat())
    assert actions.check_text(at_lane("first"), "L1", passport(person()), "entry").hits == ()


def test_a_discreet_alert_answers_exactly_like_no_hit(at_lane: Stand, alert: Callable[..., str]) -> None:
    standing = at_lane("first")
    before = actions.check_text(standing, "L1", passport(person()), "entry")
    with CaptureQueriesContext(connection) as without:
        actions.check_text(standing, "L1", passport(person()), "entry")
    alert(person(), "CHK-D", handling="discreet")
    after = actions.check_text(standing, "L1", passport(person()), "entry")
    for name in ("verdict", "headline", "instruction", "facts", "findings", "hits", "asked", "keys", "document"):
        assert getattr(before, name) == getattr(after, name), name
    rows = Check.objects.order_by("read_at")
    assert len(bytes(rows.first().sealed)) == len(bytes(rows.last().sealed)), "its length would give it away"
    assert len(without) > 0


def test_a_check_takes_at_most_thirteen_statements(at_lane: Stand) -> None:
    standing = at_lane("first")
    actions.check_text(standing, "L1", passport(person()), "entry")
    with CaptureQueriesContext(connection) as counted, epochs.one_request():
        actions.check_text(standing, "L1", passport(person()), "entry")
    # Two of them ask the register of stays, whether it knows anybody or not.
    assert len(counted) <= 13, [one["sql"][:80] for one in counted]


def test_every_check_is_on_record_with_purpose_reference_and_subjects(
    at_lane: Stand, alert: Callable[..., str]
) -> None:
    record = alert(person(), "REF-B")
    view = actions.check_text(at_lane("first"), "L1", passport(person()), "entry")
    entry = Entry.objects.get(kind="frontier.checked")
    assert (entry.purpose, entry.reference) == ("border-first-line", f"check:{view.id}")
    subjects = {str(row.subject) for row in EntrySubject.objects.filter(entry_id=entry.id)}
    assert subjects == {record, str(Identity.objects.get().id)}
    assert b"HALVORSEN" not in bytes(entry.body), "read entries hold ids, never names"


def test_what_identifies_the_traveller_is_sealed(at_lane: Stand) -> None:
    actions.check_text(at_lane("first"), "L1", passport(person()), "entry")
    for row in (*Identity.objects.values_list("sealed", flat=True), *Check.objects.values_list("sealed", flat=True)):
        assert b"HALVORSEN" not in bytes(row) and b"UX1234567" not in bytes(row)


@pytest.mark.parametrize("text", ["", "P<UTO", "x" * 4000, "\x00\x01", "P<UTOERIKSSON<<ANNA" + "<" * 25])
def test_what_is_no_document_is_a_clear_error_and_leaves_nothing(at_lane: Stand, text: str) -> None:
    with pytest.raises(BadInput) as error:
        actions.check_text(at_lane("first"), "L1", text, "entry")
    assert error.value.what_to_do
    assert not Check.objects.exists()


def test_a_typed_document_is_asked_and_marked_as_typed(at_lane: Stand, alert: Callable[..., str]) -> None:
    alert(person(), "REF-B")
    typed = Typed(
        "Halvorsen",
        "Tessa",
        "1991-06-08",
        "F",
        "UTO",
        "P",
        "UTO",
        "UX1234567",
        (today() + timedelta(days=400)).isoformat(),
    )
    view = actions.check_typed(at_lane("first"), "L1", typed, "entry")
    assert view.document.layout == "typed"
    assert "typed" in {finding.code for finding in view.findings}
    assert view.hits and view.verdict == "stop"


def test_a_check_needs_the_lane_one_stands_at(at_lane: Stand) -> None:
    with pytest.raises(NotAllowed):
        actions.check_text(at_lane("first"), "L2", passport(person()), "entry")
    with pytest.raises(NotAllowed):
        actions.check_text(at_lane("editor"), "L1", passport(person()), "entry")


def test_the_local_day_is_the_posts_own(at_lane: Stand) -> None:
    actions.check_text(at_lane("first"), "L1", passport(person()), "entry")
    assert Check.objects.get().local_date == today()
    assert isinstance(Check.objects.get().local_date, date)


def test_a_repaired_character_is_told_and_looked_at(at_lane: Stand) -> None:
    lines = passport(person("UX1234500")).replace("UX1234500", "UX123450O")
    view = actions.check_text(at_lane("first"), "L1", lines, "entry")
    assert view.document.document_number == "UX1234500"
    assert "repaired" in {finding.code for finding in view.findings}


def test_a_wrong_check_digit_is_looked_at(at_lane: Stand) -> None:
    first, second = passport(person()).split("\n")
    spoiled = second[:13] + ("3" if second[13] != "3" else "4") + second[14:]
    view = actions.check_text(at_lane("first"), "L1", f"{first}\n{spoiled}", "entry")
    assert "check-digits" in {finding.code for finding in view.findings}
    assert not all(check.ok for check in view.document.checks)


def test_nobody_is_born_in_the_future(at_lane: Callable[..., Standing]) -> None:
    typed = Typed(surname="Later", birth_date="2090-01-01", nationality="D", issuing_state="D", document_number="UX1")
    with pytest.raises(BadInput) as error:
        actions.check_typed(at_lane("first"), "L1", typed, "entry")
    assert error.value.code == "typed-birth"
