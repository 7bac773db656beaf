"""At the centre: the second person lets an image out, before it travels or when it has arrived; and its first contact is heard.

The machine that comes with both codes is admitted at once: two persons have said so, each with a code of the own. What comes late,
or second, is not.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _

from xenia.access import policy
from xenia.access.standing import Standing
from xenia.errors import Conflict, NotAllowed, NotFound
from xenia.journal import clock
from xenia.journal.actions import append, writing
from xenia.units import actions, codes, enrolling, kinds, receiving, tasks
from xenia.units.models import Image, Unit

ASK: Final = "xenia/unit-first-contact/1"
CONTACT_DAYS: Final = 30
"""So long after an image has run out its unit is admitted at once; later, a person compares the fingerprint. Own choice."""


@dataclass(frozen=True)
class Released:
    """The second code, shown once. `until`: the image opens no more after that."""

    unit: Unit
    text: str
    start: str
    until: datetime


def release(standing: Standing, unit_id: UUID) -> Released:
    """The code that opens the image, for a person who did not make it; it is kept here no longer.

    Raises `NotAllowed` (also `same-person`), `NotFound` (`no-image`), `Conflict` (`image-released`, `image-old`).
    """
    policy.require(standing, actions.APPROVE)
    now = clock.now()
    with writing():
        image = Image.objects.select_for_update().filter(unit=unit_id).first()
        if image is None or not image.contact_key:
            raise NotFound(
                _("There is no image that waits for a second person."), _("Load the page again."), code="no-image"
            )
        if standing.account in (image.made_by, image.unit.invited_by):
            raise NotAllowed(_("Who made the image does not let it out."), _("Ask a colleague."), code="same-person")
        if image.released_at is not None or not image.release or image.unit.state != "invited":
            raise Conflict(
                _("The code of this image was shown already."),
                _("If it is lost, have a new image made."),
                code="image-released",
            )
        if image.until <= now:
            raise Conflict(_("This image has run out."), _("Have a new one made."), code="image-old")
        text, image.release = image.release, ""
        image.released_by, image.released_at = standing.account, now
        image.save()
        body = {"unit": str(image.unit.pk), "node": image.unit.name}
        append(kinds.IMAGE_RELEASED, body, standing.act("operation", f"unit:{image.unit.name}"))
    half = len(text) // 2
    return Released(image.unit, f"{text[:half]}-{text[half:]}", image.start, image.until)


def hear(raw: bytes, proof: str, now: datetime) -> tuple[bytes, str]:
    """What a unit gets that was set up from an image and shows itself for the first time; and the proof that the centre said it.

    Asked again with the same keys it gets the same. Raises `BadInput` (`bad-enrolment`), `NotAllowed` (`unit-code`).
    """
    said = enrolling.read(raw, ASK)
    with writing():
        image = Image.objects.select_for_update().filter(code_id=said["code"]).exclude(released_at=None).first()
        if image is None or image.failures >= enrolling.MOST_FAILURES:
            raise enrolling.refused()
        proven = codes.proves(image.contact_key, "ask", raw, proof)
        if proven:
            refused = not _came(image, said, now)
        else:
            refused = True
            image.failures += 1
            image.save(update_fields=["failures"])
    if refused:
        raise enrolling.refused()
    answer = enrolling.answer_for(Unit.objects.get(pk=image.unit_id))
    return answer, codes.proof(image.contact_key, "answer", said["nonce"].encode() + answer)


def _came(image: Image, said: dict[str, Any], now: datetime) -> bool:
    """Whether this machine is the unit; the first one that comes is, and another one with the same image is made known."""
    unit = Unit.objects.select_for_update().get(pk=image.unit_id)
    if unit.state == "invited":
        enrolling.came(unit, said)
        if now <= image.until + timedelta(days=CONTACT_DAYS):
            _admitted(unit, now)
        return True
    if enrolling.is_same(unit, said):
        return unit.state != "revoked"
    if unit.state in ("waiting", "active"):
        receiving.noticed(unit, "second-machine", now)
    return False


def _admitted(unit: Unit, now: datetime) -> None:
    unit.code_id, unit.code_key, unit.code_until = None, "", None
    unit.state, unit.admitted_at = "active", now
    unit.save()
    act = receiving.act_for(unit)
    body = {"unit": str(unit.pk), "node": unit.name, "from": "waiting", "to": "active", "reason": "image"}
    append(kinds.CHANGED, body, act)
    tasks.settled(tasks.WAITING, unit, act)
