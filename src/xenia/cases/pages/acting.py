"""Doing an action: its form page by page, drafts between them, the answers checked, then the act. Works without script."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xenia.access.standing import Standing, for_request
from xenia.access.views import needs
from xenia.cases import actions, catalogue, drafts, queries, reach
from xenia.cases.forms import BadForm
from xenia.cases.pages import family, showing
from xenia.cases.pages.answering import typed
from xenia.cases.pages.forms import Problem, Shown, plain
from xenia.cases.pages.opening import opening
from xenia.cases.pages.tasks import Task, merged, with_row, without_row
from xenia.errors import BadInput, Conflict, NotFound

WHY = "why"


def _task(request: HttpRequest, case_id: UUID | None, procedure: str, action: str, member: bool = False) -> Task:
    """The task with its draft, or with what the case's form said last. Raises `NotFound` (`no-action`)."""
    standing = for_request(request)
    if member and case_id is not None:
        return family.task(standing, case_id, action)
    if case_id is None:
        one = opening(standing, procedure, action)
        kept = drafts.load(standing, one.procedure, action)
        return Task(standing, one.procedure, one.action, None, dict(kept.get("raw", {})), dict(kept.get("open", {})))
    case, known = reach.find(standing, case_id)
    offer = next((each for each in actions.available(standing, case) if each.action == action), None)
    if offer is None or offer.blocked:
        raise NotFound("This action is not open to you now.", "Go back to the case and see what is.", code="no-action")
    kept = drafts.load(standing, known, action, case_id=case.pk)
    seen = dict(kept.get("open", {})) or {"moves": case.moves}
    task = Task(standing, known, known.actions[action], case, dict(kept.get("raw", {})), seen)
    if not kept and task.form is not None:
        said = queries.answers(standing, case).get(task.action.form, {})
        task.raw = typed(task.form.schema, said, standing.zone)
    return task


@needs("cases.work")
@require_GET
def act(request: HttpRequest, case_id: UUID, action: str) -> HttpResponse:
    """Where an action begins: the first page of its form, or the page that asks once more."""
    task = _task(request, case_id, "", action)
    return HttpResponseRedirect(task.url("page", 0) if task.form else task.url("check"))


@needs("cases.work")
@require_http_methods(["GET", "POST"])
def page(
    request: HttpRequest,
    number: int,
    action: str,
    case_id: UUID | None = None,
    procedure: str = "",
    member: bool = False,
) -> HttpResponse:
    """One page of the form. `member`: of a new case in the family of `case_id`."""
    task = _task(request, case_id, procedure, action, member)
    form = task.form
    if form is None or number >= len(form.pages):
        raise NotFound("This form has no such page.", "Go back to the case.", code="no-page")
    if task.case is None and not task.open and (task.main or task.procedure.profiles or task.procedure.sides):
        return HttpResponseRedirect(task.begin)
    one = form.pages[number]
    problems: dict[str, str] = {}
    if request.method == "POST":
        task.raw = merged(task.raw, one, request.POST)
        answer = _went(request, task, number)
        if answer is not None:
            return answer
        answers = task.answers()
        problems = form.problems_of(one, answers) if answers else {}
        if not problems:
            last = number + 1 == len(form.pages)
            return HttpResponseRedirect(task.url("check") if last else task.url("page", number + 1))
    items = form.shown(one, task.raw, problems)
    summary = form.summary(items)
    if len(items) == 1 and items[0].kind == "object" and items[0].required and not items[0].errors:
        items = items[0].parts
    context = _beside(task, number) | {
        "items": items,
        "problems": summary,
        "heading": form.title(one),
    }
    return _answer(request, "cases/form.html", context, bool(problems))


def _went(request: HttpRequest, task: Task, number: int) -> HttpResponse | None:
    """The draft kept; and where to, unless the page is to be looked through."""
    grows, shrinks = request.POST.get("_add", ""), request.POST.get("_remove", "")
    if grows:
        task.raw = with_row(task.raw, grows)
    elif shrinks:
        task.raw = without_row(task.raw, shrinks)
    task.save()
    if grows or shrinks:
        name = grows or shrinks.rpartition(".")[0]
        return HttpResponseRedirect(f"{task.url('page', number)}#f-{name.replace('.', '-')}")
    if request.POST.get("_go") == "later":
        messages.success(request, _("The draft is kept. You find it with your cases."))
        return HttpResponseRedirect(task.home)
    return None


def _beside(task: Task, number: int) -> dict[str, Any]:
    return {
        "task": task.label,
        "case": task.case or task.main,
        "steps": task.steps(number),
        "discard": task.url("discard"),
        "check": task.url("check"),
        "kept_at": drafts.kept_at(task.standing, task.procedure, task.action.name, case_id=task.case_id),
    }


def _answer(request: HttpRequest, template: str, context: dict[str, Any], wrong: bool) -> HttpResponse:
    response = render(request, template, context, status=422 if wrong else 200)
    response["Cache-Control"] = "no-store"
    return response


@needs("cases.work")
@require_http_methods(["GET", "POST"])
def check(
    request: HttpRequest, action: str, case_id: UUID | None = None, procedure: str = "", member: bool = False
) -> HttpResponse:
    """Every answer once more; then the act, or the proposal for a second person."""
    task = _task(request, case_id, procedure, action, member)
    task.saw(request.POST.get("seen", ""))
    why = request.POST.get(WHY, "").strip()[:2000]
    problems: tuple[Problem, ...] = task.problems()
    if request.method == "POST" and not problems:
        if task.action.four_eyes and not why:
            problems = (Problem("f-why", _("Say why")),)
        else:
            try:
                return _done(request, task, why)
            except BadForm as problem:
                problems = _told(task, problem)
            except (BadInput, Conflict) as problem:
                problems = (Problem("", str(problem)),)
                task.look_again(problem.code)
    form, answers = task.form, task.answers()
    older, left_out = (
        actions.older_version(task.case, task.action, answers.data if answers else {}) if task.case else (0, ())
    )
    context = _beside(task, -1) | {
        "sections": [(one, task.url("page", one.page)) for one in form.sections(answers.data)]
        if form and answers
        else [],
        "problems": problems,
        "four_eyes": task.action.four_eyes,
        "seen": task.open.get("moves"),
        "leaves": _leaves(task),
        "older": older,
        "left_out": left_out,
        "reason": _why(task, why, problems) if task.case else None,
        "back": task.home,
        "blocked": bool(problems) and bool(task.problems()),
    }
    return _answer(request, "cases/check.html", context, request.method == "POST")


def _leaves(task: Task) -> str:
    if not task.action.message:
        return ""
    return task.case.counterpart if task.case else str(task.open.get("counterpart", ""))


def _why(task: Task, value: str, problems: tuple[Problem, ...]) -> Shown:
    errors = tuple(one.text for one in problems if one.id == "f-why")
    label = _("Why") if task.action.four_eyes else _("Remark for the history")
    return Shown("area", WHY, "f-why", label, required=task.action.four_eyes, value=value, errors=errors, longest=2000)


def _told(task: Task, problem: BadForm) -> tuple[Problem, ...]:
    """Faults of the engine, each at the page where its answer stands."""
    form = task.form
    found = []
    for fault in problem.faults:
        pages = enumerate(form.pages) if form else ()
        at = next((number for number, one in pages if _stands_on(one, fault.path)), 0)
        label = plain(fault.path.rpartition(".")[2])
        found.append(Problem("f-" + fault.path.replace(".", "-"), f"{label}: {fault.message}", task.url("page", at)))
    return tuple(found)


def _stands_on(one: Any, path: str) -> bool:
    return any(question.path[0] == path.split(".")[0] for question in one.questions)


def _done(request: HttpRequest, task: Task, why: str) -> HttpResponse:
    answers = task.answers()
    data = answers.data if answers else None
    if task.case is None:
        return _opened(request, task, data or {}, why)
    done = actions.act(task.standing, task.case.pk, task.action.name, data, reason=why, seen=task.open.get("moves"))
    task.drop()
    if done.proposal is not None:
        messages.success(request, _("Passed on. It happens when a second person releases it."))
    else:
        messages.success(request, _("Done: %(what)s") % {"what": task.label})
    return HttpResponseRedirect(reverse("cases:case", args=[task.case.pk]))


def _opened(request: HttpRequest, task: Task, data: dict[str, Any], why: str) -> HttpResponse:
    chosen = task.open
    case = actions.start(
        task.standing,
        task.procedure.id,
        side=task.action.side,
        profile=str(chosen.get("profile", "")),
        counterpart=str(chosen.get("counterpart", "")),
        form=data,
        urgent=bool(chosen.get("urgent")),
        previous=UUID(str(chosen["previous"])) if chosen.get("previous") else None,
        parent=task.main.pk if task.main else None,
        action=task.action.name,
    )
    task.drop()
    messages.success(request, _("The case is open."))
    return HttpResponseRedirect(reverse("cases:case", args=[case.pk]))


@needs("cases.work")
@require_POST
def discard(
    request: HttpRequest, action: str, case_id: UUID | None = None, procedure: str = "", member: bool = False
) -> HttpResponse:
    """Throw the draft away."""
    task = _task(request, case_id, procedure, action, member)
    task.drop()
    messages.success(request, _("The draft is gone."))
    return HttpResponseRedirect(task.home)


def draft_label(standing: Standing, one: Any) -> str:
    """What a kept draft is called in the list."""
    known = catalogue.latest(one.procedure)
    label = f"{showing.title(known)}: {showing.word(known, 'action', one.action)}"
    return f"{label} ({one.case.reference})" if one.case else label
