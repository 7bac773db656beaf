"""Pages of devices: the administrator's list, and the page where a booth's browser types its one-time code."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.signals import user_login_failed
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from xenia.access import device_cookie, devices, lockout, standing
from xenia.access.door_forms import BindDevice, NewDevice
from xenia.access.models import Device
from xenia.access.views import needs, open_to_all
from xenia.errors import BadInput, Conflict, NotFound

ON_A_PAGE = 50
SORTS = {"name": "name", "post": "post_id", "seen": "-last_seen_at"}
COUNTED_AS = "device-code"


def _listed(request: HttpRequest, form: NewDevice, made: devices.Made | None = None) -> HttpResponse:
    asked, order = request.GET.get("q", "").replace("\0", "").strip()[:64], request.GET.get("sort", "post")
    found = Device.objects.filter(taken_back_at=None).select_related("post")
    found = found.order_by(SORTS.get(order, "post_id"), "lane", "name")
    if asked:
        found = found.filter(Q(name__icontains=asked) | Q(post__code__icontains=asked) | Q(lane__iexact=asked))
    places = [place for place in standing.places().values() if not place.closed]
    context = {
        "page": Paginator(found, ON_A_PAGE).get_page(request.GET.get("page")),
        "asked": asked,
        "sort": order,
        "query": urlencode({"q": asked, "sort": order}),
        "form": form,
        "made": made,
        "places": places,
        "now": timezone.now(),
    }
    return render(request, "access/devices.html", context, status=422 if form.errors else 200)


@needs("devices.manage")
@require_http_methods(["GET", "POST"])
@never_cache
def devices_page(request: HttpRequest) -> HttpResponse:
    """All devices that are not taken back; a new one is made here and its code shown once."""
    form = NewDevice(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        post, _slash, lane = form.cleaned_data["place"].partition("/")
        try:
            made = devices.make(standing.for_request(request), post, lane, form.cleaned_data["name"])
        except (BadInput, NotFound) as problem:
            form.add_error("name" if problem.code == "bad-name" else "place", str(problem))
        else:
            return _listed(request, NewDevice(), made)
    return _listed(request, form)


@needs("devices.manage")
@require_POST
@never_cache
def change_device(request: HttpRequest, device: UUID, act: str) -> HttpResponseBase:
    """Rename a device, take it back, or give another code."""
    here = standing.for_request(request)
    if act == "rename":
        devices.rename(here, device, request.POST.get("name", ""))
    elif act == "take-back":
        devices.take_back(here, device)
    elif act == "code":
        return _listed(request, NewDevice(), devices.new_code(here, device))
    else:
        raise NotFound(_("Nothing of that name can be done."), _("Load the page again."), code="no-act")
    return redirect("devices")


@needs("devices.manage")
@require_POST
def require_devices(request: HttpRequest) -> HttpResponseBase:
    """A post asks for bound devices, or no longer."""
    required = request.POST.get("required") == "1"
    try:
        devices.require_at(standing.for_request(request), request.POST.get("post", ""), required)
    except Conflict as problem:
        messages.error(request, f"{problem.message} {problem.what_to_do}")
    return redirect("devices")


@open_to_all("a booth's browser is bound before anybody signs in there; it shows no more than the place")
@require_http_methods(["GET", "POST"])
@never_cache
def this_device(request: HttpRequest) -> HttpResponseBase:
    """Where this browser stands, and the form for a one-time code. Wrong codes lock the address out for a while."""
    form = BindDevice(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if lockout.is_locked(request, COUNTED_AS):
            return lockout.response(request, None, {"username": COUNTED_AS})
        try:
            device, secret = devices.bind(form.cleaned_data["code"])
        except NotFound as problem:
            user_login_failed.send(__name__, credentials={"username": COUNTED_AS, "factor": "device"}, request=request)
            form.add_error("code", f"{problem.message} {problem.what_to_do}")
        else:
            answer = redirect("this-device")
            device_cookie.put(answer, device, secret)
            return answer
    bound = standing.device_of(request)
    place = standing.places().get(bound.post) if bound else None
    context = {"form": form, "bound": bound, "place": place}
    return render(request, "access/this_device.html", context, status=422 if form.errors else 200)
