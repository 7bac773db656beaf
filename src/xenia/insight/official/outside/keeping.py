"""Files of others in a folder of the warehouse: the bytes as they came, whose they are, and under which licence.

DIR/outside/<name>/table.csv     the file, byte for byte
DIR/outside/<name>/said.json     source, licence, address, when, how it was read
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.utils.translation import gettext as _

from xenia.access.standing import Standing
from xenia.errors import BadInput, Conflict, NotFound
from xenia.insight import actions, kinds
from xenia.insight.official.outside import reading
from xenia.insight.official.outside.reading import Table
from xenia.insight.warehouse import Warehouse, write_whole
from xenia.journal.actions import append, writing

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,60}")
FOLDER, FILE, SAID = "outside", "table.csv", "said.json"
SMALL_AS_FIVE = "1-4-as-5"
"""How UNHCR protects small counts."""


@dataclass(frozen=True)
class Kept:
    """What is known of a file. `convention`: "" or `1-4-as-5`."""

    name: str
    source: str
    licence: str
    digest: str
    figures: int
    missing: int
    encoding: str
    rounded: int
    convention: str
    at: str


def take(
    here: Standing, where: Warehouse, file: Path, source: str, licence: str, name: str = "", convention: str = ""
) -> tuple[Kept, Table]:
    """Keep a file, byte for byte; it stands in the journal. Raises `BadInput`, `NotFound` (`no-outside-file`), `Conflict`."""
    if not file.is_file():
        raise NotFound(f"There is no file {file.name}.", "Check the path.", code="no-outside-file")
    name = name or re.sub(r"[^a-z0-9]+", "-", file.stem.lower()).strip("-")[:60]
    if not NAME.fullmatch(name):
        raise BadInput(f"“{name[:60]}” is no name.", "Use small letters, digits and hyphens.", code="outside-name")
    if not source.strip() or not licence.strip():
        raise BadInput("Whose figures are these, and under which licence?", "Give both.", code="outside-source")
    if convention not in ("", SMALL_AS_FIVE):
        raise BadInput(f"“{convention[:20]}” is no convention.", f"Known is {SMALL_AS_FIVE}.", code="outside-file")
    data = file.read_bytes()
    table = reading.read(data)
    kept = Kept(
        name, source.strip()[:300], licence.strip()[:300], hashlib.sha256(data).hexdigest(), len(table.figures),
        table.missing, table.encoding, table.rounded, convention, datetime.now(UTC).isoformat(timespec="seconds"),
    )  # fmt: skip
    folder = where.folder / FOLDER / name
    with where.alone():
        if (folder / SAID).exists():
            raise Conflict(
                f"There are figures called {name} already.", "Choose another name with --name.", code="outside-there"
            )
        write_whole(folder / FILE, data)
        write_whole(folder / SAID, json.dumps(asdict(kept), ensure_ascii=False, indent=1).encode())
    body = {"name": name, "source": kept.source, "licence": kept.licence, "digest": kept.digest}
    with writing():
        append(kinds.OUTSIDE, body, here.act(actions.PURPOSE, f"outside:{name}"))
    return kept, table


def all_kept(where: Warehouse) -> list[Kept]:
    """Every file that was taken, by name."""
    return [_said(path) for path in sorted((where.folder / FOLDER).glob(f"*/{SAID}"))]


def find(where: Warehouse, name: str) -> tuple[Kept, Table]:
    """A file that was taken, and its table. Raises `NotFound` (`no-outside-file`)."""
    folder = where.folder / FOLDER / name
    if not NAME.fullmatch(name) or not (folder / SAID).is_file():
        raise NotFound(
            _("There are no figures called %(name)s.") % {"name": name[:60]},
            _("Choose some of the list."),
            code="no-outside-file",
        )
    return _said(folder / SAID), reading.read((folder / FILE).read_bytes())


def _said(path: Path) -> Kept:
    return Kept(**json.loads(path.read_text(encoding="utf-8")))
