"""Making a backup: one encrypted file that a fresh machine can be set up from.

Written as `FILE.part` and renamed when complete and synced. Content, in this order: `about.json`, the database,
`home/...` (keys, list files, blobs, own settings; everything in HOME that is not listed in `LEFT_OUT`), `counts.json`.
"""

from __future__ import annotations

import errno
import hashlib
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, BinaryIO

from xenia import __version__
from xenia.errors import Conflict, Unavailable
from xenia.insight import turns
from xenia.insight.warehouse import Warehouse
from xenia.site.keeping import snapshot
from xenia.site.keeping.archive import Packer, packing
from xenia.site.keeping.sealing import Key

FORMAT = 1
LEFT_OUT = ("xenia.sqlite3", "xenia.sqlite3-wal", "xenia.sqlite3-shm", "static", "run", "backups", "spare", "demo.json")
ENDS_LEFT_OUT = (".part", ".lock", ".new", "-journal", ".restoring")
DATA_KEY_TABLE = "journal_datakey"
EVERY_S = 2.0


@dataclass(frozen=True)
class Source:
    """What is backed up: the home folder and Django's settings of its database."""

    home: Path
    database: Mapping[str, Any]

    @property
    def embedded(self) -> bool:
        """Whether the database is a SQLite file."""
        return not str(self.database["ENGINE"]).endswith("postgresql")

    def picture(self, without: tuple[str, ...]) -> AbstractContextManager[snapshot.Picture]:
        """A consistent picture of the database."""
        if not self.embedded:
            return snapshot.postgresql_picture(self.database, without)
        spare = self.home / "spare"
        spare.mkdir(mode=0o700, exist_ok=True)
        return snapshot.sqlite_picture(Path(self.database["NAME"]), spare / f"snapshot-{os.getpid()}.sqlite3", without)


@dataclass(frozen=True)
class Made:
    """A finished backup. `sha256`: of the encrypted file."""

    path: Path
    size_bytes: int
    sha256: str
    files: int
    rows: int
    made_at: datetime
    data_keys: bool


@dataclass
class _Teller:
    """Counts what goes by and says so now and then."""

    say: Callable[[str], None]
    done_bytes: int = 0
    last_s: float = field(default_factory=time.monotonic)

    def more(self, count: int) -> None:
        self.done_bytes += count
        if time.monotonic() - self.last_s >= EVERY_S:
            self.last_s = time.monotonic()
            self.say(f"{self.done_bytes / 1e6:,.0f} MB ...")


class _Watched:
    """A stream that reports what is read from it and hashes it."""

    def __init__(self, stream: IO[bytes], teller: _Teller) -> None:
        self._stream, self._teller, self.digest = stream, teller, hashlib.sha256()

    def read(self, size: int) -> bytes:
        piece = self._stream.read(size)
        self.digest.update(piece)
        self._teller.more(len(piece))
        return piece


def back_up(
    source: Source,
    target: Path,
    key: Key,
    *,
    say: Callable[[str], None],
    data_keys: bool = True,
    head: Mapping[str, Any] | None = None,
) -> Made:
    """Write the backup of `source` to `target`, which must not exist.

    `head`: the newest signed head, kept inside to verify against. Raises `Conflict` (`file-exists`) or
    `Unavailable` (`disk-full`, `backup-failed`); then no file is left behind.
    """
    made_at = datetime.now(UTC)
    without = () if data_keys else (DATA_KEY_TABLE,)
    about = {
        "format": FORMAT, "xenia": __version__, "made_at": made_at.isoformat(), "data_keys": data_keys,
        "database": "sqlite" if source.embedded else "postgresql", "head": head,
    }  # fmt: skip
    with written_whole(target) as file, packing(file, key) as packer:
        packer.add_json("about.json", about)
        rows, members = _fill(packer, source, without, _Teller(say))
        packer.add_json("counts.json", {"rows": rows, "members": members})
    return Made(
        target, target.stat().st_size, file_sha256(target), len(members), sum(rows.values()), made_at, data_keys
    )


def _fill(
    packer: Packer, source: Source, without: tuple[str, ...], teller: _Teller
) -> tuple[dict[str, int], dict[str, str]]:
    members: dict[str, str] = {}
    with source.picture(without) as picture:
        watched = _Watched(picture.stream, teller)
        packer.add(picture.member, watched)  # type: ignore[arg-type]
        members[picture.member] = watched.digest.hexdigest()
        rows = dict(picture.rows)
    for path in files_of(source.home):
        name = f"home/{path.relative_to(source.home).as_posix()}"
        try:
            with path.open("rb") as stream:
                watched = _Watched(stream, teller)
                packer.add(name, watched, mode=path.stat().st_mode & 0o700)  # type: ignore[arg-type]
        except FileNotFoundError:
            continue  # a list version that was replaced, or a blob that was forgotten, since the folder was read
        members[name] = watched.digest.hexdigest()
    return rows, members


def files_of(home: Path) -> Iterator[Path]:
    """The files of the home that belong into a backup, in a fixed order. Links are not followed."""
    last = home / "released"  # what lay in the warehouse is taken over into it meanwhile, and would be in neither
    for top in [*sorted(one for one in home.iterdir() if one != last), last]:
        if top.name in LEFT_OUT or top.name.startswith("replaced-"):
            continue
        with _still(top):
            inside = sorted(top.rglob("*")) if top.is_dir() and not top.is_symlink() else [top]
            for path in inside:
                if path.is_file() and not path.is_symlink() and not path.name.endswith(ENDS_LEFT_OUT):
                    yield path


def _still(top: Path) -> AbstractContextManager[None]:
    """While the warehouse is read nobody changes it: its index must name files that are in the same backup; and what left is noted whole."""
    if top.name == "warehouse" and (top / ".lock").is_file():
        return Warehouse(top).alone()
    return turns.still(top) if top.name == "released" and top.is_dir() else nullcontext()


@contextmanager
def written_whole(target: Path) -> Iterator[BinaryIO]:
    """A file that appears under its name only when it is complete and on the disk; owner-only rights."""
    if target.exists():
        raise Conflict(
            f"{target.name} exists.", "Choose another name; a backup never overwrites a file.", code="file-exists"
        )
    part = target.with_name(f"{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.rename(target)
        sync_folder(target.parent)
    except OSError as error:
        raise _unwritable(error) from error
    finally:
        part.unlink(missing_ok=True)


def _unwritable(error: OSError) -> Unavailable:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Unavailable(
            "The disk is full.",
            "Make room or choose another disk, then run it again. Nothing was left behind.",
            code="disk-full",
        )
    return Unavailable(
        f"The file cannot be written ({errno.errorcode.get(error.errno or 0, 'unknown')}).",
        "Look at the folder and its rights.",
        code="backup-failed",
    )


def sync_folder(folder: Path) -> None:
    """Make renames in the folder last."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def file_sha256(path: Path) -> str:
    """SHA-256 of the file, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
