"""What a question finds among the stays."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.registers.stays.conftest import move, traveller
from xenia.formats.dates import PartialDate
from xenia.identity.claim import Document
from xenia.journal import actions as journal
from xenia.registers.live.lookup import LiveFound
from xenia.registers.search.ask import find, probe
from xenia.registers.search.question import Question
from xenia.registers.stays import actions
from xenia.registers.stays.register import STAYS

ON = date(2026, 6, 1)


def look(claimed, purpose="border-first-line", on=ON):
    probes = [probe(Question("1", claimed, on), purpose)]
    return STAYS.look_up(probes, LiveFound([{}]))[0]


def status(claimed, **more):
    return look(claimed, **more)[0].fields["status"]


def test_nothing_is_known_of_a_stranger(post):
    assert look(traveller()) == []


def test_a_traveller_is_known_by_the_document(enter, leave):
    enter(traveller(), "2026-01-01")
    leave(traveller(), "2026-01-10")
    enter(traveller(), "2026-05-20", basis="permit")
    hit = look(traveller())[0]
    assert (hit.match.band, hit.severity, hit.category) == ("EXACT", "info", "stays")
    assert hit.fields["status"] == {
        "file": hit.record_id,
        "stays": [["2026-05-20", None, False, ""], ["2026-01-01", "2026-01-10", True, ""]],
        "inside": True,
        "open_since": "2026-05-20",
        "authorised_until": "",
        "overstay": False,
        "refusals": 0,
        "last_refusal": "",
        "visa_entries": {},
    }
    assert hit.fields["identity"]["name"] == "LIND, ASTA"


def test_an_overstay_is_said_the_day_after(enter):
    enter(traveller(), "2026-03-04")
    assert status(traveller(), on=date(2026, 6, 1))["authorised_until"] == "2026-06-01"
    assert not status(traveller(), on=date(2026, 6, 1))["overstay"]
    assert status(traveller(), on=date(2026, 6, 2))["overstay"]


def test_entries_are_counted_by_sticker(enter, leave):
    for day in ("2026-01-01", "2026-02-01"):
        enter(traveller(), day, basis="visa", visa_sticker="VS1")
        leave(traveller(), day)
    enter(traveller(), "2026-03-01", basis="visa", visa_sticker="VS2")
    assert status(traveller())["visa_entries"] == {"VS1": 2, "VS2": 1}
    assert status(traveller())["stays"][0][3] == "VS2"


def test_refusals_are_counted(act):
    with journal.writing():
        actions.record_refusal(move(traveller(), "2026-02-01"), ["F"], act)
    found = status(traveller())
    assert (found["refusals"], found["last_refusal"], found["stays"], found["inside"]) == (1, "2026-02-01", [], False)


def test_another_person_on_the_same_document_is_not_meant(enter):
    enter(traveller(), "2026-01-01")
    assert look(traveller("BERG", "OLE", birth_date=PartialDate.parse("2020-01-01"))) == []


def test_the_first_line_does_not_search_by_name_and_the_second_line_does(enter):
    enter(traveller(), "2026-01-01")
    renewed = traveller(number="XB7654321")
    assert look(renewed) == []
    assert look(renewed, "border-second-line")[0].match.band in ("EXACT", "LIKELY")
    assert look(traveller(documents=()))[0].match.band in ("EXACT", "LIKELY")


def test_the_number_alone_finds_the_file(enter):
    enter(traveller(), "2026-01-01")
    assert look(traveller(names=(), birth_date=None))[0].match.band == "EXACT"


def test_a_plate_or_visa_is_no_travel_document(enter):
    enter(traveller(), "2026-01-01")
    assert look(traveller(names=(), documents=(Document("PLATE", "XXB", "XA1234567"),))) == []


def test_at_most_sixty_stays_are_told(enter, leave):
    for number in range(61):
        day = date(2026, 1, 1).fromordinal(date(2026, 1, 1).toordinal() + number * 2).isoformat()
        enter(traveller(), day)
        leave(traveller(), day)
    found = status(traveller())["stays"]
    assert len(found) == 60
    assert found[0][0] == "2026-05-01"


@pytest.mark.parametrize("purpose", ["border-first-line", "border-second-line"])
def test_as_many_statements_for_a_stranger_as_for_a_known_traveller(enter, purpose):
    enter(traveller(), "2026-01-01")
    counts = []
    for claimed in (traveller(), traveller("OTHER", "SOMEBODY", "ZZ0000000")):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            look(claimed, purpose)
        counts.append(len(queries))
    assert counts[0] == counts[1]
    if purpose == "border-first-line":
        assert counts[0] == 2


def test_a_batch_keeps_persons_apart(enter):
    enter(traveller(), "2026-01-01")
    enter(traveller("BERG", "OLE", "XA0000001"), "2026-02-01")
    claims = [traveller(), traveller("BERG", "OLE", "XA0000001"), traveller(number="XA9999999")]
    probes = [probe(Question(str(n), one, ON), "border-first-line") for n, one in enumerate(claims)]
    found = STAYS.look_up(probes, LiveFound([{}] * 3))
    assert [[hit.fields["identity"]["name"] for hit in hits] for hits in found] == [["LIND, ASTA"], ["BERG, OLE"], []]


def test_the_lane_is_told_through_the_one_search(enter, at_lane):
    enter(traveller(), "2026-01-01")
    answer = find([Question("1", traveller(), ON)], at_lane("first"), "border-first-line", "check:test")[0]
    assert [hit.register for hit in answer.known("stays")] == ["stays"]
    assert answer.warnings == ()
    assert answer.known("stays")[0].fields["status"]["inside"]
