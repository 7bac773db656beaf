"""Moving a running case to a newer version of its procedure: proposed by one person, approved by another, seen in its history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.db.models import Count
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later

from xenia.access import policy
from xenia.access.standing import Standing
from xenia.cases import applying, catalogue, expected, kinds, reach, showing
from xenia.cases.definition import Procedure
from xenia.cases.models import Case, CaseEvent
from xenia.errors import BadInput
from xenia.journal import clock
from xenia.journal.act import Act
from xenia.journal.actions import append
from xenia.journal.ids import uuid7
from xenia.work import proposals
from xenia.work.models import Proposal

ACTION: Final = "cases.migrate"


def migrate(
    standing: Standing, case_id: UUID, version: int, mapping: Mapping[str, str] | None = None, *, reason: str
) -> Proposal:
    """Propose that the case follows a newer version of its procedure. `mapping`: old state to new, where they differ.

    Raises `NotFound` (`no-case`), `BadInput` (`case-version`, `no-reason`).
    """
    policy.require(standing, reach.DECIDE)
    case, old = reach.find(standing, case_id)
    state = (mapping or {}).get(case.state, case.state)
    _fits(case, version, state)
    arguments = {"case": str(case.pk), "version": version, "state": state, "moves": case.moves}
    return proposals.propose(
        standing,
        ACTION,
        arguments,
        reason=reason,
        reference=reach.reference(case),
        subject=case.about,
        act=reach.act_of(standing, case, old),
    )


def newer(case: Case) -> int:
    """The newest version that the case could follow; 0 where it follows that already, or is over."""
    known = [version for name, version in catalogue.procedures() if name == case.procedure]
    found = max(known, default=0)
    return found if found > case.version and case.closed_at is None else 0


def waiting(case: Case) -> Proposal | None:
    """The proposal that the case moves to another version, where one waits for a second person."""
    rows = Proposal.objects.filter(
        subject=case.about,
        action=ACTION,
        state="waiting",
        reference=reach.reference(case),
        expires_at__gt=clock.now(),
        proposed_at__gte=case.changed_at,
    )
    return rows.order_by("-proposed_at").first()


def counts(standing: Standing, procedure: str) -> dict[int, int]:
    """How many open cases that exist for this standing follow which version, the oldest first. Raises `NotAllowed`."""
    rows = Case.objects.filter(reach.visible(standing, procedure), closed_at=None)
    found = rows.order_by("version").values("version").annotate(number=Count("pk"))
    return {row["version"]: row["number"] for row in found}


def _fits(case: Case, version: int, state: str) -> Procedure:
    new = catalogue.procedures().get((case.procedure, version))
    known = new is not None and state in new.resting() and case.profile in ("", *new.profiles)
    if new is None or not known or version <= case.version or case.closed_at is not None:
        raise BadInput(
            _("The case cannot follow that version."), _("Choose a newer one that has its state, or name the new state."),
            code="case-version",
        )  # fmt: skip
    return new


def _approved(arguments: Mapping[str, Any], standing: Standing, act: Act) -> Case:
    """The second person's yes: the case is moved, unless it moved by itself meanwhile."""
    case, old = reach.find(standing, UUID(arguments["case"]))
    held = reach.locked(case.pk)
    if held.moves != arguments["moves"]:
        raise applying.moved()
    new, own = _fits(held, arguments["version"], arguments["state"]), reach.act_of(standing, held, old)
    event = _moved(held, new, arguments["state"], own)
    body = {
        "case": str(held.pk),
        "event": str(event.pk),
        "from": old.version,
        "to": new.version,
        "state": event.after,
        "hash": new.hash,
    }
    append(kinds.MIGRATED, body, own, subjects=[held.identity] if held.identity else [])
    expected.note(old, held.side, event.before, "")
    expected.note(new, held.side, "", event.after)
    return held


def _moved(case: Case, new: Procedure, state: str, act: Act) -> CaseEvent:
    """The case at the new version, with an event that says so; limits that run follow the new rules from the next event on."""
    now = clock.now()
    event = CaseEvent(
        id=uuid7(),
        case=case,
        number=case.moves + 1,
        action="migrate",
        actor=act.actor,
        by="person",
        before=case.state,
        after=state,
        at=now,
        recorded_at=now,
    )
    changed = {"version": new.version, "hash": new.hash, "state": state, "moves": case.moves + 1, "changed_at": now}
    if not Case.objects.filter(pk=case.pk, moves=case.moves).update(**changed):
        raise applying.moved()
    for name, value in changed.items():
        setattr(case, name, value)
    event.save(force_insert=True)
    return event


def _lines(arguments: Mapping[str, Any]) -> Sequence[proposals.Line]:
    case = Case.objects.filter(pk=arguments["case"]).first()
    if case is None:
        return [proposals.Line(str(_("Case")), str(arguments["case"]))]
    language = get_language() or "en"
    before, after = catalogue.of(case), catalogue.procedures()[case.procedure, int(arguments["version"])]
    return [
        proposals.Line(str(_("Case")), case.reference),
        proposals.Line(str(_("Version")), str(arguments["version"]), str(case.version)),
        proposals.Line(
            str(_("State")),
            showing.state(after, str(arguments["state"]), language),
            showing.state(before, case.state, language),
        ),
    ]


def register() -> None:
    """Make the proposal known; called when Django starts."""
    proposals.register_action(
        proposals.ProposalAction(
            name=ACTION,
            propose=reach.DECIDE,
            approve=reach.DECIDE,
            execute=_approved,
            label=later("Move a case to a newer version of its procedure"),
            purpose="operation",
            render=_lines,
        )
    )
