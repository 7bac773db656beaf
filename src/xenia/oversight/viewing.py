"""Reading the journal: headers by position, newest first, without bodies. Each page read is itself an entry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from xenia.access import policy, standing
from xenia.access.models import Account, Authority
from xenia.access.standing import Standing
from xenia.errors import BadInput
from xenia.journal import actions as journal
from xenia.journal import kinds
from xenia.journal.models import Entry
from xenia.journal.node import node
from xenia.oversight import kinds as own

PURPOSE = "oversight"
REFERENCE = "inspection"
PAGE = 100
WINDOW = 200_000
"""The most positions that one page looks through, so that a rare kind doesn't read the whole journal at once."""
HEADER = (
    "id",
    "position",
    "kind",
    "owner",
    "origin",
    "actor",
    "purpose",
    "legal_basis",
    "reference",
    "occurred_at",
    "recorded_at",
    "body_hash",
)


@dataclass(frozen=True)
class Asked:
    """What to show. `before`: only positions below this one. `kind`, `username` empty: all. Days in UTC, both included."""

    kind: str = ""
    username: str = ""
    since: date | None = None
    until: date | None = None
    before: int | None = None


@dataclass(frozen=True)
class Row:
    """One entry without its body. `who`: name of the account, or the part of the system."""

    entry: Entry
    label: str
    who: str
    erased: bool


@dataclass(frozen=True)
class Page:
    """A page of entries. `older`: the position to go on from, None at the beginning of the journal."""

    rows: tuple[Row, ...]
    older: int | None


def page(here: Standing, asked: Asked) -> Page:
    """The newest entries that fit, at most a hundred. The read is journalled before it is given back.

    Raises `NotFound` (`no-account`) for an unknown account, `BadInput` (`bad-days`) for days in the wrong order.
    """
    policy.require(here, "journal.read")
    policy.require_purpose(here, PURPOSE, REFERENCE)
    if asked.since and asked.until and asked.since > asked.until:
        raise BadInput("The first day is after the last.", "Turn them round.", code="bad-days")
    top = _top(asked)
    rows = Entry.objects.filter(node=node(), position__lt=top, position__gte=top - WINDOW).exclude(
        owner__in=_others_secrets(here)
    )
    if asked.kind:
        rows = rows.filter(kind=asked.kind)
    if asked.username:
        rows = rows.filter(actor=f"account:{_account(asked.username)}")
    if asked.since:
        rows = rows.filter(recorded_at__gte=datetime.combine(asked.since, time(), UTC))
    if asked.until:
        rows = rows.filter(recorded_at__lt=_day_after(asked.until))
    with_body = rows.filter(body__isnull=False)
    found = list(rows.order_by("-position").only(*HEADER)[:PAGE])
    kept = set(with_body.filter(id__in=[one.id for one in found]).values_list("id", flat=True))
    older = found[-1].position if len(found) == PAGE else max(top - WINDOW, 0)
    shown = Page(tuple(_row(one, one.id not in kept) for one in found), older if older and older > 1 else None)
    _journalled(here, asked, shown)
    return shown


def _others_secrets(here: Standing) -> list[str]:
    """Authorities whose very entries tell that somebody sought protection or was handed to the police; not shown to others."""
    kept = Authority.objects.filter(kind__in=("asylum", "police")).values_list("code", flat=True)
    return [code for code in kept if here.authority not in standing.ancestors(code)]


def _top(asked: Asked) -> int:
    """The first position that is not shown any more: where the page begins, going backwards."""
    if asked.before is not None:
        return asked.before
    newest = Entry.objects.filter(node=node(), position__isnull=False)
    if asked.until is not None:
        # Ids begin with their millisecond; sealing may lag, so that a minute more is looked through.
        moment = _day_after(asked.until) + timedelta(minutes=1)
        ceiling = UUID(int=int(moment.timestamp() * 1000) << 80)
        within = newest.filter(id__lt=ceiling).order_by("-id").values_list("position", flat=True).first()
        return (within or 0) + 1
    return (newest.order_by("-position").values_list("position", flat=True).first() or 0) + 1


def _day_after(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), UTC)


def _account(username: str) -> UUID:
    found = Account.objects.filter(username=username.strip().lower()).values_list("pk", flat=True).first()
    if found is None:
        raise BadInput("There is no account of that name.", "Check the spelling.", code="no-account")
    return found


def _row(entry: Entry, erased: bool) -> Row:
    labels = {kind.name: kind.label or kind.name for kind in kinds.all_kinds()}
    return Row(entry, labels.get(entry.kind, entry.kind), _who(entry.actor), erased)


def _who(actor: str) -> str:
    what, _, name = actor.partition(":")
    if what != "account":
        return name
    try:
        known = standing.known(UUID(name))
    except ValueError:
        return name
    return known.account().display_name if known else name


def _journalled(here: Standing, asked: Asked, shown: Page) -> None:
    positions = [row.entry.position for row in shown.rows]
    body = {
        "first": min((p for p in positions if p), default=0), "last": max((p for p in positions if p), default=0), "rows": len(positions),
        "kind": asked.kind, "account": asked.username.strip().lower(),
        "since": asked.since.isoformat() if asked.since else "", "until": asked.until.isoformat() if asked.until else "",
    }  # fmt: skip
    journal.record_read(own.VIEWED, body, here.act(PURPOSE, REFERENCE))
