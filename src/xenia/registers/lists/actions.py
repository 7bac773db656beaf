"""Loading list versions: in a limited child process, compared, signed, verified, and swapped by one small entry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from xenia.access import policy
from xenia.access.standing import Standing
from xenia.errors import BadInput, XeniaError
from xenia.identity.keys import register_secret
from xenia.journal import actions as journal
from xenia.journal.act import Act
from xenia.journal.ids import uuid7
from xenia.registers.lists import child, forgetting, sources, store, versions
from xenia.registers.lists.child import Progress
from xenia.registers.lists.job import Changes, Job, Result
from xenia.registers.lists.models import ListSource, ListVersion, LoadRun
from xenia.registers.lists.sources import PURPOSE, approve_source, install_sources, propose_source
from xenia.registers.lists.versions import Publishing
from xenia.work.proposals import ProposalAction, register_action

__all__ = ["LoadReport", "approve_source", "install_sources", "load", "propose_source", "register_actions"]

# A list may say that it tells the state of a moment to come by so many minutes: clocks differ.
_CLOCKS_DIFFER_MINUTES = 10


@dataclass(frozen=True)
class LoadReport:
    """How a load ended. `state`: published, waiting (for a second person), tried (dry run).

    `changes` reads record_ids and refused rows from the run's folder until `discard` is called.
    """

    run: UUID
    source: str
    state: str
    number: int | None
    result: Result
    changes: Changes

    def discard(self) -> None:
        """Removes what the run left behind."""
        store.discard_folder(self.changes.folder)


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
    run_id: UUID | None = None,
) -> LoadReport:
    """Builds the next version of a list from `file` and takes it into use, or says what it would change.

    Raises `NotAllowed` (`no-permission`, `source-not-approved`), `NotFound` (`no-list-source`), `Conflict` (`list-busy`,
    `load-cancelled`), `BadInput` (a code of `bad-list`), `Unavailable` (`disk-full`, `load-stopped`). Whatever it
    raises, the version in use stays; a load that was interrupted is simply done again.
    """
    policy.require(standing, "lists.load")
    source = sources.approved(source_code)
    if form not in (None, source.format):
        raise BadInput(
            f"{source.code} is loaded from {source.format}.", "Name another source or format.", code="list-format"
        )
    act = standing.act(PURPOSE, reference or f"list:{source.code}")
    with store.only_one(source.code):
        tidy(source.code)
        run = _begun(source, standing, dry_run, run_id)
        folder = store.run_folder(source.code, run.id)
        try:
            report = _load(Work(source, run, folder, act, standing), file, dry_run, progress, cancelled)
        except BaseException as error:
            _ended(run, _state_of(error), problem=error)
            store.discard_folder(folder)
            raise
        _ended(run, report.state, result=report.result, number=report.number)
        return report


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
        meta={"number": str(number)},
    )
    result = child.run(job, register_secret(), progress=progress, cancelled=cancelled)
    one = Publishing(source, number, built, result, as_of(result.as_of))
    if dry_run:
        state, saved = "tried", None
    elif versions.removes_too_much(source, result.counts):
        state, saved = "waiting", versions.wait(one, work.standing, work.act)
    else:
        state, saved = "published", versions.publish(one, work.act)
    return LoadReport(work.run.id, source.code, state, saved.number if saved else None, result, Changes(work.folder))


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


def _begun(source: ListSource, standing: Standing, dry_run: bool, run_id: UUID | None) -> LoadRun:
    run = LoadRun(
        id=run_id or uuid7(), source=source, dry_run=dry_run, started_by=standing.actor, started_at=timezone.now()
    )
    with journal.writing():
        run.save(force_insert=True)
    return run


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
) -> None:
    run.state, run.ended_at = state, timezone.now()
    if result is not None:
        run.counts = dict(result.counts)
    if isinstance(problem, XeniaError):
        run.problem, run.message = problem.code, str(problem)[:400]
    if number is not None:
        run.version = ListVersion.objects.filter(source_id=run.source_id, number=number).first()
    with journal.writing():
        run.save()


def tidy(source: str) -> None:
    """Clears what interrupted runs of a source left: rows that say running, folders, files that no version names.

    The caller holds `store.only_one(source)`, so nobody else works on it.
    """
    stale = LoadRun.objects.filter(source_id=source, state="running")
    if stale.exists():
        with journal.writing():
            stale.update(state="interrupted", ended_at=timezone.now())
    for folder in store.run_folders(source):
        store.discard_folder(folder)
    named = set(ListVersion.objects.filter(source_id=source).exclude(file="").values_list("file", flat=True))
    for path in store.folder().glob(f"{source}-*.list*"):
        number = path.name.removeprefix(f"{source}-").split(".")[0]
        if number.isdigit() and path.name not in named:
            store.discard_file(path.name)


def register_actions() -> None:
    """Makes the proposals and the part in forgetting known; called when the app is ready."""
    from xenia.journal import forgetting as port

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
            name=versions.ACTION,
            propose="lists.load",
            approve="lists.approve_removal",
            execute=versions.execute,
            label="List version that removes much",
            purpose=PURPOSE,
        )
    )
    port.register(forgetting.ListsPart())
