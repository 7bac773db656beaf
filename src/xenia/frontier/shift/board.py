"""What the supervisor of a post sees: lanes, officers, who waits, open hits, lists, today against usual, staffing.

Counts and waits only: no traveller is named, so nothing here is a read of personal data. No figure belongs to one officer.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import blake2s

from django.db.models import Count, Max

from xenia.access import epochs, policy, standing
from xenia.access.standing import Place, Standing
from xenia.errors import NotAllowed, NotFound
from xenia.frontier.referrals import KIND as REFERRAL
from xenia.frontier.shift import counting, periods, presence, staffing, usual
from xenia.frontier.shift.counts import Counts, median
from xenia.frontier.shift.models import DayCount, LaneState
from xenia.frontier.shift.presence import Present
from xenia.frontier.shift.staffing import Estimate
from xenia.frontier.shift.terms import term
from xenia.frontier.shift.usual import Band
from xenia.registers import catalogue
from xenia.work.models import WorkItem

QUARTER, HOUR = timedelta(minutes=15), timedelta(hours=1)
MEASURED = 500
MEASURED_SPANS = (timedelta(hours=2), timedelta(hours=12), timedelta(days=7))


@dataclass(frozen=True)
class LaneRow:
    """One lane. `officers`: who stands there now. `last_at`: its latest decision of today; `travellers` of the last 15 and 60 min."""

    code: str
    direction: str
    open: bool
    officers: tuple[Present, ...]
    planned: str
    in_quarter: int
    in_hour: int
    last_at: datetime | None


@dataclass(frozen=True)
class WaitingRow:
    """One traveller at second line, unnamed. `taken`: an officer has the referral."""

    since: datetime
    lane: str
    severity: str
    taken: bool
    long: bool


@dataclass(frozen=True)
class ListRow:
    """The oldest list of a register. `state`: fresh, ageing or old."""

    register: str
    label: str
    age_s: int
    part: float
    state: str


@dataclass(frozen=True)
class HourRow:
    """One hour of the local day. `number` None: still to come; `whole`: the hour is over. `band` None: not enough past days."""

    hour: int
    number: int | None
    whole: bool
    band: Band | None

    @property
    def reading(self) -> str:
        """`within`, `above`, `below`, or nothing to say."""
        return self.band.reading(self.number) if self.band and self.whole and self.number is not None else ""


@dataclass(frozen=True)
class TodayView:
    """Travellers of the local day by hour. `so_far`: in whole hours, with `band` for the same hours; `days`: past days known."""

    on: date
    admitted: int
    refused: int
    taken_back: int
    hours: tuple[HourRow, ...]
    so_far: int
    band: Band | None
    days: int


@dataclass(frozen=True)
class Staffing:
    """`handling_s`: measured mean of the post; None where too little was measured. `expected`: usual of this hour, a quarter of it."""

    arrivals: int
    expected: float | None
    handling_s: float | None
    measured: int
    now: Estimate | None
    soon: Estimate | None


@dataclass(frozen=True)
class Board:
    """All of it, at one moment."""

    at: datetime
    post: Place
    lanes: tuple[LaneRow, ...]
    elsewhere: tuple[Present, ...]
    waiting: tuple[WaitingRow, ...]
    median_min: float | None
    longest_min: float | None
    hits: dict[str, int]
    lists: tuple[ListRow, ...]
    today: TodayView
    staffing: Staffing

    @property
    def standing_at(self) -> int:
        """Lanes where somebody stands."""
        return sum(1 for lane in self.lanes if lane.officers)


def here(standing_: Standing) -> Place:
    """The post where this standing is. Raises `NotAllowed` (`no-post`), and `NotFound` for a post of another authority."""
    place = standing.places().get(standing_.post or "")
    if place is None:
        raise NotAllowed("You stand at no post.", "Choose your post first.", code="no-post")
    if standing_.authority not in standing.ancestors(place.authority):
        raise NotFound("There is no such post.", "Choose one of your posts.", code="no-such-post")
    return place


def mark(standing_: Standing) -> str:
    """A short word that changes with the board, at most once a minute where nothing happens. Reading it is no read of data."""
    policy.require(standing_, "frontier.supervise")
    place, now = here(standing_), datetime.now(UTC)
    counters = epochs.read()
    latest = _latest(place, now)
    people = [f"{one.account}{one.lane}{one.away}" for one in presence.at(place.code)]
    states = LaneState.objects.filter(post=place.code).aggregate(at=Max("changed_at"))["at"]
    parts = [f"{now:%d%H%M}", counters["work"], counters["accounts"], counters["lists"], latest, states, *people]
    return blake2s("|".join(map(str, parts)).encode(), digest_size=8).hexdigest()


def _latest(place: Place, now: datetime) -> list[object]:
    day = periods.local(now, place.zone).date()
    made = counting.crossings(place.code, [day]).aggregate(at=Max("decided_at"), back=Max("taken_back_at"))
    return [made["at"], made["back"]]


def board(standing_: Standing) -> Board:
    """The board of this post now. Raises `NotAllowed` (`no-permission`, `no-post`)."""
    policy.require(standing_, "frontier.supervise")
    place, now = here(standing_), datetime.now(UTC)
    day = periods.local(now, place.zone).date()
    people = presence.at(place.code)
    queue = list(
        WorkItem.objects.filter(kind=REFERRAL, post=place.code, answered_at__isnull=True).order_by("opened_at")
    )
    answered = list(
        counting.checks(place.code, [day]).filter(referral__isnull=False).values_list("referral", flat=True)
    )
    waits = counting.waits(answered) + [(now - item.opened_at).total_seconds() / 60 for item in queue]
    lanes, in_hour = _lanes(place, now, people)
    today = _today(place, now)
    standing_at = sum(1 for lane in lanes if lane.officers)
    return Board(
        at=now,
        post=place,
        lanes=lanes,
        elsewhere=tuple(one for one in people if one.lane not in {lane.code for lane in lanes}),
        waiting=tuple(_waiting(item, now) for item in queue),
        median_min=median(waits),
        longest_min=max(waits, default=None),
        hits=open_hits(place, day),
        lists=list_rows(now),
        today=today,
        staffing=_staffing(place, now, in_hour, standing_at, today),
    )


def _waiting(item: WorkItem, now: datetime) -> WaitingRow:
    long = now - item.opened_at >= timedelta(minutes=term("wait-long-minutes"))
    severity = str(item.body.get("verdict", "look"))
    return WaitingRow(item.opened_at, str(item.body.get("lane", "")), severity, item.claimed_by is not None, long)


def _lanes(
    place: Place, now: datetime, people: list[Present]
) -> tuple[tuple[LaneRow, ...], list[tuple[str, datetime]]]:
    days = periods.days_between(now - HOUR, now, place.zone)
    recent = counting.crossings(place.code, days, now - HOUR).filter(taken_back_at__isnull=True)
    in_hour = list(recent.values_list("lane", "decided_at"))
    of_hour = Counter(lane for lane, _ in in_hour)
    of_quarter = Counter(lane for lane, at in in_hour if at >= now - QUARTER)
    today = counting.crossings(place.code, days[-1:])
    last: dict[str, datetime] = dict(today.values_list("lane").annotate(at=Max("decided_at")))
    states = {row.lane: row for row in LaneState.objects.filter(post=place.code)}
    rows = []
    for code, direction in place.lanes.items():
        state = states.get(code)
        rows.append(
            LaneRow(
                code=code,
                direction=direction,
                open=state.open if state else True,
                officers=tuple(one for one in people if one.lane == code),
                planned=presence.name_of(state.planned) if state else "",
                in_quarter=of_quarter[code],
                in_hour=of_hour[code],
                last_at=last.get(code),
            )
        )
    return tuple(rows), in_hour


def open_hits(place: Place, day: date) -> dict[str, int]:
    """Checks of today and yesterday that warn and are not decided yet, by severity."""
    rows = counting.checks(place.code, [day - timedelta(days=1), day]).filter(state__in=["open", "referred"])
    found = dict(rows.exclude(verdict="clear").values_list("verdict").annotate(number=Count("id")))
    return {"stop": found.get("stop", 0), "look": found.get("look", 0)}


def list_rows(now: datetime) -> tuple[ListRow, ...]:
    """The oldest list of each register, in the registers' order."""
    rows = []
    for register in catalogue.registers():
        ages = [age for age in register.ages(now) if age.as_of is not None]
        if ages:
            worst = max(ages, key=lambda age: age.age_s / max(age.limit_s, 1))
            rows.append(
                ListRow(register.name, register.label, worst.age_s, worst.age_s / max(worst.limit_s, 1), worst.state)
            )
    return tuple(rows)


def _today(place: Place, now: datetime) -> TodayView:
    local = periods.local(now, place.zone)
    today, totals = counting.hours_of(place.code, place.zone, local.date())
    weeks = [local.date() - timedelta(weeks=back) for back in range(1, term("usual-weeks") + 1)]
    past = [
        Counts.from_json(row)
        for row in DayCount.objects.filter(post=place.code, on__in=weeks).values_list("counts", flat=True)
    ]
    past = [day for day in past if day.rows("hour")]
    least = term("usual-least-days")
    by_hour = [[_of_hour(day, hour) for day in past] for hour in range(24)]
    hours = tuple(
        HourRow(
            hour,
            today[hour] if hour <= local.hour else None,
            hour < local.hour,
            usual.band(by_hour[hour], least),
        )
        for hour in range(24)
    )
    so_far = [sum(_of_hour(day, hour) for hour in range(local.hour)) for day in past]
    return TodayView(
        on=local.date(),
        admitted=totals["admitted"],
        refused=totals["refused"],
        taken_back=totals["taken-back"],
        hours=hours,
        so_far=sum(today[: local.hour]),
        band=usual.band(so_far, least) if local.hour else None,
        days=len(past),
    )


def _of_hour(counts: Counts, hour: int) -> int:
    return sum(counts.rows("hour").get(f"{hour:02d}", {}).values())


def _staffing(
    place: Place, now: datetime, in_hour: list[tuple[str, datetime]], lanes: int, today: TodayView
) -> Staffing:
    arrivals = counting.checks(place.code, periods.days_between(now - QUARTER, now, place.zone), now - QUARTER).count()
    measured, seconds = _measured(place, now)
    coming = today.hours[(periods.local(now, place.zone).hour + 1) % 24].band
    expected = coming.mean / 4 if coming else None
    if seconds is None:
        return Staffing(arrivals, expected, None, measured, None, None)
    service, load = seconds + term("changeover-s"), term("lane-load-percent") / 100
    rate = max(float(arrivals), len(in_hour) / 4)
    return Staffing(
        arrivals=arrivals,
        expected=expected,
        handling_s=seconds,
        measured=measured,
        now=staffing.estimate(rate, lanes, service, load),
        soon=staffing.estimate(expected, lanes, service, load) if expected is not None else None,
    )


def _measured(place: Place, now: datetime) -> tuple[int, float | None]:
    """How many crossings were measured, and their mean seconds from document to decision; of the whole post, at the booth only."""
    seconds: list[float] = []
    for span in MEASURED_SPANS:
        days = periods.days_between(now - span, now, place.zone)
        rows = counting.crossings(place.code, days, now - span)
        rows = rows.filter(seconds__isnull=False, taken_back_at__isnull=True).order_by("-decided_at")
        seconds = [float(one or 0) for one in rows.values_list("seconds", flat=True)[:MEASURED]]
        if len(seconds) >= MEASURED:
            break
    return len(seconds), sum(seconds) / len(seconds) if len(seconds) >= term("handling-least-crossings") else None
