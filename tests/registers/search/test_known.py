"""What a register merely knows is no warning; each register is asked only by what can find its records."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.frontier.conftest import today
from xenia.access import epochs
from xenia.access.standing import Standing
from xenia.journal import actions as journal
from xenia.registers.live import actions as live
from xenia.registers.live import lookup
from xenia.registers.notices import register as notices
from xenia.registers.search import Answer, Question, ask
from xenia.registers.search.ask import probe
from xenia.registers.vehicles.register import VEHICLES
from xenia.registers.visas.register import VISAS

Stand = Callable[..., Standing]
PASSPORT = {"type": "P", "issuing_state": "UTO", "number": "UX4771093"}
HOLDER = {"surname": "Halvorsen", "given_names": "Tessa Mirande", "birth_date": "1991-06-08"}


def visa(**more: Any) -> dict[str, Any]:
    return {
        "names": [{"surname": "Halvorsen", "given_names": "Tessa Mirande", "kind": "main"}],
        "birth_dates": ["1991-06-08"],
        "sex": "F",
        "nationalities": ["UTO"],
        "documents": [PASSPORT],
        "sticker_number": "V1234567",
        "issuing_state": "UTO",
        "type": "C",
        "valid_from": (today() - timedelta(days=30)).isoformat(),
        "valid_until": (today() + timedelta(days=30)).isoformat(),
        "entries": "MULT",
        "days": 90,
        "territory": [],
        "status": "issued",
        "ltv": False,
        **more,
    }


def vehicle(**more: Any) -> dict[str, Any]:
    return {
        "category": "stolen",
        "status": "stolen",
        "plate": "B-XY 99",
        "plate_state": "UTO",
        "vin": "WX00000000000001",
        **more,
    }


@pytest.fixture
def known(at_lane: Stand) -> Callable[..., str]:
    """Puts a record into a live register without two persons: `known("visas", body)`."""

    def put(register: str, body: dict[str, Any]) -> str:
        act = at_lane("editor", None).act("alert-management", "test")
        with journal.writing():
            record = uuid.uuid4()
            live.put(register, str(record), body, act, now=datetime.now(UTC), record=record)
        return str(record)

    return put


def asked(stand: Stand, *documents: dict[str, str], who: str = "first", **person: str) -> Answer:
    first = documents[0] if documents else None
    data = {"id": "1", **person} | ({"document": first} if first else {})
    return ask([Question.from_json(data, today())], stand(who), "border-first-line", "check:x")[0]


@pytest.mark.parametrize("document", [PASSPORT, {"type": "V", "issuing_state": "UTO", "number": "V1234567"}])
def test_a_visa_is_known_by_passport_or_sticker_and_warns_of_nothing(
    at_lane: Stand, known: Callable[..., str], document: dict[str, str]
) -> None:
    known("visas", visa())
    answer = asked(at_lane, document, **HOLDER)
    assert answer.warnings == () and [hit.band for hit in answer.known("visas")] == ["EXACT"]
    status = answer.known("visas")[0].fields["status"]
    assert status["days"] == 90 and status["entries"] == "MULT" and status["ltv"] is False
    assert answer.known("visas")[0].fields["document"]["passport_number"] == "UX4771093"


def test_a_visa_is_found_by_the_sticker_alone_where_no_name_is_asked(at_lane: Stand, known: Callable[..., str]) -> None:
    known("visas", visa())
    sticker = {"type": "V", "issuing_state": "UTO", "number": "V1234567"}
    assert [hit.band for hit in asked(at_lane, sticker).known("visas")] == ["EXACT"]


def test_a_visa_of_another_name_is_likely_and_says_why(at_lane: Stand, known: Callable[..., str]) -> None:
    known("visas", visa())
    other = {"surname": "Quintar", "given_names": "Noemi", "birth_date": "1970-01-01"}
    assert [hit.band for hit in asked(at_lane, PASSPORT, **other).known("visas")] == ["LIKELY"]


def test_a_name_alone_finds_no_visa(at_lane: Stand, known: Callable[..., str]) -> None:
    known("visas", visa())
    assert asked(at_lane, **HOLDER).hits == ()


@pytest.mark.parametrize("status", ["revoked", "annulled", "stolen", "falsified", "lost"])
def test_a_sticker_that_is_not_good_any_more_warns(at_lane: Stand, known: Callable[..., str], status: str) -> None:
    known("visas", visa(status=status))
    (hit,) = asked(at_lane, PASSPORT, **HOLDER).warnings
    assert (hit.category, hit.severity, hit.second_line) == (f"visa-{status}", "stop", True)


def test_an_expired_visa_is_still_known_and_an_expired_revoked_one_warns_no_more(
    at_lane: Stand, known: Callable[..., str]
) -> None:
    past = {"valid_until": (today() - timedelta(days=1)).isoformat()}
    known("visas", visa(**past))
    known("visas", visa(**past, status="revoked", sticker_number="V7654321"))
    answer = asked(at_lane, PASSPORT, **HOLDER)
    assert answer.warnings == () and len(answer.known("visas")) == 2


def test_a_residence_permit_is_told_from_a_visa(at_lane: Stand, known: Callable[..., str]) -> None:
    known("visas", visa(type="P"))
    assert [hit.category for hit in asked(at_lane, PASSPORT, **HOLDER).known("visas")] == ["permit"]


@pytest.mark.parametrize(
    "document",
    [
        {"type": "PLATE", "issuing_state": "UTO", "number": "BXY99"},
        {"type": "VIN", "issuing_state": "", "number": "wx0000000000 0001"},
    ],
)
def test_a_vehicle_is_found_by_plate_or_chassis_number(
    at_lane: Stand, known: Callable[..., str], document: dict[str, str]
) -> None:
    known("vehicles", vehicle())
    (hit,) = asked(at_lane, document).warnings
    assert (hit.register, hit.category, hit.severity) == ("vehicles", "stolen", "stop")


def test_a_passport_with_the_number_of_a_plate_is_no_hit_either_way(at_lane: Stand, known: Callable[..., str]) -> None:
    known("vehicles", vehicle(plate="UX4771093"))
    known("lost_documents", {**PASSPORT, "status": "stolen"})
    assert [hit.register for hit in asked(at_lane, PASSPORT).hits] == ["lost_documents"]
    assert [hit.register for hit in asked(at_lane, {**PASSPORT, "type": "PLATE"}).hits] == ["vehicles"]


def test_vehicles_are_asked_only_where_a_plate_or_chassis_number_is_given(at_lane: Stand) -> None:
    assert "vehicles" not in [one.register for one in asked(at_lane, PASSPORT).asked]
    plate = {"type": "PLATE", "issuing_state": "UTO", "number": "BXY99"}
    assert "vehicles" in [one.register for one in asked(at_lane, plate).asked]


def test_a_discreet_vehicle_leaves_no_trace_at_the_booth(at_lane: Stand, known: Callable[..., str]) -> None:
    known("vehicles", vehicle(category="discreet", status="sought"))
    plate = {"type": "PLATE", "issuing_state": "UTO", "number": "BXY99"}
    answer = asked(at_lane, plate)
    assert answer.hits == () and len(answer.silent) == 1
    assert [one.hits for one in answer.asked if one.register == "vehicles"] == [0]


COLOURS = [("red", "stop"), ("blue", "look"), ("green", "look"), ("yellow", "stop"), ("un-special", "stop")]


@pytest.mark.parametrize(("colour", "severity"), COLOURS)
def test_each_colour_of_a_notice_has_its_own_severity_and_instruction(
    at_lane: Stand, known: Callable[..., str], colour: str, severity: str
) -> None:
    body = {key: value for key, value in visa().items() if key in ("names", "birth_dates", "sex")}
    known("notices", body | {"colour": colour})
    (hit,) = asked(at_lane, **HOLDER).warnings
    assert (hit.category, hit.severity, hit.second_line) == (colour, severity, True)
    assert hit.instruction and ("must not learn" in hit.instruction) == (colour in ("blue", "green"))


def test_visas_and_vehicles_need_no_query_of_their_own(at_lane: Stand) -> None:
    data = {"id": "1", **HOLDER, "document": PASSPORT}
    probes = [probe(Question.from_json(data, today()))]
    with epochs.one_request():
        found = lookup.find(probes, ["visas", "vehicles"])
        VISAS.look_up(probes, found)
        with CaptureQueriesContext(connection) as asking:
            assert VISAS.look_up(probes, found) == VEHICLES.look_up(probes, found) == [[]]
    assert len(asking) == 0


@pytest.mark.parametrize(
    ("allowed", "words"), [(None, "National law decides"), (True, "call the police"), (False, "no arrest")]
)
def test_whether_a_red_notice_allows_an_arrest_is_a_datum_of_the_state(
    monkeypatch: pytest.MonkeyPatch, allowed: bool | None, words: str
) -> None:
    monkeypatch.setattr(notices, "arrest_allowed", lambda state: allowed)
    shown = notices.NOTICES.present({"colour": "red", "names": [{"surname": "Oxenholm"}]})
    assert words in shown.fields["instruction"]["second"]


def test_a_state_that_nobody_has_entered_has_no_answer_about_arrest(db: None) -> None:
    assert notices.arrest_allowed("UTO") is None
