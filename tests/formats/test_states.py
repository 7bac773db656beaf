"""Issuing and nationality codes."""

from __future__ import annotations

import pytest

from xenia.formats import states


def test_every_code_has_its_form_and_its_name() -> None:
    for code, state in states.STATES.items():
        assert code == state.code
        assert code.isascii() and code.isalpha() and code.isupper()
        assert len(code) == 3 or code == "D"
        assert state.name
        assert state.alpha2 == "" or len(state.alpha2) == 2


def test_the_table_is_as_large_as_its_sources() -> None:
    iso = [state for state in states.STATES.values() if state.kind == "state" and not state.deprecated]
    assert len(iso) == 249 + len({"D", "RKS"})
    assert sum(state.deprecated for state in states.STATES.values()) == 12


@pytest.mark.parametrize(
    ("code", "name", "kind"),
    [
        ("D<<", "Germany", "state"),
        ("AZE", "Azerbaijan", "state"),
        ("GBN", "British National (Overseas)", "citizens"),
        ("XXA", "Stateless person (1954 Convention)", "person"),
        ("UNO", "United Nations", "organisation"),
        ("UTO", "Utopia", "specimen"),
    ],
)
def test_codes_are_found(code: str, name: str, kind: str) -> None:
    state = states.find(code)
    assert state is not None
    assert (state.name, state.kind) == (name, kind)


@pytest.mark.parametrize(
    ("code", "standing"),
    [
        ("FRA", "known"),
        ("ROM", "deprecated"),
        ("ANT", "deprecated"),
        ("ZZZ", "unknown"),
        ("", "unknown"),
        ("fra", "unknown"),
    ],
)
def test_the_standing_of_a_code(code: str, standing: str) -> None:
    assert states.standing(code) == standing
