"""`xenia unit door|letter|renew`: the certificates of the centre's door, and letters to units that no line reaches."""

from __future__ import annotations

import argparse
from pathlib import Path

from xenia.commands import Call, Command
from xenia.errors import BadInput, Conflict


def _door(call: Call) -> int:
    """What the door shows, what it will show, and who does not know it."""
    from xenia.units import door_keys

    found = []
    for one in door_keys.every():
        names = [unit.name for unit in one.unaware]
        word = "in use" if one.current else "to come"
        call.say(f"{one.name[:16]} {word}, ends {one.ends_at:%Y-%m-%d}; not known at: {', '.join(names) or 'no unit'}")
        found.append({"name": one.name, "current": one.current, "ends_at": one.ends_at.isoformat(), "unaware": names})
    call.answer("xenia/unit-door/1", {"certificates": found})
    return 0


def _letter(call: Call) -> int:
    from xenia.journal import clock, files
    from xenia.journal.actions import append, writing
    from xenia.units import kinds, letter
    from xenia.units.commands import named

    assert call.standing is not None
    path = Path(call.options.file)
    if path.exists():
        raise Conflict(f"{path.name} exists.", "Choose another name.", code="file-exists")
    unit = named(call.options.name)
    raw = letter.write(unit, clock.now())
    with writing():
        body = {"unit": str(unit.pk), "node": unit.name}
        append(kinds.LETTER, body, call.standing.act("operation", f"unit:{unit.name}", owner=unit.owner))
    files.write_lasting(path, raw)
    call.say(f"Carry it to {unit.name}, and there: xenia unit renew {path.name}")
    call.answer("xenia/unit-letter/1", {"unit": unit.name, "file": path.name})
    return 0


def _renew(call: Call) -> int:
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xenia.site.settings")
    django.setup()  # nothing of the store: the unit may be locked
    from xenia.units import letter

    path = Path(call.options.file)
    if not path.is_file() or path.stat().st_size > letter.LIMIT:
        raise BadInput(f"There is no letter {path.name}.", "Check the path.", code="no-file")
    made, news = letter.lay(path.read_bytes())
    call.say("The centre's door shows other certificates now; they are known here." if news else "Its door is known.")
    if made.manifest:
        call.say("How long this unit may work counts as soon as it is open.")
    call.answer(
        "xenia/unit-renewed/1", {"made_at": made.made_at.isoformat(), "door": news, "lease": bool(made.manifest)}
    )
    return 0


def _to(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", help="name of the unit, such as uto-pm1-u1")
    parser.add_argument("file", metavar="FILE", help="write the letter here")


def _in(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="the letter")


COMMANDS = (
    Command("unit door", "At the centre: the certificates of its door, and which units do not know them.", _door, "units.read", writes=False),
    Command("unit letter", "At the centre: a letter to a unit: certificates of the door, and how long it may work.", _letter, "units.manage", _to),
    Command(
        "unit renew", "At a unit, also a locked one: take a letter of its centre.", _renew, None, _in,
        needs_home=False, writes=False,
    ),
)  # fmt: skip
