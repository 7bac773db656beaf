"""Installs the Debian packages that the tests want, where that is possible; says what stays missing."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

# package -> (is it there?, what is skipped without it)
WANTED = {
    "chromium": (lambda: Path("/usr/bin/chromium").exists(), "browser tests"),
    # Playwright's driver is linked with it
    "libatomic1": (lambda: any(Path("/usr/lib").glob("*/libatomic.so.1")), "browser tests"),
    "postgresql": (
        lambda: any(Path("/usr/lib/postgresql").glob("*/bin/initdb")) or shutil.which("initdb"),
        "tests on PostgreSQL",
    ),
    "softhsm2": (lambda: shutil.which("softhsm2-util"), "tests of a signing key in a PKCS#11 token"),
}


def _apt(*arguments: str) -> bool:
    command = ["apt-get", "-q", "-o", "DPkg::Lock::Timeout=300", *arguments]
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(command, env=quiet, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"{' '.join(command)}: {done.stderr.strip()[-500:]}", flush=True)
    return done.returncode == 0


def install_missing() -> list[str]:
    """One plain line for each thing that is missing and cannot be installed here."""
    missing = [name for name, (is_there, _) in WANTED.items() if not is_there()]
    if missing and shutil.which("apt-get") and os.geteuid() == 0:
        print(f"Installing from Debian's packages: {', '.join(missing)}", flush=True)
        _apt("update")
        if not _apt("install", "-y", "--no-install-recommends", *missing):
            for name in missing:
                _apt("install", "-y", "--no-install-recommends", name)
        missing = [name for name in missing if not WANTED[name][0]()]
    return [
        f"{name} is missing, so {WANTED[name][1]} do not run (as root: apt-get install {name})." for name in missing
    ]
