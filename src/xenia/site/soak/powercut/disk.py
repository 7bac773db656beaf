"""A disk in memory below SQLite that remembers in which order it was written, and what of it a power cut would leave.

What was written since a file's last sync may be there or not, each 512 bytes by themselves: so writes are lost, torn, and, since
any later one may have stayed while an earlier one did not, reordered. What was synced is there. A file that was made since is
there or not; one that was deleted is back or not.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

import apsw

SECTOR: Final = 512
POWERSAFE_OVERWRITE: Final = 0x1000
"""As the library's own file system says on Linux: bytes beside those that are written are never harmed."""


@dataclass(frozen=True)
class Step:
    """`kind`: write, cut (to the size `at`), sync, delete, or done (transaction number `at` was acknowledged)."""

    kind: str
    name: str = ""
    at: int = 0
    content: bytes = b""


@dataclass
class Disk:
    """Files by name as programs see them, and every step since the beginning."""

    files: dict[str, bytearray]
    steps: list[Step] = field(default_factory=list)

    def write(self, name: str, at: int, content: bytes) -> None:
        """Put bytes into a file; noted."""
        self.steps.append(Step("write", name, at, content))
        put(self.files.setdefault(name, bytearray()), at, content)


def put(file: bytearray, at: int, content: bytes) -> None:
    """Write over what is there; a gap is zeros."""
    if len(file) < at:
        file.extend(bytes(at - len(file)))
    file[at : at + len(content)] = content


@dataclass
class Lasting:
    """What of the steps so far is on the disk for good, and what is only under way."""

    files: dict[str, bytearray]
    under_way: dict[str, list[Step]] = field(default_factory=dict)
    acknowledged: int = 0

    def take(self, step: Step) -> None:
        """One step further."""
        if step.kind == "done":
            self.acknowledged = step.at
        elif step.kind == "sync":
            for one in self.under_way.pop(step.name, []):
                _do(self.files, one)
            self.files.setdefault(step.name, bytearray())
        else:
            self.under_way.setdefault(step.name, []).append(step)

    def after_a_cut(self, chance: random.Random) -> dict[str, bytearray]:
        """The files as the next start finds them: of what is under way each piece stayed with one likelihood."""
        files = {name: bytearray(content) for name, content in self.files.items()}
        stays = chance.choice((0.0, 0.1, 0.5, 0.9, 1.0))
        for steps in self.under_way.values():
            for step in steps:
                for piece in _pieces(step):
                    if chance.random() < stays:
                        _do(files, piece)
        return files


def _pieces(step: Step) -> Iterator[Step]:
    if step.kind != "write":
        yield step
        return
    begin, end = step.at, step.at + len(step.content)
    while begin < end:
        until = min(end, (begin // SECTOR + 1) * SECTOR)
        yield Step("write", step.name, begin, step.content[begin - step.at : until - step.at])
        begin = until


def _do(files: dict[str, bytearray], step: Step) -> None:
    if step.kind == "delete":
        files.pop(step.name, None)
    elif step.kind == "write":
        put(files.setdefault(step.name, bytearray()), step.at, step.content)
    else:
        file = files.setdefault(step.name, bytearray())
        put(file, step.at, b"") if len(file) < step.at else file.__delitem__(slice(step.at, None))


class _File:
    """An open file of the disk, as SQLite asks of one."""

    def __init__(self, disk: Disk, name: str) -> None:
        self.disk, self.name = disk, name
        disk.files.setdefault(name, bytearray())

    def xRead(self, amount: int, offset: int) -> bytes:  # noqa: N802 - SQLite's names
        return bytes(self.disk.files[self.name][offset : offset + amount])

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        self.disk.write(self.name, offset, bytes(data))

    def xTruncate(self, size: int) -> None:  # noqa: N802
        step = Step("cut", self.name, size)
        self.disk.steps.append(step)
        _do(self.disk.files, step)

    def xSync(self, _flags: int) -> None:  # noqa: N802
        self.disk.steps.append(Step("sync", self.name))

    def xFileSize(self) -> int:  # noqa: N802
        return len(self.disk.files[self.name])

    def xClose(self) -> None:  # noqa: N802
        return

    def xLock(self, _level: int) -> None:  # noqa: N802
        return

    def xUnlock(self, _level: int) -> None:  # noqa: N802
        return

    def xCheckReservedLock(self) -> bool:  # noqa: N802
        return False

    def xFileControl(self, _op: int, _pointer: int) -> bool:  # noqa: N802
        return False

    def xSectorSize(self) -> int:  # noqa: N802
        return 4096

    def xDeviceCharacteristics(self) -> int:  # noqa: N802
        return POWERSAFE_OVERWRITE


class FileSystem(apsw.VFS):
    """SQLite's file system over one disk; one connection at a time, since it has no shared memory."""

    def __init__(self, name: str, disk: Disk) -> None:
        self.disk = disk
        super().__init__(name, base="")

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:  # noqa: N802
        """A file of the disk, made where it is not there."""
        path = name.filename() if isinstance(name, apsw.URIFilename) else name or "temporary"
        flags[1] = flags[0]
        return _File(self.disk, path)  # type: ignore[return-value]

    def xFullPathname(self, name: str) -> str:  # noqa: N802
        """Names are whole as they are."""
        return name

    def xDelete(self, name: str, _sync_folder: bool) -> None:  # noqa: N802
        """Take a file away; noted."""
        self.disk.steps.append(Step("delete", name))
        self.disk.files.pop(name, None)

    def xAccess(self, name: str, _flags: int) -> bool:  # noqa: N802
        """Whether the file is there."""
        return name in self.disk.files


def opened(name: str, file: str, files: Mapping[str, bytearray]) -> tuple[apsw.Connection, FileSystem]:
    """A connection to `file` on a disk with these files; the file system is unregistered by whoever closes it."""
    system = FileSystem(name, Disk({one: bytearray(content) for one, content in files.items()}))
    return apsw.Connection(file, vfs=name), system
