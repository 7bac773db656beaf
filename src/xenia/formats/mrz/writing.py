"""Writing a zone from its fields."""

from __future__ import annotations

from collections.abc import Sequence

from xenia.formats.mrz import centuries, naming
from xenia.formats.mrz.digits import CHARACTERS, FILLER, LETTERS, BadMRZ, check_digit
from xenia.formats.mrz.layouts import BY_NAME, Layout, LayoutName
from xenia.formats.mrz.reading import Fields
from xenia.formats.mrz.transliteration import transliterate

_SEXES = {"M": "M", "F": "F", "X": FILLER, None: FILLER}


def write(layout: LayoutName | str, fields: Fields) -> tuple[str, ...]:
    """The lines of a zone with every check digit.

    Names may be in any script that `transliterate` knows and are shortened as the standard says; spaces
    and hyphens in numbers and optional data become fillers. A date that is None is written as unknown.
    The check digit of TD3's optional data is `<` where it is empty.
    Raises `BadMRZ` for an unknown layout and for what does not fit: codes, characters, too long a number.
    Source: ICAO Doc 9303 parts 3 to 7 (8th ed., 2021).
    """
    chosen = BY_NAME.get(layout)
    if chosen is None:
        raise BadMRZ(f"There is no layout {layout!r}.", f"Use one of {', '.join(BY_NAME)}.")
    grid = [[FILLER] * chosen.width for _ in range(chosen.rows)]
    number, rest = _number(chosen, fields)
    texts = {
        "document_code": _code("document code", fields.document_code, 2),
        "issuing_state": _state("issuing state", fields.issuing_state),
        "document_number": number,
        "nationality": _state("nationality", fields.nationality),
        "birth_date": centuries.six(fields.birth_date),
        "sex": _SEXES.get(fields.sex, FILLER),
        "expiry_date": centuries.six(fields.expiry_date),
        "optional_data": rest + _plain("optional data", fields.optional_data),
        "optional_data_2": _plain("optional data", fields.optional_data_2),
        **_names(chosen, fields),
    }
    for part in chosen.parts:
        _put(grid, chosen, part.field, texts[part.field])
    return _checked(chosen, grid, continued=bool(rest))


def _put(grid: list[list[str]], layout: Layout, name: str, text: str) -> None:
    span = layout.span(name)
    if len(text) > span.end - span.start:
        raise BadMRZ(
            f"The {name.replace('_', ' ')} is longer than the {span.end - span.start} places that {layout.name} has.",
            "Shorten it, or take another layout.",
        )
    grid[span.line][span.start : span.start + len(text)] = text


def _checked(layout: Layout, grid: Sequence[list[str]], *, continued: bool) -> tuple[str, ...]:
    """The lines with the check digits put in, in the order of the rules: the composite covers the others."""
    lines = ["".join(row) for row in grid]
    for rule in layout.checks:
        if rule.field == "document_number" and continued:
            continue  # its check digit stands behind the rest of the number
        covered = "".join(span.of(lines) for span in rule.covers)
        empty = rule.filler_if_empty and not covered.strip(FILLER)
        digit = FILLER if empty else str(check_digit(covered))
        row = lines[rule.digit.line]
        lines[rule.digit.line] = row[: rule.digit.start] + digit + row[rule.digit.end :]
    return tuple(lines)


def _names(layout: Layout, fields: Fields) -> dict[str, str]:
    surname = transliterate(fields.surname, fields.issuing_state)
    given = transliterate(fields.given_names, fields.issuing_state)
    if not surname and not given:
        raise BadMRZ("There is no name to write.", "Give a surname, or the only name as surname.")
    if layout.has("names"):
        span = layout.span("names")
        return {"names": naming.join(surname or given, given if surname else "", span.end - span.start)}
    return {
        "surname": naming.parted(surname or given, 25, FILLER),
        "given_names": naming.parted(given if surname else "", 14, FILLER * 2),
    }


def _number(layout: Layout, fields: Fields) -> tuple[str, str]:
    """What stands in the number field, and what goes on in the optional field (with its check digit)."""
    number = _plain("document number", fields.document_number)
    span = layout.span("document_number")
    room = span.end - span.start
    if not number:
        raise BadMRZ("There is no document number to write.", "Give the document number.")
    if len(number) <= room or layout.continued is None:
        return number, ""
    if FILLER in number[room:]:
        raise BadMRZ("A long document number cannot have a gap behind its ninth character.", "Leave the gap out.")
    return number[:room], number[room:] + str(check_digit(number)) + FILLER


def _plain(name: str, text: str) -> str:
    """Upper case, with fillers for spaces and hyphens."""
    plain = "".join(FILLER if c in " -" else c for c in text.upper())
    if not CHARACTERS.issuperset(plain):
        raise BadMRZ(f"The {name} has a character that no zone has.", "Use A to Z, 0 to 9, spaces and hyphens.")
    return plain


def _code(name: str, text: str, longest: int) -> str:
    if not 1 <= len(text) <= longest or not CHARACTERS.issuperset(text):
        raise BadMRZ(f"The {name} {text!r} cannot be written.", f"Give 1 to {longest} capital letters.")
    return text


def _state(name: str, text: str) -> str:
    if len(text) > 3 or not LETTERS.issuperset(text):
        raise BadMRZ(
            f"The {name} {text!r} is no three-letter code.", "Give the code of ICAO Doc 9303 part 3, section 5."
        )
    return text
