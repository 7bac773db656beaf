"""Pages of this room: all units with their lines and alarms, one unit, a new one; and the address that machines enrol at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xenia.access.models import Post
from xenia.access.standing import for_request
from xenia.access.views import needs, open_to_all
from xenia.errors import BadInput, Conflict, NotFound
from xenia.journal import awaited, clock
from xenia.units import actions, alarms, codes, door_keys, enrolling, joining, status
from xenia.units.models import Aside, Unit

STATES: Final[dict[str, tuple[str, str | Promise]]] = {
    "invited": ("", _("awaited")),
    "waiting": ("look", _("waits to be admitted")),
    "active": ("clear", _("works")),
    "quarantined": ("stop", _("quarantined")),
    "revoked": ("", _("revoked")),
}
ALARMS: Final[dict[str, str | Promise]] = {
    "quarantined": _("nothing is taken from it"),
    "silent": _("not heard of"),
    "halted": _("sends nothing any more"),
    "drifting": _("its clock is wrong"),
    "gap": _("entries are missing"),
    "stale": _("its lists are too old"),
    "lapsing": _("soon it may not work alone any more"),
    "disk": _("its disk is nearly full"),
    "battery": _("its battery is low"),
    "old": _("its release is too old"),
    "aside": _("entries put aside"),
}
WHY: Final[dict[str, str | Promise]] = {
    "forked": _(
        "It wrote another past than the one that is here: an older backup was put back, or its disk was copied."
    ),
    "forged": _("It signed what does not fit together."),
    "flooding": _("So many of its entries were put aside that nobody can look at them."),
    "quarantined": _("A person took it out."),
}


@dataclass(frozen=True)
class Row:
    """A unit as pages show it. `waiting`: entries that it holds and the centre does not, as it last said; None: never said."""

    unit: Unit
    kind: str
    state: str
    alarms: tuple[tuple[str, str], ...]
    waiting: int | None
    drift_s: float | None
    disk_gb: float | None
    battery: int | None
    aside: int
    why: str
    fingerprint: str
    codes: frozenset[str] = frozenset()


class Invitation(forms.Form):
    """A unit that is awaited."""

    name = forms.CharField(
        label=_("Name of the unit"),
        max_length=32,
        help_text=_("Small letters, digits and hyphens, such as uto-pm1-u1. Never given twice."),
        widget=forms.TextInput(
            attrs={"dir": "ltr", "autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}
        ),
    )
    post = forms.ChoiceField(label=_("Post"))
    label = forms.CharField(label=_("What people call it"), max_length=100, required=False)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        posts: Any = self.fields["post"]
        rows = Post.objects.filter(closed_at=None).order_by("name").values_list("code", "name")
        posts.choices = [("", _now("Choose the post")), *((code, f"{name} ({code})") for code, name in rows)]


class Reason(forms.Form):
    """Why a unit is stopped or taken up again."""

    reason = forms.CharField(
        label=_("Reason"), max_length=actions.REASON_LIMIT, error_messages={"required": _("Say why.")}
    )


def row(unit: Unit, aside: int, now: datetime) -> Row:
    """The unit with its lights."""
    kind, state = STATES[unit.state]
    told: dict[str, Any] = unit.told
    wrong = alarms.of(unit, aside, now)
    drift, free = told.get("drift_ms"), told.get("disk_free_mb")
    shown = codes.fingerprint(unit.key_id, unit.fingerprint) if unit.key_id else ""
    return Row(
        unit,
        kind,
        str(state),
        tuple(("stop" if one.grave else "look", str(ALARMS[one.code])) for one in wrong),
        status.waiting(told, unit.received),
        round(drift / 1000, 1) if isinstance(drift, int) else None,
        round(free / 1024, 1) if isinstance(free, int) else None,
        told.get("battery"),
        aside,
        str(WHY.get(unit.trouble, "")),
        shown,
        frozenset(one.code for one in wrong),
    )


def rows(now: datetime) -> list[Row]:
    """All units, those that want somebody first; revoked ones last."""
    found = [row(one, aside, now) for one, aside in alarms.units()]
    grave = {"stop": 0, "look": 1}
    return sorted(
        found,
        key=lambda one: (
            one.unit.state == "revoked",
            min((grave[kind] for kind, _words in one.alarms), default=2 - (one.unit.state == "waiting")),
        ),
    )


@needs("units.read", "units.manage", "units.approve")
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """All units, or those with one alarm. Asked by htmx, the list alone."""
    here, inside = for_request(request), request.headers.get("HX-Request") == "true"
    every, asked = rows(clock.now()), request.GET.get("alarm", "")
    counts = Counter(code for one in every for code in one.codes)
    choices = [(code, str(words), counts[code]) for code, words in ALARMS.items() if counts[code]]
    asked = asked if asked in ALARMS else ""
    context = {
        "rows": [one for one in every if not asked or asked in one.codes],
        "every": len(every),
        "choices": choices,
        "asked": asked,
        "may_invite": here.may(actions.MANAGE),
    }
    return render(request, "units/rows.html" if inside else "units/index.html", context)


@needs("units.read", "units.manage", "units.approve")
@require_GET
def door(request: HttpRequest) -> HttpResponse:
    """The certificates of the centre's door, and which units would be cut off."""
    return render(request, "units/door.html", {"certificates": door_keys.every()})


@needs("units.manage")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponseBase:
    """Await a unit: the code is shown once, on this page only."""
    form = Invitation(request.POST if request.method == "POST" else None, auto_id="f-%s")
    if form.is_valid():
        said = form.cleaned_data
        try:
            invited = actions.invite(for_request(request), said["name"], said["post"], said["label"])
        except (BadInput, Conflict) as problem:
            form.add_error("name" if problem.code != "no-door" else None, f"{problem} ")
        else:
            context = {
                "unit": invited.unit,
                "code": invited.code,
                "centre": request.build_absolute_uri("/").rstrip("/"),
            }
            response = render(request, "units/code.html", context)
            response["Cache-Control"] = "no-store"
            return response
    return render(request, "units/new.html", {"form": form}, status=422 if form.errors else 200)


def _shown(request: HttpRequest, unit: Unit, form: Reason, code: int = 200) -> HttpResponse:
    here = for_request(request)
    aside = list(Aside.objects.filter(unit=unit).order_by("settled_at", "position")[:200])
    open_ones = sum(1 for one in aside if one.settled_at is None)
    context = {
        "row": row(unit, open_ones, clock.now()),
        "aside": aside,
        "alarms": [(str(ALARMS[one.code]), one) for one in alarms.lately(unit, clock.now())],
        "documents": awaited.figures(unit.name),
        "form": form,
        "may_manage": here.may(actions.MANAGE),
        "may_approve": here.may(actions.APPROVE),
        "own_invitation": unit.invited_by == here.account,
    }
    return render(request, "units/unit.html", context, status=code)


@needs("units.read", "units.manage", "units.approve")
@require_GET
def unit(request: HttpRequest, unit_id: UUID) -> HttpResponse:
    """One unit: what it said of itself, what was put aside, what can be done."""
    return _shown(request, actions.get(unit_id), Reason(auto_id="f-%s"))


@needs("units.approve")
@require_POST
def admit(request: HttpRequest, unit_id: UUID) -> HttpResponseBase:
    """The machine that came is the unit."""
    actions.admit(for_request(request), unit_id)
    messages.success(request, _now("The unit is admitted."))
    return redirect("units:unit", unit_id)


@needs("units.manage", "units.approve")
@require_POST
def change(request: HttpRequest, unit_id: UUID, what: str) -> HttpResponseBase:
    """Quarantine, release or revoke, with a reason; or say that an entry was looked at."""
    here = for_request(request)
    if what == "settle":
        actions.settle(here, unit_id, int(request.POST.get("position", "0") or 0))
        return redirect("units:unit", unit_id)
    does = {"quarantine": actions.quarantine, "release": actions.release, "revoke": actions.revoke}.get(what)
    if does is None:
        raise NotFound(_now("There is nothing here."), _now("Load the list again."), code="no-such-unit")
    form = Reason(request.POST, auto_id="f-%s")
    if form.is_valid():
        try:
            does(here, unit_id, form.cleaned_data["reason"])
        except (BadInput, Conflict) as problem:
            form.add_error(None, str(problem))
        else:
            return redirect("units:unit", unit_id)
    return _shown(request, actions.get(unit_id), form, 422)


@open_to_all("A machine shows that it knows a code that was given out; it gets no more than where to knock.")
@csrf_exempt
@require_POST
def enrol(request: HttpRequest) -> HttpResponse:
    """A machine comes with its code."""
    return heard(request, enrolling.enrol)


def heard(request: HttpRequest, hear: Callable[[bytes, str, datetime], tuple[bytes, str]]) -> HttpResponse:
    """The proved answer to what a machine says that no door knows yet. Raises `BadInput` (code `bad-enrolment`) and as `hear`."""
    if int(request.headers.get("Content-Length") or 0) > enrolling.LIMIT:
        raise BadInput("That is no enrolment.", "Update Xenia on the unit.", code="bad-enrolment")
    answer, proof = hear(request.body, request.headers.get(joining.PROOF, ""), clock.now())
    return HttpResponse(
        answer, content_type="application/json", headers={joining.PROOF: proof, "Cache-Control": "no-store"}
    )
