"""Asking from a page: the answer is kept for its reader, and each file made of it is written into the journal."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from pathlib import Path

from django.utils.translation import gettext as _

from xenia.access import policy
from xenia.access.standing import Standing
from xenia.errors import NotFound
from xenia.insight import actions, coverage, files, kept, report_kinds
from xenia.insight.address import Address
from xenia.insight.charts import Wish
from xenia.insight.release import Released
from xenia.insight.warehouse import Warehouse
from xenia.journal.actions import append, writing

PICTURES = "pictures"


@dataclass(frozen=True)
class Taken:
    """A file that was made of a released table."""

    data: bytes
    name: str
    content_type: str


def ask(here: Standing, where: Warehouse, given: Address, today: date) -> Released:
    """The answer to a page's question, kept for a day for this account: pictures and files are made of it.

    Raises as `actions.ask` does.
    """
    made = with_coverage(actions.ask(here, where, given.question(today), given.grade, given.reason))
    return kept.keep(where, made, here.account)


def with_coverage(made: Released) -> Released:
    """The table that also says which posts have not told everything yet, in the language of now."""
    last = made.question.until
    until = datetime.combine(last, time(), UTC) if last else None
    said = coverage.notes(coverage.reaching(coverage.now(), until))
    return replace(made, notes=(*made.notes, *said))


def find(here: Standing, where: Warehouse, digest: str) -> Released:
    """A table that was released to this account. Raises `NotFound` (`table-gone`) and `NotAllowed` as asking anew would."""
    made = kept.find(where, digest, here.account)
    if made.grade == "exact":
        policy.require(here, "insight.exact")
    return made


def take(
    here: Standing, where: Warehouse, made: Released, form: str, wish: Wish, language: str, sort: str = ""
) -> Taken:
    """A released table as a file, just as it was shown; who took it is in the journal.

    Raises `NotFound` (`unknown-format`), and for pictures what `charts.svg` raises.
    """
    if form not in files.FORMS:
        raise NotFound(
            _("There is no form “%(name)s”.") % {"name": form[:10]},
            _("Known are %(known)s.") % {"known": ", ".join(files.FORMS)},
            code="unknown-format",
        )
    data = files.FORMS[form].make(made, wish, language, pictures(where), sort)
    body = {
        "form": form,
        "grade": made.grade,
        "question": made.question.told(),
        "digest": made.digest,
        "bytes": len(data),
    }
    with writing():
        append(report_kinds.TAKEN, body, here.act(actions.PURPOSE, f"table:{made.digest[:16]}"))
    name = f"{made.question.measure}-{made.at.date().isoformat()}-{made.digest[:8]}"
    return Taken(data, f"{name}{files.FORMS[form].ending}", files.FORMS[form].content_type)


def pictures(where: Warehouse) -> Path:
    """Where pictures that were drawn are kept for a day."""
    return where.folder / kept.FOLDER / PICTURES
