"""What `xenia bench insight` measures, one engine to a process: `python -m ... ENGINE FOLDER ROWS SEED` prints one JSON line.

Each question is asked twice of DuckDB and ClickHouse (once where there are more than 50 million facts), once of PostgreSQL; the better
time counts. Answers are compared as cubes with all their totals. Two threads, at most 6 GB.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import resource
import sys
import time
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from xenia.insight import declarations, dialects, generator, question
from xenia.insight import warehouse as where
from xenia.insight.dialects import Statement
from xenia.insight.question import Question
from xenia.insight.release import counting, release
from xenia.insight.warehouse import Warehouse

QUESTIONS: dict[str, Question] = {
    "daily by nationality": question.asked("crossings", ["day", "nationality"]),
    "sex x age x post x month": question.asked("crossings", ["sex", "age", "post", "month"]),
    "top refusals": question.asked("refusals", ["reason", "nationality"]),
    "distinct persons a month": question.asked("persons", ["month"], (), date(2025, 1, 1), date(2026, 1, 1)),
    "overstays by nationality": question.asked("overstays", ["nationality"]),
    "waiting, 90 % by post": question.asked("control_p90", ["post", "direction"]),
    "one week by hour": question.asked("crossings", ["hour", "post"], (), date(2024, 6, 3), date(2024, 6, 10)),
    "refusals with all totals": question.asked("refusals", ["nationality", "post", "sex", "year"]),
    "readmission pipeline": question.asked("case_steps", ["partner", "step", "outcome"]),
}
NINETY = "exact 90 in 180 days"
OVERLAP = """
    SELECT COUNT(*), SUM(over) FROM (
        SELECT CASE WHEN SUM({overlap}) > 90 THEN 1 ELSE 0 END AS over
        FROM (SELECT person, exited_on, record, entered_on, hour FROM stay) AS s
        JOIN (SELECT person AS person_o, entered_on AS entered_o, exited_on AS exited_o FROM stay) AS o ON s.person = o.person_o
        WHERE o.exited_o >= s.exited_on - 179 AND o.entered_o <= s.exited_on
        GROUP BY s.person, s.exited_on, s.entered_on, s.record, s.hour) AS t"""
DAYS = "least(o.exited_o, s.exited_on) - greatest(o.entered_o, s.exited_on - 179) + 1"
"""Days in the window that ends with an exit, both ends counted, of every stay that overlaps it."""


def main() -> None:
    """Prints what was measured."""
    what, folder, rows, seed = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    found = (
        _make(folder, rows, seed)
        if what == "make"
        else {"duckdb": _duckdb, "chdb": _chdb, "postgresql": _postgresql}[what](folder)
    )
    found |= {"peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10, "load": round(os.getloadavg()[0], 1)}
    sys.stdout.write(json.dumps(found) + "\n")


def _make(folder: Path, rows: int, seed: int) -> dict[str, Any]:
    warehouse = Warehouse(folder)
    began, cpu = time.perf_counter(), time.process_time()
    there = bool(warehouse.known())
    made = warehouse.known() if there else generator.generate(warehouse, rows, seed)
    size = sum(warehouse.place(one.fact, one.name).stat().st_size for one in made if one.fact == "crossing")
    facts = {
        fact: sum(one.rows for one in made if one.fact == fact) for fact in dict.fromkeys(one.fact for one in made)
    }
    taken = {} if there else {"s": round(time.perf_counter() - began, 1), "cpu_s": round(time.process_time() - cpu, 1)}
    return {"facts": facts, "crossings_mb": size >> 20, **taken}


def _duckdb(folder: Path) -> dict[str, Any]:
    where.MEMORY = "5GB"  # of 6 for the process; the product gives a question 2 GB
    warehouse, dialect = Warehouse(folder), dialects.DuckDB()
    big = sum(one.rows for one in warehouse.known()) > 50_000_000
    with warehouse.open() as connection:

        def run(statement: Statement) -> list[tuple[Any, ...]]:
            return list(connection.execute(statement.sql, statement.parameters).fetchall())

        found = _asked(run, dialect, DAYS, 1 if big else 2)
    if not big:
        _prepared(warehouse, found)
    return {"questions": found}


PREPARED = {
    "crossings of each month": question.asked("crossings", ["month"]),
    "by month and nationality": question.asked("crossings", ["month", "nationality"]),
    "by day and direction": question.asked("crossings", ["day", "direction"]),
}


def _prepared(warehouse: Warehouse, found: dict[str, Any]) -> None:
    """From the question to the released table, the answer kept from before; of tables that a page shows."""
    for name, asked in {**QUESTIONS, **PREPARED}.items():
        taken = []
        for _turn in range(3):
            warehouse.log.unlink(missing_ok=True)
            began, cpu = time.perf_counter(), time.process_time()
            made = release(warehouse, asked, "interactive", "bench")
            taken.append(((time.perf_counter() - began) * 1000, (time.process_time() - cpu) * 1000))
        best = min(taken)
        found.setdefault(name, {"s": 0.0, "cpu_s": 0.0, "cells": len(made.cells), "answer": made.digest[:16]})
        found[name] |= {"prepared_ms": round(best[0], 1), "prepared_cpu_ms": round(best[1], 1)}
    warehouse.log.unlink(missing_ok=True)


def _chdb(folder: Path) -> dict[str, Any]:
    if importlib.util.find_spec("chdb") is None:
        return {"skipped": "chdb is not installed: pip install -r requirements/bench.txt"}
    from xenia.insight.engines import ChDB

    engine = ChDB([(one, _files(folder, one.name)) for one in declarations.facts().values()])
    days = "dateDiff('day', greatest(o.entered_o, subtractDays(s.exited_on, 179)), least(o.exited_o, s.exited_on)) + 1"
    try:
        return {"questions": _asked(engine.rows, engine.dialect, days, 2)}
    finally:
        engine.close()


def _postgresql(folder: Path) -> dict[str, Any]:
    import psycopg

    from xenia.insight.engines import POSTGRESQL_TYPES, Postgres
    from xenia.site.bench import postgres

    programs = postgres.programs()
    if programs is None:
        return {"skipped": "PostgreSQL is not installed."}
    with postgres.database(programs) as address, psycopg.connect(address, autocommit=True) as connection:
        cursor = connection.cursor()
        for said in ("work_mem = '512MB'", "max_parallel_workers_per_gather = 2", "jit = off"):
            cursor.execute(f"SET {said}")
        engine = Postgres(cursor, {**POSTGRESQL_TYPES, "key": "BIGINT"})  # made-up pseudonyms fit into one
        began = time.perf_counter()
        for one in declarations.facts().values():
            engine.load(one, _files(folder, one.name), "UNLOGGED")
        load_s = time.perf_counter() - began
        questions = _asked(engine.rows, engine.dialect, DAYS, 1)  # its CPU time is the client's only
        cursor.execute("SELECT pg_total_relation_size('crossing') >> 20")
        row = cursor.fetchone()
        return {"load_s": round(load_s), "crossings_mb": row[0] if row else 0, "questions": questions}


def _files(folder: Path, fact: str) -> list[Path]:
    warehouse = Warehouse(folder)
    return [warehouse.place(one.fact, one.name) for one in warehouse.known() if one.fact == fact]


def _asked(
    run: Callable[[Statement], list[tuple[Any, ...]]], dialect: dialects.Dialect, overlap: str, turns: int
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, asked in QUESTIONS.items():
        statement = dialects.render(asked, dialect, asked.fact.name)
        rows, taken = _best(partial(run, statement), turns)
        counted = counting.cube_of(asked, rows)
        told = [
            counted.cube.members, counted.cube.counts.ravel().tolist(), counted.keys.ravel().tolist(),
            sorted((list(at), round(value, 6)) for at, value in counted.values.items()),
        ]  # fmt: skip
        found[name] = taken | {"cells": int(counted.cube.counts.size), "answer": _digest(told)}
        _progress(name, found[name])
    rows, taken = _best(lambda: run(Statement(OVERLAP.format(overlap=overlap), ())), 1)
    stays, over = (int(one or 0) for one in rows[0])
    found[NINETY] = taken | {"cells": 1, "answer": _digest([stays, over]), "stays": stays, "over": over}
    _progress(NINETY, found[NINETY])
    return found


def _progress(name: str, one: dict[str, Any]) -> None:
    sys.stderr.write(f"    {name}: {one['s']} s\n")


def _best(work: Callable[[], list[tuple[Any, ...]]], turns: int) -> tuple[list[tuple[Any, ...]], dict[str, Any]]:
    best: dict[str, Any] = {}
    rows: list[tuple[Any, ...]] = []
    for _turn in range(turns):
        began, cpu = time.perf_counter(), time.process_time()
        rows = work()
        taken = {"s": round(time.perf_counter() - began, 3), "cpu_s": round(time.process_time() - cpu, 3)}
        best = taken if not best or taken["s"] < best["s"] else best
    return rows, best


def _digest(told: Any) -> str:
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xenia.site.settings")
    django.setup()
    main()
