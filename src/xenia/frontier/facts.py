"""What conditions of entry and exit are worked out from: the traveller, the visas and the stays that are known. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from xenia.frontier.check import FindingView, Verdict
from xenia.frontier.territory import Territory
from xenia.registers.stays.rules import Stay


@dataclass(frozen=True)
class Traveller:
    """What the document says of its holder. `birth`: the latest day it may mean; None: not known."""

    nationality: str
    document_code: str
    issuing_state: str
    document_number: str
    birth: date | None = None
    expiry: date | None = None
    issued_on: date | None = None


@dataclass(frozen=True)
class VisaKnown:
    """A visa or permit (`type` A, C, D or P). `entries` None: multiple; `days` None: not limited; `territory`: codes, empty all.

    `read`: its lines were read at the lane; `registered`: the register of visas holds it.
    """

    sticker: str
    issuing_state: str
    type: str
    valid_from: date | None = None
    valid_until: date | None = None
    entries: int | None = None
    days: int | None = None
    territory: tuple[str, ...] = ()
    status: str = "issued"
    ltv: bool = False
    passport_number: str = ""
    passport_state: str = ""
    read: bool = False
    registered: bool = True


@dataclass(frozen=True)
class StaysKnown:
    """What the register of stays tells of one person. `stickers`: the visa used for each stay, in the same order."""

    stays: tuple[Stay, ...] = ()
    stickers: tuple[str, ...] = ()
    inside: bool = False
    open_since: date | None = None
    authorised_until: date | None = None
    refusals: int = 0
    last_refusal: date | None = None

    def on_visa(self, sticker: str) -> tuple[Stay, ...]:
        """The stays under one visa."""
        return tuple(stay for stay, used in zip(self.stays, self.stickers, strict=True) if sticker and used == sticker)


def day_of(text: Any) -> date | None:
    """An ISO day; None for anything else."""
    try:
        return date.fromisoformat(str(text)[:10])
    except ValueError:
        return None


def visa_from(fields: Mapping[str, Mapping[str, Any]]) -> VisaKnown:
    """A visa as its register answers (`document` and `status` of a hit); what policy left out is not known."""
    document, status = fields.get("document", {}), fields.get("status", {})
    entries, days, territory = str(status.get("entries") or "MULT"), status.get("days"), status.get("territory") or ()
    return VisaKnown(
        sticker=str(document.get("sticker_number", "")),
        issuing_state=str(document.get("issuing_state", "")),
        type=str(status.get("type") or "C"),
        valid_from=day_of(status.get("valid_from")),
        valid_until=day_of(status.get("valid_until")),
        entries=int(entries) if entries.isdigit() else None,
        days=int(str(days)) if str(days or "").isdigit() else None,
        territory=tuple([territory] if isinstance(territory, str) else territory),
        status=str(status.get("status") or "issued"),
        ltv=status.get("ltv") in (True, "true", "1", "yes"),
        passport_number=str(document.get("passport_number", "")),
        passport_state=str(document.get("passport_state", "")),
    )


def stays_from(fields: Sequence[Mapping[str, Mapping[str, Any]]]) -> StaysKnown | None:
    """All files of one person as one; None where the register knows nobody."""
    found = [one["status"] for one in fields if one.get("status")]
    if not found:
        return None
    lines = sorted((line for one in found for line in one.get("stays", ())), key=lambda line: str(line[0]))
    known = [(entry, line) for line in lines if (entry := day_of(line[0]))]
    open_ones = [one for one in found if one.get("inside")]
    latest = max(open_ones, key=lambda one: str(one.get("open_since", "")), default=None)
    refused = [day for one in found if (day := day_of(one.get("last_refusal")))]
    return StaysKnown(
        stays=tuple(Stay(entry, day_of(line[1]), bool(line[2])) for entry, line in known),
        stickers=tuple(str(line[3] or "") if len(line) > 3 else "" for _, line in known),
        inside=latest is not None,
        open_since=day_of(latest.get("open_since")) if latest else None,
        authorised_until=day_of(latest.get("authorised_until")) if latest else None,
        refusals=sum(int(one.get("refusals") or 0) for one in found),
        last_refusal=max(refused, default=None),
    )


@dataclass(frozen=True)
class Case:
    """One traveller at one crossing, all that is known. `visas_asked`: whether the register of visas could answer.

    `days`: asked for; `transit`: goes on without entering; `accompanied`: travels in a group; `visa_warned`: a hit of the
    register of visas stands on the check already.
    """

    who: Traveller
    direction: str
    on: date
    territory: Territory
    visas: tuple[VisaKnown, ...] = ()
    stays: StaysKnown | None = None
    visas_asked: bool = True
    visa_warned: bool = False
    days: int | None = None
    transit: bool = False
    crew: bool = False
    accompanied: bool = False


@dataclass(frozen=True)
class Numbers:
    """Numbers of law and own rules, from `terms.json`, in days and years."""

    validity_left: int
    issued_within_years: int
    recent_refusal: int
    minor: int


def day(value: date) -> str:
    """The day with its month in letters."""
    return str(date_format(value, _("j F Y")))


def finding(code: str, severity: Verdict, text: str, instruction: str) -> FindingView:
    """One finding."""
    return FindingView(code, severity, text, instruction)
