"""An office's codes for our members, as data with source and confidence (`codes.json`), and the breakdowns that are made for them.

A list of an office may have one code for two of our members. They are put together by the engine, before anything is hidden or
rounded; two lines of a table never come to stand under one code. What a list is not known to hold keeps our own code.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from xenia.formats import states
from xenia.insight.declarations import Fact

FILE: Final = Path(__file__).parent / "codes.json"
FACTS: Final = ("crossing", "case_step")
MADE: Final = {"citizen": "nationality", "sex_stated": "sex", "border": "mode"}
"""Breakdowns whose members are put together as the office wants them, and of which of ours."""


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return data


def with_breakdowns(fact: Fact) -> Fact:
    """Crossings and cases with the breakdowns of offices, which no page offers; other facts as they are."""
    if fact.name not in FACTS:
        return fact
    made = {
        name: replace(fact.dimensions[of], name=name, as_one=as_one(name), offered=False)
        for name, of in MADE.items()
        if of in fact.dimensions
    }
    return replace(fact, dimensions={**fact.dimensions, **made})


def as_one(name: str) -> dict[str, str]:
    """Members of a breakdown that count as another: `X` as not known. An organisation whose document somebody has is no citizenship."""
    said = {str(one["own"]): str(one["as"]) for one in _data()["as_one"].get(name, ())}
    if name != "citizen":
        return said
    organisations = {one.code: "" for one in states.STATES.values() if one.kind == "organisation"}
    return {**organisations, **said}


def code(name: str, member: str) -> str:
    """The office's code of a member; our own where its list is not known to have one."""
    found = _said(name).get(member)
    if found is not None:
        return found
    if name == "citizen":
        state = states.find(member)
        if state is not None and state.kind == "state" and state.alpha2 and not state.deprecated:
            return state.alpha2
    return member or "UNK"


def is_known(name: str, member: str) -> bool:
    """Whether the office is known to have a code for it."""
    return member in _said(name) or code(name, member) != (member or "UNK")


def unknown(name: str, members: Iterable[str | None]) -> list[str]:
    """Which of the members stand under our own code, in order."""
    return sorted({one or "UNK" for one in members if one is not None and not is_known(name, one)})


@lru_cache(maxsize=16)
def _said(name: str) -> dict[str, str]:
    return {str(one["own"]): str(one["code"]) for one in _data()["codes"].get(name, ())}
