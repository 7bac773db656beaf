"""`xenia stay`: JSON in, JSON out, and plain words where the question cannot be read."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from xenia.commands import Call
from xenia.site import cli

EXAMPLE = {"stays": [{"entry": "2026-01-01", "exit": "2026-03-31"}], "on": "2026-06-29"}


def asked(text, *arguments):
    raw = text if isinstance(text, bytes) else text.encode()
    out, err = io.StringIO(), io.StringIO()
    code = cli.run(["stay", *arguments], Call(None, io.BytesIO(raw), out, err), Path.cwd())
    return code, [json.loads(line) for line in out.getvalue().splitlines()], err.getvalue()


def test_the_answer_has_the_promised_fields():
    code, answers, _ = asked(json.dumps(EXAMPLE))
    assert code == 0
    assert answers == [
        {
            "schema": "xenia/stay/1",
            "used_days": 91,
            "remaining_days": 0,
            "lawful": False,
            "latest_exit": None,
            "earliest_reentry": "2026-06-30",
        }
    ]


def test_an_open_stay_lasts_until_the_day_asked_about():
    _, answers, _ = asked('{"stays": [{"entry": "2026-01-01", "exit": null}], "on": "2026-03-31"}')
    assert (answers[0]["used_days"], answers[0]["latest_exit"]) == (90, "2026-03-31")


def test_a_question_may_stand_on_several_lines():
    code, answers, _ = asked(json.dumps(EXAMPLE, indent=1))
    assert (code, len(answers)) == (0, 1)


def test_many_questions_one_a_line(tmp_path):
    file = tmp_path / "stays.jsonl"
    file.write_text(f"{json.dumps(EXAMPLE)}\n\n" * 3)
    code, answers, _ = asked("", str(file))
    assert (code, len(answers)) == (0, 3)


def test_overlapping_stays_count_a_day_once():
    stays = [{"entry": "2026-02-01", "exit": "2026-02-10"}, {"entry": "2026-02-05", "exit": "2026-02-12"}]
    _, answers, _ = asked(json.dumps({"stays": stays, "on": "2026-02-12"}))
    assert answers[0]["used_days"] == 12


def test_days_under_a_permit_may_be_left_out():
    stays = [{"entry": "2026-01-01", "exit": "2026-06-28", "counted": False}]
    _, answers, _ = asked(json.dumps({"stays": stays, "on": "2026-06-29"}))
    assert answers[0]["used_days"] == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no question"),
        ("\n \n", "no question"),
        ("nonsense", "not JSON"),
        ("{", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "not a JSON object"),
        ("3", "not a JSON object"),
        ('{"on": "2026-01-01"}', "no field 'stays'"),
        ('{"stays": []}', "no field 'on'"),
        ('{"stays": {}, "on": "2026-01-01"}', "not a list"),
        ('{"stays": [7], "on": "2026-01-01"}', "Stay 1 is not a JSON object"),
        ('{"stays": [{"exit": null}], "on": "2026-01-01"}', "Stay 1 has no field 'entry'"),
        ('{"stays": [{"entry": "2026-01-02", "exit": "2026-01-01"}], "on": "2026-01-09"}', "before it begins"),
        ('{"stays": [{"entry": "2026-01-02", "left": null}], "on": "2026-01-09"}', "unknown field 'left'"),
        ('{"stays": [{"entry": "2026-01-02", "counted": 1}], "on": "2026-01-09"}', "neither true nor false"),
        ('{"stays": [], "on": "2026-01-01", "zone": "UTC"}', "unknown field 'zone'"),
        ('{"stays": [], "on": "2026-02-29"}', "'on' is not a day"),
        ('{"stays": [], "on": "20260101"}', "'on' is not a day"),
        ('{"stays": [], "on": "9999-12-31"}', "'on' is not a day"),
        ('{"stays": [], "on": 20260101}', "'on' is not a day"),
        ('{"stays": [], "on": null}', "'on' is not a day"),
        ('{"stays": [], "on": "2026-01-01", "on": "2026-01-02"}', "given twice"),
    ],
)
def test_what_cannot_be_read_is_said_in_words(text, words):
    code, answers, said = asked(text)
    assert (code, answers) == (1, [])
    assert words in said


def test_too_many_stays_are_refused():
    stays = [{"entry": "2026-01-01", "exit": "2026-01-01"}] * 10_001
    code, _, said = asked(json.dumps({"stays": stays, "on": "2026-01-01"}))
    assert code == 1
    assert "10,001 stays" in said


def test_a_question_of_many_megabytes_is_refused():
    code, _, said = asked(b"{\n" + b" \n" * (3 << 20))
    assert code == 1
    assert "longer than 4 MiB" in said


def test_a_line_that_is_wrong_is_named_and_ends_the_answers():
    code, answers, said = asked(f"{json.dumps(EXAMPLE)}\n{{}}\n{json.dumps(EXAMPLE)}\n")
    assert (code, len(answers)) == (1, 1)
    assert "Line 2" in said


def test_a_file_that_is_not_there_is_named(tmp_path):
    code, _, said = asked("", str(tmp_path / "none.json"))
    assert code == 1
    assert "cannot be read" in said
