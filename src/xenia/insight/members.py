"""The members of a breakdown that facts are known of, for choosing from.

What is offered says no more than an interactive table by that breakdown, which names every member and shows nothing of how many.
"""

from __future__ import annotations

import threading

from xenia.insight.declarations import Fact
from xenia.insight.warehouse import Warehouse

MOST = 400
_lock = threading.Lock()
_held: dict[tuple[str, str, int], dict[str, list[str]]] = {}


def known(warehouse: Warehouse, fact: Fact) -> dict[str, list[str]]:
    """Members by breakdown, times left out, in the order of their codes; counted again when the files change.

    Raises `NotFound` (`no-warehouse`).
    """
    warehouse.files()
    key = (str(warehouse.folder), fact.name, (warehouse.folder / "files.json").stat().st_mtime_ns)
    with _lock:
        if key in _held:
            return _held[key]
    found = {}
    with warehouse.open() as connection:
        for name, one in fact.dimensions.items():
            if not one.grain:
                rows = connection.execute(
                    f"SELECT DISTINCT {one.column} FROM {fact.name} WHERE {one.column} IS NOT NULL ORDER BY 1 LIMIT {MOST}"
                ).fetchall()
                found[name] = [str(row[0]) for row in rows]
    with _lock:
        _held.clear()
        _held[key] = found
    return found
