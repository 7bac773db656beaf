"""The files of a list, opened for the reader of their format. Runs in the limited child only. No Django."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO, cast

from xenia.errors import BadInput
from xenia.formats.lists import csv, free_csv, mapping, notices_json, ofac, un_xml, xlsx
from xenia.formats.lists.mapping import ColumnMapping, Row
from xenia.formats.lists.records import PERSON, BadList, Limits, Record, Refused, Told
from xenia.registers.lists.job import Job

PERSONS_ONLY = frozenset({"un-xml", "ofac-csv", "notices-json"})
MAPPED = frozenset({"csv-mapped", "xlsx"})
# The whole list of OFAC is about 12 MB.
_OFAC = Limits(file_bytes=500_000_000)
_PARTS = ("sdn", "alt", "add")
_SHOWN_ROWS, _SHOWN_CHARS, _SHOWN_HEADINGS = 5, 60, 300


def records(job: Job, path: Path, told: Told) -> Iterator[Record | Refused]:
    """What stands in the file, by the job's format. Raises what its reader raises, `BadInput` (`list-format`)."""
    if job.format in PERSONS_ONLY and job.kind != PERSON:
        raise BadInput("This list holds persons, this register does not.", "Load it as notices.", code="list-format")
    with ExitStack() as stack:
        if job.format == "ofac-csv":
            sdn, alt, add = _ofac_files(path, stack)
            yield from ofac.read(sdn, alt, add, _OFAC, told)
            return
        stream = stack.enter_context(path.open("rb"))
        if job.format == "un-xml":
            yield from un_xml.read(stream, told=told)
        elif job.format == "notices-json":
            yield from notices_json.read(stream, told=told)
        elif job.format in MAPPED:
            how = ColumnMapping.from_json(job.mapping)
            heading, rows = _rows(job.format, stream, how, told)
            yield from mapping.read(job.kind, heading, rows, how, told=told)
        else:
            yield from csv.read(job.kind, stream, told=told)


def size(path: Path) -> int:
    """Bytes to read, for telling how far the work is."""
    return sum(one.stat().st_size for one in path.iterdir()) if path.is_dir() else path.stat().st_size


def look(job: Job) -> dict[str, Any]:
    """Headings, first rows and sheets of a file with columns of its own, cut short for a page."""
    how, told = ColumnMapping(**{**job.mapping, "columns": {}}), Told()
    with Path(job.input).open("rb") as stream:
        heading, rows = _rows(job.format, stream, how, told)
        shown = []
        for row in rows:
            if not isinstance(row, Refused):
                shown.append([cell[:_SHOWN_CHARS] for cell in row[1][:_SHOWN_HEADINGS]])
            if len(shown) == _SHOWN_ROWS:
                break
        names: list[str] = []
        if job.format == "xlsx":
            stream.seek(0)
            names = xlsx.sheets(stream)
    return {"heading": [text[:200] for text in heading[:_SHOWN_HEADINGS]], "rows": shown, "sheets": names}


def _rows(form: str, stream: BinaryIO, how: ColumnMapping, told: Told) -> tuple[list[str], Iterator[Row | Refused]]:
    read = xlsx.read_rows if form == "xlsx" else free_csv.read_rows
    return read(stream, how, Limits(), told)


def _ofac_files(path: Path, stack: ExitStack) -> list[BinaryIO]:
    """The three files: in a zip, in a folder, or beside the one that is named."""
    if path.is_file() and zipfile.is_zipfile(path):
        archive = stack.enter_context(_archive(path))
        named = _chosen(archive.namelist()[:1_000])
        return [_Unpacked(stack.enter_context(archive.open(name))) for name in named]  # type: ignore[misc]
    folder = path if path.is_dir() else path.parent
    near = [one.name for one in folder.iterdir() if path.is_dir() or _family(one.name) == _family(path.name)]
    return [stack.enter_context((folder / name).open("rb")) for name in _chosen(near)]


def _archive(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, ValueError):
        raise BadList("The zip is not whole.", "Ask its source for it again.", code="list-cut") from None


class _Unpacked:
    """A file of a zip, whose faults are those of a list that is not whole."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream

    def readline(self, limit: int = -1) -> bytes:
        try:
            return cast("bytes", self.stream.readline(limit))
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError):
            raise BadList("The zip is not whole.", "Ask its source for it again.", code="list-cut") from None


def _chosen(names: Sequence[str]) -> list[str]:
    found = []
    for part in _PARTS:
        mine = [name for name in names if part in _words(name) and "comments" not in _words(name)]
        if len(mine) != 1:
            said = "is missing" if not mine else "is there more than once"
            raise BadList(
                f"The file {part}.csv {said}.",
                "The list is three files: sdn.csv, alt.csv, add.csv. Put them into one zip or folder.",
                code="list-files",
            )
        found.append(mine[0])
    return found


def _words(name: str) -> set[str]:
    plain = name.rpartition("/")[2].lower()
    return set(re.split("[^a-z]+", plain)) if plain.endswith(".csv") else set()


def _family(name: str) -> str:
    """What three files of one day have in common: their name without the part that tells them apart."""
    return re.sub("sdn|alt|add", "", name.lower())
