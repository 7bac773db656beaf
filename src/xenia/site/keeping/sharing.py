"""Several processes of one `xenia serve` add up their counts. Apart from `metrics`, so that it runs before Prometheus is loaded."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

SHARED = "PROMETHEUS_MULTIPROC_DIR"


def share(home: Path) -> None:
    """Before the processes start: the folder in which they count, emptied here."""
    folder = home / "run" / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    os.environ[SHARED] = str(folder)
