"""Hits on their way through their procedures. The only writer of hit cases and their steps."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xenia.access import policy
from xenia.access.standing import Standing
from xenia.errors import BadInput, Conflict, NotAllowed, NotFound
from xenia.frontier.models import Check
from xenia.frontier.second import kinds, procedures
from xenia.frontier.second.interview import LONGEST, SECOND_LINE
from xenia.frontier.second.models import HitCase, HitStep
from xenia.frontier.second.procedures import Choice, State, Task
from xenia.identity.models import PURPOSE
from xenia.journal import actions as journal
from xenia.journal import data_keys
from xenia.journal.act import Act
from xenia.journal.ids import uuid7
from xenia.registers.search import Hit
from xenia.work import items
from xenia.work.models import WorkItem

ROLE = "second-line-officer"
MESSAGE_KIND = "hit.message"
NEEDS_WORDS = frozenset({"not-same", "another", "exempt", "not-possible", "undetermined", "no-answer"})


class NeedsWords(BadInput):
    """A step that is done in words came without any."""


def register_kinds() -> None:
    """Make the work item for a reply that is waited for known; called when Django starts."""
    items.register_kind(
        items.ItemKind(
            MESSAGE_KIND, gettext_lazy("Reply on a hit is waited for"), _url, ROLE, SECOND_LINE, ("answered",)
        )
    )


def _url(item: WorkItem) -> str:
    from django.urls import reverse

    return reverse("frontier:hit", args=[item.subject])


def open_for(check: Check, item: UUID, hits: Iterable[Hit], act: Act, now: datetime, *, silent: bool) -> None:
    """A case for each hit that has none yet, at the first state of its procedure. Inside `journal.writing()`."""
    known = set(HitCase.objects.filter(check_made=check.id).values_list("subject", flat=True))
    for hit in hits:
        if hit.subject in known or hit.severity == "info":
            continue
        known.add(hit.subject)
        procedure = procedures.of(hit.register, hit.category)
        procedures.keep(procedure)
        case = HitCase(
            id=uuid7(),
            check_made=check.id,
            item=item,
            identity=check.identity,
            subject=hit.subject,
            register=hit.register,
            category=hit.category[:32],
            band=hit.band,
            record_owner=_owner_of(hit),
            silent=silent,
            procedure=procedure.name,
            edition=procedure.edition,
            state=procedure.first,
            owner=check.owner,
            post=check.post,
            opened_at=now,
            due_at=check.read_at + timedelta(hours=procedure.report_h),
        )
        case.save(force_insert=True)
        journal.append(kinds.HIT_OPENED, _opened(case), act, subjects=[check.identity, hit.subject], occurred_at=now)


def _owner_of(hit: Hit) -> str:
    """Who must be asked or told, as the record says; empty where policy does not show it."""
    groups = hit.fields.values()
    for name in ("owner", "issuing_authority", "contact"):
        found = next((str(group[name]) for group in groups if group.get(name)), "")
        if found:
            return found[:120]
    return ""


def _opened(case: HitCase) -> dict[str, Any]:
    return {
        "hit": str(case.id),
        "check": str(case.check_made),
        "item": str(case.item),
        "identity": str(case.identity),
        "register": case.register,
        "category": case.category,
        "band": case.band,
        "silent": case.silent,
        "procedure": case.procedure,
        "edition": case.edition,
        "state": case.state,
        "due_at": case.due_at.isoformat(),
    }


def find(standing: Standing, hit_id: UUID) -> tuple[HitCase, Check]:
    """A case of this standing's post, with its check. Raises `NotAllowed`, `NotFound`."""
    policy.require(standing, "frontier.second_line")
    case = HitCase.objects.filter(id=hit_id, post=standing.post or "").first()
    check = Check.objects.filter(id=case.check_made).first() if case else None
    if case is None or check is None:
        raise NotFound("There is no such hit at your post.", "Go back to the queue.", code="no-hit")
    return case, check


def state_of(case: HitCase) -> State:
    """Where it stands, in words of the procedure that it began with. A state that is not known any more stays as a final one."""
    procedure = procedures.begun_with(case.procedure, case.edition)
    found = procedure.states.get(case.state) if procedure else None
    return found or State(case.state, case.state, final=True, reported=True)


def next_task(case: HitCase, done: Iterable[HitStep]) -> Task | None:
    """The one obvious next step: the first task of the state that is not done since the state was reached."""
    state = state_of(case)
    since = _since(case, done)
    return next((task for task in state.tasks if task.code not in since), None)


def _since(case: HitCase, done: Iterable[HitStep]) -> set[str]:
    """Tasks done in the present state since it was last reached."""
    codes: set[str] = set()
    for step in sorted(done, key=lambda one: one.id.int):
        if step.after != step.before:
            codes = set()
        elif step.before == case.state:
            codes.add(step.task)
    return codes


def do(standing: Standing, hit_id: UUID, task: str, *, choice: str = "", text: str = "", to: str = "") -> HitCase:
    """Do the next step of a hit. `text`: what was found or sent; `to`: to whom a message went and how, both sealed.

    The referral must be this officer's while it is open; who checked the traveller never settles the own hit. Raises
    `BadInput` (`hit-step`), `Conflict` (`not-claimed`, `claimed-by-another`, `hit-moved`, `four-eyes`), `NotFound`.
    """
    case, check = find(standing, hit_id)
    if case.node:
        raise Conflict(
            "This hit is worked on at a unit.", "What was done there comes by itself.", code="checked-at-unit"
        )
    if check.officer == standing.account:
        raise Conflict("You referred this traveller yourself.", "Another officer must answer.", code="four-eyes")
    _held(standing, case)
    wanted = next_task(case, case.steps.all())
    if wanted is None or wanted.code != task:
        raise Conflict("Another step is next.", "Load the page again.", code="hit-moved")
    chosen = _choice(case, wanted, choice)
    text, to = text.strip()[:LONGEST], to.strip()[:300]
    _complete(wanted, chosen, text)
    now, act = datetime.now(UTC), standing.act(SECOND_LINE, f"check:{check.id}")
    after = (chosen.to if chosen else wanted.to) or case.state
    with journal.writing():
        held = HitCase.objects.select_for_update().filter(id=case.id).first()
        if held is None or next_task(held, held.steps.all()) != wanted:  # two at once, or one who pressed twice
            raise _moved()
        _step(standing, case, wanted, chosen.code if chosen else "", after, {"text": text, "to": to}, act, now)
        _move(case, wanted, after, now)
        _wait(standing, case, wanted, act)
    case.refresh_from_db()
    return case


def _held(standing: Standing, case: HitCase) -> None:
    item = WorkItem.objects.filter(id=case.item).first()
    if item is None or item.answered_at is not None:
        return
    if item.claimed_by is None:
        raise Conflict("Nobody has taken this yet.", "Take it first.", code="not-claimed")
    if item.claimed_by != standing.account:
        raise Conflict("Somebody else has taken this.", "Ask for it, or take another.", code="claimed-by-another")


def _choice(case: HitCase, task: Task, code: str) -> Choice | None:
    if not task.choices:
        return None
    found = next((one for one in task.choices if one.code == code), None)
    if found is None:
        raise BadInput("Choose one of the answers.", code="hit-step")
    if found.after == "waiting" and (case.waits_until is None or datetime.now(UTC) < case.waits_until):
        raise BadInput("The time for the reply is not over yet.", "Wait, or ask again.", code="hit-step")
    return found


def _complete(task: Task, chosen: Choice | None, text: str) -> None:
    if not text and (task.input in ("note", "message") or (chosen and chosen.code in NEEDS_WORDS)):
        raise NeedsWords("This step needs words.", "Write what was found, said or sent.", code="hit-step")


def _step(
    standing: Standing,
    case: HitCase,
    task: Task,
    choice: str,
    after: str,
    words: Mapping[str, str],
    act: Act,
    now: datetime,
) -> None:
    step = HitStep(
        id=uuid7(),
        hit=case,
        task=task.code,
        choice=choice,
        before=case.state,
        after=after,
        officer=standing.account,
        done_at=now,
        sealed=data_keys.seal(case.identity, PURPOSE, json.dumps(words, ensure_ascii=False).encode()),
    )
    step.save(force_insert=True)
    body = {
        "hit": str(case.id),
        "step": str(step.id),
        "task": task.code,
        "choice": choice,
        "effect": task.effect,
        "from": case.state,
        "to": after,
        "words": dict(words),
    }
    journal.append(
        kinds.HIT_MOVED,
        body,
        act,
        subjects=[case.identity, case.subject],
        occurred_at=now,
        sealed_for=(case.identity, PURPOSE),
    )


def _move(case: HitCase, task: Task, after: str, now: datetime) -> None:
    procedure = procedures.begun_with(case.procedure, case.edition)
    changes: dict[str, Any] = {"state": after}
    if task.effect == "report":
        changes["reported_at"] = now
    if procedure is not None and procedure.states[after].final:
        changes["closed_at"] = now
    changes["waits_until"] = now + timedelta(hours=task.waits_h) if task.waits_h else None
    if not HitCase.objects.filter(id=case.id, state=case.state).update(**changes):
        raise _moved()


def _moved() -> Conflict:
    return Conflict("Somebody else has moved this hit.", "Load the page again.", code="hit-moved")


def _wait(standing: Standing, case: HitCase, task: Task, act: Act) -> None:
    """A message opens an item with its time; a reply closes it."""
    if task.waits_h:
        due = datetime.now(UTC) + timedelta(hours=task.waits_h)
        items.open_item(
            MESSAGE_KIND, case.id, owner=case.owner, post=case.post, about=case.identity, urgency=0, due_at=due, act=act
        )
    if task.input == "reply":
        for item in WorkItem.objects.filter(kind=MESSAGE_KIND, subject=str(case.id), answered_at__isnull=True):
            items.claim(standing, item.id)
            items.answer(standing, item.id, "answered")


def words_of(steps: Sequence[HitStep], identity: UUID) -> list[dict[str, str]]:
    """What was written with each step; empty texts where the person was forgotten. One query."""
    sealed = [(identity, PURPOSE, bytes(step.sealed or b"")) for step in steps]
    plain = data_keys.unseal_many(sealed) if sealed else []
    return [json.loads(text) if text else {"text": "", "to": ""} for text in plain]


def forbidden(check_id: UUID) -> dict[str, str]:
    """Outcomes and letters of the form that the hits of a check do not leave open, each with the reason in words."""
    found: dict[str, str] = {}
    for case in HitCase.objects.filter(check_made=check_id, silent=False):
        state = state_of(case)
        for word in state.forbids:
            found.setdefault(word, state.why())
    return found


def require_open(check: Check, outcome: str, letters: Sequence[str], hits: Sequence[Hit]) -> None:
    """That the hits leave this answer open. Raises `NotAllowed` (`hit-open`), `Conflict` (`registers-changed`)."""
    known = set(HitCase.objects.filter(check_made=check.id).values_list("subject", flat=True))
    if any(hit.subject not in known for hit in hits if hit.severity != "info"):
        raise Conflict(
            "The registers changed since this referral was taken.",
            "Give it back and take it again.",
            code="registers-changed",
        )
    closed = forbidden(check.id)
    for word in (outcome, *letters):
        if word in closed:
            said = _("Reason %(letter)s is not open.") % {"letter": word} if word in letters else _("This is not open.")
            raise NotAllowed(f"{said} {closed[word]}", "Do the next step of the hit first.", code="hit-open")


def walk(standing: Standing, check_id: UUID, answers: Mapping[str, str], text: str = "Invented.") -> None:
    """Do step after step on the hits of a check, as long as the next one is named in `answers` (task to choice or "").

    For demonstrations and tests; officers go step by step.
    """
    for case in HitCase.objects.filter(check_made=check_id, post=standing.post or ""):
        while (task := next_task(case, case.steps.all())) is not None and task.code in answers:
            case = do(standing, case.id, task.code, choice=answers[task.code], text=text, to="phone")
