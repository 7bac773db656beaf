"""The measured process of `xenia bench store`, in a home that is thrown away; not part of the command line."""

from __future__ import annotations

import json
import os
import random
import secrets
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from xenia.errors import Unavailable

COMMITS, BULK, BYTES, ASKED, PINS = 1_000, 50_000, 700, 400, 5
WAL: Final = ("journal_mode=WAL", "synchronous=FULL", "temp_store=MEMORY", "cache_size=-16000")


def _median_ms(do: Callable[[], Any], times: int) -> float:
    found = []
    for _one in range(times):
        began = time.perf_counter()
        do()
        found.append(1000 * (time.perf_counter() - began))
    return round(statistics.median(found), 1)


def _database(path: Path) -> dict[str, float]:
    """Durable commits and many rows in one: by the clock, and by the processor."""
    from xenia.journal import at_rest

    with closing(at_rest.connect(path, isolation_level=None)) as link:
        for one in WAL:
            link.execute(f"PRAGMA {one}")
        link.execute("CREATE TABLE entry(n INTEGER PRIMARY KEY, body BLOB)")
        body, began, cpu = os.urandom(BYTES), time.perf_counter(), time.process_time()
        for _one in range(COMMITS):
            link.execute("INSERT INTO entry(body) VALUES (?)", (body,))
        durable, used = time.perf_counter() - began, time.process_time() - cpu
        cpu = time.process_time()
        link.execute("BEGIN")
        link.executemany("INSERT INTO entry(body) VALUES (?)", ((body,) for _one in range(BULK)))
        link.execute("COMMIT")
        bulk = time.process_time() - cpu
    return {
        "commits_per_s": round(COMMITS / durable),
        "commit_cpu_us": round(used / COMMITS * 1e6),
        "bulk_rows_per_cpu_s": round(BULK / bulk),
    }


def _list(path: Path, questions: list[tuple[int, ...]]) -> dict[str, float]:
    """Opening the file, and searching it by name."""
    from xenia.registers.lists.file import ListFile

    began = time.perf_counter()
    file = ListFile.open(path)
    opened = time.perf_counter() - began
    found, times = 0, []
    for keys in questions:
        began = time.perf_counter()
        found += len(file.near(keys))
        times.append(1000 * (time.perf_counter() - began))
    if not found:
        raise Unavailable("The searches found nothing.", "That is a fault: report it.", code="bench-store")
    file.close()
    return {"open_ms": round(1000 * opened, 1), "search_ms_p50": round(statistics.median(times), 2)}


def _records(persons: int) -> Iterator[Any]:
    from xenia.formats.lists.records import PERSON, Record
    from xenia.site.bench import people

    rng = random.Random(7)
    for number, one in enumerate(people.people(persons, 7)):
        yield Record(f"{number:08}", PERSON, people.listed(one, rng).body())


def main(persons: int) -> None:
    """Measure, and print one line."""
    from xenia.site import setup

    setup.start_django()
    from django.conf import settings

    from xenia.journal import at_rest
    from xenia.units.store import keyring

    home = Path(settings.XENIA_HOME)
    result: dict[str, Any] = {"schema": "xenia/bench-store/1", "persons": persons, "plain": _database(home / "plain")}
    made, questions = _built(home / "list", persons)
    result["plain"] |= _list(made, questions) | {"list_bytes": made.stat().st_size}
    at_rest.begin(secrets.token_bytes(at_rest.KEY))
    result["encrypted"] = _database(home / "encrypted")
    at_rest.write(home / "sealed", at_rest.pieces(made))
    result["encrypted"] |= _list(home / "sealed", questions) | {"list_bytes": (home / "sealed").stat().st_size}
    at_rest.shut()
    key = keyring.make("0" * 25)
    keyring.add_pin("ada", "274081")
    began = time.process_time()
    result["pin_ms"] = _median_ms(lambda: keyring.by_pin("ada", "274081") == key, PINS)
    result["pin_cpu_ms"] = round(1000 * (time.process_time() - began) / PINS)
    result["pin_memory_kib"], result["pin_passes"] = keyring.MEMORY_KIB, keyring.PASSES
    print(json.dumps(result), flush=True)


def _built(path: Path, persons: int) -> tuple[Path, list[tuple[int, ...]]]:
    """A list of invented persons, and the keys of some of them."""
    from xenia.matching.keys import query_keys
    from xenia.registers.lists.build import build

    rows = list(_records(persons))
    build(path, rows, {"register": "alerts", "source": "bench"}, secret=secrets.token_bytes(32))
    some = rows[:: max(1, persons // ASKED)]
    names = [one.body["names"][0] for one in some]
    return path, [query_keys([f"{one['given_names']} {one['surname']}"], None) for one in names]


if __name__ == "__main__":
    main(int(sys.argv[1]))
