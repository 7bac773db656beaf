"""`./xenia`: finds a Python, installs once, survives interruption. No test here installs from a network."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.docs.pages import PROJECT
from tools import launch

LAUNCHER = PROJECT / "xenia"


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A project of two locks and nothing else, which the launcher takes for its own."""
    (tmp_path / "requirements").mkdir()
    for lock in ("base", "test"):
        (tmp_path / "requirements" / f"{lock}.txt").write_text("one==1\ntwo==2\n", encoding="utf-8")
    monkeypatch.setattr(launch, "ROOT", tmp_path)
    monkeypatch.setattr(launch, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(launch, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    monkeypatch.setattr(launch, "UNFINISHED", tmp_path / ".venv" / "xenia-unfinished")
    return tmp_path


@pytest.fixture
def installed(monkeypatch):
    """Which locks were installed, in order; nothing is."""
    done = []
    monkeypatch.setattr(launch, "install_packages", done.append)
    return done


def test_a_second_start_installs_nothing(root, installed):
    launch.install("base")
    assert launch.is_installed("base")
    launch.install("base")
    assert installed == ["base"]


def test_a_changed_lock_is_installed_again(root, installed):
    launch.install("base")
    (root / "requirements" / "base.txt").write_text("one==2\n", encoding="utf-8")
    assert not launch.is_installed("base")
    launch.install("base")
    assert installed == ["base", "base"]


def test_an_interrupted_installation_begins_from_nothing(root, monkeypatch):
    def interrupted(lock):
        (root / ".venv" / "half").touch()
        raise KeyboardInterrupt

    monkeypatch.setattr(launch, "install_packages", interrupted)
    with pytest.raises(KeyboardInterrupt):
        launch.install("base")
    assert not launch.is_installed("base")
    monkeypatch.setattr(launch, "install_packages", lambda lock: None)
    launch.install("base")
    assert launch.is_installed("base")
    assert not (root / ".venv" / "half").exists()


def test_two_starts_at_once_install_once(root, installed):
    threads = [threading.Thread(target=launch.install, args=("base",)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert installed == ["base"]


def test_a_new_environment_finds_the_source_beside_it(root, installed):
    (root / "src" / "xenia").mkdir(parents=True)
    (root / "src" / "xenia" / "__init__.py").write_text("here = 1\n", encoding="utf-8")
    launch.install("base")
    done = subprocess.run(
        [launch.PYTHON, "-P", "-c", "import xenia; print(xenia.here)"],
        capture_output=True,
        text=True,
        cwd="/",
        check=False,
    )
    assert done.stdout == "1\n", done.stderr


def test_without_any_installer_it_says_what_to_install(root, monkeypatch):
    monkeypatch.setattr(launch, "installers", lambda: iter(()))
    with pytest.raises(SystemExit, match="python3-venv"):
        launch.install("base")


def test_without_a_new_enough_python_it_says_so(tmp_path):
    """A copy without `.venv`, on a path where every python3 is too old."""
    copy = tmp_path / "xenia"
    copy.write_bytes(LAUNCHER.read_bytes())
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    old.chmod(0o755)
    done = subprocess.run(
        ["/bin/sh", str(copy), "demo"], env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "Python 3.11" in done.stderr
    assert "apt-get install" in done.stderr


@pytest.mark.skipif(not launch.is_installed("base"), reason="This environment was not made by ./xenia.")
@pytest.mark.parametrize(("arguments", "code"), [(["--version"], 0), (["nosuchcommand"], 2)])
def test_everything_else_goes_to_the_command_line(tmp_path, arguments, code):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("XENIA_")}
    done = subprocess.run(
        [LAUNCHER, *arguments],
        cwd=tmp_path,
        env=environment | {"XENIA_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code
    assert "Traceback" not in done.stderr


def test_the_launcher_needs_the_standard_library_only():
    code = f"import sys; sys.path.insert(0, {str(PROJECT / 'tools')!r}); import launch, test, debian, postgres"
    done = subprocess.run(
        [Path(sys.executable).resolve(), "-I", "-S", "-c", code], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
