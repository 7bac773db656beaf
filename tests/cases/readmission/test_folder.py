"""The folder itself: no faults, worked cases run, agreements say where everything is written, every state is reached."""

from __future__ import annotations

from pathlib import Path

import pytest

import xenia.cases
from xenia.cases.definition import Procedure, check, load

PROCEDURES = Path(xenia.cases.__file__).parent / "procedures"
FOLDERS = sorted(folder for folder in PROCEDURES.glob("readmission*") if folder.is_dir())
STATES = (
    "draft submitted received verifying info_requested interview accepted refused deemed_accepted td_pending td_issued "
    "eu_td_allowed transfer_notified transfer_confirmed transferred transfer_failed revoked lapsed error_claimed "
    "taken_back withdrawn closed"
).split()
WEAK = "EU-BY"


@pytest.fixture(scope="module")
def rules() -> Procedure:
    return load(PROCEDURES / "readmission")


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_folder_has_no_fault_and_its_worked_cases_run(folder: Path) -> None:
    assert check(folder) == ()


def test_it_has_the_states_of_the_agreements(rules: Procedure) -> None:
    assert list(rules.states) == STATES
    assert [name for name, state in rules.states.items() if state.final] == ["closed"]


def test_both_sides_hold_the_same_state_since_every_step_is_told(rules: Procedure) -> None:
    """An action of a person that moves the case has a message; what has none is inside one authority or is said here."""
    silent = {
        action.name
        for action in rules.actions.values()
        if action.by in ("person", "border") and action.to and not action.message
    }
    assert silent == {"create", "discard", "recognise_refusal", "close"}


def test_whatever_binds_the_state_needs_two_persons(rules: Procedure) -> None:
    two = {name for name, action in rules.actions.items() if action.four_eyes}
    assert two >= {"submit", "accept", "refuse", "revoke", "notify", "claim_error", "take_back"}
    assert rules.decisions["reply"].reason_required_for == ("refused",)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_value_of_every_agreement_says_where_it_is_written(folder: Path) -> None:
    profiles = load(folder).profiles
    assert len(profiles) >= 3
    keys = {tuple(profile.values) for profile in profiles.values()}
    assert len(keys) == 1, "all agreements answer the same questions, some with null"
    for profile in profiles.values():
        assert profile.title and profile.legal_basis and len(profile.states) >= 2
        for key, value in profile.values.items():
            assert value.value is None or (value.source and value.confidence), f"{profile.id}: {key}"


def test_what_is_from_memory_is_marked_so(rules: Procedure) -> None:
    """The marks of the three agreements that were read, or not, in our sources."""
    marks = {
        profile.id: {key: value.confidence for key, value in profile.values.items() if value.value is not None}
        for profile in rules.profiles.values()
    }
    assert len(set(rules.profiles) - {"UTO-ARC"}) == 9
    read = {"read", "design"}
    assert all(set(marks[one].values()) <= read for one in ("CH-AZ", "CH-MD", "KZ-BENELUX"))
    assert set(marks[WEAK].values()) == {"memory", "design"}
    expected = {
        "reply_normal": "read", "submit_tcn_max": "2nd", "silence": "memory", "travel_doc_issue": "2nd",
        "travel_doc_validity": "memory", "transfer_within": "2nd", "error_return_own": "memory",
    }  # fmt: skip
    assert {key: marks["EU-AZ"][key] for key in expected} == expected
    assert marks["EU-GE"]["travel_doc_issue"] == marks["EU-GE"]["transfer_within"] == "read"
    assert marks["EC-UA"]["renewal"] == marks["EC-UA"]["reply_extension"] == "2nd"


def test_nobody_is_stuck_between_states(rules: Procedure) -> None:
    """From every state the end can be reached, by people, messages or time."""
    ends = {name for name, state in rules.states.items() if state.final}
    while True:
        more = {s for a in rules.actions.values() if a.to in ends for s in a.from_} - ends
        if not more:
            break
        ends |= more
    assert ends == set(rules.states)


def test_the_table_of_the_documentation_is_what_the_agreements_say(rules: Procedure) -> None:
    text = Path(__file__).parents[3].joinpath("docs/how-to/readmission.md").read_text(encoding="utf-8")
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith(("| E", "| C", "| K"))]
    asked = ("reply_normal", "reply_extension", "silence", "travel_doc_issue", "transfer_within")
    for profile, *cells in rows:
        values = [rules.profiles[profile].value(key) for key in asked]
        assert cells == ["accepted" if one == "consent" else one or "none" for one in values]
    assert {row[0] for row in rows} == set(rules.profiles) - {"UTO-ARC"}
