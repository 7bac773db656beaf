"""What figures and codes look like in each language."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.utils import translation

from xenia.frontier.terms import refusal_reasons
from xenia.frontier.territory import CATEGORIES
from xenia.insight import declarations, labels, shown


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_large_figures_stand_in_groups_of_three_in_every_language(language: str) -> None:
    with translation.override(language):
        groups = re.split(r"\D", shown.number(1234567))
        assert groups == ["1", "234", "567"]


def test_codes_of_the_border_have_words() -> None:
    fact = declarations.facts()["crossing"]
    for name, codes in (
        ("category", CATEGORIES), ("reason", refusal_reasons()), ("document", ("P", "I", "AC")), ("hit", ("alerts", "notices")),
    ):  # fmt: skip
        for code in codes:
            assert labels.member(fact.dimensions[name], code) not in ("", code), (name, code)
    assert labels.member(fact.dimensions["reason"], "C").startswith("C: ")
    assert labels.member(fact.dimensions["reason"], "another") == "another"
