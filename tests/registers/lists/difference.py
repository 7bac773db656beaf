"""How small a difference is of which a hundredth changed: `python -m tests.registers.lists.difference [PERSONS]` prints it."""

from __future__ import annotations

import json
import random
import sys
import tempfile
import time
from pathlib import Path

from tests.registers.lists.worlds import SECRET, person
from xenia.formats.lists.records import Record
from xenia.registers.lists import delta
from xenia.registers.lists.build import build

SYLLABLES = "ba ko ri te mu la sho ven dar gi zu pel an to ki ra lo mi su ne".split()


def _name(seed: int) -> str:
    draw = random.Random(seed)
    return "".join(draw.choice(SYLLABLES) for _ in range(draw.randint(2, 4))).title()


def _person(number: int, turn: int = 0) -> Record:
    born = f"{1950 + number % 60}-{1 + number % 12:02}-{1 + number % 28:02}"
    return person(number, _name(number * 2 + turn * 1_000_003), _name(number * 2 + 1), born)


def measure(persons: int, folder: Path) -> dict[str, float]:
    """Sizes in bytes and seconds of CPU. A third each of a hundredth is changed, removed, added."""
    some = random.Random(1).sample(range(persons), persons // 100)
    third = len(some) // 3
    changed, removed = set(some[:third]), set(some[third : 2 * third])
    kept = [_person(n, int(n in changed)) for n in range(persons) if n not in removed]
    added = [_person(n) for n in range(persons, persons + len(some) - 2 * third)]
    meta = {"register": "alerts", "source": "test"}
    build(folder / "a", (_person(n) for n in range(persons)), meta, secret=SECRET)
    build(folder / "b", [*kept, *added], meta, secret=SECRET)
    base, new = (folder / "a").read_bytes(), (folder / "b").read_bytes()
    start = time.process_time()
    made = delta.make(base, new)
    between = time.process_time()
    assert delta.apply(base, made) == new
    applied = time.process_time() - between
    return {"file": len(new), "difference": len(made), "make_s": between - start, "apply_s": applied}


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made_in:
        print(json.dumps(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 50_000, Path(made_in))))
