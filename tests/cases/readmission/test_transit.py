"""Every time limit of a transit, against dates worked out by hand. Received on Tuesday 1 September 2026."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

import xenia.cases
from xenia.cases.definition import Procedure, load
from xenia.cases.definition.run import Standing, World, act, passed

START = datetime(2026, 9, 1, 10, tzinfo=UTC)
FORM = {
    "person": {"surname": "Sample", "given_names": "Omar", "nationality": "UTO"},
    "mode": "air", "entry_on": "2026-09-24", "entry_point": "UTO", "destination": "UTO",
    "admission_assured": True, "no_ground_known": True,
}  # fmt: skip
# agreement: (requesting, requested), apply before Thursday 24 September, reply, carry out
TABLE = {
    "EU-AZ": (("FRA", "AZE"), None, "2026-09-08", None),
    "EU-GE": (("FRA", "GEO"), "2026-09-14", "2026-09-08", None),  # 23, 22, 21, 18, 17, 16, 15, 14
    "EU-AM": (("FRA", "ARM"), None, "2026-09-08", None),
    "EC-MD": (("FRA", "MDA"), "2026-09-16", "2026-09-07", None),  # 23, 22, 21, 18, 17, 16; reply: 2, 3, 4, 7
    "EC-UA": (("FRA", "UKR"), None, "2026-09-11", None),
    "CH-AZ": (("CHE", "AZE"), None, "2026-09-08", "2026-10-01"),
    "CH-MD": (("CHE", "MDA"), None, "2026-09-04", "2026-10-01"),
    "BENELUX-RS": (("NLD", "SRB"), "2026-09-17", "2026-09-06", None),
}


@pytest.fixture(scope="module")
def rules() -> Procedure:
    return load(Path(xenia.cases.__file__).parent / "procedures" / "readmission-transit")


def due(here: Standing, rule: str) -> str | None:
    found = here.running.get(rule)
    return found.due.on.isoformat() if found else None


@pytest.mark.parametrize("profile", TABLE)
def test_each_limit_of_each_agreement(rules: Procedure, profile: str) -> None:
    (requesting, requested), lead, reply, carry_out = TABLE[profile]
    here = World(rules, rules.profiles[profile], {"requesting": requesting, "requested": requested})
    draft = act(here, Standing(), "create", START, side="requesting", form=FORM)
    received = act(here, act(here, draft, "submit", START, side="requesting"), "receive", START)
    approved = act(here, received, "approve", START, side="requested", form={})
    assert (due(draft, "lead"), due(received, "reply"), due(approved, "carry_out")) == (lead, reply, carry_out)
    assert passed(here, received, START.replace(month=12)).state == "received"  # silence is no approval
    assert passed(here, approved, START.replace(month=12)).state == ("lapsed" if carry_out else "approved")


def test_the_table_has_every_agreement(rules: Procedure) -> None:
    assert set(TABLE) == set(rules.profiles)
