"""A program for tests: commands of Xenia with a small lock, so that an image needs one tiny package instead of all.

`python -m tests.units.stick FOLDER unit image ...`: FOLDER holds the lock and the package that it names.
"""

from __future__ import annotations

import hashlib
import sys
import zipfile
from pathlib import Path

LOCK = "lock.txt"


def small(folder: Path) -> Path:
    """A package and the lock that names it by hash."""
    folder.mkdir()
    wheel = folder / "tiny-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as made:
        made.writestr("tiny.py", "")
        made.writestr("tiny-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n")
        made.writestr("tiny-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        made.writestr("tiny-1.0.dist-info/RECORD", "")
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    (folder / LOCK).write_text(f"tiny==1.0 --hash=sha256:{digest}\n")
    return folder


def main(words: list[str]) -> int:
    from xenia.site.cli import main as xenia
    from xenia.units.image import files

    files.LOCK = Path(words[0]) / LOCK  # type: ignore[misc]
    return xenia(words[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
