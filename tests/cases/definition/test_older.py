"""Older versions of messages in a folder: read beside the present one, and refused where they say what they are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cases.definition import small
from xenia.cases.definition import check, load

ONE = small.FILES["messages/question.json"].replace('        "surname": {"type": "string"},\n', "")
AT = "messages/older/question.1.json"
TWO = ("procedure.yaml", "question.json, version: 1", "question.json, version: 3")


def test_every_version_of_a_message_is_known_by_its_number(tmp_path: Path) -> None:
    two = ONE.replace('"on"', '"kind"')
    folder = small.write(tmp_path, TWO, (AT, "", ONE), ("messages/older/question.2.json", "", two))
    message = load(folder).messages["question"]
    assert message.versions == (3, 2, 1)
    said = {
        one: set((message.schema_of(one) or {})["properties"]["question"]["properties"]) for one in message.versions
    }
    assert said == {3: {"surname", "on"}, 2: {"kind"}, 1: {"on"}}
    assert message.schema_of(4) is None and message.schema_of(0) is None
    assert load(folder).messages["answer"].versions == (1,)


def test_an_older_version_is_part_of_the_hash_of_the_folder(tmp_path: Path) -> None:
    before = load(small.write(tmp_path / "a", TWO)).hash
    assert load(small.write(tmp_path / "b", TWO, (AT, "", ONE))).hash != before


@pytest.mark.parametrize(
    ("code", "file", "text", "what", "line"),
    [
        ("message-older", "messages/older/question.3.json", ONE, "not older than the present one, which is 3", 1),
        ("message-older", "messages/older/question.0.json", ONE, "not older", 1),
        ("message-older", "messages/older/question.01.json", ONE, "stands in messages/older/question.01.json too", 1),
        ("message-older", "messages/older/question.json", ONE, "says no message and version", 1),
        ("message-older", "messages/older/deeper/question.1.json", ONE, "says no message and version", 1),
        ("unknown-message", "messages/older/visit.1.json", ONE, "there is no message “visit”", 1),
        ("message-open", "messages/older/question.2.json", ONE.replace(',\n  "additionalProperties": false\n}', "\n}"), "open", 1),
        ("message-secret", "messages/older/question.2.json", ONE.replace('"on"', '"secret"'), "may not leave", 7),
        ("message-source", "messages/older/question.2.json", ONE.replace('"on"', '"nickname"'), "no form asks", 7),
        ("schema", "messages/older/question.2.json", ONE.replace('"string"', '"text"'), "cannot be", 7),
        ("json", "messages/older/question.2.json", ONE[:-3], "is not JSON", 12),
        ("shape", "messages/older/question.2.json", "[]", "must hold a table", 1),
    ],
)  # fmt: skip
def test_a_fault_of_an_older_version_names_file_line_and_remedy(
    tmp_path: Path, code: str, file: str, text: str, what: str, line: int
) -> None:
    folder = small.write(tmp_path, TWO, (AT, "", ONE), (file, "", text))
    (fault,) = [one for one in check(folder) if one.code == code and what.lower() in one.what.lower()]
    where = AT if "too" in what else file
    assert (fault.file, fault.line) == (where, line) and fault.remedy


def test_a_list_may_have_to_hold_something(tmp_path: Path) -> None:
    wanted = small.FILES["messages/answer.json"].replace(
        '"properties": {', '"properties": {"all": {"type": "array", "x-from": "case.documents", "items": {"type": "string"}, '
        '"contains": {"const": "one"}},'
    )  # fmt: skip
    assert check(small.write(tmp_path, ("messages/answer.json", "", wanted))) == ()
