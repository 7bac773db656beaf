"""What units hold of a list: careful where nobody has said so, otherwise as two persons said, place by place."""

from __future__ import annotations

from dataclasses import replace

import pytest

from xenia.access.standing import Standing
from xenia.errors import BadInput
from xenia.registers.lists import at_units, sources
from xenia.work import proposals

HERE = {"unit": "uto-pm1-u1", "post": "UTO-PM1"}


@pytest.mark.parametrize(
    ("register", "said", "places", "encrypted", "held"),
    [
        ("alerts", "", {}, True, "keyed"),
        ("notices", "", {}, False, "keyed"),
        ("alerts", "whole", {}, True, "whole"),
        ("alerts", "whole", {}, False, "keyed"),
        ("alerts", "none", {}, True, "none"),
        ("lost_documents", "", {}, False, "whole"),
        ("lost_documents", "keyed", {}, True, "keyed"),
        ("vehicles", "", {}, False, "whole"),
        ("visas", "", {}, False, "whole"),
        ("alerts", "keyed", {"UTO-PM1": "whole"}, True, "whole"),
        ("alerts", "keyed", {"UTO-PM1": "whole"}, False, "keyed"),
        ("alerts", "whole", {"UTO-PM1": "whole", "uto-pm1-u1": "none"}, True, "none"),
        ("alerts", "whole", {"UTO-PM2": "none"}, True, "whole"),
    ],
)
def test_names_leave_only_where_two_persons_said_so_and_the_disk_is_encrypted(
    register: str, said: str, places: dict[str, str], encrypted: bool, held: str
) -> None:
    assert at_units.held(register, said, places, **HERE, encrypted=encrypted) == held
    assert held != "keyed" or at_units.may_be_keyed(register, said, places)


@pytest.mark.parametrize(
    ("said", "places"), [("half", {}), ("", {"UTO-PM1": "half"}), ("", {"UTO-PM1": ""}), ("", {"": "whole"})]
)
def test_odd_settings_are_refused(said: str, places: dict[str, str]) -> None:
    assert at_units.wrong("alerts", said, places)


def test_a_visa_cannot_be_keyed() -> None:
    assert at_units.wrong("visas", "keyed", {}) and at_units.wrong("visas", "", {"UTO-PM1": "keyed"})
    assert not at_units.wrong("visas", "none", {"UTO-PM1": "whole"})


def test_what_units_hold_is_changed_by_two_persons(editor: Standing, approver: Standing) -> None:
    wanted = replace(sources.as_source(sources.approved("alerts-csv")), at_units="whole", at_places={"UTO-PM1": "none"})
    with pytest.raises(BadInput) as refused:
        sources.propose_change(editor, replace(wanted, at_units="half"), reason="no", reference="external:1")
    assert refused.value.code == "list-source"
    pk = sources.propose_change(editor, wanted, reason="the posts have encrypted disks", reference="external:1")
    assert sources.one("alerts-csv").at_units == ""
    said = {line.label: (line.after, line.before) for line in proposals.show(approver, pk).lines}
    assert said["Held at units"][1].startswith("keys only") and said["Held at units"][0].startswith("whole")
    assert said["Held at UTO-PM1"] == ("not at all", "")
    proposals.approve(approver, pk)
    row = sources.one("alerts-csv")
    assert (row.at_units, row.at_places) == ("whole", {"UTO-PM1": "none"})
