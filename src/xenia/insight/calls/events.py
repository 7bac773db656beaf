"""What an operator has: hashed subscriber, hour, region. Looked at in memory, counted, forgotten; nothing of it is written.

A file is CSV or Parquet with the columns `subscriber`, `hour`, `region` and no other. A subscriber is a keyed hash: what looks
like a number of a telephone or a card is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb

from xenia.errors import BadInput, NotFound, Unavailable
from xenia.insight.calls.terms import term
from xenia.insight.calls.windows import Pair, Window

COLUMNS = ("subscriber", "hour", "region")
MEMORY = "4GB"
FEWEST_OF_A_HASH = 16
CODES = 65_536  # regions


@dataclass(frozen=True)
class Seen:
    """What the data holds."""

    events: int
    regions: int
    first: date
    last: date


class Events:
    """The data of one file, in memory: of each subscriber and day the one place where most hours were."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, seen: Seen) -> None:
        self._connection = connection
        self.seen = seen

    def missing(self, window: Window) -> list[date]:
        """Days of a window without any event."""
        rows = self._connection.execute(
            "SELECT DISTINCT day FROM daily WHERE day >= ? AND day < ?", [window.first, window.end]
        )
        there = {row[0] for row in rows.fetchall()}
        days = (window.first + timedelta(days=number) for number in range((window.end - window.first).days))
        return [day for day in days if day not in there]

    def flows(self, pair: Pair) -> dict[tuple[str, str], int]:
        """(home, place) -> subscribers. Home: where most days were; place: home, or where most days away from it were."""
        homes, places = pair.homes, pair.places
        rows = self._connection.execute(
            f"""
            WITH homes AS (
                SELECT who, max((days * 4096 + last) * {CODES} + place) & {CODES - 1} AS home
                FROM (SELECT who, place, count(*) AS days, max(date_diff('day', $homes, day)) AS last FROM daily
                      WHERE day >= $homes AND day < $homes_end GROUP BY who, place)
                GROUP BY who HAVING sum(days) >= $active),
            later AS (
                SELECT who, place, home, count(*) AS days, max(date_diff('day', $places, day)) AS last
                FROM daily JOIN homes USING (who) WHERE day >= $places AND day < $places_end GROUP BY who, place, home),
            now AS (
                SELECT who, home, sum(days) AS days, sum(CASE WHEN place <> home THEN days ELSE 0 END) AS away,
                       max(CASE WHEN place <> home THEN (days * 4096 + last) * {CODES} + place END) & {CODES - 1} AS other
                FROM later GROUP BY who, home HAVING sum(days) >= $now_active)
            SELECT h.region, p.region, sum(n)::BIGINT
            FROM (SELECT home, CASE WHEN away * 100 >= days * $away THEN other ELSE home END AS place, count(*) AS n
                  FROM now GROUP BY ALL) AS f
            JOIN regions AS h ON h.code = f.home JOIN regions AS p ON p.code = f.place GROUP BY ALL
            """,
            {
                "homes": homes.first, "homes_end": homes.end, "places": places.first, "places_end": places.end,
                "active": term("home-active-days"), "now_active": term("now-active-days"), "away": term("away-percent"),
            },
        ).fetchall()  # fmt: skip
        return {(home, place): int(number) for home, place, number in rows}

    def present(self, window: Window) -> list[tuple[date, str, int]]:
        """Subscribers by day and region."""
        return self._connection.execute(
            "SELECT day, r.region, count(*) FROM daily JOIN regions AS r ON r.code = place"
            " WHERE day >= ? AND day < ? GROUP BY ALL ORDER BY ALL",
            [window.first, window.end],
        ).fetchall()


@contextmanager
def opened(file: Path) -> Iterator[Events]:
    """The events of a file. Raises `NotFound` (`no-events-file`), `BadInput` (`events-file`, `events-columns`,
    `events-subscribers`, `events-rows`) and `Unavailable` (`events-memory`)."""
    if not file.is_file():
        raise NotFound(f"There is no file {file}.", "Check the path.", code="no-events-file")
    connection = duckdb.connect(":memory:")
    try:
        for said in (
            f"memory_limit = '{MEMORY}'", "threads = 2", "temp_directory = ''", "preserve_insertion_order = false",
            "autoinstall_known_extensions = false", "autoload_known_extensions = false", "TimeZone = 'UTC'",
            "allowed_directories = ['" + str(file.parent).replace("'", "''") + "']",
            "enable_external_access = false", "lock_configuration = true",
        ):  # fmt: skip
            connection.execute(f"SET {said}")
        yield Events(connection, _taken(connection, file))
    except duckdb.OutOfMemoryException:
        raise Unavailable(
            f"The events do not fit into {MEMORY} of memory, and nothing of them may touch a disk.",
            "Give the days that the study needs only, or fewer regions.",
            code="events-memory",
        ) from None
    except duckdb.Error as error:
        first = str(error).splitlines()[0][:200]
        raise BadInput(
            f"{file.name} is no table of events: {first}", "Write it as CSV in UTF-8 or as Parquet.", code="events-file"
        ) from None
    finally:
        connection.close()


def _taken(connection: duckdb.DuckDBPyConnection, file: Path) -> Seen:
    if file.suffix.lower() == ".parquet":
        connection.execute("CREATE VIEW given AS SELECT * FROM read_parquet('" + str(file).replace("'", "''") + "')")
    else:
        connection.execute(
            "CREATE VIEW given AS SELECT * FROM read_csv('" + str(file).replace("'", "''") + "', all_varchar = true,"
            " header = true, delim = ',', quote = '\"', encoding = 'utf-8', strict_mode = true)"
        )
    there = sorted(row[0] for row in connection.execute("SELECT * FROM given LIMIT 0").description or [])
    if there != sorted(COLUMNS):
        raise BadInput(
            f"{file.name} has the columns {', '.join(there)}.",
            f"Give {', '.join(COLUMNS)} and nothing else: no number, no content, no contact.",
            code="events-columns",
        )
    _looked(connection, file)
    connection.execute(
        "CREATE TABLE regions AS SELECT region, (row_number() OVER (ORDER BY region) - 1)::BIGINT AS code"
        " FROM (SELECT DISTINCT region::VARCHAR AS region FROM given)"
    )
    connection.execute(
        f"""
        CREATE TABLE daily AS
        SELECT who, day, (max((hours * 32 + last) * {CODES} + code) & {CODES - 1})::BIGINT AS place
        FROM (SELECT hash(subscriber::VARCHAR) AS who, hour::TIMESTAMP::DATE AS day, r.code,
                     count(DISTINCT date_part('hour', hour::TIMESTAMP)) AS hours, max(date_part('hour', hour::TIMESTAMP)) AS last
              FROM given JOIN regions AS r ON r.region = given.region::VARCHAR GROUP BY ALL)
        GROUP BY who, day
        """
    )
    row = connection.execute(
        "SELECT (SELECT count(*) FROM given), (SELECT count(*) FROM regions), min(day), max(day) FROM daily"
    ).fetchone()
    if row is None or row[2] is None:
        raise BadInput(
            f"{file.name} is empty.", "Give the events of the days that the study needs.", code="events-rows"
        )
    return Seen(int(row[0]), int(row[1]), row[2], row[3])


def _looked(connection: duckdb.DuckDBPyConnection, file: Path) -> None:
    row = connection.execute(
        f"""
        SELECT count(*) FILTER (WHERE TRY_CAST(hour AS TIMESTAMP) IS NULL),
               count(*) FILTER (WHERE coalesce(trim(region::VARCHAR), '') = '' OR length(region::VARCHAR) > 40),
               count(*) FILTER (WHERE subscriber IS NULL OR length(subscriber::VARCHAR) < {FEWEST_OF_A_HASH}
                                OR regexp_full_match(subscriber::VARCHAR, '[+0-9 ()./-]*')),
               count(DISTINCT region)
        FROM given
        """
    ).fetchone() or (0, 0, 0, 0)
    hours, regions, subscribers, number = (int(one) for one in row)
    if hours or regions:
        raise BadInput(
            f"{hours + regions:,} lines of {file.name} have no hour such as 2026-03-02T14:00 or no region.",
            "Mend them, then count again.",
            code="events-rows",
        )
    if subscribers:
        raise BadInput(
            f"{subscribers:,} subscribers of {file.name} are no keyed hashes: they are short, or made of digits only.",
            "Hash them with a secret key that is destroyed afterwards; numbers of telephones and cards must not come here.",
            code="events-subscribers",
        )
    if number >= CODES:
        raise BadInput(f"{number:,} regions are too many.", f"At most {CODES - 1:,}.", code="events-rows")
