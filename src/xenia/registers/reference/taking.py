"""At a unit: reference data are what the centre's are. The unit changes none of it itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db.models import Max
from django.utils import timezone

from xenia.access import epochs
from xenia.access.policy_actions import set_up_act
from xenia.errors import BadInput, NotFound
from xenia.journal.actions import append, writing
from xenia.registers.reference import kinds
from xenia.registers.reference.actions import CENTRE, row_of
from xenia.registers.reference.models import ReferenceRow
from xenia.registers.reference.read import of_row
from xenia.registers.reference.terms import Term, from_content

FORMAT: Final = "xenia/reference/1"


def told() -> dict[str, Any]:
    """At a centre: every term as it is now. One query."""
    rows = ReferenceRow.objects.filter(current=True).order_by("list", "code")
    return {"format": FORMAT, "terms": [of_row(row).content() for row in rows]}


def read(said: Any) -> list[Term]:
    """The terms that were told. One of a list or with an attribute that this version does not know is left out.

    Raises `BadInput` (`reference-terms`).
    """
    try:
        if said["format"] != FORMAT:
            raise ValueError
        contents = list(said["terms"])
        keys = [(one["list"], one["code"]) for one in contents]
        if not keys or len(set(keys)) < len(keys):
            raise ValueError
    except (KeyError, TypeError, ValueError) as error:
        raise BadInput("Those are no reference data.", "Update this unit.", code="reference-terms") from error
    found = []
    for one in contents:
        try:
            found.append(from_content(one))
        except (BadInput, NotFound):
            continue
    return found


def take(terms: Sequence[Term]) -> int:
    """Make the terms here what they are at the centre; how many changed, those included that are no more."""
    with writing():
        held = {(row.list, row.code): row for row in ReferenceRow.objects.filter(current=True)}
        wanted = {(one.list, one.code): one for one in terms}
        fresh = [one for key, one in wanted.items() if key not in held or held[key].digest != one.digest]
        gone = [row for key, row in held.items() if key not in wanted]
        if fresh or gone:
            _write(fresh, gone, held)
    return len(fresh) + len(gone)


def _write(fresh: Sequence[Term], gone: Sequence[ReferenceRow], held: Mapping[tuple[str, str], ReferenceRow]) -> None:
    last = {
        (name, code): number
        for name, code, number in ReferenceRow.objects.values_list("list", "code").annotate(last=Max("version"))
    }
    before = [*gone, *(held[one.list, one.code] for one in fresh if (one.list, one.code) in held)]
    for start in range(0, len(before), 400):
        ReferenceRow.objects.filter(pk__in=[row.pk for row in before[start : start + 400]]).update(current=False)
    now = timezone.now()
    made = [row_of(one, last.get((one.list, one.code), 0) + 1, now, CENTRE, "") for one in fresh]
    ReferenceRow.objects.bulk_create(made, batch_size=60)
    rows = [
        {"version": row.version, "digest": row.digest, **one.content()} for row, one in zip(made, fresh, strict=True)
    ]
    removed = [f"{row.list}/{row.code}" for row in gone]
    append(kinds.TAKEN, {"rows": rows, "removed": removed}, set_up_act())
    epochs.bump("reference")
