"""The layouts of machine-readable zones as data: which field stands where, which digit checks what.

Columns are counted from 0 and the end is excluded, so column 5 here is position 6 in the standard.
Sources: ICAO Doc 9303 (8th ed., 2021) part 4 (TD3), part 5 (TD1), part 6 (TD2), part 7 (MRV-A, MRV-B).
ID-FRA, the French identity card of 1988 to 2021, follows no ICAO part: its positions were checked with
two published specimens (`IDFRABERTHIER...`), of which every check digit comes out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from xenia.formats.mrz.digits import CHARACTERS, DIGITS, FILLER, LETTERS

# letters: A-Z, filler. digits: 0-9. date: 0-9, filler. mixed: all three. sex: M, F, X, filler.
Kind = Literal["letters", "digits", "date", "mixed", "sex"]
ALLOWED: dict[Kind, frozenset[str]] = {
    "letters": LETTERS | {FILLER},
    "digits": DIGITS,
    "date": DIGITS | {FILLER},
    "mixed": CHARACTERS,
    "sex": CHARACTERS,
}
LayoutName = Literal["TD1", "TD2", "TD3", "MRV-A", "MRV-B", "ID-FRA"]


@dataclass(frozen=True)
class Span:
    """Columns `start` to `end` (excluded) of a line; all three count from 0."""

    line: int
    start: int
    end: int

    def of(self, lines: tuple[str, ...] | list[str]) -> str:
        """The text at this place."""
        return lines[self.line][self.start : self.end]

    def __contains__(self, place: tuple[int, int]) -> bool:
        line, column = place
        return line == self.line and self.start <= column < self.end


@dataclass(frozen=True)
class Part:
    """One field of a layout: its name, what may stand in it, its place."""

    field: str
    kind: Kind
    span: Span


@dataclass(frozen=True)
class CheckRule:
    """One check digit: what it covers, in order, and where it stands.

    `filler_if_empty`: `<` stands for 0 where everything covered is filler (optional data of TD3).
    `also`: a second sequence that issuers are known to compute it from.
    """

    field: str
    covers: tuple[Span, ...]
    digit: Span
    filler_if_empty: bool = False
    also: tuple[Span, ...] = ()


@dataclass(frozen=True)
class Layout:
    """One kind of zone. `first`: letters that the document code begins with.

    `continued`: the optional field in which a number of more than nine characters goes on, or None.
    """

    name: LayoutName
    rows: int
    width: int
    first: str
    parts: tuple[Part, ...]
    checks: tuple[CheckRule, ...]
    continued: str | None = None
    by_field: dict[str, Part] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_field", {part.field: part for part in self.parts})

    def span(self, name: str) -> Span:
        """Where a field stands. Raises KeyError if this layout has none of that name."""
        return self.by_field[name].span

    def has(self, name: str) -> bool:
        """Whether this layout has a field of that name."""
        return name in self.by_field


def _check(name: str, line: int, start: int, end: int, *, filler_if_empty: bool = False) -> CheckRule:
    """A check digit that follows the field it covers."""
    return CheckRule(name, (Span(line, start, end),), Span(line, end, end + 1), filler_if_empty)


def _head(names_end: int) -> tuple[Part, ...]:
    """The upper line of every two-line layout of ICAO."""
    return (
        Part("document_code", "mixed", Span(0, 0, 2)),
        Part("issuing_state", "letters", Span(0, 2, 5)),
        Part("names", "letters", Span(0, 5, names_end)),
    )


def _second_line(optional_end: int) -> tuple[Part, ...]:
    """The lower line of every two-line layout of ICAO."""
    return (
        Part("document_number", "mixed", Span(1, 0, 9)),
        Part("nationality", "letters", Span(1, 10, 13)),
        Part("birth_date", "date", Span(1, 13, 19)),
        Part("sex", "sex", Span(1, 20, 21)),
        Part("expiry_date", "date", Span(1, 21, 27)),
        Part("optional_data", "mixed", Span(1, 28, optional_end)),
    )


_SECOND_LINE_CHECKS = (
    _check("document_number", 1, 0, 9),
    _check("birth_date", 1, 13, 19),
    _check("expiry_date", 1, 21, 27),
)

TD3 = Layout(
    name="TD3",
    rows=2,
    width=44,
    first="P",
    parts=_head(44) + _second_line(42),
    checks=(
        *_SECOND_LINE_CHECKS,
        _check("optional_data", 1, 28, 42, filler_if_empty=True),
        CheckRule("composite", (Span(1, 0, 10), Span(1, 13, 20), Span(1, 21, 43)), Span(1, 43, 44)),
    ),
)

TD2 = Layout(
    name="TD2",
    rows=2,
    width=36,
    first="ACI",
    parts=_head(36) + _second_line(35),
    checks=(
        *_SECOND_LINE_CHECKS,
        CheckRule("composite", (Span(1, 0, 10), Span(1, 13, 20), Span(1, 21, 35)), Span(1, 35, 36)),
    ),
    continued="optional_data",
)

TD1 = Layout(
    name="TD1",
    rows=3,
    width=30,
    first="ACI",
    parts=(
        Part("document_code", "mixed", Span(0, 0, 2)),
        Part("issuing_state", "letters", Span(0, 2, 5)),
        Part("document_number", "mixed", Span(0, 5, 14)),
        Part("optional_data", "mixed", Span(0, 15, 30)),
        Part("birth_date", "date", Span(1, 0, 6)),
        Part("sex", "sex", Span(1, 7, 8)),
        Part("expiry_date", "date", Span(1, 8, 14)),
        Part("nationality", "letters", Span(1, 15, 18)),
        Part("optional_data_2", "mixed", Span(1, 18, 29)),
        Part("names", "letters", Span(2, 0, 30)),
    ),
    checks=(
        _check("document_number", 0, 5, 14),
        _check("birth_date", 1, 0, 6),
        _check("expiry_date", 1, 8, 14),
        CheckRule("composite", (Span(0, 5, 30), Span(1, 0, 7), Span(1, 8, 15), Span(1, 18, 29)), Span(1, 29, 30)),
    ),
    continued="optional_data",
)

MRV_A = Layout(
    name="MRV-A", rows=2, width=44, first="V", parts=_head(44) + _second_line(44), checks=_SECOND_LINE_CHECKS
)

MRV_B = Layout(
    name="MRV-B", rows=2, width=36, first="V", parts=_head(36) + _second_line(36), checks=_SECOND_LINE_CHECKS
)

# No nationality and no expiry date; the first four characters of the number are year and month of issue.
# `optional_data`: department and office of issue. Given names are parted by two fillers.
ID_FRA = Layout(
    name="ID-FRA",
    rows=2,
    width=36,
    first="I",
    parts=(
        Part("document_code", "mixed", Span(0, 0, 2)),
        Part("issuing_state", "letters", Span(0, 2, 5)),
        Part("surname", "letters", Span(0, 5, 30)),
        Part("optional_data", "mixed", Span(0, 30, 36)),
        Part("document_number", "mixed", Span(1, 0, 12)),
        Part("given_names", "letters", Span(1, 13, 27)),
        Part("birth_date", "date", Span(1, 27, 33)),
        Part("sex", "sex", Span(1, 34, 35)),
    ),
    checks=(
        _check("document_number", 1, 0, 12),
        _check("birth_date", 1, 27, 33),
        CheckRule("composite", (Span(0, 0, 36), Span(1, 0, 35)), Span(1, 35, 36)),
    ),
)

# Order matters where two layouts of one shape read equally well: the first wins.
LAYOUTS: tuple[Layout, ...] = (TD3, MRV_A, TD1, ID_FRA, MRV_B, TD2)
BY_NAME: dict[str, Layout] = {layout.name: layout for layout in LAYOUTS}


def number_continues(layout: Layout, lines: tuple[str, ...] | list[str]) -> int:
    """How many characters of the optional field belong to the document number, its check digit included.

    0 for a number of at most nine characters. Source: Doc 9303 part 5, note j, and part 6, note j:
    filler instead of the check digit, then the rest, its check digit and a filler.
    """
    if layout.continued is None:
        return 0
    number, optional = layout.span("document_number"), layout.span(layout.continued)
    text = optional.of(lines)
    if lines[number.line][number.end - 1] == "<" or lines[number.line][number.end] != "<" or text.startswith("<"):
        return 0
    length = text.find("<")
    length = len(text) if length < 0 else length
    return length if length > 1 else 0


def rules(layout: Layout, lines: tuple[str, ...] | list[str]) -> tuple[CheckRule, ...]:
    """The check digits of these lines: those of the layout, a continued number's in its place."""
    taken = number_continues(layout, lines)
    if not taken or layout.continued is None:
        return layout.checks
    number, optional = layout.span("document_number"), layout.span(layout.continued)
    end = optional.start + taken
    rest = Span(optional.line, optional.start, end - 1)
    continued = CheckRule(
        "document_number",
        (number, rest),
        Span(optional.line, end - 1, end),
        # Belgian cards count the filler at position 15 too, which shifts the weights (seen in a specimen).
        also=(Span(number.line, number.start, number.end + 1), rest),
    )
    return (continued, *layout.checks[1:])
