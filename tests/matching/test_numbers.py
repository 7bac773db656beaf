"""Keys of document numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xenia.matching.numbers import document_keys, normalised_number

SECRET = b"a secret of thirty-two bytes ...."


def test_spaces_case_and_punctuation_do_not_change_a_key() -> None:
    assert document_keys(SECRET, "UTO", "P", "c01x 00-t47") == document_keys(SECRET, "UTO", "P", "C01X00T47")


def test_letters_and_digits_that_look_alike_share_the_folded_key_only() -> None:
    one, other = document_keys(SECRET, "UTO", "P", "CO1X00T47"), document_keys(SECRET, "UTO", "P", "C01XO0T47")
    assert one.exact != other.exact
    assert one.folded == other.folded


@pytest.mark.parametrize(("state", "kind"), [("UTO", "V"), ("QMA", "P"), ("", "P")])
def test_state_and_kind_belong_to_the_key(state: str, kind: str) -> None:
    assert document_keys(SECRET, state, kind, "X1").exact != document_keys(SECRET, "UTO", "P", "X1").exact


def test_fillers_and_second_letters_of_the_mrz_do_not_count() -> None:
    assert document_keys(SECRET, "D<<", "P<", "X1") == document_keys(SECRET, "D", "PM", "X1")
    assert document_keys(SECRET, "UTO", "ID", "X1") == document_keys(SECRET, "UTO", "AC", "X1")


def test_another_secret_gives_other_keys() -> None:
    assert document_keys(SECRET, "UTO", "P", "X1") != document_keys(b"another", "UTO", "P", "X1")


def test_digits_of_other_scripts_are_digits() -> None:
    assert normalised_number("٤٧ x") == "47X"


@given(st.text(max_size=40), st.text(max_size=5), st.text(max_size=5))
def test_any_text_has_keys_of_63_bits(number: str, state: str, kind: str) -> None:
    keys = document_keys(SECRET, state, kind, number)
    assert 0 <= keys.exact < 2**63
    assert 0 <= keys.folded < 2**63
