"""A source with columns of its own while somebody describes it: on disk among the uploads, until it is proposed.

The example file lies beside the description and is overwritten with it, at the latest when uploads are swept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from xenia.access.standing import Standing
from xenia.errors import NotFound, XeniaError
from xenia.formats.lists.mapping import ColumnMapping, needed
from xenia.formats.lists.reasons import sentence
from xenia.journal.ids import uuid7
from xenia.registers.lists import child, store
from xenia.registers.lists.job import Changes, Job, read_json, write_json
from xenia.registers.lists.sources import KIND_OF_REGISTER, Source

TRIED_ROWS = 10_000
# The page waits for it: a file that takes longer is no example.
_CPU_S = 60
_SHOWN_REFUSED = 10
# What sources call our fields, in small letters without signs. Only a first guess: a person looks at it.
_GUESSES = {
    "id": "record_id",
    "number": "record_id",
    "familyname": "surname",
    "lastname": "surname",
    "name": "surname",
    "firstname": "given_names",
    "forename": "given_names",
    "givenname": "given_names",
    "dob": "birth_date",
    "dateofbirth": "birth_date",
    "born": "birth_date",
    "gender": "sex",
    "nationality": "nationalities",
    "citizenship": "nationalities",
    "alias": "aliases",
    "country": "issuing_state",
    "documentnumber": "number",
    "licenceplate": "plate",
    "numberplate": "plate",
    "chassisnumber": "vin",
}


@dataclass(frozen=True)
class Tried:
    """How a trial went: counts and the first refused rows, or the message of what refused the whole file."""

    counts: Mapping[str, int] = field(default_factory=dict)
    refused: tuple[Mapping[str, Any], ...] = ()
    problem: str = ""


@dataclass
class Draft:
    """`source`: as `Source` has it, `mapping` as far as it is known. `change`: of an approved source. `account`: whose it is."""

    id: UUID
    account: str
    source: dict[str, Any]
    reason: str
    change: bool = False

    @property
    def kind(self) -> str:
        """What the register holds."""
        return KIND_OF_REGISTER[self.source["register"]]

    @property
    def folder(self) -> Path:
        """Where it lies."""
        return store.draft_path(self.id)

    @property
    def file(self) -> Path:
        """Where its example file lies, or would lie."""
        return self.folder / "input"

    @property
    def mapping(self) -> dict[str, Any]:
        """The mapping so far, whole enough for `ColumnMapping`."""
        return ColumnMapping(columns={}).to_json() | dict(self.source.get("mapping") or {})

    def heading(self) -> list[str]:
        """The headings of the example, or those that the mapping names."""
        return list(self.look().get("heading") or self.mapping["columns"])

    def look(self) -> dict[str, Any]:
        """Headings, first rows and sheets of the example file; {} before there is one."""
        return read_json(self.folder / "look.json")

    def save(self) -> None:
        """Writes it down."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_json(self.folder / "draft.json", {**asdict(self), "id": str(self.id)})

    def discard(self) -> None:
        """Overwrites and removes it."""
        store.discard_folder(self.folder)


def begin(standing: Standing, source: Source, *, reason: str, change: bool = False) -> Draft:
    """A new draft of somebody's own."""
    draft = Draft(uuid7(), str(standing.account), asdict(source), reason, change)
    draft.save()
    return draft


def one(standing: Standing, pk: UUID) -> Draft:
    """Somebody's own draft. Raises `NotFound` (code `no-list-source`) also for another's."""
    said = read_json(store.draft_path(pk) / "draft.json")
    if not said or said["account"] != str(standing.account):
        raise NotFound("There is no such draft any more.", "Describe the source again.", code="no-list-source")
    return Draft(**{**said, "id": pk})


def look_at(draft: Draft) -> None:
    """Reads headings and first rows of the example in the limited child. Raises what it raises."""
    (draft.folder / "look.json").unlink(missing_ok=True)
    _run(draft, task="look")


def attempt(draft: Draft) -> Tried:
    """Reads the first rows of the example as the mapping says, and keeps nothing."""
    for left in ("refused.jsonl", "report.jsonl"):
        (draft.folder / left).unlink(missing_ok=True)
    try:
        ColumnMapping.from_json(draft.mapping).check(draft.kind)
        counts = _run(draft, task="load")
    except XeniaError as error:
        return Tried(problem=f"{error.message} {error.what_to_do}", refused=_refused(draft))
    return Tried({name: counts[name] for name in ("records", "refused", "noted")}, _refused(draft))


def _refused(draft: Draft) -> tuple[Mapping[str, Any], ...]:
    rows = (one for one in Changes(draft.folder).refused())
    return tuple(
        {"line": one.line, "column": one.column, "reason": sentence(one.reason)}
        for one, _ in zip(rows, range(_SHOWN_REFUSED), strict=False)
    )


def _run(draft: Draft, task: Any) -> dict[str, int]:
    (draft.folder / "result.json").unlink(missing_ok=True)
    job = Job(
        task=task,
        folder=str(draft.folder),
        register=draft.source["register"],
        source=draft.source["code"],
        kind=draft.kind,
        format=draft.source["format"],
        input=str(draft.file),
        out=str(draft.folder / "new.list"),
        dry_run=True,
        mapping=draft.mapping,
        most_rows=TRIED_ROWS,
        cpu_s=_CPU_S,
    )
    return child.run(job, b"-").counts


def guessed(heading: str, kind: str, fields: tuple[str, ...]) -> str:
    """Which of our fields a heading may mean, `""` where nothing says so."""
    plain = "".join(c for c in heading.lower() if c.isalnum())
    own = {name.replace("_", ""): name for name in fields}
    found = own.get(plain) or own.get(plain + "s") or _GUESSES.get(plain, "")
    if found == "record_id" and plain == "number" and "number" in needed(kind):
        return "number"
    return found if found in fields else ""
