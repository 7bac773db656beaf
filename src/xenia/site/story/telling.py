"""What a story tells of each step: both sides beside each other, in a table for people or as JSON lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from xenia.commands import Call

SCHEMA = "xenia/story/1"
WIDTH = 44


@dataclass(frozen=True)
class Stand:
    """How a case stands at one side; None of it where that side has not heard of the case."""

    state: str
    deadlines: Mapping[str, str]
    reference: str = ""
    waiting: int = 0
    dead: int = 0

    @classmethod
    def read(cls, found: Mapping[str, Any] | None) -> Stand | None:
        """From what a side answered."""
        if found is None:
            return None
        return cls(found["state"], found["deadlines"], found["reference"], found["waiting"], found["dead"])

    def lines(self) -> list[str]:
        """The state, then each deadline that runs with its last day."""
        return [self.state, *(f"  {rule} until {day}" for rule, day in self.deadlines.items())]


@dataclass(frozen=True)
class Told:
    """One step: what was done, where and by whom, and how the case stands afterwards on both sides."""

    number: int
    on: str
    chapter: str
    title: str
    by: str
    sides: Mapping[str, Stand | None]
    note: str = ""
    own: frozenset[str] = frozenset()

    @property
    def differences(self) -> tuple[str, ...]:
        """In what the sides disagree. A case that only one side knows (a draft) is no difference.

        `own`: deadlines that begin with something that the other side is not told.
        """
        one, other = (self.sides[name] for name in ("requesting", "requested"))
        found = [f"{name}: a message was refused or given up" for name, it in self.sides.items() if it and it.dead]
        found += [f"{name}: a message waits" for name, it in self.sides.items() if it and it.waiting]
        if one is None or other is None:
            return tuple(found)
        if one.state != other.state:
            found.append(f"states {one.state} and {other.state}")
        for rule in sorted({*one.deadlines, *other.deadlines} - self.own):
            if (here := one.deadlines.get(rule, "none")) != (there := other.deadlines.get(rule, "none")):
                found.append(f"deadline {rule}: {here} and {there}")
        return tuple(found)


class Teller:
    """Tells the steps as they happen, and remembers whether the sides ever disagreed."""

    def __init__(self, call: Call, states: Mapping[str, str]) -> None:
        self.call, self.states, self.number, self.disagreed = call, states, 0, 0
        self._chapter = ""

    def tell(self, told: Told) -> None:
        """One step."""
        self.disagreed += bool(told.differences)
        if self.call.options.json:
            self.call.answer(SCHEMA, _plain(told))
            self.call.out.flush()
        else:
            self._print(told)

    def _print(self, told: Told) -> None:
        out = self.call.out
        if told.chapter != self._chapter:
            self._chapter = told.chapter
            heads = [f"{self.states[name]} ({name})" for name in ("requesting", "requested")]
            print(f"\n{told.chapter}\n{'':4}{heads[0]:<{WIDTH}}{heads[1]}", file=out)
        print(f"{told.number:>2}. {told.on}  {told.title} [{told.by}]", file=out)
        columns = [it.lines() if (it := told.sides[name]) else ["-"] for name in ("requesting", "requested")]
        for row in range(max(map(len, columns))):
            left, right = (column[row] if row < len(column) else "" for column in columns)
            print(f"{'':4}{left:<{WIDTH}}{right}".rstrip(), file=out)
        for line in (told.note, *(f"THE SIDES DISAGREE: {one}" for one in told.differences)):
            if line:
                print(f"    {line}", file=out)
        out.flush()


def _plain(told: Told) -> dict[str, Any]:
    return {
        "step": told.number,
        "on": told.on,
        "chapter": told.chapter,
        "title": told.title,
        "by": told.by,
        "note": told.note,
        **{
            name: {"state": it.state, "deadlines": dict(it.deadlines), "reference": it.reference} if it else None
            for name, it in told.sides.items()
        },
        "agree": not told.differences,
        "differences": list(told.differences),
    }
