"""Reading the second line's own records. Every read of personal data is written down before it is returned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from xenia.access import standing as access
from xenia.access.standing import Standing
from xenia.frontier import reasons
from xenia.frontier.check import CheckView, HitView
from xenia.frontier.models import Check
from xenia.frontier.second import cases, interview, kinds, procedures
from xenia.frontier.second.models import HitCase, HitStep, Photograph
from xenia.frontier.second.procedures import State, Task
from xenia.frontier.second.views import CaseView, ChoiceView, NoteView, PhotographView, StepView, TaskView, later
from xenia.frontier.views import register_label
from xenia.journal import actions as journal
from xenia.journal import awaited

MOST_OPEN = 20


def name_of(account: UUID | None) -> str:
    """The officer's name."""
    found = access.known(account) if account else None
    return found.account().display_name if found else ""


def cases_of(check_id: UUID, item: UUID, check: CheckView) -> list[CaseView]:
    """The hits of a referral with their steps, and those that a unit worked on. The caller journals the read with the check."""
    there = Q(silent=False) & ~Q(node="")
    rows = list(HitCase.objects.filter(Q(item=item) | there, check_made=check_id).order_by("opened_at", "id"))
    steps: dict[UUID, list[HitStep]] = {row.id: [] for row in rows}
    for step in HitStep.objects.filter(hit__in=rows).order_by("id"):
        steps[step.hit_id].append(step)
    hits = {hit.subject: hit for hit in check.hits}
    return [_case(row, steps[row.id], hits.get(row.subject), check) for row in rows]


def _case(row: HitCase, steps: Sequence[HitStep], hit: HitView | None, check: CheckView) -> CaseView:
    state, task, now = cases.state_of(row), None if row.node else cases.next_task(row, steps), datetime.now(UTC)
    procedure = procedures.begun_with(row.procedure, row.edition)
    return CaseView(
        id=row.id,
        subject=row.subject,
        item=row.item,
        category=hit.category_label if hit else reasons.category_label(row.register, row.category) or row.category,
        procedure=procedure.label_here() if procedure else row.procedure,
        state=state.label_here(),
        settled=state.final,
        steps=tuple(_steps(row, steps)),
        next=_task(row, task, hit, check, now) if task else None,
        later=later(state, task),
        due_at=row.due_at,
        late=row.reported_at is None and not state.final and now > row.due_at,
        reported_at=row.reported_at,
        waits_until=row.waits_until,
        why=state.why(),
    )


def _steps(row: HitCase, steps: Sequence[HitStep]) -> list[StepView]:
    procedure = procedures.begun_with(row.procedure, row.edition)
    states: Mapping[str, State] = procedure.states if procedure else {}
    found = []
    for step, words in zip(steps, cases.words_of(steps, row.identity), strict=True):
        task = states[step.before].task(step.task) if step.before in states else None
        chosen = (
            next((one.label_here() for one in task.choices if one.code == step.choice), "") if task else step.choice
        )
        label = task.label_here() if task else step.task
        found.append(StepView(label, chosen, name_of(step.officer), step.done_at, words["text"], words["to"]))
    return found


def _task(row: HitCase, task: Task, hit: HitView | None, check: CheckView, now: datetime) -> TaskView:
    over = row.waits_until is not None and now >= row.waits_until
    choices = tuple(ChoiceView(one.code, one.label_here(), one.after != "waiting" or over) for one in task.choices)
    message = task.input == "message"
    return TaskView(
        task.code,
        task.label_here(),
        task.detail_here(),
        task.input,
        choices,
        _message(row, task, hit, check) if message else "",
        row.record_owner or _detail(hit, "issuing_authority") if message else "",
    )


def _detail(hit: HitView | None, name: str) -> str:
    labels = {"issuing_authority": _("Issued by"), "reference": _("Reference"), "owner": _("Owner of the report")}
    return next((value for label, value in hit.details if label == labels[name]), "") if hit else ""


def _message(row: HitCase, task: Task, hit: HitView | None, check: CheckView) -> str:
    """A text to send, in the language of the installation, to be read and changed by the officer."""
    document = check.document
    lines = [
        _("URGENT") if task.waits_h else _("REPORT"),
        _("Finding: %(what)s") % {"what": hit.category_label if hit else row.category},
    ]
    reference = _detail(hit, "reference") if hit else ""
    if reference:
        lines.append(_("Your reference: %(what)s") % {"what": reference})
    if row.register in ("lost_documents", "visas"):
        shown = f"{document.document_code} {document.issuing_state} {document.document_number}"
    else:
        shown = f"{document.surname}, {document.given_names}; {document.birth_date}; {document.nationality or '-'}"
    lines.append(_("Shown to us: %(what)s") % {"what": shown})
    lines.append(
        _("Place and time: %(post)s, %(time)s UTC") % {"post": row.post, "time": f"{row.opened_at:%Y-%m-%d %H:%M}"}
    )
    lines.append(_("Our reference: %(what)s") % {"what": row.id})
    if task.waits_h:
        lines.append(_("Answer within %(hours)s hours.") % {"hours": task.waits_h})
    return "\n".join(lines)


def interview_of(
    standing: Standing, check: Check, findings: Sequence[str], *, unseen: bool = False
) -> tuple[list[NoteView], list[PhotographView], tuple[interview.Question, ...]]:
    """Notes, photographs and suggested questions of a check. Nothing any more once the person was handed over.

    `unseen`: nobody outside may notice that somebody looks, so no photograph is sent for because of it.
    """
    if check.state == "handed-over":
        return [], [], ()
    found = interview.notes_of(check.id)
    if found:
        act = standing.act(interview.SECOND_LINE, f"check:{check.id}")
        body = {"check": str(check.id), "notes": [str(row.id) for row, _text in found]}
        journal.record_read(kinds.INTERVIEW_SHOWN, body, act, subjects=[check.identity])
    notes = []
    for row, text in found:
        asked = interview.question(row.question)
        notes.append(NoteView(row.made_at, name_of(row.officer), asked.label_here() if asked else "", text))
    return notes, _photographs(check, unseen=unseen), interview.questions(findings)


def _photographs(check: Check, *, unseen: bool) -> list[PhotographView]:
    """The photographs of a check; what is still at a unit is asked for first of all from now on."""
    rows = list(Photograph.objects.filter(check_made=check.id).order_by("made_at"))
    coming = awaited.on_their_way(one for row in rows for one in (row.small, row.address)) if rows else {}
    wanted = [row.address for row in coming.values() if row.state == awaited.AWAITED and row.priority > awaited.ASKED]
    if wanted and not unseen:
        with journal.writing():
            awaited.look_for(wanted)
    return [
        PhotographView(
            one.id,
            str(interview.PAGES.get(one.page, one.page)),
            one.made_at,
            one.width,
            one.height,
            awaited.words(coming[one.small]) if one.small in coming else "",
            awaited.words(coming[one.address]) if one.address in coming else "",
        )
        for one in rows
    ]


def open_hits(post: str) -> list[tuple[str, HitCase]]:
    """The hits of a post that are due first of those not closed: what was found, codes and times only."""
    rows = HitCase.objects.filter(post=post, closed_at__isnull=True, silent=False, node="").order_by("due_at")[
        :MOST_OPEN
    ]
    return [(reasons.category_label(row.register, row.category) or register_label(row.register), row) for row in rows]
