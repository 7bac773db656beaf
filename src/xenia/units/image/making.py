"""At the centre: an image is made. It takes two persons: who makes it has one code; the other is shown to a second person only."""

from __future__ import annotations

import json
import secrets
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.conf import settings

from xenia import __version__
from xenia.access import place_actions, policy
from xenia.access.models import Lane, Post
from xenia.access.standing import Standing
from xenia.errors import BadInput, Conflict
from xenia.journal import canonical, clock, signing
from xenia.journal.actions import append, writing
from xenia.registers.lists import keyed_files
from xenia.units import actions, codes, enrolling, holding, kinds, sign_in_codes
from xenia.units.down import access, offers
from xenia.units.image import files, sealing, start
from xenia.units.models import Image, SignInCode, Unit

CARGO: Final = "xenia/unit-cargo/1"
HOURS: Final = 48
MOST_HOURS: Final = 72
"""No longer than a unit may work alone: what came down with it would be too old."""
MOST_LANES: Final = 99
Say = Callable[[str, int, int], None]
"""Is told what is done, how much of it, and of how much."""


@dataclass(frozen=True)
class Asked:
    """What the image is to be. `name`: of the unit, "" for the next free one. `centre`: address of the centre's pages, as the
    unit reaches them. `without_line`: what comes down lies in it. `wheels`: a folder of them. `pythons`: versions beside ours.
    """

    post: str
    centre: str
    name: str = ""
    label: str = ""
    lanes: int = 0
    hours: int = HOURS
    without_line: bool = False
    wheels: Path | None = None
    pythons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Officer:
    """An officer of the shift. `code`: the sign-in code, "" where one waits already or only the officer may make it (`own`)."""

    name: str
    username: str
    code: str
    own: bool


@dataclass(frozen=True)
class Made:
    """An image. `code`: of the enrolment, shown once. `start`: SHA-256 of the program that checks it."""

    unit: Unit
    image: Image
    code: str
    count: int
    size: int
    officers: tuple[Officer, ...] = field(default=())


def check(standing: Standing, asked: Asked, folder: Path) -> None:
    """Nothing where an image can be made of it there.

    Raises `NotAllowed`, `BadInput` (`unit-post`, `image-hours`, `image-lanes`, `bad-address`), `Conflict` (`not-empty`).
    """
    policy.require(standing, actions.MANAGE)
    if not Post.objects.filter(code=asked.post, closed_at=None).exists():
        raise BadInput("There is no such post.", "See Administration, Posts.", code="unit-post")
    if not 1 <= asked.hours <= MOST_HOURS:
        raise BadInput(
            f"An image holds for 1 to {MOST_HOURS} hours.", "A unit may not work longer alone.", code="image-hours"
        )
    if not 0 <= asked.lanes <= MOST_LANES:
        raise BadInput(f"A post has at most {MOST_LANES} lanes here.", "Make others under Posts.", code="image-lanes")
    if not asked.centre.startswith(("https://", "http://")):
        raise BadInput(f"{asked.centre!r} is no address.", "Use https://HOST:PORT.", code="bad-address")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Conflict(f"{folder.name} is not empty.", "Name an empty folder.", code="not-empty")


def make(standing: Standing, asked: Asked, folder: Path, guides: Callable[[Unit], Any], say: Say) -> Made:
    """The image in `folder`, and the unit that is awaited with it. `guides` is given the unit, and brings papers by their names.

    The slow and doubtful work comes first: only when program and wheels are there, an invitation is written.
    Raises as `check`, `files.fetch`, `actions.invite`, `sign_in_codes.give`; then `folder` is empty or not there.
    """
    check(standing, asked, folder)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        _program(asked, folder, say)
        return _unit_and_cargo(standing, asked, folder, guides, say)
    except BaseException:
        for one in list(folder.iterdir()):
            shutil.rmtree(one) if one.is_dir() and not one.is_symlink() else one.unlink()
        raise


def _program(asked: Asked, folder: Path, say: Say) -> None:
    sources = files.sources()
    say("wheels", 0, 0)
    for python in (None, *asked.pythons):
        files.fetch(folder / "wheels", asked.wheels, python)
    total, done = sum(path.stat().st_size for _name, path in sources), 0

    def tell(size: int) -> None:
        nonlocal done
        done += size
        say("program", done, total)

    files.copy(sources, folder, tell)
    shutil.copyfile(Path(start.__file__), folder / "start")
    (folder / "start").chmod(0o755)


def _unit_and_cargo(standing: Standing, asked: Asked, folder: Path, guides: Callable[[Unit], Any], say: Say) -> Made:
    _lanes(standing, asked)
    unit, code = _awaited(standing, asked)
    now, salt = clock.now(), secrets.token_bytes(sealing.SALT)
    until = now + timedelta(hours=asked.hours)
    release = (
        "".join(secrets.choice(codes.LETTERS) for _one in range(start.RELEASE_LETTERS)) if asked.without_line else ""
    )
    both, alone = sealing.keys(code.text, release, salt), sealing.keys(code.text, "", salt)
    had = set(SignInCode.objects.filter(unit=unit.name).values_list("pk", flat=True))
    try:
        officers = _officers(standing, unit, now) if asked.without_line else ()
        if asked.without_line:
            _cargo(unit, asked, folder, both, now, until, say)
        for name, raw in guides(unit):
            (folder / "guide").mkdir(exist_ok=True)
            (folder / "guide" / name).write_bytes(raw)
        index = _index(unit, asked, folder, salt, now, until)
        _write(folder, index, both, alone)
        image = _kept(standing, unit, code.id, release, both, now, until, folder)
    except BaseException:
        with writing():  # nobody has seen these codes: the next image gives others
            SignInCode.objects.filter(unit=unit.name).exclude(pk__in=had).delete()
        raise
    found = [path.stat().st_size for path in folder.rglob("*") if path.is_file()]
    return Made(unit, image, code.text, len(found), sum(found), officers)


def _lanes(standing: Standing, asked: Asked) -> None:
    """At least so many lanes at the post: L1, L2 and so on, where they are not there."""
    there = set(Lane.objects.filter(post=asked.post, closed_at=None).values_list("code", flat=True))
    number = 0
    while len(there) < asked.lanes and number < MOST_LANES:
        number += 1
        if f"L{number}" not in there and not Lane.objects.filter(post=asked.post, code=f"L{number}").exists():
            place_actions.make_lane(standing, asked.post, f"L{number}")
            there.add(f"L{number}")


def _awaited(standing: Standing, asked: Asked) -> tuple[Unit, codes.Code]:
    """The unit, with a fresh code; one that is awaited already keeps the sign-in codes that officers made for it."""
    name = asked.name.strip().lower() or _free(asked.post)
    unit = Unit.objects.filter(name=name, state="invited").first()
    if unit is None:
        invited = actions.invite(standing, name, asked.post, asked.label or name)
        return invited.unit, codes.read(invited.code)
    if unit.post != asked.post:
        raise Conflict("This unit is awaited at another post.", "Choose another name.", code="unit-taken")
    code = codes.new()
    with writing():
        unit.code_id, unit.code_key, unit.code_failures = code.id, code.key, 0
        unit.code_until = clock.now() + timedelta(hours=actions.CODE_HOURS)
        unit.invited_by, unit.invited_at = standing.account, clock.now()
        unit.save()
        body = {"unit": str(unit.pk), "node": unit.name, "post": unit.post}
        append(kinds.INVITED, body, standing.act("operation", f"unit:{unit.name}"))
    return unit, code


def _free(post: str) -> str:
    taken, number = set(Unit.objects.values_list("name", flat=True)), 1
    while (name := f"{post.lower()[:26]}-r{number}") in taken:
        number += 1
    return name


def _officers(standing: Standing, unit: Unit, now: datetime) -> tuple[Officer, ...]:
    """Everybody who may work there, with sign-in codes for those whom the maker may give one."""
    waiting = set(
        SignInCode.objects.filter(unit=unit.name, used_at=None, until__gt=now).values_list("account", flat=True)
    )
    found = []
    for one in access.people(unit, now):
        may = one.pk not in waiting and sign_in_codes.may_give(standing, one.pk)
        code = sign_in_codes.give(standing, unit.pk, one.pk).text if may else ""
        found.append(Officer(one.display_name, one.username, code, one.pk in waiting))
    return tuple(found)


def _cargo(
    unit: Unit, asked: Asked, folder: Path, both: sealing.Keys, now: datetime, until: datetime, say: Say
) -> None:
    """What is in force for the unit, sealed: file 0 says what the others are."""
    sealed = folder / "sealed"
    sealed.mkdir()
    keyed_files.make_due(sorted(holding.keyed_at(unit)))
    manifest = offers.manifest(unit, now)
    wanted = {one["sha256"] for one in json.loads(json.loads(manifest)["said"])["items"]}
    offered = {item.sha256: (item, path) for item, path in offers.offered(unit) if item.sha256 in wanted}
    total, done = sum(item.size for item, _path in offered.values()), 0
    said = {
        "format": CARGO,
        "until": canonical.moment(until),
        "card": json.loads(enrolling.answer_for(unit)),
        "centre": asked.centre.rstrip("/"),
        "code": unit.code_id,
        "manifest": manifest.decode(),
        "items": {sha256: number for number, sha256 in enumerate(offered, 1)},
    }
    for number, (item, path) in enumerate(offered.values(), 1):
        with path.open("rb") as source, (sealed / str(number)).open("wb") as target:
            sealing.seal(both.sealed, number, source, target)
        done += item.size
        say("cargo", done, total)
    with tempfile.TemporaryFile() as source, (sealed / "0").open("wb") as target:
        source.write(json.dumps(said).encode())
        source.seek(0)
        sealing.seal(both.sealed, 0, source, target)


def _index(unit: Unit, asked: Asked, folder: Path, salt: bytes, now: datetime, until: datetime) -> bytes:
    return files.index_bytes(
        {
            "format": start.FORMAT,
            "unit": unit.name,
            "label": unit.label,
            "state": settings.XENIA_STATE,
            "centre": asked.centre.rstrip("/"),
            "version": __version__,
            "machine": files.machine(),
            "python": sorted({files.python(), *asked.pythons}),
            "made_at": now.isoformat(timespec="seconds"),
            "until": until.isoformat(timespec="seconds"),
            "salt": salt.hex(),
            "sealed": asked.without_line,
            "files": files.listed(folder),
        }
    )


def _write(folder: Path, index: bytes, both: sealing.Keys, alone: sealing.Keys) -> None:
    """The list, and beside it the centre's signature and what each code proves it with."""
    made = signing.sign(index)
    seal = {
        "key": made.key_id,
        "signature": signing.unpadded(made.raw),
        "code": start.seal_of(alone.listed, index),
        "both": start.seal_of(both.listed, index),
    }
    (folder / start.INDEX).write_bytes(index)
    (folder / start.SEAL).write_text(json.dumps(seal), encoding="ascii")


def _kept(
    standing: Standing, unit: Unit, code_id: str, release: str, both: sealing.Keys, now: datetime, until: datetime, folder: Path
) -> Image:  # fmt: skip
    digest = files.sha256_of(folder / "start")
    with writing():
        Image.objects.filter(unit=unit).delete()
        image = Image.objects.create(
            unit=unit, made_by=standing.account, made_at=now, until=until, start=digest, code_id=code_id, release=release,
            contact_key=both.contact.hex() if release else "",
        )  # fmt: skip
        body = {
            "unit": str(unit.pk),
            "node": unit.name,
            "post": unit.post,
            "index": files.sha256_of(folder / start.INDEX),
        }
        append(kinds.IMAGE_MADE, body, standing.act("operation", f"unit:{unit.name}"))
    return image


def image_of(unit_id: UUID) -> Image | None:
    """The image that was made last for a unit."""
    return Image.objects.filter(unit=unit_id).select_related("unit").first()


__all__: Sequence[str] = ("Asked", "Made", "Officer", "check", "image_of", "make")
