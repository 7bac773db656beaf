"""Swap that is on and not encrypted is seen, said, and may keep a unit from starting."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.conf import settings

from xenia.errors import Unavailable
from xenia.units import here, status, swap

HEAD = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"


def machine(root: Path, *lines: str) -> Path:
    """A machine with these lines of swap."""
    (root / "proc").mkdir(parents=True, exist_ok=True)
    (root / "proc" / "swaps").write_text(HEAD + "".join(f"{line}\n" for line in lines))
    return root


def device(root: Path, path: Path, uuid: str = "", under: tuple[str, ...] = ()) -> None:
    """What the system says of the device that a file lies on."""
    number = path.stat().st_dev
    folder = root / "sys/dev/block" / f"{os.major(number)}:{os.minor(number)}"
    (folder / "slaves").mkdir(parents=True)
    if uuid:
        (folder / "dm").mkdir()
        (folder / "dm" / "uuid").write_text(uuid)
    for name in under:
        kind = folder / "slaves" / name.partition("=")[0] / "dm"
        kind.mkdir(parents=True)
        (kind / "uuid").write_text(name.partition("=")[2])


def test_no_swap_and_no_linux_is_no_plain_swap(tmp_path: Path) -> None:
    assert swap.plain(tmp_path) == ()
    assert swap.plain(machine(tmp_path)) == ()


@pytest.mark.parametrize(
    ("uuid", "under", "safe"),
    [
        ("", (), False),
        ("LVM-abc", (), False),
        ("CRYPT-LUKS2-abc", (), True),
        ("CRYPT-PLAIN-swap", (), True),
        ("LVM-abc", ("dm-0=CRYPT-LUKS2-abc",), True),
        ("LVM-abc", ("dm-0=LVM-def",), False),
        ("LVM-abc", ("dm-0=CRYPT-LUKS2-abc", "sda2=LVM-x"), False),
    ],
)
def test_a_file_of_swap_is_as_safe_as_what_it_lies_on(
    tmp_path: Path, uuid: str, under: tuple[str, ...], safe: bool
) -> None:
    (tmp_path / "swap file").write_bytes(b"")
    device(machine(tmp_path, "/swap\\040file file 1024 0 -2"), tmp_path / "swap file", uuid, under)
    assert swap.plain(tmp_path) == (() if safe else ("/swap file",))


def test_memory_that_is_pressed_together_is_safe_until_it_writes_to_a_disk(tmp_path: Path) -> None:
    machine(tmp_path, "/dev/zram0 partition 1024 0 100", "/dev/gone partition 1024 0 -2")
    assert swap.plain(tmp_path) == ("/dev/gone",)
    (tmp_path / "sys/block/zram0").mkdir(parents=True)
    for said, found in (("none\n", ("/dev/gone",)), ("/dev/sda3\n", ("/dev/zram0", "/dev/gone"))):
        (tmp_path / "sys/block/zram0/backing_dev").write_text(said)
        assert swap.plain(tmp_path) == found


def test_a_unit_warns_tells_its_centre_and_starts_only_if_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "swap" in here.warnings({"swap_plain": 1}, status.Levels())
    assert "swap" not in here.warnings({}, status.Levels())
    assert status.read({"swap_plain": 1}) == {"swap_plain": 1}
    swap.require(["/dev/sda3"])  # no unit
    monkeypatch.setattr(settings, "XENIA_UNIT", {"node": "u"})
    swap.require(["/dev/sda3"])  # it warns
    monkeypatch.setattr(settings, "XENIA_UNIT_SWAP_REFUSES", True)
    swap.require([])
    with pytest.raises(Unavailable) as refused:
        swap.require(["/dev/sda3"])
    assert refused.value.code == "plain-swap" and "/dev/sda3" in refused.value.message
