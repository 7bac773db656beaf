"""What is offered to one unit alone: the bytes of now, and none of before, whichever process wrote them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from xenia.units.down import offers
from xenia.units.models import Unit


def test_what_was_offered_before_goes_and_another_units_stays(settings: Any, tmp_path: Path) -> None:
    settings.XENIA_HOME = tmp_path
    one, other = Unit(name="uto-1"), Unit(name="uto-2")
    item, path = offers.kept_for(one, "receipts", b"first")
    _item, its = offers.kept_for(other, "receipts", b"first")
    assert offers.kept_for(one, "receipts", b"first") == (item, path) and path.read_bytes() == b"first"
    (path.parent / ("a" * 64)).write_bytes(b"of a process that was killed")
    again, after = offers.kept_for(one, "receipts", b"second", version="7")
    assert [file.read_bytes() for file in path.parent.iterdir()] == [b"second"] and its.read_bytes() == b"first"
    assert (again.version, again.sha256, item.version) == ("7", after.name, path.name[:16])
