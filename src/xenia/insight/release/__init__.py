"""The only way out: `release()` answers a question so that nobody can be found in the answer.

    interactive   noise by cell key, then rounded to 5: instant, the same for everybody, for looking around
    publication   exact, with cells hidden that would betray somebody, and proof that they cannot be worked out
    exact         as counted, for named roles with a purpose, inside the house

Tables, charts, exports, maps and the API all show a `Released`; what isn't one does not leave.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from xenia.errors import BadInput, NotAllowed
from xenia.insight import dialects, turns
from xenia.insight.question import Question, from_told
from xenia.insight.release import cell_keys, counting, keeping, linked, publishing, standing
from xenia.insight.release.cells import AS_COUNTED, HIDDEN, ROUNDED, TOTAL, Cell, Cells
from xenia.insight.release.publishing import Plan, Safe
from xenia.insight.release.tables import Counted, Counts, Cube, Mask
from xenia.insight.warehouse import Warehouse

GRADES = ("interactive", "publication", "exact")
THRESHOLD = 5
MOST_TO_PROTECT = 4_000
MOST_A_DAY = 400  # different questions of an account, in the interactive grade
HELD_AT_ONCE = 40  # tables that left before, in one question to the engine
HOUSE = "system:"  # begins the name of what asks questions of a fixed shape, each day the same

__all__ = ["GRADES", "HOUSE", "MOST_A_DAY", "MOST_TO_PROTECT", "THRESHOLD", "TOTAL", "Cell", "Released", "release"]


@dataclass(frozen=True)
class Released:
    """A table that may leave, with all that is said below it.

    `digest`: a name for exactly this table, the same for the same; not to be compared over versions of this program.
    """

    question: Question
    grade: str
    cells: Sequence[Cell]
    hidden: int
    parameters: Mapping[str, Any]
    notes: tuple[str, ...]
    at: datetime
    digest: str = ""


def release(
    warehouse: Warehouse, asked: Question, grade: str, who: str, now: datetime | None = None, ends: date | None = None
) -> Released:
    """The answer in a grade, written down before it is given. `who`: the account's id.

    `ends`: up to which day a publication counts whose own end has not come (see `standing.py`).

    Raises `BadInput` (`unknown-grade`, `table-too-big`, `not-publishable`), `NotAllowed` (`too-close-to-released`,
    `too-many-tables`, `too-much-released`, `not-safe`) and `Unavailable` (`warehouse-busy`, `warehouse-disk`, `release-log`): what is not
    written down does not leave.
    """
    if grade not in GRADES:
        raise BadInput(
            _("There is no grade “%(name)s”.") % {"name": grade[:20]},
            _("Known are %(known)s.") % {"known": ", ".join(GRADES)},
            code="unknown-grade",
        )
    if grade == "publication" and asked.counted.kind == "distinct":
        raise BadInput(
            "Different persons do not add up: hidden cells cannot be proved safe.",
            "Ask for them in the interactive grade.",
            code="not-publishable",
        )
    warehouse.files()
    if asked.counted.kind == "ratio":
        from xenia.insight.release import ratios

        made = release(warehouse, ratios.table(asked), grade, who, now, ends)
        return ratios.of(made, replace(asked, until=made.question.until))
    given = asked
    asked = standing.up_to(asked, ends if grade == "publication" else None)
    with warehouse.reading(_turn(grade, who)) as engine_is_done:
        with warehouse.open() as connection:
            dialect = dialects.DuckDB()
            if grade == "interactive":
                _not_too_close(warehouse, connection, dialect, given, asked, grade, who)
            found = counting.answered(warehouse, connection, dialect, asked)
            kept = plan = few = None
            published = keeping.published(warehouse, asked) if grade == "publication" else []
            if grade == "publication" and asked.counted.kind != "percentile":
                kept = publishing.again(warehouse, published, given, asked, found.cube)
            if grade == "publication" and kept is None:
                _not_too_close(warehouse, connection, dialect, given, asked, grade, who)
                plan = _plan(warehouse, connection, dialect, published, given, asked, found)
            if grade != "exact" and asked.counted.kind == "percentile":
                few = _few(warehouse, connection, dialect, asked, found, about=grade == "interactive")
        engine_is_done()
        kept = plan.proved() if plan is not None else kept
        made = _made(asked, found, grade, few, kept)
        notes = made.notes if asked == given else (*made.notes, standing.UNTIL)
        made = replace(made, at=now or datetime.now(UTC), digest=_digest(made), notes=notes)
        _note(warehouse, made, who, found, kept, given)
    return made


def as_published(warehouse: Warehouse, asked: Question) -> Released | None:
    """The last publication of counts to this question, whatever its end was then, as it left; None where there is none.

    Everybody has it: it says nothing new, and is not written down again. Raises `Unavailable` (`release-log`).
    """
    if asked.counted.kind == "ratio":
        from xenia.insight.release import ratios

        made = as_published(warehouse, ratios.table(asked))
        return ratios.of(made, replace(asked, until=made.question.until)) if made else None
    before = keeping.last(warehouse, asked)
    if before is None:
        return None
    found = Counted(Cube(before.question.by, before.members, before.counts), np.zeros_like(before.counts))
    made = _publication(before.question, found, None, Safe(before.hidden, 0, True, 0))
    notes = [standing.UNTIL] if before.question.until != asked.until else []
    notes.append(standing.STANDS.format(day=before.at[:10]))
    return replace(
        made, at=datetime.fromisoformat(before.at), digest=_digest(made), notes=(*made.notes, *notes),
        parameters={**made.parameters, "as_published": before.at[:10]},
    )  # fmt: skip


def _turn(grade: str, who: str) -> str:
    """What has to be one after the other: publications, and the questions of one account, each held against those before it."""
    if grade == "publication":
        return turns.PUBLISH
    return (
        f"ask-{hashlib.sha256(who.encode()).hexdigest()[:32]}" if grade == "interactive" and not _is_house(who) else ""
    )


def _is_house(who: str) -> bool:
    return who.startswith(HOUSE)


def _made(asked: Question, found: Counted, grade: str, few: Mask | None, kept: Safe | None) -> Released:
    if grade == "exact":
        return _exact(asked, found)
    if grade == "interactive":
        return _interactive(asked, found, few)
    return _publication(asked, found, few, kept)


def _plan(
    warehouse: Warehouse,
    connection: Any,
    dialect: dialects.Dialect,
    published: Sequence[Mapping[str, Any]],
    given: Question,
    asked: Question,
    found: Counted,
) -> Plan | None:
    """What a publication of counts has to be proved beside. Raises `BadInput` (`table-too-big`, `stock-broken`), `NotAllowed`."""
    counts = found.cube.counts
    if asked.counted.kind == "percentile":
        return None
    if (counts < 0).any():
        raise BadInput(
            "More is over than ever began: facts of beginnings are missing.",
            "Ask for the stock in the exact grade and look for them.",
            code="stock-broken",
        )
    if counts.size > MOST_TO_PROTECT:
        raise BadInput(
            _("A table of %(cells)s cells is too big to be proved safe.") % {"cells": f"{counts.size:,}"},
            _("At most %(most)s: leave out a breakdown or filter.") % {"most": f"{MOST_TO_PROTECT:,}"},
            code="table-too-big",
        )
    return publishing.plan(
        warehouse,
        connection,
        dialect,
        published,
        given,
        asked,
        found.cube,
        THRESHOLD,
        int(found.keys.ravel()[-1]) % cell_keys.KEYS,
    )


def _table(
    asked: Question, found: Counted, grade: str, shown: Counts, flags: Any, empty: Mask, said: Mapping[str, Any],
    notes: Sequence[str],
) -> Released:  # fmt: skip
    """The table of arrays with one place for each cell; `flags`: as well, or one for all."""
    marked = np.broadcast_to(np.asarray(flags, dtype=np.uint8), shown.shape)
    cells = Cells(found.cube.members, shown, empty, marked)
    return Released(asked, grade, cells, int((marked == HIDDEN).sum()), said, tuple(notes), datetime.now(UTC))


def fewest(share: int) -> int:
    """On how many a percentile must rest, so that at least the threshold lie on either side of it."""
    return -(-100 * THRESHOLD // min(share, 100 - share))


def _few(
    warehouse: Warehouse, connection: Any, dialect: dialects.Dialect, asked: Question, found: Counted, *, about: bool
) -> Mask:
    """The cells of a percentile that rest on too few, facts or persons."""
    counts = found.cube.counts
    behind = counting.behind(warehouse, connection, dialect, asked, found.cube, about=about)
    return np.asarray((np.minimum(counts, behind) < fewest(asked.counted.share)) & (counts > 0))


def _percentile(asked: Question, found: Counted, grade: str, few: Mask, said: Mapping[str, Any]) -> Released:
    notes = [
        f"Cells that rest on fewer than {fewest(asked.counted.share)} facts or persons are hidden.",
        "Values are rounded: by at most a twentieth.",
    ]
    value, none = _valued(found)
    return _table(asked, found, grade, coarse(value), np.where(few, HIDDEN, ROUNDED), few | none, said, notes)


def _valued(found: Counted) -> tuple[NDArray[np.float64], Mask]:
    """The values of a percentile, and where there is none."""
    assert found.value is not None
    none = np.isnan(found.value)
    return np.where(none, 0.0, found.value), none


STEPS = np.array([one * 10**power for power in range(9) for one in (1, 2, 5)])


def coarse(values: NDArray[np.float64]) -> Counts:
    """Rounded to 1, 2 or 5 times a power of ten, by a twentieth at most: one fact more rarely moves what is shown."""
    step = STEPS[np.maximum(np.searchsorted(10 * STEPS, np.abs(values), side="right") - 1, 0)]
    return np.asarray((values + step / 2) // step * step, dtype=np.int64)


def _interactive(asked: Question, found: Counted, few: Mask | None) -> Released:
    counts = np.maximum(found.cube.counts, 0)
    noisy = cell_keys.noisy(counts, found.keys)
    said = {"noise": cell_keys.MOST, "variance": str(cell_keys.VARIANCE), "rounded_to": cell_keys.STEP}
    if few is not None:
        few = few | ((noisy < fewest(asked.counted.share)) & (counts > 0))
        return _percentile(asked, found, "interactive", few, said)
    shown = cell_keys.rounded(noisy)
    notes = [
        f"Counts carry noise of at most {cell_keys.MOST} and are rounded to {cell_keys.STEP}.",
        "Totals are rounded on their own: they need not be the sum of what is shown.",
    ]
    nothing = np.zeros(counts.shape, dtype=bool)
    made = _table(asked, found, "interactive", shown, ROUNDED, nothing, said, notes)
    assert isinstance(made.cells, Cells)
    return replace(made, cells=_without_empty(shown, made.cells))


def _without_empty(shown: Counts, cells: Cells) -> Cells:
    """The table without members of which nothing is shown: that they stand there would say that there was somebody."""
    places = []
    for axis in range(shown.ndim):
        others = tuple(one for one in range(shown.ndim) if one != axis)
        is_shown = np.asarray(shown.any(axis=others))
        is_shown[-1] = True  # the total
        places.append(np.flatnonzero(is_shown))
    return cells.only(places)


def _publication(asked: Question, found: Counted, few: Mask | None, kept: Safe | None) -> Released:
    said: dict[str, Any] = {"threshold": THRESHOLD}
    if kept is None:
        assert few is not None
        return _percentile(asked, found, "publication", few, said)
    counts, hidden = found.cube.counts, kept.hidden
    notes = [
        f"Cells of fewer than {THRESHOLD} persons are hidden (c), and others so that they cannot be worked out from what is shown.",
    ]
    return _table(asked, found, "publication", counts, np.where(hidden, HIDDEN, AS_COUNTED), hidden, said, notes)


def _exact(asked: Question, found: Counted) -> Released:
    shown, none = found.cube.counts, np.zeros(found.cube.counts.shape, dtype=bool)
    if asked.counted.kind == "percentile":
        value, none = _valued(found)
        shown = np.asarray(np.rint(value), dtype=np.int64)
    notes = ["Exact counts: for use inside the house. Do not publish."]
    return _table(asked, found, "exact", shown, AS_COUNTED, none, {}, notes)


def _not_too_close(
    warehouse: Warehouse,
    connection: Any,
    dialect: dialects.Dialect,
    given: Question,
    asked: Question,
    grade: str,
    who: str,
) -> None:
    """Refuse what, taken away from a table that left before, would leave fewer persons than the threshold.

    A publication is held against all publications, cell by cell of the breakdowns they share. An interactive table, whose cells
    carry noise, is held against the same person's by its grand total. What the house asks by itself is not chosen by anybody: its
    tables show every day by itself, with its noise, so that no two of them say more together.
    """
    if grade == "interactive" and _is_house(who):
        return
    before = keeping.lines(warehouse, grade, who if grade == "interactive" else "")
    if grade == "interactive":
        _not_too_many(before, asked, who)
    held: dict[tuple[str, ...], dict[str, tuple[Question, str]]] = {}
    for line in before:
        if line["grade"] != grade or line["question"]["measure"] != asked.measure:
            continue
        if grade == "interactive" and line["who"] != who:
            continue
        if asked.counted.kind == "percentile" and asked != given and keeping.is_to(line, given):
            continue  # the same question again, a day later: its rounding protects it, as on one day
        by = tuple(sorted(set(line["question"]["by"]) & set(asked.by))) if grade == "publication" else ()
        earlier = from_told({**line["question"], "by": by})
        if (earlier.where, earlier.since, earlier.until) == (asked.where, asked.since, asked.until):
            continue
        if linked.may_share(asked, earlier):  # of stocks on two days what came and what went are not told apart
            held.setdefault(by, {}).setdefault(json.dumps(earlier.told()), (earlier, line["at"]))
    for by, some in held.items():
        every = list(some.values())
        for first in range(0, len(every), HELD_AT_ONCE):
            _hold_against(connection, dialect, asked, by, every[first : first + HELD_AT_ONCE])


def _hold_against(
    connection: Any, dialect: dialects.Dialect, asked: Question, by: Sequence[str], earlier: Sequence[tuple[Question, str]]
) -> None:  # fmt: skip
    """Raises `NotAllowed` where what one of the tables has and the other has not are few. One question to the engine."""
    statement = dialects.apart(asked, [one for one, _at in earlier], dialect, asked.fact.name, by)
    for row in connection.execute(statement.sql, statement.parameters).fetchall():
        for number, (_earlier, at) in enumerate(earlier):
            here, there, both = row[3 * number : 3 * number + 3]
            if both and ((not here and 0 < there < THRESHOLD) or (not there and 0 < here < THRESHOLD)):
                raise NotAllowed(
                    _("Together with a table released on %(day)s this one would show fewer than %(least)d persons.")
                    % {"day": at[:10], "least": THRESHOLD},
                    "Ask with the same filters and period as then, or with quite different ones.",
                    code="too-close-to-released",
                )


def _not_too_many(before: Sequence[Mapping[str, Any]], asked: Question, who: str) -> None:
    """Refuse more different questions of one account on one day: noise that is new in each averages out in very many."""
    today = datetime.now(UTC).date().isoformat()
    told = {
        json.dumps(line["question"], sort_keys=True)
        for line in before
        if line["who"] == who and line["grade"] == "interactive" and line["at"].startswith(today)
    }
    if len(told) >= MOST_A_DAY and json.dumps(asked.told(), sort_keys=True) not in told:
        raise NotAllowed(
            _("This account has asked %(number)d different questions today.") % {"number": len(told)},
            "Ask one of them again, or go on tomorrow.",
            code="too-many-tables",
        )


def _digest(made: Released) -> str:
    """Of what is shown and nothing else: two tables that show the same have the same."""
    assert isinstance(made.cells, Cells)
    return made.cells.digest([made.question.told(), made.grade])


def _note(warehouse: Warehouse, made: Released, who: str, found: Counted, safe: Safe | None, given: Question) -> None:
    """Write down what leaves, before it does. What would help to attack a table stays here and does not go out with it."""
    line = {
        "at": made.at.isoformat(timespec="seconds"),
        "who": who,
        "question": made.question.told(),
        "grade": made.grade,
        "parameters": dict(made.parameters),
        "cells": len(made.cells),
        "hidden": made.hidden,
        "digest": made.digest,
    }
    if given != made.question:
        line["asked"] = given.told()
    if safe is not None:
        line |= {"primary": safe.primary, "fewest": safe.fewest, "beside": safe.beside}
        line["kept"] = safe.kept or keeping.keep(
            warehouse, made.question, found.cube.members, found.cube.counts, safe.hidden
        )
    keeping.note(warehouse, line)
