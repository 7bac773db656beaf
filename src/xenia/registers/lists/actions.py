"""Loading list versions: in a limited child process, compared, signed, verified, and swapped by one small entry."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from xenia.access import policy
from xenia.access.standing import Standing
from xenia.errors import BadInput, Conflict, NotAllowed, XeniaError
from xenia.identity.keys import register_secret
from xenia.journal import actions as journal
from xenia.journal.act import Act
from xenia.registers.lists import child, forgetting, projection, sources, store, versions
from xenia.registers.lists.child import Progress
from xenia.registers.lists.job import Changes, Job, Result
from xenia.registers.lists.models import ListSource, ListVersion, LoadRun
from xenia.registers.lists.sources import PURPOSE, approve_source, install_sources, propose_source
from xenia.registers.lists.versions import Publishing
from xenia.work.proposals import ProposalAction, register_action

__all__ = [
    "LoadReport",
    "approve_source",
    "begin",
    "cancel",
    "install_sources",
    "load",
    "load_in_background",
    "propose_source",
    "register_actions",
]

# A list may say that it tells the state of a moment to come by so many minutes: clocks differ.
_CLOCKS_DIFFER_MINUTES = 10
# More changed and refused rows than this are not kept for download; the command line gives them all.
MOST_KEPT_ROWS = 200_000
CANCEL = "cancel"

log = logging.getLogger("xenia.lists")


@dataclass(frozen=True)
class LoadReport:
    """How a load ended. `state`: published, waiting (for a second person), tried (dry run).

    `changes` reads record_ids and refused rows from the run's folder until `discard` is called. `too_old`: the list's
    own moment, where it is already older than its source allows.
    """

    run: UUID
    source: str
    state: str
    number: int | None
    result: Result
    changes: Changes
    too_old: datetime | None = None

    def discard(self) -> None:
        """Removes what the run left behind."""
        store.discard_folder(self.changes.folder)

    def keep_small(self) -> None:
        """Keeps what a page offers to download, unless it is as long as a whole list."""
        if sum(self.result.counts[change] for change in ("added", "changed", "removed", "refused")) > MOST_KEPT_ROWS:
            self.discard()


def load(
    standing: Standing,
    source_code: str,
    file: Path,
    *,
    form: str | None = None,
    dry_run: bool = False,
    reference: str = "",
    progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] = lambda: False,
    run: LoadRun | None = None,
    origin: str = "",
) -> LoadReport:
    """Builds the next version of a list from `file` and takes it into use, or says what it would change.

    Raises `NotAllowed` (`no-permission`, `source-not-approved`, `list-of-centre`), `NotFound` (`no-list-source`), `Conflict` (`list-busy`,
    `load-cancelled`), `BadInput` (a code of `bad-list`), `Unavailable` (`disk-full`, `load-stopped`). Whatever it
    raises, the version in use stays; a load that was interrupted is simply done again.
    """
    policy.require(standing, "lists.load")
    _at_a_centre()
    source = sources.approved(source_code)
    if form not in (None, source.format):
        raise BadInput(
            f"{source.code} is loaded from {source.format}.", "Name another source or format.", code="list-format"
        )
    act = standing.act(PURPOSE, reference or f"list:{source.code}")
    with store.only_one(source.code):
        tidy(source.code, but=run)
        run = run or begin(standing, source.code, dry_run=dry_run, origin=origin, file_name=file.name)
        folder = store.run_folder(source.code, run.id)
        stopped = folder / CANCEL
        try:
            work = Work(source, run, folder, act, standing)
            report = _load(work, file, dry_run, progress, lambda: cancelled() or stopped.exists())
        except BaseException as error:
            _ended(run, _state_of(error), problem=error)
            store.discard_folder(folder)
            raise
        _ended(run, report.state, result=report.result, number=report.number, too_old=report.too_old)
        return report


def begin(standing: Standing, source_code: str, *, dry_run: bool, origin: str = "page", file_name: str = "") -> LoadRun:
    """Notes that a load begins, so that its page is there before the load is. Raises as `load` does."""
    policy.require(standing, "lists.load")
    _at_a_centre()
    source = sources.approved(source_code)
    run = LoadRun(source=source, dry_run=dry_run, started_by=standing.actor, started_at=timezone.now(), origin=origin)
    run.file_name = "".join(c for c in file_name if c.isprintable())[:200]
    with journal.writing():
        run.save(force_insert=True)
    return run


def _at_a_centre() -> None:
    if settings.XENIA_UNIT:
        raise NotAllowed(
            "A unit loads no lists: they come down from its centre.", "Load it at the centre.", code="list-of-centre"
        )


def load_in_background(standing: Standing, run: LoadRun, file: Path) -> threading.Thread:
    """Loads beside the work of the serving process, and removes `file` afterwards. How it ends stands in the run."""
    thread = threading.Thread(target=_load_and_remove, args=(standing, run, file), name="list-load", daemon=True)
    thread.start()
    return thread


def _load_and_remove(standing: Standing, run: LoadRun, file: Path) -> None:
    try:
        report = load(standing, run.source_id, file, dry_run=run.dry_run, run=run, reference=f"list-load:{run.id}")
        report.keep_small()
    except XeniaError as error:
        if error.code == "list-busy":
            _ended(run, "failed", problem=error)
    except Exception:
        log.exception("list load failed", extra={"source": run.source_id})
    finally:
        store.discard_upload(file)
        connection.close()


def cancel(standing: Standing, run: LoadRun) -> None:
    """Stops a running load; nothing of it is kept. Raises `Conflict` (code `load-ended`) where it does not run any more."""
    policy.require(standing, "lists.load")
    folder = store.run_path(run.source_id, run.id)
    if run.state != "running" or not folder.is_dir():
        raise Conflict("This load has ended already.", "Look at how it ended.", code="load-ended")
    (folder / CANCEL).touch(mode=0o600)


@dataclass(frozen=True)
class Work:
    """What one load works with."""

    source: ListSource
    run: LoadRun
    folder: Path
    act: Act
    standing: Standing


def _load(
    work: Work, file: Path, dry_run: bool, progress: Callable[[Progress], None] | None, cancelled: Callable[[], bool]
) -> LoadReport:
    source, before = work.source, versions.in_use(work.source.code)
    number, built = versions.next_number(source.code), work.folder / "new.list"
    job = Job(
        task="load",
        folder=str(work.folder),
        register=source.register,
        source=source.code,
        kind=sources.KIND_OF_REGISTER[source.register],
        format=source.format,
        input=str(file.absolute()),
        old=str(store.file_path(before.file)) if before else "",
        out=str(built),
        dry_run=dry_run,
        defaults=dict(source.defaults),
        mapping=dict(source.mapping),
        meta={"number": str(number)},
    )
    result = child.run(job, register_secret(), progress=progress, cancelled=cancelled)
    one = Publishing(source, number, built, result, as_of(result.as_of))
    old = versions.too_old(source, one.as_of)
    if old:
        work.run.problem = versions.TOO_OLD
    if dry_run:
        state, saved = "tried", None
    elif old or versions.removes_too_much(source, result.counts):
        state, saved = "waiting", versions.wait(one, work.standing, work.act)
    else:
        state, saved = "published", versions.publish(one, work.act)
    number_saved, changes = saved.number if saved else None, Changes(work.folder)
    return LoadReport(work.run.id, source.code, state, number_saved, result, changes, one.as_of if old else None)


def as_of(text: str) -> datetime:
    """The moment that a list tells of itself, now where it says none. Raises `BadInput` (code `list-as-of`)."""
    now = timezone.now()
    if not text:
        return now
    try:
        moment = parse_datetime(text)
        day = parse_date(text[:10]) if moment is None else None
    except ValueError:
        moment = day = None
    if moment is None and day is not None:
        moment = datetime(day.year, day.month, day.day, tzinfo=UTC)
    if moment is None:
        raise BadInput(
            "The list tells a date of itself that cannot be read.", "Write 2026-01-31T06:00:00Z.", code="list-as-of"
        )
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if (moment - now).total_seconds() > _CLOCKS_DIFFER_MINUTES * 60:
        raise BadInput(
            "The list tells of a moment that is still to come.", "Check the clock and the file.", code="list-as-of"
        )
    return min(moment, now)


def _state_of(error: BaseException) -> str:
    if isinstance(error, XeniaError):
        return "cancelled" if error.code == "load-cancelled" else "failed"
    return "interrupted"


def _ended(
    run: LoadRun,
    state: str,
    *,
    result: Result | None = None,
    number: int | None = None,
    problem: BaseException | None = None,
    too_old: datetime | None = None,
) -> None:
    run.state, run.ended_at = state, timezone.now()
    if result is not None:
        run.counts = {**result.counts, **({"as_of": too_old.isoformat()} if too_old else {})}
    if isinstance(problem, XeniaError):
        run.problem, run.message = problem.code, str(problem)[:400]
    if number is not None:
        run.version = ListVersion.objects.filter(source_id=run.source_id, number=number).first()
    with journal.writing():
        run.save()


def tidy(source: str, but: LoadRun | None = None) -> None:
    """Clears what runs of a source left: rows that say running, folders, files that no version names; `but` that run's.

    The caller holds `store.only_one(source)`, so nobody else works on it.
    """
    stale = LoadRun.objects.filter(source_id=source, state="running").exclude(pk__in=[but.pk] if but else [])
    if stale.exists():
        with journal.writing():
            stale.update(state="interrupted", ended_at=timezone.now())
    for folder in store.run_folders(source):
        store.discard_folder(folder)
    named = set(ListVersion.objects.filter(source_id=source).exclude(file="").values_list("file", flat=True))
    for path in store.folder().glob(f"{source}-*.list*"):
        number = path.name.removeprefix(f"{source}-").split(".")[0]
        if number.isdigit() and path.name.removesuffix(".delta") not in named:
            store.discard_file(path.name)


def register_actions() -> None:
    """Makes the proposals, the part in forgetting and the projection known; called when the app is ready."""
    from xenia.journal import forgetting as port
    from xenia.journal import rebuild
    from xenia.registers.lists import waiting

    register_action(
        ProposalAction(
            name=sources.ACTION,
            propose="lists.propose_source",
            approve="lists.approve_source",
            execute=sources.execute,
            label="New list source",
            purpose=PURPOSE,
            render=sources.lines,
        )
    )
    register_action(
        ProposalAction(
            name=sources.CHANGE,
            propose="lists.propose_source",
            approve="lists.approve_source",
            execute=sources.execute_change,
            label="List source changed",
            purpose=PURPOSE,
            render=sources.lines,
        )
    )
    register_action(
        ProposalAction(
            name=versions.ACTION,
            propose="lists.load",
            approve="lists.approve_removal",
            execute=versions.execute,
            label="List version that removes much or is old",
            purpose=PURPOSE,
            render=versions.lines,
        )
    )
    waiting.register_kinds()
    port.register(forgetting.ListsPart())
    rebuild.register(projection.PROJECTION)
