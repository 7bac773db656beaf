"""Tables of Eurostat on the enforcement of immigration legislation, in its codes and as it writes them.

Source: Regulation (EC) 862/2007 Articles 5 and 7 as amended by Regulation (EU) 2020/851; values are multiples of 5 and totals are
rounded on their own (Eurostat, reference metadata of migr_eil and migr_asyapp). Columns as in its extracts: TIME, GEO, CITIZEN and
so on, UNIT, Value, Flag and Footnotes; `:` is not available, flag `c` confidential.

Reasons stand under the letters of the standard form (Regulation (EU) 2016/399 Annex V Part B); the code list of the transmission
format was not at hand. Rounding is done after disclosure control: it protects nobody by itself.
"""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from xenia.formats import states
from xenia.insight.official import Missing, Part, Report, Scope
from xenia.insight.question import Question
from xenia.insight.release import Released

STEP: Final = 5
FORMAT: Final = ("UNIT", "Value", "Flag and Footnotes")
HEADS: Final = {"nationality": "CITIZEN", "reason": "REASON", "sex": "SEX", "age": "AGE"}
CODES: Final = {
    "sex": {"F": "F", "M": "M", "X": "UNK", "": "UNK"},
    "age": {"0-13": "Y_LT14", "14-17": "Y14-17", "18-34": "Y18-34", "35-64": "Y35-64", "65+": "Y_GE65", "": "UNK"},
}
TOTALS: Final = {"sex": "T"}
GEO: Final = {"GR": "EL", "GB": "UK"}
"""Where Eurostat writes another code than ISO 3166-1."""


def _parts(scope: Scope) -> list[Part]:
    def ask(*by: str) -> Question:
        return Question("refusals", by, (), scope.since, scope.until)

    return [
        Part("migr_eirfs", _("Refused entry by citizenship and reason"), ask("nationality", "reason"), STEP),
        Part("migr_eirfs-age", _("Refused entry by sex and age"), ask("sex", "age"), STEP),
    ]


def rows(part: Part, made: Released, scope: Scope) -> tuple[list[str], list[list[str | int | float]]]:
    """A table in Eurostat's columns and codes: headings, lines."""
    by = made.question.by
    heads = ["TIME", "GEO", *(HEADS.get(name, name.upper()) for name in by), *FORMAT]
    time, here = _time(scope), _geo(str(settings.XENIA_STATE))
    lines: list[list[str | int | float]] = []
    for cell in made.cells:
        codes = [_code(name, member) for name, member in zip(by, cell.members, strict=True)]
        value: str | int | float = ":" if cell.shown is None else cell.shown
        lines.append([time, here, *codes, "PER", value, "c" if cell.flag == "c" else ""])
    return heads, lines


def _time(scope: Scope) -> str:
    first, months = scope.since, (scope.until.year - scope.since.year) * 12 + scope.until.month - scope.since.month
    if (first.day, scope.until.day, months) == (1, 1, 12) and first.month == 1:
        return str(first.year)
    if (first.day, scope.until.day, months) == (1, 1, 3) and first.month % 3 == 1:
        return f"{first.year}-Q{first.month // 3 + 1}"
    if (first.day, scope.until.day, months) == (1, 1, 1):
        return f"{first.year}-{first.month:02}"
    return f"{first.isoformat()}/{scope.until.isoformat()}"


def _code(name: str, member: str | None) -> str:
    if member is None:
        return TOTALS.get(name, "TOTAL")
    if name == "nationality":
        return _geo(member) if member else "UNK"
    return CODES.get(name, {}).get(member, member or "UNK")


def _geo(code: str) -> str:
    found = states.find(code)
    if found is None or not found.alpha2 or found.kind != "state":
        return {"XXA": "STLS", "XXX": "UNK"}.get(code, code)
    return GEO.get(found.alpha2, found.alpha2)


_NO_FACTS = _("No facts of this are made yet: no procedure and no register records it.")
REPORT = Report(
    "eurostat",
    _("Eurostat: enforcement of immigration law"),
    _("Refusals of entry in the codes of Eurostat, rounded to 5."),
    "publication",
    _parts,
    missing=(
        Missing("migr_eipre", _("Found to be illegally present"), _NO_FACTS),
        Missing("migr_eiord", _("Ordered to leave"), _NO_FACTS),
        Missing("migr_eirtn", _("Returned following an order to leave"), _NO_FACTS),
        Missing("migr_asyappctza", _("Asylum applicants"), _NO_FACTS),
        Missing("migr_asydcfsta", _("First instance decisions on asylum"), _NO_FACTS),
    ),
    notes=(
        _("Values are rounded to 5. Totals are rounded on their own: parts need not add up to them."),
        _("Reasons stand under the letters of the standard form; a refusal counts once, under the first."),
    ),
)
