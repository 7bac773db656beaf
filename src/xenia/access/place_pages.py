"""Pages of administrators: authorities, posts and lanes. Nothing is deleted: places are closed and opened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from xenia.access import place_actions, presence, standing
from xenia.access.models import Authority, Lane, Post
from xenia.access.place_forms import (
    BORDERS,
    DIRECTIONS,
    ChangeLane,
    ChangePost,
    Close,
    NameAuthority,
    NewAuthority,
    NewLane,
    NewPost,
    refuse,
)  # fmt: skip
from xenia.access.views import needs
from xenia.errors import BadInput, Conflict, NotFound

FIELDS = {"bad_code": "code", "already_there": "code", "bad_zone": "zone", "bad_border": "border", "bad_name": "name"}


def _done(request: HttpRequest, form: forms.Form, act: Callable[[], object], said: str, **fields: str) -> bool:
    """Whether the form was sound and the act done; its refusal stands in the form."""
    if not form.is_valid():
        return False
    try:
        act()
    except (BadInput, Conflict, NotFound) as problem:
        refuse(form, problem, **{**FIELDS, **fields})
        return False
    messages.success(request, said)
    return True


# Authorities


@dataclass(frozen=True)
class Node:
    """An authority in the tree, as the page shows it. `depth`: 0 for the root."""

    authority: Authority
    depth: int
    posts: int
    accounts: int


def _tree() -> list[Node]:
    rows = Authority.objects.order_by("code").annotate(
        post_count=Count("posts", distinct=True), account_count=Count("accounts", distinct=True)
    )
    below: dict[str | None, list[Any]] = {}
    for row in rows:
        below.setdefault(row.parent_id, []).append(row)
    found: list[Node] = []

    def walk(parent: str | None, depth: int) -> None:
        for row in below.get(parent, ()):
            found.append(Node(row, depth, row.post_count, row.account_count))
            walk(row.code, depth + 1)

    walk(None, 0)
    return found


@needs("accounts.manage")
@require_GET
def authorities(request: HttpRequest) -> HttpResponse:
    """The tree of authorities."""
    return render(request, "access/places/authorities.html", {"nodes": _tree()})


@needs("accounts.manage")
@require_http_methods(["GET", "POST"])
def new_authority(request: HttpRequest) -> HttpResponseBase:
    """Make an authority."""
    form = NewAuthority(request.POST or None, initial={"parent": place_actions.INSTALLATION})
    if request.method == "POST":
        said = form.data
        if _done(
            request,
            form,
            lambda: place_actions.make_authority(
                standing.for_request(request), said["code"].strip(), said["name"].strip(), kind=said["kind"],
                parent=said["parent"],
            ),
            _("The authority is made."),
        ):  # fmt: skip
            return redirect("authorities")
    return render(request, "access/places/authority_new.html", {"form": form}, status=422 if form.errors else 200)


@needs("accounts.manage")
@require_http_methods(["GET", "POST"])
def authority(request: HttpRequest, code: str) -> HttpResponseBase:
    """One authority: its posts, and another name."""
    known = Authority.objects.filter(pk=code).first()
    if known is None:
        raise NotFound(_("There is no such authority."), _("Look at the list."), code="no-authority")
    form = NameAuthority(request.POST or None, initial={"name": known.name})
    if request.method == "POST" and _done(
        request,
        form,
        lambda: place_actions.name_authority(standing.for_request(request), code, form.cleaned_data["name"]),
        _("The name is changed."),
        already_there="name",
    ):
        return redirect("authority", code)
    context = {"authority": known, "form": form, "posts": _posts(Q(authority=known))}
    return render(request, "access/places/authority.html", context, status=422 if form.errors else 200)


# Posts


@dataclass(frozen=True)
class PostRow:
    """A post in the list. `present`: how many officers stand there now."""

    post: Post
    border: str
    lanes: int
    present: int


def _posts(wanted: Q) -> list[PostRow]:
    here = Counter(one.post for one in presence.everybody())
    rows = Post.objects.filter(wanted).select_related("authority").order_by("closed_at", "code")
    counted = rows.annotate(open_lanes=Count("lanes", filter=Q(lanes__closed_at=None)))
    borders = {word: str(label) for word, label in BORDERS}
    return [PostRow(row, borders[row.border], row.open_lanes, here[row.code]) for row in counted]


@needs("accounts.manage")
@require_GET
def posts(request: HttpRequest) -> HttpResponse:
    """All posts, open ones first."""
    asked, state = request.GET.get("q", "").replace("\0", "").strip()[:64], request.GET.get("state", "")
    wanted = Q(code__icontains=asked) | Q(name__icontains=asked) if asked else Q()
    if state in ("open", "closed"):
        wanted &= Q(closed_at__isnull=state == "open")
    return render(request, "access/places/posts.html", {"rows": _posts(wanted), "asked": asked, "state": state})


@needs("accounts.manage")
@require_http_methods(["GET", "POST"])
def new_post(request: HttpRequest) -> HttpResponseBase:
    """Make a post."""
    form = NewPost(request.POST or None, initial={"authority": request.GET.get("authority", "")})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        if _done(
            request,
            form,
            lambda: place_actions.make_post(
                standing.for_request(request), said["code"].strip(), said["name"].strip(), authority=said["authority"],
                zone=said["zone"].strip(), border=said["border"],
            ),
            _("The post is made. Add its lanes."),
        ):  # fmt: skip
            return redirect("post", said["code"].strip())
    return render(request, "access/places/post_new.html", {"form": form}, status=422 if form.errors else 200)


@dataclass(frozen=True)
class LaneRow:
    """A lane as its post's page shows it."""

    lane: Lane
    direction: str
    present: tuple[presence.Present, ...]


def _lanes(post: Post, there: list[presence.Present]) -> list[LaneRow]:
    words = {word: str(label) for word, label in DIRECTIONS}
    rows = Lane.objects.filter(post=post).order_by("closed_at", "code")
    return [LaneRow(row, words[row.direction], tuple(one for one in there if one.lane == row.code)) for row in rows]


@dataclass(frozen=True)
class PostForms:
    """The three forms of a post's page; the one that was sent is bound."""

    change: ChangePost
    lane: NewLane
    close: Close

    @property
    def shown(self) -> forms.Form:
        """The one whose errors stand in the summary."""
        sent: tuple[forms.Form, ...] = (self.change, self.lane, self.close)
        return next((one for one in sent if one.errors), self.change)


def _post_forms(request: HttpRequest, known: Post, act: str) -> PostForms:
    first = {"name": known.name, "zone": known.zone, "border": known.border}
    return PostForms(
        ChangePost(request.POST if act == "change" else None, initial=first),
        NewLane(request.POST if act == "lane" else None),
        Close(request.POST if act == "close" else None),
    )


def _act_on_post(request: HttpRequest, code: str, act: str, sent: PostForms) -> bool:
    """Whether what was asked is done; where it is not, the form says why."""
    here = standing.for_request(request)
    if act == "change":
        return _done(
            request, sent.change,
            lambda: place_actions.change_post(here, code, **{k: v.strip() for k, v in sent.change.cleaned_data.items()}),
            _("The post is changed."), already_there="name",
        )  # fmt: skip
    if act == "lane":
        said = sent.lane.data
        return _done(
            request, sent.lane, lambda: place_actions.make_lane(here, code, said["code"].strip(), said["direction"]),
            _("The lane is made."), post_closed="code",
        )  # fmt: skip
    if act == "close":
        return _done(
            request, sent.close,
            lambda: place_actions.close_post(here, code, even_in_use=sent.close.cleaned_data["even_in_use"]),
            _("The post is closed. It can be opened again."), in_use="even_in_use",
        )  # fmt: skip
    if act == "open":
        place_actions.open_post(here, code)
        return True
    return False


def _act(request: HttpRequest) -> str:
    return request.POST.get("act", "") if request.method == "POST" else ""


@needs("accounts.manage")
@require_http_methods(["GET", "POST"])
def post(request: HttpRequest, code: str) -> HttpResponseBase:
    """One post: what it is, its lanes, who stands there; changing it, closing it, adding a lane."""
    known, act = place_actions.found_post(code), _act(request)
    sent = _post_forms(request, known, act)
    if _act_on_post(request, code, act, sent):
        return redirect("post", code)
    there, form = presence.at(code), sent.shown
    context = {
        "post": known, "border": dict(BORDERS)[known.border], "lanes": _lanes(known, there), "present": there,
        "change": sent.change, "lane_form": sent.lane, "close": sent.close, "form": form,
    }  # fmt: skip
    return render(request, "access/places/post.html", context, status=422 if form.errors else 200)


@needs("accounts.manage")
@require_http_methods(["GET", "POST"])
def lane(request: HttpRequest, code: str, lane: str) -> HttpResponseBase:
    """One lane: its direction, who stands there; closing and opening it."""
    known, here, act = place_actions.found_lane(code, lane), standing.for_request(request), _act(request)
    change = ChangeLane(request.POST if act == "change" else None, initial={"direction": known.direction})
    close, done = Close(request.POST if act == "close" else None), False
    if act == "change":
        done = _done(
            request, change, lambda: place_actions.change_lane(here, code, lane, change.cleaned_data["direction"]),
            _("The lane is changed."), already_there="direction",
        )  # fmt: skip
    elif act == "close":
        done = _done(
            request, close,
            lambda: place_actions.close_lane(here, code, lane, even_in_use=close.cleaned_data["even_in_use"]),
            _("The lane is closed. It can be opened again."), in_use="even_in_use",
        )  # fmt: skip
    elif act == "open":
        place_actions.open_lane(here, code, lane)
        done = True
    if done:
        return redirect("post", code)
    form: forms.Form = close if close.errors else change
    context = {
        "lane": known, "post": known.post, "present": presence.at(code, lane), "change": change, "close": close,
        "form": form,
    }  # fmt: skip
    return render(request, "access/places/lane.html", context, status=422 if form.errors else 200)
