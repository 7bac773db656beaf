"""Makes a small installation of this version that every later version must open, migrate and verify.

    .venv/bin/python tools/make_fixture.py NAME        writes tests/fixtures/NAME/

Made once per release whose stored form changes, then never touched. Persons, keys and lists are invented; the keys open
nothing else. Names, numbers and deeds are the same each time; ids, times and key material are not, as in life.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PERSONS, ERASED, SEED = 24, 3, 2
LEFT_OUT = ("static", "run", "spare", "backups", "logs")


def _fill() -> None:
    """In the process of the installation: everything that this version stores, some of it erased again."""
    from xenia.site import setup

    setup.start_django()
    setup.ensure(lambda text: None)
    from django.db import connection

    from xenia import __version__
    from xenia.journal import heads, sealer
    from xenia.journal.forgetting import Wanted
    from xenia.oversight import rights
    from xenia.site.soak import planting

    here, people = planting.crew(), planting.persons(PERSONS, SEED)
    with tempfile.TemporaryDirectory() as folder:
        planting.plant(here, people, Path(folder))
    officer, found = here.of("officer-dp"), {}
    for person in people:
        asked = Wanted(surname=person.surname, given_names=person.given_names, birth_date=person.birth_date)
        found[person.number] = sorted({one.subject for one in rights.find(officer, asked, "external:fixture")})
    gone = [subject for number in range(ERASED) for subject in found[number]]
    rights.erase(officer, gone, reason="invented", reference="external:fixture", rewrite=True)
    sealer.seal_now()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    about = {
        "xenia": __version__,
        "head": heads.latest().to_json(),
        "kept": [f"{person.surname} {person.given_names}" for person in people[ERASED:]],
        "erased": [f"{person.surname} {person.given_names}" for person in people[:ERASED]],
    }
    print(json.dumps(about))


def _rows(database: Path) -> dict[str, int]:
    with closing(sqlite3.connect(database)) as link:
        names = [name for (name,) in link.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        return {
            name: link.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]
            for name in names
            if name != "sqlite_sequence"
        }


def _copy(home: Path, target: Path) -> None:
    for path in sorted(home.rglob("*")):
        inside = path.relative_to(home)
        if (
            path.is_file()
            and inside.parts[0] not in LEFT_OUT
            and path.suffix not in (".lock", ".part")
            and "-wal" not in path.name
            and "-shm" not in path.name
        ):
            place = target / "home" / inside
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place)


def main(arguments: list[str]) -> int:
    """Exit code 0 done, 2 wrong use."""
    if arguments == ["--fill"]:
        _fill()
        return 0
    if len(arguments) != 1 or not arguments[0].replace("-", "").isalnum():
        print(__doc__, file=sys.stderr)
        return 2
    target = ROOT / "tests" / "fixtures" / arguments[0]
    if target.exists():
        print(f"{target} exists; a fixture is never changed.", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="xenia-fixture-") as folder:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("XENIA_")}
        environment |= {
            "XENIA_HOME": folder,
            "XENIA_LOG": "ERROR",
            "PYTHONPATH": str(ROOT / "src"),
            "DJANGO_SETTINGS_MODULE": "xenia.site.settings",
        }
        done = subprocess.run(
            [sys.executable, __file__, "--fill"], env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            print(done.stderr, file=sys.stderr)
            return 1
        about = json.loads(done.stdout.splitlines()[-1])
        _copy(Path(folder), target)
    about["rows"] = _rows(target / "home" / "xenia.sqlite3")
    (target / "about.json").write_text(json.dumps(about, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    size = sum(path.stat().st_size for path in target.rglob("*") if path.is_file())
    print(f"{target.relative_to(ROOT)}: {size / 1e3:,.0f} kB, {sum(about['rows'].values()):,} rows.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
