"""A disk of its own for a test: an ext4 image behind a loop device, filled up, or put out of order as a failing one is."""

from __future__ import annotations

import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import pytest


def _run(*words: str | Path) -> None:
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise OSError(done.stderr.strip())


@dataclass
class Disk:
    """Mounted at `at`. `fill`, `free`: no byte is left, and all again. `breaks`: it goes read-only under open files."""

    image: Path
    at: Path

    def mount(self) -> None:
        _run("mount", "-o", "loop,errors=remount-ro", self.image, self.at)

    def unmount(self) -> None:
        """Once nobody has anything open on it any more; else as soon as that is so."""
        end = time.monotonic() + 10
        while True:
            try:
                return _run("umount", self.at)
            except OSError:
                if time.monotonic() > end:
                    return _run("umount", "--lazy", self.at)
                time.sleep(0.2)

    def fill(self) -> None:
        with (self.at / "ballast").open("wb", buffering=0) as file:
            for size in (1 << 20, 1 << 12):
                try:
                    while True:
                        file.write(b"\0" * size)
                except OSError:
                    continue

    def free(self) -> None:
        (self.at / "ballast").unlink()

    def breaks(self) -> None:
        """The file system finds a fault in itself, as it does on a failing disk, and takes no writing any more."""
        device = Path(subprocess.check_output(["findmnt", "-no", "SOURCE", self.at], text=True).strip()).name
        Path(f"/sys/fs/ext4/{device}/trigger_fs_error").write_text("1", encoding="ascii")


def made(folder: Path, size_mb: int) -> Disk:
    """A disk of that size. Skips the test where this machine lets nobody mount one."""
    disk = Disk(folder / "disk.img", folder / "disk")
    disk.at.mkdir()
    with disk.image.open("wb") as file:
        file.truncate(size_mb << 20)
    try:
        _run("mkfs.ext4", "-q", "-m", "0", disk.image)
        disk.mount()
    except OSError as error:
        pytest.skip(f"no disk of its own can be mounted here: {error}")
    return disk
