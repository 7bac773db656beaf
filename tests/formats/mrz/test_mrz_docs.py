"""Every warning is described, and nothing else; what spoils a zone is marked."""

from __future__ import annotations

import re
from pathlib import Path

from xenia.formats.mrz import reader
from xenia.formats.mrz.reading import SPOILING

PAGE = Path(__file__).parents[3] / "docs/reference/mrz.md"


def given() -> set[str]:
    """The codes that the reader can give, from its source."""
    source = Path(reader.__file__).read_text(encoding="utf-8")
    codes = set(re.findall(r'Remark\(\s*"([a-z-]+)"', source)) | {"repair-ambiguous", "repair-unconfirmed"}
    for ending in re.findall(r'Remark\(f"\{name\}-([a-z]+)"', source):
        names = (
            ["issuing-state", "nationality"] if ending in ("missing", "deprecated") else ["birth-date", "expiry-date"]
        )
        codes |= {f"{name}-{ending}" for name in names}
    codes.discard("birth-date-unusual")  # only an expiry date can be long past
    return codes | {"issuing-state-unknown", "nationality-unknown"}


def test_every_warning_is_described_and_nothing_else() -> None:
    described = set(re.findall(r"^\| `([a-z-]+)`", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    assert described == given()


def test_what_spoils_a_zone_is_marked() -> None:
    marked = set(re.findall(r"^\| `([a-z-]+)` \*", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    assert marked == SPOILING
