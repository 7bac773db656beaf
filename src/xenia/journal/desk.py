"""Rows that wait to be written together: within `held()` they are looked up here first, changed here, and written at once.

For many entries that are done one after the other in one transaction, such as a batch of a unit: what would be a dozen statements
for each is one for each table. Whoever writes through the desk reads through it too; whoever does not is called within
`put_down()`. Without `held()` everything here is done at once, so that nobody need know whether there is a desk.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model

M = TypeVar("M", bound=Model)
AT_ONCE = 400


class _Desk:
    """`rows`: by table and id, None where there is none; `new` and `changed` are not written yet, `once` not done yet."""

    def __init__(self) -> None:
        self.rows: dict[type[Model], dict[UUID, Model | None]] = {}
        self.new: dict[type[Model], list[Model]] = {}
        self.changed: dict[int, tuple[Model, dict[str, Any]]] = {}
        self.fresh: set[int] = set()
        self.once: dict[Hashable, Callable[[], object]] = {}

    def flush(self) -> None:
        """Write everything, tables in the order in which they were first written to, and forget it."""
        for model, rows in self.new.items():
            model._default_manager.bulk_create(rows)
        for row, fields in self.changed.values():
            type(row)._default_manager.filter(pk=row.pk).update(**fields)
        for what in self.once.values():
            what()
        for part in (self.rows, self.new, self.changed, self.fresh, self.once):
            part.clear()


_held: ContextVar[_Desk | None] = ContextVar("desk", default=None)


@contextmanager
def held() -> Iterator[None]:
    """Within it rows wait; they are written at its end, and not at all where it ends with an error. Inside `writing()`."""
    made = _Desk()
    token = _held.set(made)
    try:
        yield
        made.flush()
    finally:
        _held.reset(token)


@contextmanager
def put_down() -> Iterator[None]:
    """Within it nothing waits: everything is written first, and what was looked up is looked up again afterwards."""
    here = _held.get()
    if here is not None:
        here.flush()
    token = _held.set(None)
    try:
        yield
    finally:
        _held.reset(token)


def look_up(model: type[Model], ids: Iterable[UUID]) -> None:
    """Bring these rows to the desk, locked until the transaction ends; one statement per 400. Does nothing without a desk."""
    here = _held.get()
    if here is None:
        return
    known = here.rows.setdefault(model, {})
    wanted = [one for one in dict.fromkeys(ids) if one not in known]
    for start in range(0, len(wanted), AT_ONCE):
        part = wanted[start : start + AT_ONCE]
        found = {row.pk: row for row in model._default_manager.select_for_update().filter(pk__in=part)}
        known.update({one: found.get(one) for one in part})


def get(model: type[M], id: UUID) -> M | None:
    """The row of that id with what waits to be written of it, locked until the transaction ends; None where there is none."""
    here = _held.get()
    if here is None:
        return model._default_manager.select_for_update().filter(pk=id).first()
    look_up(model, [id])
    return here.rows[model][id]  # type: ignore[return-value]


def add(row: Model) -> None:
    """A new row. Raises what the database raises, here or when the desk is written."""
    here = _held.get()
    if here is None:
        row.save(force_insert=True)
        return
    here.new.setdefault(type(row), []).append(row)
    here.rows.setdefault(type(row), {})[row.pk] = row
    here.fresh.add(id(row))


def add_all(model: type[M], rows: Sequence[M]) -> None:
    """New rows that nobody looks up by their id."""
    here = _held.get()
    if here is None:
        model._default_manager.bulk_create(rows)
    else:
        here.new.setdefault(model, []).extend(rows)


def change(row: Model, **fields: Any) -> None:
    """Change a row that `get` gave; other fields of it are left as they are in the database."""
    here = _held.get()
    for name, value in fields.items():
        setattr(row, name, value)
    if here is None:
        type(row)._default_manager.filter(pk=row.pk).update(**fields)
    elif id(row) not in here.fresh:
        here.changed.setdefault(id(row), (row, {}))[1].update(fields)


def once(key: Hashable, what: Callable[[], object]) -> None:
    """Do that when the desk is written, once for the same key; at once without a desk."""
    here = _held.get()
    if here is None:
        what()
    else:
        here.once.setdefault(key, what)
