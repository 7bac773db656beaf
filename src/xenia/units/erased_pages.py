"""The page and the command that say at how many units erased persons are gone."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from xenia.access.views import needs
from xenia.commands import Call, Command


@needs("units.read", "units.manage", "units.approve")
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """Erasures from lists, and the units that have not confirmed them. Nobody erased is named: nobody can be."""
    from xenia.journal import clock
    from xenia.units import erased

    return render(request, "units/erased.html", {"rows": erased.look(clock.now())})


def _command(call: Call) -> int:
    from xenia.journal import clock
    from xenia.units import erased

    found = []
    for one in erased.look(clock.now()):
        call.say(f"{one.at:%Y-%m-%d %H:%M} {one.source:<32} gone at {one.gone} of {one.units} units")
        waiting = [
            {"unit": each.unit.name, "holds_of": each.holds_of.isoformat() if each.holds_of else None}
            for each in one.waiting
        ]
        found.append(
            {
                "source": one.source,
                "records": one.records,
                "at": one.at.isoformat(),
                "units": one.units,
                "gone": one.gone,
                "waiting": waiting,
            }
        )
    call.answer("xenia/units-erased/1", {"erased": found})
    return 0


COMMANDS = (
    Command("unit erased", "At the centre: at how many units erased persons are gone.", _command, "units.read"),
)
