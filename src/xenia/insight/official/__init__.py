"""Reports whose shape somebody else laid down: a committee, a statistical office, a service. One file for each.

A report is a list of parts; each part is one question to the facts and leaves through `release()` like any other. What a part may
not show is said in its place; the rest of the report stands. A table whose facts do not exist is named with what is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise

from xenia.insight.question import Question

Text = str | Promise


@dataclass(frozen=True)
class Scope:
    """For which time and agreement. `until` does not count; `agreement` "" is all of them."""

    since: date
    until: date
    agreement: str = ""


@dataclass(frozen=True)
class Part:
    """One table. `rounded`: to multiples of so many, totals on their own; 0: as it is released."""

    key: str
    title: Text
    question: Question
    rounded: int = 0


@dataclass(frozen=True)
class Missing:
    """A table that is asked for and cannot be made. `why`: which facts do not exist."""

    key: str
    title: Text
    why: Text


@dataclass(frozen=True)
class Report:
    """One report. `grade`: in which it leaves where nobody says otherwise; `agreements`: whether it is made for one."""

    name: str
    title: Text
    about: Text
    grade: str
    parts: Callable[[Scope], Sequence[Part]]
    missing: Sequence[Missing] = ()
    agreements: bool = False
    notes: Sequence[Text] = ()
