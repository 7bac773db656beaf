"""Studies that operators made, in the warehouse: taken whole after a check, shown with regions and persons.

DIR/calls/<operator>-<name>/    the study's three files, and population.csv where it was given
"""

from __future__ import annotations

import csv
import hashlib
import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xenia.access.standing import Standing
from xenia.errors import BadInput, Conflict, NotFound, Unavailable
from xenia.insight import actions, kinds
from xenia.insight.calls import scaling, studies
from xenia.insight.calls.scaling import Region
from xenia.journal.actions import append, writing

FILES = ("study.json", "flows.csv", "presence.csv")
POPULATION = "population.csv"
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,80}")


@dataclass(frozen=True)
class Taken:
    """A study as it is shown. `persons`: low, middle, high over all regions whose population is known; None: of none."""

    name: str
    said: Mapping[str, Any]
    regions: list[Region]

    @property
    def persons(self) -> tuple[int, int, int] | None:
        """Persons displaced: the study's share of all who live in the regions it tells of."""
        known = [one.population for one in self.regions if one.population is not None]
        if not known:
            return None
        low, middle, high = (
            scaling.rough(sum(known) * self.said["estimate"][name]) for name in ("low", "share", "high")
        )
        return low, max(middle, 0), high

    @property
    def without_population(self) -> int:
        """Regions of which nobody said how many live there."""
        return sum(one.population is None for one in self.regions)


def take(here: Standing, warehouse: str, folder: Path, population: Path | None = None) -> Taken:
    """A study taken in, written into the journal. Raises `BadInput` (`study-files`, `population-file`), `Conflict`
    (`study-taken`) and `Unavailable` (`warehouse-disk`)."""
    said = studies.read(folder)
    if population is not None:
        _population(population)
    name = f"{_plain(str(said['operator']))}-{studies.name_of(studies.windows_of(said))}"
    place = actions.warehouse(warehouse).folder / "calls" / name
    if place.exists():
        raise Conflict("This study was taken before.", "It is kept as it was.", code="study-taken")
    beside = ""
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        beside = tempfile.mkdtemp(prefix=".taking-", dir=place.parent)
        for file in FILES:
            shutil.copyfile(folder / file, Path(beside) / file)
        if population is not None:
            shutil.copyfile(population, Path(beside) / POPULATION)
        Path(beside).chmod(0o750)
        Path(beside).rename(place)
    except OSError as error:
        if beside:
            shutil.rmtree(beside, ignore_errors=True)
        raise Unavailable(
            f"The warehouse cannot be written: {error.strerror}.", "Make room on its disk.", code="warehouse-disk"
        ) from None
    made = study(warehouse, name)
    digest = hashlib.sha256((place / "study.json").read_bytes()).hexdigest()
    with writing():
        append(kinds.CALLS_TAKEN, {"study": name, "digest": digest}, here.act(actions.PURPOSE, f"calls:{name}"[:100]))
    return made


def names(warehouse: str = "") -> list[str]:
    """The studies that were taken, the latest first by the days they tell of."""
    folder = actions.warehouse(warehouse).folder / "calls"
    found = [one.name for one in folder.glob("[!.]*") if (one / "study.json").is_file()]
    return sorted(found, key=lambda name: (name[-21:], name), reverse=True)


def study(warehouse: str, name: str) -> Taken:
    """One study. Raises `NotFound` (`no-study`) and `BadInput` (`study-files`)."""
    place = actions.warehouse(warehouse).folder / "calls" / name
    if NAME.fullmatch(name) is None or not place.is_dir():
        raise NotFound("There is no such study.", "Choose one of the list.", code="no-study")
    said = studies.read(place)
    lived = _population(place / POPULATION) if (place / POPULATION).is_file() else {}
    event, usual = (said["windows"][which]["places"][0] for which in ("event", "usual"))
    return Taken(name, said, scaling.regions(said["flows.csv"], event, usual, lived))


def _population(file: Path) -> dict[str, int]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as given:
            rows = list(csv.DictReader(given))
        found = {str(row["area"]).strip(): int(row["persons"]) for row in rows}
        if not found or len(found) < len(rows) or min(found.values()) < 0:
            raise ValueError("an area is named twice or has fewer than no persons")
    except (OSError, ValueError, KeyError, TypeError, csv.Error) as error:
        raise BadInput(
            f"{file.name} is no table of areas and persons: {str(error)[:120]}.",
            "Write it as CSV in UTF-8 with the columns area and persons.",
            code="population-file",
        ) from None
    return found


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:40] or "operator"
