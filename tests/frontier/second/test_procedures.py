"""Procedures are data: a fault stops Django at its start and names itself."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from xenia.frontier import inforce
from xenia.frontier.second import procedures
from xenia.frontier.second.procedures import FOLDER, BadProcedure

GOOD = json.loads(inforce.program()[f"{FOLDER}/refusal.json"])
SLTD = ("HIT", "SECOND_LINE", "CONFIRM_REQUESTED", "CONFIRMED", "NOT_CONFIRMED", "DATA_ERROR", "ACTION", "REPORTED")
PERSON = ("CANDIDATE", "SECOND_LINE", "CONFIRMED", "NOT_SAME", "UNDETERMINED", "ACTION", "REPORTED", "CLOSED")


def state(data: dict[str, Any], code: str) -> dict[str, Any]:
    return next(one for one in data["states"] if one["code"] == code)


FAULTS: list[tuple[str, Callable[[dict[str, Any]], Any]]] = [
    ("leads to NOWHERE", lambda d: state(d, "CONFIRMED")["tasks"][0]["choices"][0].update(to="NOWHERE")),
    ("no way leads to", lambda d: d["states"].append({"code": "ISLAND", "label": "x", "final": True})),
    (
        "never comes to an end",
        lambda d: state(d, "CLOSED").update(final=False, tasks=[{"code": "x", "label": "x", "to": "REPORTED"}]),
    ),
    ("says no reason", lambda d: state(d, "ACTION").pop("detail")),
    ("forbids Z", lambda d: state(d, "ACTION")["forbids"].append("Z")),
    ("asks for telepathy", lambda d: state(d, "ACTION")["tasks"][0].update(input="telepathy", choices=[])),
    ("unknown effect", lambda d: state(d, "ACTION")["tasks"][0].update(effect="shoot")),
    ("needs choices", lambda d: state(d, "CONFIRMED")["tasks"][0].pop("choices")),
    ("says no time", lambda d: state(d, "CONSULT")["tasks"][0].update(waits_h=0)),
    ("two tasks of one code", lambda d: state(d, "ACTION")["tasks"].append(state(d, "ACTION")["tasks"][0])),
    ("two states have one code", lambda d: d["states"].append(d["states"][0])),
    ("is a dead end", lambda d: state(d, "CONSULT")["tasks"][0].update(to="")),
    ("has none and is not final", lambda d: state(d, "CLOSED").pop("final")),
    ("names no source", lambda d: d.pop("source")),
    ("none of read", lambda d: d.update(confidence="sure")),
    ("is no state", lambda d: d.update(start="START")),
    ("not in HIT or CANDIDATE", lambda d: d.update(start="ACTION")),
    ("KeyError", lambda d: d.pop("label")),
    ("TypeError", lambda d: state(d, "ACTION").update(colour="red")),
]


@pytest.mark.parametrize(("words", "spoil"), FAULTS, ids=[one for one, _ in FAULTS])
def test_a_fault_names_itself(words: str, spoil: Callable[[dict[str, Any]], Any]) -> None:
    data = copy.deepcopy(GOOD)
    spoil(data)
    with pytest.raises(BadProcedure, match="procedures/bad.json") as fault:
        procedures.read("bad", json.dumps(data))
    assert words in str(fault.value)


def test_what_is_no_json_names_its_file() -> None:
    with pytest.raises(BadProcedure, match="procedures/bad.json"):
        procedures.read("bad", "{")


@pytest.mark.parametrize("name", ["lost-document", "vehicle"])
def test_documents_and_vehicles_have_the_states_of_the_standard(name: str) -> None:
    assert set(SLTD) <= set(procedures.load()[name].states)


@pytest.mark.parametrize(
    "name", ["refusal", "arrest", "protect", "judicial", "specific", "return", "general", "notice"]
)
def test_persons_have_the_states_of_the_standard(name: str) -> None:
    assert set(PERSON) - {"ACTION"} <= set(procedures.load()[name].states)


@pytest.mark.parametrize(
    ("register", "category", "name"),
    [
        ("alerts", "REF-B", "refusal"), ("alerts", "ARR", "arrest"), ("alerts", "MIS", "protect"),
        ("alerts", "PRE", "protect"), ("alerts", "JUD", "judicial"), ("alerts", "CHK-D", "discreet"),
        ("alerts", "CHK-I", "discreet"), ("alerts", "INF", "discreet"), ("alerts", "CHK-S", "specific"),
        ("alerts", "RET", "return"), ("alerts", "NEW", "general"), ("notices", "red", "arrest"),
        ("notices", "yellow", "protect"), ("notices", "blue", "notice"), ("notices", "green", "notice"),
        ("notices", "un-special", "refusal"), ("notices", "purple", "general"), ("lost_documents", "stolen", "lost-document"),
        ("lost_documents", "", "lost-document"), ("vehicles", "stolen", "vehicle"), ("visas", "visa-revoked", "visa"),
        ("elsewhere", "x", "general"),
    ],
)  # fmt: skip
def test_each_category_has_its_procedure(register: str, category: str, name: str) -> None:
    assert procedures.of(register, category).name == name


def test_every_alert_category_has_a_procedure_of_its_own() -> None:
    from xenia.registers.alerts.categories import categories

    assert not [code for code in categories() if procedures.of("alerts", code).name == "general"]


def test_nothing_is_kept_or_refused_over_a_document_before_its_owner_confirmed() -> None:
    """The rule is in the data: seizing is possible in one state only, and letters are closed in all before it."""
    for name in ("lost-document", "vehicle"):
        states = procedures.load()[name].states
        assert [code for code, one in states.items() if any(t.effect == "seize" for t in one.tasks)] == ["CONFIRMED"]
    states = procedures.load()["lost-document"].states
    for code in ("SECOND_LINE", "CONFIRM_REQUESTED", "NOT_CONFIRMED", "DATA_ERROR", "RETURNED", "RELEASED"):
        assert {"A", "B", "D"} <= set(states[code].forbids), code
