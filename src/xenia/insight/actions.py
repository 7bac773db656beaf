"""Loading facts from elsewhere and asking them, each written into the journal with who and for what."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from xenia.access import policy
from xenia.access.standing import Standing
from xenia.errors import BadInput, NotAllowed
from xenia.insight import coverage, kinds, loading, own_secrets, release
from xenia.insight.loading import Look
from xenia.insight.question import Question
from xenia.insight.release import Released
from xenia.insight.tailing import closing, flushing
from xenia.insight.warehouse import File, Warehouse
from xenia.journal.actions import append, writing

PURPOSE = "statistics"
STANDS = ("too-close-to-released", "too-much-released", "not-safe")
"""Why a new publication may not leave, though one to the same question is public already."""


def warehouse(folder: str = "") -> Warehouse:
    """The warehouse in a folder, or the installation's own, by whichever name: what left of it is remembered in one place."""
    own = flushing.house()
    return Warehouse(Path(folder)) if folder and Path(folder).resolve() != own.folder.resolve() else own


def load(here: Standing, where: Warehouse, file: Path) -> tuple[Look, File]:
    """Take a file of facts in. Raises what `loading.load` raises."""
    sound = closing.all_sound(where)
    seen, made = loading.load(where, file, own_secrets.noise())
    body = {"source": made.source[:200], "source_digest": made.source_digest, "rows": made.rows, "digest": made.digest}
    with writing():
        append(kinds.LOADED, body, here.act(PURPOSE, f"facts:{made.source_digest[:16]}"))
    closing.restate(sound, "loaded", datetime.now(UTC))
    return seen, made


def ask(
    here: Standing, where: Warehouse, asked: Question, grade: str, reason: str = "", *, or_last: bool = False
) -> Released:
    """The answer in a grade. The exact one needs its own permission and a reason, which the journal keeps.

    A publication whose end has not come counts whole days that are over. `or_last`: where a new one may not leave beside those before it,
    the table as it was published, which everybody has.

    Raises `NotAllowed`, `BadInput` (`reason-missing`) and what `release.release` raises.
    """
    if grade == "exact":
        policy.require(here, "insight.exact")
        if not reason.strip():
            raise BadInput("Exact counts need a reason.", "Say what they are for.", code="reason-missing")
    if grade == "publication":
        made = _published(here, where, asked, or_last)
    else:
        made = release.release(where, asked, grade, str(here.account))
    body = {
        "question": asked.told(),
        "grade": grade,
        "reason": reason.strip()[:500],
        "parameters": dict(made.parameters),
        "cells": len(made.cells),
        "hidden": made.hidden,
        "digest": made.digest,
    }
    with writing():
        append(kinds.RELEASED, body, here.act(PURPOSE, f"table:{made.digest[:16]}"))
    return made


def _published(here: Standing, where: Warehouse, asked: Question, or_last: bool) -> Released:
    own = where.folder == flushing.house().folder
    try:
        return release.release(where, asked, "publication", str(here.account), ends=coverage.ends(own=own))
    except NotAllowed as problem:
        stands = release.as_published(where, asked) if or_last and problem.code in STANDS else None
        if stands is None:
            raise
        return stands
