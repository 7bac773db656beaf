"""`xenia unit image` and `xenia unit approve` at a centre, `xenia unit open` at the machine that is to become the unit."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xenia.commands import Call, Command
from xenia.errors import BadInput, Conflict

if TYPE_CHECKING:
    from xenia.units.image.making import Asked

WORDS = {"wheels": "Gathering the wheels ...", "program": "Copying the program", "cargo": "Sealing what comes down"}
BAR = 30


class _Bar:
    """What is done, in one line that grows; one line for each tenth where nobody watches."""

    def __init__(self, call: Call) -> None:
        self.call, self.told = call, ("", -1)
        self.alive = call.err is sys.stderr and sys.stderr.isatty()

    def __call__(self, what: str, done: int, of: int) -> None:
        part = done * (100 if self.alive else 2) // of if of else -1
        if self.told == (what, part):
            return
        last, self.told = self.told[0], (what, part)
        if not of:
            self.call.say(WORDS[what])
        elif self.alive:
            filled = BAR * done // of
            self.call.err.write(f"\r{WORDS[what]} [{'#' * filled}{'.' * (BAR - filled)}] {part:3d} %")
            self.call.err.write("\n" if done >= of else "")
            self.call.err.flush()
        elif last != what or done >= of:
            self.call.say(f"{WORDS[what]}: {done * 100 // of} %")


def _papers(call: Call, folder: Path, name: str) -> Path:
    """Where the paper with the codes goes. Raises `BadInput` (`code-on-stick`), `Conflict` (`file-exists`)."""
    path = Path(call.options.papers) if call.options.papers else folder.parent / f"{folder.name}-papers.pdf"
    if folder.resolve() in path.resolve().parents and not call.options.code_on_stick:
        raise BadInput(
            "The paper with the codes would lie on the stick that they open.",
            "Name another place with --papers FILE; or, if you really want it, --code-on-stick.",
            code="code-on-stick",
        )
    if path.exists():
        raise Conflict(f"{path.name} exists.", "Choose another name: --papers FILE.", code="file-exists")
    if not path.parent.is_dir() and folder.resolve() not in path.resolve().parents:
        raise BadInput(f"There is no folder for {path.name}.", "Check the path: --papers FILE.", code="no-file")
    return path


def _asked(call: Call) -> Asked:
    from django.conf import settings

    from xenia.units.image.making import Asked

    options = call.options
    centre = options.centre or (settings.CSRF_TRUSTED_ORIGINS[0] if settings.CSRF_TRUSTED_ORIGINS else "")
    return Asked(
        post=options.post, centre=centre, name=options.name or "", label=options.label or "", lanes=options.lanes,
        hours=options.hours, without_line=options.without_line, wheels=Path(options.wheels) if options.wheels else None,
        pythons=tuple(options.python),
    )  # fmt: skip


def _image(call: Call) -> int:
    from django.conf import settings

    from xenia.journal import files
    from xenia.units.image import guide, making

    assert call.standing is not None
    options, folder, asked = call.options, Path(call.options.dir), _asked(call)
    language = options.language or settings.LANGUAGE_CODE
    making.check(call.standing, asked, folder)
    papers = _papers(call, folder, asked.name)

    def guides(unit: Any) -> list[tuple[str, bytes]]:
        call.say("Printing the field guide ...")
        return [
            (f"field-guide-{code}.pdf", guide.pdf(guide.Card(unit, tuple(options.call)), code))
            for code in guide.languages()
        ]

    made = making.make(call.standing, asked, folder, guides, _Bar(call))
    card = guide.Card(made.unit, tuple(options.call), made)
    files.write_lasting(papers, guide.pdf(card, language))
    call.say(f"{folder.name} holds the image of {made.unit.name}: {made.count} files, {made.size >> 20} MB.")
    call.say(f"{papers} has the codes. It travels apart from the stick.")
    if asked.without_line:
        call.say(f"A second person lets it out: xenia unit approve {made.unit.name}, or on the unit's page.")
    call.answer(
        "xenia/unit-image/1",
        {
            "unit": made.unit.name,
            "post": made.unit.post,
            "until": made.image.until.isoformat(),
            "files": made.count,
            "bytes": made.size,
            "without_line": asked.without_line,
            "papers": str(papers),
            **(_told(made) if options.print_codes else {}),
        },
    )
    return 0


def _told(made: Any) -> dict[str, Any]:
    officers = [{"user": one.username, "code": one.code, "own": one.own} for one in made.officers]
    return {"code": made.code, "officers": officers}


def _approve(call: Call) -> int:
    from xenia.errors import NotFound
    from xenia.units.image import releasing
    from xenia.units.models import Unit

    assert call.standing is not None
    unit = Unit.objects.filter(name=call.options.name).first()
    if unit is None:
        raise NotFound(f"No unit is called {call.options.name}.", "See xenia unit list.", code="no-such-unit")
    found = releasing.release(call.standing, unit.pk)
    call.say(f"Release code of {unit.name}, shown once, good until {found.until:%Y-%m-%d %H:%M} UTC: {found.text}")
    call.say(f"Fingerprint of the stick's `start` (sha256sum start): {found.start[:20]}")
    call.answer("xenia/unit-approved/1", {"unit": unit.name, "code": found.text, "start": found.start})
    return 0


def _open(call: Call) -> int:
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xenia.site.settings")
    django.setup()  # without the tables: a journal begins under the name that the centre gave
    from xenia.units.image import opening

    code, release = (call.stdin.readline(100).decode("ascii", errors="replace").strip() for _line in range(2))
    call.say("Opening what the centre sealed for this unit ...")
    made = opening.begin(Path(call.options.image), code, release)
    opening.go_on(code)
    call.say(f"This machine is the unit {made.node} of post {made.post}. Its officers sign in with their codes.")
    call.answer("xenia/unit-opened/1", {"unit": made.node, "post": made.post})
    return 0


def _unpack(call: Call) -> int:
    from xenia.units.image import opening

    call.say("Taking lists, officers and reference data into use ...")
    call.answer("xenia/unit-unpacked/1", {"items": opening.take()})
    return 0


def _making(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("dir", metavar="DIR", help="an empty folder, or a stick")
    parser.add_argument("--post", required=True, help="code of the post where the unit will stand")
    parser.add_argument("--centre", metavar="URL", help="address of this centre's pages, as the unit reaches them")
    parser.add_argument("--name", help="name of the unit; else the post's name and a number")
    parser.add_argument("--label", help="what people call it")
    parser.add_argument(
        "--lanes", type=int, default=0, metavar="N", help="make lanes L1 to LN at the post, where they are not there"
    )
    parser.add_argument(
        "--without-line", action="store_true", help="let it work from the first minute without any line"
    )
    parser.add_argument(
        "--hours", type=int, default=48, metavar="N", help="so long it can be opened (default 48, at most 72)"
    )
    parser.add_argument("--wheels", metavar="DIR", help="take the wheels from this folder, and ask no package index")
    parser.add_argument(
        "--python", action="append", default=[], metavar="VERSION", help="add wheels for this Python too, such as 3.13"
    )
    parser.add_argument("--papers", metavar="FILE", help="where the paper with the codes goes; else beside DIR")
    parser.add_argument(
        "--code-on-stick", action="store_true", help="allow the paper with the codes on the stick itself"
    )
    parser.add_argument(
        "--print-codes", action="store_true", help="answer with the codes too, for a program that hands them on"
    )
    parser.add_argument("--language", help="of the paper with the codes; the guide on the stick is in all languages")
    parser.add_argument(
        "--call",
        action="append",
        default=[],
        metavar="TEXT",
        help="whom to call, such as 'Duty desk +995 ...'; may be repeated",
    )


def _approving(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", help="name of the unit, such as uto-pm1-r1")


def _opening(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "image", metavar="DIR", help="the image, as `start` copied it; the two codes come by standard input"
    )


COMMANDS = (
    Command("unit image", "At the centre: a stick that makes a laptop a unit, also without any line.", _image, "units.manage", _making),
    Command("unit approve", "At the centre: let an image out, as the second person.", _approve, "units.approve", _approving),
    Command(
        "unit open", "On an empty machine: become the unit of an image, without a line.", _open, None, _opening,
        needs_home=False, writes=False,
    ),
    Command("unit unpack", "At a unit of an image: take into use what came with it; `unit open` does it.", _unpack, None),
)  # fmt: skip
