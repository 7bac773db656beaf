"""What a folder means as a whole: whether its parts fit each other."""

from __future__ import annotations

from xenia.cases.definition.counting import judge_counting
from xenia.cases.definition.graph import judge_graph
from xenia.cases.definition.limits import judge_limits
from xenia.cases.definition.model import Procedure
from xenia.cases.definition.older import judge_older
from xenia.cases.definition.reader import Reader
from xenia.cases.definition.references import judge_references
from xenia.cases.definition.schemas import judge_schemas
from xenia.cases.definition.wording import judge_wording


def judge(reader: Reader, procedure: Procedure) -> None:
    """Writes a fault for everything that does not fit."""
    judge_references(reader, procedure)
    judge_graph(reader, procedure)
    judge_limits(reader, procedure)
    judge_schemas(reader, procedure)
    judge_older(reader, procedure)
    judge_wording(reader, procedure)
    judge_counting(reader, procedure)
