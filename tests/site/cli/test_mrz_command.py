"""`xenia mrz`: one JSON line per document, and an exit code that tells whether all could be read."""

from __future__ import annotations

import argparse
import io
import json
from datetime import date
from pathlib import Path

import pytest

from xenia.commands import Call
from xenia.errors import NotFound
from xenia.site.cli.mrz import COMMANDS, SCHEMA

TD3 = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10\n"
TD1 = "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<\n"


def run(data: bytes = b"", *arguments: str) -> tuple[int, list[dict[str, object]], str]:
    (command,) = COMMANDS
    parser = argparse.ArgumentParser()
    command.arguments(parser)
    out, err = io.StringIO(), io.StringIO()
    options = parser.parse_args(["--today", "2026-11-21", *arguments])
    code = command.run(Call(options, io.BytesIO(data), out, err))
    return code, [json.loads(line) for line in out.getvalue().splitlines()], err.getvalue()


def test_it_needs_no_database_and_no_account() -> None:
    (command,) = COMMANDS
    assert (command.name, command.permission, command.needs_home, command.writes) == ("mrz", None, False, False)


def test_a_passport() -> None:
    code, (line,), said = run(TD3.encode())
    assert (code, said) == (0, "")
    assert line == {
        "schema": SCHEMA,
        "layout": "TD3",
        "fields": {
            "document_code": "P",
            "issuing_state": "UTO",
            "document_number": "L898902C3",
            "surname": "ERIKSSON",
            "given_names": "ANNA MARIA",
            "nationality": "UTO",
            "birth_date": "1974-08-12",
            "sex": "F",
            "expiry_date": "2012-04-15",
            "optional_data": "ZE184226B",
        },
        "checks": [
            {"field": "document_number", "expected": "6", "found": "6", "ok": True},
            {"field": "birth_date", "expected": "2", "found": "2", "ok": True},
            {"field": "expiry_date", "expected": "9", "found": "9", "ok": True},
            {"field": "optional_data", "expected": "1", "found": "1", "ok": True},
            {"field": "composite", "expected": "0", "found": "0", "ok": True},
        ],
        "valid": True,
        "warnings": ["expiry-date-unusual"],
        "repairs": [],
    }


def test_documents_follow_each_other_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "zones.txt"
    file.write_text(TD3 + TD1 + "\n" + TD1 + TD3)
    code, lines, _ = run(b"", str(file))
    assert code == 0
    assert [line["layout"] for line in lines] == ["TD3", "TD1", "TD1", "TD3"]


def test_one_that_cannot_be_read_still_gives_a_line_and_exit_code_1() -> None:
    code, lines, _ = run(f"{TD3}HELLO\n{TD1}".encode())
    assert code == 1
    assert [(line["layout"], line["valid"]) for line in lines] == [("TD3", True), (None, False), ("TD1", True)]
    assert lines[1]["warnings"] == ["unreadable"]


def test_a_wrong_check_digit_is_an_answer_and_not_a_failure() -> None:
    code, (line,), _ = run(TD3.replace("L898902C36", "L898902C37").encode())
    assert (code, line["valid"]) == (0, False)


def test_unknown_parts_of_dates_are_left_out() -> None:
    text = "V<UTOORAN<<MIRA" + "<" * 29 + "\nX123456789UTO7408<<3F<<<<<<0" + "<" * 16
    _, (line,), _ = run(text.encode())
    fields = line["fields"]
    assert isinstance(fields, dict)
    assert (fields["birth_date"], fields["expiry_date"]) == ("1974-08", None)


def test_a_repair_says_where_it_was_made() -> None:
    _, (line,), _ = run(TD3.replace("7408122", "74O8122").encode())
    assert line["valid"] is True
    assert "repaired" in line["warnings"]  # type: ignore[operator]
    assert line["repairs"] == [
        {"field": "birth_date", "line": 2, "position": 16, "found": "O", "repaired": "0", "applied": True}
    ]


@pytest.mark.parametrize("ending", [b"\r", b"\r\n", b"\n"])
def test_a_thousand_documents_with_any_line_ends(ending: bytes) -> None:
    code, lines, _ = run((TD3 + TD1).encode().replace(b"\n", ending) * 500)
    assert (code, len(lines)) == (0, 1_000)


def test_a_line_of_megabytes_is_one_unreadable_document() -> None:
    code, lines, _ = run(b"P<UTO" * 1_000_000 + b"\n" + TD1.encode())
    assert code == 1
    assert [line["layout"] for line in lines] == [None, "TD1"]
    assert "text-cut" in lines[0]["warnings"]  # type: ignore[operator]


def test_binary_rubbish_gives_lines_and_no_trace() -> None:
    code, lines, _ = run(bytes(range(256)) * 50)
    assert code == 1
    assert all(line["valid"] is False for line in lines)


def test_nothing_is_said_to_be_nothing() -> None:
    code, lines, said = run(b"\n\n")
    assert (code, lines, said) == (1, [], "There is no document in this text.\n")


def test_a_file_that_is_not_there() -> None:
    with pytest.raises(NotFound):
        run(b"", "/no/such/file")


def test_without_a_day_it_is_today() -> None:
    (command,) = COMMANDS
    parser = argparse.ArgumentParser()
    command.arguments(parser)
    out = io.StringIO()
    born = date.today().replace(day=1)
    text = f"V<UTOORAN<<MIRA{'<' * 29}\nX123456789UTO{born:%y%m%d}0F<<<<<<0{'<' * 16}"
    command.run(Call(parser.parse_args([]), io.BytesIO(text.encode()), out, io.StringIO()))
    assert json.loads(out.getvalue())["fields"]["birth_date"] == born.isoformat()
