"""Asking: which registers may be asked, what they answer, what of it may be seen, and writing that down."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_noop

from xenia import matching
from xenia.access import policy
from xenia.access.policy import Decision
from xenia.access.standing import Standing
from xenia.errors import BadInput, Unavailable
from xenia.identity import keys
from xenia.identity.claim import Document
from xenia.journal import actions as journal
from xenia.matching import DocumentKeys
from xenia.registers import catalogue
from xenia.registers.live import lookup
from xenia.registers.port import Age, Candidate, Probe, Register
from xenia.registers.search import kinds
from xenia.registers.search.question import INFO, Answer, Asked, Hit, Question

log = logging.getLogger("xenia.search")
MOST_QUESTIONS = 1000
MOST_HITS = 25
USUAL_TYPES = ("P", "I", "V", "")
FIRST_LINE = frozenset({"border-first-line"})
ASK_FIRST = gettext_noop("Refer to second line: it asks the centre. No name lies at this unit.")
ASK_SECOND = gettext_noop(
    "Ask the centre who is meant, by telephone where there is no line. No name lies at this unit."
)
BANDS = {"EXACT": 0, "LIKELY": 1, "POSSIBLE": 2}
Judged = tuple[Candidate, Decision]
WORST = ("fresh", "ageing", "old", "never", "broken")


def ask(questions: Sequence[Question], standing: Standing, purpose: str, reference: str) -> list[Answer]:
    """Ask the registers and write the read down before the answers are returned.

    One entry for the whole batch, with a line per question. Raises `NotAllowed` without a purpose that the standing
    may use or without a reference; `BadInput` for more than 1,000 questions at once.
    """
    answers = find(questions, standing, purpose, reference)
    act = standing.act(purpose, reference, legal_basis=_basis(standing, purpose))
    journal.record_read(kinds.ASKED, read_body(answers), act, subjects=subjects_of(answers))
    return answers


def find(questions: Sequence[Question], standing: Standing, purpose: str, reference: str) -> list[Answer]:
    """The answers, not yet written down: the caller appends `read_body(answers)` before anybody sees them."""
    policy.require_purpose(standing, purpose, reference)
    if len(questions) > MOST_QUESTIONS:
        raise BadInput(f"At most {MOST_QUESTIONS} questions at once.", "Split the batch.", code="too-many-questions")
    now = datetime.now(UTC)
    allowed = _allowed(standing, purpose)
    probes = [probe(question, purpose) for question in questions]
    allowed = [one for one in allowed if _fits(one, probes)]
    live = lookup.find(probes, [register.name for register in allowed])
    found: list[list[Judged]] = [[] for _ in questions]
    ages = []
    for register in allowed:
        try:
            answers = register.look_up(probes, live)
            ages.append((register, register.ages(now)))
        except Unavailable as error:
            log.error("register cannot answer", extra={"register": register.name, "code": error.code})
            ages.append((register, (Age("", None, 0, 0, "broken"),)))
            continue
        for place, candidates in zip(found, answers, strict=True):
            place.extend(_judged(standing, purpose, candidates))
    return [_answer(question, mine, ages, purpose) for question, mine in zip(questions, found, strict=True)]


def _judged(standing: Standing, purpose: str, candidates: Sequence[Candidate]) -> Iterator[Judged]:
    """Candidates with the decision for their own owner; those that may not exist for the asker are dropped."""
    for one in candidates:
        decision = policy.decide(standing, purpose, one.register, one.owner)
        if _may_learn(decision, one):
            yield one, decision


def _may_learn(decision: Decision, one: Candidate) -> bool:
    """Whether the record exists for the asker. Of one that is known by keys alone: whether every one that it may be does."""
    if not one.withheld:
        return decision.shows(one.category)
    return bool(one.may_be) and all(decision.shows(category) for category in one.may_be)


def _allowed(standing: Standing, purpose: str) -> list[Register]:
    """Registers that may be asked: for records of some owner at least."""
    return [one for one in catalogue.registers() if policy.decide(standing, purpose, one.name).outcome != "deny"]


def _fits(register: Register, probes: Sequence[Probe]) -> bool:
    """Whether any question holds something that the register is asked by; most registers are asked by everything."""
    fits = getattr(register, "fits", None)
    return fits is None or any(fits(probe) for probe in probes)


def _basis(standing: Standing, purpose: str) -> str:
    return next((policy.decide(standing, purpose, one.name).legal_basis for one in _allowed(standing, purpose)), "")


def probe(question: Question, purpose: str = "") -> Probe:
    """The question, worked out once for all registers."""
    claimed = question.claimed
    return Probe(
        claimed=claimed,
        prepared=matching.prepare(claimed.for_matching()) if claimed.names else None,
        name_keys=keys.query_keys(claimed) if claimed.names else (),
        documents=tuple(_document_probes(claimed.documents)),
        on=question.on,
        purpose=purpose,
    )


def _document_probes(documents: Sequence[Document]) -> Iterator[tuple[Document, DocumentKeys]]:
    """Each document with its keys; where its type is not known, with the keys of every usual type."""
    for document in documents:
        for kind in (document.type,) if document.type else USUAL_TYPES:
            if document.number:
                yield document, keys.document_keys(document.issuing_state, kind, document.number)


def _answer(
    question: Question, found: list[Judged], ages: list[tuple[Register, tuple[Age, ...]]], purpose: str
) -> Answer:
    found.sort(key=lambda pair: (BANDS[str(pair[0].match.band)], -pair[0].match.score))
    shown = [_shown(candidate, decision, purpose) for candidate, decision in found if decision.sees(candidate.handling)]
    silent = [
        _shown(candidate, decision, purpose) for candidate, decision in found if not decision.sees(candidate.handling)
    ]
    asked = tuple(_asked(register, mine, shown) for register, mine in ages)
    return Answer(question.id, _most(shown), asked, _most(silent))


def _most(hits: list[Hit]) -> tuple[Hit, ...]:
    """Warnings before what is merely known, and as many as a page can bear of each: neither crowds the other out."""
    warnings, known = [h for h in hits if h.severity != INFO], [h for h in hits if h.severity == INFO]
    return (*warnings[:MOST_HITS], *known[:MOST_HITS])


def _shown(candidate: Candidate, decision: Decision, purpose: str) -> Hit:
    """The candidate cut to the field groups that the decision opens."""
    if candidate.withheld:
        return _withheld(candidate, purpose)
    groups = decision.groups if decision.outcome == "fields" else frozenset({"flag"})
    fields = {group: values for group, values in candidate.fields.items() if group in groups}
    return Hit(
        register=candidate.register,
        source=candidate.source,
        record=candidate.record_id,
        subject=candidate.subject,
        band=str(candidate.match.band),
        score=candidate.match.score,
        name=str(fields.get("identity", {}).get("name", "")),
        features=_features(candidate, groups),
        instruction=str(fields.get("instruction", {}).get("first" if purpose in FIRST_LINE else "second") or ""),
        category=candidate.category if groups & {"instruction", "reason", "document"} else "",
        handling=candidate.handling,
        severity=candidate.severity,
        second_line=candidate.second_line,
        groups=groups,
        fields=fields,
    )


def _withheld(candidate: Candidate, purpose: str) -> Hit:
    """That somebody may be meant, and nothing else: neither name nor category nor reasons lie here."""
    return Hit(
        register=candidate.register,
        source=candidate.source,
        record=candidate.record_id,
        subject=candidate.subject,
        band=str(candidate.match.band),
        score=candidate.match.score,
        name="",
        features=(),
        instruction=ASK_FIRST if purpose in FIRST_LINE else ASK_SECOND,
        category="",
        handling=candidate.handling,
        severity=candidate.severity,
        second_line=True,
        groups=frozenset({"flag"}),
        withheld=True,
    )


def _features(candidate: Candidate, groups: frozenset[str]) -> tuple[matching.Feature, ...]:
    """Reasons show values of the record, so they need the group that those values belong to."""
    open_to = {"document": bool(groups & {"document", "identity"})}
    return tuple(f for f in candidate.match.features if open_to.get(f.name, "identity" in groups))


def _asked(register: Register, ages: tuple[Age, ...], shown: list[Hit]) -> Asked:
    hits = sum(hit.register == register.name for hit in shown)
    if not ages:
        return Asked(register.name, register.label, hits, None, 0, 0, "live")
    worst = max(ages, key=lambda age: (WORST.index(age.state), age.age_s / max(age.limit_s, 1)))
    return Asked(register.name, register.label, hits, worst.as_of, worst.age_s, worst.limit_s, worst.state)


def read_body(answers: Sequence[Answer]) -> dict[str, Any]:
    """What the journal keeps of a read: registers, record ids, bands, what was shown; never a name or number."""
    return {
        "rules_version": matching.RULES_VERSION,
        "questions": len(answers),
        "registers": sorted({asked.register for answer in answers for asked in answer.asked}),
        "lines": [
            [_line_of(hit, True) for hit in a.hits] + [_line_of(hit, False) for hit in a.silent] for a in answers
        ],
    }


def _line_of(hit: Hit, shown: bool) -> dict[str, Any]:
    return {
        "register": hit.register,
        "source": hit.source,
        "subject": str(hit.subject),
        "band": hit.band,
        "groups": sorted(hit.groups) if shown else [],
        "shown": shown,
    }


def subjects_of(answers: Sequence[Answer]) -> list[UUID]:
    """Every person whose record came back, once."""
    return list(dict.fromkeys(hit.subject for answer in answers for hit in (*answer.hits, *answer.silent)))
