"""Reading a zone: tidy the text, find the zone in it, repair it, check it, take the fields out of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from xenia.formats import states
from xenia.formats.dates import PartialDate
from xenia.formats.mrz import centuries, naming
from xenia.formats.mrz.checking import checks
from xenia.formats.mrz.digits import CHARACTERS, DIGITS, FILLER
from xenia.formats.mrz.finding import Found, find
from xenia.formats.mrz.layouts import ALLOWED, Layout, number_continues
from xenia.formats.mrz.reading import Fields, Reading, Remark, Repair, Sex
from xenia.formats.mrz.repairing import repair
from xenia.formats.mrz.tidying import Tidied, tidy, understandings

# Doc 9303: < is unspecified. X stands there in some documents, though the standard keeps it for the visual zone.
_SEXES: dict[str, Sex] = {"M": "M", "F": "F", FILLER: "X", "X": "X"}


def read(text: str | bytes, *, today: date) -> Reading:
    """What the machine-readable zone in a text says.

    `text`: of any length and content; the first 1000 characters are looked at. Line ends, tabs, spaces,
    lower case, a byte order mark and what a reader puts around the zone do no harm; lines may be glued
    together. Bytes are UTF-8, or UTF-16 with a byte order mark. `today` (local day) decides the century.
    Always gives a reading, never raises: where there is no zone, its `layout` is None.
    """
    tidied = tidy(text)
    found = find(understandings(tidied))
    if found is None:
        return _unreadable(tidied)
    sound = not found.padded and not found.repairs and all(CHARACTERS.issuperset(line) for line in found.lines)
    repaired = repair(found.layout, found.lines, sound=sound)
    lines, layout = repaired.lines, found.layout
    repairs = found.repairs + repaired.repairs
    fields, remarks = _fields(layout, lines, today)
    warnings = [
        *_about_text(tidied, found),
        *_about_repairs(repairs, ambiguous=repaired.ambiguous),
        *_about_characters(layout, lines),
        *remarks,
    ]
    return Reading(layout.name, lines, found.lines_found, fields, checks(layout, lines), tuple(warnings), repairs)


def _unreadable(tidied: Tidied) -> Reading:
    if tidied.lines:
        lengths = ", ".join(str(len(line)) for line in tidied.lines)
        remark = Remark("unreadable", text=f"No layout has lines of {lengths} characters.")
    else:
        remark = Remark("empty", text="There is no machine-readable zone in this text.")
    cut = [Remark("text-cut")] if tidied.cut else []
    return Reading(None, tidied.lines, tidied.lines, Fields(), (), (remark, *cut))


def _about_text(tidied: Tidied, found: Found) -> Iterator[Remark]:
    if tidied.cut:
        yield Remark("text-cut", text="The text is longer than any zone; only its beginning was read.")
    if found.around or tidied.trimmed:
        yield Remark("text-around", text="There is other text before or after the zone.")
    if tidied.angles:
        yield Remark("filler-replaced", text="Guillemets were read as fillers.")
    if found.padded:
        yield Remark(
            "line-padded", "names", "The line of names is not of full length; fillers were added or taken away."
        )


def _about_repairs(repairs: Sequence[Repair], *, ambiguous: bool) -> Iterator[Remark]:
    for field in dict.fromkeys(one.field for one in repairs if one.applied):
        yield Remark("repaired", field, "A character was exchanged and the check digits confirm it.")
    code = "repair-ambiguous" if ambiguous else "repair-unconfirmed"
    for field in dict.fromkeys(one.field for one in repairs if not one.applied):
        yield Remark(code, field, "A character may have been misread; it was left as it was.")


def _about_characters(layout: Layout, lines: Sequence[str]) -> Iterator[Remark]:
    if any(not CHARACTERS.issuperset(line) for line in lines):
        yield Remark("character-not-allowed", text="Only A to Z, 0 to 9 and < can be in a zone.")
    for part in layout.parts:
        strangers = set(part.span.of(list(lines))) & CHARACTERS - ALLOWED[part.kind]
        if strangers:
            wanted = "letters" if part.kind == "letters" else "digits"
            yield Remark("wrong-kind-of-character", part.field, f"Only {wanted} can stand here.")


def _fields(layout: Layout, lines: tuple[str, ...], today: date) -> tuple[Fields, list[Remark]]:
    """The fields of lines that have the shape of the layout, and what is odd about them."""
    raw = {part.field: part.span.of(lines) for part in layout.parts}
    remarks: list[Remark] = []
    surname, given_names = _names(raw, remarks)
    number, optional = _number(layout, lines, raw)
    fields = Fields(
        document_code=raw["document_code"].rstrip(FILLER),
        issuing_state=raw["issuing_state"].rstrip(FILLER),
        document_number=number,
        surname=surname,
        given_names=given_names,
        nationality=raw.get("nationality", "").rstrip(FILLER),
        birth_date=_date("birth-date", centuries.birth(raw["birth_date"], today), remarks),
        sex=_SEXES.get(raw["sex"]),
        expiry_date=(
            _date("expiry-date", centuries.expiry(raw["expiry_date"], today), remarks)
            if layout.has("expiry_date")
            else None
        ),
        optional_data=naming.spaced(optional),
        optional_data_2=naming.spaced(raw.get("optional_data_2", "")),
        issue_month=_issue_month(raw["document_number"], today) if layout.name == "ID-FRA" else None,
    )
    remarks += _about_fields(layout, fields, raw)
    return fields, remarks


def _names(raw: dict[str, str], remarks: list[Remark]) -> tuple[str, str]:
    if "names" in raw:
        names = naming.split(raw["names"])
        surname, given = names.surname, names.given_names
        truncated, odd, as_k = names.truncated, names.oddly_parted, names.filler_read_as_k
    else:
        surname, given = naming.spaced(raw["surname"]), naming.spaced(raw["given_names"])
        truncated = not (raw["surname"].endswith(FILLER) and raw["given_names"].endswith(FILLER))
        odd, as_k = raw["surname"].startswith(FILLER), "KKK" in raw["surname"] + raw["given_names"]
    if truncated:
        remarks.append(Remark("name-truncated", "names", "The name fills its field; a part may be missing."))
    if odd:
        remarks.append(Remark("name-oddly-parted", "names", "Fillers part the names in an unusual way."))
    if as_k:
        remarks.append(Remark("filler-perhaps-k", "names", "A K stands where a filler is likely."))
    if not surname and not given:
        remarks.append(Remark("name-missing", "names", "There is no name."))
    return surname, given


def _number(layout: Layout, lines: tuple[str, ...], raw: dict[str, str]) -> tuple[str, str]:
    """The whole document number, and the optional data without the part of the number that stood there."""
    number, optional = raw["document_number"], raw["optional_data"]
    taken = number_continues(layout, lines)
    if taken:
        return naming.spaced(number + optional[: taken - 1]), optional[taken:]
    return naming.spaced(number), optional


def _date(name: str, dated: centuries.Dated, remarks: list[Remark]) -> PartialDate | None:
    field = name.replace("-", "_")
    if dated.problem == "impossible":
        remarks.append(Remark(f"{name}-impossible", field, "No calendar has this date."))
    elif dated.problem == "zeros":
        remarks.append(Remark(f"{name}-zeros", field, "Zeros stand where fillers should mark an unknown part."))
    elif dated.problem == "unusual":
        remarks.append(Remark(f"{name}-unusual", field, "This date is long past."))
    elif dated.value is None:
        remarks.append(Remark(f"{name}-unknown", field, "The date is not given."))
    elif not dated.value.is_full:
        remarks.append(Remark(f"{name}-partial", field, "A part of the date is unknown."))
    return dated.value


def _issue_month(number: str, today: date) -> PartialDate | None:
    """Year and month in which a French card was issued: the first four digits of its number."""
    return centuries.birth(number[:4] + FILLER * 2, today).value if DIGITS.issuperset(number[:4]) else None


def _about_fields(layout: Layout, fields: Fields, raw: dict[str, str]) -> Iterator[Remark]:
    code = fields.document_code
    odd_second = layout.name in ("TD1", "TD2") and (code[1:] == "V" or code == "AI")
    if code[:1] not in layout.first or not code or odd_second:
        yield Remark("document-code-unusual", "document_code", "The standard does not give this code to the layout.")
    yield from _about_state("issuing-state", fields.issuing_state)
    if layout.has("nationality"):
        yield from _about_state("nationality", fields.nationality)
    if not fields.document_number:
        yield Remark("document-number-missing", "document_number", "There is no document number.")
    if fields.sex is None:
        yield Remark("sex-unreadable", "sex", "Only M, F, X or < can stand here.")
    elif raw["sex"] == "X":
        yield Remark("sex-as-x", "sex", "The zone has X; the standard writes < there.")
    if not layout.has("expiry_date"):
        yield Remark("no-expiry-date", "expiry_date", "This layout has no expiry date.")
    born = fields.birth_date.earliest() if fields.birth_date else None
    expires = fields.expiry_date.latest() if fields.expiry_date else None
    if born and expires and expires < born:
        yield Remark("expiry-before-birth", "expiry_date", "The document expires before its holder is born.")


def _about_state(name: str, code: str) -> Iterator[Remark]:
    field = name.replace("-", "_")
    standing = states.standing(code)
    if not code:
        yield Remark(f"{name}-missing", field, "There is no code.")
    elif standing == "unknown":
        yield Remark(f"{name}-unknown", field, "No table has this code.")
    elif standing == "deprecated":
        yield Remark(f"{name}-deprecated", field, "This code is in old documents only.")
