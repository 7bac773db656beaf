"""What every page shows around its subject: rooms, who and where, the demo banner, the status line.

Made lazily: an answer that shows none of it costs nothing. What needs the database is held in memory until the
counters that `access.epochs` reads once per request say that it changed, or for two seconds.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, Min
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import is_valid_path
from django.utils import timezone
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from xenia.access import epochs, lock, policy, standing
from xenia.access.standing import Standing
from xenia.journal.models import Entry
from xenia.registers import catalogue
from xenia.units import here
from xenia.work.models import WorkItem

THEMES = ("light", "dark")
PENDING_KEPT_S = 2.0
LATE = dt.timedelta(seconds=5)
REFERRAL = "frontier.referral"
SECOND_LINE = "/second-line/"


@dataclass(frozen=True)
class Place:
    """A room of the navigation: where it is, and which permissions open it, any of them.

    `purpose`: the only one that its pages read under. `also`: other addresses whose pages belong to the room.
    """

    label: str | Promise
    path: str
    any_of: tuple[str, ...]
    purpose: str = ""
    also: tuple[str, ...] = ()

    def opens_to(self, here: Standing) -> bool:
        """Whether this standing may enter."""
        return any(here.may(word) for word in self.any_of) and (
            not self.purpose or self.purpose in policy.purposes(here)
        )

    def nearness(self, path: str) -> int:
        """How much of a page's address says that it belongs to the room: letters in common, 0 for none."""
        return max((len(start) for start in (self.path, *self.also) if path.startswith(start)), default=0)


# Each opens the page of administration: it has a card there.
ADMINISTRATION = (
    "accounts.manage", "devices.manage", "policy.read", "reference.propose", "reference.approve", "keeping.doctor",
    "retention.run", "units.read", "units.manage", "units.approve",
)  # fmt: skip
ROOMS = (
    Place(_("Console"), "/console/", ("frontier.check",)),
    Place(_("Second line"), SECOND_LINE, ("frontier.second_line",)),
    Place(_("Post"), "/post/", ("frontier.supervise", "frontier.close_shift", "frontier.incidents", "reports.read")),
    Place(_("Handed over"), "/handed-over/", ("handover.asylum", "handover.police")),
    Place(_("Work"), "/work/", ("work.read",)),
    Place(_("Cases"), "/cases/", ("cases.read",)),
    Place(_("Stays"), "/stays/", ("stays.read",)),
    Place(_("Registers"), "/registers/", ("registers.read",)),
    Place(_("Alerts"), "/alerts/", ("alerts.read",), "alert-management"),
    Place(_("Lists"), "/lists/", ("lists.read",)),
    Place(
        _("Administration"),
        "/administration/",
        ADMINISTRATION,
        also=("/accounts/", "/policy/", "/devices/", "/retention/", "/exchange/", "/units/"),
    ),
    Place(_("Statistics"), "/statistics/", ("insight.read",)),
    Place(_("Journal"), "/journal/", ("journal.read",)),
    Place(_("Requests"), "/subjects/", ("subject.find",)),
)
DIRECTIONS = {"entry": _("Arrivals"), "exit": _("Departures")}


@lru_cache(maxsize=1)
def rooms_here() -> tuple[Place, ...]:
    """The rooms that this installation has pages for."""
    return tuple(room for room in ROOMS if is_valid_path(room.path))


@dataclass(frozen=True)
class Room:
    """One entry of the main navigation, as shown."""

    label: str | Promise
    url: str
    current: bool
    count: int = 0


@dataclass(frozen=True)
class ListAge:
    """Age of the oldest list of a register."""

    label: str
    age_s: int
    part: float
    state: str


@dataclass(frozen=True)
class Status:
    """The line at the foot of each page. `pending`: entries whose seal is late; the usual quarter of a second is no news."""

    oldest: ListAge | None
    pending: int


class _Kept:
    """Numbers held for a moment, shared by all threads; a race costs one query more."""

    pending: tuple[float, int] = (float("-inf"), 0)
    waiting: dict[str, tuple[int, int]] = {}


def late_seals() -> int:
    """Entries waiting for their seal, where the oldest has waited for more than five seconds; a number two seconds old."""
    at, number = _Kept.pending
    if time.monotonic() - at > PENDING_KEPT_S:
        waiting = Entry.objects.filter(position__isnull=True).aggregate(number=Count("id"), since=Min("recorded_at"))
        late = waiting["since"] is not None and timezone.now() - waiting["since"] > LATE
        number = waiting["number"] if late else 0
        _Kept.pending = (time.monotonic(), number)
    return number


def waiting_at(post: str) -> int:
    """Travellers waiting at the post's second line; asked again when the counter `work` moves."""
    epoch = epochs.read()["work"]
    kept = _Kept.waiting.get(post)
    if kept is None or kept[0] != epoch:
        number = WorkItem.objects.filter(kind=REFERRAL, post=post, answered_at__isnull=True).count()
        kept = _Kept.waiting[post] = (epoch, number)
    return kept[1]


def list_ages(now: dt.datetime) -> list[ListAge]:
    """The oldest list of each register, in the fixed order of the registers."""
    found = []
    for register in catalogue.registers():
        ages = [age for age in register.ages(now) if age.as_of is not None]
        if ages:
            worst = max(ages, key=lambda age: age.age_s / max(age.limit_s, 1))
            found.append(ListAge(register.label, worst.age_s, worst.age_s / max(worst.limit_s, 1), worst.state))
    return found


class Chrome:
    """The frame of one page; read by templates, made afresh for each request."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self.demo: bool = settings.XENIA_DEMO
        self.now = timezone.now()
        theme = request.COOKIES.get("xenia-theme", "")
        self.theme = theme if theme in THEMES else ""

    @cached_property
    def standing(self) -> Standing | None:
        """Who is signed in, and where; None before sign-in, and while the workplace is locked."""
        user = getattr(self._request, "user", None)
        if user is not None and user.is_authenticated and lock.is_locked(self._request):
            return None
        return standing.for_request(self._request) if user is not None and user.is_authenticated else None

    @cached_property
    def unit(self) -> here.Here | None:
        """How this unit stands with its centre, for whoever is signed in; None where this installation is no unit."""
        return here.kept(self.now) if self.standing else None

    @property
    def may_update(self) -> bool:
        """Whether this officer can do something about the release that runs at this unit."""
        return self.standing is not None and any(
            self.standing.may(word) for word in ("frontier.supervise", "units.manage")
        )

    @property
    def name(self) -> str:
        """The officer's name."""
        return self.standing.name if self.standing else ""

    @property
    def role(self) -> str:
        """The officer's roles at this post, in words."""
        known = policy.current().roles
        held = sorted(self.standing.roles) if self.standing else []
        return ", ".join(gettext(known[word].label) for word in held if word in known)

    @property
    def place(self) -> str:
        """Post and lane, or the authority where there is no post."""
        here = self.standing
        if here is None:
            return ""
        post = standing.places().get(here.post or "")
        name = post.name if post else here.authority
        return gettext("%(post)s, lane %(lane)s") % {"post": name, "lane": here.lane} if here.lane else name

    @property
    def place_note(self) -> str | Promise:
        """The direction of the lane."""
        here = self.standing
        return DIRECTIONS.get(self._request.session.get("direction", ""), "") if here and here.lane else ""

    @property
    def idle_s(self) -> int:
        """Seconds without a sign of the officer after which the page locks itself."""
        return int(settings.XENIA_IDLE_MINUTES) * 60

    @property
    def note(self) -> bool:
        """Whether an officer before left a note at this lane."""
        here = self.standing
        return bool(here and here.post and here.lane and standing.note_waits(here.post, here.lane))

    @property
    def rooms(self) -> list[Room]:
        """Where the officer may go."""
        here = self.standing
        if here is None:
            return []
        mine = [room for room in rooms_here() if room.opens_to(here)]
        near = [room.nearness(self._request.path) for room in mine]
        return [
            Room(room.label, room.path, 0 < number == max(near), self._count(room, here))
            for room, number in zip(mine, near, strict=True)
        ]

    def _count(self, room: Place, here: Standing) -> int:
        return waiting_at(here.post) if room.path == SECOND_LINE and here.post else 0

    @cached_property
    def lists(self) -> list[ListAge]:
        """Ages of the lists that are asked here."""
        return list_ages(self.now) if self.standing else []

    @cached_property
    def status(self) -> Status | None:
        """What the foot of the page says; None before sign-in."""
        if self.standing is None:
            return None
        return Status(max(self.lists, key=lambda age: age.part, default=None), late_seals())


def chrome(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `chrome`."""
    return {"chrome": SimpleLazyObject(lambda: Chrome(request))}


class PostZone:
    """Middleware: times are shown in the zone of the post where the officer stands."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """One request in the post's zone, and the thread left as it was."""
        try:
            return self.get_response(request)
        finally:
            timezone.deactivate()

    def process_view(self, request: HttpRequest, *_rest: object) -> None:
        """After the door has let the request pass."""
        if request.user.is_authenticated:
            timezone.activate(ZoneInfo(standing.for_request(request).zone))
