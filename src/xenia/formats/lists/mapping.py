"""A column mapping: which of a source's columns are which of our fields, and how it writes them. Pure.

It is saved with the source and part of its proposal, so that nobody alone changes what a column means.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from xenia.errors import BadInput
from xenia.formats.dates import BadDate
from xenia.formats.lists import values
from xenia.formats.lists.countries import code_from
from xenia.formats.lists.csv import KINDS, whose
from xenia.formats.lists.days import ORDERS, ordered
from xenia.formats.lists.records import BadList, Limits, Record, Refused, Told

ENCODINGS: Final = ("utf-8", "utf-16", "cp1252", "latin-1", "cp1251")
SEPARATORS: Final = (",", ";", "\t", "|")
_DATES: Final = frozenset({"birth_date", "valid_from", "valid_until", "review_on", "event_on", "issued_on"})
_STATES: Final = frozenset({"nationalities", "issuing_state", "plate_state"})
_SEVERAL: Final = frozenset(
    {"birth_date", "nationalities", "aliases", "weak_aliases", "birth_names", "native_names", "documents", "territory"}
)
_SEXES: Final = {"MALE": "M", "FEMALE": "F", "1": "M", "2": "F", "0": "", "9": "", "U": "", "UNKNOWN": ""}
_NOTHING: Final = frozenset({"-", "--", "N/A", "NULL", "-0-"})
_LONGEST_HEADING, _MOST_COLUMNS, _MOST_WORDS = 200, 200, 500
_HOW: Final = "Correct the columns and propose the source again."

Row = tuple[int, Sequence[str]]


@dataclass(frozen=True)
class ColumnMapping:
    """`columns`: heading of the source to our field; several headings of one field are joined.

    `always`: text of fields for which the source has no column. `words`: field to the source's words to ours
    (`{"status": {"gestohlen": "stolen"}}`). `between` parts several values in one cell. `dates`: one of `ORDERS`.
    `minimum_rows`: a file with fewer rows is refused, because nothing else says that it was cut. `heading_line` counts
    from 1. `sheet`: its name, `""` the first; for spreadsheets only, `separator` and `encoding` for text only.
    """

    columns: Mapping[str, str]
    minimum_rows: int = 1
    always: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    separator: str = ","
    encoding: str = "utf-8"
    dates: str = "iso"
    between: str = "|"
    heading_line: int = 1
    sheet: str = ""

    def to_json(self) -> dict[str, Any]:
        """As it is saved."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ColumnMapping:
        """The mapping that `to_json` gave. Raises `BadInput` (code `list-mapping`) where it is none."""
        try:
            return cls(**data)
        except TypeError:
            raise BadInput("That is not a column mapping.", _HOW, code="list-mapping") from None

    def check(self, kind: str) -> None:
        """Whether records of `kind` can be read with it. Raises `BadInput` (code `list-mapping`)."""
        wrong = self._wrong_columns(kind) or self._wrong_writing()
        if wrong:
            raise BadInput(wrong, _HOW, code="list-mapping")

    def _wrong_columns(self, kind: str) -> str:
        columns, _ = KINDS[kind]
        known, told = {*columns.required, *columns.optional}, {*self.columns.values(), *self.always}
        unknown = sorted((told | set(self.words)) - known)
        missing = [name for name in needed(kind) if name not in told]
        both = sorted(set(self.columns.values()) & set(self.always))
        if not self.columns or len(self.columns) > _MOST_COLUMNS:
            return "No column, or too many columns, are named."
        if any(not heading.strip() or len(heading) > _LONGEST_HEADING for heading in self.columns):
            return "A heading is empty or longer than 200 characters."
        if unknown:
            return f"There is no field {unknown[0]}."
        if missing:
            return f"No column holds {missing[0]}."
        if both:
            return f"{both[0]} has a column and a text for always."
        return "" if sum(map(len, self.words.values())) <= _MOST_WORDS else "There are too many words."

    def _wrong_writing(self) -> str:
        if self.encoding not in ENCODINGS or self.separator not in SEPARATORS:
            return "There is no such encoding or separator."
        if self.dates not in ORDERS:
            return "There is no such order of day, month and year."
        if not (1 <= self.heading_line <= 100 and 1 <= self.minimum_rows <= 30_000_000):
            return "The line of the headings is 1 to 100, and at least one row is expected."
        if len(self.between) != 1 or self.between.isalnum() or self.between.isspace():
            return "Values in one cell are parted by one sign."
        return "" if len(self.sheet) <= 64 else "The name of the sheet is too long."


def needed(kind: str) -> tuple[str, ...]:
    """Fields of a kind for which a mapping has a column or a text: enough to tell a record and keep it apart."""
    return {
        "person": ("record_id", "surname"),
        "document": ("type", "issuing_state", "number", "status"),
        "visa": ("sticker_number", "issuing_state", "type", "valid_from", "valid_until"),
        "vehicle": ("plate", "status"),
    }[kind]


def read(
    kind: str,
    heading: Sequence[str],
    rows: Iterator[Row | Refused],
    mapping: ColumnMapping,
    limits: Limits | None = None,
    told: Told | None = None,
) -> Iterator[Record | Refused]:
    """Records out of the rows under `heading`. Raises `BadList`: `list-columns`, `list-cut` (fewer rows than expected)."""
    limits, told, (columns, make) = limits or Limits(), told or Told(), KINDS[kind]
    places = _places(heading, mapping)
    blank = dict.fromkeys((*columns.required, *columns.optional), "")
    for row in rows:
        told.rows += 1
        if told.rows > limits.rows:
            raise BadList("The file is larger than a list may be.", "Ask its source.", code="list-too-large")
        if isinstance(row, Refused):
            yield row
            continue
        line, cells = row
        named = blank
        try:
            named = blank | _fields(cells, places, mapping, limits)
            yield make(line, named, limits)
        except values.Refusal as refusal:
            yield refusal.at(line, whose(kind, named) if named is not blank else _told_id(cells, places))
    if told.rows < mapping.minimum_rows:
        raise BadList(
            f"The file has {told.rows} rows, at least {mapping.minimum_rows} are expected.",
            "It may have been cut. Ask its source for it again, or propose another number.",
            code="list-cut",
        )


def _places(heading: Sequence[str], mapping: ColumnMapping) -> dict[str, list[int]]:
    """Where the columns of each field stand. Raises `BadList` where one is missing or named twice."""
    names = [" ".join(name.split()) for name in heading]
    places: dict[str, list[int]] = {}
    for told, name in mapping.columns.items():
        plain = " ".join(told.split())
        at = [place for place, one in enumerate(names) if one == plain]
        if len(at) != 1:
            said = "missing" if not at else "named twice"
            shown = "".join(c if c.isprintable() else "?" for c in plain[:40])
            raise BadList(
                f"The column {shown!r} is {said} in the file.",
                "If its source has changed the file, propose the source with new columns.",
                code="list-columns",
            )
        places.setdefault(name, []).append(at[0])
    return places


def _told_id(cells: Sequence[str], places: Mapping[str, Sequence[int]]) -> str:
    at = [place for place in places.get("record_id", ()) if place < len(cells)]
    return " ".join(cells[place].strip() for place in at)[:120]


def _fields(
    cells: Sequence[str], places: Mapping[str, Sequence[int]], mapping: ColumnMapping, limits: Limits
) -> dict[str, str]:
    fields = dict(mapping.always)
    for name, at in places.items():
        texts = [values.clean(cells[place], name, limits) for place in at if place < len(cells)]
        texts = [text for text in texts if text and text.upper() not in _NOTHING]
        fields[name] = _written(name, texts, mapping)
    return fields


def _written(name: str, texts: Sequence[str], mapping: ColumnMapping) -> str:
    """Our text of a field out of the source's."""
    words = mapping.words.get(name, {})
    if name in _SEVERAL:
        parts = [part.strip() for text in texts for part in text.split(mapping.between)]
        return values.BETWEEN.join(_one(name, words.get(part, part), mapping) for part in parts if part)
    text = " ".join(texts)
    return _one(name, words.get(text, text), mapping) if text else ""


def _one(name: str, text: str, mapping: ColumnMapping) -> str:
    if name in _DATES:
        try:
            return ordered(text, mapping.dates)
        except BadDate:
            raise values.Refusal("date", name, text) from None
    if name in _STATES:
        return code_from(text) or text
    if name == "sex":
        return _SEXES.get(text.upper(), text)
    return text
