"""What may be counted of a procedure, and what it leaves to be understood."""

from __future__ import annotations

from pathlib import Path

from xenia.cases.definition import load
from xenia.cases.definition.counting import counted
from xenia.cases.folders import folders

SHIPPED = {one.name: one for one in folders()}
PERMIT = Path(__file__).parents[1] / "small" / "permit"


def test_a_readmission_is_lodged_with_its_message_and_decided_by_the_reply_or_by_silence() -> None:
    made = counted(load(SHIPPED["readmission"]))
    assert made.lodged == {"submit"}
    assert made.decided == {"accept": "accepted", "refuse": "refused", "deem": "deemed_accepted"}
    assert {"submitted", "verifying", "interview"} <= made.undecided
    assert not {"accepted", "deemed_accepted", "refused", "withdrawn", "closed"} & made.undecided
    assert made.reasons == {"refuse": "refusal.reasons"}


def test_only_limits_of_the_decision_say_whether_it_was_in_time() -> None:
    made = counted(load(SHIPPED["readmission"]))
    assert set(made.limits) == {"reply", "reply_accelerated", "nationality_objection"}
    assert made.limits["reply"] == {"accept", "refuse", "deem"}


def test_a_person_is_counted_in_columns_that_are_coarse() -> None:
    paths = counted(load(SHIPPED["readmission"])).paths
    assert paths["age_group"] == "application.person.birth_date"
    assert (paths["nationality"], paths["application_category"]) == (
        "application.person.nationality",
        "application.category",
    )
    assert not [path for path in paths.values() if "surname" in path or "number" in path]


def test_without_messages_a_case_is_lodged_by_the_first_step_forward() -> None:
    made = counted(load(PERMIT))
    assert (made.lodged, made.paths) == ({"file"}, {})
    assert made.undecided == {"draft", "filed", "waiting"}
