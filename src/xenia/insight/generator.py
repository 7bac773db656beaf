"""Facts of a made-up border, as many as asked for: to measure with, and to try what people ask. The same seed makes the same facts.

50 nationalities, 40 posts, 50 months; a few persons cross often, most rarely; who is let in leaves again, some too late; some are
refused. Written month by month, so that memory does not grow with the number. Of every ten thousand crossings come about 4,800 stays and
ten cases of readmission with their steps. Nobody in it lives: states are those that no document names (UTO and QAA to QBW).
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime

import duckdb

from xenia.errors import BadInput, Conflict
from xenia.insight import declarations
from xenia.insight.warehouse import SQL_TYPES, File, Tail, Warehouse, digest_of, engine

MONTHS = 50
POSTS = 40
FIRST = "2022-01-01"
CROSSINGS_A_STAY = 1.985  # an entry and an exit; of those refused one
MOST = 1_000_000_000


def generate(warehouse: Warehouse, number: int, seed: int = 1) -> list[File]:
    """About so many crossings, their stays, and cases, into an empty warehouse.

    Raises `BadInput` (`bad-input`) and `Conflict` (`facts-there`) where facts lie in it already.
    """
    if not 1_000 <= number <= MOST:
        raise BadInput(f"Generate 1,000 to {MOST:,} crossings.", "Choose another number.", code="bad-input")
    if warehouse.known():
        raise Conflict("There are facts in that folder already.", "Name an empty one.", code="facts-there")
    a_month = max(round(number / CROSSINGS_A_STAY / MONTHS), 1)
    made: list[File] = []
    connection = engine([warehouse.folder])
    try:
        for month in range(MONTHS):
            connection.execute(f"CREATE OR REPLACE TEMP TABLE s AS {_stays(seed, month, a_month)}")
            for fact, source in (("crossing", CROSSINGS), ("stay", STAYS), ("case_step", CASES)):
                if fact in declarations.facts():
                    made.append(_write(connection, warehouse, fact, source, f"made-{seed}-{number}-{month:02}.parquet"))
    finally:
        connection.close()
    with warehouse.alone():
        warehouse.swap(made, Tail())
    return made


def _write(
    connection: duckdb.DuckDBPyConnection,
    warehouse: Warehouse,
    fact: str,
    source: tuple[Mapping[str, str], str],
    name: str,
) -> File:
    given, rest = source
    kinds = declarations.facts()[fact].columns
    empty = {"text": "''", "whole": "NULL", "key": "NULL"}
    picked = ", ".join(
        f'CAST({given.get(one, empty.get(kind, "NULL"))} AS {SQL_TYPES[kind]}) AS "{one}"'
        for one, kind in kinds.items()
    )
    path = warehouse.place(fact, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{name}.{secrets.token_hex(4)}")
    where = str(beside).replace("'", "''")
    rows = connection.execute(
        f"COPY (SELECT {picked} FROM ({rest}) AS x ORDER BY 1) TO '{where}' (FORMAT parquet, COMPRESSION zstd)"
    ).fetchone()
    beside.replace(path)
    digest, at = digest_of(path), datetime.now(UTC).isoformat(timespec="seconds")
    return File(fact, name, int(rows[0]) if rows else 0, digest, "generated", digest, at)


def _stays(seed: int, month: int, number: int) -> str:
    """One row for each time that somebody came in a month: who, when, where, how it went, and how long they stayed."""

    def chance(what: int, of: str = "i") -> str:
        # Hashed once more behind a constant of its own: the engine's hashes of neighbours are alike in their high bits.
        constant = random.Random(seed * 1000 + what).getrandbits(63)  # noqa: S311
        return f"(hash(xor(hash({of}), {constant}::UBIGINT)) / 18446744073709551616.0)"

    persons = max(number * MONTHS // 3, 100)
    begins = f"(DATE '{FIRST}' + INTERVAL {month} MONTH)"
    days = f"date_diff('day', {begins}, {begins} + INTERVAL 1 MONTH)"
    drawn = f"""
        SELECT i, CAST(floor({persons} * pow({chance(1)}, 1.8)) AS BIGINT) AS who,
            {begins} + INTERVAL 1 DAY * CAST(floor({days} * {chance(2)}) AS INTEGER) AS day, {chance(3)} AS hour_c,
            {chance(4)} AS post_c, {chance(5)} AS refused_c, {chance(6)} AS reason_c, {chance(7)} AS long_c,
            {chance(8)} AS wait_c, {chance(9)} AS out_c, {chance(10)} AS hit_c, {chance(11)} AS late_c, hash(xor(hash(i), {seed}::UBIGINT)) AS h
        FROM (SELECT {month * 1_000_000_000} + range AS i FROM range({number}))"""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    nations = "[" + ", ".join(f"'Q{letters[n // 26]}{letters[n % 26]}'" for n in range(49)) + ", 'UTO']"
    return f"""
        SELECT i, who, h, hour_c, post_c, out_c, hit_c, late_c, wait_c, refused_c < 0.015 AS refused,
            day + INTERVAL 1 HOUR * CAST(least(5 + floor(19 * pow(hour_c, 0.8)), 23) AS INTEGER) AS entered,
            chr(CAST(65 + floor(9 * pow(reason_c, 1.7)) AS INTEGER)) AS reason,
            CAST(1 + floor(-ln(1 - long_c * 0.999999) * 24) AS INTEGER) AS days,
            {nations}[1 + CAST(floor(50 * pow({chance(20, "who")}, 2.2)) AS INTEGER)] AS nationality,
            CASE WHEN {chance(21, "who")} < 0.48 THEN 'F' WHEN {chance(21, "who")} < 0.998 THEN 'M' ELSE 'X' END AS sex,
            CASE WHEN {chance(22, "who")} < 0.1 THEN '0-13' WHEN {chance(22, "who")} < 0.14 THEN '14-17'
                WHEN {chance(22, "who")} < 0.45 THEN '18-34' WHEN {chance(22, "who")} < 0.9 THEN '35-64' ELSE '65+' END AS age_group,
            hash(xor(hash(who), {seed + 1}::UBIGINT)) AS secret
        FROM ({drawn})"""


def _post(chance: str) -> str:
    return f"'UTO-' || lpad(CAST(CAST(floor({POSTS} * pow({chance}, 1.6)) AS INTEGER) AS VARCHAR), 2, '0')"


CROSSINGS: tuple[Mapping[str, str], str] = (
    {
        "hour": "hour",
        "received": "CAST(hour AS DATE) + CASE WHEN late_c < 0.004 THEN 5 ELSE 0 END",
        "post": _post("chance"),
        "direction": "direction",
        "outcome": "CASE WHEN refused THEN 'refused' ELSE 'admitted' END",
        "nationality": "nationality",
        "sex": "sex",
        "age_group": "age_group",
        "mode": "CASE WHEN chance < 0.5 THEN 'air' WHEN chance < 0.85 THEN 'land' WHEN chance < 0.95 THEN 'sea' ELSE 'rail' END",
        "document_type": "CASE WHEN secret % 20 = 0 THEN 'I' ELSE 'P' END",
        "category": "CASE WHEN secret % 3 = 0 THEN 'visa-exempt' ELSE 'visa-required' END",
        "reason": "CASE WHEN refused THEN reason ELSE '' END",
        "hit": "CASE WHEN hit_c < 0.003 THEN 'alerts' WHEN hit_c < 0.004 THEN 'documents' ELSE '' END",
        "overstay_days": "CASE WHEN direction = 'exit' THEN greatest(days - 90, 0) END",
        "control_s": "8 + CAST(floor(-ln(1 - wait_c * 0.999999) * 25) AS INTEGER)",
        "second_line_s": "CASE WHEN h % 20 = 0 THEN 60 + CAST(floor(-ln(1 - hour_c * 0.999999) * 600) AS INTEGER) END",
        "person": "hash(xor(secret, year(hour)::UBIGINT)) >> 2",
        "record": "hash(xor(h, CASE WHEN direction = 'exit' THEN 77 ELSE 99 END::UBIGINT)) % 65536",
        "n": "1",
    },
    """SELECT *, entered AS hour, 'entry' AS direction, post_c AS chance FROM s
    UNION ALL SELECT *, entered + INTERVAL 1 DAY * days AS hour, 'exit' AS direction, out_c AS chance FROM s WHERE NOT refused""",
)
STAYS: tuple[Mapping[str, str], str] = (
    {
        "hour": "hour",
        "received": "CAST(hour AS DATE)",
        "post": _post("out_c"),
        "nationality": "nationality",
        "sex": "sex",
        "age_group": "age_group",
        "basis": "CASE WHEN secret % 3 = 0 THEN 'short-stay' ELSE 'visa' END",
        "matched": "CASE WHEN h % 50 = 0 THEN 'no' ELSE 'yes' END",
        "overstayed": "CASE WHEN days > 90 THEN 'yes' ELSE 'no' END",
        "entered_on": "CAST(entered AS DATE)",
        "exited_on": "CAST(hour AS DATE)",
        "stay_days": "days + 1",
        "used_days": "days + 1",
        "overstay_days": "greatest(days - 90, 0)",
        "person": "hash(xor(secret, year(hour)::UBIGINT)) >> 2",
        "record": "hash(xor(h, 55::UBIGINT)) % 65536",
        "n": "1",
    },
    "SELECT *, entered + INTERVAL 1 DAY * days AS hour FROM s WHERE NOT refused",
)
CASES: tuple[Mapping[str, str], str] = (
    {
        "hour": "entered + INTERVAL 1 DAY * since",
        "received": "CAST(entered AS DATE) + since",
        "procedure": "'readmission'",
        "version": "'1'",
        "agreement": "'UTO-' || nationality",
        "partner": "nationality",
        "side": "CASE WHEN h % 3 = 0 THEN 'requested' ELSE 'requesting' END",
        "step": "step",
        "stage": "CASE WHEN step = 'reached' THEN CASE WHEN out_c < 0.9 THEN 'transferred' ELSE 'failed' END ELSE '' END",
        "outcome": "CASE WHEN step = 'decided' THEN CASE WHEN post_c < 0.7 THEN 'accepted' ELSE 'refused' END ELSE '' END",
        "timely": "CASE WHEN step = 'decided' THEN CASE WHEN answered <= 14 THEN 'in_time' ELSE 'late' END ELSE '' END",
        "done_by": "CASE WHEN step = 'lodged' THEN 'person' ELSE 'message' END",
        "nationality": "nationality",
        "sex": "sex",
        "age_group": "age_group",
        "days": "since",
        "record": "hash(xor(h, 33::UBIGINT)) % 65536",
        "n": "1",
    },
    """SELECT *, CASE step WHEN 'lodged' THEN 0 WHEN 'reached' THEN answered + 21 ELSE answered END AS since
    FROM (SELECT *, CAST(2 + floor(-ln(1 - wait_c * 0.999999) * 8) AS INTEGER) AS answered,
        unnest(['lodged', 'decided', 'settled', 'reached']) AS step FROM s WHERE h % 500 = 0)
    WHERE (step <> 'reached' OR post_c < 0.7) AND (step = 'lodged' OR hour_c < 0.93)""",
)
