"""`{% load policy %}`: roles and purposes by their labels, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.utils.translation import gettext as _

from xenia.access import policy, policy_words

register = template.Library()


@register.filter
def role_label(word: str) -> str:
    """What the role is called in the policy in force; the word itself where there is none."""
    found = policy.current().roles.get(word)
    return _(found.label) if found else word


@register.filter
def purpose_label(word: str) -> str:
    """What the purpose is called in the policy in force; the word itself where there is none."""
    found = policy.current().purposes.get(word)
    return _(found.label) if found else word


@register.filter
def register_label(word: str) -> str:
    """What a register of the policy is called."""
    return str(policy_words.REGISTERS.get(word, word))


@register.filter
def group_labels(words: Iterable[str]) -> str:
    """Groups of fields, with commas."""
    return ", ".join(str(policy_words.GROUPS.get(word, word)) for word in _ordered(words))


@register.filter
def authority_labels(words: Iterable[str]) -> str:
    """Kinds of authority, with commas."""
    return ", ".join(authority_label(word) for word in _ordered(words))


@register.filter
def authority_label(word: str) -> str:
    """A kind of authority."""
    return str(policy_words.AUTHORITIES.get(word, word))


@register.filter
def confidence_label(word: str) -> str:
    """How sure the source of a row is."""
    return str(policy_words.CONFIDENCES.get(word, word))


@register.filter
def part_label(word: str) -> str:
    """What part of the policy a difference is in."""
    return str(policy_words.PARTS.get(word, word))


def _ordered(words: Iterable[str]) -> Iterable[str]:
    return sorted(words) if isinstance(words, (set, frozenset)) else words
