"""Notices about wanted and missing persons as JSON, in the shape in which INTERPOL shows its public notices.

One notice, an array of notices, one page (`_embedded.notices`) or an array of pages. A page tells how many notices there
are in all; a file with fewer is one page of several, and refused: what it lacks would be taken off the list. Pure.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from xenia.formats.dates import BadDate, PartialDate
from xenia.formats.lists import values
from xenia.formats.lists.countries import code_from
from xenia.formats.lists.days import year_of
from xenia.formats.lists.names import name
from xenia.formats.lists.records import PERSON, BadList, Body, Limits, Record, Refused, Told

# The whole file is held in memory by the limited child: all 163,000 notices of 2016 are about 130 MB.
MOST_BYTES = 200_000_000
COLOURS = ("red", "yellow", "blue", "black", "green", "orange", "purple", "silver", "un")
_NOTHING = frozenset({"", "-", "--", "UNKNOWN", "N/A", "NA"})
_SEXES = {"M": "M", "F": "F", "U": "", "X": "X"}
_ALIASES = ("aliases", "aka", "alias")
_TEXTS = (
    ("place_of_birth", "Born in"),
    ("distinguishing_marks", "Marks"),
    ("eyes_colors_id", "Eyes"),
    ("hairs_id", "Hair"),
    ("languages_spoken_ids", "Languages"),
    ("height", "Height m"),
    ("weight", "Weight kg"),
)

Noted = list[tuple[str, str, str]]


def read(stream: BinaryIO, limits: Limits | None = None, told: Told | None = None) -> Iterator[Record | Refused]:
    """The notices of a file. Values that cannot be are `Refused(noted=True)` after their record.

    Raises `BadList`: `list-json` (not such a file), `list-cut` (not whole), `list-too-large`, `list-empty`.
    """
    limits, told = limits or Limits(), told or Told()
    notices, total = _notices(_loaded(stream, told))
    if total is not None and total != len(notices):
        raise BadList(
            f"The file tells of {total} notices and holds {len(notices)}.",
            "It is one page of several. Put all pages into one file: [page, page, ...].",
            code="list-cut",
        )
    if not notices:
        raise BadList("The file lists nobody.", "Ask its source for it again.", code="list-empty")
    if len(notices) > limits.rows:
        raise BadList("The file is larger than a list may be.", "Ask its source.", code="list-too-large")
    for number, notice in enumerate(notices, 1):
        told.rows += 1
        yield from _notice(number, notice, limits)


def _loaded(stream: BinaryIO, told: Told) -> Any:
    raw = stream.read(MOST_BYTES + 1)
    told.bytes += len(raw)
    if len(raw) > MOST_BYTES:
        raise BadList("The file is larger than 200 MB.", "Load it in another format.", code="list-too-large")
    try:
        return json.loads(raw, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        raise BadList(
            f"The file is not whole JSON: line {error.lineno}.", "Ask its source for it again.", code="list-cut"
        ) from None
    except (ValueError, RecursionError):
        raise _bad("The file is not JSON that can be read.") from None


def _no_number(text: str) -> Any:
    raise ValueError(text)


def _notices(data: Any) -> tuple[list[Any], int | None]:
    """The notices, and how many the file says there are in all, None where it does not say."""
    if isinstance(data, list):
        pages = [page for page in data if isinstance(page, dict) and _page(page) is not None]
        if not pages:
            return data, None
        if len(pages) != len(data):
            raise _bad("The file mixes pages with something else.")
        totals = {_number(page.get("total")) for page in pages}
        if len(totals) > 1:
            raise _bad("The pages of the file tell different totals: they are not of one moment.")
        found = [notice for page in pages for notice in _page(page) or []]
        return found, totals.pop()
    if isinstance(data, dict):
        page = _page(data)
        if page is not None:
            return page, _number(data.get("total"))
        if "entity_id" in data or "name" in data:
            return [data], None
    raise _bad("The file holds no notices.")


def _page(data: Mapping[str, Any]) -> list[Any] | None:
    embedded = data.get("_embedded")
    inside = embedded.get("notices") if isinstance(embedded, dict) else None
    found = inside if inside is not None else data.get("notices")
    return found if isinstance(found, list) else None


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _notice(line: int, notice: Any, limits: Limits) -> Iterator[Record | Refused]:
    if not isinstance(notice, dict):
        yield Refused(line, "no-notice")
        return
    identity = _text(notice.get("entity_id") or notice.get("notice_id"))[:120]
    noted: Noted = []
    try:
        record = Record(values.record_id(identity), PERSON, _body(notice, identity, noted, limits), line)
    except values.Refusal as refusal:
        yield refusal.at(line, identity)
        return
    yield record
    for column, reason, value in noted[: limits.values]:
        yield Refused(line, reason, identity, column, value[:80], noted=True)


def _body(notice: Mapping[str, Any], identity: str, noted: Noted, limits: Limits) -> Body:
    def text(key: str) -> str:
        return values.clean(_text(notice.get(key)), key, limits)

    surname, given_names = (_named(text(key)) for key in ("name", "forename"))
    if not surname and not given_names:
        raise values.Refusal("nothing-known", "name", "")
    charges, issuers = _warrants(notice)
    return {
        "names": [name(surname, given_names, "main"), *_other_names(notice, surname, limits)],
        "birth_dates": _births(text("date_of_birth"), noted),
        "sex": _SEXES.get(text("sex_id").upper(), ""),
        "nationalities": _states(notice.get("nationalities"), noted),
        "documents": [],
        "offences": values.clean("; ".join(charges)[: limits.value_chars], "offences", limits),
        "warrant": ", ".join(issuers),
        "description": values.clean(_described(notice)[: limits.value_chars], "description", limits),
        "colour": _colour(notice),
        "issuing_authority": ", ".join(issuers),
        "source_id": identity,
    }


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(filter(None, (_text(one) for one in value[:100] if not isinstance(one, list))))
    text = str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
    return " ".join(text.split()) if text else ""


def _named(text: str) -> str:
    return "" if text.upper() in _NOTHING else text


def _other_names(notice: Mapping[str, Any], surname: str, limits: Limits) -> list[Body]:
    found: dict[str, Body] = {}
    birth = _named(values.clean(_text(notice.get("name_at_birth")), "name_at_birth", limits))
    if birth and birth != surname:
        found[birth] = name("", "", "birth", "", birth)
    told: Any = next((notice[key] for key in _ALIASES if notice.get(key)), [])
    items: list[Any] = told if isinstance(told, list) else str(told).split(",")
    for item in items[: limits.values]:
        whole = f"{_text(item.get('forename'))} {_text(item.get('name'))}" if isinstance(item, dict) else _text(item)
        plain = _named(values.clean(whole, "aliases", limits))
        if plain:
            found.setdefault(plain, name("", "", "alias", "good", plain))
    return list(found.values())


def _births(text: str, noted: Noted) -> list[str]:
    """One date as `1978/03/11`, `1978/03` or `1978`. Of an impossible one the year is kept: somebody is searched for."""
    if not text or text.upper() in _NOTHING:
        return []
    parts = [part for part in text.replace("/", "-").split("-") if part.strip("0")]
    try:
        return [PartialDate.parse("-".join(part.zfill(2) for part in parts)).iso()]
    except BadDate:
        noted.append(("birth_date", "impossible-date", text))
        year = year_of(text)
        return [year] if year else []


def _states(told: Any, noted: Noted) -> list[str]:
    codes: dict[str, None] = {}
    for one in told[:100] if isinstance(told, list) else [told] if told else []:
        code = code_from(_text(one))
        if code:
            codes[code] = None
        else:
            noted.append(("nationalities", "unknown-country", _text(one)))
    return list(codes)


def _warrants(notice: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    told = notice.get("arrest_warrants")
    warrants = [one for one in told[:100] if isinstance(one, dict)] if isinstance(told, list) else []
    charges = [_text(one.get("charge_translation")) or _text(one.get("charge")) for one in warrants]
    issuers = [code_from(_text(one.get("issuing_country_id"))) for one in warrants]
    return [charge for charge in charges if charge], list(dict.fromkeys(filter(None, issuers)))


def _described(notice: Mapping[str, Any]) -> str:
    """What helps to know somebody again; a height or weight of 0 means that nobody knows it."""
    said = ((label, _text(notice.get(key))) for key, label in _TEXTS)
    return "; ".join(f"{label}: {text}" for label, text in said if text and text not in ("0", "0.0"))


def _colour(notice: Mapping[str, Any]) -> str:
    """The colour where the notice says it, by itself or in its own address; else `""`, and the source's default holds."""
    said = _text(notice.get("colour") or notice.get("color") or notice.get("notice_type")).lower()
    if said in COLOURS:
        return said
    links = notice.get("_links")
    own = links.get("self") if isinstance(links, dict) else None
    address = _text(own.get("href")) if isinstance(own, dict) else ""
    return next((part for part in address.split("/") if part in COLOURS), "")


def _bad(message: str) -> BadList:
    return BadList(message, "See the list formats in the documentation.", code="list-json")
