"""A report as a page showed it, kept for a day for its reader: files are made of it, and nothing is asked or released again.

DIR/kept/<account>/report-<digest>.json    which report, of when, and its tables as they were shown
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from xenia.access.standing import Standing
from xenia.errors import NotAllowed, NotFound
from xenia.insight import actions, kept, report_kinds, table_actions
from xenia.insight.official import Report, Scope, catalogue, making, out
from xenia.insight.official.making import Made, Shown
from xenia.insight.warehouse import Warehouse, write_whole
from xenia.journal.actions import append, writing


def show(here: Standing, where: Warehouse, report: Report, scope: Scope, grade: str) -> tuple[Made, str]:
    """The report with what posts have not told yet, kept for this account, and the name it is kept under. Raises as `making.make`."""
    made = with_coverage(making.make(here, where, report, scope, grade))
    data = json.dumps(told(made), ensure_ascii=False, sort_keys=True).encode()
    name = hashlib.sha256(data).hexdigest()
    write_whole(_place(where, name, here.account), data)
    return made, name


def with_coverage(made: Made) -> Made:
    """The report whose tables also say which posts have not told everything yet, in the language of now."""
    parts = [
        one if one.table is None else replace(one, table=table_actions.with_coverage(one.table)) for one in made.parts
    ]
    return replace(made, parts=tuple(parts))


def find(where: Warehouse, name: str, who: UUID) -> Made:
    """A report that was shown to this account. Raises `NotFound` (`table-gone`)."""
    if kept.DIGEST.fullmatch(name):
        try:
            return from_told(json.loads(_place(where, name, who).read_text(encoding="utf-8")))
        except FileNotFoundError:
            pass
    raise NotFound("This report is not kept any more.", "Open it again.", code="table-gone")


def take(here: Standing, made: Made, form: str, language: str, table: str = "") -> bytes:
    """The report or one of its tables as a file; of each table who took it is in the journal. Raises as `out.data` does."""
    if form not in out.TYPES:
        raise NotFound(
            _("There is no form “%(name)s”.") % {"name": form[:10]},
            _("Known are %(known)s.") % {"known": ", ".join(out.TYPES)},
            code="unknown-format",
        )
    data = out.data(made, form, language, table)
    taken = out.only(made, table) if table else made
    with writing():
        for one in taken.parts:
            if one.table is None:
                continue
            body = {
                "form": f"report-{form}", "grade": one.table.grade, "question": one.table.question.told(),
                "digest": one.table.digest, "bytes": len(data),
            }  # fmt: skip
            append(report_kinds.TAKEN, body, here.act(actions.PURPOSE, f"table:{one.table.digest[:16]}"))
    return data


def told(made: Made) -> dict[str, Any]:
    """A report as it is kept."""
    scope = made.scope
    return {
        "report": made.report.name,
        "since": scope.since.isoformat(),
        "until": scope.until.isoformat(),
        "agreement": scope.agreement,
        "grade": made.grade,
        "parts": {one.part.key: kept.told(one.table) for one in made.parts if one.table is not None},
        "withheld": {
            one.part.key: [one.problem.message, one.problem.what_to_do, one.problem.code]
            for one in made.parts
            if one.problem is not None
        },
    }


def from_told(said: dict[str, Any]) -> Made:
    """The report that `told` kept."""
    report = catalogue.named(said["report"])
    scope = Scope(date.fromisoformat(said["since"]), date.fromisoformat(said["until"]), said["agreement"])
    parts = []
    for part in report.parts(scope):
        if part.key in said["parts"]:
            parts.append(Shown(part, kept.from_kept(said["parts"][part.key])))
        elif part.key in said["withheld"]:
            message, what_to_do, code = said["withheld"][part.key]
            parts.append(Shown(part, None, NotAllowed(message, what_to_do, code=code)))
    return Made(report, scope, said["grade"], tuple(parts))


def _place(where: Warehouse, name: str, who: UUID) -> Path:
    return where.folder / kept.FOLDER / str(who) / f"report-{name}.json"
