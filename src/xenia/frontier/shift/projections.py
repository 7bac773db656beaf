"""How the shift's tables follow from their entries: folded by `xenia rebuild --check`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from xenia.access import standing
from xenia.frontier import kinds as crossing
from xenia.frontier.shift import kinds, periods
from xenia.frontier.shift.models import DayCount, Incident, LaneState, Shift
from xenia.journal import rebuild
from xenia.journal.rebuild import ERASED, Happened


def _lanes(happened: Iterable[Happened]) -> Mapping[str, Any]:
    return {
        f"{one.body['post']}/{one.body['lane']}": (one.body["open"], one.body["planned"])
        for one in happened
        if one.body is not None
    }


def _actual_lanes() -> Mapping[str, Any]:
    rows = LaneState.objects.all()
    return {f"{row.post}/{row.lane}": (row.open, str(row.planned) if row.planned else None) for row in rows}


def _shifts(happened: Iterable[Happened]) -> Mapping[str, Any]:
    """Shifts by id: post, supervisor, state, hash of the report. A shift whose entries were erased is gone as well."""
    found: dict[str, Any] = {}
    for one in happened:
        body = one.body
        if body is None:
            found[one.entry.reference.removeprefix("shift:")] = ERASED
        elif one.entry.kind == kinds.OPENED:
            found[body["shift"]] = (body["post"], body["supervisor"], "running", "")
        elif found.get(body["shift"]) not in (None, ERASED):
            state = ("closed", body["report_hash"]) if one.entry.kind == kinds.CLOSED else ("ended", "")
            found[body["shift"]] = (*found[body["shift"]][:2], *state)
    return found


def _actual_shifts() -> Mapping[str, Any]:
    return {
        str(row.id): (row.post, str(row.supervisor), row.state, row.report_hash)
        for row in Shift.objects.iterator(chunk_size=500)
    }


def _incidents(happened: Iterable[Happened]) -> Mapping[str, Any]:
    """Entries of the log by their journal entry."""
    found: dict[str, Any] = {}
    for one in happened:
        body = one.body
        found[str(one.entry.id)] = (
            ERASED if body is None else (body["incident"], body["entry"], body["post"], body["kind"], body["check"])
        )
    return found


def _actual_incidents() -> Mapping[str, Any]:
    return {
        str(row.entry): (str(row.incident), str(row.id), row.post, row.kind, str(row.check_made or ""))
        for row in Incident.objects.iterator(chunk_size=500)
    }


def _days(happened: Iterable[Happened]) -> Mapping[str, Any]:
    """For each day that was counted: crossings and how many were taken back. Days with erased entries cannot be told."""
    counted = {(row.post, row.on) for row in DayCount.objects.only("post", "on")}
    found: dict[str, Any] = {_key(post, on): [0, 0] for post, on in counted}
    day_of: dict[str, str] = {}
    for one in happened:
        body = one.body
        if body is None:
            found[_day_of(one)] = ERASED
            continue
        if one.entry.kind == crossing.TAKEN_BACK:
            key, back = day_of.get(body["crossing"], ""), 1
        else:
            key, back = _key(body["post"], date.fromisoformat(body["local_date"])), 0
            day_of[body["crossing"]] = key
        if isinstance(found.get(key), list):
            found[key][back] += 1
    return {key: ERASED if value is ERASED else tuple(value) for key, value in found.items()}


def _day_of(one: Happened) -> str:
    """The day of an entry whose body is gone, from its header: where and when it happened."""
    parts = one.entry.origin.split("/")
    place = standing.places().get(parts[1]) if len(parts) > 1 else None
    if place is None:
        return f"entry:{one.entry.id}"
    return _key(place.code, periods.local(one.entry.occurred_at, place.zone).date())


def _key(post: str, on: date) -> str:
    return f"{post} {on.isoformat()}"


def _actual_days() -> Mapping[str, Any]:
    rows = DayCount.objects.values_list("post", "on", "crossings", "taken_back")
    return {_key(post, on): (crossings, taken_back) for post, on, crossings, taken_back in rows}


def register() -> None:
    """Make the projections known; called when Django starts."""
    crossings = frozenset({crossing.ADMITTED, crossing.REFUSED, crossing.TAKEN_BACK})
    shifts = frozenset({kinds.OPENED, kinds.TAKEN_OVER, kinds.CLOSED})
    logged = frozenset({kinds.LOGGED, kinds.FOLLOWED_UP})
    rebuild.register(rebuild.Projection("lanes", frozenset({kinds.LANE}), _lanes, _actual_lanes))
    rebuild.register(rebuild.Projection("shifts", shifts, _shifts, _actual_shifts))
    rebuild.register(rebuild.Projection("incidents", logged, _incidents, _actual_incidents))
    rebuild.register(rebuild.Projection("days of a post", crossings, _days, _actual_days, of_every_node=True))
