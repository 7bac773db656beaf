"""`xenia unit ...`: at a centre inviting, admitting and looking; at a machine enrolling, running, and how its line is."""

from __future__ import annotations

import argparse
from typing import Any

from xenia.commands import Call, Command
from xenia.errors import BadInput, NotFound
from xenia.units import carrying_commands, erased_pages, letter_commands
from xenia.units.image import commands as image_commands


def _invite(call: Call) -> int:
    from xenia.units import actions

    assert call.standing is not None
    options = call.options
    invited = actions.invite(call.standing, options.name, options.post, options.label or options.name)
    call.say(f"Enrolment code of {invited.unit.name}, shown once, good for {actions.CODE_HOURS} hours: {invited.code}")
    call.answer("xenia/unit-invited/1", {"unit": invited.unit.name, "post": invited.unit.post, "code": invited.code})
    return 0


def named(name: str) -> Any:
    """The unit of that name. Raises `NotFound` (code `no-such-unit`)."""
    from xenia.units.models import Unit

    unit = Unit.objects.filter(name=name).first()
    if unit is None:
        raise NotFound(f"No unit is called {name}.", "See xenia unit list.", code="no-such-unit")
    return unit


def _admit(call: Call) -> int:
    from xenia.units import actions, codes

    assert call.standing is not None
    unit = named(call.options.name)
    shown = codes.fingerprint(unit.key_id, unit.fingerprint)
    if call.options.fingerprint.replace(" ", "").upper() != shown.replace(" ", ""):
        raise BadInput(
            "That is not the fingerprint of the machine that came.",
            "Look at the machine's screen again.",
            code="unit-fingerprint",
        )
    admitted = actions.admit(call.standing, unit.pk)
    call.say(f"{admitted.name} is a unit of post {admitted.post} from now on.")
    call.answer("xenia/unit-admitted/1", {"unit": admitted.name, "post": admitted.post})
    return 0


def _revoke(call: Call) -> int:
    from xenia.units import actions

    assert call.standing is not None
    unit = actions.revoke(call.standing, named(call.options.name).pk, call.options.reason)
    call.say(f"{unit.name} is not heard any more.")
    call.answer("xenia/unit-revoked/1", {"unit": unit.name})
    return 0


def _list(call: Call) -> int:
    from xenia.journal import awaited, clock
    from xenia.units import alarms

    now, units = clock.now(), []
    for unit, aside in sorted(alarms.units(), key=lambda one: one[0].name):
        wrong = [one.code for one in alarms.of(unit, aside, now)]
        call.say(f"{unit.name:<24} {unit.post:<12} {unit.state:<12} {unit.received:>9,} entries  {' '.join(wrong)}")
        documents = awaited.figures(unit.name)
        units.append(
            {
                "unit": unit.name,
                "post": unit.post,
                "state": unit.state,
                "received": unit.received,
                "seen_at": unit.seen_at.isoformat() if unit.seen_at else None,
                "aside": aside,
                "documents": {"awaited": documents.count, "bytes": documents.size_bytes},
                "alarms": wrong,
                "told": unit.told,
            }
        )
    call.answer("xenia/units/1", {"units": units})
    return 0


def _enrol(call: Call) -> int:
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xenia.site.settings")
    django.setup()  # without the tables: a journal begins under the name that the centre gives
    from xenia.units import joining

    made, shown = joining.join(call.options.url, call.options.code)
    call.say(
        f"This machine is the unit {made.node} of post {made.post}, once a colleague at the centre has admitted it."
    )
    call.say(f"Its fingerprint, to be compared there: {shown}")
    call.answer("xenia/unit-enrolled/1", {"unit": made.node, "post": made.post, "fingerprint": shown})
    return 0


def _status(call: Call) -> int:
    from xenia.units import card, sending, swap
    from xenia.units.blobs import queue

    known, held = card.needed(), sending.line()
    last = sending.sealed(known.node)
    call.say(f"{known.node} of post {known.post}: {held.acknowledged:,} of {last:,} sealed entries are at the centre.")
    if held.halted or held.trouble:
        call.say(f"Nothing goes up: {held.halted or held.trouble}.")
    documents = queue.backlog()
    if documents.count:
        call.say(f"{documents.count:,} documents wait here, {documents.size_bytes >> 10:,} KB.")
    for name in (plain := swap.plain()):
        call.say(f"Swap is on and not encrypted: {name}. Switch it off, or encrypt it.")
    call.answer(
        "xenia/unit-status/1",
        {
            "unit": known.node,
            "post": known.post,
            "sealed": last,
            "acknowledged": held.acknowledged,
            "halted": held.halted,
            "trouble": held.trouble,
            "answered_at": held.answered_at.isoformat() if held.answered_at else None,
            "drift_ms": held.drift_ms,
            "swap_plain": list(plain),
            "documents": {"waiting": documents.count, "bytes": documents.size_bytes, "lost": documents.lost},
        },
    )
    return 0


def _name(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", help="name of the unit, such as uto-pm1-u1")


def _invitation(parser: argparse.ArgumentParser) -> None:
    _name(parser)
    parser.add_argument("post", help="code of its post")
    parser.add_argument("--label", help="what people call it")


def _admission(parser: argparse.ArgumentParser) -> None:
    _name(parser)
    parser.add_argument("fingerprint", help="the one on the machine's screen, in quotes")


def _revocation(parser: argparse.ArgumentParser) -> None:
    _name(parser)
    parser.add_argument("reason", help="why, in quotes")


def _enrolment(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("url", help="address of the centre's pages, such as https://hq.example:8000")
    parser.add_argument("code", help="the enrolment code")


COMMANDS = (
    Command("unit invite", "At the centre: await a unit, and make its enrolment code.", _invite, "units.manage", _invitation),
    Command("unit admit", "At the centre: admit the machine whose fingerprint this is.", _admit, "units.approve", _admission),
    Command("unit revoke", "At the centre: never hear a unit again.", _revoke, "units.manage", _revocation),
    Command("unit list", "At the centre: all units, what waits at them, their alarms.", _list, "units.read", writes=False),
    Command(
        "unit enrol", "On an empty machine: become a unit, with a code of the centre.", _enrol, None, _enrolment,
        needs_home=False, writes=False,
    ),
    Command("unit status", "At a unit: how far its entries have gone up.", _status, "units.read", writes=False),
    *carrying_commands.COMMANDS,
    *letter_commands.COMMANDS,
    *erased_pages.COMMANDS,
    *image_commands.COMMANDS,
)  # fmt: skip
