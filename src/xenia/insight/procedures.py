"""What the procedures that are installed add to the facts of cases: their declared answers as columns and breakdowns.

No procedure is named here. A new folder with `stats:` is counted by what it declares from its first case on.
"""

from __future__ import annotations

import re
from dataclasses import replace

from xenia.cases import catalogue
from xenia.cases.definition import Procedure
from xenia.cases.definition.counting import Counted, counted
from xenia.insight.declarations import LANGUAGES, Dimension, Fact

FACT = "case_step"
NAME = re.compile(r"[a-z_]+")


def with_answers(fact: Fact) -> Fact:
    """The fact of cases with a column and a breakdown for every answer that a procedure lets count; others as they are."""
    if fact.name != FACT:
        return fact
    columns, dimensions = dict(fact.columns), dict(fact.dimensions)
    for procedure in catalogue.procedures().values():
        for column, path in counted(procedure).paths.items():
            if column not in columns and NAME.fullmatch(column):
                columns[column] = "text"
                labels = {language: procedure.text(f"field.{path}", language) for language in LANGUAGES}
                dimensions[column] = Dimension(column, column, "", labels)
    return replace(fact, columns=columns, dimensions=dimensions)


def known(procedure: str, version: int) -> tuple[Procedure, Counted] | None:
    """A procedure with what is counted of it; None where it is not installed any more."""
    found = catalogue.procedures().get((procedure, version))
    return (found, counted(found)) if found else None


def member(column: str, code: str, language: str) -> str:
    """What a code of a column is called in the procedure that first knows it; "" for none."""
    for procedure in catalogue.procedures().values():
        for key in _keys(procedure, column, code):
            said = procedure.text(key, language)
            if said != key:
                return said
    return ""


def _keys(procedure: Procedure, column: str, code: str) -> list[str]:
    if column == "procedure":
        return ["procedure"] if code == procedure.id else []
    plain = {"stage": "state", "reason": "reason", "limit_name": "deadline", "side": "side"}.get(column)
    if plain:
        return [f"{plain}.{code}"]
    if column == "outcome":
        return [
            *(f"value.{name}.{code}" for name in procedure.decisions),
            f"value.{code}",
            f"result.{code}",
            f"state.{code}",
        ]
    path = counted(procedure).paths.get(column)
    return [f"value.{path}.{code}", f"value.{path.split('.')[-1]}.{code}", f"value.{code}"] if path else []
