"""Pages of rapid post at the centre: what to type for an image, its guide, the second person; and the address of the first contact."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from xenia.access.standing import for_request
from xenia.access.views import needs, open_to_all
from xenia.journal import clock
from xenia.units import actions, pages
from xenia.units.image import guide, making, releasing


@needs("units.manage", "units.approve")
@require_GET
def show(request: HttpRequest, unit_id: UUID) -> HttpResponse:
    """A stick for this unit: the command that makes it, or what the second person does."""
    here, unit, now = for_request(request), actions.get(unit_id), clock.now()
    image = making.image_of(unit_id)
    waits = image is not None and bool(image.release) and image.until > now and unit.state == "invited"
    context = {
        "unit": unit,
        "image": image,
        "has_run_out": image is not None and image.until <= now,
        "waits": waits,
        "may_make": here.may(actions.MANAGE) and unit.state == "invited",
        "may_release": waits and here.may(actions.APPROVE) and image is not None and here.account != image.made_by,
        "centre": request.build_absolute_uri("/").rstrip("/"),
        "languages": guide.languages(),
    }
    return render(request, "units/image.html", context)


@needs("units.approve")
@require_POST
def release(request: HttpRequest, unit_id: UUID) -> HttpResponseBase:
    """The second code, shown once, on this page only."""
    found = releasing.release(for_request(request), unit_id)
    response = render(request, "units/image_released.html", {"found": found, "start": guide.grouped(found.start[:20])})
    response["Cache-Control"] = "no-store"
    return response


@needs("units.manage", "units.approve")
@require_GET
def guide_pdf(request: HttpRequest, unit_id: UUID) -> HttpResponse:
    """The field guide without any code, in the reader's language, to print."""
    unit = actions.get(unit_id)
    made = guide.pdf(guide.Card(unit), get_language() or "en")
    headers = {"Content-Disposition": f'inline; filename="field-guide-{unit.name}.pdf"', "Cache-Control": "no-store"}
    return HttpResponse(made, content_type="application/pdf", headers=headers)


@open_to_all("A machine shows that it knows both codes of an image; it gets no more than where to knock.")
@csrf_exempt
@require_POST
def contact(request: HttpRequest) -> HttpResponse:
    """A unit that was set up from an image shows itself for the first time."""
    return pages.heard(request, releasing.hear)
