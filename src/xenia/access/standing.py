"""Where somebody stands: the account, the roles it holds here and now, its post and lane.

Accounts, assignments, posts and the tree of authorities are held in memory for as long as the counter `accounts`
does not change, so that a request asks the database for none of them.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from xenia.access import device_cookie, epochs, policy
from xenia.access.entries import note
from xenia.access.models import Account, Assignment, Authority, Device, Lane, LaneNote, Post
from xenia.access.rules import ANY
from xenia.errors import NotAllowed, NotFound
from xenia.journal.act import Act


@dataclass(frozen=True)
class Held:
    """One assignment as it is held in memory."""

    role: str
    post: str | None
    valid_from: datetime
    valid_to: datetime | None

    def holds(self, now: datetime) -> bool:
        """Whether it is valid at `now`."""
        return self.valid_from <= now and (self.valid_to is None or now < self.valid_to)


@dataclass(frozen=True)
class Known:
    """An account as it is held in memory: the row's values in the order of its columns, and its assignments."""

    row: tuple[Any, ...]
    assignments: tuple[Held, ...]

    def account(self) -> Account:
        """A model instance of one's own, made without asking the database."""
        return Account.from_db("default", _COLUMNS, self.row)


@dataclass(frozen=True)
class Place:
    """A post as it is held in memory. `lanes`: code to direction, those that are open."""

    code: str
    name: str
    authority: str
    zone: str
    border: str
    lanes: dict[str, str]
    requires_devices: bool = False
    closed: bool = False


@dataclass(frozen=True)
class Bound:
    """A device that is bound, as it is held in memory. `lane`: "" where it may stand anywhere at the post."""

    id: UUID
    name: str
    post: str
    lane: str
    secret_hash: str


_COLUMNS = [one.attname for one in Account._meta.concrete_fields]


class _Memory:
    """What is true while the counter stands at `epoch`."""

    def __init__(self, epoch: int) -> None:
        self.epoch = epoch
        self.accounts: dict[UUID, Known | None] = {}
        self.posts: dict[str, Place] = {}
        self.parents: dict[str, str | None] = {}
        self.kinds: dict[str, str] = {}
        for code, parent, kind in Authority.objects.values_list("code", "parent_id", "kind"):
            self.parents[code], self.kinds[code] = parent, kind
        bound = Device.objects.filter(taken_back_at=None).exclude(secret_hash="")
        self.devices = {
            one[0]: Bound(*one) for one in bound.values_list("id", "name", "post_id", "lane", "secret_hash")
        }
        self.notes = frozenset(LaneNote.objects.values_list("post_id", "lane"))
        lanes: dict[str, dict[str, str]] = {}
        for post, code, direction in (
            Lane.objects.filter(closed_at=None).order_by("code").values_list("post_id", "code", "direction")
        ):
            lanes.setdefault(post, {})[code] = direction
        for post_row in Post.objects.order_by("code"):
            self.posts[post_row.code] = Place(
                post_row.code,
                post_row.name,
                post_row.authority_id,
                post_row.zone,
                post_row.border,
                lanes.get(post_row.code, {}),
                post_row.requires_devices,
                post_row.closed_at is not None,
            )


_lock = threading.Lock()
_held: _Memory | None = None


def _memory() -> _Memory:
    global _held
    held, epoch = _held, epochs.read()["accounts"]
    if held is not None and held.epoch == epoch:
        return held
    with _lock:
        if _held is None or _held.epoch != epoch:
            _held = _Memory(epoch)
        return _held


def known(account: UUID) -> Known | None:
    """The account and its assignments, or None where there is no such account."""
    memory = _memory()
    if account not in memory.accounts:
        row = Account.objects.filter(pk=account).values_list(*_COLUMNS).first()
        held = tuple(
            Held(*one)
            for one in Assignment.objects.filter(account_id=account).values_list(
                "role", "post_id", "valid_from", "valid_to"
            )
        )
        memory.accounts[account] = None if row is None else Known(row, held)
    return memory.accounts[account]


def places() -> dict[str, Place]:
    """All posts by code, closed ones too: what happened there still has a name and a zone."""
    return _memory().posts


def device_of(request: HttpRequest) -> Bound | None:
    """The bound device that asks, or None where the browser is not bound or was taken back."""
    shown = device_cookie.read(request)
    bound = _memory().devices.get(shown[0]) if shown else None
    return bound if shown and bound and device_cookie.fits(shown[1], bound.secret_hash) else None


def lane_of_device(request: HttpRequest) -> tuple[str, str] | None:
    """Post and lane of the bound device that asks (lane "" where it may stand anywhere at the post), or None."""
    bound = device_of(request)
    return (bound.post, bound.lane) if bound else None


def note_waits(post: str, lane: str) -> bool:
    """Whether somebody left a note at this lane that nobody has put away."""
    return (post, lane) in _memory().notes


def kind_of(authority: str) -> str:
    """The kind of an authority, `foreign` for a code that is not in this installation's tree."""
    return _memory().kinds.get(authority, "foreign")


def ancestors(authority: str) -> tuple[str, ...]:
    """The authority itself, its parent, and so on up to the root."""
    parents, found = _memory().parents, [authority]
    while (above := parents.get(found[-1])) is not None and above not in found:
        found.append(above)
    return tuple(found)


def owner_words(owner: str) -> tuple[str, ...]:
    """The words of a policy row's `owner` that fit this owner, the most particular first; `*` is the last."""
    if owner == ANY:
        return (ANY,)
    return (*ancestors(owner), f"kind:{kind_of(owner)}", ANY)


@dataclass(frozen=True)
class Standing:
    """Who acts: account, its authority, the roles it holds at this post now. Given to every action."""

    account: UUID
    username: str
    name: str
    authority: str
    roles: frozenset[str]
    post: str | None
    lane: str | None
    node: str

    @property
    def actor(self) -> str:
        """As journal entries name it."""
        return f"account:{self.account}"

    @property
    def origin(self) -> str:
        """Where it acts from: node, post and lane, e.g. `hq/UTO-AP1/L3`."""
        return "/".join(part for part in (self.node, self.post, self.lane if self.post else None) if part)

    @property
    def zone(self) -> str:
        """IANA zone of the post, or of the installation where there is no post."""
        place = places().get(self.post or "")
        return place.zone if place else settings.TIME_ZONE

    def may(self, permission: str) -> bool:
        """Whether the standing holds the permission under the policy in force."""
        return policy.permits(self.roles, permission)

    def act(self, purpose: str, reference: str, *, legal_basis: str = "", owner: str | None = None) -> Act:
        """The act of this standing: who, for what, by what right, about what. Does not ask whether it may."""
        known_purpose = policy.current().purposes.get(purpose)
        basis = legal_basis or (known_purpose.legal_basis if known_purpose else "")
        return Act(self.actor, owner or self.authority, purpose, basis, reference, self.origin)


def _node() -> str:
    from xenia.journal.node import node

    return node()


def roles_at(account: Known, post: str | None, now: datetime) -> frozenset[str]:
    """Roles valid at `now` that hold everywhere or at this post."""
    return frozenset(one.role for one in account.assignments if one.holds(now) and one.post in (None, post))


def posts_of(account: UUID) -> tuple[Place, ...]:
    """Open posts where the account may stand: those it is assigned to, or all of its authority's where assigned to none in particular."""
    found, now = known(account), timezone.now()
    if found is None:
        return ()
    held = [one for one in found.assignments if one.holds(now)]
    authority = found.account().authority_id
    everywhere = any(one.post is None for one in held)
    named = {one.post for one in held}
    return tuple(
        place
        for place in places().values()
        if not place.closed and (place.code in named or (everywhere and authority in ancestors(place.authority)))
    )


def of(account: UUID, post: str | None = None, lane: str | None = None) -> Standing:
    """The standing of an account. Without `post`, the only post that it may stand at, if there is just one.

    Raises `NotFound` (code `no-account`) for an unknown or closed account, `NotAllowed` (code `not-your-post`)
    for a post or lane where it does not stand.
    """
    found = known(account)
    row = found.account() if found else None
    if found is None or row is None or not row.is_active:
        raise NotFound("There is no such account, or it is closed.", "Ask your administrator.", code="no-account")
    allowed = {place.code: place for place in posts_of(account)}
    if post is None and len(allowed) == 1:
        post = next(iter(allowed))
    if post is not None and post not in allowed:
        raise NotAllowed(f"You are not assigned to the post {post}.", "Choose one of your posts.", code="not-your-post")
    if lane is not None and (post is None or lane not in allowed[post].lanes):
        raise NotAllowed(f"There is no lane {lane} at your post.", "Choose a lane of your post.", code="not-your-post")
    roles = roles_at(found, post, timezone.now())
    return Standing(row.pk, row.username, row.display_name, row.authority_id, roles, post, lane, _node())


def by_name(username: str, post: str | None = None, lane: str | None = None) -> Standing:
    """The standing of the account of this name; for the command line. Raises as `of` does."""
    pk = Account.objects.filter(username=username.strip().lower()).values_list("pk", flat=True).first()
    if pk is None:
        raise NotFound("There is no account of that name.", "See `xenia accounts list`.", code="no-account")
    return of(pk, post, lane)


def nowhere(account: UUID) -> Standing:
    """The standing of an account at no post: only roles that hold everywhere. Raises `NotFound` (code `no-account`)."""
    found = known(account)
    row = found.account() if found else None
    if found is None or row is None or not row.is_active:
        raise NotFound("There is no such account, or it is closed.", "Ask your administrator.", code="no-account")
    roles = roles_at(found, None, timezone.now())
    return Standing(row.pk, row.username, row.display_name, row.authority_id, roles, None, None, _node())


def for_request(request: HttpRequest) -> Standing:
    """The standing of the signed-in officer at the post and lane chosen in this session; made once per request.

    A bound device decides post and lane. A post or lane that the officer has lost since is put aside. Raises
    `NotAllowed` (code `not-signed-in`).
    """
    held: Standing | None = getattr(request, "_standing", None)
    if held is not None:
        return held
    if not request.user.is_authenticated:
        raise NotAllowed("You are not signed in.", "Sign in first.", code="not-signed-in")
    made = _here(request, request.user.pk)
    request._standing = made  # type: ignore[attr-defined]
    return made


def _here(request: HttpRequest, account: UUID) -> Standing:
    post, lane = request.session.get("post"), request.session.get("lane")
    bound = device_of(request)
    if bound is not None:
        if post != bound.post:
            post, lane = bound.post, None
        try:
            return of(account, post, bound.lane or lane)
        except NotAllowed:
            return nowhere(account)
    try:
        made = of(account, post, lane)
    except NotAllowed:
        made = of(account)
    place = places().get(made.post or "")
    return nowhere(account) if place is not None and place.requires_devices else made


def device_trouble(request: HttpRequest, post: str | None = None, lane: str | None = None) -> NotAllowed | None:
    """Why the officer may not stand here, or at this post and lane, with this device; None where nothing speaks against it.

    Codes: `device-foreign` (the device belongs where the account does not), `device-bound` (the device belongs to
    another lane), `device-needed` (the post asks for a bound device).
    """
    bound = device_of(request)
    if bound is None:
        place = places().get(post or "")
        if place is None or not place.requires_devices:
            return None
        return NotAllowed(
            _("At this post officers work at its own devices only, and this is none of them."),
            _("Use a device of the post, or ask your administrator to bind this one."),
            code="device-needed",
        )
    at = places().get(bound.post)
    where = f"{at.name if at else bound.post}{', ' + bound.lane if bound.lane else ''}"
    try:
        of(request.user.pk, bound.post, bound.lane or None)  # type: ignore[arg-type]
    except NotAllowed:
        return NotAllowed(
            _("This device belongs to %(where)s, and your account has no role there.") % {"where": where},
            _("Use a device of your own post, or ask your administrator."),
            code="device-foreign",
        )
    if post is None or (post == bound.post and bound.lane in ("", lane)):
        return None
    return NotAllowed(
        _("This device belongs to %(where)s; you cannot work elsewhere with it.") % {"where": where},
        _("Go to the lane where you want to work, or ask your administrator."),
        code="device-bound",
    )


def choose_place(request: HttpRequest, post: str, lane: str | None = None, direction: str = "") -> Standing:
    """Stand at this post and lane from now on, in this session; journalled.

    `direction`: `entry` or `exit` at a lane that has both, else what was chosen last; a lane of one direction has its own.
    Raises `NotAllowed`: `not-your-post`, or as `device_trouble` says.
    """
    made = of(request.user.pk, post, lane)  # type: ignore[arg-type]
    trouble = device_trouble(request, post, lane)
    if trouble is not None:
        raise trouble
    if (request.session.get("post"), request.session.get("lane")) != (post, lane):
        note("access.place_chosen", made.account, made.authority, {"post": post, "lane": lane})
    request.session["post"], request.session["lane"] = post, lane
    if lane:
        way, before = places()[post].lanes.get(lane, "both"), direction or request.session.get("direction")
        request.session["direction"] = way if way != "both" else "exit" if before == "exit" else "entry"
    request._standing = made  # type: ignore[attr-defined]
    return made
