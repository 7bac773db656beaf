"""Tables of Eurostat on the enforcement of immigration legislation, in its codes and as it writes them.

Source: Regulation (EC) 862/2007 Articles 5 and 7 as amended by Regulation (EU) 2020/851; values are multiples of 5 and totals are
rounded on their own (Eurostat, reference metadata of migr_eil and migr_asyapp). Columns as in its extracts: TIME, GEO, REASON,
CITIZEN and so on, UNIT, Value, Flag and Footnotes; `:` is not available, flag `c` confidential. An extract of 2018 also has INDIC_MG,
which tables of today have no more; they have BORDER instead (both from others who read them).

Codes: `codes.json`. Rounding is done after disclosure control: it protects nobody by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from xenia.insight.official import Missing, Part, Report, Scope, codes
from xenia.insight.question import Filter, Question
from xenia.insight.release import Released

STEP: Final = 5
HEADS: Final = {"reason": "REASON", "citizen": "CITIZEN", "border": "BORDER", "age": "AGE", "sex_stated": "SEX"}
"""Columns by breakdown, in the order of Eurostat's extracts."""
FORMAT: Final = ("UNIT", "Value", "Flag and Footnotes")
DATASETS: Final = {
    "migr_eirfs": ("reason", "citizen", "border"), "refused_sex_age": ("age", "sex_stated"),
    "transferred": ("citizen", "sex_stated"),
}  # fmt: skip
"""What each table is by; several parts of the report may belong to one. Only `migr_eirfs` is Eurostat's."""
OF: Final = {
    "migr_eirfs": "migr_eirfs", "migr_eirfs-border": "migr_eirfs", "refused-sex-age": "refused_sex_age",
    "transferred": "transferred",
}  # fmt: skip
TOTALS: Final = {"sex_stated": "T"}
FREQUENCIES: Final = {12: "A", 6: "S", 3: "Q", 1: "M"}
"""By months (SDMX CL_FREQ)."""

Line = list[str | int | float]


@dataclass(frozen=True)
class Dataset:
    """One of its tables: its name, what it is by, its lines. Of each line the key (codes by breakdown), value and flag."""

    name: str
    by: tuple[str, ...]
    lines: dict[tuple[str, ...], tuple[int | float | None, str]]


def _parts(scope: Scope) -> list[Part]:
    def ask(*by: str) -> Question:
        return Question("refusals", by, (), scope.since, scope.until)

    ours = tuple(
        Filter(name, (value,))
        for name, value in (("procedure", "readmission"), ("side", "requesting"), ("stage", "transferred"))
    )
    transferred = Question("stages_reached", ("citizen", "sex_stated"), ours, scope.since, scope.until)
    return [
        Part("migr_eirfs", _("Refused entry by citizenship and reason"), ask("citizen", "reason"), STEP),
        Part("migr_eirfs-border", _("Refused entry by kind of border and reason"), ask("border", "reason"), STEP),
        Part("refused-sex-age", _("Refused entry by sex and age"), ask("sex_stated", "age"), STEP),
        Part("transferred", _("Transferred under readmission agreements, by citizenship and sex"), transferred, STEP),
    ]


def datasets(parts: Sequence[tuple[Part, Released]]) -> list[Dataset]:
    """The tables of a report, each key once: what stands in two parts is the same cell, and is shown where one of them shows it."""
    found: dict[str, Dataset] = {}
    for part, made in parts:
        name = OF[part.key]
        whole = found.setdefault(name, Dataset(name, DATASETS[name], {}))
        own: set[tuple[str, ...]] = set()
        for cell in made.cells:
            codes_of = {
                one: TOTALS.get(one, "TOTAL") if member is None else codes.code(one, member)
                for one, member in zip(made.question.by, cell.members, strict=True)
            }
            key = tuple(codes_of.get(one, TOTALS.get(one, "TOTAL")) for one in whole.by)
            if key in own:
                raise ValueError(f"two members of {part.key} have the codes {key}")
            own.add(key)
            if whole.lines.get(key, (None, ""))[0] is None:
                whole.lines[key] = (cell.shown, "c" if cell.flag == "c" else "")
    return list(found.values())


def rows(one: Dataset, scope: Scope) -> tuple[list[str], list[Line]]:
    """A table in Eurostat's columns: headings, lines."""
    time, here = time_of(scope), place()
    heads = ["TIME", "GEO", *(HEADS[name] for name in one.by), *FORMAT]
    return heads, [
        [time, here, *key, "PER", ":" if value is None else value, flag] for key, (value, flag) in one.lines.items()
    ]


def sdmx_rows(one: Dataset, scope: Scope) -> list[dict[str, str | int | float]]:
    """Lines as observations: components by name. The structure is our own, its codes are Eurostat's."""
    fixed = {"STRUCTURE": "dataflow", "STRUCTURE_ID": f"XENIA:{one.name.upper()}(1.0)", "ACTION": "I",
             "FREQ": FREQUENCIES.get(_months(scope), "_O")}  # fmt: skip
    rest = {"UNIT": "PER", "GEO": place(), "TIME_PERIOD": time_of(scope)}
    return [
        {
            **fixed, **{HEADS[name]: code for name, code in zip(one.by, key, strict=True)}, **rest,
            "OBS_VALUE": "" if value is None else value, "CONF_STATUS": "C" if flag == "c" else "F",
        }
        for key, (value, flag) in one.lines.items()
    ]  # fmt: skip


def said(parts: Sequence[tuple[Part, Released]]) -> list[str]:
    """Codes in the tables that Eurostat's lists are not known to have."""
    found: set[str] = set()
    for _part, made in parts:
        for axis, name in enumerate(made.question.by):
            found |= {
                f"{HEADS[name]} {one}" for one in codes.unknown(name, (cell.members[axis] for cell in made.cells))
            }
    if not found:
        return []
    text = _("Codes that no list of Eurostat at hand has; they are our own: %(codes)s.")
    return [text % {"codes": ", ".join(sorted(found))}]


def place() -> str:
    """The code of the state that reports."""
    return codes.code("citizen", str(settings.XENIA_STATE))


def _months(scope: Scope) -> int:
    first, last = scope.since, scope.until
    months = (last.year - first.year) * 12 + last.month - first.month
    whole = (first.day, last.day) == (1, 1) and months in FREQUENCIES and (first.month - 1) % months == 0
    return months if whole else 0


def time_of(scope: Scope) -> str:
    """`2026`, `2026-S1`, `2026-Q1`, `2026-03`; any other period as its first day and how long it is."""
    first, months = scope.since, _months(scope)
    if months in (6, 3):
        return f"{first.year}-{FREQUENCIES[months]}{(first.month - 1) // months + 1}"
    if months:
        return str(first.year) if months == 12 else f"{first.year}-{first.month:02}"
    return f"{first.isoformat()}/P{(scope.until - first).days}D"


ROUNDED: Final = gettext_noop("Rounded to 5; totals are rounded on their own: parts need not add up to them.")
"""As `making.rounded` says it."""
_NO_ASYLUM = _("No procedure of asylum is installed, so that no facts of it are made.")
REPORT = Report(
    "eurostat",
    _("Eurostat: enforcement of immigration law"),
    _("Refusals of entry in the codes of Eurostat, rounded to 5."),
    "publication",
    _parts,
    missing=(
        Missing("migr_eipre", _("Found to be illegally present"), _("No register and no procedure records it.")),
        Missing(
            "migr_eiord",
            _("Ordered to leave"),
            _("No procedure records orders to leave; cases of readmission do not say whether there was one."),
        ),
        Missing(
            "migr_eirtn",
            _("Returned following an order to leave"),
            _("Of returns only transfers under readmission agreements are recorded; they have a table of their own."),
        ),
        Missing("migr_asyappctza", _("Asylum applicants"), _NO_ASYLUM),
        Missing("migr_asydcfsta", _("First instance decisions on asylum"), _NO_ASYLUM),
    ),
    notes=(
        _("Reasons are those of the standard form under Eurostat’s codes; a refusal counts once, under the first."),
        _(
            "Eurostat has no table of refusals by sex and age: that one is for use at home. Who is neither counts as unknown."
        ),
        _(
            "Transferred are those whom we asked another state to readmit, each time that a case came so far. It is not Eurostat’s table of returns."
        ),
    ),
)
