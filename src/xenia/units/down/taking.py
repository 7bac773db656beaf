"""At a unit: what is in force is asked for again and again, fetched piece by piece, and taken into use by whoever knows it."""

from __future__ import annotations

import logging
import os
import threading
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import httpx
from django.conf import settings
from django.db import close_old_connections

from xenia.errors import BadInput, Unavailable, XeniaError
from xenia.journal import at_rest, clock, files
from xenia.journal.actions import writing
from xenia.units import calling, card, watch
from xenia.units.down.manifest import Item, Manifest, read
from xenia.units.models import Line, Taken
from xenia.units.store import keyring

log = logging.getLogger("xenia.units")
EVERY: Final = timedelta(minutes=1)
PIECE: Final = 256 * 1024
MANIFEST: Final = "/units/1/manifest"
ITEM: Final = "/units/1/items/"
KEEPING: Final = "keeping"
"""The kind of an item that nobody takes: the list of that name stays as it is here, if it is."""

Taker = Callable[[Item, Path], None]
Gone = Callable[[frozenset[str]], None]
Torn = Callable[[frozenset[str]], frozenset[str]]
Shortcut = Callable[[card.Card, Item], Path | None]
_shortcuts: dict[str, Shortcut] = {}
_takers: dict[str, Taker] = {}
_gone_of: dict[str, Gone] = {}
_torn_of: dict[str, Torn] = {}
_turned_away: list[Callable[[card.Card], object]] = []
_door = threading.Lock()
_doors: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
"""One for each kind: urgent ones are taken while a large one of another kind is still on its way."""


def register(
    kind: str, take: Taker, gone: Gone | None = None, shortcut: Shortcut | None = None, torn: Torn | None = None
) -> None:
    """Say who takes items of a kind into use: inside, it opens its own `writing()`; what it raises leaves the old one in force.

    `gone` is told after each turn which names of the kind are offered: what it has of others it puts out of force.
    `shortcut` may bring an item's file with less than all its bytes; where it gives None, the whole is fetched.
    `torn` is asked at each start which of the taken items of the kind are not whole here any more; it puts these out of force.
    """
    _takers[kind] = take
    if gone is not None:
        _gone_of[kind] = gone
    if shortcut is not None:
        _shortcuts[kind] = shortcut
    if torn is not None:
        _torn_of[kind] = torn


def when_turned_away(learn: Callable[[card.Card], object]) -> None:
    """Say what is asked where the centre answers this unit, and tells it nothing of what is in force."""
    _turned_away.append(learn)


def folder() -> Path:
    """Where items lie while they are fetched, and until the next version is in use."""
    made = Path(settings.XENIA_HOME) / "units" / "fetched"
    made.mkdir(parents=True, exist_ok=True, mode=0o700)
    return made


def step(now: datetime | None = None, only: frozenset[str] | None = None) -> int:
    """Ask what is in force, fetch what is new, the small first, take it; how many items were taken. `only`: of these kinds.

    Raises nothing that a line may do.
    """
    now = now or clock.now()
    known = card.needed()
    try:
        made = read(calling.get(known, MANIFEST), known.key, known.node)
    except XeniaError as error:
        _trouble(error.code)
        if error.code == "turned-away":
            for learn in _turned_away:
                learn(known)
        return 0
    return in_force(known, made, only)


def in_force(
    known: card.Card,
    made: Manifest,
    only: frozenset[str] | None = None,
    heard: Callable[[datetime], None] = watch.heard,
) -> int:
    """Take what is new of what the centre says is in force; how many items were taken. `only`: of these kinds.

    `heard`: what the time that the centre said is worth.
    """
    with writing():
        Line.objects.filter(pk=1).update(manifest_at=made.made_at, lease_until=made.until, down_trouble="")
        heard(made.made_at)
        for item in made.items:
            if "pins" in item.about:
                keyring.let_pins(item.about["pins"] is not False)
            Taken.objects.filter(name=item.name, sha256=item.sha256).update(
                as_of=made.made_at, max_age_s=item.max_age_s
            )
    wanted = [item for item in made.items if only is None or _kind(item) in only]
    taken = 0
    for item in sorted(wanted, key=lambda item: item.size):
        with _doors[_kind(item)]:
            taken += _one(known, item, made.made_at)
    _sweep({item.sha256 for item in made.items})
    _gone(
        {item.name for item in made.items} | {f"lists:{_which(item)}" for item in made.items if _kind(item) == KEEPING}
    )
    return taken


def _sweep(offered: set[str]) -> None:
    """Let go what was fetched of versions that are neither offered nor in use: it may hold who was erased since."""
    kept = offered | set(Taken.objects.values_list("sha256", flat=True))
    for path in folder().iterdir():
        if path.name.partition(".")[0] not in kept:
            path.unlink(missing_ok=True)


def has_taker(item: Item) -> bool:
    """Whether anybody here takes items of its kind."""
    return _kind(item) in _takers


def _kind(item: Item) -> str:
    return item.name.partition(":")[0]


def _which(item: Item) -> str:
    return item.name.partition(":")[2]


def _trouble(code: str) -> None:
    with writing():
        Line.objects.filter(pk=1).update(down_trouble=code)


def _one(known: card.Card, item: Item, as_of: datetime) -> int:
    """Fetch and take one item where it is new; 1 where it was."""
    kind = _kind(item)
    held = Taken.objects.filter(name=item.name).first()
    if kind not in _takers or (held is not None and held.sha256 == item.sha256):
        return 0
    try:
        path = _shorter(known, item) or fetch(known, item)
        _takers[kind](item, path)
    except XeniaError as error:
        log.warning("something that came down was not taken", extra={"item": item.name, "code": error.code})
        _trouble(error.code)
        return 0
    with writing():
        Taken.objects.update_or_create(
            name=item.name,
            defaults={
                "version": item.version, "sha256": item.sha256, "as_of": as_of, "taken_at": clock.now(),
                "max_age_s": item.max_age_s, "about": dict(item.about),
            },
        )  # fmt: skip
    if held is not None:
        (folder() / held.sha256).unlink(missing_ok=True)
    return 1


def _shorter(known: card.Card, item: Item) -> Path | None:
    """The whole file, made of what is here already; never where a part of it was fetched before."""
    shortcut = _shortcuts.get(_kind(item))
    if shortcut is None or (folder() / item.sha256).exists() or (folder() / f"{item.sha256}.part").exists():
        return None
    return shortcut(known, item)


def _gone(names: set[str]) -> None:
    """What the centre offers no more is not in force any more; who took it is told, and sees that its row is gone."""
    with writing():
        Taken.objects.exclude(name__in=names).delete()
    for kind, gone in _gone_of.items():
        try:
            gone(frozenset(one for one in names if one.partition(":")[0] == kind))
        except XeniaError as error:  # it is told again at the next turn
            log.warning("what is offered no more could not be put out of force", extra={"code": error.code})


def fetch(known: card.Card, item: Item) -> Path:
    """The item's file, fetched from where an earlier try ended. Raises `Unavailable` (`no-line`), `BadInput` (`bad-item`)."""
    whole, part = folder() / item.sha256, folder() / f"{item.sha256}.part"
    if whole.exists():
        if _is(whole, item.sha256):
            return whole
        whole.unlink()  # a power cut left less of it
    with calling.one_line():
        while (have := at_rest.size(part)) < item.size:
            piece = calling.get(known, ITEM + item.sha256, first=have, count=PIECE)
            if not piece:
                raise Unavailable("The line broke off.", "It is tried again by itself.", code="no-line")
            at_rest.append(part, piece)
    if item.size == 0:
        part.touch()
    if not _is(part, item.sha256):
        part.unlink()
        raise BadInput("What came is not what the centre signed.", "It is fetched again by itself.", code="bad-item")
    with part.open("rb") as file:
        os.fsync(file.fileno())
    part.rename(whole)
    files.sync_folder(folder())
    return whole


def _is(path: Path, sha256: str) -> bool:
    """Whether that is what the file holds; one that was torn holds nothing."""
    try:
        return at_rest.sha256(path) == sha256
    except Unavailable:
        return False


_last: datetime | None = None
_looked = False


def look() -> list[str]:
    """At a start: what was taken and is torn or gone is out of force and not counted as taken, so it is fetched again; its names."""
    again: list[str] = []
    for kind, torn in _torn_of.items():
        held = frozenset(Taken.objects.filter(name__startswith=f"{kind}:").values_list("name", flat=True))
        again += sorted(torn(held))
    if again:
        log.warning("torn at this unit, and fetched again", extra={"items": again})
        with writing():
            Taken.objects.filter(name__in=again).delete()
    return again


def at_once(kinds: frozenset[str]) -> bool:
    """Ask now, and take items of these kinds, whatever large one is on its way; all others are due with the next turn.

    Whether the centre answered. For whoever hears of news.
    """
    global _last
    before = Line.objects.filter(pk=1).values_list("manifest_at", flat=True).first()
    step(only=kinds)
    _last = None
    return Line.objects.filter(pk=1).values_list("manifest_at", flat=True).first() != before


def begin() -> int:
    """A turn in a thread of its own where it is time for one; 1 where one was begun. For the chore."""
    global _last
    now = clock.now()
    if (
        card.read() is None
        or (_last is not None and timedelta(0) <= now - _last < EVERY)
        or not _door.acquire(blocking=False)
    ):
        return 0
    _last = now
    threading.Thread(target=_turn, name="xenia-down", daemon=True).start()
    return 1


def _turn() -> None:
    global _looked
    try:
        if not _looked:
            look()
            _looked = True
        step()
    except httpx.HTTPError:
        log.info("nothing comes down: there is no line")
    except Exception:
        log.exception("what is in force could not be fetched")
    finally:
        _door.release()
        close_old_connections()
