"""One question as SQL of DuckDB, PostgreSQL and ClickHouse. Values never stand in the text: they are parameters.

Every engine counts its totals itself (GROUPING SETS), so that distinct persons and percentiles are right in them too. What adds up is
first counted by all breakdowns at once, then added to totals; times are cut as numbers and become words at the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain, combinations, count
from typing import Any

from xenia.insight.declarations import Dimension, Measure
from xenia.insight.question import Question

KEY = 65536


class Dialect:
    """What differs between engines."""

    name = ""
    placeholder = "?"

    def time(self, grain: str, column: str = "hour") -> str:
        """The beginning of the grain in which a time lies, as text."""
        raise NotImplementedError

    def cut(self, grain: str) -> str:
        """The beginning of the grain in which `hour` lies, as a time."""
        return f"date_trunc('{grain}', hour)"

    def key(self, summed: str) -> str:
        """A sum modulo 65,536 as a whole number."""
        return f"CAST(({summed}) % {KEY} AS INTEGER)"

    def final(self, sql: str, parameters: Sequence[Any]) -> str:
        """The text as the engine takes it."""
        del parameters
        return sql


class DuckDB(Dialect):
    """The embedded engine."""

    name = "duckdb"
    FORMS = {"hour": "%Y-%m-%dT%H", "day": "%Y-%m-%d", "week": "%G-W%V", "month": "%Y-%m", "year": "%Y"}

    def time(self, grain: str, column: str = "hour") -> str:  # noqa: D102
        if grain == "quarter":
            return f"strftime({column}, '%Y') || '-Q' || quarter({column})"
        return f"strftime({column}, '{self.FORMS[grain]}')"


class PostgreSQL(Dialect):
    """The second engine, which checks the first."""

    name = "postgresql"
    placeholder = "%s"
    FORMS = {
        "hour": 'YYYY-MM-DD"T"HH24', "day": "YYYY-MM-DD", "week": 'IYYY-"W"IW', "month": "YYYY-MM", "quarter": 'YYYY-"Q"Q',
        "year": "YYYY",
    }  # fmt: skip

    def time(self, grain: str, column: str = "hour") -> str:  # noqa: D102
        return f"to_char({column}, '{self.FORMS[grain]}')"

    def final(self, sql: str, parameters: Sequence[Any]) -> str:  # noqa: D102
        # A remainder is written %%, except where nothing is filled in.
        return sql.replace(" % ", " %% ") if parameters else sql


class ClickHouse(Dialect):
    """The engine past one machine. Its parameters have names and types: `{p0:String}`."""

    name = "clickhouse"
    FORMS = {"hour": "%Y-%m-%dT%H", "day": "%Y-%m-%d", "week": "%G-W%V", "month": "%Y-%m", "year": "%Y"}

    def time(self, grain: str, column: str = "hour") -> str:  # noqa: D102
        if grain == "quarter":
            return f"concat(toString(toYear({column})), '-Q', toString(toQuarter({column})))"
        return f"formatDateTime({column}, '{self.FORMS[grain]}')"

    def key(self, summed: str) -> str:  # noqa: D102
        return f"toInt32(({summed}) % {KEY})"

    def final(self, sql: str, parameters: Sequence[Any]) -> str:  # noqa: D102
        kinds = {str: "String", int: "Int64", date: "Date"}
        pieces, number = sql.split("?"), count()
        marks = [f"{{p{next(number)}:{kinds[type(one)]}}}" for one in parameters]
        return "".join(chain.from_iterable(zip(pieces, [*marks, ""], strict=True)))


@dataclass(frozen=True)
class Statement:
    """SQL and its parameters. Rows: each dimension's value (None in a total), `totals` (bits), value, count, key."""

    sql: str
    parameters: tuple[Any, ...]


def render(asked: Question, dialect: Dialect, table: str) -> Statement:
    """The question to a table or view with the fact's columns."""
    measure, by = asked.counted, [asked.dimension(name) for name in asked.by]
    columns = [f"{dialect.cut(one.grain) if one.grain else _column(one)} AS d{number}" for number, one in enumerate(by)]
    names = [f"d{number}" for number in range(len(by))]
    conditions, parameters = _conditions(asked, measure, dialect)
    inner = ", ".join(
        [*columns, "n", "record", *([measure.of] if measure.of != "n" else []), *_sign(measure, dialect, parameters)]
    )
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    facts = f"SELECT {inner} FROM {table}{where}"
    if names and measure.kind == "count":
        facts = f"SELECT {', '.join(names)}, SUM(n) AS n, SUM(record) AS record FROM ({facts}) AS e GROUP BY {', '.join(names)}"
    if measure.kind == "percentile":
        sql = _percentile(facts, names, measure, dialect)
    else:
        picked = [*names, _totals(names)]
        picked += [
            f"{text} AS {name}"
            for text, name in zip(_values(measure, dialect), ("value", "number", "key"), strict=True)
        ]
        group = f" GROUP BY GROUPING SETS ({_sets(names)})" if names else ""
        sql = f"SELECT {', '.join(picked)} FROM ({facts}) AS f{group}"
    if any(one.grain for one in by):
        words = [
            f"{dialect.time(one.grain, name)} AS w{name}" if one.grain else name
            for one, name in zip(by, names, strict=True)
        ]
        sql = f"SELECT {', '.join([*words, 'totals', 'value', 'number', 'key'])} FROM ({sql}) AS g"
    return Statement(dialect.final(sql, parameters), tuple(parameters))


def _totals(names: Sequence[str]) -> str:
    return f"GROUPING({', '.join(names)}) AS totals" if names else "0 AS totals"


def _percentile(facts: str, names: Sequence[str], measure: Measure, dialect: Dialect) -> str:
    """A percentile of every cell and total, between two values in proportion: at (facts - 1) * share / 100 of the values in order.

    Values are whole numbers of which there are few different ones. So they are counted once, added up to totals, and found by
    counting through; no engine has to hold every value of every total. What is fractional is reckoned in whole numbers.
    """
    of, cell = measure.of, ", ".join([*names, "totals"])
    each = ", ".join([*names, f"{of} AS v"])
    counted = f"SELECT {each}, COUNT(*) AS m, SUM(record) AS r FROM ({facts}) AS e GROUP BY {', '.join([*names, of])}"
    added = (
        f"SELECT {', '.join([*names, _totals(names)])}, v, SUM(m) AS ms, SUM(r) AS rs FROM ({counted}) AS h"
        f" GROUP BY GROUPING SETS ({_sets(names, 'v')})"
    )
    through = (
        f"SELECT {cell}, v, SUM(ms) OVER (PARTITION BY {cell} ORDER BY v) AS upto,"
        f" SUM(ms) OVER (PARTITION BY {cell}) AS whole, SUM(rs) OVER (PARTITION BY {cell}) AS records FROM ({added}) AS t"
    )
    found = (
        f"SELECT {cell}, whole, records, MIN(CASE WHEN 100 * upto > {measure.share} * (whole - 1) THEN v END) AS low,"
        f" MIN(CASE WHEN 100 * (upto - 1) > {measure.share} * (whole - 1) THEN v END) AS high"
        f" FROM ({through}) AS c GROUP BY {cell}, whole, records"
    )
    value = f"low + (COALESCE(high, low) - low) * (({measure.share} * (whole - 1)) % 100) / 100.0"
    return f"SELECT {cell}, {value} AS value, whole AS number, {dialect.key('records')} AS key FROM ({found}) AS p"


def _statement(dialect: Dialect, sql: str, parameters: tuple[Any, ...]) -> Statement:
    return Statement(dialect.final(sql, parameters), parameters)


def _sets(names: Sequence[str], *always: str) -> str:
    """Every choice of the names, the whole first and none last, each with what is always grouped by."""
    every = chain.from_iterable(combinations(names, size) for size in range(len(names), -1, -1))
    return ", ".join(f"({', '.join((*one, *always))})" for one in every)


def _expression(one: Dimension, dialect: Dialect) -> str:
    return dialect.time(one.grain) if one.grain else _column(one)


def _column(one: Dimension) -> str:
    """The column of a breakdown, with members that count as another under its name; they come from declarations, never from a reader."""
    if not one.as_one:
        return one.column
    cases = [f"WHEN {one.column} = '{code}' THEN '{to}'" for code, to in one.as_one.items()]
    return f"CASE {' '.join(cases)} ELSE COALESCE({one.column}, '') END"


def _values(measure: Measure, dialect: Dialect) -> tuple[str, str, str]:
    """The value, on how many facts it rests, and the key of their noise."""
    if measure.kind == "distinct":
        many = f"COUNT(DISTINCT {measure.of})"
        return many, many, dialect.key(f"COALESCE(SUM(DISTINCT {measure.of}), 0)")
    number, key = "COALESCE(SUM(n), 0)", dialect.key("COALESCE(SUM(record), 0)")
    if measure.kind == "stock":
        number, record = "COALESCE(SUM(sign * n), 0)", "COALESCE(SUM(sign * record), 0)"
        return number, number, dialect.key(f"(({record}) % {KEY} + {KEY})")
    return number, number, key


def _sign(measure: Measure, dialect: Dialect, parameters: list[Any]) -> list[str]:
    """In a stock what begins counts and what is over takes away; its values go before those of the conditions."""
    if measure.kind != "stock":
        return []
    marks = ", ".join(dialect.placeholder for _ in measure.minus)
    parameters[:0] = measure.minus
    return [f"CASE WHEN {measure.of} IN ({marks}) THEN -1 ELSE 1 END AS sign"]


def _conditions(asked: Question, measure: Measure, dialect: Dialect) -> tuple[list[str], list[Any]]:
    conditions: list[str] = []
    parameters: list[Any] = []

    def add(text: str, *values: Any) -> None:
        conditions.append(text.replace("?", dialect.placeholder))
        parameters.extend(values)

    for column, value in measure.where.items():
        add(f"{column} = ?", value)
    for column, value in measure.where_not.items():
        add(f"{column} <> ?", value)
    for column, number in measure.above.items():
        add(f"{column} > ?", number)
    if measure.kind == "percentile":
        conditions.append(f"{measure.of} IS NOT NULL")
    if measure.kind == "stock":
        add(f"{measure.of} IN ({', '.join('?' * len(measure.plus + measure.minus))})", *measure.plus, *measure.minus)
    elif asked.since:
        add("hour >= ?", asked.since)
    if asked.until:
        add("hour < ?", asked.until)
    for one in asked.where:
        marks = ", ".join("?" * len(one.values))
        add(
            f"{_expression(asked.dimension(one.dimension), dialect)} {'NOT IN' if one.without else 'IN'} ({marks})",
            *one.values,
        )
    return conditions, parameters


def contributors(asked: Question, dialect: Dialect, table: str, *, about: bool = False) -> Statement:
    """How many persons stand behind each cell, year by year. Rows: dimensions, `totals`, year, different persons.

    The pseudonym is another one in each year; who has none counts as often as the line says.
    `about`: of DuckDB only, and true to a few per cent; a handful is counted exactly.
    """
    measure, names = asked.counted, [f"d{number}" for number in range(len(asked.by))]
    columns = [
        f"{_expression(asked.dimension(name), dialect)} AS {mark}" for name, mark in zip(asked.by, names, strict=True)
    ]
    conditions, parameters = _conditions(asked, measure, dialect)
    inner = ", ".join([*columns, f"{dialect.time('year')} AS y", "person", "n"])
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    totals = f"GROUPING({', '.join(names)})" if names else "0"
    return _statement(
        dialect,
        f"SELECT {', '.join([*names, f'{totals} AS totals', 'y', f'{_ABOUT if about else _PERSONS} AS persons'])}"
        f" FROM (SELECT {inner} FROM {table}{where}) AS f GROUP BY GROUPING SETS ({_sets(names, 'y')})",
        tuple(parameters),
    )


_ABOUT = "APPROX_COUNT_DISTINCT(person) + COALESCE(SUM(CASE WHEN person IS NULL THEN n ELSE 0 END), 0)"
_PERSONS = "COUNT(DISTINCT person) + COALESCE(SUM(CASE WHEN person IS NULL THEN n ELSE 0 END), 0)"


def parts(
    asked: Sequence[Question], by: Sequence[str], dialect: Dialect, table: str, sets: Sequence[Sequence[str]] = ()
) -> Statement:
    """The facts of several questions to one fact, cut by which of them they belong to (columns s0, s1 ...) and by breakdowns (d0 ...).

    Then the count. With `sets`: by each of these choices of the breakdowns, and then also `totals` (bits: which were left out), year
    and different persons, as `contributors` counts them.
    """
    marks, parameters = [], []
    for number, one in enumerate(asked):
        conditions, values = _conditions(one, one.counted, dialect)
        marks.append(f"({' AND '.join(conditions) or 'TRUE'}) AS s{number}")
        parameters += values
    sides, names = [f"s{number}" for number in range(len(asked))], [f"d{number}" for number in range(len(by))]
    marks += [
        f"{_expression(asked[0].dimension(name), dialect)} AS {mark}" for name, mark in zip(by, names, strict=True)
    ]
    group, counted = ", ".join([*sides, *names]), "SUM(n)"
    signs = _sign(asked[0].counted, dialect, values := [])
    marks += signs
    if signs:
        counted = "SUM(sign * n)"
    if sets:
        known = asked[0].fact.columns.get("person") == "key" and not signs
        marks.append(f"{dialect.time('year')} AS y" if known else "0 AS y")
        marks += ["person"] if known else []
        counted += f", {_totals(names).removesuffix(' AS totals')}, y, {_PERSONS if known else counted}"
        place = dict(zip(by, names, strict=True))
        every = dict.fromkeys(tuple(place[name] for name in one) for one in sets)
        group = "GROUPING SETS (" + ", ".join(f"({', '.join([*sides, *one, 'y'])})" for one in every) + ")"
    picked = ", ".join([*sides, *names, counted])
    return _statement(
        dialect,
        f"SELECT {picked} FROM (SELECT {', '.join([*marks, 'n'])} FROM {table}) AS f WHERE {' OR '.join(sides)}"
        f" GROUP BY {group}",
        (*parameters, *values),
    )


def apart(first: Question, others: Sequence[Question], dialect: Dialect, table: str, by: Sequence[str]) -> Statement:
    """How many facts each cell of a question has that another to the same measure has not.

    Three columns for each of the others: `here`, `there`, `both`.
    """
    names = [f"{_expression(first.dimension(name), dialect)} AS d{number}" for number, name in enumerate(by)]
    sides, parameters = [], []
    for number, asked in enumerate((first, *others)):
        conditions, values = _conditions(asked, asked.counted, dialect)
        sides.append(f"({' AND '.join(conditions) or 'TRUE'}) AS {f'b{number - 1}' if number else 'a'}")
        parameters += values
    picked = ", ".join(
        f"SUM(CASE WHEN a AND NOT b{one} THEN n ELSE 0 END) AS here{one},"
        f" SUM(CASE WHEN b{one} AND NOT a THEN n ELSE 0 END) AS there{one},"
        f" SUM(CASE WHEN a AND b{one} THEN n ELSE 0 END) AS both{one}"
        for one in range(len(others))
    )
    group = [f"d{number}" for number in range(len(by))]
    grouped = f" GROUP BY {', '.join(group)}" if group else ""
    # Names stand before sides in the text, and have no parameters.
    return _statement(
        dialect,
        f"SELECT {picked} FROM (SELECT {', '.join([*names, *sides, 'n'])} FROM {table}) AS f{grouped}",
        tuple(parameters),
    )
