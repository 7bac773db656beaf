"""Takes values out of `procedure.yaml` and writes down a fault for each that is not what it must be."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from xenia.cases.definition.conditions import BadCondition, Condition, parse_condition
from xenia.cases.definition.model import Fault, LengthSource
from xenia.cases.definition.source import Folder, Place, Source, Unreadable
from xenia.cases.definition.terms import BadLength, Length

NAME = re.compile(r"[a-z][a-z0-9_-]{0,62}")
KEY = re.compile(r"[a-z][a-z0-9_]{0,62}")
LENGTH_REMEDY = "Write for example: 15 calendar days, 5 working days, 2 weeks, 3 months, 1 year or 48 hours."


@dataclass
class Reader:
    """One folder being read. `source`: its procedure.yaml; `roots`: the names of its forms."""

    folder: Folder
    source: Source
    roots: tuple[str, ...] = ()
    faults: list[Fault] = field(default_factory=list)

    def fault(self, code: str, what: str, remedy: str, *place: str | int) -> None:
        """Writes down a fault of procedure.yaml."""
        self.faults.append(self.source.fault(code, what, remedy, *place))

    def section(self, name: str, *, needed: bool = False) -> dict[str, Any]:
        """A top-level table; empty where it is missing or is not a table."""
        value = self.source.value.get(name)
        if value is None:
            if needed:
                self.fault("section-missing", f"“{name}” is missing", f"Add a table “{name}:”.")
            return {}
        return self.table(value, name)

    def table(self, value: Any, *place: str | int) -> dict[str, Any]:
        """`value` if it is a table, None as an empty one; else a fault and an empty one."""
        if value is None:
            return {}
        if not isinstance(value, dict):
            self.fault(
                "shape", f"“{place[-1]}” must be a table of names and values", "Write “name: value” lines.", *place
            )
            return {}
        return value

    def only(self, value: Mapping[str, Any], allowed: Iterable[str], *place: str | int) -> None:
        """A fault for each key that is not allowed."""
        known = tuple(allowed)
        for key in value:
            if key not in known:
                self.fault("unknown-key", f"“{key}” means nothing here", f"Known are {', '.join(known)}.", *place, key)

    def text(self, value: Any, *place: str | int, default: str = "") -> str:
        """A text; numbers and the rest are a fault."""
        if value is None:
            return default
        if not isinstance(value, str):
            self.fault("shape", f"“{place[-1]}” must be a text", "Put it in quotes.", *place)
            return default
        return value

    def flag(self, value: Any, *place: str | int) -> bool:
        """true or false; missing is false."""
        if value is None or isinstance(value, bool):
            return bool(value)
        self.fault("shape", f"“{place[-1]}” must be true or false", "Write true or false.", *place)
        return False

    def number(self, value: Any, default: int, low: int, high: int, *place: str | int) -> int:
        """A whole number from `low` to `high`."""
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            remedy = f"Write a whole number from {low} to {high}."
            self.fault("shape", f"“{place[-1]}” is {value!r}", remedy, *place)
            return default
        return value

    def words(self, value: Any, *place: str | int) -> tuple[str, ...]:
        """One text or a list of texts, as a tuple."""
        if value is None:
            return ()
        if isinstance(value, str):
            return (value,)
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            self.fault("shape", f"“{place[-1]}” must be a list of words", "Write for example: [one, two].", *place)
            return ()
        if len(set(value)) != len(value):
            self.fault("doubled-word", f"a word stands twice in “{place[-1]}”", "Keep one of the two.", *place)
        return tuple(dict.fromkeys(value))

    def condition(self, value: Any, *place: str | int) -> Condition | None:
        """A condition, or None where there is none or it has a fault."""
        if value is None:
            return None
        try:
            return parse_condition(value, self.roots)
        except BadCondition as bad:
            remedy = {
                "unknown-operator": "Known are equal, not_equal, in, before, empty, present, any, all and not.",
                "condition-path": "Begin with a form's name, “profile.” or “case.”.",
            }.get(bad.code, "Write for example: {equal: [profile.silence, consent]}.")
            self.fault(bad.code, bad.what, remedy, *place, *bad.where)
            return None

    def length(self, value: Any, *place: str | int) -> LengthSource | None:
        """`15 calendar days` or `{profile: name}`."""
        if isinstance(value, dict) and list(value) == ["profile"] and isinstance(value["profile"], str):
            return LengthSource(profile=value["profile"])
        try:
            return LengthSource(Length.parse(value))
        except BadLength as bad:
            self.fault("length", str(bad), LENGTH_REMEDY, *place)
            return None

    def read(self, name: str, kind: type, *place: str | int) -> Source | None:
        """Another file of the folder whose content must be of `kind`; a fault and None otherwise."""
        try:
            source = self.folder.read(name)
        except Unreadable as bad:
            missing = bad.fault.code in ("file-missing", "file-outside", "link")
            if missing and place:
                self.fault(bad.fault.code, f"{name}: {bad.fault.what}", bad.fault.remedy, *place)
            else:
                self.faults.append(bad.fault)
            return None
        if not isinstance(source.value, kind):
            self.faults.append(source.fault("shape", "the file must hold a table", "Look at a neighbouring procedure."))
            return None
        return source

    def each(
        self, section: str, make: Callable[[str, dict[str, Any], Place], Any], *, needed: bool = False
    ) -> dict[str, Any]:
        """`make(name, table, place)` for each entry of a section; names must be plain words."""
        made: dict[str, Any] = {}
        for name, value in self.section(section, needed=needed).items():
            if not KEY.fullmatch(name):
                remedy = "Use small letters, digits and underscores, beginning with a letter."
                self.fault("name", f"“{name}” is no name", remedy, section, name)
                continue
            one = make(name, self.table(value, section, name), (section, name))
            if one is not None:
                made[name] = one
        return made
