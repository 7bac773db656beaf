"""The field guide: two pages for whoever stands before the laptop; with the codes, a sheet for the shift more. Words only, no rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from xenia import letters
from xenia.access.models import Post
from xenia.journal import clock
from xenia.units.image.making import Made
from xenia.units.models import Unit

BLANK_CALLS: Final = 2
Rows = list[list[Any]]


@dataclass(frozen=True)
class Card:
    """What a guide is printed for. `calls`: whom to call. `made`: with the codes; without them the places stay blank."""

    unit: Unit
    calls: tuple[str, ...] = ()
    made: Made | None = None


def languages() -> Sequence[str]:
    """Those of the installation."""
    return [code for code, _name in settings.LANGUAGES]


def pdf(card: Card, language: str) -> bytes:
    """The guide as PDF/UA, two pages A4; with codes a third. Raises `Unavailable` (code `letter-not-made`)."""
    with override(language):
        return letters.pdf("unit/guide", _data(card), language=language, title=_("Field guide of a unit"))


def _data(card: Card) -> dict[str, Any]:
    post = Post.objects.filter(code=card.unit.post).first()
    return {
        "lead": card.unit.label,
        "place": f"{post.name if post else ''} ({card.unit.post})",
        "foot": f"Xenia · {card.unit.name} · {clock.now():%Y-%m-%d %H:%M} UTC",
        "keys": _keys(card),
        "secret": _secret(card),
        "box": _box(),
        "steps": _steps(),
        "first": _first(),
        "lights": _lights(),
        "line": _line(),
        "stick": _stick(),
        "paper": _paper(),
        "lost": _lost(card),
        "closing": _closing(),
        "shift": _shift(card),
    }


def _keys(card: Card) -> Rows:
    """Label, answer and whether it is a code; an empty answer is a place to write."""
    made = card.made
    until = f"{made.image.until:%Y-%m-%d %H:%M} UTC" if made else ""
    return [
        [_("Name of the unit"), card.unit.name],
        [_("Enrolment code"), made.code if made else ""],
        [_("Release code, from the second person"), ""],
        [_("Can be opened until"), until],
        [_("Fingerprint of start"), grouped(made.image.start[:20]) if made else ""],
    ]


def grouped(text: str) -> str:
    """In groups of four, as people compare it."""
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4)).upper()


def _secret(card: Card) -> str:
    if card.made is None:
        return _(
            "The codes are not printed here: this guide lies on the stick. They come on a paper that travels apart."
        )
    return _("This paper has codes. Keep it apart from the stick, and burn or shred it when everybody has signed in.")


def _box() -> dict[str, Any]:
    return {
        "title": _("In the box"),
        "rows": [
            _("A laptop with Linux, Python 3.11 or newer, and its charger"),
            _("The stick with the program, its packages and what is known to the registers"),
            _("A document reader, if the post has one; machine-readable lines can be typed"),
            _("An empty stick for carrying entries, paper forms, this guide"),
        ],
    }


def _steps() -> dict[str, Any]:
    return {
        "title": _("Set up in six steps"),
        "rows": [
            [
                _(
                    "Start the laptop and set its clock. A clock that is wrong by more than ten minutes stops the set-up."
                ),
                "",
            ],
            [
                _("Put the stick in, open a terminal in its folder, and compare the fingerprint with the one above:"),
                "sha256sum start",
            ],
            [
                _(
                    "Call the second person at the centre for the release code. With a line to the centre you need none."
                ),
                "",
            ],
            [
                _(
                    "Start, and type both codes. Every file is checked first; if one was altered, stop and call the centre."
                ),
                "python3 -I start",
            ],
            [
                _(
                    "Open the address in the browser. Over a line, read the fingerprint on the screen to the centre first."
                ),
                "http://127.0.0.1:8000",
            ],
            [_("Take the stick out and lock it away. The same stick does not make a second unit."), ""],
        ],
    }


def _first() -> dict[str, Any]:
    return {
        "title": _("First sign-in"),
        "words": _(
            "Each officer: Sign in, First time at this unit; officer name, the own sign-in code, and a PIN of 6 to 12 digits."
            " Then sign in with name and PIN, choose post and lane. A code can be used once. The PIN holds at this unit only."
            " After a restart the unit is locked: a PIN opens it."
        ),
    }


def _lights() -> dict[str, Any]:
    return {
        "title": _("What the foot of the page says"),
        "headings": [_("It says"), _("It means"), _("You do")],
        "rows": [
            [_("Line up"), _("What you record reaches the centre within seconds."), _("Nothing.")],
            [_("No line"), _("Everything is kept here and goes up by itself later."), _("Work on.")],
            [
                _("A list is too old"),
                _("Its answers may be wrong by now."),
                _("Send such travellers to the second line."),
            ],
            [_("Not admitted yet"), _("The centre has not said that this machine is the unit."), _("Call the centre.")],
            [
                _("Nothing goes up any more"),
                _("The centre has stopped this unit."),
                _("Call the centre before you go on."),
            ],
        ],
    }


def _line() -> dict[str, Any]:
    return {
        "title": _("Line down, line up"),
        "words": _(
            "The unit works up to 72 hours without hearing from the centre, counted from when the image was made. Then it signs nobody in."
            " When a line is there, nothing is to be done: it shows itself to the centre, sends what waits, and takes what is new."
        ),
    }


def _stick() -> dict[str, Any]:
    return {
        "title": _("By stick, where there is no line"),
        "rows": [
            [_("At the unit, in the folder where it was set up, onto the empty stick:"), "./xenia unit export FILE"],
            [_("At the centre; the answer is written beside it:"), "xenia unit import FILE"],
            [_("Back at the unit:"), "./xenia unit acknowledge FILE.answer"],
        ],
        "words": _("The file is encrypted for the centre. The unit forgets nothing before the answer is back."),
    }


def _paper() -> dict[str, Any]:
    return {
        "title": _("When the machine stops: on paper"),
        "words": _("Stop entry if your orders say so. Else fill one column for each traveller, and type them in later:"),
        "fields": [
            _("date and time"), _("lane, entry or exit"), _("surname"), _("given names"), _("date of birth"), _("sex"),
            _("nationality"), _("kind and number of document"), _("issuing state"), _("valid until"), _("visa or permit, its number"),
            _("vehicle"), _("decision and why"), _("officer, signature"),
        ],
    }  # fmt: skip


def _lost(card: Card) -> dict[str, Any]:
    return {
        "title": _("Lost or stolen"),
        "words": _(
            "Call at once, day or night, and say the name of the unit: the centre revokes it, and it is heard no more."
            " Say what was lost: laptop, stick, this paper, and whether somebody was signed in."
        ),
        "calls": [[one] for one in card.calls] or [[""] for _one in range(BLANK_CALLS)],
        "label": _("Whom to call"),
    }


def _closing() -> dict[str, Any]:
    return {
        "title": _("Closing the post"),
        "rows": [
            _("Everybody signs out. The foot of the page must say that nothing waits; else export once more."),
            _("The centre revokes the unit, once everything is there."),
            _("Only then erase the disk, and bring laptop, sticks and papers back. Write down who took them."),
        ],
    }


def _shift(card: Card) -> dict[str, Any] | None:
    """Sign-in codes of the officers, to be cut apart; None without codes."""
    if card.made is None or not card.made.officers:
        return None
    own, none = _("has a code already"), _("makes the own code at the centre before the stick is made")
    return {
        "title": _("Sign-in codes of the shift"),
        "words": _("Cut apart, and hand each officer only the own strip. Each code can be used once."),
        "rows": [
            [one.name, one.username, one.code, "" if one.code else own if one.own else none]
            for one in card.made.officers
        ],
    }
