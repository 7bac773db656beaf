"""The procedures that this installation knows: those shipped, and those of country packs in HOME/packs/<name>/procedures.

A folder is read once. A faulty one is left out and named in `faulty()` and in the log; `xenia procedures check` says all.
An older version that running cases still follow stays in a pack of its own.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

from xenia.cases import folders as places
from xenia.cases.definition import Faulty, Procedure, load
from xenia.cases.models import Case
from xenia.errors import NotFound

log = logging.getLogger("xenia.cases")
Known = Mapping[tuple[str, int], Procedure]

_lock = threading.Lock()
_more: list[Path] = []
_known: Known | None = None
_faulty: dict[Path, Faulty] = {}


def folders() -> tuple[Path, ...]:
    """Every folder that is read here, also those of `reading`."""
    return (*places.folders(), *_more)


def names() -> tuple[str, ...]:
    """The ids of the procedures by their folders' names, without reading them."""
    return tuple(dict.fromkeys(one.name for one in folders()))


def procedures() -> Known:
    """Every sound procedure by id and version; read at the first call and kept."""
    global _known
    known = _known
    if known is None:
        with _lock:
            known = _known = _known if _known is not None else _read()
    return known


def _read() -> Known:
    found: dict[tuple[str, int], Procedure] = {}
    _faulty.clear()
    for folder in folders():
        try:
            one = load(folder)
        except Faulty as faults:
            _faulty[folder] = faults
            first = str(faults.faults[0])
            log.error("procedure faulty", extra={"folder": folder.name, "faults": len(faults.faults), "first": first})
            continue
        found.setdefault((one.id, one.version), one)
    return MappingProxyType(found)


def faulty() -> Mapping[Path, Faulty]:
    """Folders that were left out, with their faults."""
    procedures()
    return MappingProxyType(_faulty)


def latest(procedure: str) -> Procedure:
    """The newest version of a procedure. Raises `NotFound` (code `no-procedure`)."""
    versions = [version for name, version in procedures() if name == procedure]
    if not versions:
        raise NotFound(f"No procedure is called {procedure}.", "See `xenia procedures check`.", code="no-procedure")
    return procedures()[procedure, max(versions)]


def newest() -> tuple[Procedure, ...]:
    """The newest version of each procedure, by id."""
    return tuple(latest(name) for name in sorted({name for name, _ in procedures()}))


def of(case: Case) -> Procedure:
    """The version that the case follows. Raises `NotFound` (code `no-procedure`) where its folder is gone."""
    found = procedures().get((case.procedure, case.version))
    if found is None:
        raise NotFound(
            f"Version {case.version} of the procedure {case.procedure} is not installed any more.",
            "Put its folder back, or move the case to a newer version.",
            code="no-procedure",
        )
    return found


def forget() -> None:
    """Read the folders anew at the next call."""
    global _known
    with _lock:
        _known = None


@contextmanager
def reading(*more: Path) -> Iterator[None]:
    """Within it these folders of procedures are known too; for tests, benches and the page that tries a folder."""
    from xenia.cases import incoming

    _more.extend(more)
    forget()
    incoming.register()
    try:
        yield
    finally:
        for one in more:
            _more.remove(one)
        forget()
