"""What happened before today in the demo: earlier entries and exits, so that stays have something to count."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from xenia.access import standing as access
from xenia.formats.dates import PartialDate
from xenia.identity import actions as identity
from xenia.identity.claim import Claimed, Document, Name
from xenia.journal import actions as journal
from xenia.journal import data_keys
from xenia.journal.act import Act
from xenia.journal.ids import uuid7
from xenia.registers.stays import actions as stays
from xenia.registers.stays.models import StayFile
from xenia.site.demo import people, world
from xenia.site.demo.cast import PastStay, Planted

INSIDE, OVERSTAYERS = 220, 24
AREA = frozenset({"UTO", "D", "FRA", "POL"})
AT_ONCE = 50


def run(planted: Planted, leaving: Sequence[people.Person], seed: int, today: date, say: Callable[[str], None]) -> None:
    """Write the past once: stays of the scenario, of those who leave today, and of people who are still inside."""
    if StayFile.objects.exists():
        return
    past = [*planted.stays, *_of_leaving(leaving, seed), *_of_inside(seed, today)]
    say(f"Writing {len(past)} invented stays of the past months ...")
    act = access.by_name("delmar", world.POST).act("border-first-line", "external:stays before the demonstration")
    rest = iter(past)
    while some := list(islice(rest, AT_ONCE)):
        with journal.writing(), data_keys.held():
            for one in some:
                _write(one, today, act)
    with journal.writing(), data_keys.held():
        for person, days in planted.refused:
            stays.record_refusal(
                _movement(person, today - timedelta(days=days), "exempt", "", None, None, act), ["E"], act
            )


def _of_leaving(leaving: Sequence[people.Person], seed: int) -> Iterator[PastStay]:
    """Nearly everybody who leaves today was seen entering."""
    rng = random.Random(seed + 20)  # noqa: S311 - invented data, no secret
    for one in leaving:
        if one.nationality not in AREA and rng.random() < 0.97:
            yield PastStay(one, rng.randint(1, 60) if rng.random() < 0.98 else rng.randint(95, 120), None)


def _of_inside(seed: int, today: date) -> Iterator[PastStay]:
    rng = random.Random(seed + 21)  # noqa: S311 - invented data, no secret
    found = (one for one in people.people(seed + 22, 10 * INSIDE, today) if one.nationality not in AREA)
    for n, one in enumerate(islice(found, INSIDE)):
        yield PastStay(one, rng.randint(91, 240) if n < OVERSTAYERS else rng.randint(0, 85), None)


def _write(one: PastStay, today: date, act: Act) -> None:
    until = today + timedelta(days=one.until) if one.until is not None else None
    on = today - timedelta(days=one.entry)
    stays.record_entry(_movement(one.person, on, one.basis, one.sticker, one.days, until, act), act)
    if one.exit is not None:
        stays.record_exit(_movement(one.person, today - timedelta(days=one.exit), one.basis, "", None, None, act), act)


def _movement(
    one: people.Person, on: date, basis: str, sticker: str, days: int | None, until: date | None, act: Act
) -> stays.Movement:
    at = datetime.combine(on, time(9, 30), ZoneInfo(world.ZONE)).astimezone(UTC)
    claimed = Claimed(
        (Name(one.surname.upper(), one.given_names.upper()),),
        PartialDate.of(one.born),
        one.sex,
        one.nationality,
        (Document("P", one.issuer, one.number, one.expires.isoformat()),),
    )
    delete_on = on + timedelta(days=1900)
    who, noted = identity.note(claimed, act, source="document", now=datetime.now(UTC), delete_on=delete_on)
    journal.append_many([noted])
    return stays.Movement(
        uuid7(),
        who,
        claimed,
        at,
        on,
        world.ZONE,
        world.POST,
        basis,
        visa_sticker=sticker,
        visa_days=days,
        visa_until=until,
    )
