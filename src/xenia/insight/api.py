"""Statistics for machines: what can be counted, and a released table. As the pages: nothing leaves but through `release()`."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from ninja import Query, Router, Schema
from pydantic import Field

from xenia.access.policy import require
from xenia.access.standing import for_request
from xenia.errors import BadInput
from xenia.insight import actions, declarations, out
from xenia.insight.question import asked

router = Router(tags=["statistics"])


class TableIn(Schema):
    """One question. `by`: breakdowns; `where`: as `post=A,B` or `sex!=X`; `until` does not count itself."""

    measure: str = Field(max_length=60)
    by: list[str] = Field(default_factory=list, max_length=4)
    where: list[Annotated[str, Field(max_length=2000)]] = Field(default_factory=list, max_length=20)
    since: date | None = None
    until: date | None = None
    grade: str = Field("interactive", max_length=20)
    reason: str = Field("", max_length=500)


@router.get("/measures", summary="What can be counted, and by what")
def measures(request: HttpRequest) -> dict[str, Any]:
    """Labels in every language, definition, unit, source and legal basis of each measure."""
    require(for_request(request), "insight.read")
    facts = [
        {
            "fact": fact.name,
            "labels": dict(fact.labels),
            "dimensions": [
                {"name": one.name, "labels": dict(one.labels)} for one in fact.dimensions.values() if one.offered
            ],
            "measures": [
                {
                    "name": one.name,
                    "labels": dict(one.labels),
                    "unit": one.unit,
                    "definition": one.definition,
                    "source": one.source,
                    "legal_basis": one.legal_basis,
                }
                for one in fact.measures.values()
            ],
        }
        for fact in declarations.facts().values()
    ]
    return {"schema": "xenia/measures/1", "facts": facts}


@router.get("/table", summary="One table in a grade of disclosure control")
def table(request: HttpRequest, given: Query[TableIn]) -> HttpResponse:
    """The same table as the page and `xenia insight query` give, with its notes; written into the journal. An exact one is posted for."""
    if given.grade == "exact":
        require(for_request(request), "insight.exact")
        raise BadInput("Exact counts need a reason.", "Say what they are for.", code="reason-missing")
    return _table(request, given)


@router.post("/table", summary="One table, also an exact one")
def post_table(request: HttpRequest, given: TableIn) -> HttpResponse:
    """As with GET; exact counts for a `reason`, which is sent, so that nobody answers for a link that somebody else wrote."""
    return _table(request, given)


def _table(request: HttpRequest, given: TableIn) -> HttpResponse:
    here = for_request(request)
    require(here, "insight.read")
    question = asked(given.measure, given.by, given.where, given.since, given.until)
    made = actions.ask(here, actions.warehouse(), question, given.grade, given.reason)
    return HttpResponse(out.as_json(made, get_language() or "en"), content_type="application/json")
