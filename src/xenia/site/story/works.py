"""What one side of a story can be asked to do: the same actions that pages call, by the people of `world`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from xenia.cases import actions, catalogue, clock
from xenia.cases.models import Case, CaseDeadline
from xenia.errors import NotFound
from xenia.exchange import own
from xenia.exchange import queries as messages
from xenia.frontier import actions as frontier
from xenia.journal import sealer, verify
from xenia.site.demo import portraits
from xenia.site.story import forms, line, moved, world
from xenia.work import proposals

Done = dict[str, Any]
LIVE = ("running", "suspended")


class Works:
    """One side. Each method is one thing to ask for; all arguments and answers are JSON."""

    def __init__(self, port: int) -> None:
        world.build()
        self.line = line.Line(port)

    def end(self) -> None:
        """Stop listening; what was written is sealed."""
        self.line.close()
        sealer.seal_now()

    def card(self) -> Done:
        """The card that the other side is handed."""
        return {"card": own.card()}

    def trust(self, card: dict[str, Any]) -> Done:
        """Trust the other side's card, as `xenia exchange trust` does, and listen for it."""
        self.line.trust(card)
        return {"partner": card["address"]}

    def wait(self, seconds: float) -> Done:
        """So many seconds after the machine's time it is now, here."""
        moved.ahead(seconds)
        return {"at": datetime.now(UTC).isoformat()}

    def deliver(self) -> Done:
        """Hand over what waits in the outbox; how many messages were."""
        return {"delivered": self.line.deliver()}

    def sweep(self) -> Done:
        """Let the clock look at every deadline; how many it dealt with."""
        return {"dealt": clock.sweep()}

    def start(self, who: str, action: str, side: str, profile: str, to: str, said: Mapping[str, Any],
              previous: str = "") -> Done:  # fmt: skip
        """A new case; its thread, by which both sides know it."""
        procedure = catalogue.latest("readmission")
        form = self._form(procedure.actions[action].form, said)
        before = _case(previous).id if previous else None
        case = actions.start(
            world.stand(who), "readmission", side=side, profile=profile, counterpart=to, form=form, previous=before
        )
        return {"thread": str(case.thread), "reference": case.reference}

    def act(self, who: str, thread: str, action: str, said: Mapping[str, Any], reason: str = "") -> Done:
        """One action of a person; `proposal` where a second one must agree."""
        case = _case(thread)
        procedure = catalogue.procedures()[(case.procedure, case.version)]
        name = procedure.actions[action].form
        form = self._form(name, said) if name else None
        done = actions.act(world.stand(who), case.id, action, form, reason=reason)
        return {"proposal": str(done.proposal.pk) if done.proposal else ""}

    def attach_photograph(self, who: str, thread: str, name: str) -> Done:
        """A photograph of an invented person is put to the case."""
        actions.attach(
            world.stand(who), _case(thread).id, "photograph", "photograph.png", "image/png", portraits.photograph(name)
        )
        return {}

    def approve(self, who: str, proposal: str) -> Done:
        """The second person's yes."""
        proposals.approve(world.stand(who), UUID(proposal))
        return {}

    def show(self, thread: str) -> Done:
        """How the case stands here: state, deadlines that run, messages by state."""
        case = Case.objects.filter(thread=thread).first()
        if case is None:
            return {"case": None}
        running = CaseDeadline.objects.filter(case=case, state__in=LIVE).order_by("rule")
        told = messages.of_thread(UUID(thread), case.counterpart)
        return {
            "case": {
                "reference": case.reference,
                "state": case.state,
                "deadlines": {one.rule: one.due_on.isoformat() for one in running},
                "result": case.result,
                "waiting": sum(one.state in ("waiting", "held") for one in told),
                "dead": sum(one.state in ("dead", "refused") for one in told),
                "told": [[one.type.partition("/")[2], one.version, one.state, one.ours] for one in told],
            }
        }

    def at_the_border(self, **who: str) -> Done:
        """The traveller's document is read at the lane and the traveller let in; what the officer was told."""
        officer = world.stand("border")
        view = frontier.check_text(officer, world.LANE, world.lines(who, _today()), "entry")
        crossing = frontier.admit(officer, view.id)
        return {"verdict": view.verdict, "facts": list(view.facts), "crossing": str(crossing)}

    def whole(self) -> Done:
        """Whether the journal here is whole, and how many entries it has."""
        sealer.seal_now()
        found = verify.verify()
        return {"whole": found.is_whole}

    def profile(self, profile: str) -> Done:
        """The parties of an agreement and what it says."""
        one = catalogue.latest("readmission").profiles[profile]
        return {"states": list(one.states), "title": one.title, "values": {k: one.value(k) for k in one.values}}

    def today(self) -> Done:
        """The day it is here, in the zone of the border post."""
        return {"today": _today().isoformat(), "post": world.post()}

    def _form(self, name: str, said: Mapping[str, Any]) -> dict[str, Any]:
        schema = catalogue.latest("readmission").forms[name]
        return forms.fill(schema, said, _today())


def _case(thread: str) -> Case:
    found = Case.objects.filter(thread=thread).first()
    if found is None:
        raise NotFound("This side knows no such case.", "Deliver what waits first.", code="no-case")
    return found


def _today() -> date:
    from zoneinfo import ZoneInfo

    from xenia.cases import definition

    return timezone.now().astimezone(ZoneInfo(definition.calendar_of(settings.XENIA_STATE).zone)).date()
