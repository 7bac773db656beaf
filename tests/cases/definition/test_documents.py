"""The tutorial and the reference say what is there."""

from __future__ import annotations

import re
from pathlib import Path

from tests.cases.definition.test_faults import FAULTS
from xenia.cases.definition import build, references
from xenia.registers.catalogue import registers

ROOT = Path(__file__).parents[3]
TUTORIAL = ROOT / "docs" / "how-to" / "write-a-procedure.md"
REFERENCE = ROOT / "docs" / "reference" / "procedures.md"
COMPLAINT = ROOT / "tests" / "cases" / "procedures_data" / "complaint"


def test_every_piece_of_the_tutorial_is_in_the_folder_that_it_builds() -> None:
    files = [file.read_text(encoding="utf-8") for file in COMPLAINT.rglob("*") if file.is_file()]
    pieces = re.findall(r"```(?:yaml|json)\n(.*?)```", TUTORIAL.read_text(encoding="utf-8"), re.S)
    assert len(pieces) >= 8
    for piece in pieces:
        assert any(piece in text for text in files), piece


def test_the_reference_lists_every_fault() -> None:
    text = REFERENCE.read_text(encoding="utf-8")
    table = text[text.index("## Faults") :]
    listed = set(re.findall(r"`([a-z0-9-]+)`", table))
    source = "".join(
        file.read_text(encoding="utf-8") for file in (ROOT / "src" / "xenia" / "cases" / "definition").glob("*.py")
    )
    written = set(re.findall(r'(?:[fF]ault|bad|_refuse|BadCondition)\(\s*(?:\w+, )*"([a-z0-9-]+)",', source))
    assert written <= listed, written - listed
    assert {row[0] for row in FAULTS} <= listed


def test_the_reference_names_every_key() -> None:
    text = REFERENCE.read_text(encoding="utf-8")
    for key in (*build.TOP, *build.ACTION_KEYS):
        assert f"`{key}`" in text, key


def test_the_registers_of_this_installation_are_known() -> None:
    assert {register.name for register in registers()} <= set(references.REGISTERS)
