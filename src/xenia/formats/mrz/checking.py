"""Which check digits of some lines are right."""

from __future__ import annotations

from collections.abc import Sequence

from xenia.formats.mrz.digits import FILLER, expected_digit
from xenia.formats.mrz.layouts import CheckRule, Layout, rules
from xenia.formats.mrz.reading import Check


def check(rule: CheckRule, lines: Sequence[str]) -> Check:
    """What one rule says of these lines."""
    lines = list(lines)
    covered = "".join(span.of(lines) for span in rule.covers)
    expected, found = expected_digit(covered), rule.digit.of(lines)
    if expected != found and rule.also:
        other = expected_digit("".join(span.of(lines) for span in rule.also))
        expected = other if other == found else expected
    empty = rule.filler_if_empty and found == FILLER and not covered.strip(FILLER)
    ok = expected is not None and (found == expected or empty)
    return Check(rule.field, expected, found, ok, rule.digit, rule.covers)


def checks(layout: Layout, lines: Sequence[str]) -> tuple[Check, ...]:
    """Every check digit of these lines, which must have the shape of the layout."""
    return tuple(check(rule, lines) for rule in rules(layout, list(lines)))


def passed(layout: Layout, lines: Sequence[str]) -> int:
    """How many check digits are right."""
    return sum(check(rule, lines).ok for rule in rules(layout, list(lines)))


def all_pass(layout: Layout, lines: Sequence[str]) -> bool:
    """Whether every check digit is right."""
    return all(check(rule, lines).ok for rule in rules(layout, list(lines)))
