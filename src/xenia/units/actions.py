"""What people do with units: inviting, admitting, quarantining, releasing, revoking, settling what was put aside.

Bringing a machine in takes two: who gives out the code never admits what came with it. Stopping a unit takes one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from xenia.access import policy
from xenia.access.models import Post
from xenia.access.standing import Standing
from xenia.errors import BadInput, Conflict, NotAllowed, NotFound
from xenia.exchange import own
from xenia.journal import awaited, clock
from xenia.journal.act import Act
from xenia.journal.actions import append, writing
from xenia.journal.models import Entry
from xenia.journal.node import NAME
from xenia.journal.node import node as own_node
from xenia.units import codes, kinds, tasks
from xenia.units.models import Aside, Unit

MANAGE: Final = "units.manage"
APPROVE: Final = "units.approve"
CODE_HOURS: Final = 72
REASON_LIMIT: Final = 300


@dataclass(frozen=True)
class Invited:
    """A unit that is awaited. `code`: shown once, never again."""

    unit: Unit
    code: str


def get(unit_id: UUID) -> Unit:
    """The unit. Raises `NotFound` (code `no-such-unit`)."""
    unit = Unit.objects.filter(pk=unit_id).first()
    if unit is None:
        raise NotFound(_("There is no such unit."), _("Load the list again."), code="no-such-unit")
    return unit


def _act(standing: Standing, unit: Unit) -> Act:
    return standing.act("operation", f"unit:{unit.name}")


def invite(standing: Standing, name: str, post: str, label: str) -> Invited:
    """Await a unit at a post, and make the code that its machine is enrolled with.

    Raises `NotAllowed`, `BadInput` (`unit-name`, `unit-post`), `Conflict` (`unit-taken`, `no-door`).
    """
    policy.require(standing, MANAGE)
    place = Post.objects.filter(code=post, closed_at=None).first()
    name = name.strip().lower()
    if not NAME.fullmatch(name) or name == own_node():
        raise BadInput(
            _("That cannot be the name of a unit."), _("Use small letters, digits and hyphens."), code="unit-name"
        )
    if place is None:
        raise BadInput(_("There is no such post."), _("Choose one of the list."), code="unit-post")
    if not own.url():
        raise Conflict(
            _("Units would not know where to find this centre."),
            _("Set the own address: xenia exchange own --url."),
            code="no-door",
        )
    if Unit.objects.filter(name=name).exists() or Entry.objects.filter(node=name).exists():
        raise Conflict(_("A unit of that name is or was here."), _("Choose another name."), code="unit-taken")
    code = codes.new()
    with writing():
        unit = Unit.objects.create(
            name=name, label=label.strip()[:100] or name, post=post, owner=place.authority_id, invited_by=standing.account,
            invited_at=clock.now(), code_id=code.id, code_key=code.key, code_until=clock.now() + timedelta(hours=CODE_HOURS),
        )  # fmt: skip
        append(kinds.INVITED, {"unit": str(unit.pk), "node": name, "post": post}, _act(standing, unit))
    return Invited(unit, code.text)


def admit(standing: Standing, unit_id: UUID) -> Unit:
    """The machine that came is the unit: a person who did not invite it has compared the fingerprint.

    Raises `NotAllowed` (also `same-person`), `Conflict` (`unit-state`).
    """
    policy.require(standing, APPROVE)
    with writing():
        unit = _locked(unit_id, "waiting")
        if unit.invited_by == standing.account:
            raise NotAllowed(
                _("Who gave out the code does not admit the machine."), _("Ask a colleague."), code="same-person"
            )
        unit.code_id, unit.code_key, unit.code_until = None, "", None
        unit.admitted_at = clock.now()
        _change(standing, unit, "active", "")
        tasks.settled(tasks.WAITING, unit, _act(standing, unit))
    return unit


def quarantine(standing: Standing, unit_id: UUID, reason: str) -> Unit:
    """Take nothing more of a unit until a person has looked. Raises `NotAllowed`, `Conflict` (`unit-state`), `BadInput` (`no-reason`)."""
    policy.require(standing, MANAGE)
    with writing():
        unit = _locked(unit_id, "active")
        unit.trouble = "quarantined"
        _change(standing, unit, "quarantined", _reason(reason))
    return unit


def release(standing: Standing, unit_id: UUID, reason: str) -> Unit:
    """Take entries of a quarantined unit again. One that signed another past stays out: its tree is not the one that is here.

    Raises `NotAllowed`, `Conflict` (`unit-state`, `unit-forked`), `BadInput` (`no-reason`).
    """
    policy.require(standing, APPROVE)
    with writing():
        unit = _locked(unit_id, "quarantined")
        if unit.trouble == "forked":
            raise Conflict(
                _("This unit has written another past than the one that is here."), _("Revoke it and enrol the machine anew."),
                code="unit-forked",
            )  # fmt: skip
        unit.trouble = ""
        _change(standing, unit, "active", _reason(reason))
        tasks.settled(tasks.QUARANTINED, unit, _act(standing, unit))
    return unit


def revoke(standing: Standing, unit_id: UUID, reason: str) -> Unit:
    """Never hear this unit again: stolen, broken or replaced. What it sent stays. Raises as `quarantine`."""
    policy.require(standing, MANAGE)
    with writing():
        unit = _locked(unit_id, "invited", "waiting", "active", "quarantined")
        unit.code_id, unit.code_key, unit.code_until = None, "", None
        unit.store_share = b""  # without it nobody opens its store through this centre any more
        _change(standing, unit, "revoked", _reason(reason))
        awaited.give_up(unit.name, "revoked")
        for kind in (tasks.WAITING, tasks.QUARANTINED):
            tasks.settled(kind, unit, _act(standing, unit))
    return unit


def settle(standing: Standing, unit_id: UUID, position: int) -> None:
    """An entry that was put aside was looked at. Raises `NotAllowed`, `NotFound` (`no-such-unit`)."""
    policy.require(standing, APPROVE)
    with writing():
        unit, now = get(unit_id), clock.now()
        if Aside.objects.filter(unit=unit, position=position, settled_at=None).update(settled_at=now):
            append(kinds.SETTLED, {"unit": str(unit.pk), "position": position}, _act(standing, unit))
        if not Aside.objects.filter(unit=unit, settled_at=None).exists():
            tasks.settled(tasks.ASIDE, unit, _act(standing, unit))


def _reason(text: str) -> str:
    if not text.strip():
        raise BadInput(_("A reason is missing."), _("Say why."), code="no-reason")
    return text.strip()[:REASON_LIMIT]


def _locked(unit_id: UUID, *states: str) -> Unit:
    get(unit_id)
    unit = Unit.objects.select_for_update().get(pk=unit_id)
    if unit.state not in states:
        raise Conflict(_("The unit is in another state by now."), _("Load the page again."), code="unit-state")
    return unit


def _change(standing: Standing, unit: Unit, state: str, reason: str) -> None:
    before, unit.state = unit.state, state
    unit.save()
    body = {"unit": str(unit.pk), "node": unit.name, "from": before, "to": state, "reason": reason}
    append(kinds.CHANGED, body, _act(standing, unit))
