"""The watch for machines: signals with what was usual, one of them with its series. Figures of released tables, as on the pages."""

from __future__ import annotations

import math
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from xenia.access.policy import require
from xenia.access.standing import for_request
from xenia.insight.watching import actions, finding, gathering, looking, showing
from xenia.insight.watching.models import Month, Signal
from xenia.insight.watching.series import Segment

router = Router(tags=["statistics"])
MOST = 200
GRADE = gathering.GRADE


class WatchIn(Schema):
    """As on the page. `state`: `all` gives those that are over too; `skip`: so many of the newest are left out."""

    state: str = Field("open", max_length=20)
    level: str = Field("", max_length=20)
    post: str = Field("", max_length=40)
    nationality: str = Field("", max_length=8)
    indicator: str = Field("", max_length=40)
    limit: int = Field(50, ge=1, le=MOST)
    skip: int = Field(0, ge=0, le=1_000_000)


@router.get("", summary="Signals, the newest first")
def signals(request: HttpRequest, given: Query[WatchIn]) -> dict[str, Any]:
    """What rings, or rang; where nothing does, that is no all-clear. Nobody's note is told. Written into the journal."""
    here = for_request(request)
    require(here, "insight.read")
    rows, _asked = finding.wanted({name: str(value) for name, value in given.dict().items()})
    found = list(rows[given.skip : given.skip + given.limit])
    actions.taken(here, found)
    looked = Month.objects.order_by("-released_at").values_list("released_at", flat=True).first()
    return {
        "schema": "xenia/watch/1",
        "grade": GRADE,
        "looked_at": looked.isoformat() if looked else None,
        "shares_watched": looking.rules().shares,
        "total": rows.count(),
        "signals": [_told(one) for one in found],
    }


@router.get("/{uuid:signal_id}", summary="One signal with its series")
def signal(request: HttpRequest, signal_id: UUID) -> dict[str, Any]:
    """The six weeks before its day, each day with what was usual and from where it rings, by the rules of today."""
    here = for_request(request)
    require(here, "insight.read")
    found = actions.find(signal_id)
    actions.taken(here, [found])
    until, segment = max(found.peak, found.last_on), Segment(found.post, found.nationality)
    days = [
        {
            "on": on.isoformat(),
            "observed": _number(found, one.observed),
            "expected": _number(found, one.expected),
            "threshold": _number(found, one.threshold),
            "state": "rings" if one.crossed else one.state,
        }
        for on, one in showing.series(found.indicator, segment, until)
    ]
    return {"schema": "xenia/watch-signal/1", "grade": GRADE, **_told(found), "series": days}


def _told(one: Signal) -> dict[str, Any]:
    return {
        "id": str(one.pk),
        "indicator": one.indicator,
        "unit": "percent" if one.indicator in gathering.SHARES else "crossings",
        "post": one.post,
        "nationality": one.nationality,
        "level": one.level,
        "state": "over" if one.closed_at else "open",
        "first_day": one.on.isoformat(),
        "last_day": one.last_on.isoformat(),
        "peak_day": one.peak.isoformat(),
        "day_not_over": one.so_far,
        "rule": one.rule,
        "agreed": one.agreed,
        "observed": _number(one, one.observed),
        "expected": _number(one, one.expected),
        "threshold": _number(one, one.threshold),
        "score": round(one.score, 2),
        "series_looked_at": one.looked,
        "posts": one.coverage.get("posts", 0),
        "posts_missing": one.coverage.get("missing", []),
        "event": one.event,
        "under": str(one.under_id) if one.under_id else None,
        "closed_at": one.closed_at.isoformat() if one.closed_at else None,
        "acknowledged_at": one.acknowledged_at.isoformat() if one.acknowledged_at else None,
        "assessment": one.assessment,
    }


def _number(one: Signal, number: float) -> float | None:
    if math.isnan(number):
        return None
    return round(number, 1) if one.indicator in gathering.SHARES else round(number)
