"""Making the reports that are due, and finding what was made.

    DIR/reports/<question>/<report>.json    the released table, just as it left

What was missed while nothing ran is made up for once, by the latest. Who asked must still be allowed to when it is made.
"""

from __future__ import annotations

import json
import logging
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb

from xenia.access import policy, standing
from xenia.errors import NotFound, XeniaError
from xenia.insight import actions, kept, report_kinds, table_actions
from xenia.insight.address import from_told
from xenia.insight.release import Released
from xenia.insight.saved import rules, tasks
from xenia.insight.saved.models import Report, Saved
from xenia.insight.warehouse import Warehouse, write_whole
from xenia.journal.act import Act
from xenia.journal.actions import append, writing
from xenia.journal.node import node

log = logging.getLogger("xenia.insight")
FOLDER = "reports"
KEPT_REPORTS = 60  # of a question, the latest
GONE_DAYS = 30
BASIS = "operation of the installation"


def make_due(now: datetime | None = None) -> int:
    """Make what is due; how many reports were made or failed.

    A day of the facts is one of UTC: a report at an early hour of a place where the day begins sooner waits until it is over there too.
    """
    at = now or datetime.now(UTC)
    due = Saved.objects.filter(due_at__lte=at, gone_at=None).order_by("due_at")
    ready = [one for one in due[:500] if not _is_early(one, at)][:50]
    for one in ready:
        make(one, at)
    return len(ready)


def _is_early(saved: Saved, now: datetime) -> bool:
    return now.astimezone(ZoneInfo(saved.zone)).date() > now.astimezone(UTC).date()


def make(saved: Saved, now: datetime) -> Report:
    """The latest report of a question that is due. A failure is a report too: it says why, and somebody is told."""
    due = rules.last_due(saved.every, saved.day, saved.hour, saved.zone, saved.due_at or now, now)
    report = Report(saved=saved, due_at=due, made_at=now)
    where = actions.warehouse()
    try:
        here = standing.of(saved.owner)
        policy.require(here, "insight.read")
        today = due.astimezone(ZoneInfo(saved.zone)).date()
        given = from_told(saved.question)
        made = table_actions.with_coverage(actions.ask(here, where, given.question(today), given.grade, or_last=True))
        write_whole(_place(where, report), json.dumps(kept.told(made), ensure_ascii=False).encode())
        report.digest = made.digest
    except XeniaError as problem:
        report.code = problem.code
    except duckdb.Error:  # such as more memory than it may take: the others are made all the same
        log.exception("a report could not be counted", extra={"question": str(saved.pk)})
        report.code = "table-too-big"
    act = Act("system:reports", saved.authority, actions.PURPOSE, BASIS, f"question:{saved.pk}", node())
    body = {"saved": str(saved.pk), "due_at": due.isoformat(), "digest": report.digest, "code": report.code}
    with writing():
        if not Report.objects.filter(saved=saved, due_at=due).exists():
            report.save()
            append(report_kinds.MADE, body, act)
        saved.due_at = rules.next_due(saved.every, saved.day, saved.hour, saved.zone, max(due, now))
        saved.save(update_fields=["due_at"])
        if report.code:
            tasks.failed(saved, report.code, act)
        else:
            tasks.made(saved, act)
    return report


def find(report: Report) -> Released:
    """The table of a report. Raises `NotFound` (`table-gone`)."""
    try:
        return kept.from_kept(json.loads(_place(actions.warehouse(), report).read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise NotFound("This report is not kept any more.", "Ask the question again.", code="table-gone") from None


def clean(now: datetime | None = None) -> int:
    """Put away old reports, questions that were put away a month ago, and tables and pictures of more than a day."""
    at, where = now or datetime.now(UTC), actions.warehouse()
    went = kept.clean(where, at.timestamp())
    for saved in Saved.objects.filter(gone_at__lt=at - timedelta(days=GONE_DAYS)):
        folder = where.folder / FOLDER / str(saved.pk)
        with writing():
            saved.delete()
        shutil.rmtree(folder, ignore_errors=True)
        went += 1
    for saved in Saved.objects.exclude(every=""):
        for report in saved.reports.order_by("-due_at")[KEPT_REPORTS:]:
            with writing():
                report.delete()
            _place(where, report).unlink(missing_ok=True)
            went += 1
    return went


def _place(where: Warehouse, report: Report) -> Path:
    return where.folder / FOLDER / str(report.saved_id) / f"{report.pk}.json"
