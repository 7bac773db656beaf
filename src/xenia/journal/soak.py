"""Tampering with a scratch journal, again and again: each tampering must be found, located and named.

Run by `xenia soak tamper`. Each tampering happens in a transaction that is rolled back after verification.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Sequence

from xenia.journal import scratch

SIZE = 800
"""Enough for several heads that are kept for good."""


def main(arguments: Sequence[str]) -> int:
    """Tampers `--count` times with the seed `--seed`; one JSON line per tampering not found, then the sum. Exit code."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    options = parser.parse_args(arguments)
    scratch.begin()
    from xenia.journal import tamper

    journal = tamper.planted(SIZE)
    chance, began = random.Random(options.seed), time.perf_counter()  # noqa: S311
    found: Counter[str] = Counter()
    missed = []
    for number in range(options.count):
        name, trouble = tamper.attempt(journal, chance)
        found[name] += 1
        if trouble:
            missed.append({"number": number, "tampering": name, "trouble": trouble})
    summary = {
        "schema": "xenia/soak-tamper/1",
        "count": options.count,
        "seed": options.seed,
        "found": options.count - len(missed),
        "missed": missed,
        "by_tampering": dict(sorted(found.items())),
        "seconds": round(time.perf_counter() - began, 1),
    }
    print(json.dumps(summary))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
