"""Persons whose arrival this state has confirmed: a register of the one search, answered from the cases themselves.

A case is expected in every state from which an action `by: border` of this side leads on. No table of its own.
"""

from xenia.cases.expected.watch import is_expected, note

__all__ = ["is_expected", "note"]
