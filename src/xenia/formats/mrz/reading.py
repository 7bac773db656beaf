"""What was read from a machine-readable zone: fields, checks, warnings, repairs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from xenia.formats.dates import PartialDate
from xenia.formats.mrz.layouts import BY_NAME, LayoutName, Span

Sex = Literal["M", "F", "X"]


@dataclass(frozen=True)
class Fields:
    """The fields of a zone, filler removed. `""`: nothing stands there, or the layout has no such field.

    Names and numbers: a filler inside is a space. `sex`: X is unspecified (`<` in the zone), None is
    unreadable. Dates: None is unknown, impossible or not in the layout; the warnings say which.
    `optional_data_2`: the second optional field of TD1. `issue_month`: ID-FRA only.
    """

    document_code: str = ""
    issuing_state: str = ""
    document_number: str = ""
    surname: str = ""
    given_names: str = ""
    nationality: str = ""
    birth_date: PartialDate | None = None
    sex: Sex | None = None
    expiry_date: PartialDate | None = None
    optional_data: str = ""
    optional_data_2: str = ""
    issue_month: PartialDate | None = None


@dataclass(frozen=True)
class Check:
    """One check digit. `expected`: None where an unreadable character stands in what it covers.

    `field`: document_number, birth_date, expiry_date, optional_data or composite. `digit` and `covers`
    say where to underline, in the lines of the reading.
    """

    field: str
    expected: str | None
    found: str
    ok: bool
    digit: Span
    covers: tuple[Span, ...]


@dataclass(frozen=True)
class Repair:
    """One character that was, or could have been, read for another. `at` is one column wide.

    `applied`: the check digits confirmed it, and the lines of the reading hold `repaired`.
    Otherwise they still hold `found`. An inserted filler has `found` `""`, a removed one `repaired` `""`.
    """

    field: str
    at: Span
    found: str
    repaired: str
    applied: bool


@dataclass(frozen=True)
class Remark:
    """A warning. `code` is stable and described in `docs/reference/mrz.md`; `field` may be `""`."""

    code: str
    field: str = ""
    text: str = ""


# A zone with one of these is never valid, whatever its check digits say.
SPOILING = frozenset(
    {
        "birth-date-impossible",
        "character-not-allowed",
        "document-number-missing",
        "empty",
        "expiry-date-impossible",
        "line-padded",
        "name-missing",
        "sex-unreadable",
        "text-cut",
        "unreadable",
        "wrong-kind-of-character",
    }
)


@dataclass(frozen=True)
class Reading:
    """One zone as it was understood. `layout` is None where none fits; `fields` are then all empty.

    `lines`: after repair; `lines_found`: before it. `valid`: a layout fits, every character is allowed
    where it stands, every check digit is right, dates and sex can be; it says nothing about expiry,
    or whether the issuing state exists.
    """

    layout: LayoutName | None
    lines: tuple[str, ...]
    lines_found: tuple[str, ...]
    fields: Fields
    checks: tuple[Check, ...]
    warnings: tuple[Remark, ...]
    repairs: tuple[Repair, ...] = ()

    @property
    def valid(self) -> bool:
        """Whether the zone is as its standard wants it, after the reported repairs."""
        if self.layout is None or not all(check.ok for check in self.checks):
            return False
        return SPOILING.isdisjoint(self.warning_codes)

    @property
    def warning_codes(self) -> tuple[str, ...]:
        """The codes of the warnings, each once, in order."""
        return tuple(dict.fromkeys(warning.code for warning in self.warnings))

    @property
    def name_truncated(self) -> bool:
        """The name fills its field: compare names by their beginning."""
        return "name-truncated" in self.warning_codes

    def is_expired(self, on: date) -> bool | None:
        """Whether the last day of validity is before `on`, the local day; None without an expiry date."""
        last = self.fields.expiry_date.latest() if self.fields.expiry_date else None
        return None if last is None else last < on

    def span(self, field: str) -> Span | None:
        """Where a field stands in `lines`; None where the layout has none of that name.

        Surname and given names share one place where the layout has one field for both.
        """
        if self.layout is None:
            return None
        layout = BY_NAME[self.layout]
        place = "names" if field in ("surname", "given_names") and layout.has("names") else field
        return layout.span(place) if layout.has(place) else None
