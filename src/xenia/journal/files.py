"""Files that must survive a power cut and that nobody else may read."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from django.conf import settings

from xenia.errors import Unavailable
from xenia.journal.ids import uuid7


def keys_folder() -> Path:
    """HOME/keys, made with owner-only rights."""
    folder = Path(settings.XENIA_HOME) / "keys"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def sync_folder(folder: Path) -> None:
    """Makes a rename or a new name in `folder` last through a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_lasting(path: Path, data: bytes) -> None:
    """Writes `data` beside `path` with owner-only rights, forces it to disk, then renames it into place."""
    fresh = path.with_name(f"{path.name}.{uuid7().hex}.part")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(path)
    except BaseException:
        fresh.unlink(missing_ok=True)  # a full disk is not made fuller with each try
        raise
    sync_folder(path.parent)


def make_once(path: Path, data: bytes) -> None:
    """Writes `data` to `path` unless somebody else was first; never replaces it."""
    fresh = path.with_name(f"{path.name}.{uuid7().hex}.new")
    write_lasting(fresh, data)
    try:
        os.link(fresh, path)
        sync_folder(path.parent)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()


def read_private(path: Path) -> bytes:
    """The content of a file that only its owner may read. Raises `Unavailable` (code `key-rights`) for one others may."""
    with path.open("rb") as file:
        if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
            raise Unavailable(
                f"The key file {path.name} can be read by others.", f"Run: chmod 600 {path}", code="key-rights"
            )
        return file.read()
