"""Facts without persons from elsewhere: a CSV file is looked through, its faults are listed, then it is taken in whole.

Columns (UTF-8, comma, with a header): `hour` or `day`, `post`, `direction`, `outcome`, `nationality`, `n`; and where known
`sex`, `age_group`, `mode`, `document_type`, `category`, `reason`, `hit`, `overstay_days`, `control_s`, `second_line_s`. No other column is taken: what is not asked
for cannot lead back to anybody.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from xenia.errors import BadInput, Conflict, NotFound, Unavailable
from xenia.insight import declarations
from xenia.insight.warehouse import File, Warehouse, digest_of, engine

NEEDED = ("post", "direction", "outcome", "nationality", "n")
TEXTS = ("sex", "age_group", "mode", "document_type", "category", "reason", "hit")
NUMBERS = ("overstay_days", "control_s", "second_line_s")
OPTIONAL = (*TEXTS, *NUMBERS)
WHEN = ("hour", "day")
WORDS: Mapping[str, tuple[str, ...]] = {
    "direction": ("entry", "exit"),
    "outcome": ("admitted", "refused"),
    "sex": ("", "F", "M", "X"),
    "age_group": ("", "0-13", "14-17", "18-34", "35-64", "65+"),
    "mode": ("", "air", "land", "sea", "rail"),
}
MOST_FAULTS = 1000
MOST_OF_A_LINE = 1_000_000_000


@dataclass(frozen=True)
class Look:
    """What a file holds: `rows` lines that stand for `crossings`, from `first` to `last`; `faults`: (line, column, what)."""

    rows: int
    crossings: int
    first: str
    last: str
    posts: int
    faults: list[tuple[int, str, str]] = field(default_factory=list)


def look(file: Path) -> Look:
    """The file looked through, nothing taken in. Raises `BadInput` where it is no such table at all."""
    with _Given(file) as connection:
        return _look(connection)


def load(warehouse: Warehouse, file: Path, secret: bytes, now: datetime | None = None) -> tuple[Look, File]:
    """The file taken into the warehouse, whole or not at all.

    Raises `BadInput` (`facts-faults`) where a line is wrong, `Conflict` (`facts-loaded`) where these bytes were taken before.
    """
    source = digest_of(file) if file.is_file() else ""
    if source and warehouse.holds(source):
        raise Conflict("This file was loaded before.", "Nothing was counted twice.", code="facts-loaded")
    name = f"loaded-{source[:16]}.parquet"
    path = warehouse.place("crossing", name)
    warehouse.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{name}.{secrets.token_hex(4)}")
    with _Given(file, path.parent) as connection:
        seen = _look(connection)
        if seen.faults:
            raise BadInput(
                f"{len(seen.faults)} faults in {file.name}: nothing was loaded.",
                "Ask for them with --errors FILE, mend them, load again.",
                code="facts-faults",
            )
        try:
            _write(connection, beside, secret, source)
            beside.replace(path)
        except (duckdb.IOException, OSError) as error:
            raise Unavailable("The warehouse cannot be written.", str(error)[:200], code="warehouse-disk") from None
        finally:
            beside.unlink(missing_ok=True)
    at = (now or datetime.now(UTC)).isoformat(timespec="seconds")
    made = File("crossing", name, seen.rows, digest_of(path), file.name, source, at)
    warehouse.add(made)
    return seen, made


class _Given:
    """The lines of a CSV file as the table `given`, all text, numbered as in the file."""

    def __init__(self, file: Path, *folders: Path) -> None:
        if not file.is_file():
            raise NotFound(f"There is no file {file}.", "Check the path.", code="no-facts-file")
        self.connection = engine([file.parent, *folders])
        try:
            self.connection.execute(
                "CREATE TABLE given AS SELECT *, row_number() OVER () + 1 AS line FROM read_csv(?, all_varchar = true,"
                " header = true, delim = ',', quote = '\"', encoding = 'utf-8', strict_mode = true, parallel = false)",
                [str(file)],
            )
            self._check(file)
            self.connection.execute(f"CREATE VIEW facts AS {_facts(self._columns())}")
        except duckdb.Error as error:
            self.connection.close()
            first = str(error).splitlines()[0][:200]
            raise BadInput(
                f"{file.name} is no table of facts: {first}",
                "Write it as CSV in UTF-8 with a header.",
                code="facts-file",
            ) from None
        except BadInput:
            self.connection.close()
            raise

    def _columns(self) -> list[str]:
        rows = self.connection.execute("SELECT * FROM given LIMIT 0").description or []
        return [row[0] for row in rows if row[0] != "line"]

    def _check(self, file: Path) -> None:
        there = self._columns()
        missing = [name for name in NEEDED if name not in there]
        if not set(WHEN).intersection(there):
            missing.insert(0, "hour or day")
        if missing:
            raise BadInput(
                f"{file.name} lacks the columns {', '.join(missing)}.",
                f"Needed are hour or day, {', '.join(NEEDED)}; known are {', '.join(OPTIONAL)}.",
                code="facts-columns",
            )
        unknown = [name for name in there if name not in (*WHEN, *NEEDED, *OPTIONAL)]
        if unknown:
            raise BadInput(
                f"{file.name} has columns that are not taken: {', '.join(unknown)}.",
                "Leave them out: facts name no person and no document.",
                code="facts-columns",
            )

    def __enter__(self) -> duckdb.DuckDBPyConnection:
        return self.connection

    def __exit__(self, *_: object) -> None:
        self.connection.close()


def _facts(there: list[str]) -> str:
    """The view that has every column, and the faults of each line as a list."""
    text = {name: f"COALESCE(trim({name}), '')" if name in there else "''" for name in (*NEEDED, *OPTIONAL, *WHEN)}
    hour = f"TRY_CAST({text['hour']} AS TIMESTAMP)" if "hour" in there else f"TRY_CAST({text['day']} AS TIMESTAMP)"
    number = f"TRY_CAST({text['n']} AS BIGINT)"
    checks = [
        (
            WHEN[0] if "hour" in there else WHEN[1],
            f"{hour} IS NULL",
            "no day or hour such as 2026-03-02 or 2026-03-02T14:00",
        ),
        ("post", f"{text['post']} = '' OR length({text['post']}) > 40", "no code of a post"),
        (
            "nationality",
            f"NOT regexp_full_match({text['nationality']}, '[A-Z]{{1,3}}')",
            "no code of up to three capitals",
        ),
        ("n", f"{number} IS NULL OR {number} < 1 OR {number} > {MOST_OF_A_LINE}", "no whole number from 1"),
    ]
    for name, words in WORDS.items():
        allowed = ", ".join(f"'{word}'" for word in words)
        checks.append(
            (name, f"{text[name]} NOT IN ({allowed})", f"none of {', '.join(word or '(empty)' for word in words)}")
        )
    for name in NUMBERS:
        whole = f"TRY_CAST({text[name]} AS INTEGER)"
        checks.append((name, f"{text[name]} <> '' AND ({whole} IS NULL OR {whole} < 0)", "no whole number"))
    for name in ("document_type", "category", "reason", "hit"):
        checks.append((name, f"length({text[name]}) > 40", "longer than 40 characters"))
    faults = ", ".join(f"CASE WHEN {wrong} THEN '{name}|{said}' END" for name, wrong, said in checks)
    columns = [f"{text[name]} AS {name}" for name in (*NEEDED[:-1], *TEXTS)]
    columns += [f"TRY_CAST({text[name]} AS INTEGER) AS {name}" for name in NUMBERS]
    picked = f"line, date_trunc('hour', {hour}) AS hour, {', '.join(columns)}, {number} AS n"
    return f"SELECT {picked}, list_filter([{faults}], one -> one IS NOT NULL) AS faults FROM given"


def _look(connection: duckdb.DuckDBPyConnection) -> Look:
    row: tuple[Any, ...] = connection.execute(
        "SELECT count(*), COALESCE(sum(n), 0), min(hour), max(hour), count(DISTINCT post) FROM facts"
    ).fetchone() or (0, 0, None, None, 0)
    found = connection.execute(
        f"SELECT line, unnest(faults) FROM facts WHERE len(faults) > 0 ORDER BY line LIMIT {MOST_FAULTS}"
    ).fetchall()
    faults = [(int(line), *fault.split("|", 1)) for line, fault in found]
    first, last = (one.isoformat(timespec="hours") if one else "" for one in row[2:4])
    return Look(int(row[0]), int(row[1]), first, last, int(row[4]), faults)


def _write(connection: duckdb.DuckDBPyConnection, path: Path, secret: bytes, source: str) -> None:
    """The lines as facts, in the order of time. The key of each comes from the secret, the file and its line."""
    kinds = declarations.facts()["crossing"].columns
    made = {
        "received": "current_date",
        "person": "NULL::UBIGINT",
        "record": "('0x' || substr(sha256($secret || $source || line), 1, 4))::INTEGER",
        "n": "n::INTEGER",
    }
    picked = ", ".join(f"{made.get(name, name)} AS {name}" for name in kinds)
    where = str(path).replace("'", "''")
    values = {"secret": secret.hex(), "source": source}
    connection.execute(
        f"COPY (SELECT {picked} FROM facts ORDER BY hour, line) TO '{where}' (FORMAT parquet, COMPRESSION zstd)", values
    )
